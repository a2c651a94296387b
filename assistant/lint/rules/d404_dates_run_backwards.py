"""D404: a document was updated before it was created."""

from collections.abc import Iterator

from assistant.lint.analyses.written import find_values, parse_date, spot_value
from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    values = subject.once(find_values)
    days = (parse_date(one.content) for _, one in values if one.slot.role == "created")
    created = [day for day in days if day]
    for base, field in values:
        day = parse_date(field.content) if field.slot.role == "updated" else None
        if day and created and day < min(created):
            first = min(created)
            message = f"updated on {day}, before it was created on {first}: mend one of the two."
            yield Hit(spot=spot_value(base, field), message=message)


RULE = DocumentRule(
    code="D404",
    name="dates-run-backwards",
    severity="error",
    about="A document was updated before it was created.",
    why="One of the two dates is wrong, and nobody knows which.",
    mend="Correct the wrong one; git knows when the file was made.",
    example=Example(
        template="- **Created:** \n- **Updated:** \n",
        fails="- **Created:** 2026-11-24\n- **Updated:** 2026-11-20\n",
        passes="- **Created:** 2026-11-20\n- **Updated:** 2026-11-24\n",
    ),
    measures=True,
    check=_check,
)
