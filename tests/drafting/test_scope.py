"""Which sections a name means, and which of them can be rewritten."""

import pytest

from assistant.drafting.scope import (
    find_rewritable_sections,
    require_rewritable_sections,
    select_sections,
)
from assistant.errors import DraftError, Exit
from assistant.markdown.document import Document, parse_document
from assistant.template.template import Template, read_template

TEMPLATE = read_template(
    parse_document(
        "# [Name]\n\n## Goals\n<!-- why -->\n\n## Design\n\n"
        "### 1. [First choice]\n<!-- what -->\n\n### 2. [Second choice]\n<!-- what -->\n\n"
        "## Risks\n<!-- which -->\n\n## Open Questions\n"
    ),
    "t",
)
TEXT = "# T\n\n## Goals\n\nFast.\n\n## Rollout\n\n### Goals\n\nSlow.\n\n## Rollback\n\nNone.\n"


def selected(name: str, text: str = TEXT, template: Template = TEMPLATE) -> str:
    """The last title of the only section that is meant."""
    [key] = select_sections(parse_document(text), (name,), template)
    return str(key[-1])


def refused(name: str, text: str = TEXT) -> DraftError:
    """The error for a name that means no one section."""
    with pytest.raises(DraftError) as caught:
        select_sections(parse_document(text), (name,), TEMPLATE)
    assert caught.value.exit_code == Exit.USAGE
    assert name in caught.value.where
    return caught.value


@pytest.mark.parametrize("name", ["Rollback", "rollback", "## Rollback", " ROLLB ", "T > Rollback"])
def test_a_name_means_one_section(name: str) -> None:
    """Case, number signs and outer blanks don't count, and the beginning of a name is enough."""
    assert "rollback" in selected(name).lower()


def test_a_whole_name_wins_over_a_beginning() -> None:
    """A section whose name is just this is meant, though others begin with it."""
    assert "roll" in selected("Roll", TEXT + "\n## Roll\n\nx\n").lower()
    assert "rollout" not in selected("Roll", TEXT + "\n## Roll\n\nx\n").lower()


def test_a_path_tells_sections_of_one_name_apart() -> None:
    """What two sections are called needs the heading above it."""
    error = refused("Goals")

    assert error.code == "ambiguous-section"
    assert "T > Goals" in error.message
    assert "Rollout > Goals" in error.message
    assert select_sections(parse_document(TEXT), ("Rollout > Goals",), TEMPLATE)


def test_an_unknown_name_says_what_there_is() -> None:
    """The headings are listed, and one that the template has can be added."""
    assert refused("Nonsense").hint == ""
    assert "Rollback" in refused("Nonsense").message
    assert "--add-missing" in refused("Risks").hint
    assert "no headings" in refused("Risks", "Only words.\n").message
    assert "and 3 more" in refused("x", "".join(f"## {n}a\n\n" for n in range(15))).message


def blank() -> Document:
    """A document with the template's examples as they are."""
    return parse_document(TEMPLATE.text)


def test_an_example_stands_for_its_group() -> None:
    """Where nobody began a heading group, one of its examples means all of it."""
    one = select_sections(blank(), ("1. [First choice]",), TEMPLATE)
    group = select_sections(blank(), ("Design",), TEMPLATE)

    assert one == group


def test_only_what_a_model_wrote_can_be_rewritten() -> None:
    """A section with text of its own can be; an untouched one, and the program's own, cannot."""
    document = parse_document(
        "# T\n\n## Goals\n\nFast.\n\n## Risks\n<!-- which -->\n\n## Open Questions\n\n- Why?\n"
    )
    every = select_sections(document, ("Goals", "Risks", "Open Questions"), TEMPLATE)

    assert find_rewritable_sections(document, every, TEMPLATE) == {every[0]}
    with pytest.raises(DraftError) as caught:
        require_rewritable_sections(document, every[1:], TEMPLATE)
    assert caught.value.code == "not-rewritable"
