"""What a person sees while a command works: a live line on a terminal, plain lines elsewhere."""

import os
import sys
import time
from collections.abc import Mapping, Sequence
from typing import TextIO

from assistant.excerpt import harmless, harmless_lines
from assistant.grid import cut

_EVERY = 0.12  # seconds between two drawings
_SHOWN = 3
_WORTH_A_LINE = 5.0  # seconds of waiting that somebody would wonder about


class Display:
    """Progress on a stream; `quiet` shows errors only, `verbose` every event."""

    def __init__(self, *, quiet: bool, verbose: bool, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._quiet = quiet
        self._verbose = verbose
        able = self._stream.isatty() and os.environ.get("TERM") != "dumb"  # it erases no line
        self._live = able and not quiet and not verbose
        self._begun = time.monotonic()
        self._total = 0
        self._done = 0
        self._running: dict[str, int] = {}
        self._pieces = 0
        self._drawn = 0.0
        self._width = 0
        self._phase = ""
        self._waits: set[str] = set()

    def planned(self, sections: Mapping[str, int]) -> None:
        """These sections will be asked for."""
        self._total = len(sections)
        if self._live:
            self._draw(now=True)

    def started(self, label: str) -> None:
        """A section's request is on its way."""
        self._running[label] = 0
        if label == "brief" and not self._live:
            self._line("asking for the brief")
        if self._verbose:
            self._line(f"asked: {_short(label)}")
        self._draw(now=True)

    def finished(self, label: str, problem: str) -> None:
        """A section is written, or is not."""
        self._pieces += self._running.pop(label, 0)
        if label != "brief":
            self._done += 1
        if problem and self._verbose:  # the end says it once for all that have it in common
            self._line(f"not written: {_short(label)}: {problem}")
        elif not problem and not self._live and label != "brief":
            self._line(f"{self._done}/{self._total} {_short(label)}")
        self._draw(now=True)

    def repairing(self, label: str, reasons: Sequence[str]) -> None:
        """A section is asked for again."""
        if self._verbose:
            self._line(f"asked again: {_short(label)}: {' '.join(reasons)}")

    def received(self, label: str, pieces: int, text: str = "") -> None:  # noqa: ARG002  no preview
        """So much of an answer is here."""
        self._running[label] = pieces
        self._draw()

    def waiting(self, label: str, seconds: float, reason: str) -> None:
        """A request is tried again; what passes at once is nothing to read."""
        short = seconds < _WORTH_A_LINE or reason in self._waits
        if self._verbose or not short:
            self._waits.add(reason)
            self._line(f"{_short(label)}: {reason.rstrip('.')}; trying again in {seconds:.0f} s")

    def noted(self, text: str) -> None:
        """Something a person should know."""
        self._line(text)

    def phase(self, text: str, done: int = 0, total: int = 0) -> None:
        """What is done now besides requests."""
        del done, total
        if text and text != self._phase:
            self._line(text)
        self._phase = text

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._erase()
        self._live = False

    def _line(self, text: str) -> None:
        if self._quiet:
            return
        self._erase()
        print(f"draft: {harmless_lines(text)}", file=self._stream, flush=True)

    def _erase(self) -> None:
        if self._live and self._width:
            self._stream.write("\r\x1b[2K")
            self._stream.flush()
            self._width = 0

    def _draw(self, *, now: bool = False) -> None:
        moment = time.monotonic()
        if not self._live or (not now and moment - self._drawn < _EVERY):
            return
        self._drawn = moment
        text = self._text(moment - self._begun)
        self._stream.write("\r\x1b[2K" + text)
        self._stream.flush()
        self._width = len(text)

    def _text(self, seconds: float) -> str:
        """The live line, cut to the terminal's width."""
        from shutil import get_terminal_size  # noqa: PLC0415

        tokens = self._pieces + sum(self._running.values())
        names = [_short(label) for label, pieces in self._running.items() if pieces]
        waiting = len(self._running) - len(names)
        shown = ", ".join(names[:_SHOWN]) + (
            f" +{len(names) - _SHOWN}" if len(names) > _SHOWN else ""
        )
        state = "brief" if not self._total else f"{self._done}/{self._total} sections"
        more = f", {waiting} waiting" if waiting and self._total else ""
        text = f"{state} · {tokens} tokens · {seconds:.0f} s{' · ' + shown if shown else ''}{more}"
        return cut(harmless(text), max(20, get_terminal_size().columns - 1))


def _short(label: str) -> str:
    """A section's own title."""
    return label.rsplit(" > ", 1)[-1]
