"""Every rule about one document, as bad as its status, its project and its comments make it."""

from collections.abc import Iterable

from assistant.document import Document
from assistant.finding import Finding
from assistant.ruling import DEFAULT, Ruling
from assistant.template import Template
from assistant.validate import validate


def examine(
    template: Template,
    document: Document,
    ruling: Ruling = DEFAULT,
    also: Iterable[Finding] = (),
) -> tuple[Finding, ...]:
    """Everything there is to say about a document, in the order of its lines.

    `also` are findings of rules that look beyond the document (`neighbours.neighbours`, the
    folder's own): they obey the same status, ruling and comments.
    """
    del ruling
    found = [*validate(template, document), *also]
    return tuple(sorted(found, key=lambda one: (one.line, one.column, one.code)))
