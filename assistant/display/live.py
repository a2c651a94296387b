"""A display that moves by itself, at the end of what a terminal shows; the only door to rich.

The cursor stays visible, in an empty line of its own below the picture: whatever ends the program,
a shell goes on there. rich is imported by the thread that draws, once a request is on its way; what
is drawn before has no colours.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TextIO

from assistant.display.course import Course
from assistant.display.frame import ASCII_GLYPHS, Glyphs, PictureRoom, StyledLine, draw_picture
from assistant.terminal.style import is_terminal
from assistant.text import measure_width

if TYPE_CHECKING:
    from rich.console import Console

REDRAW_SECONDS = 0.12  # between two pictures: about eight a second, as a spinner needs (019)
# A line that is longer than counted, as a terminal may see some scripts, is cut and not broken.
_AUTOWRAP_OFF, _AUTOWRAP_ON = "\x1b[?7l", "\x1b[?7h"
_CLEAR_LINE_END, _CLEAR_BELOW = "\x1b[K", "\x1b[J"
_DEFAULT_SIZE = os.terminal_size((80, 24))


@dataclass(slots=True)
class TerminalRegion:
    """The last lines of a terminal, written over again and again."""

    stream: TextIO
    _widths: tuple[int, ...] = ()
    _columns: int = 0
    _below: bool = True

    def forget(self) -> None:
        """Begin anew where the cursor is: others have written there."""
        self._widths = ()

    def size(self) -> os.terminal_size:
        """Return the terminal's columns and rows; 80 and 24 where it does not say."""
        with suppress(OSError, ValueError):
            found = os.get_terminal_size(self.stream.fileno())
            if found.columns and found.lines:
                return found
        return _DEFAULT_SIZE

    def write(self, lines: Sequence[tuple[str, int]], above: str = "") -> None:
        """Put lines, each with its columns, in the place of those before, below lasting ones."""
        if not (lines or above or self._widths):
            return  # a job in the background takes nothing away from what the shell has there
        columns, rows = self.size()
        below = rows > 1
        drawn = "".join(f"{line}{_CLEAR_LINE_END}\n" for line, _ in lines)
        if not below:
            drawn = drawn.removesuffix("\n")
        kept = f"{_AUTOWRAP_ON}{above}\n{_AUTOWRAP_OFF}" if above else ""
        kept = kept.replace("\n", f"{_CLEAR_LINE_END}\n")
        self.stream.write(
            f"{_AUTOWRAP_OFF}{self._start(columns)}{kept}{drawn}{_CLEAR_BELOW}{_AUTOWRAP_ON}"
        )
        self.stream.flush()
        self._widths = tuple(taken for _, taken in lines)
        self._columns, self._below = columns, below

    def _start(self, columns: int) -> str:
        """Return what brings the cursor to where the lines before begin."""
        rows = len(self._widths)
        if columns < self._columns and _rewraps_lines(os.environ):
            rows = sum(max(1, -(-taken // columns)) for taken in self._widths)
        up = rows if self._below else max(0, rows - 1)
        return f"\r\x1b[{up}A" if up else "\r"


def _rewraps_lines(environ: Mapping[str, str]) -> bool:
    """Return whether a terminal that becomes narrower breaks its lines anew: all do but xterm."""
    return "XTERM_VERSION" not in environ or "TMUX" in environ


class LiveDisplay:
    """Shows a course on a terminal that `can_draw_live`, until it is closed."""

    def __init__(self, course: Course, stream: TextIO, *, every: float = REDRAW_SECONDS) -> None:
        self._course = course
        self._region = TerminalRegion(stream)
        self._glyphs = _choose_glyphs(stream)
        self._every = every
        self._turn = 0
        self._console: Console | None = None
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._forget_signals: Callable[[], object] = lambda: None
        with suppress(ValueError):  # only the main thread hears signals
            self._listen()
        self._thread = threading.Thread(target=self._run, name="display", daemon=True)
        self._thread.start()

    def say(self, text: str) -> None:
        """Put a lasting line, which may hold line breaks, above the picture."""
        with self._lock:
            drawn = not self._closed.is_set() and _is_in_foreground(self._region.stream)
            self._region.write(self._draw() if drawn else [], above=text)

    def close(self) -> None:
        """Take the picture away, and end; harmless when repeated."""
        if self._closed.is_set():
            return
        self._closed.set()
        with self._lock, suppress(OSError, ValueError):
            self._region.write([])
        self._thread.join(timeout=1)
        self._forget_signals()

    def _listen(self) -> None:
        """Begin below what the shell said meanwhile, after Ctrl-Z and `fg`."""
        if sys.platform != "win32":
            before = signal.signal(signal.SIGCONT, lambda *_: self._region.forget())
            self._forget_signals = partial(signal.signal, signal.SIGCONT, before or signal.SIG_DFL)

    def _run(self) -> None:
        """Draw again and again; a terminal that is gone ends it, and nothing else."""
        with suppress(OSError, ValueError):
            while True:
                with self._lock:
                    if self._closed.is_set():
                        return
                    if _is_in_foreground(self._region.stream):
                        self._region.write(self._draw())
                if self._console is None and self._course.asking:
                    self._console = _make_console(self._region.stream)
                if self._closed.wait(self._every):
                    return

    def _draw(self) -> list[tuple[str, int]]:
        """Return the lines of the picture now, each with the columns that it takes."""
        columns, rows = self._region.size()
        # One column and one row less: the last column is a terminal's own affair, the last row is
        # where the cursor stays.
        room = PictureRoom(columns=max(1, columns - 1), rows=max(1, rows - 1), glyphs=self._glyphs)
        self._turn += 1
        lines = [self._encode(line) for line in draw_picture(self._course.view(), room, self._turn)]
        taken = [sum(measure_width(words) for words, _ in line) for line in lines]
        return list(zip(paint_lines(lines, self._console), taken, strict=True))

    def _encode(self, line: StyledLine) -> StyledLine:
        """Return the line with a question mark for what the terminal's encoding lacks."""
        code = self._region.stream.encoding or "utf-8"
        if self._glyphs is ASCII_GLYPHS:
            line = tuple((words.replace("…", "."), look) for words, look in line)
        return tuple((words.encode(code, "replace").decode(code), look) for words, look in line)


def can_draw_live(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Return whether a stream is a terminal whose lines can be written over.

    What runs in CI is read later, as a file, also where it is given a terminal.
    """
    if not is_terminal(stream) or environ.get("TERM") in ("dumb", "unknown"):
        return False
    return environ.get("CI", "") in ("", "0", "false") and _obeys_escapes(stream)


def _obeys_escapes(stream: TextIO) -> bool:
    """Return whether a terminal obeys escape sequences: on Windows it has to be told to."""
    if sys.platform != "win32":
        return True
    import ctypes  # noqa: PLC0415 -- of Windows only
    import msvcrt  # noqa: PLC0415

    kernel, mode = ctypes.windll.kernel32, ctypes.c_ulong()
    handle = msvcrt.get_osfhandle(stream.fileno())
    known = kernel.GetConsoleMode(handle, ctypes.byref(mode))
    return bool(known and kernel.SetConsoleMode(handle, mode.value | 4))


def _is_in_foreground(stream: TextIO) -> bool:
    """Return whether we may write now: a job in the background leaves the terminal to the shell."""
    if sys.platform != "win32":
        with suppress(OSError, ValueError):  # a terminal that controls nobody
            return os.tcgetpgrp(stream.fileno()) == os.getpgrp()
    return True


def paint_lines(lines: Sequence[StyledLine], console: "Console | None") -> list[str]:
    """Return the lines in the colours that a console has; plain words where there is none yet."""
    if console is None:
        return ["".join(words for words, _ in line) for line in lines]
    from rich.text import Text  # noqa: PLC0415 -- lazy on purpose

    with console.capture() as captured:
        for line in lines:
            console.print(Text.assemble(*line, no_wrap=True, overflow="ignore"), soft_wrap=True)
    return captured.get().split("\n")[:-1]


def _make_console(stream: TextIO) -> "Console | None":
    """Return what colours a terminal's lines, or None where rich is not installed."""
    try:
        from rich.console import Console  # noqa: PLC0415 -- lazy on purpose
    except ImportError:  # typer can be had without it
        return None
    return Console(file=stream, force_terminal=True, highlight=False, markup=False, emoji=False)


def _choose_glyphs(stream: TextIO) -> Glyphs:
    """Return what a stream's encoding has to draw with."""
    own = Glyphs()
    try:
        f"{own.turns}{own.full}{own.half}{own.empty}{own.dot}…".encode(stream.encoding or "utf-8")
    except (UnicodeError, LookupError):
        return ASCII_GLYPHS
    return own
