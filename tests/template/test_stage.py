"""How far a document has come, by its status."""

import pytest

from assistant.lint.subject import CheckedDocument
from assistant.markdown.document import parse_document
from assistant.template.parts import Slot
from assistant.template.status import clean_value, is_approved
from assistant.template.template import read_template

OURS = ("Draft", "In Review", "Approved", "Implemented")
KEP = ("provisional", "implementable", "implemented", "deferred", "rejected", "withdrawn")


@pytest.mark.parametrize(
    ("said", "known", "expected"),
    [
        ("Draft", OURS, False),
        ("in review", OURS, False),
        ("Approved", OURS, True),
        ("Implemented", OURS, True),
        ("Approved (2026-01-01)", OURS, True),
        ("provisional", KEP, False),
        ("implementable", KEP, True),
        ("rejected", KEP, False),
        ("deferred", KEP, False),
        ("Entwurf", ("Entwurf", "Geprüft", "Freigegeben"), False),
        ("Freigegeben", ("Entwurf", "Geprüft", "Freigegeben"), True),
        ("Accepted", (), True),
        ("accepted by the board", (), True),
        ("Proposed", (), False),
        ("Superseded by 9", (), False),
        ("Finalised", (), True),
        ("Doneish", (), False),
        ("", OURS, False),
        ("Released", OURS, True),
    ],
)
def test_status_tells_whether_it_was_approved(
    said: str, known: tuple[str, ...], *, expected: bool
) -> None:
    """The template's order decides where it lists the value, common words where it does not."""
    assert is_approved(said, known) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\nstatus: accepted # by all\n---\n# T\n", "accepted"),
        ("# T\n\n- **Status:** _Approved_\n", "Approved"),
        ("# T\n\n## Status\n\nAccepted\n\nMore.\n", "Accepted"),
        ("# T\n\n## Status\n\n- Accepted\n", "Accepted"),
        ("# T\n\n## Metadata\nStatus: Done\n", "Done"),
        ("# T\n\n## Why\n- **Status:** of the machine\n", ""),
        ("# T\n\n```\nstatus: accepted\n```\n", ""),
        ("# T\n\n## Status\n\n<!-- accepted -->\n", ""),
    ],
)
def test_status_is_found_without_the_templates_help(text: str, expected: str) -> None:
    """A key, a label of the head, or a section called Status says it, and nothing else does."""
    template = read_template(parse_document("# [T]\n\n## Why\n"), "t")

    assert CheckedDocument(template, parse_document(text)).status == expected


def test_value_is_bare() -> None:
    """A value is read without comments, quotes and markup around it."""
    assert clean_value(' "**Draft**" <!-- one of --> # more') == "Draft"
    assert Slot(text="[a | b]", kind="text", key="k").choices == ("a", "b")
