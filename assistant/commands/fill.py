"""`draft fill DOC`: writes what is unwritten in a document, and touches nothing else."""

import asyncio
import sys
from dataclasses import dataclass, field
from os import environ
from pathlib import Path

from assistant import errors, settings
from assistant.display.ending import (
    Named,
    Remark,
    Step,
    about_questions,
    count_questions,
    counted,
    redo,
    remarks_about,
    run_fields,
    show_costs,
    show_document,
    show_next,
    unwritten_fields,
)
from assistant.display.progress import Display
from assistant.display.rehearsal import rehearse
from assistant.drafting import fill as filling
from assistant.drafting import forecast
from assistant.drafting.fill import SMALLER, Outcome
from assistant.drafting.scope import subject_of
from assistant.drafting.task import Job, Request, job_of, peek_answers
from assistant.errors import DraftError, Exit
from assistant.folder import store
from assistant.folder.journal import Journal
from assistant.lint import registry
from assistant.llm.connect import named as model_name
from assistant.llm.tokens import Counter
from assistant.markdown.edit import unified
from assistant.parallel import Stop
from assistant.prompting import ask
from assistant.prompting.request import titled
from assistant.settings import Options, Settings
from assistant.terminal import report, streams
from assistant.terminal.pager import open_document, refuse_edit
from assistant.terminal.report import Manner
from assistant.terminal.style import relative

_WINDOW = 4096  # tokens of a subject that a rehearsal shows


@dataclass(frozen=True, slots=True, kw_only=True)
class FillOptions:
    """What a person asked of a fill."""

    document: str
    wanted: Request = field(default_factory=Request)
    dry_run: bool = False
    diff: bool = False
    yes: bool = False
    edit: bool = False
    settings: Options = field(default_factory=Options)
    manner: Manner = field(default_factory=Manner)


def fill(options: FillOptions) -> int:
    """Fill a document; the exit code."""
    resolved = settings.resolve(options.settings, environ, Path.cwd())
    _consistent(options)
    path = store.resolve(resolved.dir, options.document)
    save = not (options.manner.output or options.diff)
    job = job_of(path, options.wanted, resolved, save=save)
    return _filled(job, options, Named(path=path, settings=resolved, options=options.settings))


def go_on(named: Named, held: Journal, options: FillOptions) -> int:
    """Write what a draft that came to no end left unwritten in its document; the exit code.

    `held` is the draft's journal, which this process has.
    """
    save = not options.manner.output
    job = job_of(named.path, options.wanted, named.settings, save=save, kept=held)
    return _filled(job, options, named, held)


def _filled(job: Job, options: FillOptions, named: Named, held: Journal | None = None) -> int:
    resolved, manner = named.settings, options.manner
    if options.dry_run:
        return _rehearse(job, resolved, manner, held)
    outcome = asyncio.run(_run(job, options, resolved, held))
    show(job, outcome, options)
    if outcome.saved:
        show_next(steps(job, outcome, named), manner)
    elif not outcome.changed and options.wanted.sections and not outcome.filled.unwritten:
        again = named.command("fill", *_sections(options.wanted), "--force", *_hint(options.wanted))
        report.say(f"`{again}` writes it again", manner, "hint")
    if options.edit and outcome.saved and not outcome.stopped:
        open_document(job.path, environ, manner)
    if options.diff and not outcome.stopped:
        return Exit.FINDINGS if outcome.changed else Exit.DONE
    return outcome.exit_code


def _sections(wanted: Request) -> tuple[str, ...]:
    return tuple(word for name in wanted.sections for word in ("--section", name))


def _hint(wanted: Request) -> tuple[str, ...]:
    return ("--hint", wanted.hint) if wanted.hint else ()


def _consistent(options: FillOptions) -> None:
    wanted, manner = options.wanted, options.manner
    if options.edit:
        refuse_edit(manner, nothing_saved=options.dry_run or options.diff)
    if manner.output not in ("", "-"):
        raise errors.usage("--output takes only -, for the document to stdout")
    if wanted.force and not wanted.sections:
        raise errors.usage("--force rewrites what is written, so --section has to say what")
    unasked = options.yes or options.diff or options.dry_run or manner.output
    asks = wanted.force and not unasked
    if asks and not sys.stdin.isatty():
        raise DraftError(
            "--force asks before it rewrites, and there is no terminal to ask on.",
            code="needs-yes", exit_code=Exit.USAGE, where="--force",
            hint="--yes answers yes; --diff only shows what would change.",
        )  # fmt: skip


