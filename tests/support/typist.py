"""Somebody at a terminal: who types at a real shell, or runs the program alone."""

import fcntl
import json
import os
import pty
import select
import shlex
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.support.paths import ROOT
from tests.support.program import MAIN
from tests.support.waiting import PATIENCE

_PROMPT = "READY> "
_START = {
    "bash": ("bash", "--norc", "--noprofile", "-i"),
    "zsh": ("zsh", "-f", "-i"),
    "fish": ("fish", "--no-config", "-i"),
}
# The prompt is put together, so that the echo of what is typed is not taken for it.
_SOURCE = {
    "bash": "bind 'set bell-style none'; source {}; PS1='REA''DY> '\r",
    "zsh": "autoload -Uz compinit; compinit -D -u; source {}; PS1='REA''DY> '\r",
    "fish": "source {}; function fish_prompt; echo -n REA'DY> '; end\r",
}


class Typist:
    """Types lines at a shell that completes `draft`, and says which words the program would get.

    `draft` answers the Tab key as it is, and writes down its arguments where it is run.
    """

    def __init__(self, shell: str, folder: Path, home: Path, script: str) -> None:
        self.home = home
        self._record = home / "record.json"
        binaries = home / "bin"
        binaries.mkdir(parents=True)
        completion = home / f"draft.{shell}"
        completion.write_text(script, "utf-8")
        program, python = binaries / "draft", shlex.quote(sys.executable)
        keep = "import json,os,sys; open(os.environ['RECORD'],'w').write(json.dumps(sys.argv[1:]))"
        program.write_text(
            f'#!/bin/sh\n[ -z "$_DRAFT_COMPLETE" ] || exec {python} -c {shlex.quote(MAIN)} "$@"\n'
            f'exec {python} -c {shlex.quote(keep)} "$@"\n'
        )
        program.chmod(0o755)
        self._environ = {
            "HOME": str(home),
            "PATH": f"{binaries}:/usr/local/bin:/usr/bin:/bin",
            "TERM": "xterm",
            "LANG": "C.UTF-8",
            "RECORD": str(self._record),
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "100",
            "LINES": "40",
        }
        self._shell = shell
        self._folder = folder
        self._first = _SOURCE[shell].format(shlex.quote(str(completion)))
        self.screen = ""

    def __enter__(self) -> Self:
        """Start the shell and wait for its prompt."""
        self._process, self._terminal = pty.fork()
        if not self._process:  # pragma: no cover
            os.chdir(self._folder)
            words = _START[self._shell]
            os.execvpe(words[0], words, self._environ)  # noqa: S606
        os.write(self._terminal, self._first.encode())
        self._wait(lambda: _PROMPT in self.screen)
        return self

    def __exit__(self, *_: object) -> None:
        """End the shell, whatever it is doing."""
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._terminal)

    def types(self, keys: str) -> list[str]:
        """Return the words that the program gets where these keys are typed, and Enter."""
        self._record.unlink(missing_ok=True)
        self.screen = ""
        os.write(self._terminal, f"{keys}\r".encode())
        self._wait(lambda: self._record.exists() and self._record.stat().st_size > 0)
        self._wait(lambda: _PROMPT in self.screen.rpartition("\r")[2] or _PROMPT in self.screen)
        words: list[str] = json.loads(self._record.read_text("utf-8"))
        return words

    def _wait(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not done():
            assert time.monotonic() < end, self.screen
            ready, _, _ = select.select([self._terminal], [], [], 0.05)
            if ready:
                self.screen += os.read(self._terminal, 65536).decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a run in a terminal came to: its exit code, and all that went to the terminal."""

    code: int
    text: str


def in_terminal(
    folder: Path, *words: str, environ: Mapping[str, str], keys: str = "", size: tuple[int, int]
) -> Shown:
    """Run `draft` with these words; `keys` are typed ahead. `size` is columns and lines."""
    kept = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
    named = {"PYTHONPATH": str(ROOT), "TERM": "xterm", "LANG": "C.UTF-8", **kept, **environ}
    process, terminal = pty.fork()
    if not process:  # pragma: no cover
        columns, lines = size
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        os.chdir(folder)
        os.execve(sys.executable, [sys.executable, "-c", MAIN, *words], named)  # noqa: S606
    if keys:
        os.write(terminal, keys.encode())
    got = b""
    while chunk := _read(terminal):
        got += chunk
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    return Shown(os.waitstatus_to_exitcode(status), got.decode("utf-8", "replace"))


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so where the other end was closed
        return b""
