"""The value in a slot that holds one."""

import pytest

from assistant.template.fields import Field
from assistant.template.parts import Slot, SlotKind
from assistant.template.status import find_stated_value


def said(kind: SlotKind, content: str, *, written: bool = True) -> str | None:
    slot = Slot(text="", kind=kind, key="status", role="status", owner="program")
    field = Field(slot=slot, start=0, end=len(content), content=content, written=written)
    found = find_stated_value(field)
    assert found is None or content[found.start : found.end] == found.text
    return found.text if found else None


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        ("text", " Draft", "Draft"),
        ("text", "", ""),
        ("text", " <!-- Draft -->", ""),
        ("text", " <!-- a -->  In Review <!-- b -->", "In Review"),
        ("text", " **Draft**", "Draft"),
        ("text", " `Draft`  ", "Draft"),
        ("text", " *a* and *b*", "*a* and *b*"),
        ("text", "\r\n  Draft\r\n  since May", "Draft"),
        ("cell", " _Final_     ", "Final"),
        ("prose", "\n\n<!-- x\n y -->\n__Accepted__\n\nMore.\n", "Accepted"),
        ("yaml", " draft", "draft"),
        ("yaml", " draft # now", "draft"),
        ("yaml", " dr#aft ", "dr#aft"),
        ("yaml", ' "in # review" # now', "in # review"),
        ("yaml", " 'draft'\n# a comment\n", "draft"),
        ("yaml", "", ""),
        ("yaml", " # nothing", ""),
        ("yaml", "\n  - draft", None),
        ("yaml", " |\n  draft", None),
        ("yaml", " [draft]", None),
        ("yaml", " draft\n  and more", None),
    ],
)
def test_value_is_found_and_nothing_around_it(
    kind: SlotKind, content: str, expected: str | None
) -> None:
    """Markup, quotes and comments are no part of a value; a list or a block is not one value."""
    assert said(kind, content) == expected


@pytest.mark.parametrize("kind", ["text", "cell", "yaml", "prose"])
def test_placeholder_is_whole(kind: SlotKind) -> None:
    """What the template has there is a value with its markup and brackets."""
    assert said(kind, " [Draft | Done] ", written=False) == "[Draft | Done]"
