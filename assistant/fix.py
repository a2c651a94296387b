"""What could be wrong in a document and has one right answer: the edits that would mend it.

An edit is a suggestion: `amend` keeps those that make a finding go away and bring no other.
"""

from collections.abc import Sequence

from assistant.lint.registry import RULES
from assistant.lint.rule import DocumentRule, Fix
from assistant.subject import Subject


def fixes(subject: Subject) -> tuple[Fix, ...]:
    """Return all edits that might mend something, in order, none over another."""
    rules = (rule for rule in RULES.values() if isinstance(rule, DocumentRule))
    suggested = (fix for rule in rules if rule.fix for fix in rule.fix(subject))
    apart: list[Fix] = []
    for fix in sorted(suggested, key=lambda fix: (fix.start, fix.end)):
        if not apart or fix.start >= apart[-1].end:
            apart.append(fix)
    return tuple(apart)


def applied(text: str, chosen: Sequence[Fix]) -> str:
    """The text with edits made; every other byte is as it was."""
    pieces: list[str] = []
    position = 0
    for fix in sorted(chosen, key=lambda one: one.start):
        pieces += (text[position : fix.start], fix.text)
        position = fix.end
    return "".join((*pieces, text[position:]))
