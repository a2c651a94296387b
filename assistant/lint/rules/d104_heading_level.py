"""D104: a heading is at another level than the template's."""

from collections.abc import Iterator

from assistant.lint.analyses.headings import change_level, point_at_heading
from assistant.lint.rule import DocumentRule, Example, Fix, Hit
from assistant.lint.subject import CheckedDocument


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    for match in subject.alignment.matches:
        section, spec = match.section, match.spec
        if match.misplaced and section.level != spec.level:
            message = (
                f'"{section.title}" is at level {section.level}; '
                f"the template has it at level {spec.level}."
            )
            yield point_at_heading(section, message)


def _fix(subject: CheckedDocument) -> Iterator[Fix]:
    """Yield the template's level for a heading at another."""
    for match in subject.alignment.matches:
        section, level = match.section, match.spec.level
        if not section.level or match.spec.group or section.level == level:
            continue
        change = change_level(section, level)
        if change:
            start, end, text = change
            yield Fix(start=start, end=end, text=text, lines=(section.line,), section=match.index)


RULE = DocumentRule(
    code="D104",
    name="heading-level",
    severity="error",
    about="A heading is at another level than the template's.",
    why="At another level a heading belongs to another section, and so does what stands below it.",
    mend="Give it as many `#` as the template has. `draft check --fix` does.",
    example=Example(
        template="## Goals\n",
        fails="### Goals\n\nNobody is logged out unasked.\n",
        passes="## Goals\n\nNobody is logged out unasked.\n",
    ),
    structure=True,
    measures=True,
    check=_check,
    fix=_fix,
)
