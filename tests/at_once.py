"""Many processes of the program at once, without paying for its imports in each.

`python -m tests.at_once FOLDER` reads a JSON list of command lines, imports the program once, makes
a process for each, prints their ids and lets all of them go at the same moment. What each prints
goes to `N.out` and `N.err` in FOLDER; the last line is a JSON list of their exit codes.
"""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen
from typing import NoReturn

from assistant import cli, client, new_command  # noqa: F401  loaded before the processes part


@dataclass(frozen=True, slots=True)
class Processes:
    """Processes that have been started: their ids, in the order of their command lines."""

    helper: "Popen[str]"
    ids: tuple[int, ...]

    def codes(self) -> list[int]:
        """Wait for all; their exit codes, those that were killed with minus the signal."""
        assert self.helper.stdout
        found: list[int] = json.loads(self.helper.stdout.readline())
        return found


@contextmanager
def started(commands: Sequence[Sequence[str]], cwd: Path, prints: Path) -> Iterator[Processes]:
    """All commands as processes in the folder `cwd`, ended when the context is."""
    prints.mkdir(parents=True, exist_ok=True)
    place = str(Path(__file__).parent.parent)
    words = [sys.executable, "-m", "tests.at_once", str(prints)]
    environ = {**os.environ, "PYTHONPATH": place, "GIT_AUTHOR_NAME": "Ada"}
    with Popen(words, cwd=cwd, env=environ, stdin=PIPE, stdout=PIPE, text=True) as helper:
        assert helper.stdin
        assert helper.stdout
        helper.stdin.write(json.dumps(commands) + "\n")
        helper.stdin.flush()
        try:
            yield Processes(helper, tuple(json.loads(helper.stdout.readline())))
        finally:
            helper.stdin.close()
            helper.wait()


def _child(words: list[str], gate: int, out: str) -> NoReturn:
    for descriptor, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(f"{out}.{name}", os.O_WRONLY | os.O_CREAT, 0o600), descriptor)
    os.read(gate, 1)  # ends when the last writer has closed it
    sys.argv = ["draft", *words]
    try:
        cli.main()
    except SystemExit as ended:
        os._exit(int(ended.code or 0))
    os._exit(70)


def main() -> None:
    """Start the commands, and wait for them."""
    commands: list[list[str]] = json.loads(sys.stdin.readline())
    gate, open_gate = os.pipe()
    ids: list[int] = []
    for number, words in enumerate(commands):
        pid = os.fork()
        if not pid:
            os.close(open_gate)
            _child(words, gate, f"{sys.argv[1]}/{number}")
        ids.append(pid)
    os.close(open_gate)
    sys.stdout.write(f"{json.dumps(ids)}\n")
    sys.stdout.flush()
    ended = (os.waitpid(pid, 0)[1] for pid in ids)
    sys.stdout.write(f"{json.dumps([os.waitstatus_to_exitcode(status) for status in ended])}\n")


if __name__ == "__main__":
    main()
