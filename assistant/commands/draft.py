"""`draft new`: reads the description, runs the draft, prints what came of it."""

# ruff: noqa: RUF001  words of other languages

import asyncio
import os
import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from os import environ
from pathlib import Path

from assistant import errors, files, settings
from assistant.display.ending import (
    Named,
    Step,
    about_questions,
    all_unwritten,
    count_questions,
    redo,
    remarks_about,
    run_fields,
    show_costs,
    show_document,
    show_next,
    unwritten_fields,
)
from assistant.display.progress import Display
from assistant.display.rehearsal import rehearse as print_rehearsal
from assistant.drafting import forecast
from assistant.drafting.draft import CUT, SMALLER, ForeignEdit, Job, Outcome, draft, fitted, key
from assistant.drafting.unfinished import Begun, find_begun
from assistant.errors import DraftError, Exit
from assistant.folder.relations import Relation, has_reference, link_back, refer, related
from assistant.lint import registry
from assistant.llm.connect import check, named, window
from assistant.llm.tokens import Counter
from assistant.markdown.document import decode
from assistant.parallel import Stop
from assistant.prompting import ask
from assistant.prompting.request import titled
from assistant.prompting.subject import Subject
from assistant.settings import Options, Settings
from assistant.template.status import ended
from assistant.template.template import chosen
from assistant.terminal import report, streams
from assistant.terminal.pager import open_document, refuse_edit
from assistant.terminal.report import Manner
from assistant.terminal.style import relative

MAX_DESCRIPTION = 8 << 20
# What stands before a colon and says what kind of document it will be, in the languages that a
# description's is found out for.
_WORDS = {
    "bug": "bug, bugfix, fehler, bogue, erreur, fallo, errore, erro, fout, ошибка, баг, "
    "错误, 缺陷, 修复, 錯誤, 修復, バグ, 不具合, 버그, 오류",
    "feature": "feature, funktion, neue funktion, fonctionnalité, nouvelle fonctionnalité, "
    "función, nueva función, funzionalità, nuova funzionalità, funcionalidade, "
    "nova funcionalidade, functie, nieuwe functie, функция, новая функция, "
    "功能, 新功能, 機能, 新機能, 기능, 새 기능",
}
KINDS = {word: kind for kind, words in _WORDS.items() for word in words.split(", ")}
_COLON = re.compile("[:\uff1a]")


def classify(text: str) -> tuple[str, str]:
    """The kind of a description, and the description without the word that says so."""
    head, *rest = _COLON.split(text, maxsplit=1)
    kind = " ".join(head.split()).casefold()
    if rest and kind in KINDS and rest[0].strip():
        return KINDS[kind], rest[0].strip()
    return "change", text.strip()


