"""The run of `draft suggest`: all points of view asked at once, what is new put in."""

import asyncio
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant import files
from assistant.errors import DraftError, Exit
from assistant.folder import journal, store
from assistant.folder.journal import Journal
from assistant.llm.connect import open_connection
from assistant.llm.model import Prompt, Usage
from assistant.markdown.document import Document, encode_text, load_document
from assistant.prompting.run import (
    Progress,
    ResumableAnswers,
    RunSession,
    StopSwitch,
    make_no_answer_error,
    make_stopped_error,
)
from assistant.settings import Settings
from assistant.suggestions.ground import Ground
from assistant.suggestions.insert import AddedSuggestions, add_suggestions
from assistant.suggestions.listed import find_listed_items
from assistant.suggestions.panel import Panel, Reviewer
from assistant.suggestions.prompt import Review, ReviewerModel, prepare_review
from assistant.suggestions.repeats import drop_repeats
from assistant.suggestions.suggestion import (
    Opinion,
    PointOfView,
    Suggestions,
    WantedKinds,
)
from assistant.template.template import Template

SMALLER_RUN_HINT = "ask for --risks or --questions only"
SHOWN_ENTRY = "@shown"  # the journal's entry with what was shown, in the order of its numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewJob:
    """A document to be reviewed; `apply` says that what is new is put into it.

    `picks` are the numbers of what is to be put in, none for all.
    """

    path: Path
    data: bytes
    document: Document
    template: Template | None
    views: tuple[PointOfView, ...]
    kinds: WantedKinds = WantedKinds()  # noqa: RUF009  it is frozen
    most: int | None = None
    apply: bool = False
    picks: tuple[int, ...] = ()
    save: bool = True

    def prepare_review(self, reader: ReviewerModel, language: str) -> Review:
        """Return the prompts of all points of view."""
        ground = Ground(self.document, self.template)
        return prepare_review(ground, self.kinds, reader, language)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewOutcome:
    """What a run came to; `added` is the document with the suggestions, `saved` if it is in place.

    `left` counts the suggestions that were not picked, `homeless` are the kinds without a place.
    `unanswered` are the points of view without an answer, with the reason, `repaired` those that
    were asked again, with the sentences why. `answered` are the names by which the server, which
    is at `place`, says that the model answered.
    """

    suggestions: Suggestions
    unanswered: tuple[tuple[str, str], ...] = ()
    usage: Usage = Usage(requests=0)  # noqa: RUF009  it is frozen
    seconds: float = 0.0
    longest: float = 0.0
    repairs: int = 0
    resumed: int = 0
    model: str = ""
    stopped: int = 0
    added: AddedSuggestions | None = None
    left: int = 0
    saved: bool = False
    repaired: tuple[tuple[str, tuple[str, ...]], ...] = ()
    answered: tuple[str, ...] = ()
    place: str = ""

    @property
    def homeless(self) -> tuple[str, ...]:
        """Return the kinds of suggestions that the document has no place for."""
        return self.added.homeless if self.added else ()

    @property
    def exit_code(self) -> int:
        """Return the command's exit code."""
        if self.stopped:
            return self.stopped
        return Exit.FINDINGS if self.unanswered or self.homeless else Exit.DONE


async def review_document(
    job: ReviewJob, settings: Settings, progress: Progress, stop: StopSwitch
) -> ReviewOutcome:
    """Review a document. Raises DraftError if no point of view could be asked."""
    kept = _open_answers(job.path, settings, progress)
    try:
        async with open_connection(settings, progress) as connection:
            run = RunSession(
                settings=settings, connection=connection, progress=progress, stop=stop, kept=kept
            )
            outcome = await _ask_reviewers(job, run)
            found = outcome.suggestions
            if job.picks:
                outcome = replace(outcome, suggestions=_pick_suggestions(job, found))
            if not job.apply:
                return outcome
            return _keep_unpicked(job, _apply_suggestions(job, outcome, kept, progress), run, found)
    finally:
        kept.close()


