"""Tables: their cells, and rows that hold a key and its value."""

import pytest

from assistant.markdown.tables import find_row_value, split_cells


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("| Status | Draft |\n", ("Status", " Draft ")),
        ("Status | Draft\n", ("Status", " Draft")),
        ("Status|Draft", ("Status", "Draft")),
        ("| Status | Draft\r\n", ("Status", " Draft")),
        ("Status | Draft |\n", ("Status", " Draft ")),
        ("| Status | Draft | more |", ("Status", " Draft ")),
        ("Status | Draft | more", ("Status", " Draft ")),
        ("| Author | |", ("Author", " ")),
        ("Author | \n", ("Author", "")),
        ("Author |\n", ("Author", "")),
        ("| A \\| B | C \\| D |", ("A \\| B", " C \\| D ")),
        ("A \\| B | C", ("A \\| B", " C")),
        ("  > | Status | Draft |", ("Status", " Draft ")),
        ("> Status | Draft", ("Status", " Draft")),
        ("A \\\\| B", ("A \\\\", " B")),
        ("- | Status | Draft |", ("Status", " Draft ")),
    ],
)
def test_a_row_of_a_key_and_a_value(line: str, expected: tuple[str, str]) -> None:
    """A row's first cell is a key, its second the value, with or without bars around them."""
    found = find_row_value(line)

    assert found is not None
    name, start, stop = found
    assert (name, line[start:stop]) == expected


@pytest.mark.parametrize(
    "line", ["", "words\n", "| Author |\n", "| Author", "A \\| B\n", "|\n", "||"]
)
def test_a_row_that_is_no_pair(line: str) -> None:
    """A row of one cell has no value."""
    assert find_row_value(line) is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("| a | b |", ["a", "b"]),
        ("a | b", ["a", "b"]),
        ("| a \\| b |", ["a \\| b"]),
        ("| | |", ["", ""]),
        ("|", [""]),
    ],
)
def test_cells(line: str, expected: list[str]) -> None:
    """A row's cells are what stands between its bars; an escaped one is none."""
    assert split_cells(line) == expected
