"""Which section of a document is which of its template's."""

import pytest

from assistant.markdown.document import parse_document
from assistant.template.align import Alignment, align_document
from assistant.template.template import Template, load_template, read_template
from assistant.template.unwritten import find_askable_fields, is_not_applicable

TEMPLATE = read_template(
    parse_document(
        "# [Name]\n\n## Why\n\n## Parts\n\n### Part A\n- **Use:** \n\n### Part B\n```sql\n```\n\n"
        "## Calls\n\n### `POST /x/[y]`\n- **In:** \n- **Out:** \n\n"
        "### `GET /x/[y]`\n- **Out:** \n\n"
        "## End (Optional)\n"
    ),
    "t",
)


def aligned(text: str, template: Template = TEMPLATE) -> Alignment:
    return align_document(template, parse_document(text))


def pairs(alignment: Alignment) -> list[tuple[str, str]]:
    return [(match.section.title, match.spec.title) for match in alignment.matches]


def test_template_fits_itself() -> None:
    """A template's own text has every section in its place, and nothing else."""
    template = load_template(None)
    found = align_document(template, template.document)

    assert [match.spec for match in found.matches] == list(template.specs)
    assert found.missing == ()
    assert found.unknown == ()


def test_items_of_a_group_are_any_children() -> None:
    """Children that are nothing else are items of the heading's group."""
    found = pairs(aligned("# T\n\n## Why\n\n## Parts\n\n### Store\n- **Use:** x\n\n### Page\n"))

    assert ("Store", "Part A") in found
    assert ("Page", "Part B") in found


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("`GET /a`", "`GET /x/[y]`"),
        ("`POST /a`", "`POST /x/[y]`"),
        ("`PUT /a`", "`POST /x/[y]`"),
    ],
)
def test_first_word_tells_the_example(title: str, expected: str) -> None:
    """An endpoint follows the example with its method, else the first."""
    found = aligned(f"# T\n\n## Calls\n\n### {title}\n- **Out:** x\n")

    assert (title, expected) in pairs(found)


def test_optional_headings_are_not_missed() -> None:
    """A heading that the template marks as optional may be absent."""
    found = aligned("# T\n\n## Why\n\n## Parts\n\n## Calls\n")

    assert found.missing == ()


def test_missing_and_unknown() -> None:
    """What the template has and the document lacks is missing; the opposite is unknown."""
    found = aligned("# T\n\n## Parts\n\n## Calls\n\n## Mine\n")

    assert [spec.title for spec in found.missing] == ["Why"]
    assert [section.title for section in found.unknown] == ["Mine"]


def test_wrong_level_is_found_by_its_title() -> None:
    """A section at another level is known by its title, and said to be misplaced."""
    found = aligned("# T\n\n### Why\n\n## Parts\n\n## Calls\n")

    assert [match.section.title for match in found.matches if match.misplaced] == ["Why"]


def test_two_groups_side_by_side() -> None:
    """Items under one heading go to the group whose words they count in."""
    template = read_template(
        parse_document("# T\n\n## G\n\n### Item A\n\n### Item B\n\n### Phase 1\n\n### Phase 2\n"),
        "t",
    )
    found = pairs(aligned("# T\n\n## G\n\n### Item Q\n\n### Other\n\n### Phase 1: x\n", template))

    assert found[2:] == [("Item Q", "Item A"), ("Other", "Item B"), ("Phase 1: x", "Phase 1")]


def test_inapplicable_is_one_line() -> None:
    """Only the one line with a reason says that a section does not apply."""
    sections = parse_document(
        "## A\nNot applicable: none.\n## B\nNot applicable: x\nand more\n"
    ).sections

    assert [is_not_applicable(section) for section in sections if section.level] == [True, False]


def test_own_sub_sections_are_what_is_written() -> None:
    """A section with sub-sections of a person's own is written once those say something."""
    template = read_template(parse_document("# [T]\n\n## Why\n\n## How\n\n### Steps\n"), "t")
    text = "# X\n\n## Why\n\n### Mine\n{}\n## How\n\n### Steps\nOne.\n"

    for words, blank in (("", ["Why"]), ("Text.\n", [])):
        alignment = align_document(template, parse_document(text.format(words)))
        assert [m.section.title for m in alignment.matches if find_askable_fields(m)] == blank


def test_own_sub_sections_write_no_labels() -> None:
    """What a person says in sub-sections answers the prose of their section, not its labels."""
    template = read_template(parse_document("# [Name]\n\n## Why\n<!-- c -->\n- **Use:** \n"), "t")
    found = aligned("# T\n\n## Why\n- **Use:** \n\n### My own\n\nText.\n", template)

    [why] = [match for match in found.matches if match.section.title == "Why"]
    assert [getattr(field, "written", None) for field in why.body.fields] == [False]


def test_heading_in_other_words_is_not_a_persons_own() -> None:
    """What is almost the template's heading is named beside the one that is missing."""
    template = read_template(
        parse_document("# [T]\n\n## Why\n<!-- why -->\n\n### Main goals\n"), "t"
    )
    alignment = align_document(template, parse_document("# X\n\n## Why\n\n### Main goal\nText.\n"))

    assert [(r.spec.title, r.section.title) for r in alignment.reworded] == [
        ("Main goals", "Main goal")
    ]
    assert [m.section.title for m in alignment.matches if find_askable_fields(m)] == ["Why"]


def test_first_heading_is_no_title_where_it_is_a_section() -> None:
    """A document whose sections stand at level 1 has no title, and they are misplaced."""
    template = read_template(parse_document("# [T]\n\n## Why\n\n## How\n"), "t")
    alignment = align_document(template, parse_document("# Why\nText.\n\n# How\nText.\n"))

    assert [spec.title for spec in alignment.missing] == ["[T]"]
    assert [m.misplaced for m in alignment.matches] == [True, True]


@pytest.mark.parametrize(
    "heading", ["## How <!-- optional -->", "## How", "## How <!-- mine -->", "## How (optional)"]
)
def test_a_comment_beside_a_heading_is_no_part_of_its_name(heading: str) -> None:
    """A heading with a comment behind it is the one of that name, and optional if that says so."""
    template = read_template(parse_document("# [T]\n\n## Why\n\n## How <!-- optional -->\n"), "t")

    found = aligned(f"# X\n\n## Why\n\n{heading}\n\nText.\n", template)
    without = aligned("# X\n\n## Why\n", template)

    assert [match.section.title for match in found.matches][2:] == [heading[3:]]
    assert (found.missing, found.unknown, without.missing) == ((), (), ())
