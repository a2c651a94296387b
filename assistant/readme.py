"""The file that holds a folder's index: what it holds, and what it ought to hold."""

import os
from dataclasses import dataclass
from pathlib import Path

from assistant import disk, register
from assistant.catalog import Catalog
from assistant.document import load
from assistant.errors import DraftError
from assistant.ledger import DocumentRow
from assistant.register import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """An index file before and after; `before` is None where there was no file.

    `marked` says whether it had its markers.
    """

    path: Path
    before: str | None
    after: str
    marked: bool = True

    @property
    def changed(self) -> bool:
        """Whether the file is not as it ought to be."""
        return self.before != self.after


def indexed(path: Path, found: Catalog) -> Indexed:
    """Return the index file at `path` as it is and as it ought to be.

    Raises DraftError (exit code 4).
    """
    if not os.path.lexists(path):
        return Indexed(path=path, before=None, after=register.made(list_rows(path, found)))
    return renew_index(path, disk.read(path), found)


def renew_index(path: Path, data: bytes, found: Catalog) -> Indexed:
    """Return an index file that holds `data` as it is and as it ought to be."""
    entries = list_rows(path, found)
    text = load(data, str(path)).text
    try:
        marked = register.region(text) is not None
        after = register.placed(text, entries)
    except DraftError as error:
        error.where = str(path)
        raise
    return Indexed(path=path, before=text, after=after, marked=marked)


def list_rows(path: Path, found: Catalog) -> tuple[Entry, ...]:
    """The folder's documents, as a file at `path` links them; the file itself is none."""
    own = os.path.realpath(path)
    real = os.path.realpath(found.folder)
    start = os.path.dirname(own)  # noqa: PTH120  beside realpath
    above = os.path.relpath(real, start)
    return tuple(
        _entry(document, above)
        for document in found.rows
        if os.path.join(real, document.name) != own  # noqa: PTH118
    )


def _entry(document: DocumentRow, above: str) -> Entry:
    path = document.name if above == "." else f"{above.replace(os.sep, '/')}/{document.name}"
    return Entry(
        number=document.digits, path=path, title=document.title, status=document.status,
        updated=document.updated,
    )  # fmt: skip
