"""D302: a fence has no closing line."""

from collections.abc import Iterator

from assistant.lint.analyses.written import find_fences
from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument, spot_line


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    for one in subject.once(find_fences):
        if not one.closed:
            message = "this fence is never closed: end it with a line of its own marks."
            spot = spot_line(subject, one.start)
            yield Hit(spot=spot, message=message, section=one.section.title)


RULE = DocumentRule(
    code="D302",
    name="fence-left-open",
    severity="error",
    about="A fence has no closing line.",
    why="All that follows, headings included, is shown as code.",
    mend="Close it with as many marks as it was opened with, on a line of their own.",
    example=Example(
        fails="## Data\n\n```sh\nmake\n",
        passes="## Data\n\n```sh\nmake\n```\n",
        template="## Data\n",
    ),
    structure=True,
    check=_check,
)
