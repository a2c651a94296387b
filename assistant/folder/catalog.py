"""A folder's documents, a row each: from the ledger where that still holds, else read."""

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

from assistant import cache, files
from assistant.folder.ledger import (
    DocumentRow,
    Ledger,
    make_stamp,
    read_ledger,
    write_ledger,
)
from assistant.folder.numbers import make_no_folder_error, parse_name
from assistant.shipped import read_template_bytes

COLUMNS = ("number", "status", "title", "created", "updated", "unwritten", "questions")
_MARKDOWN_NAME = re.compile(
    r"(?!\.|readme\.).*\.(?:md|markdown|mdx|mkd)", re.IGNORECASE | re.DOTALL
)
_MANY_DOCUMENTS = 200  # whose reading is worth a word before it, by judgement


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


def list_documents(
    folder: Path, template: Path | None, noted: Callable[[str], None], *, anew: bool = False
) -> Catalog:
    """Return the documents of a folder; `noted` hears of it if many have to be read.

    All are read, and nothing is kept for the next time, where that is wanted `anew`.
    Raises DraftError (exit code 4) without such a folder, or without such a template.
    """
    file = None if anew else cache.find_cache_path("list", folder)
    key = f"{_digest_template(template)} {cache.fingerprint_program(cache.PACKAGE_FOLDER)}"
    known = read_ledger(file, key)
    before = known.rows if known else ()
    kept, changed = _compare_folder(folder, template, before)
    if known and not changed and len(kept) == len(before):
        return Catalog(folder=folder, statuses=known.statuses, rows=before)
    if len(changed) >= _MANY_DOCUMENTS:
        noted(f"reading {len(changed):,} documents; the next time only those that changed")
    reader = None
    if changed or not known:
        # Only here, since a warm run reads no Markdown.
        from assistant.folder.summary import RowReader  # noqa: PLC0415

        reader = RowReader(folder, template)
    statuses = reader.statuses if reader else known.statuses if known else ()
    rows = list(kept)
    try:
        rows.extend(reader.rows(changed) if reader else ())
    finally:  # what was read before somebody grew tired of waiting is not read again
        rows.sort(key=_sort_key)
        sound = tuple(row for row in rows if row.stamp)
        if sound != before or not known:
            write_ledger(file, key, Ledger(statuses=statuses, rows=sound))
    problems = tuple(reader.problems) if reader else ()
    return Catalog(folder=folder, statuses=statuses, rows=tuple(rows), problems=problems)


def _digest_template(template: Path | None) -> str:
    """Return what tells one template from another."""
    return sha256(read_template_bytes(template)).hexdigest()


def _sort_key(row: DocumentRow) -> tuple[int, str]:
    """Return what puts documents in order: their numbers, then their names."""
    return int(row.digits or 0), row.name


def _compare_folder(
    folder: Path, template: Path | None, before: Sequence[DocumentRow]
) -> tuple[list[DocumentRow], list[str]]:
    """Return the rows that still hold, and the names of the documents that have to be read."""
    try:
        names = set(os.listdir(folder))  # noqa: PTH208  names are enough, and no objects are made
        numbered = any(_is_numbered(name) and not (folder / name).is_dir() for name in names)
        if before and numbered != bool(before[0].digits):
            before = ()  # what the folder's documents are has changed
        with _open_stat(folder) as look:
            kept, changed = _compare_rows(before, names, look)
    except FileNotFoundError:
        raise make_no_folder_error(folder) from None
    except OSError as error:
        raise files.translate_os_error(error, folder) from error
    names.difference_update(row.name for row in before)
    names.discard(template.name if template and _is_inside(template, folder) else "")
    is_document = _is_numbered if numbered else _MARKDOWN_NAME.fullmatch
    changed.extend(name for name in names if is_document(name))
    return kept, sorted(changed)


def _is_numbered(name: str) -> bool:
    """Whether a name has a number and a document's suffix."""
    if not "0" <= name[0] <= "9":
        return False
    entry = parse_name(name)
    return entry is not None and bool(entry.suffix)


def _is_inside(path: Path, folder: Path) -> bool:
    """Whether a file stands directly in a folder, however the two are written."""
    return os.path.realpath(path.parent) == os.path.realpath(folder)


@contextmanager
def _open_stat(folder: Path) -> Iterator[Callable[[str], os.stat_result]]:
    """Give `os.stat` by name, from the open folder where the system can: one walk of its path."""
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
    """Return the rows whose files are as they were, and the names of files that changed."""
    kept: list[DocumentRow] = []
    changed: list[str] = []
    for row in before:
        try:
            same = make_stamp(look(row.name)) == row.stamp
        except OSError:
            if row.name in names:
                changed.append(row.name)
        else:
            if same:
                kept.append(row)
            else:
                changed.append(row.name)
    return kept, changed
