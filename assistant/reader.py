"""Reads documents into rows: what `draft list` shows of each, and whether that may be kept."""

import os
import stat
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from assistant import ledger
from assistant.errors import DraftError
from assistant.ledger import DocumentRow
from assistant.number import parse, without_number

_FRESH = 2_000_000_000  # nanoseconds in which a second change may keep a file's time


class Reader:
    """Reads documents by one template."""

    def __init__(self, folder: Path, template: Path | None) -> None:
        from assistant import builtin  # noqa: PLC0415  a warm run reads no Markdown

        self.folder = folder
        self.template = builtin.chosen(template)
        self.statuses = self.template.statuses()
        self.problems: list[tuple[str, str]] = []

    def rows(self, names: Iterable[str]) -> Iterator[DocumentRow]:
        """A row for each document among the names; what can't be read goes to `problems`."""
        from assistant import parallel, summary  # noqa: F401, PLC0415  before processes part

        for row, reason in parallel.mapped(self.read, names):
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
            from assistant import disk  # noqa: PLC0415

            return _failed(path), disk.unusable(error, path).message
        except DraftError as error:
            return _failed(path), error.message

    def _row(self, path: Path) -> DocumentRow | None:
        from assistant import disk  # noqa: PLC0415
        from assistant.document import load  # noqa: PLC0415
        from assistant.summary import plain, summary  # noqa: PLC0415

        now = time.time_ns()
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            return None
        found = summary(self.template, load(disk.read(path), path.name))
        same = ledger.stamp(path.stat()) == (mark := ledger.stamp(about))
        settled = now - max(about.st_mtime_ns, about.st_ctime_ns) > _FRESH
        entry = parse(path.name)
        return DocumentRow(
            name=path.name,
            stamp=mark if same and settled else "",
            digits=entry.digits if entry else "",
            status=found.status,
            title=without_number(found.title, entry) or plain(path.name),
            created=found.created,
            updated=found.updated,
            unwritten=found.unwritten,
            questions=found.questions,
        )


def _failed(path: Path) -> DocumentRow | None:
    """Return the row of a document that could not be read: its number and its file's name."""
    from assistant.summary import plain  # noqa: PLC0415

    if not os.path.lexists(path):  # somebody deleted it meanwhile
        return None
    entry = parse(path.name)
    return DocumentRow(
        name=path.name,
        stamp="",
        digits=entry.digits if entry else "",
        status="",
        title=plain(path.name),
        created="",
        updated="",
        unwritten=None,
        questions=None,
    )
