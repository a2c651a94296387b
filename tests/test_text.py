"""Text as a terminal shows it: columns, tables, excerpts; and dates."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcwidth

from assistant.text import (
    GridLayout,
    cut_to_width,
    format_excerpt,
    format_grid,
    make_harmless,
    measure_width,
    normalize_date,
)
from tests.support.strategies import ODD


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


@pytest.mark.parametrize(
    ("line", "column", "length", "shown", "marks"),
    [
        ("## Goals\n", 1, 0, "## Goals", "^^^^^^^^"),
        ("## Goals  \r\n", 4, 5, "## Goals", "   ^^^^^"),
        ("\ta\tb\n", 4, 1, "    a   b", "        ^"),
        ("漢字 x\r", 4, 1, "漢字 x", "     ^"),
        ("漢字 x", 1, 2, "漢字 x", "^^^^"),
        ("e\u0301 x", 4, 1, "e\u0301 x", "  ^"),
        ("\ufeff# X\n", 1, 1, "# X", "^"),
        ("a\x1b[31mb", 9, 0, "a\ufffd[31mb", "       ^"),
        ("a\udcffb", 3, 1, "a\ufffdb", "  ^"),
        ("ab", 9, 0, "ab", "  ^"),
        ("ab", 1, 99, "ab", "^^"),
        ("   \n", 1, 0, "", ""),
        ("", 1, 0, "", ""),
    ],
)
def test_marks_stand_under_the_place(
    line: str, column: int, length: int, shown: str, marks: str
) -> None:
    """Tabs, wide and combining characters, and what no terminal may see are reckoned with."""
    assert format_excerpt(line, column, length) == (shown, marks)


@pytest.mark.parametrize(
    "whole",
    [
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",  # a family, joined
        "\U0001f44d\U0001f3fd",  # with a tone of skin
        "\u2764\ufe0f",  # text that is shown as an emoji
        "1\ufe0f\u20e3",  # a keycap
        "\u0938\u094d\u0924\u0947",  # Devanagari: two letters and two marks
        "\U0001f1eb\U0001f1f7",  # a flag
    ],
)
def test_marks_stand_under_what_comes_after_an_emoji(whole: str) -> None:
    """Characters that are shown as one take two columns together, and are cut together."""
    assert format_excerpt(f"{whole} ab", len(whole) + 2, 2) == (f"{whole} ab", "   ^^")
    assert format_excerpt(f"{whole} ab", 1, len(whole)) == (f"{whole} ab", "^^")
    for spare in range(4):
        shown, marks = format_excerpt(
            "x" * spare + f"{whole}" * 80 + "end", len(whole) * 80 + spare + 1
        )
        body = shown.removeprefix("...").removesuffix("end")
        assert body == "x" * (spare if body[0] == "x" else 0) + whole * (len(body) // len(whole))
        assert measure_width(shown) <= 100
        assert measure_width(shown[: -len("end")]) == marks.index("^")


@pytest.mark.parametrize("column", [1, 50, 500, 999_990])
def test_long_lines_are_cut_around_the_place(column: int) -> None:
    """Of a line of a megabyte a hundred columns are shown, those at the place among them."""
    line = "".join(f"{number:09}_" for number in range(100_000))
    shown, marks = format_excerpt(line, column, 3)

    assert len(shown) <= 100
    assert shown[marks.index("^") : len(marks)] == line[column - 1 : column + 2]
    assert shown.startswith("...") == (column > 31)
    assert shown.endswith("...") == (column < 999_900)


def columns(text: str) -> int:
    return measure_width(text)


@given(st.text(st.sampled_from(ODD + "\u202e\u200d"), max_size=300), st.data())
def test_nothing_reaches_a_terminal(line: str, data: st.DataObject) -> None:
    """Whatever a line holds, no control character is shown, and the marks are below the line."""
    column = data.draw(st.integers(1, len(line) + 5))
    shown, marks = format_excerpt(line, column, data.draw(st.integers(0, 9)))

    assert all(unicodedata.category(one) not in ("Cc", "Cs", "Zl", "Zp") for one in shown)
    assert "\u202e" not in shown
    assert set(marks) <= set(" ^")
    assert columns(shown) <= 100
    assert len(marks) <= columns(shown) + 110


def test_harmless() -> None:
    """What could command a terminal, or turns the order of writing, is shown as unknown."""
    assert (
        make_harmless("a\x1b]0;x\x07b\u202ec\u2028\x9b") == "a\ufffd]0;x\ufffdb\ufffdc\ufffd\ufffd"
    )
    assert make_harmless("漢字 é \U0001f600") == "漢字 é \U0001f600"


@pytest.mark.parametrize(
    "text",
    [
        "2026/11/24",
        "2026.11.24",
        "2026-11-24",
        "24 Nov 2026",
        "24 November 2026",
        "November 24, 2026",
        "Nov 24 2026",
        "Nov. 24, 2026",
        "24th of November 2026",
        "24th November 2026",
        "24-Nov-2026",
        "november 24th, 2026",
        "2026 Nov 24",
        "2026-Nov-24",
    ],
)
def test_one_reading(text: str) -> None:
    """A date that can be read in one way only is known."""
    expected = "" if " of " in text else "2026-11-24"

    assert normalize_date(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "03/04/2026",
        "24/11/2026",
        "11/24/2026",
        "3.4.2026",
        "26/11/24",
        "2026/13/01",
        "2026-02-30",
        "30 Feb 2026",
        "Nov 2026",
        "2026",
        "",
        "soon",
        "24 Foo 2026",
        "24 Mai 2026",
        "2026/11-24",
        "20261124",
        "24 Nov 26",
        "2026-11-24 12:00",
        "Nov 31, 2026",
        "0000-01-01",
    ],
)
def test_two_readings_or_none(text: str) -> None:
    """What could be two dates, or is none, stays."""
    assert normalize_date(text) == ""


@given(st.dates())
def test_every_date(day: date) -> None:
    """Every day written with its month's name, or its year first, is that day."""
    names = ("%d %b %Y", "%B %d, %Y", "%Y/%m/%d")
    year = f"{day.year:04}"
    for name in names:
        assert normalize_date(day.strftime(name.replace("%Y", year))) == day.isoformat()
    assert normalize_date(f"{year}-{day.month}-{day.day}") == day.isoformat()
