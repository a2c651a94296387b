"""D107: a heading has nearly the words of one of the template's that is missing."""

from collections.abc import Iterator

from assistant.lint.analyses.headings import find_reworded_headings, point_at_heading
from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    for section, wanted, level in find_reworded_headings(subject, same=False):
        message = f'"{section.title}" is almost the template\'s "{wanted}": call it that{level}.'
        yield point_at_heading(section, message)


RULE = DocumentRule(
    code="D107",
    name="heading-wording",
    severity="error",
    about="A heading has nearly the words of one of the template's that is missing.",
    why="Whoever looks for the template's heading does not find it.",
    mend=(
        "Write it in the template's words. If it is another section, add the template's beside it."
    ),
    example=Example(
        template="## Rollout Plan\n",
        fails="## Rollout Plans\n\nAll at once.\n",
        passes="## Rollout Plan\n\nAll at once.\n",
    ),
    structure=True,
    measures=True,
    check=_check,
)
