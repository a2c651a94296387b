"""Git as a process: how it is called, and one that answers for many objects."""

import os
import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Self

# Inherited in hooks, where they would point git at another repository than the folder's.
_FOREIGN = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"}
_TRUST = re.compile(r"git config --global --add safe\.directory .*")


def command(where: Path, arguments: Sequence[str]) -> list[str]:
    """A git command that reads `where` and may not fetch what a partial clone left out."""
    return ["git", "-C", str(where), "-c", "protocol.allow=never", *arguments]


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for git: no other repository than the folder's, no question, no download."""
    kept = {name: value for name, value in environ.items() if name not in _FOREIGN}
    silent = {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0"}
    return {**kept, **silent, "LC_ALL": "C"}


def trust_advice(said: str) -> str:
    """Return what to do where git does not read another user's repository, as it says itself.

    Containers meet that: the checkout is the host's user's, and the job runs as root.
    """
    found = _TRUST.search(said)
    return f"if you trust it: {found[0]}" if found else ""


class Objects:
    """A git process that is asked for one object after another, and killed when time is up."""

    def __init__(self, where: Path, until: float) -> None:
        self._where = where
        self._until = until
        self._process = subprocess.Popen(
            command(where, ("cat-file", "--batch")),
            env=environment(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._timer = Timer(max(0.0, until - time.monotonic()), self._process.kill)

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        self._process.kill()
        self._process.communicate()

    def _refusal(self) -> str:
        """Return what git has against the repository, on one line."""
        asked = command(self._where, ("rev-parse", "--git-dir"))
        left = max(0.0, self._until - time.monotonic())
        done = subprocess.run(
            asked, env=environment(os.environ), stdin=subprocess.DEVNULL, capture_output=True,
            check=False, encoding="utf-8", errors="replace", timeout=left,
        )  # fmt: skip
        said = done.stderr.strip()
        return "; ".join(filter(None, (said.partition("\n")[0], trust_advice(said))))

    def read(self, name: str) -> tuple[str, str, bytes]:
        """Kind, id and content of what has this name; the kind is empty where nothing has."""
        put, got = self._process.stdin, self._process.stdout
        assert put is not None  # noqa: S101  # both are pipes
        assert got is not None  # noqa: S101
        try:
            put.write(f"{name}\n".encode("utf-8", "surrogateescape"))
            put.flush()
            header = got.readline()
        except BrokenPipeError:
            header = b""
        if not header.endswith(b"\n"):
            if time.monotonic() >= self._until:
                raise TimeoutError
            raise ValueError(self._refusal() or "git does not read this repository")
        words = header.split()
        if len(words) != 3 or words[1] not in {b"tree", b"commit", b"blob"}:  # noqa: PLR2004
            return "", "", b""  # it echoes what it did not find
        size = int(words[2])
        content = got.read(size + 1)[:-1]
        if len(content) != size or time.monotonic() > self._until:
            raise TimeoutError
        return words[1].decode(), words[0].decode(), content
