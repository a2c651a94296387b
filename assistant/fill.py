"""`draft fill DOC`: writes what is unwritten in a document, and touches nothing else."""

import asyncio
import sys
from os import environ
from pathlib import Path

from assistant import filling, forecast, report, settings, stdio, store
from assistant.connect import named
from assistant.difference import unified
from assistant.display import Display
from assistant.errors import DraftError, Exit
from assistant.filling import SMALLER, Outcome
from assistant.job import Job, Wish, job_of
from assistant.kept import peeked
from assistant.reading import subject_of
from assistant.report import Manner
from assistant.settings import Options, Settings
from assistant.show import costs, rehearsed, relative, spent, unwritten
from assistant.stop import Stop
from assistant.tokens import counter

_WINDOW = 4096  # tokens of a subject that a rehearsal shows


def fill(name: str, wish: Wish, options: Options, manner: Manner) -> int:
    """Fill a document; the exit code."""
    resolved = settings.resolve(options, environ, Path.cwd())
    _consistent(wish, manner)
    path = store.resolve(resolved.dir, name)
    job = job_of(path, wish, resolved, save=not (manner.output or wish.diff))
    if wish.dry_run:
        return _rehearse(job, resolved, manner)
    outcome = asyncio.run(_run(job, wish, resolved, manner))
    show(job, outcome, wish, manner)
    if wish.diff and not outcome.stopped:
        return Exit.FINDINGS if outcome.changed else Exit.DONE
    return outcome.exit_code


def _consistent(wish: Wish, manner: Manner) -> None:
    if manner.output not in ("", "-"):
        raise report.usage("--output takes only -, for the document to stdout")
    if wish.force and not wish.sections:
        raise report.usage("--force rewrites what is written, so --section has to say what")
    asks = wish.force and not (wish.yes or wish.diff or wish.dry_run or manner.output)
    if asks and not sys.stdin.isatty():
        raise DraftError(
            "--force asks before it rewrites, and there is no terminal to ask on.",
            code="needs-yes", exit_code=Exit.USAGE, where="--force",
            hint="--yes answers yes; --diff only shows what would change.",
        )  # fmt: skip


async def _run(job: Job, wish: Wish, resolved: Settings, manner: Manner) -> Outcome:
    display = Display(quiet=manner.quiet, verbose=manner.verbose)
    stop = Stop()
    stop.listen()

    def accept(before: str, after: str) -> bool:
        display.close()
        if not wish.force:
            return True
        report.say("\n" + diff(job.path, before, after), manner)
        return wish.yes or stdio.answered("Replace this text? [y/N] ").casefold() in ("y", "yes")

    try:
        return await filling.fill(job, resolved, display, stop, accept)
    finally:
        display.close()


def diff(path: Path, before: str, after: str) -> str:
    """A unified diff of a document."""
    return unified(before, after, relative(path))


def show(job: Job, outcome: Outcome, wish: Wish, manner: Manner) -> None:
    """Print an outcome: the path, the document or the diff on stdout, all else on stderr."""
    _remarks(job, outcome, manner)
    changes = diff(job.path, outcome.before, outcome.text) if wish.diff else ""
    if manner.json:
        report.as_json(**fields(job, outcome, changes))
    elif wish.diff:
        report.changes(changes)
    elif manner.output == "-":
        report.document(outcome.text)
    else:
        report.result(relative(job.path))


def _remarks(job: Job, outcome: Outcome, manner: Manner) -> None:
    filled = outcome.filled
    for finding in outcome.findings:
        if finding.severity != "note":
            report.say(f"line {finding.line}: {finding.code} {finding.message}", manner)
    unwritten(filled.unwritten, manner)
    for section in filled.overtaken:
        text = f'what somebody wrote meanwhile under "{section}" stays; our answer is kept in '
        report.say(text + outcome.journal, manner)
    for note in filled.notes:
        report.say(note, manner)
    if outcome.usage.requests or outcome.resumed:
        line = costs(
            outcome.usage, outcome.seconds, outcome.model, outcome.repairs, outcome.resumed
        )
        report.say(line, manner)
    if not outcome.changed and not filled.unwritten:
        report.say("nothing to write: all of it is written already", manner)
    elif job.save and not outcome.saved:
        said = "as you said" if outcome.changed else "the answers are kept for the next time"
        report.say(f"nothing was written; {said}", manner)


def fields(job: Job, outcome: Outcome, changes: str) -> dict[str, report.Json]:
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
        "unwritten": [{"section": name, "reason": reason} for name, reason in filled.unwritten],
        "findings": [report.finding(found) for found in outcome.findings],
        "notes": list(filled.notes),
        "usage": spent(outcome.usage, outcome.seconds),
        "repairs": outcome.repairs,
        "model": outcome.model,
    }  # fmt: skip


def _rehearse(job: Job, resolved: Settings, manner: Manner) -> int:
    """Show every prompt of a run with its tokens; send and write nothing."""
    count = counter(named(resolved))
    subject = subject_of(job.reading, _WINDOW, count, resolved.language)
    entries = peeked(job.path, job.content)
    prompts = tuple(forecast.of_fill(job.task, subject, entries))
    rehearsed(prompts, count, manner)
    forecast.refuse_above_cap(prompts, resolved, count, SMALLER)
    return Exit.DONE
