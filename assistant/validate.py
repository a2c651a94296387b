"""Holds a document against its template: Document and Template in, Findings out."""

from assistant.document import Document
from assistant.fenced import fenced
from assistant.finding import Finding
from assistant.outline import outline
from assistant.subject import Subject
from assistant.template import Template
from assistant.unfilled import unfilled


def validate(template: Template, document: Document) -> tuple[Finding, ...]:
    """What a document lacks or has wrong by its template, in the order of its lines.

    What `draft` and `fill` ask of what they wrote; `examine` asks more.
    """
    return ordered(against(Subject(template, document)))


def against(subject: Subject) -> tuple[Finding, ...]:
    """Headings, slots and fences, held against the template."""
    return (*outline(subject), *unfilled(subject), *fenced(subject))


def ordered(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Findings in the order of their places."""
    return tuple(sorted(found, key=lambda one: (one.line, one.column, one.code, one.message)))
