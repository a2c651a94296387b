"""Values of a document's metadata as several rules see them: labels, cells and keys."""

import re
from collections.abc import Iterator
from datetime import date

from assistant.field import Field
from assistant.stage import value
from assistant.subject import Spot, Subject

_DATE = re.compile(r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d\d)(?P=mark)(?P<day>\d\d)(?!\d)")


def find_values(subject: Subject) -> tuple[tuple[int, Field], ...]:
    """Return the written values, each with the offset that its own offsets count from."""
    return tuple(_values(subject))


def _values(subject: Subject) -> Iterator[tuple[int, Field]]:
    bodies = [(0, subject.alignment.front)]
    bodies += [(m.section.body_start, m.body) for m in subject.alignment.matches]
    for base, body in bodies:
        for field in body.fields:
            kinds = ("text", "cell", "yaml")
            if isinstance(field, Field) and field.written and field.slot.kind in kinds:
                yield base, field


def spot_value(base: int, field: Field) -> Spot:
    """Return where the words of a value stand."""
    words = field.content.strip()
    first = words.split("\n")[0].rstrip()
    return Spot(offset=base + field.start + max(field.content.find(words), 0), width=len(first))


def parse_date(text: str) -> date | None:
    """Return the date that a value begins with, year first; None where it begins with none."""
    match = _DATE.match(value(text))
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"])) if match else None
    except ValueError:
        return None
