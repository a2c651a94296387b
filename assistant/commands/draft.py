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
    NamedDocument,
    NextStep,
    build_run_fields,
    build_unwritten_fields,
    count_questions,
    list_all_unwritten,
    make_remarks,
    remark_on_questions,
    show_costs,
    show_next_steps,
    show_remarks,
    suggest_rewrite,
)
from assistant.display.progress import watch_run
from assistant.display.rehearsal import print_rehearsal
from assistant.drafting import plan
from assistant.drafting.draft import (
    DESCRIPTION_CUT,
    SMALLER_DRAFT_HINT,
    DraftJob,
    DraftOutcome,
    ForeignEdit,
    draft_document,
    identify_run,
    make_draft_subject,
)
from assistant.drafting.unfinished import BegunDraft, find_begun_draft
from assistant.errors import DraftError, Exit
from assistant.folder.relations import (
    DocumentRelation,
    find_related,
    has_reference,
    link_back,
    refer_to,
)
from assistant.lint.report import describe_finding
from assistant.llm.connect import assume_context_window, find_model_name, require_model_name
from assistant.llm.tokens import TokenCounter
from assistant.markdown.document import decode_text
from assistant.prompting.prompts import DocumentSubject
from assistant.prompting.request import read_request_title
from assistant.settings import SettingOptions, Settings
from assistant.template.particulars import is_ended
from assistant.template.template import load_template
from assistant.terminal import report, streams
from assistant.terminal.programs import open_document, refuse_edit
from assistant.terminal.report import OutputStyle
from assistant.terminal.style import format_path

MAX_DESCRIPTION = 8 << 20  # characters: more than any context takes, so that it is a slip
# What stands before a colon and says what kind of document it will be, in the languages that a
# description's is found out for.
_KIND_WORDS = {
    "bug": "bug, bugfix, fehler, bogue, erreur, fallo, errore, erro, fout, ошибка, баг, "
    "错误, 缺陷, 修复, 錯誤, 修復, バグ, 不具合, 버그, 오류",
    "feature": "feature, funktion, neue funktion, fonctionnalité, nouvelle fonctionnalité, "
    "función, nueva función, funzionalità, nuova funzionalità, funcionalidade, "
    "nova funcionalidade, functie, nieuwe functie, функция, новая функция, "
    "功能, 新功能, 機能, 新機能, 기능, 새 기능",
}
KIND_BY_WORD = {word: kind for kind, words in _KIND_WORDS.items() for word in words.split(", ")}
_COLON = re.compile("[:\uff1a]")


def classify_description(text: str) -> tuple[str, str]:
    """Return the kind of a description, and the description without the word that says so."""
    head, *rest = _COLON.split(text, maxsplit=1)
    kind = " ".join(head.split()).casefold()
    if rest and kind in KIND_BY_WORD and rest[0].strip():
        return KIND_BY_WORD[kind], rest[0].strip()
    return "change", text.strip()


def check_description(description: str, spoilt: float = 0.1) -> str:
    """Return a description that says something. Raises DraftError (exit code 2) for any other.

    `spoilt` is the share of it that may be bytes which are no UTF-8.
    """
    bare = description.strip()
    if not bare or (_COLON.match(bare[-1]) and bare[:-1].strip().casefold() in KIND_BY_WORD):
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
    settings: SettingOptions = field(default_factory=SettingOptions)
    manner: OutputStyle = field(default_factory=OutputStyle)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftContext:
    """What a run goes by, and what of it stood on the command line."""

    settings: Settings
    options: DraftOptions


def run_draft(options: DraftOptions) -> int:
    """Draft a document; return the exit code."""
    resolved = settings.resolve_settings(options.settings, environ, Path.cwd())
    manner = options.manner
    report.refuse_named_output(manner)
    if options.edit:
        refuse_edit(manner, nothing_saved=options.dry_run)
    kind, description = classify_description(
        check_description(read_description(options.description, options.source))
    )
    made = load_template(resolved.template)
    others = find_related(resolved.dir, options.supersedes, options.relates_to, made)
    job = DraftJob(
        description=description,
        kind=kind,
        template=made,
        author=settings.find_author(resolved, environ, Path.cwd()),
        date=date.today().isoformat(),  # noqa: DTZ011  a document's date is the author's own day
        save=not manner.output,
        references=tuple(other.item(resolved.dir) for other in others),
    )
    plan.refuse_finished_template(DocumentSubject(description=description, kind=kind), made)
    name = find_model_name(resolved) if options.dry_run else require_model_name(resolved)
    begun = find_begun_draft(identify_run(job, resolved, name), resolved)
    known = DraftContext(settings=resolved, options=options)
    if begun is not None:
        try:
            report.print_message(f"going on in {format_path(begun.path)}", manner)
            return resume_draft(job, begun, known, others)
        finally:
            begun.held.close()
    if options.dry_run:
        return rehearse_draft(job, resolved, manner)
    outcome = asyncio.run(_draft_with_display(job, resolved, manner))
    return finish_draft(job, outcome, known, others)


