"""Tables: their cells, and rows that hold a key and its value."""

import pytest

from assistant.folder.summary import summarize_document
from assistant.markdown.document import parse_document
from assistant.markdown.tables import find_row_value, split_cells
from assistant.template.align import align_document
from assistant.template.parts import Slot
from assistant.template.template import read_template


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


KEYS = """\
# [Name]

| Key | Value |
| --- | --- |
| Status | _Draft / In Review / Final_ |
| Author | _Name_ |

## Why
"""
DOCUMENT = KEYS.replace("_Draft / In Review / Final_", "In Review").replace("[Name]", "Sign in")


def unbarred(text: str) -> str:
    """The text with its tables' outer bars taken away."""
    return "".join(
        f"{line[2:].rstrip('| ')}\n" if line.startswith("| ") else f"{line}\n"
        for line in text.splitlines()
    )


@pytest.mark.parametrize("template", [KEYS, unbarred(KEYS)])
@pytest.mark.parametrize("document", [DOCUMENT, unbarred(DOCUMENT)])
def test_outer_bars_say_nothing(template: str, document: str) -> None:
    """Keys, values and what is unwritten are the same with and without a table's outer bars."""
    read = read_template(parse_document(template), "t")
    matches = align_document(read, parse_document(document)).matches
    slots = [part.key for spec in read.specs for part in spec.parts if isinstance(part, Slot)]
    told = summarize_document(read, parse_document(document))

    assert slots == ["status", "author", "why"]
    assert read.statuses() == ("Draft", "In Review", "Final")
    assert not [anchor for match in matches for anchor in match.body.missing]
    assert (told.title, told.status, told.unwritten) == ("Sign in", "In Review", 1)


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
