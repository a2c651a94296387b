"""Findings that a document's own comments ignore: `<!-- draft: ignore D104 -->`.

A comment speaks of its own line. Alone on its line it also speaks of the next one that is not
blank, and directly under a heading of everything up to the next heading of that level.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.lint.registry import RULES
from assistant.lint.rule import Finding, Hit
from assistant.lint.subject import CheckedDocument, Spot
from assistant.markdown.comments import find_directives, holds_only_directives
from assistant.markdown.passage import blank_spans
from assistant.template.headings import find_parents
from assistant.template.similar import find_nearest_name


@dataclass(frozen=True, slots=True)
class _IgnoredRule:
    """One rule that one comment ignores; `offset` and `width` are the comment's."""

    code: str
    offset: int
    width: int


class IgnoreComments:
    """What a document's comments ignore, and which of them were needed.

    `unasked` are the codes of rules that nobody asked: what ignores them may be needed. `unknown`
    are the comments that name no rule.
    """

    def __init__(self, subject: CheckedDocument) -> None:
        self._subject = subject
        self._lines: dict[tuple[str, int], list[int]] = {}
        self._sections: dict[tuple[str, int], list[int]] = {}
        self._ignored: list[_IgnoredRule] = []
        self._used: set[int] = set()
        self.unknown: list[Hit] = []
        self.unasked: frozenset[str] = frozenset()
        self._starts: list[int] = []
        self._above: list[int] = []
        if "<!--" in subject.text:
            self._read()
        # The document keeps its comments: were it kept by them too, it would outlive its check.
        del self._subject

    def _read(self) -> None:
        sections = self._subject.document.sections
        self._starts = [section.line for section in sections]
        self._above = find_parents([section.level for section in sections])
        for index, section in enumerate(sections):
            if "<!--" not in section.body and "<!--" not in section.heading:
                continue
            body = blank_spans(section.body, (*section.code_blocks, *section.code_spans))
            for one in find_directives(section.heading + body):
                self._take(index, section.start + one.start, one.end - one.start, one.rules)

    def _take(self, index: int, offset: int, width: int, rules: Sequence[str]) -> None:
        known = {**{code: code for code in RULES}, **{r.name: r.code for r in RULES.values()}}
        spot = Spot(offset=offset, width=width)
        if not rules:
            message = "this comment names no rule: <!-- draft: ignore D104 -->."
            self.unknown.append(Hit(spot=spot, message=message))
        for rule in rules:
            code = known.get(rule.upper()) or known.get(rule.lower())
            if code is None:
                near = find_nearest_name(rule, tuple(known))
                hint = f' Did you mean "{near}"?' if near else ""
                message = f'there is no rule "{rule[:40]}".{hint}'
                self.unknown.append(Hit(spot=spot, message=message))
                continue
            self._ignored.append(_IgnoredRule(code, offset, width))
            self._cover(code, index, self._subject.place(offset)[0], len(self._ignored) - 1)

    def _cover(self, code: str, index: int, line: int, number: int) -> None:
        """Note what a comment on `line`, in section `index`, speaks of."""
        subject = self._subject
        self._lines.setdefault((code, line), []).append(number)
        if not holds_only_directives(subject.line(line)):
            return
        before, after = self._around[line]
        self._lines.setdefault((code, after), []).append(number)
        section = subject.document.sections[index]
        heading = subject.place(max(section.body_start - 1, 0))[0]
        if section.level and before <= heading:
            self._sections.setdefault((code, index), []).append(number)

    @cached_property
    def _around(self) -> list[tuple[int, int]]:
        """Return for each line the nearest before and after it that say something to people."""
        height = self._subject.height
        says = [not self._says_nothing(line) for line in range(height + 2)]
        before, after = [0] * (height + 2), [height + 1] * (height + 2)
        for line in range(1, height + 2):
            before[line] = line - 1 if says[line - 1] else before[line - 1]
        for line in range(height, -1, -1):
            after[line] = line + 1 if says[line + 1] else after[line + 1]
        return list(zip(before, after, strict=True))

    def _says_nothing(self, line: int) -> bool:
        text = self._subject.line(line)
        return not text.strip() or holds_only_directives(text)

    def ignores(self, one: Finding) -> bool:
        """Whether a comment ignores a finding."""
        numbers = list(self._lines.get((one.code, one.line), ()))
        index = bisect_right(self._starts, one.line) - 1
        while index >= 0:
            numbers += self._sections.get((one.code, index), ())
            index = self._above[index]
        self._used.update(numbers)
        return bool(numbers)

    def find_unneeded(self) -> Iterator[Hit]:
        """Yield the comments that ignored nothing of a rule that was asked.

        To be asked for when every finding was.
        """
        for number, one in enumerate(self._ignored):
            if number not in self._used and one.code not in self.unasked:
                rule = RULES[one.code]
                message = f"nothing here is {rule.code} ({rule.name}): delete this comment."
                yield Hit(spot=Spot(offset=one.offset, width=one.width), message=message)
