"""Waiting in tests: for what happens, never for how long it takes.

What a machine needs says nothing about a program on it: it may be doing a hundred other things.
"""

import time
from collections.abc import Callable
from subprocess import Popen

PATIENCE = 300.0  # seconds after which a thing is taken not to happen at all


def wait_for(condition: Callable[[], bool], process: Popen[str] | None = None) -> None:
    """Wait until something holds; fail where the process that is to bring it about has ended."""
    end = time.monotonic() + PATIENCE
    while not condition():
        ended = process is not None and process.poll() is not None
        assert condition() or not ended, "the process has ended"
        assert time.monotonic() < end, f"not within {PATIENCE:.0f} s"
        time.sleep(0.01)
