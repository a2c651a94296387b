"""The run of `draft suggest`: all points of view asked at once, what is new put in."""

import asyncio
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from assistant import files
from assistant.errors import DraftError, Exit
from assistant.folder import journal, store
from assistant.folder.journal import Journal
from assistant.llm.connect import Connection, connect
from assistant.llm.model import Usage
from assistant.markdown.document import Document, encode, load
from assistant.parallel import Stop
from assistant.prompting.ask import Meter, refuse_above_cap, unusable
from assistant.prompting.language import spelled
from assistant.prompting.prompts import View
from assistant.prompting.sections import Kept, Progress, stopped
from assistant.settings import Settings
from assistant.suggestions.answer import Ground
from assistant.suggestions.insert import Added, add
from assistant.suggestions.listed import listed
from assistant.suggestions.model import Kinds, Opinion, Suggestions, texts
from assistant.suggestions.panel import Panel, Reviewer
from assistant.suggestions.prompt import Reader, Review, review
from assistant.suggestions.repeats import sifted
from assistant.template.template import Template

SMALLER = "ask for --risks or --questions only"
SHOWN = "@shown"  # the journal's entry with what was shown, in the order of its numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A document to be reviewed; `apply` says that what is new is put into it.

    `picks` are the numbers of what is to be put in, none for all.
    """

    path: Path
    data: bytes
    document: Document
    template: Template | None
    views: tuple[View, ...]
    kinds: Kinds = Kinds()  # noqa: RUF009  it is frozen
    most: int | None = None
    apply: bool = False
    picks: tuple[int, ...] = ()
    save: bool = True

    def review(self, reader: Reader, language: str) -> Review:
        """What all points of view are shown."""
        ground = Ground(self.document, self.template)
        return review(self.document, ground, self.kinds, reader, language)


@dataclass(frozen=True, slots=True)
class Session:
    """What a run goes by: its settings, its model, who watches, who stops it, what is kept."""

    settings: Settings
    connection: Connection
    progress: Progress
    stop: Stop
    kept: Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run came to; `added` is the document with the suggestions, `saved` if it is in place.

    `left` counts those that were not picked.

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
    added: Added | None = None
    left: int = 0
    saved: bool = False
    repaired: tuple[tuple[str, tuple[str, ...]], ...] = ()
    answered: tuple[str, ...] = ()
    place: str = ""

    @property
    def homeless(self) -> tuple[str, ...]:
        """The kinds that the document has no place for."""
        return self.added.homeless if self.added else ()

    @property
    def exit_code(self) -> int:
        """The command's exit code."""
        if self.stopped:
            return self.stopped
        return Exit.FINDINGS if self.unanswered or self.homeless else Exit.DONE


async def advise(job: Job, settings: Settings, progress: Progress, stop: Stop) -> Outcome:
    """Review a document. Raises DraftError where no point of view could be asked."""
    kept = _opened(job.path, settings, progress)
    try:
        async with connect(settings, progress) as connection:
            run = Session(settings, connection, progress, stop, kept)
            outcome = await _asked(job, run)
            found = outcome.suggestions
            if job.picks:
                outcome = replace(outcome, suggestions=_picked(job, found))
            if not job.apply:
                return outcome
            return _with_rest(job, _applied(job, outcome, kept, progress), run, found)
    finally:
        kept.close()


def _picked(job: Job, found: Suggestions) -> Suggestions:
    """The suggestions that were picked. Raises DraftError for a number that none has."""
    unknown = [number for number in job.picks if number not in found.numbers]
    if unknown:
        known = ", ".join(map(str, sorted(found.numbers))) or "none"
        raise DraftError(
            f"no suggestion has the number {unknown[0]}.", code="no-such-number",
            exit_code=Exit.USAGE, where=str(job.path), hint=f"There are: {known}.",
        )  # fmt: skip
    return found.picked(job.picks)


def _with_rest(job: Job, outcome: Outcome, run: Session, found: Suggestions) -> Outcome:
    """The outcome with what was not picked, whose answers are kept for the document as it is now.

    They are not asked for again though the document is another; nothing is kept where none is left.
    """
    if not job.picks or not outcome.saved or outcome.added is None:
        return outcome
    changed = load(encode(outcome.added.text), str(job.path))
    left = _left(found, changed)
    if not left.numbers:
        run.kept.finish()
        return outcome
    entries = dict(run.kept.entries)
    _reviewers(job, _shown(replace(job, document=changed), run), run)
    for view in job.views:
        name = journal.of_view(view.name)
        if name in entries:
            run.kept.record(name, entries[name])
    return replace(outcome, left=len(left.numbers))


def _shown(job: Job, run: Session) -> Review:
    own = run.connection
    reader = Reader(window=own.window, counter=own.counter, small=own.embedded is not None)
    return job.review(reader, spelled(run.settings.language))


