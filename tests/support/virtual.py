"""An event loop whose time passes only while nothing happens in it, and then at once.

What waits for a timeout gets it without anybody's waiting, and a machine that is busy with other
things makes no timeout come sooner: the clock stands still as long as anything is to be done.
Client and server have to run in the same loop.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import TypeVar

# Real seconds in which what was sent on loopback arrives, should the kernel not have done it yet.
_IN_FLIGHT = 0.005

Result = TypeVar("Result")


class _Selector(selectors.DefaultSelector):
    """Asks the system what is ready, and lets the clock jump where nothing is."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready now; without a timer, wait for something to be."""
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        found = super().select(min(timeout, _IN_FLIGHT))
        if not found:
            self.now += timeout
        return found


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop."""

    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self) -> float:
        """Return the seconds that have passed in here."""
        return self._virtual.now


def run_virtually(main: Coroutine[object, object, Result]) -> Result:
    """Run a coroutine to its end in a virtual loop, and return its result."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
