"""Columns on a terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.grid import Layout, cut, grid, width


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", 0), ("abc", 3), ("漢字", 4), ("e\u0301", 1), ("a\u200b", 1), ("\uff57", 2), ("ö", 1)],
)
def test_width_is_that_of_a_terminal(text: str, expected: int) -> None:
    """Wide characters take two columns, marks and what joins take none."""
    assert width(text) == expected


def test_columns_line_up() -> None:
    """Columns begin below each other whatever their script, numbers end below each other."""
    rows = [("N", "TITLE", "S"), ("7", "漢字", "a"), ("12", "Plain", "b")]

    assert grid(rows, Layout(right=(0,))) == (" N  TITLE  S", " 7  漢字   a", "12  Plain  b")


def test_what_does_not_fit_is_cut() -> None:
    """The flexible column gives way, and shows that there was more."""
    rows = [("1", "a title that is long enough", "x"), ("2", "漢" * 14, "y")]

    made = grid(rows, Layout(most=20, flexible=1))

    assert made == ("1  a title that \u2026  x", "2  漢漢漢漢漢漢\u2026   y")
    assert [width(line) for line in made] == [20, 20]


def test_columns_are_left_out_before_a_title_is_none() -> None:
    """Where there is no room for a title that can be read, other columns go first, in order."""
    rows = [("1", "a title that is long enough", "2026-01-01", "2026-01-02")]

    def at(most: int) -> str:
        return grid(rows, Layout(most=most, flexible=1, spare=(2, 3)))[0]

    assert at(60) == "1  a title that is long enough  2026-01-01  2026-01-02"
    assert at(52) == "1  a title that is long eno\u2026  2026-01-01  2026-01-02"
    assert at(42) == "1  a title that is long enough  2026-01-02"
    assert at(30) == "1  a title that is long enough"
    assert at(10) == "1  a titl\u2026"


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1), st.integers(20, 60))
def test_no_line_is_wider_than_the_terminal(rows: list[tuple[str, str]], most: int) -> None:
    """However wide a title is, its line fits."""
    short = [(str(number), title) for number, (_, title) in enumerate(rows)]

    assert all(width(line) <= most for line in grid(short, Layout(most=most, flexible=1)))


@given(st.text(), st.integers(1, 30))
def test_cut_keeps_the_beginning(text: str, most: int) -> None:
    """What is kept is the text's beginning, as much as fits."""
    found = cut(text, most)

    assert width(found) <= most
    assert found == text or text.startswith(found[:-1])
