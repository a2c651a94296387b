"""What has one right answer in a document: the edits that are suggested."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.lint.fix import apply_fixes, suggest_fixes
from assistant.lint.subject import CheckedDocument
from assistant.markdown.document import parse_document
from assistant.template.template import read_template
from tests.support.documents import TEMPLATE
from tests.support.strategies import markdown


def mended(text: str) -> str:
    """The text with every suggestion followed."""
    return apply_fixes(text, suggest_fixes(CheckedDocument(TEMPLATE, parse_document(text))))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("## WHY NOW", "## Why Now"),
        ("##  why now  ##\r", "##  Why Now  ##\r"),
        ("   ### why now ###", "   ## Why Now ###"),
        ("# Why Now", "## Why Now"),
        ("## **Why now**", "## Why Now"),
        ("why now\n=====", "Why Now\n-----"),
        ("## Why now [OPTIONAL]", "## Why Now [OPTIONAL]"),
        ("## Risks and Mitigations", "## Risks & Mitigations"),
        ("### Risks and mitigations", "## Risks & Mitigations"),
        ("## open-questions", "## Open Questions"),
        ("Details\n---", "`Details`\n---"),  # no underline is of level 3
        ("## Why Then", "## Why Then"),
        ("## Why Now", "## Why Now"),
        ("```\n## WHY NOW\n```", "```\n## WHY NOW\n```"),
    ],
)
def test_headings(line: str, expected: str) -> None:
    """A heading with the template's letters gets its words and its level, and nothing else."""
    assert mended(f"# T\n\n{line}\n\ntext\n") == f"# T\n\n{expected}\n\ntext\n"


def test_a_name_that_two_headings_have_is_nobodys() -> None:
    """Where two headings could be the one that is missing, neither is touched."""
    text = "# T\n\n## Risks and mitigations\n\n## Risks-and-mitigations\n"

    assert mended(text) == text


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("| risk | IMPACT | Mitigation |", "| Risk | Impact | Mitigation |"),
        ("|Risks|Impact|Mitigations|", "|Risk|Impact|Mitigation|"),
        ("  Risk |Impact  | Mitigatoin", "  Risk |Impact  | Mitigation"),
        ("| Risk | Mitigation | Impact |", ""),
        ("| Risk | Effect | Mitigation |", ""),
        ("| Risk | Impact | Mitigation | Owner |", ""),
        ("| Risk | Risks | Mitigation |", ""),
        ("| Risk | Impact | Mitigation |", ""),
    ],
)
def test_table_headers(head: str, expected: str) -> None:
    """The same columns in another spelling get the template's; other columns are a person's."""
    columns = head.strip().strip("|").count("|") + 1
    body = f"{'|---' * columns}|\n{'| x ' * columns}|\n"
    text = f"# T\n\n## Risks & Mitigations\n\n{{}}\n{body}"

    assert mended(text.format(head)) == text.format(expected or head)


def test_which_of_two_tables_would_be_a_guess() -> None:
    """Where a section has two tables, none is touched."""
    table = "| risk | impact | mitigation |\n|---|---|---|\n| a | b | c |\n"
    text = f"# T\n\n## Risks & Mitigations\n\n{table}\nand\n\n{table}"

    assert mended(text) == text


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (" Nov 24, 2026", " 2026-11-24"),
        (" *24 November 2026*  ", " *2026-11-24*  "),
        (" 2026/11/24 (planned)", " 2026/11/24 (planned)"),
        (" 03/04/2026", " 03/04/2026"),
        (" 2026-11-24", " 2026-11-24"),
        (" soon", " soon"),
    ],
)
def test_dates(written: str, expected: str) -> None:
    """A date that can be read in one way only is written as ISO has it; its markup stays."""
    text = "# T\n\n## Metadata\n- **Created:**{}\n- **Updated:** x\n"

    assert mended(text.format(written)) == text.format(expected)


@pytest.mark.parametrize("value", ['"2026/11/24"', "'24 Nov 2026'", "2026/11/24", "24 Nov 2026"])
def test_dates_in_front_matter(value: str) -> None:
    """A date in YAML keeps its quotes."""
    template = read_template(parse_document("---\ncreation-date: yyyy-mm-dd\n---\n# [X]\n"), "t")
    text = f"---\ncreation-date: {value}\n---\n# T\n"
    quote = value[0] if value[0] in "\"'" else ""

    found = suggest_fixes(CheckedDocument(template, parse_document(text)))

    assert apply_fixes(text, found) == f"---\ncreation-date: {quote}2026-11-24{quote}\n---\n# T\n"


@given(markdown())
def test_suggestions_are_apart_and_inside(text: str) -> None:
    """Suggestions are in order, none over another, each within the text and in one line of it."""
    subject = CheckedDocument(TEMPLATE, parse_document(text))
    position = 0
    for fix in suggest_fixes(subject):
        assert position <= fix.start < fix.end <= len(text)
        assert fix.text != text[fix.start : fix.end]
        assert "\n" not in fix.text
        position = fix.end


@given(st.text(max_size=50))
def test_nothing_applied_is_nothing_changed(text: str) -> None:
    """A text without edits is itself."""
    assert apply_fixes(text, ()) == text
