"""Every rule about one document, as bad as its status, its project and its comments make it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from assistant import consistency
from assistant.document import Document
from assistant.finding import APPROVED, Finding
from assistant.ignore import Ignored
from assistant.metadata import held
from assistant.outline import foreign
from assistant.ruling import DEFAULT, Ruling
from assistant.said import said
from assistant.subject import Subject
from assistant.tabular import tabular
from assistant.template import Template
from assistant.validate import against, ordered

# What a document lacks, or has otherwise than its template. Slots are no part of it: they are in
# what the two share, and what is unwritten there `list` counts and `fill` writes.
_MEASURED = ("D1", "D305", "D4")
_BEYOND = ("D5", "D8", "D9")  # rules that look beyond the document


def examine(
    template: Template,
    document: Document,
    ruling: Ruling = DEFAULT,
    also: Iterable[Finding] | None = None,
) -> tuple[Finding, ...]:
    """Everything there is to say about a document, in the order of its lines.

    `also` are findings of rules that look beyond the document (`neighbours.neighbours`, the
    folder's own): they obey the same ruling and comments. None says that nobody looked there.
    """
    subject = Subject(template, document)
    ignored = Ignored(subject)
    other = foreign(subject)
    own = _found(subject)
    if other:  # it stands for all that is measured by the template
        own = chain((other,), (one for one in own if not one.code.startswith(_MEASURED)))
    heard = [one for one in (*own, *(also or ())) if not ignored.ignores(one)]
    silent = (*(() if also is not None else _BEYOND), *(_MEASURED if other else ()))
    unneeded = ignored.unneeded((*silent, *ruling.off))
    return ordered(tuple(_ruled(subject, ruling, (*heard, *unneeded))))


def _found(subject: Subject) -> Iterator[Finding]:
    """The findings of every rule about one document; a new set of rules is a line here."""
    yield from against(subject)
    yield from tabular(subject)
    yield from held(subject)
    yield from said(subject)
    yield from consistency.findings(subject.alignment)


def _ruled(subject: Subject, ruling: Ruling, found: Iterable[Finding]) -> Iterator[Finding]:
    """The findings that are wanted, as bad as the project says, or else as the status does."""
    for one in found:
        if not ruling.hears(one.code):
            continue
        severity = ruling.of(one.code)
        if severity is None and one.code in APPROVED and subject.settled:
            severity = APPROVED[one.code]
        yield replace(one, severity=severity) if severity else one
