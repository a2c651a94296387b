"""Slots and anchors: what nobody wrote, whose it was to write, and what of the template is gone."""

from assistant.lint.analyses.slots import find_blanks, find_missing_parts
from assistant.lint.subject import CheckedDocument
from assistant.markdown.document import parse_document
from assistant.template.template import read_template

TEMPLATE = read_template(
    parse_document(
        "# [Name]\n\n## Metadata\n- **Status:** [Draft | Approved]\n- **Author(s):** \n"
        "- **Reviewers:** \n\n## Decision\n**Recommendation:** <!-- Which? -->\n\n"
        "## Risks\n\n| Risk | Impact |\n|---|---|\n| [Risk] | |\n\n## Notes\n<!-- any -->\n"
    ),
    "t",
)
WHOLE = (
    "# N\n\n## Metadata\n- **Status:** Draft\n- **Author(s):** Ann\n- **Reviewers:** Bo\n\n"
    "## Decision\n**Recommendation:** this\n\n## Risks\n\n| Risk | Impact |\n|---|---|\n"
    "| Theft | High |\n\n## Notes\nSome.\n"
)


def blanks(text: str) -> list[tuple[str, str]]:
    found = find_blanks(CheckedDocument(TEMPLATE, parse_document(text)))
    return [(kind, text[hit.spot.offset :].split("\n", 1)[0]) for kind, hit in found]


def gone(text: str) -> list[tuple[str, list[str], list[str], list[str]]]:
    """Return the sections that lack anything, with what: metadata, tables, and other anchors."""
    subject = CheckedDocument(TEMPLATE, parse_document(text))
    found: list[tuple[str, list[str], list[str], list[str]]] = []
    for one in find_missing_parts(subject):
        metadata = [a.name for a in one.match.body.missing if a in one.metadata]
        tables = [mark.key for _, mark in one.tables]
        others = [anchor.name for anchor in one.others]
        if metadata or tables or others:
            found.append((one.match.section.title, metadata, tables, others))
    return found


def test_a_whole_document_lacks_nothing() -> None:
    """Nothing is blank and nothing is missing where all is written."""
    assert blanks(WHOLE) == []
    assert gone(WHOLE) == []


def test_whose_a_blank_is() -> None:
    """A model's slot is unwritten, the program's is not known, people's only once approved."""
    text = WHOLE.replace("this", "").replace("Ann", "").replace("Bo", "")

    assert [kind for kind, _ in blanks(text)] == ["unwritten", "not known"]
    approved = text.replace("Status:** Draft", "Status:** Approved")
    assert [kind for kind, _ in blanks(approved)] == ["unwritten", "not known", "people"]


def test_a_section_that_does_not_apply_lacks_nothing() -> None:
    """Where a section says that it does not apply, nothing in it is blank or missing."""
    text = WHOLE.replace("**Recommendation:** this", "Not applicable: one way.")

    assert blanks(text) == []
    assert gone(text) == []


def test_what_is_missing_is_sorted_by_what_it_is() -> None:
    """Metadata, tables with another header, and all else are told apart."""
    assert gone(WHOLE.replace("- **Author(s):** Ann\n", "")) == [
        ("Metadata", ["Author(s)"], [], [])
    ]
    assert gone(WHOLE.replace("| Risk | Impact |", "| Risks | Effect |")) == [
        ("Risks", [], ["risks | effect"], [])
    ]
    assert gone(WHOLE.replace("**Recommendation:** this", "This one.")) == [
        ("Decision", [], [], ["Recommendation"])
    ]


def test_a_heading_alone_is_told_once() -> None:
    """A heading with nothing under it is unwritten, and nothing in it is missing besides."""
    text = WHOLE.replace("Some.\n", "")

    assert [kind for kind, _ in blanks(text)] == ["unwritten"]
    assert gone(text) == []
