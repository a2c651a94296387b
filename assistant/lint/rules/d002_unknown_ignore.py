"""D002: a comment ignores a rule that does not exist."""

from collections.abc import Iterator

from assistant.lint.comments import IgnoreComments
from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    yield from subject.once(IgnoreComments).unknown


RULE = DocumentRule(
    code="D002",
    name="unknown-ignore",
    severity="warning",
    about="A comment ignores a rule that does not exist.",
    why="A misspelled name ignores nothing: what it was meant for is still reported.",
    mend="Write the code or name as `draft check --list` has it, or take it out of the comment.",
    example=Example(
        template="## Goals\n",
        fails="<!-- draft: ignore D104, D999 -->\n### Goals\n\nNobody is logged out unasked.\n",
        passes="<!-- draft: ignore D104 -->\n### Goals\n\nNobody is logged out unasked.\n",
    ),
    last=True,
    check=_check,
)
