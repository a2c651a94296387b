"""Both ends of a process that runs `draft` in forked children, which share what is loaded already.

Each line on its standard input is a JSON object of what a child is to do; each line of the answer
is a child's exit code.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping

from tests.support.paths import ROOT


class Forking:
    """Such a process: `module` serves in it."""

    def __init__(self, module: str, url: str, environ: Mapping[str, str]) -> None:
        own = {"OPENAI_BASE_URL": url, "GIT_AUTHOR_NAME": "Ada", "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", module],
            text=True,
            cwd=ROOT,
            env={**os.environ, **own, **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def ask(self, **asked: object) -> int:
        """How a child ended that was asked to do this."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


def serve(run: Callable[..., None]) -> None:
    """Answer each line: `run`, in a child of its own, ends the child itself."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                run(**json.loads(line))
            finally:
                os._exit(99)
        _, ended = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(ended)}\n")
        sys.stdout.flush()
