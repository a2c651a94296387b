"""Tests of `template`: which slots, groups and anchors a template has."""

# ruff: noqa: E501  tables of examples

import csv
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import DraftError, Exit
from assistant.markdown.document import encode_text, parse_document
from assistant.template.parts import Group, Slot, Spec
from assistant.template.template import MAX_BYTES, Template, parse_template, read_template
from tests.support import paths, templates
from tests.support.strategies import markdown
from tests.support.strategies import templates as generated

SLOTS = paths.DATA / "slots"
Row = tuple[str, str, str, str, str]
WORDS = 6


def cut(text: str) -> str:
    """Text as a fixture shows it: its first words."""
    words = text.split()
    return " ".join(words[:WORDS]) + ("…" if len(words) > WORDS else "")


def found(template: Template) -> Iterator[Row]:
    """The template's slots as rows of a fixture."""
    title = template.title
    for part in template.front:
        if isinstance(part, Slot):
            yield "-", part.label, part.kind, part.owner, cut(part.text)
    if title is not None and title.open is not None:
        # A number that people give is part of what a reader sees to replace.
        name = title.open[1] if title.open[1].startswith("[") else title.title
        yield "-", "", "title", "program", cut(name)
    done: set[str] = set()
    for spec in template.specs:
        if spec.group and spec.group not in done:
            done.add(spec.group)
            heads = " / ".join(head.title for head in template.groups[spec.group])
            yield path(template, spec.path[:-1]), heads, "group", "model", ""
        yield from section(template, spec)


def path(template: Template, titles: tuple[str, ...]) -> str:
    """A path as a fixture writes it."""
    title = template.title
    own = titles[1:] if title is not None and titles[:1] == (title.title,) else titles
    return " > ".join(own) or "-"


def section(template: Template, spec: Spec) -> Iterator[Row]:
    """The rows of one section."""
    where = path(template, spec.path)
    for part in spec.parts:
        if isinstance(part, Slot):
            yield where, part.label, part.kind, part.owner, cut(part.text)
        elif isinstance(part, Group):
            first = part.variants[0]
            yield where, " / ".join(v.name for v in part.variants), "group", "model", ""
            for slot in first.parts:
                if isinstance(slot, Slot):
                    own = slot.key == "text"
                    label = first.name if own else f"{first.name} > {slot.label}"
                    yield where, label, slot.kind, slot.owner, cut(slot.text)


@pytest.mark.parametrize("name", [paths.BUILT_IN.stem, *templates.REAL])
def test_the_slots_are_those_written_down_by_hand(name: str) -> None:
    """The slots found in a template are those that a reader wrote down."""
    if name not in templates.known():
        pytest.skip("DRAFT_CORPUS names no folder of real templates")
    with (SLOTS / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        _, *expected = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)

    assert [list(row) for row in found(templates.load(name))] == expected


@given(markdown())
def test_parts_joined_are_the_template(text: str) -> None:
    """A template's parts, joined, are its text, and each section's parts its section."""
    document = parse_document("# T\n" + text)
    template = read_template(document, "x")

    assert template.text == template.document.text
    for spec, own in zip(template.specs, template.document.sections, strict=True):
        assert spec.text == own.heading + own.body


@pytest.mark.parametrize("name", templates.known())
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_endings_change_no_slot(name: str, newline: str) -> None:
    """A template has the same slots with every line ending."""
    text = templates.load(name).document.text
    other = parse_template(encode_text(text.replace("\n", newline)), name)

    assert list(found(other)) == list(found(templates.load(name)))


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "empty"),
        (b"words without a heading\n", "no heading"),
        (b"```\n# in a fence\n```\n", "no heading"),
        (b"# T\0\n", "not a text"),
        ("# é\n".encode("latin-1"), "not UTF-8"),
        ("# T\n".encode("utf-16"), "not"),
        (b"# T\n" + b"x" * MAX_BYTES, "bytes"),
    ],
)
def test_what_is_no_template_is_refused(data: bytes, word: str) -> None:
    """What is empty, binary, too large, not UTF-8 or without a heading is refused with a reason."""
    with pytest.raises(DraftError, match=word) as caught:
        parse_template(data, "some/file.md")

    assert caught.value.exit_code is Exit.FILE
    assert caught.value.where == "some/file.md"


def test_an_instruction_before_the_template_is_dropped() -> None:
    """A first H1 without slots, before the one that is to be named, is instruction."""
    text = "# How to\nDo this.\n# [Name] Design\n## Overview\n"

    assert parse_template(text.encode(), "x").text == text[text.index("# [Name]") :]


@given(st.sampled_from(["\n", "\r\n"]))
def test_keys_differ_within_a_section(newline: str) -> None:
    """Slots of one section have different keys, so that an answer names one of them."""
    text = newline.join(["# T", "## S", "<!-- c -->", "- **A:** ", "- **A:** ", "- **a:** ", ""])
    spec = parse_template(text.encode(), "x").specs[1]

    assert len({slot.key for slot in spec.slots}) == len(spec.slots) == 3


def test_of_several_top_headings_none_is_the_title() -> None:
    """A title is the one heading of level 1, and the first."""
    assert parse_template(b"# [Name]\n\n## A\n", "x").title is not None
    assert parse_template(b"# One\n\n# Two\n\n# Three\n", "x").title is None
    assert parse_template(b"## A\n\n# One\n", "x").title is None


def test_three_top_headings_are_no_prologue() -> None:
    """An instruction has a heading of its own before the one template that follows it."""
    text = "# How to\nDo this.\n# [Name] Design\n## Overview\n# Appendix\n"

    assert parse_template(text.encode(), "x").text == text


def test_a_group_within_an_item_of_a_group_is_part_of_the_item() -> None:
    """Sub-headings that count are a group of their own only where they are not in an item already."""
    text = "# [N]\n\n## Parts\n\n<!-- Which? -->\n\n### Part A\n\n<!-- c -->\n\n#### Step 1\n\n#### Step 2\n\n### Part B\n"
    made = parse_template(text.encode(), "x")
    specs = {spec.title: spec for spec in made.specs}

    assert set(made.groups) == {"[N] > Parts"}
    assert specs["Parts"].slots == ()  # its comment is about the group
    assert [slot.kind for slot in specs["Part A"].slots] == ["prose"]


def test_state_is_a_status() -> None:
    """A label called State holds the status, as one called Status does."""
    for name in ("State", "Status", "STATUS"):
        made = parse_template(f"# [N]\n\n- **{name}:** [Open | Done]\n\n## A\n".encode(), "x")
        assert made.statuses() == ("Open", "Done")


@given(generated())
def test_each_section_has_an_index(text: str) -> None:
    """A section's index is its place among the template's, whatever else is alike."""
    template = parse_template(text.encode(), "x")

    assert [spec.index for spec in template.specs] == list(range(len(template.specs)))
