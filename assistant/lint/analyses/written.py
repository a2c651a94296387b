"""What somebody wrote that has a form of its own: values in slots, dates, and code in fences."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from assistant.lint.subject import CheckedDocument, Spot
from assistant.markdown.document import Section
from assistant.template.fields import Field
from assistant.template.particulars import clean_value

_DATE = re.compile(r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d\d)(?P=mark)(?P<day>\d\d)(?!\d)")


def find_values(subject: CheckedDocument) -> tuple[tuple[int, Field], ...]:
    """Return the written values, each with the offset that its own offsets count from."""
    return tuple(_list_values(subject))


def _list_values(subject: CheckedDocument) -> Iterator[tuple[int, Field]]:
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
    match = _DATE.match(clean_value(text))
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"])) if match else None
    except ValueError:
        return None


_CLOSING_LINE = re.compile(r"[ \t>]*(?P<mark>`{3,}|~{3,})[ \t]*")
_LINE_ENDING = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFence:
    """A fence that is no example of the template's.

    `start` is where it begins in the document and `inside` where its code does; `starts` are the
    offsets in the code at which a line begins, `rows` is how many lines are ended.
    """

    section: Section
    language: str
    start: int
    inside: int
    code: str
    starts: tuple[int, ...]
    rows: int
    closed: bool


def find_fences(subject: CheckedDocument) -> tuple[WrittenFence, ...]:
    """Return a document's fences but for the template's own examples, which need not parse."""
    examples = {
        match.section.body_start + field.opening[0]
        for match in subject.alignment.matches
        for field in match.body.fields
        if isinstance(field, Field) and field.slot.kind == "code" and not field.written
    }
    found: list[WrittenFence] = []
    for section, marks in subject.bodies():
        for mark in marks:
            if mark.kind != "fence" or section.body_start + mark.start in examples:
                continue
            inner = section.body[mark.end : mark.stop]
            ends = [ending.end() for ending in _LINE_ENDING.finditer(inner)]
            last = ends[-1] if ends else 0
            fence = WrittenFence(
                section=section,
                language=mark.key,
                start=section.body_start + mark.start,
                inside=section.body_start + mark.end,
                code=_LINE_ENDING.sub("\n", inner[:last]),  # parsers count lines by line feeds
                starts=(0, *ends),
                rows=len(ends),
                closed=bool(_CLOSING_LINE.fullmatch(inner[last:])),
            )
            found.append(fence)
    return tuple(found)
