"""Columns on a terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcwidth

from assistant.text import GridLayout, cut_to_width, format_grid, measure_width


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("abc", 3),
        ("漢字", 4),
        ("e\u0301", 1),
        ("a\u200b", 1),
        ("\uff57", 2),
        ("ö", 1),
        ("\u2013 \u00ab\u044f\u00bb\u2026", 6),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", 2),  # a family, joined
        ("\U0001f44d\U0001f3fd", 2),  # with a tone of skin
        ("\u2764\ufe0f", 2),  # a text character that is shown as an emoji
        ("\u2764", 1),
        ("1\ufe0f\u20e3", 2),  # a keycap
        ("\U0001f1eb\U0001f1f7", 2),  # a flag
        ("\u0928\u092e\u0938\u094d\u0924\u0947", 4),  # Devanagari: four letters, two marks
        ("\u0e01\u0e47", 1),  # Thai: a letter and a mark
        ("\ud55c", 2),
        ("\u1112\u1161\u11ab", 2),  # Hangul in parts
    ],
)
def test_width_is_that_of_a_terminal(text: str, expected: int) -> None:
    """Wide characters take two columns, marks and what joins take none."""
    assert measure_width(text) == expected


@pytest.mark.parametrize(
    "whole",
    [
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\U0001f44d\U0001f3fd",
        "\u2764\ufe0f",
        "1\ufe0f\u20e3",
        "\U0001f1eb\U0001f1f7",
        "\u0938\u094d\u0924\u0947",
    ],
)
def test_what_is_shown_as_one_is_cut_as_one(whole: str) -> None:
    """Neither a part of an emoji is left, nor a letter without its marks."""
    assert cut_to_width(whole * 3, 4) == whole + "\u2026"
    assert cut_to_width(whole * 3, 5) == whole * 2 + "\u2026"
    assert format_grid([(whole, "a"), ("xyz", "b")], GridLayout(flexible=1)) == (
        f"{whole}   a",
        "xyz  b",
    )


def test_common_letters_need_no_tables() -> None:
    """What is counted without a table takes as many columns by the table, too."""
    common = [chr(one) for one in (*range(0xA0, 0x530), *range(0x2010, 0x2028))]
    quick = [one for one in common if measure_width(one) == measure_width(one + "x") - 1 == 1]

    assert {"é", "я", "ω", "…"} <= set(quick)
    assert all(wcwidth(one) == 1 for one in quick)
    assert measure_width("".join(quick)) == len(quick)


def test_columns_line_up() -> None:
    """Columns begin below each other whatever their script, numbers end below each other."""
    rows = [("N", "TITLE", "S"), ("7", "漢字", "a"), ("12", "Plain", "b")]

    assert format_grid(rows, GridLayout(right=(0,))) == (
        " N  TITLE  S",
        " 7  漢字   a",
        "12  Plain  b",
    )


def test_what_does_not_fit_is_cut() -> None:
    """The flexible column gives way, and shows that there was more."""
    rows = [("1", "a title that is long enough", "x"), ("2", "漢" * 14, "y")]

    made = format_grid(rows, GridLayout(most=20, flexible=1))

    assert made == ("1  a title that \u2026  x", "2  漢漢漢漢漢漢\u2026   y")
    assert [measure_width(line) for line in made] == [20, 20]


def test_columns_are_left_out_before_a_title_is_none() -> None:
    """Where there is no room for a title that can be read, other columns go first, in order."""
    rows = [("1", "a title that is long enough", "2026-01-01", "2026-01-02")]

    def at(most: int) -> str:
        return format_grid(rows, GridLayout(most=most, flexible=1, spare=(2, 3)))[0]

    assert at(60) == "1  a title that is long enough  2026-01-01  2026-01-02"
    assert at(52) == "1  a title that is long eno\u2026  2026-01-01  2026-01-02"
    assert at(42) == "1  a title that is long enough  2026-01-02"
    assert at(30) == "1  a title that is long enough"
    assert at(10) == "1  a titl\u2026"


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1), st.integers(20, 60))
def test_no_line_is_wider_than_the_terminal(rows: list[tuple[str, str]], most: int) -> None:
    """However wide a title is, its line fits."""
    short = [(str(number), title) for number, (_, title) in enumerate(rows)]

    assert all(
        measure_width(line) <= most
        for line in format_grid(short, GridLayout(most=most, flexible=1))
    )


@given(st.text(), st.integers(1, 30))
def test_cut_keeps_the_beginning(text: str, most: int) -> None:
    """What is kept is the text's beginning, as much as fits."""
    found = cut_to_width(text, most)

    assert measure_width(found) <= most
    assert found == text or text.startswith(found[:-1])
