"""How bad a project holds each finding to be: `[tool.draft.check]`, read and checked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import get_args

from assistant.errors import DraftError, Exit
from assistant.lint.comments import IgnoreComments
from assistant.lint.neighbours import DocumentFolder, PlacedDocument
from assistant.lint.registry import RULES
from assistant.lint.rule import (
    OTHER_TEMPLATE,
    DocumentRule,
    Finding,
    FolderRule,
    NeighbourRule,
    Severity,
)
from assistant.lint.subject import CheckedDocument
from assistant.markdown.document import Document
from assistant.template.similar import find_nearest_name
from assistant.template.template import Template

OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleConfig:
    """The severities that a project sets, by code; `off` are the codes it does not want to hear."""

    severities: tuple[tuple[str, Severity], ...] = ()
    off: frozenset[str] = frozenset()

    def of(self, code: str) -> Severity | None:
        """The severity that the project sets for a code, or None."""
        return next((severity for known, severity in self.severities if known == code), None)

    def hears(self, code: str) -> bool:
        """Whether findings of a code are wanted."""
        if code in self.off:
            return False
        return RULES[code].on or self.of(code) is not None


DEFAULT_CONFIG = RuleConfig()


def parse_rule_config(table: Mapping[str, object], where: str) -> RuleConfig:
    """What a project's table says: a severity or `off` for codes or names.

    Raises `DraftError` (exit code 2) for a rule that does not exist, one that is named twice, and
    a value that is no severity; `where` is the file that the table stands in.
    """
    severities: dict[str, Severity] = {}
    off: set[str] = set()
    for key, value in table.items():
        code = find_rule_code(key)
        if not code:
            raise _build_config_error(f'there is no rule "{key}"', where, _suggest_rule(key))
        if code in severities or code in off:
            message = f"{code} stands here twice, as {code} and as {RULES[code].name}"
            raise _build_config_error(message, where)
        known = next((name for name in get_args(Severity) if name == value), None)
        if known is not None:
            severities[code] = known
        elif value == OFF:
            off.add(code)
        else:
            allowed = ", ".join(f'"{name}"' for name in (*get_args(Severity), OFF))
            raise _build_config_error(f"{key} must be one of {allowed}, not {value!r}", where)
    return RuleConfig(severities=tuple(sorted(severities.items())), off=frozenset(off))


def find_rule_code(text: str) -> str:
    """The code of a rule that is called by its code or its name; empty where there is none."""
    folded = text.strip().replace("_", "-")
    if folded.upper() in RULES:
        return folded.upper()
    return next((r.code for r in RULES.values() if r.name == folded.lower()), "")


def _suggest_rule(key: str) -> str:
    near = find_nearest_name(key, (*RULES, *(rule.name for rule in RULES.values())))
    return f"Did you mean {near}?" if near else "`draft check` prints the code of each finding."


def _build_config_error(message: str, where: str, hint: str = "") -> DraftError:
    return DraftError(
        f"[check] {message}.", code="bad-configuration", exit_code=Exit.USAGE, where=where,
        hint=hint,
    )  # fmt: skip


def check_document(
    template: Template,
    document: Document,
    ruling: RuleConfig = DEFAULT_CONFIG,
    also: Iterable[Finding] | None = None,
) -> tuple[Finding, ...]:
    """Return everything there is to say about a document, in the order of its lines.

    `also` are findings of rules that look beyond the document (`check_neighbours`, the folder's
    own): they obey the same ruling and comments. None says that nobody looked there.
    """
    subject = CheckedDocument(template, document)
    comments = subject.once(IgnoreComments)
    foreign = follows_other_template(subject)
    rules = [rule for rule in RULES.values() if isinstance(rule, DocumentRule)]
    # One finding stands for all that is measured by a template that the document does not follow.
    measured = {rule.code for rule in rules if rule.measures} if foreign else set[str]()
    asked = (
        r for r in rules if not r.last and (r.code not in measured or r.code == OTHER_TEMPLATE)
    )
    own = chain.from_iterable(rule.find(subject) for rule in asked)
    heard = [one for one in chain(own, also or ()) if not comments.ignores(one)]
    known = {rule.code for rule in rules} if also is None else set(RULES)
    comments.unasked = frozenset({*RULES} - known | measured | ruling.off)
    last = chain.from_iterable(rule.find(subject) for rule in rules if rule.last)
    return _sort_findings(_set_severities(subject, ruling, chain(heard, last)))


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


def check_neighbours(about: PlacedDocument) -> tuple[Finding, ...]:
    """Return what does not fit between a document and the files that it stands among."""
    rules = (rule for rule in RULES.values() if isinstance(rule, NeighbourRule))
    return tuple(chain.from_iterable(rule.find(about) for rule in rules))


def check_folder(
    shelf: DocumentFolder, *, beside: bool = False
) -> tuple[tuple[Path, Finding], ...]:
    """Return what there is to say about a folder as a whole, each with the file it is about.

    With `beside` these are files beside the documents, else the documents.
    """
    rules = (
        rule for rule in RULES.values() if isinstance(rule, FolderRule) and rule.beside is beside
    )
    return tuple(chain.from_iterable(rule.find(shelf) for rule in rules))


def _set_severities(
    subject: CheckedDocument, ruling: RuleConfig, found: Iterable[Finding]
) -> Iterator[Finding]:
    """Yield the findings that are wanted, as bad as the project says, or else the status."""
    for one in found:
        if ruling.hears(one.code):
            own = RULES[one.code].by_status(settled=subject.settled)
            severity = ruling.of(one.code) or own or one.severity
            yield replace(one, severity=severity) if severity != one.severity else one


def _sort_findings(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in the order of their places."""
    return tuple(sorted(found, key=lambda one: (one.line, one.column, one.code, one.message)))
