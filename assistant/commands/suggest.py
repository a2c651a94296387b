"""`draft suggest DOC`: risks and open questions that a document does not name itself."""

import asyncio
import re
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from os import environ
from pathlib import Path

from assistant import errors, files, settings
from assistant.display.ending import (
    NamedDocument,
    NextStep,
    build_run_fields,
    show_costs,
    show_next_steps,
)
from assistant.display.progress import watch_run
from assistant.display.rehearsal import print_rehearsal
from assistant.drafting.task import match_template
from assistant.errors import DraftError, Exit
from assistant.folder import store
from assistant.llm.connect import assume_context_window, find_model_name
from assistant.llm.tokens import TokenCounter
from assistant.markdown.document import load_document
from assistant.settings import SettingOptions, Settings
from assistant.suggestions.prompt import ReviewerModel, load_views
from assistant.suggestions.run import SMALLER_RUN_HINT, ReviewJob, ReviewOutcome, review_document
from assistant.suggestions.suggestion import (
    Suggestions,
    WantedKinds,
    format_as_markdown,
    format_for_terminal,
)
from assistant.terminal import report
from assistant.terminal.report import OutputStyle
from assistant.terminal.style import format_count, format_path

_PICK_PATTERN = re.compile(r"(?P<first>\d{1,4})(?:-(?P<last>\d{1,4}))?")
_PICK_LIMIT = 1000  # above any number of a suggestion: `1-9999` is a slip, not a choice


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestOptions:
    """What a person asked of a review; `most` is None for all that is new.

    `numbers` are words with the numbers of what is to be applied, none for all.
    """

    document: str
    numbers: tuple[str, ...] = ()
    risks: bool = False
    questions: bool = False
    most: int | None = None
    apply: bool = False
    dry_run: bool = False
    settings: SettingOptions = field(default_factory=SettingOptions)
    manner: OutputStyle = field(default_factory=OutputStyle)

    @property
    def kinds(self) -> WantedKinds:
        """Return what is wanted: both where neither is asked for alone."""
        both = self.risks == self.questions
        return WantedKinds(risks=self.risks or both, questions=self.questions or both)


def parse_picks(words: Sequence[str]) -> tuple[int, ...]:
    """Return the numbers in words such as `1,3` and `5-7`, in order. Raises DraftError else."""
    found: dict[int, None] = {}
    for word in filter(None, ",".join(words).replace(" ", ",").split(",")):
        one = _PICK_PATTERN.fullmatch(word)
        first, last = (int(one["first"]), int(one["last"] or one["first"])) if one else (0, 0)
        if not 0 < first <= last < _PICK_LIMIT:
            raise errors.make_usage_error(
                f'"{word}" is no number of a suggestion, such as 3 or 5-7'
            )
        found.update(dict.fromkeys(range(first, last + 1)))
    return tuple(found)


def run_suggest(options: SuggestOptions) -> int:
    """Review a document; return the exit code."""
    picks, manner = parse_picks(options.numbers), options.manner
    resolved = settings.resolve_settings(options.settings, environ, Path.cwd())
    report.refuse_named_output(manner)
    if options.most is not None and options.most < 1:
        raise errors.make_usage_error("-n takes a number from 1 on")
    if picks and not (options.apply or manner.output):
        raise errors.make_usage_error(
            "numbers choose what --apply adds: draft suggest 7 --apply 1,3"
        )
    path = store.resolve_document(resolved.dir, options.document)
    job = make_review_job(path, options, resolved, picks)
    if options.dry_run:
        return _rehearse_review(job, resolved, manner)
    outcome = asyncio.run(_review_with_display(job, resolved, manner))
    show_review(job, outcome, manner)
    reviewed = NamedDocument(path=job.path, settings=resolved, options=options.settings)
    show_next_steps(plan_steps_after_review(outcome, reviewed), manner)
    return outcome.exit_code


def make_review_job(
    path: Path, options: SuggestOptions, resolved: Settings, picks: tuple[int, ...]
) -> ReviewJob:
    """Return what is to be reviewed. Raises DraftError if it can't be."""
    save = not options.manner.output
    data = files.read_document_bytes(path, store.NAME_ONE_HINT)
    document = load_document(data, str(path))
    said = "".join(section.body for section in document.sections)
    if not any(character.isalnum() for character in said):
        raise DraftError(
            "there is nothing in this document to review.",
            code="empty-document",
            exit_code=Exit.FILE,
            where=str(path),
            hint=f"`{shlex.join(['draft', 'fill', format_path(path)])}` writes what is unwritten.",
        )
    return ReviewJob(
        path=path,
        data=data,
        document=document,
        template=match_template(document, resolved.template),
        views=load_views(resolved.points_of_view),
        kinds=options.kinds,
        most=options.most,
        apply=options.apply or not save,
        picks=picks,
        save=save,
    )


async def _review_with_display(
    job: ReviewJob, resolved: Settings, manner: OutputStyle
) -> ReviewOutcome:
    """Review a document, with a display of the progress and an ear for Ctrl-C."""
    with watch_run(manner, ("point of view", "points of view")) as (display, stop):
        return await review_document(job, resolved, display, stop)


