"""Tests of `blank`: a template as a document that nobody wrote in yet."""

# ruff: noqa: E501  tables of examples

import re

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from assistant.editing.blank import make_blank_text
from assistant.editing.place import render_name
from assistant.markdown.blocks import split_lines
from assistant.markdown.document import parse_document
from assistant.markdown.elements import fold_name
from assistant.markdown.links import make_fragments
from assistant.template.align import align_document
from assistant.template.fields import Field
from assistant.template.parts import Group, Slot
from assistant.template.template import Template, parse_template
from assistant.template.unwritten import find_askable_fields, is_optional_slot
from tests.support import templates
from tests.support.strategies import templates as generated
from tests.support.strategies import wild


def asked(template: Template) -> list[str]:
    """The keys of the model's slots and groups in a template, less those that are optional."""
    found = [part for spec in template.specs for part in spec.parts]
    return [
        part.key
        for part in found
        if isinstance(part, Group)
        or (isinstance(part, Slot) and part.owner == "model" and not is_optional_slot(part))
    ]


def pending(template: Template, text: str) -> list[str]:
    """The keys of what is unwritten in a document."""
    return [
        field.slot.key if isinstance(field, Field) else field.group.key
        for match in align_document(template, parse_document(text)).matches
        for field in find_askable_fields(match)
    ]


@given(generated())
def test_a_blank_document_asks_for_the_templates_slots(text: str) -> None:
    """A blank document's unwritten slots are exactly the template's."""
    template = parse_template(text.encode(), "x")
    document = make_blank_text(template, "", {})
    note(document)

    assert pending(template, document) == asked(template)
    assert not [
        m for m in align_document(template, parse_document(document)).matches if m.body.missing
    ]


@pytest.mark.parametrize("real", templates.known())
def test_a_real_blank_document_asks_for_the_templates_slots(real: str) -> None:
    """A real template's blank document has exactly its slots, unwritten."""
    template = templates.load(real)

    assert pending(template, make_blank_text(template, "Sign in", {})) == asked(template)


@given(generated())
def test_a_blank_document_without_names_is_the_template(text: str) -> None:
    """Without title and names a blank document is the template, less its instruction."""
    template = parse_template(text.encode(), "x")

    assert template.text.endswith(make_blank_text(template, "", {}))


def test_the_title_takes_its_place() -> None:
    """The title replaces the words that are to be replaced, and nothing beside them."""
    text = make_blank_text(templates.load("design_document"), "Sign in", {})

    assert text.startswith("# Sign in Design Document\n")
    assert make_blank_text(
        templates.load("design_document"), "Sign in design document", {}
    ).startswith("# Sign in design document\n")


@pytest.mark.parametrize(
    "heading", ["# Your title ##", "Your\ntitle\n===", "Your\r\n  title\r\n===", "  #\tYour title"]
)
def test_a_title_stands_in_every_kind_of_heading(heading: str) -> None:
    """A heading with closing marks or an underline takes the title too."""
    template = parse_template(f"{heading}\n\nThe title is short.\n\n## S\n".encode(), "x")

    assert parse_document(make_blank_text(template, "Sign in", {})).outline == (
        (1, "Sign in"),
        (2, "S"),
    )


@st.composite
def with_contents(draw: st.DrawFn) -> str:
    """A template that lists its own headings, under the title or in a section of its own."""
    text = draw(generated())
    document = parse_document(text)
    named = [section for section in document.sections if section.level]
    own = make_fragments([section.title for section in named])
    rows = [
        f"{'  ' * (section.level - 1)}- [{section.title}](#{fragment})"
        for section, fragment in zip(named, own, strict=True)
    ]
    marked = ["<!-- toc -->", *rows, "<!-- /toc -->"]
    listed = document.newline.join(draw(st.sampled_from((rows, marked))))
    opening = draw(st.sampled_from(("", f"## Table of contents{document.newline * 2}")))
    at = named[0].body_start
    gap = "" if named[0].heading.endswith(("\n", "\r")) else document.newline
    gap += document.newline
    return f"{text[:at]}{gap}{opening}{listed}{document.newline * 2}{text[at:]}"


ENTRY = re.compile(r" *- \[.+\]\(#(\S*)\)")
_NAMES = st.one_of(st.sampled_from(("Out", "GET /a", "Overview", "`x` y")), wild).map(render_name)


@given(with_contents(), st.data())
def test_a_table_of_contents_fits(text: str, data: st.DataObject) -> None:
    """Whatever a title and a group's items are called, a list of contents leads to headings."""
    template = parse_template(text.encode(), "x")
    named = st.lists(_NAMES.filter(bool), max_size=4)
    names = {key: data.draw(named) for key in template.groups if data.draw(st.booleans())}
    taken = {fold_name(spec.title) for spec in template.specs}
    title = data.draw(_NAMES.filter(lambda own: fold_name(own) not in taken))
    document = parse_document(make_blank_text(template, title, names))
    note(document.text)

    missing = (
        anchor for m in align_document(template, document).matches for anchor in m.body.missing
    )
    assert "contents" not in {anchor.kind for anchor in missing}
    rows = (ENTRY.fullmatch(row.rstrip()) for row in split_lines(document.text))
    led = {row[1] for row in rows if row}
    every = {*make_fragments([title for _, title in document.outline])}
    assert led <= every
    assert not led or len(every - led) <= 1  # the heading over the list is not in it


GROUPS = "# T\n\n## Ends\n\n### `POST /[x]`\n**In:** \n\n### `GET /[x]`\n**Out:** \n\n## Parts\n\n### Part A\na\n\n### Part B"


@pytest.mark.parametrize(
    ("names", "outline"),
    [
        ({}, ["`POST /[x]`", "`GET /[x]`", "Part A", "Part B"]),
        (
            {"T > Ends": ("GET /a", "PUT /b"), "T > Parts": ("One", "Two", "Three")},
            ["`GET /a`", "`PUT /b`", "One", "Two", "Three"],
        ),
        ({"T > Ends": (), "T > Parts": ("One",)}, ["One"]),
    ],
)
def test_a_groups_items_are_named(names: dict[str, tuple[str, ...]], outline: list[str]) -> None:
    """A heading group has the items that it is given, each after the example of its kind."""
    template = parse_template(GROUPS.encode(), "x")
    document = parse_document(make_blank_text(template, "", names))

    assert [title for level, title in document.outline if level == 3] == outline
    bodies = {s.title: s.body.strip() for s in document.sections}
    assert bodies.get("`GET /a`", "**Out:**") == "**Out:**"
    assert bodies.get("`PUT /b`", "**In:**") == "**In:**"


@given(st.sampled_from(["\n", "\r\n", "\r"]), st.integers(1, 4))
def test_every_item_is_a_section_of_its_own(newline: str, count: int) -> None:
    """Items stand apart, in the template's line endings, even where the template ends without."""
    template = parse_template(GROUPS.replace("\n", newline).encode(), "x")
    names = [f"Item {number}" for number in range(count)]
    text = make_blank_text(template, "", {"T > Parts": names})

    assert [title for level, title in parse_document(text).outline if level == 3][2:] == names
    assert parse_document(text).newline == newline
    assert newline == "\n" or "\n" not in text.replace("\r\n", "")
