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
from assistant.display.ending import Named, Step, counted, run_fields, show_costs, show_next
from assistant.display.progress import Display
from assistant.display.rehearsal import rehearse
from assistant.drafting.scope import template_of
from assistant.errors import DraftError, Exit
from assistant.folder import store
from assistant.llm.connect import named, window
from assistant.llm.tokens import Counter
from assistant.markdown.document import load
from assistant.parallel import Stop
from assistant.prompting.ask import refuse_above_cap
from assistant.settings import Options, Settings
from assistant.suggestions import insert
from assistant.suggestions.model import Kinds, Suggestions, views
from assistant.suggestions.prompt import Reader
from assistant.suggestions.run import SMALLER, Job, Outcome, advise
from assistant.terminal import report
from assistant.terminal.report import Manner
from assistant.terminal.style import relative

_PICK = re.compile(r"(?P<first>\d{1,4})(?:-(?P<last>\d{1,4}))?")
_MOST_PICKS = 1000


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
    settings: Options = field(default_factory=Options)
    manner: Manner = field(default_factory=Manner)

    @property
    def kinds(self) -> Kinds:
        """Return what is wanted: both where neither is asked for alone."""
        both = self.risks == self.questions
        return Kinds(risks=self.risks or both, questions=self.questions or both)


def picks_of(words: Sequence[str]) -> tuple[int, ...]:
    """The numbers in words such as `1,3` and `5-7`, in order. Raises DraftError for other words."""
    found: dict[int, None] = {}
    for word in filter(None, ",".join(words).replace(" ", ",").split(",")):
        one = _PICK.fullmatch(word)
        first, last = (int(one["first"]), int(one["last"] or one["first"])) if one else (0, 0)
        if not 0 < first <= last < _MOST_PICKS:
            raise errors.usage(f'"{word}" is no number of a suggestion, such as 3 or 5-7')
        found.update(dict.fromkeys(range(first, last + 1)))
    return tuple(found)


def suggest(options: SuggestOptions) -> int:
    """Review a document; the exit code."""
    picks, manner = picks_of(options.numbers), options.manner
    resolved = settings.resolve(options.settings, environ, Path.cwd())
    if manner.output not in ("", "-"):
        raise errors.usage("--output takes only -, for the document to stdout")
    if options.most is not None and options.most < 1:
        raise errors.usage("-n takes a number from 1 on")
    if picks and not (options.apply or manner.output):
        raise errors.usage("numbers choose what --apply adds: draft suggest 7 --apply 1,3")
    path = store.resolve(resolved.dir, options.document)
    job = job_of(path, options, resolved, picks)
    if options.dry_run:
        return _rehearse(job, resolved, manner)
    outcome = asyncio.run(_run(job, resolved, manner))
    show(job, outcome, manner)
    reviewed = Named(path=job.path, settings=resolved, options=options.settings)
    show_next(steps(outcome, reviewed), manner)
    return outcome.exit_code


def job_of(path: Path, options: SuggestOptions, resolved: Settings, picks: tuple[int, ...]) -> Job:
    """What is to be reviewed. Raises DraftError where it can't be."""
    save = not options.manner.output
    data = files.read(path, store.WHICH)
    document = load(data, str(path))
    said = "".join(section.body for section in document.sections)
    if not any(character.isalnum() for character in said):
        raise DraftError(
            "there is nothing in this document to review.",
            code="empty-document", exit_code=Exit.FILE, where=str(path),
            hint=f"`{shlex.join(['draft', 'fill', relative(path)])}` writes what is unwritten.",
        )  # fmt: skip
    return Job(
        path=path, data=data, document=document,
        template=template_of(document, resolved.template),
        views=views(resolved.points_of_view),
        kinds=options.kinds, most=options.most, apply=options.apply or not save,
        picks=picks, save=save,
    )  # fmt: skip


async def _run(job: Job, resolved: Settings, manner: Manner) -> Outcome:
    things = ("point of view", "points of view")
    display = Display(quiet=manner.quiet, verbose=manner.verbose, things=things)
    stop = Stop()
    stop.listen()
    try:
        return await advise(job, resolved, display, stop)
    finally:
        display.close()


