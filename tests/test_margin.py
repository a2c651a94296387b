"""Tests of `margin`: lines as the containers around them leave them."""

import pytest

from assistant.margin import Lines


@pytest.mark.parametrize(
    ("line", "at", "indent"),
    [("a", 0, 0), ("  a", 2, 2), ("\ta", 1, 4), ("  \ta", 3, 4), ("\xa0a", 0, 0), (" \t\ta", 3, 8)],
)
def test_content_begins_behind_spaces_and_tabs(line: str, at: int, indent: int) -> None:
    """A line's content begins behind its spaces and its tabs, which end at columns of four."""
    lines = Lines([line])

    assert (lines.at[0], lines.indent[0]) == (at, indent)


@pytest.mark.parametrize(
    ("line", "at", "indent"),
    [(">a", 1, 0), ("> a", 2, 0), (">  a", 3, 1), (">\ta", 2, 2), (">\t\ta", 3, 6), (" >a", 2, 0)],
)
def test_a_quotes_marker_is_taken_away(line: str, at: int, indent: int) -> None:
    """A quote's marker takes one space with it, and of a tab one column."""
    lines = Lines([line])

    assert not lines.unquote(0)
    assert (lines.at[0], lines.indent[0]) == (at, indent)


def test_a_marker_with_nothing_behind_it_is_told() -> None:
    """A quote's line without content is empty."""
    lines = Lines(["> ", "end"])

    assert lines.unquote(0)
    assert lines.empty(0)


@pytest.mark.parametrize(
    ("line", "others", "paragraph"),
    [
        ("# a", True, True),
        ("#a", False, False),
        ("```", True, True),
        ("``` a`", False, False),
        ("> a", True, True),
        ("---", True, True),
        ("- a", True, True),
        ("-", True, False),
        ("1. a", True, True),
        ("2. a", True, False),
        ("<div>", True, True),
        ("<b>", False, False),
        ("a", False, False),
        ("    # a", False, False),
    ],
)
def test_some_lines_interrupt(line: str, others: bool, paragraph: bool) -> None:  # noqa: FBT001
    """What begins a block ends the one before it, a paragraph only where it plainly does."""
    lines = Lines([line])

    assert lines.interrupts(0) is others
    assert lines.interrupts(0, paragraph=True) is paragraph


def test_a_last_line_of_spaces_is_none() -> None:
    """A text's last line is none where it is blank."""
    assert Lines(["a", "", " \t"]).limit == 2
