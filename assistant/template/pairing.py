"""Which section of a document is which of a template's: two trees of headings, side by side."""

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.markdown.document import Document, Section
from assistant.markdown.elements import find_section_marks, fold_name
from assistant.template.fields import MatchedBody, match_parts
from assistant.template.parts import ASIDE, PLACEHOLDER, Anchor, Spec, split_counter
from assistant.template.template import Template


def choose_group(groups: Sequence[Sequence[Spec]], title: str, before: int) -> int:
    """Which of several groups under one heading an item called `title` belongs to.

    The one that has an example of that name or counts in its words, else that of the item before.
    """
    for number, heads in enumerate(groups):
        if any(
            fold_name(head.title) == fold_name(title) or _counts_like(head, title) for head in heads
        ):
            return number
    return before


def _counts_like(head: Spec, title: str) -> bool:
    split = split_counter(head.title)
    return bool(
        split and split[0].strip() and fold_name(title).startswith(fold_name(split[0]) + " ")
    )


def choose_variant(heads: Sequence[Spec], section: Section, place: int) -> Spec:
    """The example that item `place` of a heading group follows.

    Its own where it was not renamed, else the one with its first word, else the one whose anchors
    it has, and of those the one in its place or the first.
    """
    for head in heads:
        if fold_name(head.title) == fold_name(section.title):
            return head
    if differ_in_first_word(heads):
        return find_by_first_word(heads, section.title) or heads[0]
    scores = [_score_fit(head, section) for head in heads]
    best = [head for head, score in zip(heads, scores, strict=True) if score == max(scores)]
    own = heads[place] if place < len(heads) else heads[0]
    return own if own in best else best[0]


def _score_fit(head: Spec, section: Section) -> tuple[int, int]:
    """How well a section has an example's anchors: the fewest missing, then the most found."""
    anchors = sum(isinstance(part, Anchor) for part in head.parts)
    missing = len(match_parts(head.parts, section.body).missing)
    return -missing, anchors - missing


def choose_example(heads: Sequence[Spec], own: Spec, title: str) -> Spec:
    """The example whose body an item gets that has a title and nothing else.

    The one with its first word, else the first. An item is known by its anchors afterwards, so
    that where the first has none its `own`, which it follows now, goes before it.
    """
    anchored = any(isinstance(part, Anchor) for part in heads[0].parts)
    return find_by_first_word(heads, title) or (
        heads[0] if anchored or differ_in_first_word(heads) else own
    )


def find_by_first_word(heads: Sequence[Spec], title: str) -> Spec | None:
    """The example with the title's first word, where the examples' first words differ."""
    own = find_first_word(title)
    return (
        next((head for head in heads if find_first_word(head.title) == own), None)
        if differ_in_first_word(heads)
        else None
    )


def differ_in_first_word(heads: Sequence[Spec]) -> bool:
    """Whether the examples of a group differ in their first word, as `POST` and `GET` do."""
    found = {find_first_word(head.title) for head in heads}
    return len(found) == len(heads) > 1 and "" not in found


def find_first_word(title: str) -> str:
    """A title's first word, a counter in front of it left out; empty for a placeholder."""
    words = fold_name(re.sub(r"^\d+[.)]\s*", "", title)).split()
    return words[0] if words and not PLACEHOLDER.match(words[0] + "]") else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionMatch:
    """A document's section and the template's section that it is.

    `index` is the section's place in the document; offsets in `body` count from the section's
    body. `misplaced` says that only the title agrees, not the level or the parent, `final` that the
    section is the document's last.
    """

    spec: Spec
    section: Section
    index: int
    body: MatchedBody
    misplaced: bool = False
    final: bool = False


def fold_title(title: str) -> str:
    """A heading's title as titles are compared."""
    return fold_name(ASIDE.sub(" ", title))