def show_review(job: ReviewJob, outcome: ReviewOutcome, manner: OutputStyle) -> None:
    """Print an outcome: suggestions or the document on stdout, all else on stderr."""
    _show_remarks(job, outcome, manner)
    if manner.json:
        report.print_json(**build_review_fields(job, outcome))
    elif manner.output == "-":
        report.print_document(outcome.added.text if outcome.added else job.document.text)
    elif outcome.suggestions.risks or outcome.suggestions.questions:
        report.print_result(lay_out_suggestions(outcome.suggestions, terminal=sys.stdout.isatty()))


def lay_out_suggestions(found: Suggestions, *, terminal: bool) -> str:
    """Return the suggestions as a person reads them: on a terminal, or as Markdown."""
    return format_for_terminal(found) if terminal else format_as_markdown(found)


def _show_remarks(job: ReviewJob, outcome: ReviewOutcome, manner: OutputStyle) -> None:
    """Print what is for people about an outcome: what was left out, what was added, costs."""
    found, added = outcome.suggestions, outcome.added
    views: dict[str, list[str]] = {}
    for view, problem in outcome.unanswered:
        views.setdefault(problem, []).append(view)
    for problem, alike in views.items():
        asked = ", ".join(alike)
        report.print_message(
            f"not asked from the point of view of {asked}: {problem}", manner, "warning"
        )
    if found.dropped:
        rest = "suggestion rests" if found.dropped == 1 else "suggestions rest"
        report.print_message(
            f"{found.dropped} {rest} on nothing in the document: left out", manner, "note"
        )
    if found.repeats:
        text = f"{found.repeats} said before, or in the document already: left out"
        report.print_message(text, manner, "note")
    if not (found.risks or found.questions) and not outcome.stopped:
        report.print_message("nothing new to say", manner)
    for kind in outcome.homeless:
        text = f"{format_path(job.path)} has no table, list or section for {kind}"
        report.print_message(text, manner, "warning")
    if added and (added.risks or added.questions):
        where = format_path(job.path) if outcome.saved else "the document"
        risks = format_count(len(added.risks), "risk")
        what = f"{risks} and {format_count(len(added.questions), 'question')}"
        left = f"; {outcome.left} left" if outcome.left else ""
        report.print_message(f"added {what} to {where}{left}", manner)
    if outcome.stopped and job.apply:
        report.print_message("stopped: nothing was added; the same command goes on", manner)
    if outcome.usage.requests or outcome.resumed:
        show_costs(outcome, manner)


def plan_steps_after_review(outcome: ReviewOutcome, named: NamedDocument) -> tuple[NextStep, ...]:
    """Return what a person may want to type next about a document that was reviewed."""
    found = outcome.suggestions
    if outcome.saved:
        return (named.step_to_open(0),)
    if outcome.added is not None or not (found.risks or found.questions):
        return ()
    why = "add them to the document, at no further cost"
    first = min(found.numbers)
    return (
        NextStep(command=named.command("suggest", "--apply"), why=why),
        NextStep(
            command=named.command("suggest", "--apply", str(first)), why="only some, by number"
        ),
        named.step_to_open(0),
    )


def build_review_fields(job: ReviewJob, outcome: ReviewOutcome) -> dict[str, errors.Json]:
    """Return an outcome as the fields of its JSON object."""
    found = outcome.suggestions
    return {
        "ok": outcome.exit_code == 0,
        "path": format_path(job.path),
        "risks": [
            {
                "number": one.number,
                "risk": one.text,
                "impact": one.impact,
                "likelihood": one.likelihood,
                "mitigation": one.mitigation,
                "section": one.basis.section,
                "quote": one.basis.quote,
                "views": list(one.views),
            }
            for one in found.risks
        ],
        "questions": [
            {
                "number": one.number,
                "question": one.text,
                "why": one.why,
                "who": one.who,
                "section": one.basis.section,
                "quote": one.basis.quote,
                "views": list(one.views),
            }
            for one in found.questions
        ],
        "dropped": found.dropped,
        "repeats": found.repeats,
        "saved": outcome.saved,
        "text": None if job.save or outcome.added is None else outcome.added.text,
        "homeless": list(outcome.homeless),
        "unanswered": [{"view": view, "reason": reason} for view, reason in outcome.unanswered],
        **build_run_fields(outcome),
    }


def _rehearse_review(job: ReviewJob, resolved: Settings, manner: OutputStyle) -> int:
    """Show every prompt of a run with its tokens; send and write nothing."""
    counter = TokenCounter(find_model_name(resolved))
    small = settings.needs_embedded_model(resolved)
    reader = ReviewerModel(window=assume_context_window(resolved), counter=counter, small=small)
    shown = job.prepare_review(reader, resolved.language)
    prompts = [shown.make_prompt(view) for view in job.views]
    print_rehearsal(prompts, counter, manner, resolved, SMALLER_RUN_HINT)
    return Exit.DONE
