"""What a document lists of risks and questions, and where."""

import pytest
from hypothesis import given

from assistant.markdown.document import parse_document
from assistant.suggestions.listed import find_listed_items
from tests.support import templates
from tests.support.reviewing import DOCUMENT
from tests.support.strategies import markdown


def test_table_and_list() -> None:
    """The risk column of a table and the items of a list of questions are listed."""
    found = find_listed_items(parse_document(DOCUMENT))

    assert found.risks == ("The session store is down and nobody can log in",)
    assert found.questions == ("Who may read the audit records?",)
    assert found.tables[0].roles == ("risk", "impact", "likelihood", "mitigation")
    assert (len(found.risky), len(found.asking)) == (1, 1)


def test_template_lists_nothing() -> None:
    """Examples, hints and blank rows are nothing that somebody listed."""
    found = find_listed_items(templates.load("design_document").document)

    assert not [text for text in found.risks if text != "Technical Debt"]
    assert not found.questions
    assert len(found.tables) == 1


@pytest.mark.parametrize(
    ("head", "roles"),
    [
        ("| # | Threat | Severity | Probability |", ("number", "risk", "impact", "likelihood")),
        ("| Description | Owner | Mitigation |", ("risk", "", "mitigation")),
        ("| Mitigation strategy | Risk |", ("mitigation", "risk")),
        ("| Risk | Risk impact |", ("risk", "impact")),
    ],
)
def test_columns(head: str, roles: tuple[str, ...]) -> None:
    """What a column holds is told by its heading, in any order."""
    ruled = "|" + "---|" * len(roles)
    found = find_listed_items(parse_document(f"## Details\n\n{head}\n{ruled}\n"))

    assert found.tables[0].roles == roles


@pytest.mark.parametrize("head", ["| Name | Type |", "| Risk | Owner |", "| Impact | Likelihood |"])
def test_other_tables(head: str) -> None:
    """A table without risks, or with nothing about them and under another heading, is none."""
    assert not find_listed_items(parse_document(f"## Details\n\n{head}\n|---|---|\n")).tables


@pytest.mark.parametrize(
    ("text", "risks"),
    [
        ("## Risks\n- One thing\n- Another\n  - of it\n", ("One thing", "Another - of it")),
        ("## Risks and Mitigations\n\nIt may\nfail.\n\nOr not.\n", ("It may fail.", "Or not.")),
        ("## Risks\n\n### Clock skew\n\nLeases end.\n", ("Clock skew", "Leases end.")),
        ("## Threats\n<!-- hint -->\n1. One\n\n## Next\n- no risk\n", ("One",)),
        ("## Riesgos\n* Uno\n", ("Uno",)),
        ("# Risk of fire\n\n## Overview\n- no risk\n", ()),
        ("## Brisk\n- no risk\n", ()),
    ],
)
def test_risks(text: str, risks: tuple[str, ...]) -> None:
    """Items, paragraphs and sub-headings of a section on risks are risks; others are not."""
    assert find_listed_items(parse_document(text)).risks == risks


@pytest.mark.parametrize(
    "title", ["Open Questions", "Unresolved questions", "Open Issues [optional]", "Offene Fragen"]
)
def test_questions(title: str) -> None:
    """A section on what is open is found by its usual names."""
    assert find_listed_items(parse_document(f"## {title}\n1. Why?\n")).questions == ("Why?",)


@given(markdown())
def test_any_text(text: str) -> None:
    """Every text can be looked at, and what is listed stands in it."""
    found = find_listed_items(parse_document(text))

    assert all(any(c.isalnum() for c in one) for one in (*found.risks, *found.questions))


def test_a_title_is_the_place_for_risks_only_where_no_section_is() -> None:
    """Risks are added below the heading that is about them, not under a title that names them."""
    fma = "# Fusaka: Failure Modes\n\n| | |\n|---|---|\n| Author | x |\n\n## {}\n\nText.\n"

    assert find_listed_items(
        parse_document(fma.format("Failure Modes and Recovery Paths"))
    ).risky == (1,)
    assert find_listed_items(parse_document(fma.format("Introduction"))).risky == (0,)
