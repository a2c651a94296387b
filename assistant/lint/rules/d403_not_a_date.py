"""D403: a date is no date, or is not written as 2026-11-24."""

from collections.abc import Iterator

from assistant.lint.analyses.written import find_values, parse_date, spot_value
from assistant.lint.rule import DocumentRule, Example, Fix, Hit
from assistant.lint.subject import CheckedDocument
from assistant.template.fields import Field
from assistant.template.particulars import clean_value
from assistant.text import normalize_date

_ROLES = ("created", "updated")
_MAX_SHOWN = 60  # characters of a value, which may be a paragraph


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    for base, field in subject.once(find_values):
        if field.slot.role not in _ROLES or not clean_value(field.content):
            continue
        day = parse_date(field.content)
        if day is None:
            message = (
                f'"{clean_value(field.content)[:_MAX_SHOWN]}" is no date: write it as 2026-11-24.'
            )
        elif not clean_value(field.content).startswith(day.isoformat()):
            message = f"write this date as {day.isoformat()}."
        else:
            continue
        yield Hit(spot=spot_value(base, field), message=message)


def _fix(subject: CheckedDocument) -> Iterator[Fix]:
    """Yield ISO's form for a date in the metadata that is written in another."""
    bodies = [(match.body, match.section.body_start) for match in subject.alignment.matches]
    for body, base in (*bodies, (subject.alignment.front, 0)):
        for field in body.fields:
            if not isinstance(field, Field) or field.slot.role not in _ROLES:
                continue
            bare = field.content.strip().strip("\"'`*_ \t")
            right = normalize_date(bare)
            if right and right != bare:
                start = base + field.start + field.content.index(bare)
                line, _ = subject.place(start)
                yield Fix(start=start, end=start + len(bare), text=right, lines=(line,))


RULE = DocumentRule(
    code="D403",
    name="not-a-date",
    severity="warning",
    about="A date is no date, or is not written as 2026-11-24.",
    why="Only dates that are written alike can be sorted, and 3/4 may be in March or in April.",
    mend="Write year, month and day: 2026-11-24. `draft check --fix` does where it is certain.",
    example=Example(
        template="- **Created:** \n",
        fails="- **Created:** 24 Nov 2026\n",
        passes="- **Created:** 2026-11-24\n",
    ),
    measures=True,
    check=_check,
    fix=_fix,
)
