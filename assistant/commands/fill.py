"""`draft fill DOC`: writes what is unwritten in a document, and touches nothing else."""

import asyncio
import sys
from dataclasses import dataclass, field
from os import environ
from pathlib import Path

from assistant import errors, settings
from assistant.display.ending import (
    DocumentRemark,
    NamedDocument,
    NextStep,
    build_run_fields,
    build_unwritten_fields,
    count_questions,
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
from assistant.drafting.fill import SMALLER_FILL_HINT, FillOutcome, fill_document
from assistant.drafting.task import FillJob, FillRequest, make_fill_job, make_fill_subject
from assistant.drafting.unfinished import peek_answers
from assistant.errors import DraftError, Exit
from assistant.folder import store
from assistant.folder.journal import Journal
from assistant.lint.report import describe_finding
from assistant.llm.connect import find_model_name
from assistant.llm.tokens import TokenCounter
from assistant.markdown.edit import diff_texts
from assistant.prompting.request import read_request_title
from assistant.settings import SettingOptions, Settings
from assistant.terminal import report, streams
from assistant.terminal.programs import open_document, refuse_edit
from assistant.terminal.report import OutputStyle
from assistant.terminal.style import format_count, format_path

_REHEARSAL_TOKENS = 4096  # of a subject, in a rehearsal: no server is asked for its window


@dataclass(frozen=True, slots=True, kw_only=True)
class FillOptions:
    """What a person asked of a fill."""

    document: str
    wanted: FillRequest = field(default_factory=FillRequest)
    dry_run: bool = False
    diff: bool = False
    yes: bool = False
    edit: bool = False
    settings: SettingOptions = field(default_factory=SettingOptions)
    manner: OutputStyle = field(default_factory=OutputStyle)


def run_fill(options: FillOptions) -> int:
    """Fill a document; return the exit code."""
    resolved = settings.resolve_settings(options.settings, environ, Path.cwd())
    _refuse_contradictions(options)
    path = store.resolve_document(resolved.dir, options.document)
    save = not (options.manner.output or options.diff)
    job = make_fill_job(path, options.wanted, resolved, save=save)
    return _fill_or_rehearse(
        job, options, NamedDocument(path=path, settings=resolved, options=options.settings)
    )


def complete_draft(named: NamedDocument, held: Journal, options: FillOptions) -> int:
    """Write what an unfinished draft left unwritten in its document; return the exit code.

    `held` is the draft's journal, which this process has.
    """
    save = not options.manner.output
    job = make_fill_job(named.path, options.wanted, named.settings, save=save, held=held)
    return _fill_or_rehearse(job, options, named)


def _fill_or_rehearse(job: FillJob, options: FillOptions, named: NamedDocument) -> int:
    """Fill a document and print what came of it, or show the prompts; return the exit code."""
    resolved, manner = named.settings, options.manner
    if options.dry_run:
        return _rehearse_fill(job, resolved, manner)
    outcome = asyncio.run(_fill_with_display(job, options, resolved))
    show_fill(job, outcome, options)
    if outcome.saved:
        show_next_steps(plan_steps_after_fill(job, outcome, named), manner)
    elif not outcome.changed and options.wanted.sections and not outcome.filled.unwritten:
        again = named.command(
            "fill",
            *_list_section_words(options.wanted),
            "--force",
            *_list_hint_words(options.wanted),
        )
        report.print_message(f"`{again}` writes it again", manner, "hint")
    if options.edit and outcome.saved and not outcome.stopped:
        open_document(job.path, environ, manner)
    if options.diff and not outcome.stopped:
        return Exit.FINDINGS if outcome.changed else Exit.DONE
    return outcome.exit_code


def _list_section_words(wanted: FillRequest) -> tuple[str, ...]:
    return tuple(word for name in wanted.sections for word in ("--section", name))


def _list_hint_words(wanted: FillRequest) -> tuple[str, ...]:
    return ("--hint", wanted.hint) if wanted.hint else ()


def _refuse_contradictions(options: FillOptions) -> None:
    """Raise DraftError (exit code 2) for options that do not go together, or that ask in vain."""
    wanted, manner = options.wanted, options.manner
    if options.edit:
        refuse_edit(manner, nothing_saved=options.dry_run or options.diff)
    report.refuse_named_output(manner)
    if wanted.force and not wanted.sections:
        raise errors.make_usage_error(
            "--force rewrites what is written, so --section has to say what"
        )
    unasked = options.yes or options.diff or options.dry_run or manner.output
    asks = wanted.force and not unasked
    if asks and not sys.stdin.isatty():
        raise DraftError(
            "--force asks before it rewrites, and there is no terminal to ask on.",
            code="needs-yes",
            exit_code=Exit.USAGE,
            where="--force",
            hint="--yes answers yes; --diff only shows what would change.",
        )


async def _fill_with_display(job: FillJob, options: FillOptions, resolved: Settings) -> FillOutcome:
    """Fill a document, with a display, an ear for Ctrl-C, and a question if forced."""
    with watch_run(options.manner) as (display, stop):

        def accept(before: str, after: str) -> bool:
            display.close()
            if not options.wanted.force:
                return True
            report.print_proposal(diff_document(job.path, before, after), options.manner)
            return options.yes or streams.ask_yes_no("Replace this text?")

        return await fill_document(job, resolved, display, stop, accept)


def diff_document(path: Path, before: str, after: str) -> str:
    """Return a unified diff of a document."""
    return diff_texts(before, after, format_path(path))


def show_fill(job: FillJob, outcome: FillOutcome, options: FillOptions) -> None:
    """Print an outcome: the path, the document or the diff on stdout, all else on stderr."""
    manner = options.manner
    _show_remarks(job, outcome, options)
    changes = diff_document(job.path, outcome.before, outcome.text) if options.diff else ""
    if manner.json:
        report.print_json(**build_fill_fields(job, outcome, changes))
    elif options.diff:
        report.print_diff(changes)
    elif manner.output == "-":
        report.print_document(outcome.text)
    else:
        report.print_result(format_path(job.path))


def _show_remarks(job: FillJob, outcome: FillOutcome, options: FillOptions) -> None:
    """Print what is for people about an outcome: findings, questions, costs, what was not done."""
    manner = options.manner
    filled = outcome.filled
    remarks = (
        *make_remarks(outcome.findings, filled.unwritten, filled.notes),
        *(
            DocumentRemark(
                kind="warning",
                text=f'what somebody wrote meanwhile under "{section}" stays; our answer is kept '
                f"in {outcome.journal}",
            )
            for section in filled.overtaken
        ),
        *(remark_on_questions(job.task.template, outcome.text) if outcome.changed else ()),
    )
    if outcome.changed or remarks:
        show_remarks(_format_head(job, outcome), remarks, manner)
    _show_questions(outcome, manner)
    if outcome.usage.requests or outcome.resumed:
        show_costs(outcome, manner)
    if not outcome.changed and not filled.unwritten:
        said = "nothing to write: all of it is written already"
        if options.wanted.force:
            said = "nothing changed: the answer says what is there already"
        report.print_message(said, manner)
    elif job.save and not outcome.saved:
        said = "as you said" if outcome.changed else "the answers are kept for the next time"
        report.print_message(f"nothing was written; {said}", manner)


def _show_questions(outcome: FillOutcome, manner: OutputStyle) -> None:
    """Say which questions are open that the document has no place for, and where they are kept."""
    asked = outcome.filled.questions
    if not asked:
        return
    where = f"kept in {outcome.asked_in}" if outcome.asked_in else "and nowhere else"
    what = format_count(len(asked), "open question")
    end = ":" if outcome.new_questions else ""
    report.print_message(f"{what} without a place in the document, {where}{end}", manner, "warning")
    for question in outcome.new_questions:
        report.print_message(question, manner, before="  - ")


def _format_head(job: FillJob, outcome: FillOutcome) -> str:
    number = len(outcome.filled.written)
    done = "written" if outcome.saved else "answered"
    return f"{job.path.name}: {format_count(number, 'section')} {done}" if number else job.path.name


def plan_steps_after_fill(
    job: FillJob, outcome: FillOutcome, named: NamedDocument
) -> tuple[NextStep, ...]:
    """Return what a person may want to type next about a document that was filled."""
    left = outcome.filled.unwritten
    titles = [read_request_title(name) for name in outcome.filled.written]
    template = job.task.template
    return (
        named.step_to_open(count_questions(template, outcome.text)[0]),
        named.step_to_fill() if left else named.step_to_suggest(),
        *suggest_rewrite(named, template, outcome.text, titles, left),
    )


def build_fill_fields(job: FillJob, outcome: FillOutcome, changes: str) -> dict[str, errors.Json]:
    """Return an outcome as the fields of its JSON object."""
    filled = outcome.filled
    done = not filled.unwritten and not outcome.stopped
    return {
        "ok": done and outcome.exit_code == 0 and not changes,
        "path": format_path(job.path) if job.save else None,
        "title": next((s.title for s in job.document.sections if s.level), ""),
        "text": None if job.save else outcome.text,
        "written": list(filled.written),
        "diff": changes,
        "unwritten": build_unwritten_fields(outcome.findings, filled.unwritten),
        "findings": [describe_finding(found) for found in outcome.findings],
        "notes": [*filled.notes, *(f"open question: {text}" for text in filled.questions)],
        **build_run_fields(outcome),
    }


def _rehearse_fill(job: FillJob, resolved: Settings, manner: OutputStyle) -> int:
    """Show every prompt of a run with its tokens; send and write nothing."""
    counter = TokenCounter(find_model_name(resolved))
    subject = make_fill_subject(job.basis, _REHEARSAL_TOKENS, counter, resolved.language)
    entries = job.held.entries if job.held else peek_answers(job.path, job.fingerprint)
    prompts = tuple(plan.forecast_fill_prompts(job.task, subject, entries))
    print_rehearsal(prompts, counter, manner, resolved, SMALLER_FILL_HINT)
    return Exit.DONE