def _pick_suggestions(job: ReviewJob, found: Suggestions) -> Suggestions:
    """Return the picked suggestions. Raises DraftError for a number that none has."""
    unknown = [number for number in job.picks if number not in found.numbers]
    if unknown:
        known = ", ".join(map(str, sorted(found.numbers))) or "none"
        raise DraftError(
            f"no suggestion has the number {unknown[0]}.",
            code="no-such-number",
            exit_code=Exit.USAGE,
            where=str(job.path),
            hint=f"There are: {known}.",
        )
    return found.pick_numbers(job.picks)


def _keep_unpicked(
    job: ReviewJob, outcome: ReviewOutcome, run: RunSession, found: Suggestions
) -> ReviewOutcome:
    """Return the outcome with the count of what was not picked, and keep the answers for it.

    They are not asked for again although the document is another; if none is left nothing is kept.
    """
    if not job.picks or not outcome.saved or outcome.added is None:
        return outcome
    changed = load_document(encode_text(outcome.added.text), str(job.path))
    left = _drop_listed(found, changed)
    if not left.numbers:
        run.kept.finish()
        return outcome
    entries = dict(run.kept.entries)
    _make_reviewers(job, _prepare_job(replace(job, document=changed), run), run)
    for view in job.views:
        name = journal.name_view_entry(view.name)
        if name in entries:
            run.kept.record(name, entries[name])
    return replace(outcome, left=len(left.numbers))


def _prepare_job(job: ReviewJob, run: RunSession) -> Review:
    own = run.connection
    reader = ReviewerModel(window=own.window, counter=own.counter, small=own.embedded is not None)
    return job.prepare_review(reader, run.settings.language)


def _number_suggestions(
    job: ReviewJob, found: Suggestions, kept: ResumableAnswers, *, again: bool
) -> Suggestions:
    """Return the suggestions with the numbers that they were shown with, or with new ones."""
    try:
        said = json.loads(kept.journal.entries.get(SHOWN_ENTRY, "[]")) if again else []
    except ValueError:
        said = []
    shown = [str(text) for text in said] if isinstance(said, list) else []
    kept.journal.record(SHOWN_ENTRY, json.dumps(found.list_texts(shown)))
    return found.add_numbers(shown).take_first(job.most)


def _open_answers(path: Path, settings: Settings, progress: Progress) -> ResumableAnswers:
    """Return the answers of an earlier run on this document, or a new journal."""
    document = os.path.realpath(path)
    secrets = (settings.api_key,)
    key = journal.digest_parts("suggest", document)
    found = journal.find_journal(key, secrets=secrets)
    if found is None:
        about = {"command": "suggest", "document": document}
        found = Journal.open(key, about, secrets=secrets)
    found.tell(progress.noted)
    return ResumableAnswers(found)


