"""`draft status DOC STATUS`: a document's next status, or any other of its template's."""

from dataclasses import dataclass, field
from datetime import date
from os import environ
from pathlib import Path

from assistant import files, settings
from assistant.editing.status import StatusChange, change_status, match_status
from assistant.errors import DraftError, Exit
from assistant.folder import store
from assistant.lint.check import check_document
from assistant.lint.registry import RuleConfig, parse_rule_config
from assistant.lint.report import describe_finding
from assistant.lint.rule import Finding
from assistant.markdown.document import encode_text, load_document, parse_document
from assistant.markdown.edit import apply_edits
from assistant.settings import SettingOptions
from assistant.template.align import align_document
from assistant.template.particulars import is_approved
from assistant.template.template import Template, load_template
from assistant.terminal import report
from assistant.terminal.report import OutputStyle
from assistant.terminal.style import format_count, format_path

_MAX_FINDINGS_SHOWN = 10  # `draft check` has the rest; by judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusOptions:
    """The status a document is to have; `force` goes on where something speaks against it."""

    document: str
    status: str
    # The day where the person is.
    today: str = field(default_factory=lambda: date.today().isoformat())  # noqa: DTZ011
    force: bool = False
    settings: SettingOptions = field(default_factory=SettingOptions)
    manner: OutputStyle = field(default_factory=OutputStyle)


def run_status(options: StatusOptions) -> int:
    """Give a document a status and today's date, and print its path; exit code 2 if refused."""
    resolved = settings.resolve_settings(options.settings, environ, Path.cwd())
    template = load_template(resolved.template)
    after = match_status(template.statuses(), options.status, template.name)
    rules = parse_rule_config(resolved.check, "[tool.draft.check]")
    path = store.resolve_document(resolved.dir, options.document)

    def change(data: bytes) -> tuple[bytes, tuple[StatusChange, tuple[Finding, ...]]]:
        move, text = _plan_move(template, path, data, after, options)
        blocking = _find_blocking(template, text, after, rules) if move.edits else ()
        stays = not move.edits or (blocking and not options.force)
        return data if stays else encode_text(text), (move, blocking)

    known = files.read_document_bytes(path, store.NAME_ONE_HINT)
    move, blocking = store.update_file(path, change, known=known)
    if blocking and not options.force:
        return _refuse_move(path, move, blocking, options.manner)
    _show_move(path, move, blocking, options.manner)
    return Exit.DONE


def _plan_move(
    template: Template, path: Path, data: bytes, after: str, options: StatusOptions
) -> tuple[StatusChange, str]:
    """Return the change, and the text that comes of it."""
    document = load_document(data, str(path))
    try:
        move = change_status(
            align_document(template, document), after, options.today, force=options.force
        )
    except DraftError as error:
        error.where = str(path)
        raise
    return move, apply_edits(document.text, move.edits, document.newline)


def _find_blocking(
    template: Template, text: str, after: str, rules: RuleConfig
) -> tuple[Finding, ...]:
    """Return what keeps a document from being approved: what `check` will call an error then."""
    if not is_approved(after, template.statuses()):
        return ()
    found = check_document(template, parse_document(text), rules)
    return tuple(finding for finding in found if finding.severity == "error")


def _refuse_move(
    path: Path, move: StatusChange, blocking: tuple[Finding, ...], manner: OutputStyle
) -> int:
    """Print why a document does not get a status; return the exit code."""
    shown = format_path(path)
    error = DraftError(
        f"not {move.after} yet: {format_count(len(blocking), 'finding')} to mend first.",
        code="not-ready",
        exit_code=Exit.USAGE,
        where=shown,
        hint=f"`draft check {shown}` shows them; --force goes on all the same.",
    )
    if manner.json:
        report.print_json(
            ok=False,
            error=report.build_error_fields(error),
            blocking=[describe_finding(finding) for finding in blocking],
        )
    for finding in blocking[:_MAX_FINDINGS_SHOWN]:
        text = f"{shown}:{finding.line}: {finding.code} {finding.message}"
        report.print_message(text, manner, finding.severity)
    if len(blocking) > _MAX_FINDINGS_SHOWN:
        report.print_message(f"and {len(blocking) - _MAX_FINDINGS_SHOWN} more", manner)
    report.print_error(error)
    return error.exit_code


def _show_move(
    path: Path, move: StatusChange, blocking: tuple[Finding, ...], manner: OutputStyle
) -> None:
    """Print the path or the object, and what was changed."""
    shown = format_path(path)
    changed = bool(move.edits)
    if manner.json:
        report.print_json(
            ok=True,
            path=shown,
            before=move.before,
            status=move.after,
            changed=changed,
            dated=changed and not move.undated,
            blocking=[describe_finding(finding) for finding in blocking],
        )
    else:
        report.print_result(shown)
    if not changed:
        report.print_message(f"{shown} is {move.after} already; nothing was written", manner)
        return
    report.print_message(f"{shown}: {move.before or 'no status'} -> {move.after}", manner)
    if blocking:
        report.print_message(
            f"{format_count(len(blocking), 'finding')} left in it: `draft check {shown}`", manner
        )
    if move.undated:
        report.print_message("it has no place for the date of its last change", manner, "note")
