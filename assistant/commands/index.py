"""`draft index`: the table of all documents, written between two comments of a file."""

from contextlib import suppress
from dataclasses import dataclass, field
from os import environ
from pathlib import Path

from assistant import files, settings
from assistant.errors import Exit
from assistant.folder import index as readme
from assistant.folder import index as register
from assistant.folder import store
from assistant.folder.catalog import Catalog, catalog
from assistant.folder.index import Indexed
from assistant.markdown.document import encode
from assistant.markdown.edit import unified
from assistant.settings import Options
from assistant.terminal import report
from assistant.terminal.report import Manner
from assistant.terminal.style import relative


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexOptions:
    """Which file, and whether it is only looked at: `check` tells, `diff` shows what differs."""

    file: str = ""
    check: bool = False
    diff: bool = False
    settings: Options = field(default_factory=Options)
    manner: Manner = field(default_factory=Manner)


def index(options: IndexOptions) -> int:
    """Write the table; with `check` or `diff` exit code 1 where something would change."""
    manner = options.manner
    resolved = settings.resolve(options.settings, environ, Path.cwd())
    path = Path(options.file) if options.file else resolved.dir / register.FILE
    found = catalog(resolved.dir, resolved.template, lambda text: report.say(text, manner))
    for name, reason in found.problems:
        report.say(f"{relative(resolved.dir / name)}: {reason}", None, "warning")
    indexed = readme.indexed(path, found)
    only = options.check or options.diff
    if indexed.changed and not only:
        indexed = _write(indexed, found)
    _show(indexed, options)
    return Exit.FINDINGS if only and indexed.changed else Exit.DONE


def _write(indexed: Indexed, found: Catalog) -> Indexed:
    """Write the table; return what was written, with the words that others wrote meanwhile."""
    path = indexed.path
    if indexed.before is None:
        try:
            with (
                files.written(path.parent, encode(indexed.after)) as ready,
                suppress(FileExistsError),
            ):
                files.publish(ready, path)
                return indexed
        except OSError as error:
            raise files.unusable(error, path) from error

    def change(data: bytes) -> tuple[bytes, Indexed]:
        made = readme.renew_index(path, data, found)
        return encode(made.after), made

    return store.update_file(path, change)


def _show(indexed: Indexed, options: IndexOptions) -> None:
    manner = options.manner
    changes = _diff(indexed) if options.diff else ""
    only = options.check or options.diff
    if manner.json:
        ok = not (only and indexed.changed)
        report.as_json(
            ok=ok, index=relative(indexed.path), stale=indexed.changed,
            written=indexed.changed and not only, diff=changes,
        )  # fmt: skip
    elif options.diff:
        report.changes(changes)
    else:
        report.result(relative(indexed.path))
    report.say(_said(indexed, only=only), manner)


def _said(indexed: Indexed, *, only: bool) -> str:
    name = relative(indexed.path)
    if not indexed.changed:
        return f"{name} is up to date"
    if only:
        return f"{name} is stale: `draft index` renews it"
    if indexed.before is None:
        return f"{name} is new"
    return f"{name} is renewed" if indexed.marked else f"{name} has its index at the end now"


def _diff(indexed: Indexed) -> str:
    return unified(indexed.before or "", indexed.after, relative(indexed.path))
