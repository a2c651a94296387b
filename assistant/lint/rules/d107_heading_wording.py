"""D107: a heading stands where the template has one in nearly the same words."""

from collections.abc import Iterator

from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.structure import find_reworded_headings, point_at_heading
from assistant.lint.subject import CheckedDocument


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    for section, wanted, level in find_reworded_headings(subject, same=False):
        message = f'"{section.title}" is almost the template\'s "{wanted}": call it that{level}.'
        yield point_at_heading(section, message)


RULE = DocumentRule(
    code="D107",
    name="heading-wording",
    severity="error",
    about="A heading stands where the template has one in nearly the same words.",
    why="A heading in other words is missing where the template's is looked for.",
    mend="Write it in the template's words, or make it a section beside it.",
    example=Example(
        template="## Rollout Plan\n",
        fails="## Rollout Plans\n\nAll at once.\n",
        passes="## Rollout Plan\n\nAll at once.\n",
    ),
    structure=True,
    measures=True,
    check=_check,
)
