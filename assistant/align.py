"""Holds a document against a template: which section is which, and where its slots are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.document import Document, Section
from assistant.field import Body, Field, Items, match
from assistant.mark import fold
from assistant.slot import OPTIONAL, PLACEHOLDER, Anchor, Spec
from assistant.template import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A document's section and the template's section that it is.

    `index` is the section's place in the document; offsets in `body` count from the section's
    body. `misplaced` says that only the title agrees, not the level or the parent, `final` that the
    section is the document's last.
    """

    spec: Spec
    section: Section
    index: int
    body: Body
    misplaced: bool = False
    final: bool = False

    @property
    def pending(self) -> tuple[Field | Items, ...]:
        """The model's fields that are unwritten; of a started list group, its blank fields."""
        found: list[Field | Items] = []
        for field in self.body.fields:
            if isinstance(field, Items):
                found.extend(_blank(field))
            elif not field.written and field.slot.owner == "model":
                found.append(field)
        return tuple(found)


def _blank(items: Items) -> tuple[Field | Items, ...]:
    if not items.written:
        return (items,)
    started = [item for item in items.items if item.touched]
    return tuple(
        field for item in started for field in item.fields
        if not field.written and field.slot.owner == "model"
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """A document held against a template.

    `missing` are the template's sections that the document lacks (optional ones and examples of
    groups are never missing), `unknown` the document's sections that the template does not know.
    """

    template: Template
    document: Document
    front: Body
    matches: tuple[Match, ...]
    missing: tuple[Spec, ...]
    unknown: tuple[Section, ...]


def align(template: Template, document: Document) -> Alignment:
    """The document's sections and slots, as the template knows them."""
    found = _Aligner(template, document).run()
    used = {item.index for item in found}
    specs = {id(item.spec) for item in found}
    return Alignment(
        template=template,
        document=document,
        front=match(template.front, document.front),
        matches=tuple(sorted(found, key=lambda item: item.index)),
        missing=tuple(
            spec for spec in template.specs
            if id(spec) not in specs and spec.level and not spec.optional and not spec.group
        ),
        unknown=tuple(s for i, s in enumerate(document.sections) if i not in used and s.level),
    )  # fmt: skip


def not_applicable(section: Section) -> bool:
    """Whether the section holds the one line that says it does not apply."""
    return section.body.strip().startswith("Not applicable: ") and "\n" not in section.body.strip()


def name_of(title: str) -> str:
    """A heading's title as titles are compared."""
    return fold(OPTIONAL.sub(" ", title))


@dataclass(slots=True)
class _Aligner:
    """The tree of a template's sections walked beside the tree of a document's."""

    template: Template
    document: Document

    def run(self) -> list[Match]:
        specs, sections = self.template.specs, self.document.sections
        parents = _parents([s.level for s in sections])
        used: dict[int, int] = {}
        found: list[Match] = []
        for number, spec in enumerate(specs):
            parent = _parents([s.level for s in specs])[number]
            if spec.group:
                continue
            index, misplaced = self._find(spec, used.get(parent), parents, set(used.values()))
            if index is not None:
                used[number] = index
                found.append(self._match(spec, index, misplaced=misplaced))
        for key in self.template.groups:
            found.extend(self._group(key, used, parents))
        return found

    def _match(self, spec: Spec, index: int, *, misplaced: bool = False) -> Match:
        section = self.document.sections[index]
        return Match(
            spec=spec,
            section=section,
            index=index,
            body=match(spec.parts, section.body),
            misplaced=misplaced,
            final=index == len(self.document.sections) - 1,
        )

    def _find(
        self, spec: Spec, parent: int | None, parents: Sequence[int], taken: set[int]
    ) -> tuple[int | None, bool]:
        """The document's section for a section of the template, and whether it is misplaced."""
        sections = self.document.sections
        if spec.level == 0:
            return (0, False) if sections and sections[0].level == 0 else (None, False)
        title = self.template.title
        if title is not None and spec is title:
            tops = [i for i, s in enumerate(sections) if s.level == 1]
            return (tops[0], False) if tops else (None, False)
        same = [
            i for i, s in enumerate(sections)
            if s.level and i not in taken and name_of(s.title) == name_of(spec.title)
        ]  # fmt: skip
        near = [i for i in same if parents[i] == (-1 if parent is None else parent)
                and sections[i].level == spec.level]  # fmt: skip
        if near:
            return near[0], False
        elsewhere = {name_of(s.title) for s in self.template.specs if s is not spec}
        if same and name_of(spec.title) not in elsewhere:
            return same[0], True
        return None, False

    def _group(self, key: str, used: dict[int, int], parents: Sequence[int]) -> list[Match]:
        """The items of a heading group: its parent's children that are nothing else."""
        specs, sections = self.template.specs, self.document.sections
        heads = self.template.groups[key]
        first = next(i for i, s in enumerate(specs) if s is heads[0])
        above = _parents([s.level for s in specs])[first]
        parent = used.get(above, -1)
        taken = set(used.values())
        if above >= 0 and above not in used:
            return []
        later = [used[i] for i in range(first + 1, len(specs))
                 if i in used and specs[i].level <= heads[0].level]  # fmt: skip
        earlier = [used[i] for i in range(first) if i in used]
        children = [
            i for i, s in enumerate(sections)
            if parents[i] == parent and i not in taken and s.level == heads[0].level
            and i > max(earlier, default=-1) and i < min(later, default=len(sections))
        ]  # fmt: skip
        result: list[Match] = []
        for place, index in enumerate(children):
            result.extend(self._item(heads, place, index, parents))
        used.update({len(specs) + m.index: m.index for m in result})
        return result

    def _item(
        self, heads: Sequence[Spec], place: int, index: int, parents: Sequence[int]
    ) -> list[Match]:
        sections = self.document.sections
        head = variant_for(heads, sections[index], place)
        result = [self._match(head, index)]
        own = [s for s in self.template.specs if s.group == head.group]
        below = [s for s in own if s.variant == head.variant and s is not head]
        for spec in below:
            for i, section in enumerate(sections):
                if _within(i, index, parents) and name_of(section.title) == name_of(spec.title):
                    result.append(self._match(spec, i))
                    break
        return result


def variant_for(heads: Sequence[Spec], section: Section, place: int) -> Spec:
    """The example that item `place` of a heading group follows.

    Its own where it was not renamed, else the one with its first word, else the one whose anchors
    it has, and of those the one in its place or the first.
    """
    for head in heads:
        if fold(head.title) == fold(section.title):
            return head
    if tells(heads):
        return by_first_word(heads, section.title) or heads[0]
    scores = [_fit(head, section) for head in heads]
    best = [head for head, score in zip(heads, scores, strict=True) if score == max(scores)]
    own = heads[place] if place < len(heads) else heads[0]
    return own if own in best else best[0]


def _fit(head: Spec, section: Section) -> tuple[int, int]:
    """How well a section has an example's anchors: the fewest missing, then the most found."""
    anchors = sum(isinstance(part, Anchor) for part in head.parts)
    missing = len(match(head.parts, section.body).missing)
    return -missing, anchors - missing


def by_first_word(heads: Sequence[Spec], title: str) -> Spec | None:
    """The example with the title's first word, where the examples' first words differ."""
    own = first_word(title)
    return (
        next((head for head in heads if first_word(head.title) == own), None)
        if tells(heads)
        else None
    )


def tells(heads: Sequence[Spec]) -> bool:
    """Whether the examples of a group differ in their first word, as `POST` and `GET` do."""
    found = {first_word(head.title) for head in heads}
    return len(found) == len(heads) > 1 and "" not in found


def first_word(title: str) -> str:
    """A title's first word, a counter in front of it left out; empty for a placeholder."""
    words = fold(re.sub(r"^\d+[.)]\s*", "", title)).split()
    return words[0] if words and not PLACEHOLDER.match(words[0] + "]") else ""


def _parents(levels: Sequence[int]) -> list[int]:
    """For each heading the index of the one above it in the outline, or -1."""
    parents: list[int] = []
    stack: list[tuple[int, int]] = []
    for index, level in enumerate(levels):
        while stack and stack[-1][0] >= level:
            stack.pop()
        parents.append(stack[-1][1] if stack and stack[-1][0] > 0 else -1)
        stack.append((level, index))
    return parents


def _within(index: int, ancestor: int, parents: Sequence[int]) -> bool:
    while index >= 0:
        index = parents[index]
        if index == ancestor:
            return True
    return False


__all__ = ["Alignment", "Document", "Match", "align", "by_first_word", "variant_for"]