def checked(description: str, spoilt: float = 0.1) -> str:
    """A description that something can be made of. Raises DraftError (exit code 2) for none.

    `spoilt` is the share of it that may be bytes which are no UTF-8.
    """
    bare = description.strip()
    if not bare or (_COLON.match(bare[-1]) and bare[:-1].strip().casefold() in KINDS):
        raise DraftError(
            "the description is empty.",
            code="empty-description",
            exit_code=Exit.USAGE,
            hint='Say in a few words what it is about: draft "bug: login timeout"',
        )
    undecoded = sum("\udc80" <= character <= "\udcff" for character in description)
    if "\0" in description or undecoded > len(description) * spoilt:
        raise DraftError(
            "the description is no text in UTF-8.",
            code="binary-description",
            exit_code=Exit.USAGE,
            hint="Give words, or a text file in UTF-8.",
        )
    if not any(c.isalnum() or unicodedata.category(c) == "So" for c in bare):  # So: emoji
        raise DraftError(
            "the description has no word in it.",
            code="empty-description",
            exit_code=Exit.USAGE,
            where=bare[:40],
            hint='Say in a few words what it is about: draft "bug: login timeout"',
        )
    if len(description) > MAX_DESCRIPTION:
        raise DraftError(
            f"the description has {len(description):,} characters, over {MAX_DESCRIPTION:,}.",
            code="too-long",
            exit_code=Exit.USAGE,
        )
    return bare


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftOptions:
    """What a person asked of a draft; `source` is a file that holds the description."""

    description: tuple[str, ...] = ()
    source: str | None = None
    supersedes: tuple[str, ...] = ()
    relates_to: tuple[str, ...] = ()
    dry_run: bool = False
    edit: bool = False
    settings: Options = field(default_factory=Options)
    manner: Manner = field(default_factory=Manner)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a run goes by, and what of it stood on the command line."""

    settings: Settings
    options: DraftOptions


def run(options: DraftOptions) -> int:
    """Draft a document; the exit code."""
    resolved = settings.resolve(options.settings, environ, Path.cwd())
    manner = options.manner
    if manner.output not in ("", "-"):
        raise errors.usage("--output takes only -, for the document to stdout")
    if options.edit:
        refuse_edit(manner, nothing_saved=options.dry_run)
    kind, description = classify(checked(described(options.description, options.source)))
    made = chosen(resolved.template)
    others = related(resolved.dir, options.supersedes, options.relates_to, made)
    job = Job(
        description=description,
        kind=kind,
        template=made,
        author=settings.find_author(resolved, environ, Path.cwd()),
        date=date.today().isoformat(),  # noqa: DTZ011  a document's date is the author's own day
        save=not manner.output,
        references=tuple(other.item(resolved.dir) for other in others),
    )
    forecast.refuse_nothing(Subject(description=description, kind=kind), made)
    name = named(resolved) if options.dry_run else check(resolved)
    begun = find_begun(key(job, resolved, name), resolved)
    known = Known(settings=resolved, options=options)
    if begun is not None:
        try:
            report.say(f"going on in {relative(begun.path)}", manner)
            return go_on(job, begun, known, others)
        finally:
            begun.held.close()
    if options.dry_run:
        return rehearse(job, resolved, manner)
    outcome = asyncio.run(_run(job, resolved, manner))
    return finish(job, outcome, known, others)


def go_on(job: Job, begun: Begun, known: Known, others: Sequence[Relation]) -> int:
    """Go on in the document that a run of this command saved and did not complete; the exit code.

    As long as nobody wrote in it, it is made anew as if that run had not ended. Else it is filled:
    what is unwritten in it is written, and links to other documents that it lacks are added.
    """
    options, manner = known.options, known.options.manner
    if begun.is_ours and not options.dry_run:
        with suppress(ForeignEdit):
            outcome = asyncio.run(_run(job, known.settings, manner, begun))
            return finish(job, outcome, known, others)
    from assistant.commands import fill  # noqa: PLC0415  25 ms that no other draft needs

    failed = False
    if job.save and not options.dry_run:
        for item in job.references:
            refer(begun.path, item, job.template)
        text = decode(files.read(begun.path))
        failed = link_all_back(job, begun.path, text, others, manner)
    named = Named(path=begun.path, settings=known.settings, options=options.settings)
    more = fill.FillOptions(
        document=str(begun.path), dry_run=options.dry_run, edit=options.edit, manner=manner
    )
    return fill.go_on(named, begun.held, more) or (Exit.FINDINGS if failed else Exit.DONE)


def finish(job: Job, outcome: Outcome, known: Known, others: Sequence[Relation]) -> int:
    """Link, print and open what a draft came to; the exit code."""
    manner = known.options.manner
    failed = link(job, outcome, others, manner)
    show(job, outcome, known, manner)
    if known.options.edit and outcome.path and not outcome.stopped:
        open_document(outcome.path, environ, manner)
    return outcome.exit_code or (Exit.FINDINGS if failed else Exit.DONE)


def link(job: Job, outcome: Outcome, others: Sequence[Relation], manner: Manner) -> bool:
    """Link the documents that the new one refers to back to it; whether one was left without."""
    if outcome.path is not None:
        return link_all_back(job, outcome.path, outcome.text, others, manner)
    for other, item in zip(others, job.references, strict=True):
        if not has_reference(outcome.text, item):
            report.say(f"the template has no place for a reference: {item}", manner, "warning")
        text = f"{relative(other.path)} was left as it is: nothing was saved"
        report.say(text, manner, "warning")
    return False


def link_all_back(
    job: Job, path: Path, text: str, others: Sequence[Relation], manner: Manner
) -> bool:
    """Likewise for a document that is saved at `path`, with this text."""
    failed = False
    for other, item in zip(others, job.references, strict=True):
        if not has_reference(text, item):
            report.say(f"the template has no place for a reference: {item}", manner, "warning")
        said = link_back(other, path, text, job.template, job.date)
        if said.problem:
            report.say(f"{relative(other.path)} {said.problem}", manner, "warning")
        if said.note:
            report.say(f"{relative(other.path)}: {said.note}", manner, "note")
        failed = failed or bool(said.problem)
    return failed


def described(words: tuple[str, ...], source: str | None) -> str:
    """The description: words, standard input for `-`, or a file."""
    if source is not None and words:
        raise errors.usage("a description comes from words or from --from, not from both")
    if source is not None:
        return streams.decoded(files.read(Path(source), "Name a text file with --from."))
    if words[:1] == ("-",) and len(words) > 1:
        raise errors.usage("a description comes from words or from standard input, not from both")
    if words == ("-",):
        return streams.decoded(streams.received())
    said = " ".join(words)
    if said.isascii():
        return said
    # Of a file a few bytes may be spoilt; what was typed is all there is.
    return checked(streams.decoded(os.fsencode(said)), spoilt=0.0)


async def _run(job: Job, resolved: Settings, manner: Manner, begun: Begun | None = None) -> Outcome:
    display = Display(quiet=manner.quiet, verbose=manner.verbose)
    stop = Stop()
    stop.listen()
    try:
        return await draft(job, resolved, display, stop, begun)
    finally:
        display.close()


def show(job: Job, outcome: Outcome, known: Known, manner: Manner) -> None:
    """Print an outcome: the path or the document on stdout, all that is for people on stderr."""
    name = outcome.path.name if outcome.path else ""
    remarks = (
        *remarks_about(outcome.findings, outcome.unwritten, outcome.notes),
        *about_questions(job.template, outcome.text),
    )
    show_document(f"{name}: {outcome.title}" if name else outcome.title, remarks, manner)
    show_costs(outcome, manner)
    if outcome.lost:
        text = f"{outcome.lost}\nThe document is on standard output, and nowhere else."
        report.say(text, kind="error")
    if manner.json:
        report.as_json(**fields(outcome))
    elif manner.output == "-" or outcome.lost:
        report.document(outcome.text)
    elif outcome.path:
        report.result(relative(outcome.path))
        named = Named(path=outcome.path, settings=known.settings, options=known.options.settings)
        show_next(steps(job, outcome, named), manner)


def steps(job: Job, outcome: Outcome, named: Named) -> tuple[Step, ...]:
    """Return what a person may want to type next about a new document."""
    left = all_unwritten(outcome.findings, outcome.unwritten)
    statuses = job.template.statuses()
    sections = [found.section for found in outcome.findings if found.section]
    asked = [titled(label) for label, _ in outcome.repaired]
    # The next one on a document's way: a list may have what ends it, such as "rejected", first.
    onward = next((status for status in statuses[1:] if not ended(status)), "")
    ready = not (left or outcome.exit_code) and onward
    fill_step = named.step_to_fill()
    if (
        outcome.unwritten and outcome.kept
    ):  # else the run is complete, and the same command makes another document
        fill_step = replace(fill_step, why="write what is unwritten; the same command does so too")
    return (
        named.step_to_open(count_questions(job.template, outcome.text)[0]),
        fill_step if left else named.step_to_suggest(),
        *redo(named, job.template, outcome.text, (*sections, *asked), left),
        *((named.step_to_move(onward),) if ready else ()),
    )


def fields(outcome: Outcome) -> dict[str, errors.Json]:
    """An outcome as the fields of its JSON object."""
    return {
        "ok": outcome.exit_code == 0,
        "path": relative(outcome.path) if outcome.path else None,
        "title": outcome.title,
        "text": None if outcome.path else outcome.text,
        "unwritten": unwritten_fields(outcome.findings, outcome.unwritten),
        "findings": [registry.finding(found) for found in outcome.findings],
        "notes": [*outcome.notes, *([outcome.lost] if outcome.lost else [])],
        **run_fields(outcome),
    }


def rehearse(job: Job, resolved: Settings, manner: Manner) -> int:
    """Show every prompt of a run with its tokens, and the sum; send and write nothing."""
    name = named(resolved)
    count = Counter(name)
    subject = fitted(job, resolved.language, window(resolved), count)
    prompts = tuple(forecast.of_draft(subject, job.template))
    if subject.description != job.description:
        report.say(CUT, manner, "note")
    print_rehearsal(prompts, count, manner, name)
    if not manner.json:
        ask.refuse_above_cap(prompts, resolved, count, SMALLER)
    return Exit.DONE
