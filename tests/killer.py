"""Runs `draft` in children that kill themselves at a chosen call to the system.

A child is asked for with `at` (the number of the call, from 1; 0 for none), `folder`, `state` and
`words`. It shares what is loaded already, so that every call of a run can be tried.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from assistant import cli, client, fill, filling  # noqa: F401  what a run loads, loaded once
from tests.forking import serve

_CHANGING = ("open", "write", "fsync", "fchmod", "link", "rename", "replace", "unlink", "close")


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
        cli.main()
    except SystemExit as ended:
        code = ended.code
    finally:
        os._exit(code if isinstance(code, int) else 1)


def main() -> None:
    """Answer each line."""
    client.preload()
    serve(run)


if __name__ == "__main__":
    main()
