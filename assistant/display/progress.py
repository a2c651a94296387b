"""What a person sees while a command works: a live picture on a terminal, a few lines elsewhere."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TextIO

from assistant.display.course import SECTION_NOUNS, Course
from assistant.display.frame import format_clock
from assistant.display.live import LiveDisplay, can_draw_live
from assistant.prompting.prompts import BRIEF_LABEL
from assistant.prompting.request import read_request_title
from assistant.prompting.run import StopSwitch
from assistant.terminal.report import OutputStyle
from assistant.terminal.style import TextKind, choose_look, lay_out_message

# By judgement: a log of a run is read afterwards, and should fit into a glance.
_PROGRESS_LINES = 4  # lines that say how far it is, where nothing can be rewritten
_MIN_REPORTED_WAIT = 5.0  # seconds of waiting that somebody would wonder about
_MAX_SILENCE = 60.0  # seconds after which such a line says that it still works


class ProgressDisplay:
    """Progress on a stream; `quiet` shows nothing, `verbose` every event as a line with its time.

    `things` is what is written, one and several of them, `now` the clock.
    """

    def __init__(
        self,
        *,
        quiet: bool,
        verbose: bool,
        stream: TextIO | None = None,
        things: tuple[str, str] = SECTION_NOUNS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream = stream or sys.stderr
        self._quiet = quiet
        self._verbose = verbose
        self._things = things
        self._now = now
        self._begun = self._said = now()
        self._course = Course(things=things, now=now)
        self._step = 0
        self._phase = ""
        self._reasons: set[str] = set()
        lively = not quiet and not verbose and can_draw_live(self._stream, os.environ)
        self._live = LiveDisplay(self._course, self._stream) if lively else None

    def planned(self, sections: Mapping[str, int]) -> None:
        """Show that these sections will be asked for, of so many words."""
        self._course.planned(sections)
        self._say_plainly(f"asking for {len(sections)} {self._things[len(sections) != 1]}")

    def started(self, label: str) -> None:
        """Show that a section's request is on its way."""
        self._course.started(label)
        self._say_event(f"asked: {read_request_title(label)}")
        if label == BRIEF_LABEL:
            self._say_plainly("asking for the brief")

    def finished(self, label: str, problem: str) -> None:
        """Show that a section is written, or is not; the end of a run says which and why."""
        self._course.finished(label, problem)
        self._say_event(f"{'not ' if problem else ''}written: {read_request_title(label)}", problem)
        if label != BRIEF_LABEL:
            self._say_quarter()

    def repairing(self, label: str, reasons: Sequence[str]) -> None:
        """Show that a section is asked for again, and why."""
        self._course.repairing(label, reasons)
        self._say_event(f"asked again: {read_request_title(label)}", " ".join(reasons))

    def received(self, label: str, pieces: int, text: str = "") -> None:
        """Show how much of an answer is here."""
        self._course.received(label, pieces, text)
        if not self._live and self._now() - self._said > _MAX_SILENCE:
            self._say_plainly(self._format_sums())

    def waiting(self, label: str, seconds: float, reason: str) -> None:
        """Show that a request is tried again, and why."""
        self._course.waiting(label, seconds, reason)
        why = reason.rstrip(".")
        again = f"{why}; trying again in {seconds:.0f} s"
        self._say_event(f"waiting: {read_request_title(label)}", again)
        # Of many requests that wait for one reason one line, and none of what passes at once.
        if seconds >= _MIN_REPORTED_WAIT and why not in self._reasons:
            self._reasons.add(why)
            self._say_plainly(again)

    def noted(self, text: str) -> None:
        """Say something that a person should know."""
        self._print_line(text, "note")

    def phase(self, text: str, done: int = 0, total: int = 0) -> None:
        """Show what is done now besides requests; an empty text says that it ended."""
        self._course.phase(text, done, total)
        if text and text != self._phase:
            self._say_event(text)
            self._say_plainly(text)
        self._phase = text

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._live:
            self._live.close()
            self._live = None

    def _say_quarter(self) -> None:
        """Say how far it is, at each quarter of the way."""
        done, total, _ = self._course.sums()
        step = done * _PROGRESS_LINES // max(1, total)
        if step > self._step:
            self._step = step
            self._say_plainly(self._format_sums())

    def _format_sums(self) -> str:
        """Return how far it is: sections, tokens and the time."""
        done, total, tokens = self._course.sums()
        far = f"{done}/{total} {self._things[1]}, " if total else ""
        return f"{far}{tokens:,} tokens, {format_clock(self._now() - self._begun)}"

    def _say_event(self, what: str, why: str = "") -> None:
        """Say what happened and when, with --verbose."""
        if self._verbose:
            seconds = self._now() - self._begun
            self._print_line(f"{seconds:7.1f} s  {what}{': ' if why else ''}{why}")

    def _say_plainly(self, text: str) -> None:
        """Say what a live picture would show."""
        if not self._live and not self._verbose:
            self._print_line(text)

    def _print_line(self, text: str, kind: TextKind = "") -> None:
        if self._quiet:
            return
        self._said = self._now()
        shown = lay_out_message(text, choose_look(self._stream, os.environ), kind)
        if self._live:
            with suppress(OSError, ValueError):  # a terminal that is gone stops no run
                self._live.say(shown)
            return
        print(shown, file=self._stream, flush=True)


@contextmanager
def watch_run(
    manner: OutputStyle, things: tuple[str, str] = SECTION_NOUNS
) -> Iterator[tuple[ProgressDisplay, StopSwitch]]:
    """Yield a display of a run's progress, and the switch by which Ctrl-C stops the run.

    The run is one of asyncio's. `things` is what it writes, one and several of them.
    """
    display = ProgressDisplay(quiet=manner.quiet, verbose=manner.verbose, things=things)
    stop = StopSwitch()
    stop.listen()
    try:
        yield display, stop
    finally:
        display.close()
