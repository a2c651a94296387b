"""`draft new`: reads the description, runs the draft, prints what came of it."""

import asyncio
import signal
import sys
from contextlib import suppress
from datetime import date
from os import environ
from pathlib import Path

from assistant import report, settings, store
from assistant.builtin import chosen
from assistant.connect import check
from assistant.display import Display
from assistant.draft import (
    Job, Outcome, Stop, checked, classify, draft, refuse_above_cap, rehearsal,
)  # fmt: skip
from assistant.errors import DraftError, Exit
from assistant.generate import Subject
from assistant.report import Manner
from assistant.settings import Options, Settings
from assistant.tokens import counter


def run(
    words: list[str], source: str | None, options: Options, manner: Manner, *, dry_run: bool
) -> int:
    """Draft a document; the exit code."""
    resolved = settings.resolve(options, environ, Path.cwd())
    if manner.output not in ("", "-"):
        raise report.usage("--output takes only -, for the document to stdout")
    kind, description = classify(checked(described(words, source)))
    made = chosen(resolved.template)
    job = Job(
        description=description,
        kind=kind,
        template=made,
        author=resolved.author or settings.author(environ, Path.cwd()),
        date=date.today().isoformat(),  # noqa: DTZ011  a document's date is the author's own day
        save=not manner.output,
    )
    if dry_run:
        return rehearse(job, resolved, manner)
    check(resolved)
    outcome = asyncio.run(_run(job, resolved, manner))
    show(outcome, manner)
    return outcome.exit_code


def described(words: list[str], source: str | None) -> str:
    """The description: words, standard input for `-`, or a file."""
    if source is not None and words:
        raise report.usage("a description comes from words or from --from, not from both")
    if source is not None:
        return store.read(Path(source)).decode("utf-8", "surrogateescape")
    if words == ["-"]:
        return sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    return " ".join(words)


async def _run(job: Job, resolved: Settings, manner: Manner) -> Outcome:
    display = Display(quiet=manner.quiet, verbose=manner.verbose)
    stop = Stop()
    loop = asyncio.get_running_loop()
    for number, code in ((signal.SIGINT, Exit.INTERRUPTED), (signal.SIGTERM, Exit.TERMINATED)):
        with suppress(NotImplementedError):  # Windows has no such handlers
            loop.add_signal_handler(number, stop.now, code)
    try:
        return await draft(job, resolved, display, stop)
    finally:
        display.close()


def show(outcome: Outcome, manner: Manner) -> None:
    """Print an outcome: the path or the document on stdout, findings and costs on stderr."""
    for finding in outcome.findings:
        if finding.severity != "note":
            report.say(f"line {finding.line}: {finding.code} {finding.message}", manner)
    for section, reason in outcome.unwritten:
        report.say(f"unwritten: {section.rsplit(' > ', 1)[-1]}: {reason}", manner)
    for note in outcome.notes:
        report.say(note, manner)
    report.say(costs(outcome), manner)
    if outcome.unwritten and outcome.path:
        number = outcome.path.name.split("_")[0].split("-")[0].lstrip("0") or "0"
        report.say(f"`draft fill {number}` goes on, for the price of what is missing.", manner)
    if manner.json:
        report.as_json(**fields(outcome))
    elif manner.output == "-":
        report.document(outcome.text)
    elif outcome.path:
        report.result(relative(outcome.path))


def relative(path: Path) -> str:
    """A path as a person here would type it."""
    with suppress(ValueError):
        return str(path.relative_to(Path.cwd(), walk_up=True) if sys.version_info >= (3, 12) else path.relative_to(Path.cwd()))
    return str(path)


def costs(outcome: Outcome) -> str:
    """Requests, tokens, cached ones, repairs and time, in a line."""
    usage = outcome.usage
    about = "about " if usage.estimated else ""
    cached = f" ({usage.cached:,} cached)" if usage.cached else ""
    repairs = f", {outcome.repairs} repairs" if outcome.repairs else ""
    kept = f", {outcome.resumed} answers kept from before" if outcome.resumed else ""
    return (
        f"{usage.requests} requests{repairs}{kept}, {about}{usage.prompt:,} tokens in{cached}, "
        f"{usage.completion:,} out, {outcome.seconds:.1f} s, {outcome.model}"
    )


def fields(outcome: Outcome) -> dict[str, report.Json]:
    """An outcome as the fields of its JSON object."""
    usage = outcome.usage
    return {
        "ok": outcome.exit_code == 0,
        "path": relative(outcome.path) if outcome.path else None,
        "title": outcome.title,
        "text": None if outcome.path else outcome.text,
        "unwritten": [{"section": name, "reason": reason} for name, reason in outcome.unwritten],
        "findings": [
            {"code": f.code, "name": f.name, "severity": f.severity, "line": f.line, "column": f.column,
             "section": f.section, "message": f.message}
            for f in outcome.findings
        ],  # fmt: skip
        "notes": list(outcome.notes),
        "usage": {
            "requests": usage.requests, "prompt_tokens": usage.prompt,
            "completion_tokens": usage.completion, "cached_tokens": usage.cached,
            "estimated": usage.estimated, "seconds": round(outcome.seconds, 3),
        },
        "model": outcome.model,
    }  # fmt: skip


def rehearse(job: Job, resolved: Settings, manner: Manner) -> int:
    """Show every prompt of a run with its tokens, and the sum; send and write nothing."""
    name = _model_name(resolved)
    count = counter(name)
    subject = Subject(description=job.description, kind=job.kind, language=resolved.language)
    prompts = rehearsal(subject, job.template)
    about = "~" if count.estimated else ""
    total = sum(count.prompt(prompt) for prompt in prompts)
    if manner.json:
        report.as_json(ok=True, prompts=[
            {"section": p.label, "tokens": count.prompt(p), "max_tokens": p.max_tokens,
             "messages": [{"role": m.role, "content": m.content} for m in p.messages]}
            for p in prompts
        ], prompt_tokens=total, estimated=count.estimated)  # fmt: skip
        return Exit.DONE
    for prompt in prompts:
        report.result(f"=== {prompt.label}: {about}{count.prompt(prompt)} tokens, answer at most {prompt.max_tokens}")
        for message in prompt.messages:
            report.result(f"--- {message.role}\n{message.content}")
    report.result(f"=== {len(prompts)} requests, {about}{total:,} tokens of prompts; nothing was sent")
    refuse_above_cap(resolved, subject, job.template, count)
    return Exit.DONE


def _model_name(resolved: Settings) -> str:
    try:
        return check(resolved)
    except DraftError:
        return resolved.model
