"""A document is found by its number where that names it, and nowhere else."""

import pytest

from assistant.folder import references
from assistant.folder.numbers import NumberedEntry, parse_name


def entry(name: str) -> NumberedEntry:
    found = parse_name(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "name", "digits", "form"),
    [
        ("# ADR-007: Use X\n", "007-x.md", "007", "ADR-007"),
        ("# ADR 7 - Use X\n", "007-x.md", "7", "ADR 7"),
        ("# 7. Use X\n", "0007-x.md", "7", ""),
        ("ADR-7: Use X\n===\n", "0007-x.md", "7", "ADR-7"),
        ("---\na: b\n---\n\n# 007 Use X\n", "007-x.md", "007", ""),
        ("# RFC#7: X\n", "7-x.md", "7", "RFC#7"),
        ("# #7\n", "7-x.md", "7", ""),
        ("# 7 - X\n", "7-x.md", "7", ""),
    ],
)
def test_titles_that_carry_the_number(text: str, name: str, digits: str, form: str) -> None:
    """The number in a title is found, with the name that it makes."""
    title = references.find_title_number(text, entry(name))

    assert title is not None
    assert (text[title.start : title.end], title.form) == (digits, form)
    assert title.anchor[title.at :].startswith(digits)


@pytest.mark.parametrize(
    "text",
    ["# 7 ways to log in\n", "# 7-day plan\n", "# 7.1 Notes\n", "# Use X\n", "# 70. X\n", "x\n",
     "## 7. X\n", "```\n# 7. X\n```\n", "# Top 7. Things\n", "7. X\n===\n", "# 1007: X\n"],
)  # fmt: skip
def test_titles_that_do_not(text: str) -> None:
    """A number that is a part of a sentence, another number or another heading's is none."""
    assert references.find_title_number(text, entry("007-x.md")) is None


def numbers(text: str, name: str = "007-x.md", label: str = "ADR") -> list[str]:
    """The numbers in relations, each with the character before it."""
    return [
        text[max(0, a - 1) : b]
        for a, b in references.find_relation_numbers(text, entry(name), label)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Supersedes: 007\n", [" 007"]),
        ("Supersedes 7, 8 and 9\n", [" 7"]),
        ("- **Relates to:** ADR-007, ADR-009\n", ["-007"]),
        ("* Superseded by ADR 7 (see there)\n", [" 7"]),
        ("| Supersedes | #7 |\n", ["#7"]),
        ("Amends 0007\n", [" 0007"]),
        ("---\nsupersedes: 7\n---\n", [" 7"]),
        ("---\nrelates-to:\n  - 7\n  - 8\nother: 7\n---\n", [" 7"]),
        ("---\nlinks:\n  - target: 7\n    kind: x\n---\n", [" 7"]),
        ("---\nsupersedes: ['007', 008]\n---\n", ["'007"]),
        ("Relates to 7 services in 3 places\n", []),
        ("Relates to RFC 7\n", []),
        ("Relates to RFC-007\n", []),
        ("Supersedes 7.1\n", []),
        ("Supersedes [7. X](007-x.md)\n", []),
        ("```\nSupersedes: 007\n```\n", []),
        ("It is number 7.\n", []),
        ("other: 7\n", []),
    ],
)
def test_relations(text: str, expected: list[str]) -> None:
    """A line that says what a document relates to names others by number; other lines do not."""
    assert numbers(text) == expected


def test_own_keys() -> None:
    """A document's front matter says its number; the text behind it does not."""
    text = "---\nnumber: 7\nid: 'ADR-007'\nsize: 7\n---\nnumber: 7\n"

    found = [text[a:b] for a, b in references.find_own_keys(text, entry("007-x.md"))]
    assert found == ["7", "007"]


def test_forms_outside_code() -> None:
    """A name like ADR-007 counts in words, and not in code, in paths or in a longer name."""
    text = "ADR-007, ADR-0070 `ADR-007` x/ADR-007 ADR-007-x ADR-007.md\n\n    ADR-007\n\n(ADR-007)."

    assert [a for a, _ in references.find_forms(text, {"ADR-007"})] == [4, text.rindex("007")]
