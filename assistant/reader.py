"""Reads documents into rows: what `draft list` shows of each, and whether that may be kept."""

import os
import stat
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from assistant import ledger
from assistant.errors import DraftError
from assistant.ledger import Row
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

    def rows(self, names: Iterable[str]) -> Iterator[Row]:
        """A row for each document among the names; what can't be read goes to `problems`."""
        from assistant import parallel, summary  # noqa: F401, PLC0415  before processes part

        for row, reason in parallel.mapped(self.read, names):
            if row is not None:
                yield row
                if reason:
                    self.problems.append((row.name, reason))

    def read(self, name: str) -> tuple[Row | None, str]:
        """A document's row, None where it is none, and why it could not be read."""
        path = self.folder / name
        try:
            return self._row(path), ""
        except OSError as error:
            from assistant import disk  # noqa: PLC0415

            return _failed(path), disk.unusable(error, path).message
        except DraftError as error:
            return _failed(path), error.message

    def _row(self, path: Path) -> Row | None:
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
        cells = (
            found.status, without_number(found.title, parse(path.name)) or plain(path.name),
            found.created, found.updated,
            str(found.unwritten), str(found.questions),
        )  # fmt: skip
        shown = "\t".join((_digits(path.name), *cells))
        return Row(name=path.name, stamp=mark if same and settled else "", shown=shown)


def _failed(path: Path) -> Row | None:
    from assistant.summary import plain  # noqa: PLC0415

    if not os.path.lexists(path):  # somebody deleted it meanwhile
        return None
    shown = "\t".join((_digits(path.name), "", plain(path.name), "", "", "", ""))
    return Row(name=path.name, stamp="", shown=shown)


def _digits(name: str) -> str:
    entry = parse(name)
    return entry.digits if entry else ""