async def _run(job: Job, options: FillOptions, resolved: Settings, held: Journal | None) -> Outcome:
    manner = options.manner
    display = Display(quiet=manner.quiet, verbose=manner.verbose)
    stop = Stop()
    stop.listen()

    def accept(before: str, after: str) -> bool:
        display.close()
        if not options.wanted.force:
            return True
        report.propose(diff(job.path, before, after), manner)
        return options.yes or streams.agreed("Replace this text?")

    try:
        return await filling.fill(job, resolved, display, stop, accept, held)
    finally:
        display.close()


def diff(path: Path, before: str, after: str) -> str:
    """A unified diff of a document."""
    return unified(before, after, relative(path))


def show(job: Job, outcome: Outcome, options: FillOptions) -> None:
    """Print an outcome: the path, the document or the diff on stdout, all else on stderr."""
    manner = options.manner
    _remarks(job, outcome, options)
    changes = diff(job.path, outcome.before, outcome.text) if options.diff else ""
    if manner.json:
        report.as_json(**fields(job, outcome, changes))
    elif options.diff:
        report.changes(changes)
    elif manner.output == "-":
        report.document(outcome.text)
    else:
        report.result(relative(job.path))


def _remarks(job: Job, outcome: Outcome, options: FillOptions) -> None:
    manner = options.manner
    filled = outcome.filled
    remarks = (
        *remarks_about(outcome.findings, filled.unwritten, filled.notes),
        *(
            Remark(
                kind="warning",
                text=f'what somebody wrote meanwhile under "{section}" stays; our answer is kept '
                f"in {outcome.journal}",
            )
            for section in filled.overtaken
        ),
        *(about_questions(job.task.template, outcome.text) if outcome.changed else ()),
    )
    if outcome.changed or remarks:
        show_document(_head(job, outcome), remarks, manner)
    _show_questions(outcome, manner)
    if outcome.usage.requests or outcome.resumed:
        show_costs(outcome, manner)
    if not outcome.changed and not filled.unwritten:
        said = "nothing to write: all of it is written already"
        if options.wanted.force:
            said = "nothing changed: the answer says what is there already"
        report.say(said, manner)
    elif job.save and not outcome.saved:
        said = "as you said" if outcome.changed else "the answers are kept for the next time"
        report.say(f"nothing was written; {said}", manner)


def _show_questions(outcome: Outcome, manner: Manner) -> None:
    """Say which questions are open that the document has no place for, and where they are kept."""
    asked = outcome.filled.questions
    if not asked:
        return
    where = f"kept in {outcome.asked_in}" if outcome.asked_in else "and nowhere else"
    what = counted(len(asked), "open question")
    end = ":" if outcome.new_questions else ""
    report.say(f"{what} without a place in the document, {where}{end}", manner, "warning")
    for question in outcome.new_questions:
        report.say(question, manner, before="  - ")


def _head(job: Job, outcome: Outcome) -> str:
    number = len(outcome.filled.written)
    done = "written" if outcome.saved else "answered"
    return f"{job.path.name}: {counted(number, 'section')} {done}" if number else job.path.name


def steps(job: Job, outcome: Outcome, named: Named) -> tuple[Step, ...]:
    """Return what a person may want to type next about a document that was filled."""
    left = outcome.filled.unwritten
    titles = [titled(name) for name in outcome.filled.written]
    template = job.task.template
    return (
        named.step_to_open(count_questions(template, outcome.text)[0]),
        named.step_to_fill() if left else named.step_to_suggest(),
        *redo(named, template, outcome.text, titles, left),
    )


def fields(job: Job, outcome: Outcome, changes: str) -> dict[str, errors.Json]:
    """An outcome as the fields of its JSON object."""
    filled = outcome.filled
    done = not filled.unwritten and not outcome.stopped
    return {
        "ok": done and outcome.exit_code == 0 and not changes,
        "path": relative(job.path) if job.save else None,
        "title": next((s.title for s in job.document.sections if s.level), ""),
        "text": None if job.save else outcome.text,
        "written": list(filled.written),
        "diff": changes,
        "unwritten": unwritten_fields(outcome.findings, filled.unwritten),
        "findings": [registry.finding(found) for found in outcome.findings],
        "notes": [*filled.notes, *(f"open question: {text}" for text in filled.questions)],
        **run_fields(outcome),
    }  # fmt: skip


def _rehearse(job: Job, resolved: Settings, manner: Manner, held: Journal | None) -> int:
    """Show every prompt of a run with its tokens; send and write nothing."""
    name = model_name(resolved)
    count = Counter(name)
    subject = subject_of(job.reading, _WINDOW, count, resolved.language)
    entries = held.entries if held else peek_answers(job.path, job.content)
    prompts = tuple(forecast.of_fill(job.task, subject, entries))
    rehearse(prompts, count, manner, name)
    if not manner.json:  # one object is all there may be
        ask.refuse_above_cap(prompts, resolved, count, SMALLER)
    return Exit.DONE
