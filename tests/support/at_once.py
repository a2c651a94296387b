"""Many processes of the program at once, without paying for its imports in each.

`python -m tests.support.at_once FOLDER` reads a JSON list of command lines, imports the program
once, makes a process for each, prints their ids and lets all of them go at the same moment. What
each prints goes to `N.out` and `N.err` in FOLDER; the last line is a JSON list of their exit codes.
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

from assistant import cli
from assistant.commands import draft  # noqa: F401  loaded before the processes part
from assistant.llm import client  # noqa: F401  loaded before the processes part
from assistant.template.template import parse_template
from tests.support.journals import list_left
from tests.support.kept import broken
from tests.support.paths import ROOT, SMALL
from tests.support.scripted import ScriptedServer, plausible
from tests.support.waiting import PATIENCE


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
    words = [sys.executable, "-m", "tests.support.at_once", str(prints)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "GIT_AUTHOR_NAME": "Ada"}
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


def command(number: int, url: str) -> tuple[str, ...]:
    return (
        f"topic {number:02} in the login",
        "--model",
        "tiny",
        "--template",
        str(SMALL),
        "--base-url",
        url,
        "--timeout",
        str(PATIENCE),
    )


def numbers(folder: Path) -> list[int]:
    return sorted(int(path.name.partition("_")[0]) for path in folder.glob("[0-9]*"))


def drafted_at_once(count: int, tmp_path: Path) -> None:
    """Draft so many documents at once, and hold them to what ought to come of that."""
    with (
        ScriptedServer(plausible) as server,
        started(
            [command(number, server.url) for number in range(count)], tmp_path, tmp_path / "prints"
        ) as processes,
    ):
        codes = processes.codes()

    folder = tmp_path / "memory" / "design"
    said = [(tmp_path / "prints" / f"{number}.out").read_text() for number in range(count)]
    assert codes == [0] * count
    assert numbers(folder) == list(range(1, count + 1))
    assert sorted(said) == sorted(f"memory/design/{path.name}\n" for path in folder.iterdir())
    template = parse_template(SMALL.read_bytes(), "small")
    for number, line in enumerate(said):
        text = (tmp_path / line.strip()).read_text("utf-8")
        assert not broken(template, text)
        assert f"topic_{number:02}_in_the_login" in line
    assert list_left() == ()
    assert not list(Path(os.environ["XDG_STATE_HOME"]).rglob("*.jsonl"))


def _child(words: list[str], gate: int, out: str) -> NoReturn:
    for descriptor, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(f"{out}.{name}", os.O_WRONLY | os.O_CREAT, 0o600), descriptor)
    os.read(gate, 1)  # ends when the last writer has closed it
    sys.argv = ["draft", *words]
    try:
        cli.run_program()
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
