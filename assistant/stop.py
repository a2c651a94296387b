"""A wish to stop early: set by a signal, read by the run."""

import asyncio
import signal
from contextlib import suppress
from dataclasses import dataclass, field

from assistant.errors import Exit


@dataclass(slots=True)
class Stop:
    """Whether to stop, and the exit code to end with.

    `gathering` says that there are answers to be saved: then the run ends itself, else it is ended.
    """

    event: asyncio.Event = field(default_factory=asyncio.Event)
    code: int = 0
    gathering: bool = False

    def now(self, code: int) -> None:
        """Stop, and end with this exit code."""
        self.code = self.code or code
        self.event.set()

    def listen(self) -> None:
        """Let Ctrl-C and SIGTERM set it; the second of a kind ends the process at once."""
        loop = asyncio.get_running_loop()

        def stopped(number: int, code: int) -> None:
            self.now(code)
            loop.remove_signal_handler(number)

        for number, code in ((signal.SIGINT, Exit.INTERRUPTED), (signal.SIGTERM, Exit.TERMINATED)):
            with suppress(NotImplementedError):  # Windows has no such handlers
                loop.add_signal_handler(number, stopped, number, code)
