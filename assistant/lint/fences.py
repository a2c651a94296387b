"""Fences as several rules see them: their code, and whether they are closed."""

import re
from dataclasses import dataclass

from assistant.document import Section
from assistant.field import Field
from assistant.subject import Subject

_CLOSING = re.compile(r"[ \t>]*(?P<mark>`{3,}|~{3,})[ \t]*")
_LINE = re.compile(r"\r\n|\n|\r")


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


def find_fences(subject: Subject) -> tuple[WrittenFence, ...]:
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
            ends = [ending.end() for ending in _LINE.finditer(inner)]
            last = ends[-1] if ends else 0
            fence = WrittenFence(
                section=section,
                language=mark.key,
                start=section.body_start + mark.start,
                inside=section.body_start + mark.end,
                code=_LINE.sub("\n", inner[:last]),  # parsers count lines by line feeds
                starts=(0, *ends),
                rows=len(ends),
                closed=bool(_CLOSING.fullmatch(inner[last:])),
            )
            found.append(fence)
    return tuple(found)
