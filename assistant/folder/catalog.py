"""A folder's documents, a row each: from the ledger where that still holds, else read."""

import os
import re
import stat
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

import assistant
from assistant import __version__
from assistant.errors import DraftError, Exit
from assistant.folder import summary
from assistant.folder import summary as ledger
from assistant.folder.numbers import parse_name, strip_number
from assistant.folder.summary import DocumentRow, Ledger

_SETTLING_NANOSECONDS = 2_000_000_000  # nanoseconds in which a second change may keep a file's time


class RowReader:
    """Reads documents by one template."""

    def __init__(self, folder: Path, template: Path | None) -> None:
        from assistant.template import template as builtin  # noqa: PLC0415  a warm run reads no Markdown

        self.folder = folder
        self.template = builtin.load_template(template)
        self.statuses = self.template.statuses()
        self.problems: list[tuple[str, str]] = []

    def rows(self, names: Iterable[str]) -> Iterator[DocumentRow]:
        """A row for each document among the names; what can't be read goes to `problems`."""
        from assistant import parallel  # noqa: PLC0415  before processes part
        from assistant.folder import summary  # noqa: F401, PLC0415  before processes part

        for row, reason in parallel.map_in_processes(self.read, names):
            if row is not None:
                yield row
                if reason:
                    self.problems.append((row.name, reason))

    def read(self, name: str) -> tuple[DocumentRow | None, str]:
        """A document's row, None where it is none, and why it could not be read."""
        path = self.folder / name
        try:
            return self._row(path), ""
        except OSError as error:
            from assistant import files  # noqa: PLC0415

            return _make_unread_row(path), files.translate_os_error(error, path).message
        except DraftError as error:
            return _make_unread_row(path), error.message

    def _row(self, path: Path) -> DocumentRow | None:
        from assistant import files  # noqa: PLC0415
        from assistant.folder.summary import flatten_words, summarize_document  # noqa: PLC0415
        from assistant.markdown.document import load_document  # noqa: PLC0415

        now = time.time_ns()
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            return None
        found = summarize_document(
            self.template, load_document(files.read_document_bytes(path), path.name)
        )
        same = ledger.make_stamp(path.stat()) == (mark := ledger.make_stamp(about))
        settled = now - max(about.st_mtime_ns, about.st_ctime_ns) > _SETTLING_NANOSECONDS
        entry = parse_name(path.name)
        return DocumentRow(
            name=path.name,
            stamp=mark if same and settled else "",
            digits=entry.digits if entry else "",
            status=found.status,
            title=strip_number(found.title, entry) or flatten_words(path.name),
            created=found.created,
            updated=found.updated,
            unwritten=found.unwritten,
            questions=found.questions,
        )


def _make_unread_row(path: Path) -> DocumentRow | None:
    """Return the row of a document that could not be read: its number and its file's name."""
    from assistant.folder.summary import flatten_words  # noqa: PLC0415

    if not os.path.lexists(path):  # somebody deleted it meanwhile
        return None
    entry = parse_name(path.name)
    return DocumentRow(
        name=path.name,
        stamp="",
        digits=entry.digits if entry else "",
        status="",
        title=flatten_words(path.name),
        created="",
        updated="",
        unwritten=None,
        questions=None,
    )


COLUMNS = ("number", "status", "title", "created", "updated", "unwritten", "questions")
_MARKDOWN_NAME = re.compile(
    r"(?!\.|readme\.).*\.(?:md|markdown|mdx|mkd)", re.IGNORECASE | re.DOTALL
)
PACKAGE_FOLDER = Path(assistant.__path__[0])  # this program, wherever in it this module stands
_MANY_DOCUMENTS = 200  # documents that are worth a word before they are read


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """The documents of a folder by number and name; where it numbers none, its Markdown files.

    Neither a README nor the template is one. `problems` are the documents that could not be read,
    each with the reason.
    """

    folder: Path
    statuses: tuple[str, ...]
    rows: tuple[DocumentRow, ...]
    problems: tuple[tuple[str, str], ...] = ()


