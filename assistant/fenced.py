"""Rules about fences: closed, and code of their language."""

import re
from collections.abc import Iterator

from assistant import fence
from assistant.document import Section
from assistant.field import Field
from assistant.finding import Finding
from assistant.mark import Mark
from assistant.subject import Subject, found, whole_line

_CLOSING = re.compile(r"[ \t>]*(?P<mark>`{3,}|~{3,})[ \t]*")
# Three dots on a line of their own, or for a value: something was left out on purpose.
_LEFT_OUT = re.compile(
    r"^[ \t>]*(?:[-*#]|//|--)?[ \t]*(?:\.{3}|\u2026)|[:,{\[(][ \t]*(?:\.{3}|\u2026)", re.MULTILINE
)
_LINE = re.compile(r"\r\n|\n|\r")


def fenced(subject: Subject) -> Iterator[Finding]:
    """Fences that are left open or do not parse; the template's own examples need not."""
    examples = {
        match.section.body_start + field.opening[0]
        for match in subject.alignment.matches
        for field in match.body.fields
        if isinstance(field, Field) and field.slot.kind == "code" and not field.written
    }
    for section, marks in subject.bodies():
        for mark in marks:
            if mark.kind == "fence" and section.body_start + mark.start not in examples:
                yield from _fence(subject, section, mark)


def _fence(subject: Subject, section: Section, mark: Mark) -> Iterator[Finding]:
    inner = section.body[mark.end : mark.stop]
    ends = [ending.end() for ending in _LINE.finditer(inner)]
    last = ends[-1] if ends else 0
    at = section.body_start + mark.start
    if not _CLOSING.fullmatch(inner[last:]):
        spot = whole_line(subject, at)
        message = "this fence is never closed: end it with a line of its own marks."
        yield found(subject, "D302", spot, message, section=section.title)
        return
    # Parsers count lines by line feeds.
    problem = fence.check(mark.key, _LINE.sub("\n", inner[:last]))
    if problem is None:
        return
    partial = bool(_LEFT_OUT.search(inner[:last]))
    hint = " (something left out?)" if partial and not problem.note else ""
    starts = [0, *ends]
    row = min(max(problem.line, 1), max(len(ends), 1)) - 1
    offset = section.body_start + mark.end + starts[row]
    spot = whole_line(subject, offset)
    yield found(
        subject, "D301", spot, f"this {mark.key} does not parse: {problem.message}{hint}.",
        section=section.title, severity="note" if problem.note or partial else None,
    )  # fmt: skip