async def _ask_reviewers(job: ReviewJob, run: RunSession) -> ReviewOutcome:
    """Ask from every point of view, and return what is new in the answers."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    shown = _prepare_job(job, run)
    reviewers = _make_reviewers(job, shown, run)
    missing = [
        one.prompt
        for one in reviewers
        if journal.name_view_entry(one.view.name) not in run.kept.entries
    ]
    _refuse_to_ask(job, run, missing)
    if len(missing) > 1:
        await run.connection.share_prefix(shown.list_shared_messages())
    panel = _make_panel(shown, run)
    heard = await panel.ask_reviewers(reviewers, run.stop.event)
    found = [one.opinion for one in heard if one.opinion is not None]
    if not found:
        if run.stop.code:
            raise make_stopped_error(run.stop)
        raise make_no_answer_error(
            f"nothing could be suggested: {heard[0].problem}", panel.outage.hint
        )
    new = drop_repeats(found, shown.ground.listed)
    again = len(missing) < len(reviewers)
    meter = panel.meter
    return ReviewOutcome(
        suggestions=_number_suggestions(job, new, run.kept, again=again),
        unanswered=tuple((one.view.title, one.problem) for one in heard if one.opinion is None),
        usage=meter.usage,
        seconds=loop.time() - begun,
        longest=meter.longest,
        repairs=sum(one.repairs for one in heard),
        resumed=sum(one.resumed for one in heard),
        model=run.connection.name,
        stopped=run.stop.code,
        repaired=tuple((one.view.title, one.reasons) for one in heard if one.reasons),
        answered=meter.answered,
        place=run.connection.place,
    )


def _refuse_to_ask(job: ReviewJob, run: RunSession, missing: Sequence[Prompt]) -> None:
    """Raise DraftError if what is `missing` must not be asked: for numbers, and above the cap."""
    if job.picks and missing:
        raise DraftError(
            "numbers choose among what was shown, and nothing was for this document as it is now.",
            code="nothing-shown",
            exit_code=Exit.USAGE,
            where=str(job.path),
            hint="`draft suggest` shows its suggestions with their numbers.",
        )
    run.refuse_above_cap(missing, SMALLER_RUN_HINT)


def _make_panel(shown: Review, run: RunSession) -> Panel:
    return Panel(
        ground=shown.ground,
        kinds=shown.kinds,
        meter=run.make_meter(),
        progress=run.progress,
        kept=run.kept,
        concurrency=run.connection.concurrency,
    )


def _make_reviewers(job: ReviewJob, shown: Review, run: RunSession) -> list[Reviewer]:
    """Return the reviewers with their prompts, and bind their journal entries to these."""
    reviewers = [Reviewer(view=view, prompt=shown.make_prompt(view)) for view in job.views]
    for one in reviewers:
        said = (message.content for message in one.prompt.messages)
        mark = journal.digest_parts(*said, one.prompt.schema, run.connection.name)
        run.kept.bind_entry(journal.name_view_entry(one.view.name), mark)
    return reviewers


def _apply_suggestions(
    job: ReviewJob, outcome: ReviewOutcome, kept: ResumableAnswers, progress: Progress
) -> ReviewOutcome:
    """Return the outcome with the suggestions put into the file, as it is by now."""
    new = outcome.suggestions
    if outcome.stopped or not (new.risks or new.questions):
        return outcome

    def merge(document: Document) -> AddedSuggestions:
        return add_suggestions(document, job.template, _drop_listed(new, document))

    try:
        added = merge(job.document)
        if not job.save or not (added.risks or added.questions):
            return replace(outcome, added=added)
        added = _write_document(job, added, merge, progress)
    except DraftError as error:
        raise kept.add_journal_hint(error) from error
    in_place = files.read_document_bytes(job.path) == encode_text(added.text)
    if in_place and not added.homeless and not job.picks:
        kept.finish()
    return replace(outcome, added=added, saved=True)


def _drop_listed(new: Suggestions, document: Document) -> Suggestions:
    """Return the suggestions that a document does not list by now."""
    found = drop_repeats(
        [Opinion(risks=new.risks, questions=new.questions)], find_listed_items(document)
    )
    # In their own order and with their numbers: what is found anew is sorted by weight.
    return replace(
        found,
        risks=tuple(one for one in new.risks if one in found.risks),
        questions=tuple(one for one in new.questions if one in found.questions),
    )


def _write_document(
    job: ReviewJob,
    added: AddedSuggestions,
    merge: Callable[[Document], AddedSuggestions],
    progress: Progress,
) -> AddedSuggestions:
    def change(data: bytes) -> tuple[bytes, AddedSuggestions]:
        made = added
        if data != job.data:
            progress.noted("the file was changed meanwhile: those changes stay")
            made = merge(load_document(data, str(job.path)))
        return encode_text(made.text), made

    return store.update_file(job.path, change, known=job.data, write=store.replace_or_save_beside)
