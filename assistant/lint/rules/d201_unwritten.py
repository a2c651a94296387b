"""D201: a place to be written is empty, or holds the template's own text."""

from collections.abc import Iterator

from assistant.lint.analyses.slots import find_blanks
from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    return (hit for kind, hit in subject.once(find_blanks) if kind == "unwritten")


RULE = DocumentRule(
    code="D201",
    name="unwritten",
    severity="note",
    approved="error",
    about="A place to be written is empty, or holds the template's own text.",
    why=(
        "What nobody wrote, nobody decided. In a draft it is a note, in an approved "
        "document an error."
    ),
    mend=(
        "Write it, or have `draft fill DOC` write it. If there is nothing to say, write `Not "
        "applicable: ...`."
    ),
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
