"""Tables of keys and values, in templates and in documents."""

import pytest

from assistant.folder.summary import summarize_document
from assistant.markdown.document import parse_document
from assistant.template.align import align_document
from assistant.template.parts import Slot
from assistant.template.tables import has_keys_on_top
from assistant.template.template import read_template

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
    ("head", "rows", "on_top"),
    [
        ("Status | Date", ["Draft | 2026-01-01"], True),
        ("Status | Owner | Team", ["Draft | a | b"], True),
        ("Status | Meaning", ["Draft | begun"], False),
        ("Status | Date", ["Draft | 2026-01-01", "Final | 2026-01-02"], False),
        ("Name | Colour | Size", ["a | b | c"], False),
    ],
)
def test_keys_may_stand_on_top(head: str, rows: list[str], *, on_top: bool) -> None:
    """Keys are in the header over one row of values; two known ones, or one of three columns."""
    split = [row.split(" | ") for row in rows]

    assert has_keys_on_top(head.split(" | "), split) == on_top
