"""Progress on streams that are no terminals, and which of them are."""

import io
import os

import pytest

from assistant.display.progress import ProgressDisplay

HARM = "\x1b\x07\x08\x7f\x9b\u202e"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


class Clock:
    """A clock that a test sets."""

    seconds = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.seconds


def watched(
    *, verbose: bool = False, quiet: bool = False
) -> tuple[ProgressDisplay, io.StringIO, Clock]:
    """A display on a pipe, what it wrote, and its clock."""
    stream, clock = io.StringIO(), Clock()
    display = ProgressDisplay(quiet=quiet, verbose=verbose, stream=stream, now=clock)
    return display, stream, clock


def drafted(display: ProgressDisplay, clock: Clock) -> None:
    """Tell of a run with eight sections: one repair, one wait, one failure, a phase."""
    names = [f"Doc > Section {number}" for number in range(8)]
    display.phase("loading the model", 0, 2)
    display.phase("loading the model", 2, 2)
    display.phase("")
    display.started("brief")
    display.received("brief", 30, '{"title": "A')
    display.finished("brief", "")
    display.planned(dict.fromkeys(names, 60))
    for name in names:
        display.started(name)
    clock.seconds = 12.0
    for name in names[:3]:
        display.waiting(name, 7, "too many requests.")
    display.repairing(names[0], ["It says nothing."])
    for name in names:
        display.received(name, 10, "Some words.")
        display.finished(name, "refused" if name == names[7] else "")
    display.close()


def test_few_plain_lines_on_a_pipe() -> None:
    """A pipe gets a line for each stage and each quarter, and no control characters."""
    display, stream, clock = watched()
    drafted(display, clock)

    assert stream.getvalue().splitlines() == [
        "loading the model",
        "asking for the brief",
        "asking for 8 sections",
        "too many requests; trying again in 7 s",
        "2/8 sections, 50 tokens, 0:12",
        "4/8 sections, 70 tokens, 0:12",
        "6/8 sections, 90 tokens, 0:12",
        "8/8 sections, 110 tokens, 0:12",
    ]


def test_a_long_silence_is_broken_on_a_pipe() -> None:
    """While an answer comes in, a line a minute says that it works."""
    display, stream, clock = watched()
    display.started("brief")
    for seconds in range(0, 150, 10):
        clock.seconds = float(seconds)
        display.received("brief", seconds + 1, "words")

    assert stream.getvalue().splitlines() == [
        "asking for the brief",
        "71 tokens, 1:10",
        "141 tokens, 2:20",
    ]


def test_verbose_has_every_event_with_its_time() -> None:
    """What happens is a line each, with the seconds since the beginning, and why it happens."""
    display, stream, clock = watched(verbose=True)
    drafted(display, clock)

    lines = stream.getvalue().splitlines()
    assert "    0.0 s  asked: brief" in lines
    assert "   12.0 s  waiting: Section 1: too many requests; trying again in 7 s" in lines
    assert "   12.0 s  asked again: Section 0: It says nothing." in lines
    assert lines[-1] == "   12.0 s  not written: Section 7: refused"


def test_quiet_says_nothing() -> None:
    """With --quiet there is no progress, and no note."""
    display, stream, clock = watched(quiet=True)
    display.noted("It is so.")
    drafted(display, clock)

    assert not stream.getvalue()


@pytest.mark.parametrize(
    ("name", "value"), [("TERM", "dumb"), ("TERM", "unknown"), ("CI", "true"), ("CI", "1")]
)
def test_a_terminal_that_rewrites_nothing_gets_plain_lines(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no line can be taken back, or a file is made of what is shown, there is no escape."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    display = ProgressDisplay(quiet=False, verbose=False, stream=stream)
    display.started("brief")
    display.planned({"A": 60})
    display.finished("A", "")
    display.close()

    assert "asking for 1 section\n1/1 sections, 0 tokens" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize("terminal", [True, False])
def test_words_of_others_command_no_terminal(
    monkeypatch: pytest.MonkeyPatch,
    terminal: bool,  # noqa: FBT001
) -> None:
    """What a server or a model says is shown without anything that a terminal would obey."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("CI", raising=False)
    stream = Terminal() if terminal else io.StringIO()
    display = ProgressDisplay(quiet=False, verbose=False, stream=stream)
    label = f"A{HARM}B"
    display.planned({label: 60})
    display.started(label)
    display.waiting(label, 1, f"no{HARM}")
    display.noted(f"one {HARM}")
    display.received(label, 5, f"said {HARM}\n{HARM}")
    display.repairing(label, [f"it says {HARM}"])
    display.noted(f"two {HARM}")
    display.finished(label, f"refused {HARM}")
    display.noted(f"three {HARM}")
    display.close()

    said = stream.getvalue()
    for ours in ("\x1b[?7l", "\x1b[?7h", "\x1b[K", "\x1b[J", "\x1b[0m", "\x1b[1m", "\x1b[2m"):
        said = said.replace(ours, "")
    for up in range(1, 10):
        said = said.replace(f"\x1b[{up}A", "")
    assert "three \ufffd\ufffd" in said
    assert not set(said) & set(HARM), os.environ


def test_one_cause_is_told_once() -> None:
    """Waits that pass at once are no lines, long ones are one for each cause, the end has why."""
    (some, plain, _), (every, verbose, _) = watched(), watched(verbose=True)
    for display in (some, every):
        display.planned({"A": 60, "B": 60})
        display.waiting("A", 1, "gone.")
        for label in ("A", "B"):
            display.waiting(label, 60, "busy.")
            display.finished(label, "gone.")
        display.close()

    assert plain.getvalue().count("busy; trying again in 60 s") == 1
    assert "gone" not in plain.getvalue()
    assert verbose.getvalue().count("busy") == 2
    assert verbose.getvalue().count("gone") == 3
