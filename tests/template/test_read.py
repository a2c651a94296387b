"""A template section's body as anchors, slots, groups and gaps."""

import pytest
from hypothesis import given

from assistant.markdown.passage import Passage
from assistant.template.parts import Anchor, Group, Slot
from assistant.template.read import BodySetting, read_parts
from tests.support.strategies import markdown


def setting(**changes: bool) -> BodySetting:
    """A section of the model's, with nothing below it."""
    own = {"leaf": True, "opening": False, "metadata": False, "grouped": False} | changes
    return BodySetting(title="Section", **own)


def shape(body: str, **changes: bool) -> list[str]:
    """The parts that are more than white space between others."""
    found: list[str] = []
    for part in read_parts(Passage(body=body), setting(**changes)):
        if isinstance(part, Slot):
            found.append(f"{part.kind} {part.key}")
        elif isinstance(part, Group):
            found.append(f"group of {len(part.variants)}")
        elif isinstance(part, Anchor):
            found.append(f"anchor {part.kind}")
        elif part.text.strip():
            found.append("guidance" if part.guidance else "fixed")
    return found


@given(markdown())
def test_parts_joined_are_the_body(body: str) -> None:
    """A body's parts, joined, are the body."""
    for leaf in (True, False):
        for opening in (True, False):
            parts = read_parts(Passage(body=body), setting(leaf=leaf, opening=opening))
            assert "".join(part.text for part in parts) == body


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", ["prose section"]),
        ("<!-- c -->", ["prose section"]),
        ("Say why.", ["prose section"]),
        ("Say why.\n\n[a]: b\n", ["prose section", "anchor reference"]),
        ("<!-- c -->\nFixed.", ["prose section", "fixed"]),
        ("<!-- c -->\n- **Aim:** ", ["guidance", "anchor label", "text aim"]),
        ("<!-- c -->\n- **Aim:** words of its own", ["prose section", "fixed"]),
        ("- **Option A:** \n- **Option B:** ", ["group of 2"]),
        (
            "- **Option A:** \n- **Option C:** ",
            ["anchor label", "text option_a", "anchor label", "text option_c"],
        ),
        ("- **[Name]:** ", ["group of 1"]),
        ("```sql\nx\n```", ["anchor fence", "code section", "anchor fence"]),
        ("**In:**\n```\nx\n```", ["anchor label", "anchor fence", "code in", "anchor fence"]),
        ("| A |\n|---|\n| [x] |", ["anchor table", "rows section"]),
        ("- [ ] Flag", ["anchor check"]),
        ("[ ] I agree.\n\n<!-- c -->", ["anchor check", "guidance"]),
        ("- [Link]", ["items section"]),
        ("- ", ["items section"]),
        (
            "* **Aim:** Say why.\n* **Plan**: Say how.",
            ["anchor label", "text aim", "anchor label", "text plan"],
        ),
        (
            "Fill this in: all.\n\n**Aim:** Say why.\n\n**Plan:** ",
            ["fixed", "anchor label", "text aim", "anchor label", "text plan"],
        ),
        ("**Aim:** Say why.\n\nAnd more.", ["prose section"]),
        ("- **Aim:** Say why.\n- and more", ["prose section"]),
        ("Aim: say why.\n\nPlan: say how.", ["prose section"]),
        ("**A:** \n**A:** ", ["anchor label", "text a", "anchor label", "text a_2"]),
    ],
)
def test_a_body_has_these_parts(body: str, expected: list[str]) -> None:
    """Where a comment stands it is guidance and other prose is fixed; else prose is the slot."""
    assert shape(body) == expected


def test_what_stands_behind_a_label_of_a_form_is_its_guidance() -> None:
    """In a form of bold labels each one's words are guidance and placeholder of its own slot."""
    parts = read_parts(
        Passage(body="* **Issue:** Describe it.\n* **Status:** Its status.\n"), setting()
    )

    slots = [part for part in parts if isinstance(part, Slot)]
    assert [(slot.guidance, slot.owner) for slot in slots] == [
        ("Describe it.", "model"),
        ("Its status.", "program"),
    ]


def test_where_a_section_stands_decides() -> None:
    """An opening is instruction, and a comment above a heading group is about the group."""
    assert shape("Say why.", opening=True, leaf=False) == ["guidance"]
    assert shape("<!-- c -->", grouped=True, leaf=False) == ["guidance"]
    assert shape("<!-- c -->", leaf=False) == ["prose section"]
    assert shape("", leaf=False) == []


@pytest.mark.parametrize(
    ("name", "metadata", "owner"),
    [
        ("Status", False, "program"),
        ("Author(s)", True, "program"),
        ("Reviewers", True, "people"),
        ("Reviewers", False, "model"),
        ("Context", False, "model"),
    ],
)
def test_a_label_says_whose_its_slot_is(name: str, metadata: bool, owner: str) -> None:  # noqa: FBT001
    """Status and author are the program's, other metadata people's, the rest the model's."""
    parts = read_parts(Passage(body=f"- **{name}:** "), setting(metadata=metadata))

    assert [part.owner for part in parts if isinstance(part, Slot)] == [owner]
