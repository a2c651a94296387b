"""A source line with a mark under the place that is meant."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text import format_excerpt, make_harmless, measure_width
from tests.support.strategies import ODD


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
