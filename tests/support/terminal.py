"""A terminal of our own: a program is run in it, and what was to be seen when is known."""

import fcntl
import json
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyte

_SIZE = "HHHH"
_END_OF_PICTURE = b"\x1b[?7h"
_TOKENS = re.compile(r"([\d,]+) tokens(?! in)")
_SECTIONS = re.compile(r"(\d+)/(\d+)")
_BAR = re.compile(r"^  ([━╸]*)─*(?: |$)", re.MULTILINE)
_LONGEST = 300.0  # seconds of a run; what takes longer hangs


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What was to be seen at one moment: lines without blanks at their ends, and the cursor."""

    seconds: float
    columns: int
    lines: tuple[str, ...]
    cursor: tuple[int, int]

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines).rstrip("\n")


@dataclass(frozen=True, slots=True)
class Event:
    """Bytes that came at a moment, or the columns and rows that a terminal got then."""

    seconds: float
    data: bytes = b""
    size: tuple[int, int] | None = None


@dataclass(slots=True)
class Recording:
    """What a program wrote to its terminal and to a pipe, and how it ended."""

    columns: int
    rows: int
    events: list[Event] = field(default_factory=list)
    code: int = 0
    piped: str = ""

    @property
    def written(self) -> bytes:
        """All that went to the terminal."""
        return b"".join(event.data for event in self.events)

    def cast(self) -> str:
        """The recording as asciinema has it, version 2."""
        head = {"version": 2, "width": self.columns, "height": self.rows}
        lines: list[object] = [head]
        for event in self.events:
            if event.size is not None:
                lines.append([event.seconds, "r", f"{event.size[0]}x{event.size[1]}"])
            else:
                lines.append([event.seconds, "o", event.data.decode("utf-8", "replace")])
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)

    def frames(self, screen: Any = None) -> Iterator[Frame]:  # noqa: ANN401  pyte has no types
        """What was to be seen, each time that a picture was whole, and at the end."""
        screen = screen or pyte.Screen(self.columns, self.rows)
        stream = pyte.ByteStream(screen)
        rest, seconds = b"", 0.0
        for event in self.events:
            seconds = event.seconds
            if event.size is not None:
                screen.resize(lines=event.size[1], columns=event.size[0])
                continue
            *whole, rest = (rest + event.data).split(_END_OF_PICTURE)
            for picture in whole:
                stream.feed(picture + _END_OF_PICTURE)
                yield _frame(screen, seconds)
        stream.feed(rest)
        yield _frame(screen, seconds)


def _frame(screen: Any, seconds: float) -> Frame:  # noqa: ANN401  pyte has no types
    return Frame(
        seconds=seconds,
        columns=screen.columns,
        lines=tuple(line.rstrip() for line in screen.display),
        cursor=(screen.cursor.x, screen.cursor.y),
    )


@dataclass(slots=True)
class Terminal:
    """The terminal of a program that runs."""

    process: subprocess.Popen[bytes]
    master: int
    recording: Recording
    begun: float

    def resize(self, columns: int, rows: int) -> None:
        """Give it another size."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack(_SIZE, rows, columns, 0, 0))
        now = time.monotonic() - self.begun
        self.recording.events.append(Event(now, size=(columns, rows)))

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.master, keys)

    def kill(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        self.process.send_signal(number)


Act = tuple[str, Callable[[Terminal], None]]


def record(  # noqa: PLR0913  all but the first are options
    command: Sequence[str],
    *,
    environ: Mapping[str, str],
    cwd: Path,
    columns: int = 80,
    rows: int = 24,
    acts: Sequence[Act] = (),
    piped: str = "",
) -> Recording:
    """Run a program in a terminal; `piped` is `out` or `err` where that stream is none.

    Each of the `acts` is done when its words were seen after the one before.
    """
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack(_SIZE, rows, columns, 0, 0))
    recording = Recording(columns=columns, rows=rows)
    out, err = (subprocess.PIPE if piped == name else slave for name in ("out", "err"))
    with subprocess.Popen(
        list(command),
        stdin=slave,
        stdout=out,
        stderr=err,
        env=dict(environ),
        cwd=cwd,
        start_new_session=True,
    ) as process:
        os.close(slave)
        terminal = Terminal(process, master, recording, time.monotonic())
        try:
            _read(terminal, list(acts))
            pipe = process.stdout or process.stderr
            recording.piped = pipe.read().decode() if pipe else ""
            recording.code = process.wait(_LONGEST)
        finally:
            process.kill()
            os.close(master)
    return recording


def _read(terminal: Terminal, acts: list[Act]) -> None:
    """Keep what a program writes until it has ended."""
    fresh = b""
    while time.monotonic() - terminal.begun < _LONGEST:
        if acts and acts[0][0].encode() in fresh:
            fresh = b""
            acts.pop(0)[1](terminal)
        ready, _, _ = select.select([terminal.master], [], [], 0.05)
        if not ready:
            if terminal.process.poll() is not None:
                return
            continue
        try:
            data = os.read(terminal.master, 65536)
        except OSError:  # everybody at the other side has gone
            return
        if not data:
            return
        fresh += data
        event = Event(time.monotonic() - terminal.begun, data)
        terminal.recording.events.append(event)


def gaps(frames: Sequence[Frame]) -> list[float]:
    """The seconds between each two pictures that differ, from the first to the last."""
    changes = [frames[0].seconds]
    changes += [b.seconds for a, b in pairwise(frames) if a.lines != b.lines]
    return [later - sooner for sooner, later in pairwise(changes)]


def falls(frames: Sequence[Frame]) -> list[str]:
    """The counts that went down: tokens, sections done, the bar in one size of terminal."""
    found: list[str] = []
    last: dict[object, int] = {}
    for frame in frames:
        counts: dict[object, int] = {}
        if told := _TOKENS.search(frame.text):
            counts["tokens"] = int(told[1].replace(",", ""))
        if told := _SECTIONS.search(frame.text):
            counts["sections"] = int(told[1])
        if told := _BAR.search(frame.text):
            width = len(told[0])
            counts["bar", frame.columns, width] = 2 * len(told[1]) - told[1].count("╸")
        for name, count in counts.items():
            if count < last.get(name, 0):
                found.append(f"{frame.seconds:.1f} s: {name}: {last[name]}, then {count}")
            last[name] = count
    return found


def breaks(frames: Sequence[Frame]) -> list[str]:
    """The lines that fill a terminal to its last column, where the next word is broken."""
    full = {
        line
        for frame in frames
        for line in frame.lines
        if len(line) >= frame.columns and not line.endswith(" ")
    }
    return sorted(full)
