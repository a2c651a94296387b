"""D201: a slot is empty, or holds what the template has there."""

from collections.abc import Iterator

from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.slots import find_blanks
from assistant.lint.subject import CheckedDocument


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    return (hit for kind, hit in subject.once(find_blanks) if kind == "unwritten")


RULE = DocumentRule(
    code="D201",
    name="unwritten",
    severity="note",
    approved="error",
    about="A slot is empty, or holds what the template has there.",
    why=(
        "What nobody wrote, nobody decided. In a draft it is a note, in an approved "
        "document an error."
    ),
    mend="Write it, or `draft fill DOC`. Where there is nothing to say: `Not applicable: ...`.",
    example=Example(
        template="## Goals\n\n## Overview\n",
        fails="## Goals\n\n## Overview\n\nA page.\n",
        passes=(
            "## Goals\n\nNobody is logged out unasked.\n\n## Overview\n\nNot applicable: a fix.\n"
        ),
    ),
    structure=True,
    check=_check,
)
