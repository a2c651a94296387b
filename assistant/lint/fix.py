"""A document mended: the edits that have one right answer, each proved by another check.

An edit is a suggestion: `amend_document` keeps those that make a finding go away and bring no
other.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.lint.registry import RULES
from assistant.lint.rule import DocumentRule, Finding, Fix
from assistant.lint.subject import CheckedDocument
from assistant.markdown.document import Document, parse_document
from assistant.template.headings import find_parents
from assistant.template.template import Template

# Examinations a round. Halving finds one bad edit among 64 in a dozen; what is undecided after so
# many stays as it is, since each costs a check of the whole document.
_MAX_EXAMINATIONS = 32
# Rounds until nothing changes, by judgement: a heading that has moved may bring another edit.
_MAX_ROUNDS = 8

Examiner = Callable[[Document], tuple[Finding, ...]]


def suggest_fixes(subject: CheckedDocument) -> tuple[Fix, ...]:
    """Return all edits that might mend something, in order, none over another."""
    rules = (rule for rule in RULES.values() if isinstance(rule, DocumentRule))
    suggested = (fix for rule in rules if rule.fix for fix in rule.fix(subject))
    apart: list[Fix] = []
    for fix in sorted(suggested, key=lambda fix: (fix.start, fix.end)):
        if not apart or fix.start >= apart[-1].end:
            apart.append(fix)
    return tuple(apart)


def apply_fixes(text: str, chosen: Sequence[Fix]) -> str:
    """Return the text with edits made; every other byte is as it was."""
    pieces: list[str] = []
    position = 0
    for fix in sorted(chosen, key=lambda one: one.start):
        pieces += (text[position : fix.start], fix.text)
        position = fix.end
    return "".join((*pieces, text[position:]))


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendedDocument:
    """A document after its edits, with what is found in it still, and what is mended."""

    document: Document
    left: tuple[Finding, ...]
    fixed: tuple[Finding, ...] = ()


def amend_document(
    template: Template, document: Document, found: tuple[Finding, ...], examine: Examiner
) -> AmendedDocument:
    """Return a document with everything mended that has one right answer.

    `found` is what `examine` says of it. An edit is made only where the finding in its line goes
    away, no error comes, and no section but the one it is about gets under another heading. All
    other bytes are the same, and doing it again changes nothing.
    """
    state = AmendedDocument(document=document, left=found)
    for _ in range(_MAX_ROUNDS):
        before = state
        suggested = _suggest_for_findings(template, state)
        if suggested:
            state = _FixRound(state, examine).run(suggested)
        if state is before:
            break
    return AmendedDocument(
        document=state.document, left=state.left, fixed=tuple(subtract_findings(found, state.left))
    )


def _suggest_for_findings(template: Template, state: AmendedDocument) -> tuple[Fix, ...]:
    """Return the edits for the lines in which something is found that has one right answer."""
    lines = {finding.line for finding in state.left if RULES[finding.code].mends}
    if not lines:
        return ()
    suggested = suggest_fixes(CheckedDocument(template, state.document))
    return tuple(fix for fix in suggested if lines & set(fix.lines))


class _FixRound:
    """Edits of one text, tried together, and in ever smaller parts where that fails.

    The last ones first: a heading that moves up takes those after it along, unless they have
    moved already.
    """

    def __init__(self, start: AmendedDocument, examine: Examiner) -> None:
        self._start = start
        self._examine = examine
        self._best = start
        self._made: tuple[Fix, ...] = ()

    def run(self, suggested: tuple[Fix, ...]) -> AmendedDocument:
        """Return the best that could be made of the document; itself if no edit proves right."""
        waiting = [suggested]
        for _ in range(_MAX_EXAMINATIONS):
            if not waiting:
                break
            part = waiting.pop()
            if not self._take(part) and len(part) > 1:
                middle = len(part) // 2
                waiting += [part[:middle], part[middle:]]
        return self._best

    def _take(self, part: tuple[Fix, ...]) -> bool:
        """Make these edits too, if all then prove right, and return whether they did."""
        made = (*self._made, *part)
        document = parse_document(apply_fixes(self._start.document.text, made))
        if not _have_same_tree(self._start.document, document, made):
            return False
        left = self._examine(document)
        new = subtract_findings(left, self._start.left)
        gone = subtract_findings(self._start.left, left)
        if any(one.severity == "error" for one in new) or not _does_each_mend(made, gone):
            return False
        self._made = made
        self._best = AmendedDocument(document=document, left=left)
        return True


def _have_same_tree(before: Document, after: Document, made: Sequence[Fix]) -> bool:
    """Whether the same sections stand under the same headings, but for those whose level changes.

    Of these, what stands under them does.
    """
    if len(before.sections) != len(after.sections):
        return False
    moved = {fix.section for fix in made}
    trees = (find_parents([one.level for one in text.sections]) for text in (before, after))
    return all(
        old == new or index in moved for index, (old, new) in enumerate(zip(*trees, strict=True))
    )


def _does_each_mend(made: Sequence[Fix], gone: Sequence[Finding]) -> bool:
    """Whether each edit has a finding of its own that went away."""
    lines = Counter(finding.line for finding in gone if RULES[finding.code].mends)
    for fix in made:
        line = next((line for line in fix.lines if lines[line]), 0)
        if not line:
            return False
        lines[line] -= 1
    return True


def subtract_findings(these: Sequence[Finding], those: Sequence[Finding]) -> list[Finding]:
    """Return the first findings less the second ones, told apart by code and line."""
    count = Counter((one.code, one.line) for one in those)
    left: list[Finding] = []
    for one in these:
        if count[one.code, one.line]:
            count[one.code, one.line] -= 1
        else:
            left.append(one)
    return left
