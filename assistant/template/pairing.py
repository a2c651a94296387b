"""Which section of a document is which of a template's: two trees of headings, side by side."""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from assistant.markdown.document import Document, Section
from assistant.template.fields import MatchedBody, match_parts
from assistant.template.headings import choose_group, choose_variant, find_parents, fold_title
from assistant.template.parts import Spec
from assistant.template.similar import measure_likeness, reduce_to_letters
from assistant.template.template import Template

# So many headings under one heading are compared with one that is missing: by judgement, since each
# comparison costs, and no document written by people has as many.
_MAX_COMPARED = 200
# What design document 009 calls almost right: half of the words, or more, under the heading that
# the template has above, at its level; if nine tenths agree, at any level.
_MIN_LIKENESS = 0.5
_SURE_LIKENESS = 0.9


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
        """Return every section of the document that the template knows."""
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
        return SectionMatch(
            spec=spec,
            section=section,
            index=index,
            body=match_parts(spec.parts, section),
            misplaced=misplaced,
            final=index == len(self.document.sections) - 1,
        )

    def _find(self, number: int, spec: Spec) -> tuple[int | None, bool]:
        """Return the document's section for one of the template, and whether it is misplaced."""
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
        """Return the first heading of level 1, unless it is another of the template's."""
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
        """Return the document's section above a section of the template; -1 if none is."""
        return self.used.get(self.above[number], -1)

    def _groups(self) -> list[list[tuple[int, tuple[Spec, ...]]]]:
        """Return the heading groups with their first examples' places, by the section above."""
        found: dict[int, list[tuple[int, tuple[Spec, ...]]]] = defaultdict(list)
        for heads in self.template.groups.values():
            first = heads[0].index
            found[self.above[first]].append((first, heads))
        return list(found.values())

    def _items(self, groups: list[tuple[int, tuple[Spec, ...]]]) -> list[SectionMatch]:
        """Return the items of the groups under one heading: its children that are nothing else."""
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
        """Return which group a section is an item of: one of its own level, if there is one."""
        section = self.document.sections[index]
        own = choose_group([heads for _, heads in groups], section.title, before)
        fitting = [k for k, (_, heads) in enumerate(groups) if heads[0].level == section.level]
        if own in fitting or not fitting:
            return own
        return next((k for k in fitting if k >= before), fitting[-1])

    def _reached(self, groups: list[tuple[int, tuple[Spec, ...]]], index: int) -> int:
        """Return the first group that a section can be in, given what it stands behind."""
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


def is_untouched(match: SectionMatch) -> bool:
    """Whether a section is as the template has it, with nothing of a person's in it."""
    own = "".join(part.text for part in match.spec.parts)
    return match.section.body.split() == own.split()


@dataclass(frozen=True, slots=True, kw_only=True)
class RewordedHeading:
    """A heading of the template, and the document's that seems to be meant by it."""

    spec: Spec
    section: Section


def pair_reworded(
    missing: Sequence[tuple[Spec, int]], unknown: Mapping[int, Sequence[Section]]
) -> tuple[RewordedHeading, ...]:
    """Return pairs of headings that are missing and headings that the template does not know.

    `missing` has the index of the section that each belongs under (-1: none), `unknown` the
    sections by the index of the one above them. Each heading is in one pair at most, the most
    alike first; one in the same letters may stand anywhere.
    """
    forms: dict[str, list[Section]] = {}
    for section in (section for own in unknown.values() for section in own):
        forms.setdefault(reduce_to_letters(section.title), []).append(section)
    scored = [
        (-score, section.line, spec, section)
        for spec, above in missing
        for section in (
            *islice(unknown.get(above, ()), _MAX_COMPARED),
            *islice(forms.get(reduce_to_letters(spec.title), ()), _MAX_COMPARED),
        )
        if (score := measure_likeness(spec.title, section.title))
        >= (_MIN_LIKENESS if section.level == spec.level else _SURE_LIKENESS)
    ]
    return tuple(_take_best_pairs(sorted(scored, key=lambda one: one[:2])))


def _take_best_pairs(
    scored: Sequence[tuple[float, int, Spec, Section]],
) -> Iterator[RewordedHeading]:
    specs, sections = set[int](), set[int]()
    for _, _, spec, section in scored:
        if spec.index not in specs and section.start not in sections:
            specs.add(spec.index)
            sections.add(section.start)
            yield RewordedHeading(spec=spec, section=section)
