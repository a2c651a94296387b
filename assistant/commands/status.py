"""`draft status DOC STATUS`: a document's next status, or any other of its template's."""

from dataclasses import dataclass, field
from datetime import date
from os import environ
from pathlib import Path

from assistant import files, settings
from assistant.editing import status as standing
from assistant.editing.status import Move
from assistant.errors import DraftError, Exit
from assistant.folder import store
from assistant.lint import registry
from assistant.lint.check import Ruling, check_document, ruling
from assistant.lint.rule import Finding
from assistant.markdown.document import encode, load, parse
from assistant.markdown.edit import apply
from assistant.settings import Options
from assistant.template import template as builtin
from assistant.template.align import align
from assistant.template.status import settled
from assistant.template.template import Template
from assistant.terminal import report
from assistant.terminal.report import Manner
from assistant.terminal.style import plural, relative

_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusOptions:
    """The status a document is to have; `force` goes on where something speaks against it."""

    document: str
    status: str
    # The day where the person is.
    today: str = field(default_factory=lambda: date.today().isoformat())  # noqa: DTZ011
    force: bool = False
    settings: Options = field(default_factory=Options)
    manner: Manner = field(default_factory=Manner)


def status(options: StatusOptions) -> int:
    """Give a document a status and today's date, and print its path; exit code 2 if refused."""
    resolved = settings.resolve(options.settings, environ, Path.cwd())
    template = builtin.chosen(resolved.template)
    after = standing.meant(template.statuses(), options.status, template.name)
    rules = ruling(resolved.check, "[tool.draft.check]")
    path = store.resolve(resolved.dir, options.document)

    def change(data: bytes) -> tuple[bytes, tuple[Move, tuple[Finding, ...]]]:
        move, text = _moved(template, path, data, after, options)
        blocking = _blocking(template, text, after, rules) if move.edits else ()
        stays = not move.edits or (blocking and not options.force)
        return data if stays else encode(text), (move, blocking)

    known = files.read(path, store.WHICH)
    move, blocking = store.update_file(path, change, known=known)
    if blocking and not options.force:
        return _refused(path, move, blocking, options.manner)
    _show(path, move, blocking, options.manner)
    return Exit.DONE


def _moved(
    template: Template, path: Path, data: bytes, after: str, options: StatusOptions
) -> tuple[Move, str]:
    """The change, and the text that comes of it."""
    document = load(data, str(path))
    try:
        move = standing.moved(align(template, document), after, options.today, force=options.force)
    except DraftError as error:
        error.where = str(path)
        raise
    return move, apply(document.text, move.edits, document.newline)


def _blocking(template: Template, text: str, after: str, rules: Ruling) -> tuple[Finding, ...]:
    """What keeps a document from being approved: what `check` will call an error then."""
    if not settled(after, template.statuses()):
        return ()
    found = check_document(template, parse(text), rules)
    return tuple(finding for finding in found if finding.severity == "error")


def _refused(path: Path, move: Move, blocking: tuple[Finding, ...], manner: Manner) -> int:
    shown = relative(path)
    error = DraftError(
        f"not {move.after} yet: {_counted(len(blocking))} to mend first.",
        code="not-ready", exit_code=Exit.USAGE, where=shown,
        hint=f"`draft check {shown}` shows them; --force goes on all the same.",
    )  # fmt: skip
    if manner.json:
        report.as_json(
            ok=False,
            error=report.error(error),
            blocking=[registry.finding(finding) for finding in blocking],
        )
    for finding in blocking[:_SHOWN]:
        text = f"{shown}:{finding.line}: {finding.code} {finding.message}"
        report.say(text, manner, finding.severity)
    if len(blocking) > _SHOWN:
        report.say(f"and {len(blocking) - _SHOWN} more", manner)
    report.failed(error)
    return error.exit_code


def _show(path: Path, move: Move, blocking: tuple[Finding, ...], manner: Manner) -> None:
    shown = relative(path)
    changed = bool(move.edits)
    if manner.json:
        report.as_json(
            ok=True, path=shown, before=move.before, status=move.after, changed=changed,
            dated=changed and not move.undated,
            blocking=[registry.finding(finding) for finding in blocking],
        )  # fmt: skip
    else:
        report.result(shown)
    if not changed:
        report.say(f"{shown} is {move.after} already; nothing was written", manner)
        return
    report.say(f"{shown}: {move.before or 'no status'} -> {move.after}", manner)
    if blocking:
        report.say(f"{_counted(len(blocking))} left in it: `draft check {shown}`", manner)
    if move.undated:
        report.say("it has no place for the date of its last change", manner, "note")


def _counted(number: int) -> str:
    return f"{number} {plural(number, 'finding')}"
