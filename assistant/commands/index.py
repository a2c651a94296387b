"""`draft index`: the table of all documents, written between two comments of a file."""

from contextlib import suppress
from dataclasses import dataclass, field
from os import environ
from pathlib import Path

from assistant import files, settings
from assistant.errors import Exit
from assistant.folder import store
from assistant.folder.catalog import Catalog, list_documents
from assistant.folder.index import INDEX_FILE, IndexFile, read_index, renew_index
from assistant.markdown.document import encode_text
from assistant.markdown.edit import diff_texts
from assistant.settings import SettingOptions
from assistant.terminal import report
from assistant.terminal.report import OutputStyle
from assistant.terminal.style import format_path


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexOptions:
    """Which file, and whether it is only looked at: `check` tells, `diff` shows what differs."""

    file: str = ""
    check: bool = False
    diff: bool = False
    settings: SettingOptions = field(default_factory=SettingOptions)
    manner: OutputStyle = field(default_factory=OutputStyle)


def run_index(options: IndexOptions) -> int:
    """Write the table; with `check` or `diff` exit code 1 if something would change."""
    manner = options.manner
    resolved = settings.resolve_settings(options.settings, environ, Path.cwd())
    path = Path(options.file) if options.file else resolved.dir / INDEX_FILE
    found = list_documents(
        resolved.dir, resolved.template, lambda text: report.print_message(text, manner)
    )
    for name, reason in found.problems:
        report.print_message(f"{format_path(resolved.dir / name)}: {reason}", None, "warning")
    indexed = read_index(path, found)
    only = options.check or options.diff
    if indexed.changed and not only:
        indexed = _write_index(indexed, found)
    _show_index(indexed, options)
    return Exit.FINDINGS if only and indexed.changed else Exit.DONE


def _write_index(indexed: IndexFile, found: Catalog) -> IndexFile:
    """Write the table; return what was written, beside what others wrote meanwhile."""
    path = indexed.path
    if indexed.before is None:
        try:
            with (
                files.write_temporary(path.parent, encode_text(indexed.after)) as ready,
                suppress(FileExistsError),
            ):
                files.publish_file(ready, path)
                return indexed
        except OSError as error:
            raise files.translate_os_error(error, path) from error

    def change(data: bytes) -> tuple[bytes, IndexFile]:
        made = renew_index(path, data, found)
        return encode_text(made.after), made

    return store.update_file(path, change)


def _show_index(indexed: IndexFile, options: IndexOptions) -> None:
    """Print the path of the index, the diff or the object, and what became of it."""
    manner = options.manner
    changes = _diff_index(indexed) if options.diff else ""
    only = options.check or options.diff
    if manner.json:
        ok = not (only and indexed.changed)
        report.print_json(
            ok=ok,
            index=format_path(indexed.path),
            stale=indexed.changed,
            written=indexed.changed and not only,
            diff=changes,
        )
    elif options.diff:
        report.print_diff(changes)
    else:
        report.print_result(format_path(indexed.path))
    report.print_message(_describe_result(indexed, only=only), manner)


def _describe_result(indexed: IndexFile, *, only: bool) -> str:
    name = format_path(indexed.path)
    if not indexed.changed:
        return f"{name} is up to date"
    if only:
        return f"{name} is stale: `draft index` renews it"
    if indexed.before is None:
        return f"{name} is new"
    return f"{name} is renewed" if indexed.marked else f"{name} has its index at the end now"


def _diff_index(indexed: IndexFile) -> str:
    return diff_texts(indexed.before or "", indexed.after, format_path(indexed.path))
