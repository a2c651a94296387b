"""A document got ready to be filled: headings added, sections found again, what is open blanked."""

import pytest
from hypothesis import given

from assistant.editing.prepare import (
    add_missing_headings,
    empty_sections,
    fits_template,
    make_own_template,
    make_section_keys,
)
from assistant.markdown.document import parse_document
from assistant.template.template import read_template
from tests.support import strategies

TEMPLATE = read_template(
    parse_document(
        "# [Name]\n\n## Why\n\n- **Use:** \n\n## Goals\n\n## How\n\n## Risks\n\n## End\n"
    ),
    "t",
)


@given(strategies.markdown())
def test_each_section_has_a_key_of_its_own(text: str) -> None:
    """No two sections of a document are found by one key, whatever their headings are."""
    document = parse_document(text)
    found = make_section_keys(document)

    assert len(found) == len(document.sections)
    assert len(set(found)) == len(found)


def test_a_key_outlives_another_title() -> None:
    """A section is found by the titles above it, without the document's own, whatever its case."""
    assert make_section_keys(parse_document("# A\n\n## Why\n\n### Now\n"))[1:] == (
        ("why",),
        ("why", "now"),
    )
    assert make_section_keys(parse_document("# B\n\n## WHY\n\n### now\n"))[1:] == (
        ("why",),
        ("why", "now"),
    )


def test_two_titles_of_a_document_are_part_of_the_keys() -> None:
    """Where two headings are at the top, none is the document's title."""
    assert make_section_keys(parse_document("# A\n\n## Why\n\n# B\n\n## Why\n")) == (
        ("a",),
        ("a", "why"),
        ("b",),
        ("b", "why"),
    )


def test_sections_of_one_title_are_counted() -> None:
    """The second section of a title has another key than the first, and the third a third."""
    found = make_section_keys(parse_document("# T\n\n## Why\n\n## Why\n\n## Why\n"))

    assert found[1] == ("why",)
    assert [key[0].startswith("why\0") for key in found[2:]] == [True, True]
    assert len(set(found)) == 4


@pytest.mark.parametrize(
    ("text", "fit"),
    [
        ("# T\n\n## Why\n\n## Goals\n\n## How\n", True),
        ("# T\n\n## Why\n\n## Goals\n", False),
        ("# T\n\n## Why\n", False),
        ("# T\n\n## Motivation\n\n## Plan\n", False),
        ("", False),
    ],
)
def test_a_document_fits_by_half_of_the_headings(text: str, *, fit: bool) -> None:
    """A document is of a template if it has at least half of its five sections."""
    assert fits_template(TEMPLATE, parse_document(text)) is fit


def test_most_of_a_documents_own_headings_do_too() -> None:
    """Four known sections are enough in a large template if nearly all of a document is known."""
    titles = [f"## Title {letter * 3}\n" for letter in "abcdefghijkl"]
    large = read_template(parse_document("# [Name]\n\n" + "\n".join(titles)), "t")

    def fit(known: int, unknown: int) -> bool:
        mine = [f"## Mine {letter * 3}\n" for letter in "abcdefgh"[:unknown]]
        return fits_template(large, parse_document("# T\n\n" + "\n".join([*titles[:known], *mine])))

    assert fit(4, 1)
    assert not fit(3, 0)
    assert not fit(4, 2)
    assert fit(6, 8)


def test_a_document_is_its_own_template() -> None:
    """Headings with nothing under them are what is asked; text, and what stands above, is not."""
    template = make_own_template(
        parse_document("# T\n\n## Why\n\n## Goals\n\nOurs.\n\n## How\n\n### Now\n")
    )

    assert [spec.title for spec in template.specs if spec.slots] == ["Why", "Now"]


def test_a_section_of_its_own_template_can_be_written_anew() -> None:
    """What somebody names is asked for although it has text."""
    document = parse_document("# T\n\n## Why\n\n## Goals\n\nOurs.\n")
    template = make_own_template(document, lambda key: key == ("goals",))

    assert [spec.title for spec in template.specs if spec.slots] == ["Why", "Goals"]


def test_only_what_is_named_is_emptied() -> None:
    """A section that is written anew gets the template's text; comments to the checker stay."""
    text = "# T\n\n## Why\n<!-- draft: ignore D304 -->\n\nBecause.\n\n## Goals\n\nOurs.\n"
    found = empty_sections(TEMPLATE, parse_document(text), lambda key: key == ("why",)).text

    assert "Because" not in found
    assert "- **Use:**" in found
    assert found.endswith("## Goals\n\nOurs.\n")
    assert empty_sections(TEMPLATE, parse_document(text), lambda _: False).text == text


TWINS = read_template(
    parse_document(
        "# [Name]\n\n## Same\n\n### More\n\n## Parts\n\n### Part A\n\n### Part B\n\n"
        "## Other\n\n### More\n\n## End\n"
    ),
    "t",
)


@pytest.mark.parametrize(
    ("text", "outline"),
    [
        # A group comes along with the heading that it stands under, and not without.
        ("# T\n\n## Same\n\n### More\n\n## Other\n\n### More\n\n## End\n", "Parts Part-A Part-B"),
        ("# T\n\n## Same\n\n### More\n\n## Parts\n\n## Other\n\n### More\n\n## End\n", ""),
        # Of two headings of one title the one that is lacking is added.
        ("# T\n\n## Same\n\n### More\n\n## Parts\n\n## Other\n\n## End\n", "More"),
        ("# T\n\n## Same\n\n## Parts\n\n## Other\n\n### More\n\n## End\n", "More"),
    ],
)
def test_what_is_lacking_is_added_in_its_place(text: str, outline: str) -> None:
    """The headings that the template requires stand in its order afterwards."""
    after = add_missing_headings(TWINS, parse_document(text)).outline
    before = [(level, title) for level, title in parse_document(text).outline]
    wanted = [(s.level, s.title) for s in TWINS.specs if s.level]
    added = [title.replace("-", " ") for title in outline.split()]

    assert len(after) == len(before) + len(added)
    assert [one for one in after if one[0] > 1] == [
        one for one in wanted if one[0] > 1 and (one in before or one[1] in added)
    ]
