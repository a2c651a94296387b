"""How messages look: their kind, their colours, where their lines end."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.terminal.style import (
    StreamLook,
    choose_look,
    is_colour_wanted,
    lay_out_message,
    measure_columns,
    wrap_line,
)
from assistant.text import measure_width


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        """It is."""
        return True


@pytest.mark.parametrize(
    ("environ", "terminal", "elsewhere"),
    [
        ({}, True, False),
        ({"NO_COLOR": ""}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"TERM": "dumb"}, False, False),
        ({"CLICOLOR": "0"}, False, False),
        ({"CLICOLOR_FORCE": "1"}, True, True),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True, True),
        ({"FORCE_COLOR": "0", "CLICOLOR_FORCE": "0"}, True, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
    ],
)
def test_where_colours_are_welcome(
    environ: dict[str, str], *, terminal: bool, elsewhere: bool
) -> None:
    """Colours are for a terminal, or for who forces them, and not where NO_COLOR stands."""
    assert is_colour_wanted(Terminal(), environ) is terminal
    assert is_colour_wanted(io.StringIO(), environ) is elsewhere


def test_a_stream_that_is_gone_is_no_terminal() -> None:
    """A missing or closed stream has neither colours nor columns."""
    closed = Terminal()
    closed.close()
    gone = io.StringIO()
    gone.close()

    assert choose_look(None, {}) == StreamLook()
    assert choose_look(gone, {}) == StreamLook()


def test_columns_of_a_terminal() -> None:
    """A terminal's lines end one column before its last; what is no terminal is not wrapped."""
    assert measure_columns(Terminal(), {"COLUMNS": "80"}) == 79
    assert measure_columns(Terminal(), {"COLUMNS": "many"}) == 79  # this one does not know its own
    assert measure_columns(io.StringIO(), {"COLUMNS": "80"}) == 0


def test_kinds_are_told_apart() -> None:
    """What is an error, a warning, a note or a hint says so, in its colour where there are any."""
    assert lay_out_message("it is so.", StreamLook(), "error") == "error: it is so."
    assert lay_out_message("3 requests", StreamLook()) == "3 requests"
    assert lay_out_message("a title", StreamLook(), "head") == "a title"
    shown = {
        lay_out_message("so", StreamLook(colour=True), kind)
        for kind in ("error", "warning", "note")
    }
    assert shown == {
        "\x1b[1;31merror:\x1b[0m so",
        "\x1b[1;33mwarning:\x1b[0m so",
        "\x1b[1;36mnote:\x1b[0m so",
    }


def test_a_long_line_hangs_under_its_words() -> None:
    """What does not fit on a line goes on under the message, which its kind stands before."""
    text = "the server did not answer in the time that it was given by you."

    assert lay_out_message(text, StreamLook(columns=60), "warning") == (
        "warning: the server did not answer in the time that it was\n         given by you."
    )


def test_a_path_stays_whole() -> None:
    """What is longer than a line, such as a path or an address, is never parted."""
    path = "/" + "/".join(["folder"] * 12)

    assert wrap_line(f"see {path} again", 40) == ["see", path, "again"]


def test_lines_and_their_indentation_stay() -> None:
    """A text of several lines keeps them, and what is indented goes on as far in."""
    text = "it ended:\n  its last words were more than one line can hold\nso"

    assert lay_out_message(text, StreamLook(columns=40)).split("\n") == [
        "it ended:",
        "  its last words were more than one line",
        "  can hold",
        "so",
    ]


def test_scripts_without_blanks() -> None:
    """Chinese and Japanese end a line between any two characters, and not before a full stop."""
    assert wrap_line("数据库迁移，数据库迁移。", 20) == ["数据库迁移，数据库迁", "移。"]  # noqa: RUF001
    assert wrap_line("数据库。数据库", 6) == ["数据", "库。数", "据库"]


def test_nothing_commands_a_terminal() -> None:
    """What a server said is shown without anything that a terminal would obey."""
    assert "\x1b" not in lay_out_message("no\x1b[31m\x9b\u202e", StreamLook(columns=40), "error")


@given(st.text(), st.integers(2, 120), st.integers(0, 12))
def test_wrapping_law(text: str, most: int, hang: int) -> None:
    """Wrapped text has the same words in the same order, and is as narrow as those allow."""
    line = "".join(one if one.isprintable() else "x" for one in text)
    wrapped = wrap_line(line, most, hang)

    assert "".join("".join(wrapped).split()) == "".join(line.split())
    for shown in wrapped:
        assert measure_width(shown) <= most or " " not in shown.strip()
