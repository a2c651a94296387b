"""Tests of `fields`: where a template's slots are in a document, and which are unwritten."""

import pytest
from hypothesis import example, given

from assistant.markdown.passage import Passage
from assistant.template.fields import Field, ListItems, MatchedBody, match_parts
from assistant.template.parts import Slot, is_blank
from assistant.template.read import BodySetting, read_parts
from tests.support.strategies import markdown


def held(template: str, document: str) -> MatchedBody:
    """A document's body read against a template's."""
    parts = read_parts(
        Passage(body=template), BodySetting(title="S", leaf=True, opening=False, metadata=False)
    )
    return match_parts(parts, Passage(body=document))


def contents(template: str, document: str) -> list[str]:
    """What stands in each of the slots."""
    return [f.content for f in held(template, document).fields if isinstance(f, Field)]


LABELS = "<!-- c -->\n**Aim:** \n\n**Plan:** <!-- how -->\n"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (LABELS, [" ", " <!-- how -->"]),
        ("**Aim:** one\ntwo\n\nthree\n\n**Plan:** x\n", [" one\ntwo\n\nthree", " x"]),
        ("**Aim:** x\n\n**Other:** y\n\n**Plan:** z", [" x", " z"]),
        ("**Plan:** z", [" z"]),
        ("**Aim**: x\r\n\r\nPlan: z\r\n", [" x", " z"]),
    ],
)
def test_a_labels_text_is_what_stands_behind_it(document: str, expected: list[str]) -> None:
    """A label's text goes on to the next label, and ends with its last word."""
    assert contents(LABELS, document) == expected


def test_anchors_that_are_not_there_are_missing() -> None:
    """An anchor that a document lacks is reported, and its slot is not guessed."""
    assert [anchor.key for anchor in held(LABELS, "**Aim:** x").missing] == ["plan"]
    assert contents(LABELS, "**Aim:** x") == [" x"]


@pytest.mark.parametrize(
    ("template", "document", "expected"),
    [
        ("```sql\nx\n```", "```sql\nSELECT 1\n```\n", ["SELECT 1\n"]),
        ("```\nx\n```", "````mermaid\na\n````", ["a\n"]),
        ("| A |\n|---|\n| [x] |", "| A |\n|---|\n| a |\n| b |\n\nmore", ["| a |\n| b |"]),
        ("| A |\n|---|\n| [x] |", "| A |\n|---|\n", [""]),
        ("| | |\n|---|---|\n| K | _v_ |", "| | |\n|---|---|\n| K | mine |", [" mine "]),
        ("<!-- c -->\n- [link]", "before\n\n- a\n- b\n\nafter", ["- a\n- b"]),
        ("<!-- c -->\n\nFixed.", "\nmine\n\nFixed.", ["\nmine\n\n"]),
        ("Say it.\n\n[a]: b", "mine\n\n[a]: b", ["mine\n\n"]),
    ],
)
def test_a_slot_is_between_its_anchors(template: str, document: str, expected: list[str]) -> None:
    """Code is in its fence, rows under their header, prose before what is fixed."""
    assert contents(template, document) == expected
    assert all(field.start <= field.end for field in held(template, document).fields)


GROUP = "- **Option A:** \n  - Pros: \n- **Option B:** \n  - Pros: \n"


def test_an_item_follows_the_example_in_its_place() -> None:
    """An item with a name of its own has the slots of the example that stands where it does."""
    template = "- **Option A:** \n  - Pros: \n- **Option B:** \n  - Cost: \n"
    document = "- **Buy:** \n  - Pros: x\n- **Build:** \n  - Cost: y\n- **Wait:** \n  - Pros: z\n"
    found = held(template, document).fields[0]

    assert isinstance(found, ListItems)
    own = [[f.slot.label for f in item.fields if f.slot.key != "text"] for item in found.items]
    assert own == [["Pros"], ["Cost"], ["Pros"]]


def test_a_groups_items_are_found() -> None:
    """A list group has the items that stand there, however many and whatever they are called."""
    document = "- **One:** a\n  - Pros: p\n- **Two:** b\n- **Three:**\n  - Pros: q\n"
    found = held(GROUP, document).fields[0]

    assert isinstance(found, ListItems)
    assert [item.name for item in found.items] == ["One", "Two", "Three"]
    assert [[f.content for f in item.fields] for item in found.items] == [
        [" a", " p"],
        [" b"],
        ["", " q"],
    ]
    assert found.written
    blank = held(GROUP, GROUP).fields[0]
    assert isinstance(blank, ListItems)
    assert not blank.written


@pytest.mark.parametrize(
    ("kind", "placeholder", "content", "expected"),
    [
        ("text", " [x]", " [x]\n", True),
        ("text", "", "  \n", True),
        ("text", "", " N/A", False),
        ("text", "", " None", False),
        ("prose", "<!-- c -->", "", True),
        ("prose", "<!-- c -->", "\n<!-- c -->\n", True),
        ("prose", "<!-- c -->", "<!-- mine -->", False),
        ("prose", "Say  why.", "Say\nwhy.", True),
        ("rows", "| [x] | |\n| | |", "| [x] | |", True),
        ("rows", "| [x] | |\n| | |", "| [x] | |\n| a | |", False),
        ("rows", "| [x] | |\n| | |", "[x] |\n | ", True),
        ("rows", "| [x] | |\n", "a |", False),
        ("items", "- [x]\n- [y]", "- [y]", True),
        ("items", "- ", "* ", True),
        ("items", "- ", "- a", False),
        ("code", "x\n", "x", True),
        ("code", "x\n", "y", False),
    ],
)
def test_unwritten_is_empty_or_the_placeholder(
    kind: str,
    placeholder: str,
    content: str,
    expected: bool,  # noqa: FBT001
) -> None:
    """A slot is unwritten where it holds nothing, its placeholder or the template's comments."""
    slot = Slot(text=placeholder, kind=kind, key="k")  # type: ignore[arg-type]

    assert is_blank(content, slot, ("c",)) is expected


@given(markdown(), markdown())
def test_fields_lie_in_the_body(template: str, document: str) -> None:
    """Every slot lies in the body that it is found in."""
    for field in held(template, document).fields:
        assert 0 <= field.start <= field.end <= len(document)
        if isinstance(field, Field):
            assert document[field.start : field.end] == field.content


@example("<!-- # one line -->\n>")
@example("[a]:\n####### seven\n<!-- # one line -->\n[a]:")
@given(markdown())
def test_a_template_has_its_own_anchors(template: str) -> None:
    """Read against itself a body misses no anchor, and nothing of the model's is written."""
    body = held(template, template)

    assert body.missing == ()
    assert not [field for field in body.fields if isinstance(field, Field) and field.written]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        (" Proposed", True),
        (" In Last Call", True),
        (" [Proposed]", False),
        (" Which status it has", False),
    ],
)
def test_a_status_in_plain_words_is_one(said: str, written: bool) -> None:  # noqa: FBT001
    """A template's first status counts as said; a placeholder or words about it do not."""
    slot = Slot(text=said, kind="text", key="status", role="status", owner="program")

    assert is_blank(said, slot) is not written
