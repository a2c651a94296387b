"""What somebody wrote that has a form of its own: values, dates, and code in fences."""

from datetime import date

import pytest

from assistant.lint.analyses.written import find_fences, find_values, parse_date, spot_value
from assistant.lint.subject import CheckedDocument
from assistant.markdown.document import parse_document
from assistant.template.template import read_template

TEMPLATE = read_template(
    parse_document(
        "---\nowner: \n---\n# [Name]\n\n- **Status:** [Draft | Done]\n- **Created:** \n\n"
        "## Data\n```sql\n-- example\n```\n"
    ),
    "t",
)


def subject(text: str) -> CheckedDocument:
    return CheckedDocument(TEMPLATE, parse_document(text))


def test_values_stand_where_their_words_do() -> None:
    """Written values of the front matter and of labels are found, and blank ones are none."""
    text = "---\nowner: Ann\n---\n# N\n\n- **Status:**  Done \n- **Created:**\n\n## Data\nx\n"
    spots = [spot_value(base, field) for base, field in find_values(subject(text))]

    assert [text[spot.offset :][: spot.width] for spot in spots] == ["Ann", "Done"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-24", date(2026, 11, 24)),
        (" `2026/11/24`, a Tuesday", date(2026, 11, 24)),
        ("2026.11.24", date(2026, 11, 24)),
        ("2026-11/24", None),
        ("2026-11-241", None),
        ("2026-13-24", None),
        ("24 Nov 2026", None),
        ("", None),
    ],
)
def test_dates(text: str, expected: date | None) -> None:
    """A value is a date where it begins with one that exists, year first, in one punctuation."""
    assert parse_date(text) == expected


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_fences(newline: str) -> None:
    """A fence knows its language, its code with line feeds, and where each of its lines begins."""
    text = "# N\n\n## Data\n\n```json\n{\n}\n```\n\n## Own\n~~~\nleft open\n".replace("\n", newline)
    first, second = find_fences(subject(text))

    assert (first.language, first.code, first.closed, first.rows) == ("json", "{\n}\n", True, 2)
    assert text[first.start :].startswith("```json")
    assert [text[first.inside + start] for start in first.starts] == ["{", "}", "`"]
    assert (second.language, second.closed, second.section.title) == ("", False, "Own")


def test_the_templates_example_is_no_fence() -> None:
    """An example that was left as it was is unwritten, and need not parse."""
    assert find_fences(subject("# N\n\n## Data\n```sql\n-- example\n```\n")) == ()
    assert len(find_fences(subject("# N\n\n## Data\n```sql\nSELECT 1;\n```\n"))) == 1
