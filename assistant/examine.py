"""Asks the rules: about a document, about what stands around it, and about its folder."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

from assistant.document import Document
from assistant.finding import FOREIGN, Finding
from assistant.folder import About
from assistant.lint.comments import Comments
from assistant.lint.registry import RULES
from assistant.lint.rule import DocumentRule, FolderRule, NeighbourRule
from assistant.lint.shelf import Shelf
from assistant.ruling import DEFAULT, Ruling
from assistant.subject import Subject
from assistant.template import Template


def check_document(
    template: Template,
    document: Document,
    ruling: Ruling = DEFAULT,
    also: Iterable[Finding] | None = None,
) -> tuple[Finding, ...]:
    """Return everything there is to say about a document, in the order of its lines.

    `also` are findings of rules that look beyond the document (`check_neighbours`, the folder's
    own): they obey the same ruling and comments. None says that nobody looked there.
    """
    subject = Subject(template, document)
    comments = subject.once(Comments)
    foreign = follows_another(subject)
    rules = [rule for rule in RULES.values() if isinstance(rule, DocumentRule)]
    # One finding stands for all that is measured by a template that the document does not follow.
    measured = {rule.code for rule in rules if rule.measures} if foreign else set[str]()
    asked = (r for r in rules if not r.last and (r.code not in measured or r.code == FOREIGN))
    own = chain.from_iterable(rule.find(subject) for rule in asked)
    heard = [one for one in chain(own, also or ()) if not comments.ignores(one)]
    known = {rule.code for rule in rules} if also is None else set(RULES)
    comments.unasked = frozenset({*RULES} - known | measured | ruling.off)
    last = chain.from_iterable(rule.find(subject) for rule in rules if rule.last)
    return _ordered(_ruled(subject, ruling, chain(heard, last)))


def check_structure(template: Template, document: Document) -> tuple[Finding, ...]:
    """Return what a document lacks or has wrong by its template, in the order of its lines.

    What `draft` and `fill` ask of what they wrote; `check_document` asks more.
    """
    subject = Subject(template, document, front=False)
    rules = (rule for rule in RULES.values() if isinstance(rule, DocumentRule) and rule.structure)
    return _ordered(chain.from_iterable(rule.find(subject) for rule in rules))


def follows_another(subject: Subject) -> bool:
    """Whether a document follows another template than the one that it is held against."""
    rule = RULES[FOREIGN]
    return isinstance(rule, DocumentRule) and any(rule.check(subject))


def check_neighbours(about: About) -> tuple[Finding, ...]:
    """Return what does not fit between a document and the files that it stands among."""
    rules = (rule for rule in RULES.values() if isinstance(rule, NeighbourRule))
    return tuple(chain.from_iterable(rule.find(about) for rule in rules))


def check_folder(shelf: Shelf, *, beside: bool = False) -> tuple[tuple[Path, Finding], ...]:
    """Return what there is to say about a folder as a whole, each with the file it is about.

    With `beside` these are files beside the documents, else the documents.
    """
    rules = (
        rule for rule in RULES.values() if isinstance(rule, FolderRule) and rule.beside is beside
    )
    return tuple(chain.from_iterable(rule.find(shelf) for rule in rules))


def _ruled(subject: Subject, ruling: Ruling, found: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings that are wanted, as bad as the project says, or else the status."""
    for one in found:
        if ruling.hears(one.code):
            own = RULES[one.code].by_status(settled=subject.settled)
            severity = ruling.of(one.code) or own or one.severity
            yield replace(one, severity=severity) if severity != one.severity else one


def _ordered(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in the order of their places."""
    return tuple(sorted(found, key=lambda one: (one.line, one.column, one.code, one.message)))