class Pairing:
    """The tree of a template's sections walked beside the tree of a document's."""

    def __init__(self, template: Template, document: Document) -> None:
        self.template = template
        self.title = template.title
        self.document = document
        self.above = find_parents([spec.level for spec in template.specs])
        self.parents = find_parents([section.level for section in document.sections])
        self.children: dict[int, list[int]] = defaultdict(list)
        self.named: dict[str, list[int]] = defaultdict(list)
        for index, section in enumerate(document.sections):
            if section.level:
                self.children[self.parents[index]].append(index)
                self.named[fold_title(section.title)].append(index)
        self.titles = Counter(fold_title(spec.title) for spec in template.specs if spec.level)
        self.used: dict[int, int] = {}
        self.taken: set[int] = set()

    def run(self) -> list[SectionMatch]:
        """Every section of the document that the template knows."""
        found: list[SectionMatch] = []
        for number, spec in enumerate(self.template.specs):
            if spec.group:
                continue
            index, misplaced = self._find(number, spec)
            if index is not None:
                self.used[number] = index
                self.taken.add(index)
                found.append(self._match(spec, index, misplaced=misplaced))
        for heads in self._groups():
            found.extend(self._items(heads))
        return found

    def _match(self, spec: Spec, index: int, *, misplaced: bool = False) -> SectionMatch:
        section = self.document.sections[index]
        find_section_marks(
            section
        )  # from the blocks that are read already; `match` finds them kept
        return SectionMatch(
            spec=spec,
            section=section,
            index=index,
            body=match_parts(spec.parts, section.body),
            misplaced=misplaced,
            final=index == len(self.document.sections) - 1,
        )

    def _find(self, number: int, spec: Spec) -> tuple[int | None, bool]:
        """The document's section for a section of the template, and whether it is misplaced."""
        sections = self.document.sections
        if spec.level == 0:
            return (0, False) if sections and sections[0].level == 0 else (None, False)
        if spec is self.title:
            return self._title(), False
        parent = self._parent(number)
        same = [i for i in self.named[fold_title(spec.title)] if i not in self.taken]
        near = [i for i in same if self.parents[i] == parent and sections[i].level == spec.level]
        if near:
            return near[0], False
        if same and self.titles[fold_title(spec.title)] == 1:
            return same[0], True
        return None, False

    def _title(self) -> int | None:
        """The first heading of level 1, unless it is another of the template's."""
        sections = self.document.sections
        first = next((i for i in self.children[-1] if sections[i].level == 1), None)
        title = self.title
        if (
            first is None
            or title is None
            or fold_title(title.title) == fold_title(sections[first].title)
        ):
            return first
        return None if fold_title(sections[first].title) in self.titles else first

    def _parent(self, number: int) -> int:
        """The document's section above a section of the template; -1 where none is."""
        return self.used.get(self.above[number], -1)

    def _groups(self) -> list[list[tuple[int, tuple[Spec, ...]]]]:
        """The heading groups, each with its first example's place; those of one parent together."""
        found: dict[int, list[tuple[int, tuple[Spec, ...]]]] = defaultdict(list)
        for heads in self.template.groups.values():
            first = heads[0].index
            found[self.above[first]].append((first, heads))
        return list(found.values())

    def _items(self, groups: list[tuple[int, tuple[Spec, ...]]]) -> list[SectionMatch]:
        """The items of the groups under one heading: its children that are nothing else."""
        first, _ = groups[0]
        if self.above[first] >= 0 and self.above[first] not in self.used:
            return []
        specs = self.template.specs
        level = min(heads[0].level for _, heads in groups)
        last = groups[-1][0]
        later = [n for i, n in self.used.items() if i > last and specs[i].level <= level]
        earlier = [n for i, n in self.used.items() if i < first]
        result: list[SectionMatch] = []
        places = [0] * len(groups)
        own = 0
        for index in self.children[self._parent(first)]:
            outside = not max(earlier, default=-1) < index < min(later, default=sys.maxsize)
            if index in self.taken or outside:
                continue
            own = max(own, self._reached(groups, index))
            own = self._group(groups, index, own)
            if groups[own][1][0].level == self.document.sections[index].level:
                result.extend(self._item(groups[own][1], places[own], index))
                places[own] += 1
        return result

    def _group(self, groups: list[tuple[int, tuple[Spec, ...]]], index: int, before: int) -> int:
        """Which group a section is an item of; one of its own level, where there is one."""
        section = self.document.sections[index]
        own = choose_group([heads for _, heads in groups], section.title, before)
        fitting = [k for k, (_, heads) in enumerate(groups) if heads[0].level == section.level]
        if own in fitting or not fitting:
            return own
        return next((k for k in fitting if k >= before), fitting[-1])

    def _reached(self, groups: list[tuple[int, tuple[Spec, ...]]], index: int) -> int:
        """The group that a section behind the template's own ones between two groups is in."""
        between = ((k, range(groups[k - 1][0], groups[k][0])) for k in range(1, len(groups)))
        behind = [k for k, own in between if any(self.used.get(i, index) < index for i in own)]
        return max(behind, default=0)

    def _item(self, heads: Sequence[Spec], place: int, index: int) -> list[SectionMatch]:
        head = choose_variant(heads, self.document.sections[index], place)
        result = [self._match(head, index)]
        self.taken.add(index)
        level = self.document.sections[index].level
        inside: list[int] = []
        for i in range(index + 1, len(self.document.sections)):
            if self.document.sections[i].level <= level:
                break
            inside.append(i)
        for spec in self.template.specs:
            if spec.group != head.group or spec.variant != head.variant or spec is head:
                continue
            for i in inside:
                same = fold_title(self.document.sections[i].title) == fold_title(spec.title)
                if same and i not in self.taken:
                    result.append(self._match(spec, i))
                    self.taken.add(i)
                    break
        return result


def find_parents(levels: Sequence[int]) -> list[int]:
    """For each heading the index of the one above it in the outline, or -1."""
    parents: list[int] = []
    stack: list[tuple[int, int]] = []
    for index, level in enumerate(levels):
        while stack and stack[-1][0] >= level:
            stack.pop()
        parents.append(stack[-1][1] if stack and stack[-1][0] > 0 else -1)
        stack.append((level, index))
    return parents


def is_untouched(match: SectionMatch) -> bool:
    """Whether a section is as the template has it, with nothing of a person's in it."""
    own = "".join(part.text for part in match.spec.parts)
    return match.section.body.split() == own.split()
