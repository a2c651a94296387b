"""Tests of `syntax`: what begins and ends a block, line by line."""

import pytest

from assistant.syntax import cells, closes, columns, html, reference


@pytest.mark.parametrize(
    ("line", "number"),
    [("|---|:-:|", 2), ("-|-", 2), ("|-|", 1), ("--", 1), ("|-||-|", 0), ("- |", 0), ("|a|", 0)],
)
def test_columns_of_a_delimiter_row_are_counted(line: str, number: int) -> None:
    """A delimiter row has as many columns as it has runs of dashes between pipes."""
    assert columns(line, 0) == number


@pytest.mark.parametrize(
    ("row", "number"),
    [("| a | b |", 2), ("a | b", 2), ("|", 0), ("| a \\| b |", 1), ("a \\|", 1), ("||", 1)],
)
def test_cells_of_a_row_are_counted(row: str, number: int) -> None:
    """A row's outer pipes are no borders between cells, and neither is an escaped one."""
    assert cells(row) == number


@pytest.mark.parametrize(
    ("fence", "line", "closed"),
    [("```", "```", True), ("```", "`````  ", True), ("````", "```", False), ("```", "~~~", False),
     ("```", "``` a", False)],
)  # fmt: skip
def test_a_fence_is_closed_by_its_like(fence: str, line: str, *, closed: bool) -> None:
    """A fence is closed by a run of its character that is as long at least, and alone."""
    assert closes(fence, line, 0) is closed


@pytest.mark.parametrize(
    ("line", "closing", "interrupts"),
    [
        ("<!-- a", "-->", True),
        ("<SCRIPT>", "</script>", True),
        ("<?php", "?>", True),
        ("<!DOCTYPE", ">", True),
        ("<![CDATA[", "]]>", True),
        ("</div", "", True),
        ("<b c='d'>", "", False),
    ],
)
def test_html_blocks_begin(line: str, closing: str, *, interrupts: bool) -> None:
    """Each kind of HTML block has its beginning and its end."""
    found = html(line, 0)

    assert found is not None
    end, cuts = found
    assert cuts is interrupts
    assert (end is None) == (not closing)
    assert not end or end.search(closing)


@pytest.mark.parametrize("line", ["<b>c", "< b>", "<b c=>", "<é>", "a"])
def test_other_lines_begin_no_html_block(line: str) -> None:
    """A line that is not a tag alone begins no HTML block."""
    assert html(line, 0) is None


@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        (["[a]: b"], True),
        (["[a]: https://a.org/b_(c)"], None),
        (["[a]: b 'c'", "'d'"], True),
        (["[a]: b", "'c'"], None),
        (["[a]: b", "c"], True),
        (["[a]: javascript:b"], None),
        (["[ ]: b"], None),
        (["[a]: b c"], False),
        (["[a](b) c"], False),
        (["[a [b]: c"], False),
        (["[a", "b]: c"], None),
        (["[a", "b] c"], False),
        (["[a\\", "]: b"], None),
        (["[a\\]", "c]: b"], None),
        (["[a"], False),
    ],
)
def test_references_are_told(lines: list[str], answer: bool | None) -> None:  # noqa: FBT001
    """A plain reference definition is one, what plainly is none is none, and all else is unsure."""
    following = lines[1][0] if len(lines) > 1 else ""

    assert reference(iter(lines), following) is answer
