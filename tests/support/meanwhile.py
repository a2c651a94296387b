"""Somebody who writes into a file while the program is at work on it."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from assistant import files


def edit_meanwhile(
    monkeypatch: pytest.MonkeyPatch, path: Path, edit: Callable[[bytes], bytes], times: int = 1
) -> list[bytes]:
    """Let somebody edit a file just before each of the next `times` writings; returns what was in.

    The program has read the file by then: it is about to put its own words in the place of others.
    """
    written, found = files.write_temporary, list[bytes]()

    def late(
        folder: Path, data: bytes, like: os.stat_result | None = None
    ) -> AbstractContextManager[Path]:
        if len(found) < times:
            found.append(path.read_bytes())
            path.write_bytes(edit(found[-1]))
        return written(folder, data, like)

    monkeypatch.setattr(files, "write_temporary", late)
    return found
