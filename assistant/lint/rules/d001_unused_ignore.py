"""D001: a comment ignores a finding that is not there."""

from collections.abc import Iterator

from assistant.lint.comments import IgnoreComments
from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    yield from subject.once(IgnoreComments).find_unneeded()


RULE = DocumentRule(
    code="D001",
    name="unused-ignore",
    severity="note",
    about="A comment ignores a finding that is not there.",
    why="A comment that ignores nothing hides the next finding of its kind.",
    mend="Delete the comment.",
    example=Example(
        template="## Goals\n",
        fails="<!-- draft: ignore D104 -->\n\n## Goals\n\nNobody is logged out unasked.\n",
        passes="## Goals\n\nNobody is logged out unasked.\n",
    ),
    last=True,
    check=_check,
)
