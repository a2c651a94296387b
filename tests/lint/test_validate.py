"""A document held against its template."""

import pytest

from assistant.lint.check import check_structure
from assistant.lint.rule import Finding
from assistant.markdown.document import parse_document
from assistant.template.template import load_template, read_template
from tests.support.paths import ROOT

TEMPLATE = read_template(
    parse_document(
        "# [Name]\n\n## Status\n- **Status:** [Draft | Done]\n\n## Why\n<!-- why -->\n\n"
        "## Parts\n- **Part A:** \n- **Part B:** \n\n## Data\n```sql\n-- example\n```\n"
    ),
    "t",
)
GOOD = (
    "# Sessions\n\n## Status\n- **Status:** Draft\n\n## Why\nBecause.\n\n"
    "## Parts\n- **Store:** keeps\n- **Page:** shows\n\n## Data\n```sql\nSELECT 1;\n```\n"
)


def findings(text: str) -> list[tuple[str, int]]:
    return [
        (finding.code, finding.line) for finding in check_structure(TEMPLATE, parse_document(text))
    ]


def test_good_document_has_no_findings() -> None:
    """A document that is whole and written has nothing to report."""
    assert findings(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("## Why\nBecause.\n\n", "", [("D101", 1)]),
        ("## Why", "### Why", [("D104", 6)]),
        ("Because.", "", [("D201", 7)]),
        ("Because.", "<!-- why -->", [("D201", 7)]),
        ("- **Page:** shows", "- **Part B:** ", [("D202", 11)]),
        ("- **Page:** shows", "- **Page:** ", [("D201", 11)]),
        ("SELECT 1;", "SELEC FROM WHERE", [("D301", 15)]),
        ("SELECT 1;", "-- example", [("D201", 15)]),
        ("# Sessions", "# [Name]", [("D202", 1)]),
        ("```\n", "", [("D302", 14)]),
    ],
)
def test_each_fault_is_found_where_it_is(
    old: str, new: str, expected: list[tuple[str, int]]
) -> None:
    """One fault gives one finding, in its line."""
    text = GOOD.replace(old, new) if old != "```\n" else GOOD.removesuffix(old)

    assert findings(text) == expected


def test_sections_out_of_order_are_found() -> None:
    """A section that stands behind its successor is named."""
    head, why, rest = GOOD.partition("## Why\nBecause.\n\n")
    parts, _, data = rest.partition("## Data")
    moved = head + parts + why + "## Data" + data

    assert [code for code, _ in findings(moved)] == ["D103"]


def test_repeated_section_is_found() -> None:
    """A heading of the template that stands twice is named at its second place."""
    assert ("D102", 18) in findings(GOOD + "\n## Why\nAgain.\n")


def test_inapplicable_section_is_whole() -> None:
    """A section that holds the one line why it does not apply misses nothing."""
    text = GOOD.replace(
        "- **Store:** keeps\n- **Page:** shows", "\nNot applicable: there are none."
    )

    assert findings(text) == []


def test_headings_in_fences_are_no_structure() -> None:
    """A heading inside a fence is not taken for the section that is missing."""
    text = GOOD.replace("## Why\nBecause.\n\n", "```\n## Why\n```\n")

    assert ("D101", 1) in findings(text) or ("D101", 3) in findings(text)


def test_builtin_template_by_itself_is_unwritten() -> None:
    """The template held against itself has its unwritten slots as notes, and no errors."""
    template = load_template(None)
    found = check_structure(template, template.document)

    assert found
    assert {finding.severity for finding in found} <= {"note", "warning"}
    assert all(isinstance(finding, Finding) for finding in found)


def test_own_design_documents_are_valid() -> None:
    """This repository's design documents hold against the built-in template."""
    folder = ROOT / "memory" / "design"
    template = load_template(None)
    for path in sorted(folder.glob("[0-9]*.md")):
        found = check_structure(template, parse_document(path.read_text(encoding="utf-8")))

        assert [f for f in found if f.severity == "error"] == [], path.name
