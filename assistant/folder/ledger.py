"""The rows of a folder's documents as the cache keeps them.

First what the rows go by, then the template's statuses, then a line for each field of a row, with
that of every document in it. To split a line for a field takes a third of the time that splitting
one for a document takes, and a warm list does little else.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from assistant import cache


class DocumentRow(NamedTuple):
    """What `draft list` tells of a document; a tuple, since ten thousand are made at once.

    `name` is its file's, `stamp` tells that file from a changed one, and is empty where the row may
    not be believed later. `digits` are those in the name, empty where the folder numbers none.
    Dates are as the document has them. `unwritten` counts its slots, `questions` those that are
    open; both are None where it could not be read.
    """

    name: str
    stamp: str
    digits: str
    status: str
    title: str
    created: str
    updated: str
    unwritten: int | None
    questions: int | None

    @property
    def number(self) -> int | None:
        """The document's number; None where the folder numbers none."""
        return int(self.digits) if self.digits else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What is known of a folder: its template's statuses and a row for each document, in order."""

    statuses: tuple[str, ...] = ()
    rows: tuple[DocumentRow, ...] = ()


def make_stamp(about: os.stat_result) -> str:
    """Return what differs once a file is another one, or holds something else."""
    return f"{about.st_size} {about.st_mtime_ns} {about.st_ctime_ns} {about.st_ino}"


def read_ledger(file: Path | None, key: str) -> Ledger | None:
    """Return the ledger that was written to a file under `key`, None without one to believe."""
    known, statuses, *lines = cache.read_cache_lines(file) or ("", "")
    if known != key:
        return None
    try:
        rows = _parse_rows(lines)
    except ValueError:  # somebody made the checksum right
        return None
    return Ledger(statuses=tuple(filter(None, statuses.split("\t"))), rows=rows)


def _parse_rows(lines: Sequence[str]) -> tuple[DocumentRow, ...]:
    """Return the rows of which each line holds a field. Raises ValueError where none can be."""
    if len(lines) != len(DocumentRow._fields):
        raise ValueError(f"{len(lines)} lines")
    if not any(lines):  # a name is never empty
        return ()
    *texts, unwritten, questions = (line.split("\t") for line in lines)
    columns = zip(*texts, _parse_counts(unwritten), _parse_counts(questions), strict=True)
    # As `DocumentRow._make`, in half the time: it would count the fields of each row once more.
    return tuple(map(partial(tuple.__new__, DocumentRow), columns))


def _parse_counts(cells: Sequence[str]) -> list[int | None]:
    """Return the numbers in a column, of which most occur often; None where a cell is empty."""
    known = {cell: int(cell) if cell else None for cell in set(cells)}
    return [known[cell] for cell in cells]


def write_ledger(file: Path | None, key: str, ledger: Ledger) -> None:
    """Put a ledger in the place of the one before; it is left out where that cannot be done."""
    rows = [row for row in ledger.rows if row.stamp and not set("\t\n") & set(row.name)]
    columns = zip(*rows, strict=True) if rows else ((),) * len(DocumentRow._fields)
    lines = [key, "\t".join(ledger.statuses)]
    lines += ("\t".join(map(_format_field, one)) for one in columns)
    cache.write_cache_lines(file, lines)


def _format_field(value: str | int | None) -> str:
    """Return a field as its line has it, nothing for None."""
    return "" if value is None else str(value)
