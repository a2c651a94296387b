"""Rules about metadata: keys that are there, values of their enumeration, dates that are dates."""

import re
from collections.abc import Iterator
from datetime import date

from assistant.field import Field
from assistant.finding import Finding
from assistant.mark import fold
from assistant.nearest import nearest
from assistant.stage import value
from assistant.subject import Spot, Subject, found
from assistant.unfilled import absent, lacking, metadata

_DATE = re.compile(r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d\d)(?P=mark)(?P<day>\d\d)(?!\d)")


def held(subject: Subject) -> Iterator[Finding]:
    """What is wrong with the values of labels, cells and keys that say what a document is."""
    front = subject.alignment.front
    people = dict(metadata(subject.template.front))
    yield from absent(subject, front.missing, people, Spot(offset=0))
    head = next((spec for spec in subject.template.specs[:1] if not spec.level), None)
    if head and all(match.spec is not head for match in subject.alignment.matches):
        # A document without text before its first heading has none of the keys that belong there.
        keys = dict(metadata(head.parts))
        yield from absent(subject, tuple(keys), keys, Spot(offset=0))
    for field in front.fields:
        if isinstance(field, Field):
            yield from lacking(subject, field, 0, "")
    fields = list(_fields(subject))
    for base, field in fields:
        yield from _listed(subject, base, field)
        yield from _date(subject, base, field)
    yield from _order(subject, fields)


def _fields(subject: Subject) -> Iterator[tuple[int, Field]]:
    """The written values, each with the offset that its own offsets count from."""
    bodies = [(0, subject.alignment.front)]
    bodies += [(m.section.body_start, m.body) for m in subject.alignment.matches]
    for base, body in bodies:
        for field in body.fields:
            kinds = ("text", "cell", "yaml")
            if isinstance(field, Field) and field.written and field.slot.kind in kinds:
                yield base, field


def _spot(base: int, field: Field) -> Spot:
    words = field.content.strip()
    first = words.split("\n")[0].rstrip()
    return Spot(offset=base + field.start + max(field.content.find(words), 0), width=len(first))


def _listed(subject: Subject, base: int, field: Field) -> Iterator[Finding]:
    choices = field.slot.choices
    said = value(field.content)
    if not choices or not said or _is_one(said, choices):
        return
    near = nearest(said, choices)
    hint = f' Did you mean "{near}"?' if near else ""
    listed = ", ".join(choices)
    name = field.slot.label or "this"
    message = f'"{name}" must be one of {listed}, not "{said[:60]}".{hint}'
    yield found(subject, "D402", _spot(base, field), message)


def _is_one(said: str, choices: tuple[str, ...]) -> bool:
    """Whether a value is one of a list; words may follow it, as in `Superseded by 12`."""
    return any(
        re.match(rf"{re.escape(fold(choice))}(?![\w-]|\s*[|/])", fold(said)) for choice in choices
    )


def dated(text: str) -> date | None:
    """The date that a value begins with, year first; None where it begins with none."""
    match = _DATE.match(value(text))
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"])) if match else None
    except ValueError:
        return None


def _date(subject: Subject, base: int, field: Field) -> Iterator[Finding]:
    if field.slot.role not in ("created", "updated") or not value(field.content):
        return
    day = dated(field.content)
    if day is None:
        message = f'"{value(field.content)[:60]}" is no date: write it as 2026-11-24.'
    elif not value(field.content).startswith(day.isoformat()):
        message = f"write this date as {day.isoformat()}."
    else:
        return
    yield found(subject, "D403", _spot(base, field), message)


def _order(subject: Subject, fields: list[tuple[int, Field]]) -> Iterator[Finding]:
    created = [day for _, f in fields if f.slot.role == "created" and (day := dated(f.content))]
    for base, field in fields:
        day = dated(field.content) if field.slot.role == "updated" else None
        if day and created and day < min(created):
            yield found(
                subject, "D404", _spot(base, field),
                f"updated on {day}, before it was created on {min(created)}: mend one of the two.",
            )  # fmt: skip
