"""A picture at the end of a terminal that moves by itself."""

import io
import signal
import time
from collections.abc import Callable

import pyte
import pytest

from assistant.display.course import Course
from assistant.display.live import LiveDisplay, TerminalRegion, can_draw_live

END = "\x1b[?7h"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


class Gone(Terminal):
    """A terminal that somebody closed."""

    def write(self, text: str) -> int:
        """It can't."""
        raise OSError(5, text)


def waited(ready: Callable[[], bool]) -> None:
    """Return when it is so; a machine may be as slow as it likes, but not for ever."""
    end = time.monotonic() + 120
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.005)


def shown(written: str, columns: int = 80) -> str:
    """What a terminal shows after that was written to it."""
    screen = pyte.Screen(columns, 24)
    pyte.Stream(screen).feed(written.replace("\n", "\r\n"))
    return "\n".join(line.rstrip() for line in screen.display).rstrip("\n")


def test_it_moves_though_nothing_happens() -> None:
    """Without any event the picture changes again and again, until it is closed and taken away."""
    stream = Terminal()
    live = LiveDisplay(Course(), stream, every=0.001)
    waited(lambda: len(set(stream.getvalue().split(END))) > 5)
    live.close()
    size = len(stream.getvalue())
    time.sleep(0.01)

    assert len(stream.getvalue()) == size
    assert shown(stream.getvalue()) == ""


def test_what_lasts_stands_above() -> None:
    """Lines that are to stay are above the picture, in their order, and stay alone at the end."""
    stream = Terminal()
    course = Course()
    live = LiveDisplay(course, stream, every=0.001)
    live.say("one\ntwo")
    course.started("brief")
    course.received("brief", 7, "Some words of it.")
    live.say("three")
    waited(lambda: "Some words of it." in shown(stream.getvalue()))
    moment = shown(stream.getvalue()).splitlines()
    live.close()
    live.close()

    assert moment[:3] == ["one", "two", "three"]
    assert "writing the brief" in moment[3]
    assert shown(stream.getvalue()) == "one\ntwo\nthree"


def test_colours_come_with_the_first_request() -> None:
    """Before a request is on its way nothing waits for colours; then they are there."""
    stream = Terminal()
    course = Course()
    live = LiveDisplay(course, stream, every=0.001)
    waited(lambda: stream.getvalue().count(END) > 3)
    before = stream.getvalue()
    course.started("brief")
    waited(lambda: "\x1b[1m" in stream.getvalue())
    live.close()

    assert "\x1b[1m" not in before


@pytest.mark.skipif(not hasattr(signal, "SIGCONT"), reason="Windows has no Ctrl-Z")
def test_after_ctrl_z_it_begins_below() -> None:
    """When the program goes on, what the shell said meanwhile is not written over; then no more."""
    stream = Terminal()
    live = LiveDisplay(Course(), stream, every=60)
    waited(lambda: END in stream.getvalue())
    size = len(stream.getvalue())
    signal.raise_signal(signal.SIGCONT)
    live.say("on")
    live.close()

    assert stream.getvalue()[size:].startswith("\x1b[?7l\r\x1b[?7hon")
    assert signal.getsignal(signal.SIGCONT) is signal.SIG_DFL


def test_a_terminal_that_is_gone_ends_nothing() -> None:
    """Where nothing can be written any more, the run goes on without its picture."""
    course = Course()
    live = LiveDisplay(course, Gone(), every=0.001)
    course.started("brief")
    live.close()

    assert course.view().doing == ("asking for the brief",)


def test_nothing_is_taken_away_where_nothing_was_drawn() -> None:
    """A region that was never drawn leaves what others have on its line."""
    stream = Terminal()
    TerminalRegion(stream).write([])

    assert not stream.getvalue()


def test_a_narrower_terminal_breaks_lines_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines that a terminal broke when it became narrower are all written over."""
    monkeypatch.delenv("XTERM_VERSION", raising=False)
    stream = Terminal()
    region = TerminalRegion(stream)
    sizes = iter([(80, 24), (30, 24)])
    monkeypatch.setattr(TerminalRegion, "size", lambda _: next(sizes))
    region.write([("x" * 70, 70), ("y" * 20, 20)])
    first = len(stream.getvalue())
    region.write([("z", 1)])

    assert stream.getvalue()[first:].startswith("\x1b[?7l\r\x1b[4A")  # 70 are three lines of 30


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"TERM": "xterm"}, True),
        ({}, True),
        ({"TERM": "dumb"}, False),
        ({"CI": "true"}, False),
        ({"CI": ""}, True),
        ({"CI": "0"}, True),
    ],
)
def test_where_it_can_be(environ: dict[str, str], *, expected: bool) -> None:
    """A picture is for terminals that obey, and for people: not for CI, nor for a file."""
    assert can_draw_live(Terminal(), environ) is expected
    assert not can_draw_live(io.StringIO(), environ)