def _numbered(job: Job, found: Suggestions, kept: Kept, *, again: bool) -> Suggestions:
    """The suggestions with the numbers that they were shown with; new ones where all is new."""
    try:
        said = json.loads(kept.journal.entries.get(SHOWN, "[]")) if again else []
    except ValueError:
        said = []
    shown = [str(text) for text in said] if isinstance(said, list) else []
    numbered = found.numbered(shown)
    every = dict.fromkeys((*shown, *texts(found.risks), *texts(found.questions)))
    kept.journal.record(SHOWN, json.dumps(list(every)))
    return numbered.first(job.most)


def _opened(path: Path, settings: Settings, progress: Progress) -> Kept:
    """The answers of an earlier run on this document, or a new journal."""
    document = os.path.realpath(path)
    secrets = (settings.api_key,)
    key = journal.digest("suggest", document)
    found = journal.find(key, secrets=secrets)
    if found is None:
        about = {"command": "suggest", "document": document}
        found = Journal.open(key, about, secrets=secrets)
    found.tell(progress.noted)
    return Kept(found)


async def _asked(job: Job, run: Session) -> Outcome:
    """Ask from every point of view, and sift what is said."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    own, cap = run.connection, run.settings.max_tokens_total
    shown = _shown(job, run)
    reviewers = _reviewers(job, shown, run)
    missing = [
        one.prompt for one in reviewers if journal.of_view(one.view.name) not in run.kept.entries
    ]
    if job.picks and missing:
        raise DraftError(
            "numbers choose among what was shown, and nothing was for this document as it is now.",
            code="nothing-shown", exit_code=Exit.USAGE, where=str(job.path),
            hint="`draft suggest` shows its suggestions with their numbers.",
        )  # fmt: skip
    refuse_above_cap(missing, run.settings, own.counter, SMALLER)
    if len(missing) > 1:
        await own.share_prefix(shown.beginning())
    meter = Meter(
        model=own.model, estimate=own.counter.prompt, cap=cap,
        learned=lambda name: run.kept.record(journal.MODEL, name),
    )  # fmt: skip
    panel = Panel(
        ground=Ground(job.document, job.template), kinds=job.kinds, meter=meter,
        progress=run.progress, kept=run.kept, concurrency=own.concurrency,
    )  # fmt: skip
    heard = await panel.heard(reviewers, run.stop.event)
    found = [one.opinion for one in heard if one.opinion is not None]
    if not found:
        if run.stop.code:
            raise stopped(run.stop)
        raise unusable(f"nothing could be suggested: {heard[0].problem}", panel.outage.hint)
    new = sifted(found, listed(job.document))
    again = len(missing) < len(reviewers)
    return Outcome(
        suggestions=_numbered(job, new, run.kept, again=again),
        unanswered=tuple((one.view.title, one.problem) for one in heard if one.opinion is None),
        usage=meter.usage, seconds=loop.time() - begun, longest=meter.longest,
        repairs=sum(one.repairs for one in heard), resumed=sum(one.resumed for one in heard),
        model=own.name, stopped=run.stop.code,
        repaired=tuple((one.view.title, one.reasons) for one in heard if one.reasons),
        answered=meter.answered, place=own.place,
    )  # fmt: skip


def _reviewers(job: Job, shown: Review, run: Session) -> list[Reviewer]:
    """Who is asked what; from here on their answers are kept as those to just that."""
    reviewers = [Reviewer(view=view, prompt=shown.prompt(view)) for view in job.views]
    for one in reviewers:
        said = (message.content for message in one.prompt.messages)
        mark = journal.digest(*said, one.prompt.schema, run.connection.name)
        run.kept.name(journal.of_view(one.view.name), mark)
    return reviewers


def _applied(job: Job, outcome: Outcome, kept: Kept, progress: Progress) -> Outcome:
    """The outcome with the suggestions in the file, whatever was done to it meanwhile."""
    new = outcome.suggestions
    if outcome.stopped or not (new.risks or new.questions):
        return outcome
    merge: Callable[[Document], Added] = lambda document: add(  # noqa: E731
        document, job.template, _left(new, document)
    )
    try:
        added = merge(job.document)
        if not job.save or not (added.risks or added.questions):
            return replace(outcome, added=added)
        added = _replaced(job, added, merge, progress)
    except DraftError as error:
        raise kept.named(error) from error
    if files.read(job.path) == encode(added.text) and not added.homeless and not job.picks:
        kept.finish()
    return replace(outcome, added=added, saved=True)


def _left(new: Suggestions, document: Document) -> Suggestions:
    """What of the suggestions a document does not list by now."""
    found = sifted([Opinion(risks=new.risks, questions=new.questions)], listed(document))
    return replace(found, risks=tuple(r for r in new.risks if r in found.risks),
                   questions=tuple(q for q in new.questions if q in found.questions))  # fmt: skip


def _replaced(
    job: Job, added: Added, merge: Callable[[Document], Added], progress: Progress
) -> Added:
    def change(data: bytes) -> tuple[bytes, Added]:
        made = added
        if data != job.data:
            progress.noted("the file was changed meanwhile: those changes stay")
            made = merge(load(data, str(job.path)))
        return encode(made.text), made

    return store.update_file(job.path, change, known=job.data, write=store.put)