def list_documents(folder: Path, template: Path | None, noted: Callable[[str], None]) -> Catalog:
    """The documents of a folder; `noted` hears where many have to be read.

    Raises DraftError (exit code 4) where there is no such folder, or no such template.
    """
    file = summary.find_ledger_path(folder)
    key = f"{_digest_template(template)} {fingerprint_program(PACKAGE_FOLDER)}"
    known = summary.read_ledger(file, key)
    before = known.rows if known else ()
    kept, changed = _compare_folder(folder, template, before)
    if known and not changed and len(kept) == len(before):
        return Catalog(folder=folder, statuses=known.statuses, rows=before)
    if len(changed) >= _MANY_DOCUMENTS:
        noted(f"reading {len(changed):,} documents; the next time only those that changed")
    reader = RowReader(folder, template) if changed or not known else None
    statuses = reader.statuses if reader else known.statuses if known else ()
    rows = list(kept)
    try:
        rows.extend(reader.rows(changed) if reader else ())
    finally:  # what was read before somebody grew tired of waiting is not read again
        rows.sort(key=_sort_key)
        sound = tuple(row for row in rows if row.stamp)
        if sound != before or not known:
            summary.write_ledger(file, key, Ledger(statuses=statuses, rows=sound))
    problems = tuple(reader.problems) if reader else ()
    return Catalog(folder=folder, statuses=statuses, rows=tuple(rows), problems=problems)


def _digest_template(template: Path | None) -> str:
    """What tells one template from another."""
    from assistant.template import template as builtin  # noqa: PLC0415

    return sha256(builtin.read_template_bytes(template)).hexdigest()


def fingerprint_program(root: Path, version: str = __version__) -> str:
    """Return what tells this version of the program from another, an edited checkout included.

    `root` is the folder of the package. All files in it and below count, by their sizes and times:
    a rule may be a module of a package, or words in a file of data. A template counts by itself.
    """
    files = sorted(
        f"{name} {about.st_size} {about.st_mtime_ns}" for name, about in _walk_files(str(root), "")
    )
    return sha256("\n".join([version, *files]).encode(errors="surrogateescape")).hexdigest()


def _walk_files(folder: str, above: str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the path below the root and the state of each file that is not compiled from one."""
    with os.scandir(folder) as scan:
        for entry in scan:
            if not entry.is_dir():
                yield above + entry.name, entry.stat()
            elif entry.name != "__pycache__":
                yield from _walk_files(entry.path, f"{above}{entry.name}/")


def _sort_key(row: DocumentRow) -> tuple[int, str]:
    return int(row.digits or 0), row.name


def _compare_folder(
    folder: Path, template: Path | None, before: Sequence[DocumentRow]
) -> tuple[list[DocumentRow], list[str]]:
    """The rows that still hold, and the names of the documents that have to be read."""
    try:
        names = set(os.listdir(folder))  # noqa: PTH208  names are enough, and no objects are made
        numbered = any(_is_numbered(name) and not (folder / name).is_dir() for name in names)
        if before and numbered != bool(before[0].digits):
            before = ()  # what the folder's documents are has changed
        with _open_stat(folder) as look:
            kept, changed = _compare_rows(before, names, look)
    except FileNotFoundError:
        raise DraftError(
            "there is no such folder.", code="no-folder", exit_code=Exit.FILE, where=str(folder),
            hint='`draft "..."` makes it with the first document; --dir names another.',
        ) from None  # fmt: skip
    except OSError as error:
        from assistant import files as disk  # noqa: PLC0415

        raise disk.translate_os_error(error, folder) from error
    names.difference_update(row.name for row in before)
    own = template.name if template and _is_inside(template, folder) else ""
    changed.extend(
        name for name in names
        if name != own and (_is_numbered(name) if numbered else _MARKDOWN_NAME.fullmatch(name))
    )  # fmt: skip
    return kept, sorted(changed)


def _is_numbered(name: str) -> bool:
    if not "0" <= name[0] <= "9":
        return False
    entry = parse_name(name)
    return entry is not None and bool(entry.suffix)


def _is_inside(path: Path, folder: Path) -> bool:
    return os.path.realpath(path.parent) == os.path.realpath(folder)


@contextmanager
def _open_stat(folder: Path) -> Iterator[Callable[[str], os.stat_result]]:
    """`os.stat` by name, from the open folder where the system can: its path is walked once."""
    if os.stat not in os.supports_dir_fd:
        yield lambda name: os.stat(folder / name)  # noqa: PTH116
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield partial(os.stat, dir_fd=descriptor)
    finally:
        os.close(descriptor)


def _compare_rows(
    before: Iterable[DocumentRow], names: Collection[str], look: Callable[[str], os.stat_result]
) -> tuple[list[DocumentRow], list[str]]:
    kept: list[DocumentRow] = []
    changed: list[str] = []
    for row in before:
        try:
            same = summary.make_stamp(look(row.name)) == row.stamp
        except OSError:
            if row.name in names:
                changed.append(row.name)
        else:
            if same:
                kept.append(row)
            else:
                changed.append(row.name)
    return kept, changed