def resume_draft(
    job: DraftJob, begun: BegunDraft, known: DraftContext, others: Sequence[DocumentRelation]
) -> int:
    """Go on in the document that a run of this command saved and did not complete.

    As long as nobody wrote in it, it is made anew as if that run had not ended. Else it is filled:
    what is unwritten in it is written, and links to other documents that it lacks are added.
    """
    options, manner = known.options, known.options.manner
    if begun.is_ours and not options.dry_run:
        with suppress(ForeignEdit):
            outcome = asyncio.run(_draft_with_display(job, known.settings, manner, begun))
            return finish_draft(job, outcome, known, others)
    from assistant.commands import fill  # noqa: PLC0415  25 ms that no other draft needs

    failed = False
    if job.save and not options.dry_run:
        for item in job.references:
            refer_to(begun.path, item, job.template)
        text = decode_text(files.read_document_bytes(begun.path))
        failed = link_others_to_file(job, begun.path, text, others, manner)
    named = NamedDocument(path=begun.path, settings=known.settings, options=options.settings)
    more = fill.FillOptions(
        document=str(begun.path), dry_run=options.dry_run, edit=options.edit, manner=manner
    )
    return fill.complete_draft(named, begun.held, more) or (Exit.FINDINGS if failed else Exit.DONE)


def finish_draft(
    job: DraftJob, outcome: DraftOutcome, known: DraftContext, others: Sequence[DocumentRelation]
) -> int:
    """Link, print and open what a draft came to; return the exit code."""
    manner = known.options.manner
    failed = link_others_to_draft(job, outcome, others, manner)
    show_draft(job, outcome, known, manner)
    if known.options.edit and outcome.path and not outcome.stopped:
        open_document(outcome.path, environ, manner)
    return outcome.exit_code or (Exit.FINDINGS if failed else Exit.DONE)


def link_others_to_draft(
    job: DraftJob, outcome: DraftOutcome, others: Sequence[DocumentRelation], manner: OutputStyle
) -> bool:
    """Link the documents that a draft refers to back to it; return whether one was left without."""
    if outcome.path is not None:
        return link_others_to_file(job, outcome.path, outcome.text, others, manner)
    for other, item in zip(others, job.references, strict=True):
        if not has_reference(outcome.text, item):
            report.print_message(
                f"the template has no place for a reference: {item}", manner, "warning"
            )
        text = f"{format_path(other.path)} was left as it is: nothing was saved"
        report.print_message(text, manner, "warning")
    return False


def link_others_to_file(
    job: DraftJob, path: Path, text: str, others: Sequence[DocumentRelation], manner: OutputStyle
) -> bool:
    """Link the documents that a saved document refers to back to it, in the same way."""
    failed = False
    for other, item in zip(others, job.references, strict=True):
        if not has_reference(text, item):
            report.print_message(
                f"the template has no place for a reference: {item}", manner, "warning"
            )
        said = link_back(other, path, text, job.template, job.date)
        if said.problem:
            report.print_message(f"{format_path(other.path)} {said.problem}", manner, "warning")
        if said.note:
            report.print_message(f"{format_path(other.path)}: {said.note}", manner, "note")
        failed = failed or bool(said.problem)
    return failed


