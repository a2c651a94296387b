"""A document and its place among others, each asked of the rules that look at it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from assistant.lint.comments import IgnoreComments
from assistant.lint.neighbours import PlacedDocument
from assistant.lint.registry import DEFAULT_CONFIG, RULES, RuleConfig
from assistant.lint.rule import OTHER_TEMPLATE, DocumentRule, Finding, NeighbourRule
from assistant.lint.subject import CheckedDocument
from assistant.markdown.document import Document
from assistant.template.template import Template


def check_document(
    template: Template,
    document: Document,
    config: RuleConfig = DEFAULT_CONFIG,
    also: Iterable[Finding] | None = None,
) -> tuple[Finding, ...]:
    """Return everything there is to say about a document, in the order of its lines.

    `also` are findings of rules that look beyond the document (`check_neighbours`, the folder's
    own): they obey the same configuration and comments. None says that nobody looked there.
    """
    subject = CheckedDocument(template, document)
    comments = subject.once(IgnoreComments)
    rules = [rule for rule in RULES.values() if isinstance(rule, DocumentRule)]
    # One finding stands for all that is measured by a template that the document does not follow.
    foreign = follows_other_template(subject)
    unmeasured = {rule.code for rule in rules if rule.measures} if foreign else set[str]()
    skipped = unmeasured - {OTHER_TEMPLATE}
    asked = (rule for rule in rules if not rule.last and rule.code not in skipped)
    own = chain.from_iterable(rule.find(subject) for rule in asked)
    left = [one for one in chain(own, also or ()) if not comments.ignores(one)]
    looked = {rule.code for rule in rules} if also is None else set(RULES)
    comments.unasked = frozenset({*RULES} - looked | unmeasured | config.off)
    last = chain.from_iterable(rule.find(subject) for rule in rules if rule.last)
    return _sort_findings(_set_severities(subject, config, chain(left, last)))


def check_structure(template: Template, document: Document) -> tuple[Finding, ...]:
    """Return what a document lacks or has wrong by its template, in the order of its lines.

    What `draft` and `fill` ask of what they wrote; `check_document` asks more.
    """
    subject = CheckedDocument(template, document, front=False)
    rules = (rule for rule in RULES.values() if isinstance(rule, DocumentRule) and rule.structure)
    return _sort_findings(chain.from_iterable(rule.find(subject) for rule in rules))


def follows_other_template(subject: CheckedDocument) -> bool:
    """Whether a document follows another template than the one that it is held against."""
    rule = RULES[OTHER_TEMPLATE]
    return isinstance(rule, DocumentRule) and any(rule.check(subject))


def check_neighbours(placed: PlacedDocument) -> tuple[Finding, ...]:
    """Return what does not fit between a document and the files that it stands among."""
    rules = (rule for rule in RULES.values() if isinstance(rule, NeighbourRule))
    return tuple(chain.from_iterable(rule.find(placed) for rule in rules))


def _set_severities(
    subject: CheckedDocument, config: RuleConfig, found: Iterable[Finding]
) -> Iterator[Finding]:
    """Yield the findings that are wanted, as bad as the project says, or else the status."""
    for one in found:
        if config.is_enabled(one.code):
            own = RULES[one.code].by_status(settled=subject.settled)
            severity = config.severity_of(one.code) or own or one.severity
            yield replace(one, severity=severity) if severity != one.severity else one


def _sort_findings(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in the order of their places."""
    return tuple(sorted(found, key=lambda one: (one.line, one.column, one.code, one.message)))
