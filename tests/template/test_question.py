"""Open questions of a document."""

import pytest

from assistant.markdown.document import parse_document
from assistant.template.align import align_document
from assistant.template.status import find_open_questions
from assistant.template.template import read_template

TEMPLATE = read_template(
    parse_document("# [Name]\n\n## Why\n<!-- why -->\n\n## Open Questions\n"), "t"
)


def asked(body: str) -> list[str]:
    document = parse_document(f"# X\n\n## Why\n- A goal?\n\n## Open Questions\n{body}")
    return list(find_open_questions(align_document(TEMPLATE, document)))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", []),
        ("- Who?\n- When?\n  - nested\n", ["Who?", "When?"]),
        ("1. Who?\n2. When?\n", ["Who?", "When?"]),
        ("\n- [ ] Who?\n- [x] When?\n- ~~Why?~~\n", ["[ ] Who?"]),
        ("None known.\n", []),
        ("- None known.\n", []),
        ("- None\n- N/A\n- TBD\n- \n- [question]\n", []),
        ("There are no open questions at this time.\n", []),
        ("<!-- - Who? -->\n", []),
        ("Who does it?\n\nAnd when?\n", ["Who does it?", "And when?"]),
        ("Some thoughts:\n\n- Who?\n", ["Who?"]),
        ("### Who does it?\nWe do not know.\n\n### When?\n", ["Who does it?", "When?"]),
        ("### Ours\n- Who?\n- When?\n", ["Who?", "When?"]),
        ("- **Cost:** how much?\n", ["**Cost:** how much?"]),
        ("```\n- Who?\n```\n", []),
    ],
)
def test_what_is_open_is_counted(body: str, expected: list[str]) -> None:
    """Items count, else headings, else paragraphs; what says nothing or is answered does not."""
    assert asked(body) == expected


def test_templates_own_questions_are_none() -> None:
    """What the template itself has in the slot is not a question of the document's."""
    text = "# [Name]\n\n## Why\n\n## Unresolved Questions\n- What is left?\n- Why?\n"
    template = read_template(parse_document(text), "t")

    found = find_open_questions(
        align_document(template, parse_document(text.replace("- Why?", "- Why so?")))
    )

    assert found == ("Why so?",)
