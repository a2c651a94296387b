"""A wish to stop early: set by a signal, read by the run."""

import asyncio
import signal
from contextlib import suppress
from dataclasses import dataclass, field

from assistant.errors import Exit


@dataclass(slots=True)
class Stop:
    """Whether to stop, and the exit code to end with."""

    event: asyncio.Event = field(default_factory=asyncio.Event)
    code: int = 0

    def now(self, code: int) -> None:
        """Stop, and end with this exit code."""
        self.code = self.code or code
        self.event.set()

    def listen(self) -> None:
        """Let Ctrl-C and SIGTERM set it, as long as the running loop runs."""
        loop = asyncio.get_running_loop()
        for number, code in ((signal.SIGINT, Exit.INTERRUPTED), (signal.SIGTERM, Exit.TERMINATED)):
            with suppress(NotImplementedError):  # Windows has no such handlers
                loop.add_signal_handler(number, self.now, code)