def show(job: Job, outcome: Outcome, manner: Manner) -> None:
    """Print an outcome: suggestions or the document on stdout, all else on stderr."""
    _remarks(job, outcome, manner)
    if manner.json:
        report.as_json(**fields(job, outcome))
    elif manner.output == "-":
        report.document(outcome.added.text if outcome.added else job.document.text)
    elif outcome.suggestions.risks or outcome.suggestions.questions:
        report.result(drawn(outcome.suggestions, terminal=sys.stdout.isatty()))


def drawn(found: Suggestions, *, terminal: bool) -> str:
    """The suggestions as a person reads them: on a terminal, or as Markdown."""
    return insert.columns(found) if terminal else insert.markdown(found)


def _remarks(job: Job, outcome: Outcome, manner: Manner) -> None:
    found, added = outcome.suggestions, outcome.added
    views: dict[str, list[str]] = {}
    for view, problem in outcome.unanswered:
        views.setdefault(problem, []).append(view)
    for problem, alike in views.items():
        asked = ", ".join(alike)
        report.say(f"not asked from the point of view of {asked}: {problem}", manner, "warning")
    if found.dropped:
        rest = "suggestion rests" if found.dropped == 1 else "suggestions rest"
        report.say(f"{found.dropped} {rest} on nothing in the document: left out", manner, "note")
    if found.repeats:
        text = f"{found.repeats} said before, or in the document already: left out"
        report.say(text, manner, "note")
    if not (found.risks or found.questions) and not outcome.stopped:
        report.say("nothing new to say", manner)
    for kind in outcome.homeless:
        text = f"{relative(job.path)} has no table, list or section for {kind}"
        report.say(text, manner, "warning")
    if added and (added.risks or added.questions):
        where = relative(job.path) if outcome.saved else "the document"
        what = (
            f"{counted(len(added.risks), 'risk')} and {counted(len(added.questions), 'question')}"
        )
        left = f"; {outcome.left} left" if outcome.left else ""
        report.say(f"added {what} to {where}{left}", manner)
    if outcome.stopped and job.apply:
        report.say("stopped: nothing was added; the same command goes on", manner)
    if outcome.usage.requests or outcome.resumed:
        show_costs(outcome, manner)


def steps(outcome: Outcome, named: Named) -> tuple[Step, ...]:
    """Return what a person may want to type next about a document that was reviewed."""
    found = outcome.suggestions
    if outcome.saved:
        return (named.step_to_open(0),)
    if outcome.added is not None or not (found.risks or found.questions):
        return ()
    why = "add them to the document, at no further cost"
    first = min(found.numbers)
    return (
        Step(command=named.command("suggest", "--apply"), why=why),
        Step(command=named.command("suggest", "--apply", str(first)), why="only some, by number"),
        named.step_to_open(0),
    )


def fields(job: Job, outcome: Outcome) -> dict[str, errors.Json]:
    """An outcome as the fields of its JSON object."""
    found = outcome.suggestions
    return {
        "ok": outcome.exit_code == 0,
        "path": relative(job.path),
        "risks": [
            {"number": one.number, "risk": one.text, "impact": one.impact,
             "likelihood": one.likelihood, "mitigation": one.mitigation,
             "section": one.basis.section, "quote": one.basis.quote, "views": list(one.views)}
            for one in found.risks
        ],
        "questions": [
            {"number": one.number, "question": one.text, "why": one.why, "who": one.who,
             "section": one.basis.section, "quote": one.basis.quote, "views": list(one.views)}
            for one in found.questions
        ],
        "dropped": found.dropped,
        "repeats": found.repeats,
        "saved": outcome.saved,
        "text": None if job.save or outcome.added is None else outcome.added.text,
        "homeless": list(outcome.homeless),
        "unanswered": [{"view": view, "reason": reason} for view, reason in outcome.unanswered],
        **run_fields(outcome),
    }  # fmt: skip


def _rehearse(job: Job, resolved: Settings, manner: Manner) -> int:
    """Show every prompt of a run with its tokens; send and write nothing."""
    name = named(resolved)
    count = Counter(name)
    small = settings.needs_embedded(resolved)
    reader = Reader(window=window(resolved), counter=count, small=small)
    shown = job.review(reader, resolved.language)
    prompts = [shown.prompt(view) for view in job.views]
    rehearse(prompts, count, manner, name)
    if not manner.json:  # one object is all there may be
        refuse_above_cap(prompts, resolved, count, SMALLER)
    return Exit.DONE
