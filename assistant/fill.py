"""`draft fill DOC`: writes what is unwritten in a document, and touches nothing else."""

import asyncio
import difflib
import sys
from dataclasses import dataclass, replace
from datetime import date
from os import environ
from pathlib import Path

from assistant import builtin, filling, forecast, report, settings, shape, store
from assistant.addition import completed
from assistant.align import align
from assistant.assemble import Facts
from assistant.connect import check
from assistant.display import Display
from assistant.document import Document, lines, load
from assistant.errors import DraftError, Exit
from assistant.filling import Job, Outcome
from assistant.generate import Subject
from assistant.guard import Scope
from assistant.kept import about, peeked
from assistant.number import slug
from assistant.pick import picked, rewritable
from assistant.reading import Reading, subject_of, written
from assistant.report import Manner
from assistant.settings import Options, Settings
from assistant.show import costs, rehearsed, relative
from assistant.stop import Stop
from assistant.task import Task
from assistant.template import Template
from assistant.tokens import counter

_WINDOW = 4096  # tokens of a subject that a rehearsal shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asked of a fill."""

    sections: tuple[str, ...] = ()
    hint: str = ""
    force: bool = False
    add_missing: bool = False
    dry_run: bool = False
    diff: bool = False
    yes: bool = False


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


def job_of(path: Path, wish: Wish, resolved: Settings, *, save: bool) -> Job:
    """What is to be done to a document. Raises DraftError where it can't be used."""
    data = store.read(path)
    if not data.strip():
        raise DraftError(
            "the document is empty.", code="empty-document", exit_code=Exit.FILE, where=str(path),
            hint='`draft "..."` writes a new one.',
        )  # fmt: skip
    document = load(data, str(path))
    template = _template(resolved, document)
    entries = peeked(path)
    known = about(entries)
    own = template or shape.own(document)
    base = completed(own, document) if wish.add_missing else document
    chosen = picked(base, wish.sections, own)
    forced = _forced(template, base, chosen) if wish.force else frozenset()
    alignment = align(own, document)
    text = written(alignment) if template else document.text
    reading = Reading(
        description=known.get("description", ""), kind=known.get("kind", "change"),
        language=known.get("language", ""), hint=wish.hint, text=text,
    )  # fmt: skip
    tops = [section.title for section in document.sections if section.level == 1]
    facts = Facts(
        title="" if shape.untitled(alignment) or not tops else tops[0],
        author=resolved.author or settings.author(environ, Path.cwd()),
        date=date.today().isoformat(),  # noqa: DTZ011  a document's date is the author's own day
        slug=slug(path.stem.lstrip("0123456789-_. ") or path.stem),
    )
    task = Task(
        template=template, document=document, facts=facts,
        subject=Subject(description="", kind=reading.kind),
        references=f"{reading.description}\n{wish.hint}",
        scope=Scope(chosen=chosen, forced=forced, missing=wish.add_missing),
        drafted=bool(known),
    )  # fmt: skip
    return Job(path=path, data=data, task=task, reading=reading, save=save)


def _template(resolved: Settings, document: Document) -> Template | None:
    """The template that was named, or the built-in one where the headings fit it, or none."""
    made = builtin.chosen(resolved.template)
    return made if resolved.template or shape.fits(made, document) else None


def _forced(
    template: Template | None, document: Document, chosen: tuple[shape.Key, ...]
) -> frozenset[shape.Key]:
    scope = Scope(chosen=chosen)
    found = rewritable(document, chosen, template or shape.own(document, scope.wanted))
    if not found:
        raise DraftError(
            "none of these sections is one that a model writes.",
            code="not-rewritable", exit_code=Exit.USAGE, where="--force",
            hint="Metadata, open questions and references are the program's; what the template "
            "does not know is yours.",
        )  # fmt: skip
    return found


async def _run(job: Job, wish: Wish, resolved: Settings, manner: Manner) -> Outcome:
    display = Display(quiet=manner.quiet, verbose=manner.verbose)
    stop = Stop()
    stop.listen()

    def accept(before: str, after: str) -> bool:
        display.close()
        if not wish.force:
            return True
        report.say("\n" + diff(job.path, before, after), manner)
        return wish.yes or input("Replace this text? [y/N] ").strip().casefold() in ("y", "yes")

    try:
        return await filling.fill(job, resolved, display, stop, accept)
    finally:
        display.close()


def diff(path: Path, before: str, after: str) -> str:
    """A unified diff of a document."""
    name = relative(path)
    found: list[str] = []
    for line in difflib.unified_diff(lines(before), lines(after), name, name, n=3):
        ended = line.endswith(("\n", "\r"))
        found.append(line if ended else f"{line}\n\\ No newline at end of file\n")
    return "".join(found)


def show(job: Job, outcome: Outcome, wish: Wish, manner: Manner) -> None:
    """Print an outcome: the path, the document or the diff on stdout, all else on stderr."""
    _remarks(job, outcome, manner)
    changes = diff(job.path, outcome.before, outcome.text) if wish.diff else ""
    if manner.json:
        report.as_json(**fields(job, outcome, changes))
    elif wish.diff:
        report.document(changes)
    elif manner.output == "-":
        report.document(outcome.text)
    else:
        report.result(relative(job.path))


def _remarks(job: Job, outcome: Outcome, manner: Manner) -> None:
    filled = outcome.filled
    for finding in outcome.findings:
        if finding.severity != "note":
            report.say(f"line {finding.line}: {finding.code} {finding.message}", manner)
    for section, reason in filled.unwritten:
        report.say(f"unwritten: {section.rsplit(' > ', 1)[-1]}: {reason}", manner)
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
        report.say("nothing was written; the answers are kept for the next time", manner)


def fields(job: Job, outcome: Outcome, changes: str) -> dict[str, report.Json]:
    """An outcome as the fields of its JSON object."""
    usage, filled = outcome.usage, outcome.filled
    done = not filled.unwritten and not outcome.stopped
    return {
        "ok": done and outcome.exit_code == 0 and not changes,
        "path": relative(job.path) if job.save else None,
        "title": next((s.title for s in job.document.sections if s.level), ""),
        "text": None if job.save else outcome.text,
        "written": list(filled.written),
        "diff": changes,
        "unwritten": [{"section": name, "reason": reason} for name, reason in filled.unwritten],
        "findings": [
            {"code": f.code, "name": f.name, "severity": f.severity, "line": f.line,
             "column": f.column, "section": f.section, "message": f.message}
            for f in outcome.findings
        ],
        "notes": list(filled.notes),
        "usage": {
            "requests": usage.requests, "prompt_tokens": usage.prompt,
            "completion_tokens": usage.completion, "cached_tokens": usage.cached,
            "estimated": usage.estimated, "seconds": round(outcome.seconds, 3),
        },
        "repairs": outcome.repairs,
        "model": outcome.model,
    }  # fmt: skip


def _rehearse(job: Job, resolved: Settings, manner: Manner) -> int:
    """Show every prompt of a run with its tokens; send and write nothing."""
    try:
        name = check(resolved)
    except DraftError:
        name = resolved.model
    count = counter(name)
    subject = subject_of(job.reading, _WINDOW, count, resolved.language)
    rehearsed(forecast.rehearsal(job.task, subject, peeked(job.path)), count, manner)
    task = replace(job.task, subject=subject)
    forecast.refuse_above_cap(task, resolved, count, peeked(job.path))
    return Exit.DONE
