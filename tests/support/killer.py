"""Runs `draft` in children that kill themselves at a chosen call to the system.

A child is asked for with `at` (the number of the call, from 1; 0 for none), `folder`, `state` and
`words`. It shares what is loaded already, so that every call of a run can be tried.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant import cli
from assistant.commands import fill  # noqa: F401  what a run loads, loaded once
from assistant.drafting import fill as filling  # noqa: F401  what a run loads, loaded once
from assistant.llm import transport
from tests.support.forking import Forking, serve

_CHANGING = ("open", "write", "fsync", "fchmod", "link", "rename", "replace", "unlink", "close")


class Killer(Forking):
    """A process that runs `draft` in children of its own, and kills them where it is told to."""

    def __init__(self, url: str) -> None:
        super().__init__("tests.support.killer", url, {"DRAFT_CONCURRENCY": "1"})

    def run(self, at: int, folder: Path, *words: str) -> int:
        """How `draft` ended, killed at the `at`th call that may change a file."""
        docs, state = str(folder / "docs"), str(folder / "state")
        return self.ask(at=at, folder=docs, state=state, words=words)


def answers(folder: Path) -> int:
    """How many answers are kept, whole."""
    found: set[str] = set()
    for path in (folder / "state" / "draft" / "journal").glob("*.jsonl"):
        for line in path.read_text().splitlines():
            with_id = json.loads(line).get("id", "@") if line.endswith("}") else "@"
            found |= set() if with_id.startswith("@") else {with_id}
    return len(found)


def armed(at: int) -> None:
    """Let the `at`th call that may change a file be this process's last; half of it, if a write."""
    left = at

    def last(own: Callable[..., Any], name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401  whatever `os` takes
            nonlocal left
            left -= 1
            if left == 0:
                if name == "write":
                    descriptor, data = arguments
                    own(descriptor, bytes(data)[: len(data) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return own(*arguments, **options)

        return call

    for name in _CHANGING:
        setattr(os, name, last(getattr(os, name), name))


def run(at: int, folder: str, state: str, words: list[str]) -> None:
    """Be `draft` with these words, in a folder of its own."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(null, descriptor)
    os.chdir(folder)
    os.environ["XDG_STATE_HOME"] = state
    sys.argv = ["draft", *words]
    code: object = 1
    if at:
        armed(at)
    try:
        cli.run_program()
    except SystemExit as ended:
        code = ended.code
    finally:
        os._exit(code if isinstance(code, int) else 1)


def main() -> None:
    """Answer each line."""
    transport.import_openai()
    serve(run)


if __name__ == "__main__":
    main()