def read_description(words: tuple[str, ...], source: str | None) -> str:
    """Return the description: words, standard input for `-`, or a file."""
    if source is not None and words:
        raise errors.make_usage_error(
            "a description comes from words or from --from, not from both"
        )
    if source is not None:
        return streams.decode_input(
            files.read_document_bytes(Path(source), "Name a text file with --from.")
        )
    if words[:1] == ("-",) and len(words) > 1:
        raise errors.make_usage_error(
            "a description comes from words or from standard input, not from both"
        )
    if words == ("-",):
        return streams.decode_input(streams.read_stdin())
    said = " ".join(words)
    if said.isascii():
        return said
    # Of a file a few bytes may be spoilt; what was typed is all there is.
    return check_description(streams.decode_input(os.fsencode(said)), spoilt=0.0)


async def _draft_with_display(
    job: DraftJob, resolved: Settings, manner: OutputStyle, begun: BegunDraft | None = None
) -> DraftOutcome:
    """Draft a document, with a display of the progress and an ear for Ctrl-C."""
    with watch_run(manner) as (display, stop):
        return await draft_document(job, resolved, display, stop, begun)


def show_draft(
    job: DraftJob, outcome: DraftOutcome, known: DraftContext, manner: OutputStyle
) -> None:
    """Print an outcome: the path or the document on stdout, all that is for people on stderr."""
    name = outcome.path.name if outcome.path else ""
    remarks = (
        *make_remarks(outcome.findings, outcome.unwritten, outcome.notes),
        *remark_on_questions(job.template, outcome.text),
    )
    show_remarks(f"{name}: {outcome.title}" if name else outcome.title, remarks, manner)
    show_costs(outcome, manner)
    if outcome.lost:
        text = f"{outcome.lost}\nThe document is on standard output, and nowhere else."
        report.print_message(text, kind="error")
    if manner.json:
        report.print_json(**build_draft_fields(outcome))
    elif manner.output == "-" or outcome.lost:
        report.print_document(outcome.text)
    elif outcome.path:
        report.print_result(format_path(outcome.path))
        named = NamedDocument(
            path=outcome.path, settings=known.settings, options=known.options.settings
        )
        show_next_steps(plan_steps_after_draft(job, outcome, named), manner)


def plan_steps_after_draft(
    job: DraftJob, outcome: DraftOutcome, named: NamedDocument
) -> tuple[NextStep, ...]:
    """Return what a person may want to type next about a new document."""
    left = list_all_unwritten(outcome.findings, outcome.unwritten)
    statuses = job.template.statuses()
    sections = [found.section for found in outcome.findings if found.section]
    asked = [read_request_title(label) for label, _ in outcome.repaired]
    # The next one on a document's way: a list may have what ends it, such as "rejected", first.
    onward = next((status for status in statuses[1:] if not is_ended(status)), "")
    ready = not (left or outcome.exit_code) and onward
    fill_step = named.step_to_fill()
    if (
        outcome.unwritten and outcome.kept
    ):  # else the run is complete, and the same command makes another document
        fill_step = replace(fill_step, why="write what is unwritten; the same command does so too")
    return (
        named.step_to_open(count_questions(job.template, outcome.text)[0]),
        fill_step if left else named.step_to_suggest(),
        *suggest_rewrite(named, job.template, outcome.text, (*sections, *asked), left),
        *((named.step_to_move(onward),) if ready else ()),
    )


def build_draft_fields(outcome: DraftOutcome) -> dict[str, errors.Json]:
    """Return an outcome as the fields of its JSON object."""
    return {
        "ok": outcome.exit_code == 0,
        "path": format_path(outcome.path) if outcome.path else None,
        "title": outcome.title,
        "text": None if outcome.path else outcome.text,
        "unwritten": build_unwritten_fields(outcome.findings, outcome.unwritten),
        "findings": [describe_finding(found) for found in outcome.findings],
        "notes": [*outcome.notes, *([outcome.lost] if outcome.lost else [])],
        **build_run_fields(outcome),
    }


def rehearse_draft(job: DraftJob, resolved: Settings, manner: OutputStyle) -> int:
    """Show every prompt of a run with its tokens, and the sum; send and write nothing."""
    counter = TokenCounter(find_model_name(resolved))
    subject = make_draft_subject(job, resolved.language, assume_context_window(resolved), counter)
    prompts = tuple(plan.forecast_draft_prompts(subject, job.template))
    if subject.description != job.description:
        report.print_message(DESCRIPTION_CUT, manner, "note")
    print_rehearsal(prompts, counter, manner, resolved, SMALLER_DRAFT_HINT)
    return Exit.DONE
