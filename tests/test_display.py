"""Progress on a terminal and elsewhere."""

import io
import os

import pytest

from assistant.display import Display
from assistant.grid import width


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def test_a_line_fits_whatever_its_script(monkeypatch: pytest.MonkeyPatch) -> None:
    """The live line takes no more columns than there are, wide characters counted as two."""
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((60, 24)))
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    display = Display(quiet=False, verbose=False, stream=stream)
    display.planned({"\u8a2d\u8a08" * 20: 60})
    display.started("\u8a2d\u8a08" * 20)
    display.finished("\u8a2d\u8a08" * 20, "")
    display.started("\u8a2d\u8a08" * 20)
    display.received("\u8a2d\u8a08" * 20, 5)
    display.started("\u8a2d\u8a08" * 30)

    drawn = stream.getvalue().split("\r\x1b[2K")
    assert any("\u8a2d" in line for line in drawn)
    assert all(width(line) < 60 for line in drawn)


@pytest.mark.parametrize("terminal", [True, False])
def test_words_of_others_command_no_terminal(
    monkeypatch: pytest.MonkeyPatch,
    terminal: bool,  # noqa: FBT001
) -> None:
    """What a server or a model says is shown without anything that a terminal would obey."""
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal() if terminal else io.StringIO()
    display = Display(quiet=False, verbose=False, stream=stream)
    display.planned({"A\x1b[31m": 60})
    display.started("A\x1b[31m")
    display.received("A\x1b[31m", 5)
    display.waiting("A\x1b[31m", 10, "no\x1b]0;t\x07")
    display.finished("A\x1b[31m", "")
    display.noted("refused: \x9b31m\u202e")
    display.noted("said \x08\x7f")
    display.close()

    said = stream.getvalue().replace("\r\x1b[2K", "")
    assert "refused: \ufffd31m" in said
    assert not set(said) & set("\x1b\x07\x08\x7f\x9b\u202e")


def test_a_terminal_that_erases_no_line_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where TERM is `dumb` there is no escape sequence."""
    monkeypatch.setenv("TERM", "dumb")
    stream = Terminal()
    display = Display(quiet=False, verbose=False, stream=stream)
    display.started("brief")
    display.planned({"A": 60})
    display.finished("A", "")
    display.close()

    assert stream.getvalue() == "draft: asking for the brief\ndraft: 1/1 A\n"


def test_one_cause_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits that pass at once are no lines, long ones are one for each cause, the end has why."""
    monkeypatch.setenv("TERM", "dumb")
    plain, verbose = io.StringIO(), io.StringIO()
    for stream in (plain, verbose):
        display = Display(quiet=False, verbose=stream is verbose, stream=stream)
        display.planned({"A": 60, "B": 60})
        display.waiting("A", 1, "gone.")
        for label in ("A", "B"):
            display.waiting(label, 60, "busy.")
            display.finished(label, "gone.")
        display.close()

    assert plain.getvalue() == "draft: A: busy; trying again in 60 s\n"
    assert verbose.getvalue().count("busy") == 2
    assert verbose.getvalue().count("gone") == 3
