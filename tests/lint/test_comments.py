"""Comments to the checker: what they speak of, and which are needed."""

import pytest

from assistant.lint.check import check_document
from assistant.lint.rule import Finding
from assistant.markdown.document import parse_document
from assistant.template.template import read_template

TEMPLATE = read_template(parse_document("# [Name]\n\n## One\n\n## Two\n"), "t")
COMMENT = "<!-- draft: ignore D503 -->"


def codes(text: str, line: int) -> list[str]:
    """What is left of a finding D503 in a line."""
    other = Finding(code="D503", severity="error", line=line, message="x")
    found = check_document(
        TEMPLATE, parse_document(f"# A\n\n## One\nText.\n{text}\n## Two\nText.\n"), also=(other,)
    )
    return [one.code for one in found]


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        (f"a {COMMENT}", 5, []),
        (f"a {COMMENT}", 6, ["D001", "D503"]),
        (f"a\n{COMMENT}\nb", 7, []),
        (f"a\n{COMMENT}\n\n<!-- draft: ignore D601 -->\nb", 9, ["D001"]),
        (f"a\n{COMMENT}\n\nb\nc", 9, ["D001", "D503"]),
        (f"`` ` `` {COMMENT} <!-- another -->", 5, []),
        (f"- a\n  {COMMENT}\n  b", 7, []),
        (f"```\n{COMMENT}\nb\n```", 7, ["D503"]),
        (f"    {COMMENT}", 5, []),
        (f"as `{COMMENT}` says", 5, ["D503"]),
        (f"as `this` {COMMENT} says `so`", 5, []),
        (f"```\na\n\nb\n```\n{COMMENT}\n```\nc\n\nd\n```", 10, []),
        ("<!-- DRAFT: ignore link-to-no-file, D101 -->\na", 6, ["D001"]),
        ("<!-- draft: ignored D503 -->\na", 6, ["D503"]),
    ],
)
def test_comment_speaks_of_its_line_and_the_next(text: str, line: int, expected: list[str]) -> None:
    """A comment covers its own line; alone, also the next that says something."""
    assert codes(text, line) == expected


@pytest.mark.parametrize(
    ("heading", "line", "ignored"),
    [
        (f"## One\n{COMMENT}\nText.\n\n### Sub\nText.", 6, True),
        (f"## One\n\n{COMMENT}\n\nText.\n\n### Sub\nText.", 10, True),
        (f"One\n---\n{COMMENT}\nText.\n\nMore.", 8, True),
        (f"## One\nText.\n{COMMENT}\n\nMore.\n\nMore.", 9, False),
        (f"## One\n{COMMENT}\nText.\n\n## Two\nText.", 8, False),
        (f"## One {COMMENT}\nText.\n\nText.", 3, True),
        (f"## One {COMMENT}\nText.\n\nText.", 6, False),
    ],
)
def test_comment_under_a_heading_speaks_of_its_section(
    heading: str, line: int, *, ignored: bool
) -> None:
    """Directly under a heading a comment covers all that stands below it, and nothing else."""
    other = Finding(code="D503", severity="error", line=line, message="x")
    found = check_document(TEMPLATE, parse_document(f"# A\n\n{heading}\n"), also=(other,))

    assert ("D503" not in [one.code for one in found]) == ignored


def test_comment_under_the_title_speaks_of_the_document() -> None:
    """Directly under the title a comment covers the whole document."""
    text = "# A\n<!-- draft: ignore unwritten -->\n\n## One\n\n## Two\n"

    assert check_document(TEMPLATE, parse_document(text)) == ()
