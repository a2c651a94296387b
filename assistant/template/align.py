"""A document held against its template: what it has, what it lacks, which items were begun."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from assistant.markdown.document import Document, Section
from assistant.markdown.elements import fold_name
from assistant.template.fields import Field, MatchedBody
from assistant.template.headings import choose_example, find_parents, find_subtree_end
from assistant.template.pairing import (
    Pairing,
    RewordedHeading,
    SectionMatch,
    is_untouched,
    pair_reworded,
)
from assistant.template.parts import Anchor, Slot, Spec, is_blank
from assistant.template.template import Template, read_front_parts


@dataclass(frozen=True, kw_only=True)  # without slots: what is derived is worked out once
class Alignment:
    """A document held against a template.

    `missing` are the template's sections that the document lacks (optional ones and examples of
    groups are never missing), `unknown` the document's sections that the template does not know,
    `reworded` those that are both, most likely.
    """

    template: Template
    document: Document
    front: MatchedBody
    matches: tuple[SectionMatch, ...]
    missing: tuple[Spec, ...]
    unknown: tuple[Section, ...]
    reworded: tuple[RewordedHeading, ...] = ()

    @cached_property
    def title(self) -> SectionMatch | None:
        """The section whose heading is the document's title, if the template knows it as that."""
        spec = self.template.title
        return next((match for match in self.matches if match.spec is spec), None)

    @cached_property
    def items(self) -> Mapping[str, tuple["HeadingItem", ...]]:
        """The items of each heading group, by the group's key, in the order of the document."""
        return {key: tuple(_find_items(self, key)) for key in self.template.groups}


def align_document(template: Template, document: Document) -> Alignment:
    """Return the document's sections and slots, as the template knows them."""
    found = Pairing(template, document).run()
    used = {item.index for item in found}
    specs = {item.spec.index for item in found}
    missing = tuple(
        spec
        for spec in template.specs
        if spec.index not in specs and spec.level and not spec.optional and not spec.group
    )
    almost = _find_reworded(template, document, found, missing)
    places = {section.start: index for index, section in enumerate(document.sections)}
    own = used | {places[one.section.start] for one in almost}
    return Alignment(
        template=template,
        document=document,
        front=_match_front(template, document),
        matches=tuple(
            sorted(_count_own_sections(found, document, own), key=lambda item: item.index)
        ),
        missing=missing,
        unknown=tuple(s for i, s in enumerate(document.sections) if i not in used and s.level),
        reworded=almost,
    )


def _find_reworded(
    template: Template, document: Document, found: Sequence[SectionMatch], missing: Sequence[Spec]
) -> tuple[RewordedHeading, ...]:
    """Return the missing sections that are there in almost their template's words."""
    used = {match.index for match in found}
    above = find_parents([section.level for section in document.sections])
    unknown: dict[int, list[Section]] = defaultdict(list)
    for index, section in enumerate(document.sections):
        if section.level and index not in used:
            unknown[above[index]].append(section)
    places = {match.spec.path: match.index for match in found if match.spec.level}
    title = template.title
    asked = [(s, places.get(s.path[:-1], -1)) for s in missing if s is not title]
    return pair_reworded(asked, unknown)


def _count_own_sections(
    found: Sequence[SectionMatch], document: Document, known: AbstractSet[int]
) -> list[SectionMatch]:
    """Return the matches with what people wrote in sub-sections of their own counted.

    `known` are the indexes of sections that are the template's.
    """
    above = find_parents([section.level for section in document.sections])
    begun: set[int] = set()
    for index, section in enumerate(document.sections):
        if section.level and index not in known and section.body.strip():
            over = above[index]
            while over >= 0 and over not in known:
                over = above[over]
            begun.add(over)
    return [_mark_written(match) if match.index in begun else match for match in found]


def _mark_written(match: SectionMatch) -> SectionMatch:
    """Return the match with its prose slots counted as written."""
    fields = tuple(
        replace(field, written=True)
        if isinstance(field, Field) and field.slot.kind == "prose"
        else field
        for field in match.body.fields
    )
    return replace(match, body=replace(match.body, fields=fields))


def _match_front(template: Template, document: Document) -> MatchedBody:
    """Return the front matter's keys in a document; YAML is not Markdown and has no marks."""
    found: dict[str, tuple[int, int, str]] = {}
    position, key = 0, ""
    for part in read_front_parts(document.front):
        if isinstance(part, Anchor):
            key = part.key
        elif isinstance(part, Slot):
            found.setdefault(key, (position, position + len(part.text), part.text))
        position += len(part.text)
    fields: list[Field] = []
    missing: list[Anchor] = []
    for anchor, slot in pairwise(template.front):
        if not isinstance(anchor, Anchor) or not isinstance(slot, Slot):
            continue
        if anchor.key not in found:
            missing.append(anchor)
            continue
        start, end, content = found[anchor.key]
        written = not is_blank(content, slot)
        fields.append(Field(slot=slot, start=start, end=end, content=content, written=written))
    return MatchedBody(fields=tuple(fields), missing=tuple(missing), guidance=())


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadingItem:
    """One item of a heading group in a document: its sections that the template knows.

    `touched` says that somebody named it or wrote in it, `end` is the index of the section behind
    it and all that stands below it.
    """

    matches: tuple[SectionMatch, ...]
    touched: bool
    end: int

    @property
    def title(self) -> str:
        """The item's heading."""
        return self.matches[0].section.title

    @property
    def first(self) -> int:
        """The index of its first section."""
        return self.matches[0].index


def find_group_items(alignment: Alignment, key: str) -> tuple[HeadingItem, ...]:
    """Return the items of the heading group `key`, in the order of the document."""
    return alignment.items[key]


def _find_items(alignment: Alignment, key: str) -> Iterator[HeadingItem]:
    heads = {head.index for head in alignment.template.groups[key]}
    own = [match for match in alignment.matches if match.spec.group == key]
    known = {match.index: match for match in own}
    for head in own:
        if head.spec.index not in heads:
            continue
        end = find_subtree_end(alignment.document, head.index)
        inside = [known.get(index) for index in range(head.index, end)]
        matches = tuple(match for match in inside if match is not None)
        # A sub-section that the template does not know is a person's.
        began = len(matches) < len(inside) or not all(_is_as_given(match) for match in matches)
        yield HeadingItem(matches=matches, touched=began, end=end)


def _is_as_given(match: SectionMatch) -> bool:
    """Whether a section has its example's heading, and what stands under that or nothing."""
    given = is_untouched(match) or not match.section.body.strip()
    return given and fold_name(match.section.title) == fold_name(match.spec.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadingGroup:
    """A heading group of which no item was begun, with where its examples are in the text.

    `indexes` are those of the examples' sections. A document that has no examples has an empty
    section for the group, at whose end it is then. `parents` are the sections that it stands under.
    """

    key: str
    start: int
    end: int
    indexes: range
    parents: tuple[SectionMatch, ...]


def find_open_groups(alignment: Alignment) -> tuple[HeadingGroup, ...]:
    """Return the heading groups of which no item was begun, and that can be written in one place.

    Examples with something else between them can't: they are left over.
    """
    document = alignment.document
    found: list[HeadingGroup] = []
    for key, heads in alignment.template.groups.items():
        own = find_group_items(alignment, key)
        above = tuple(m for m in alignment.matches if m.spec.path == heads[0].path[:-1])
        if own and not any(item.touched for item in own):
            if all(a.end == b.first for a, b in pairwise(own)):
                found.append(
                    HeadingGroup(
                        key=key,
                        start=document.sections[own[0].first].start,
                        end=document.sections[own[-1].end - 1].end,
                        indexes=range(own[0].first, own[-1].end),
                        parents=above,
                    )
                )
        elif not own and above and _is_bare(above[0], document):
            at = above[0].section.end
            empty = range(0)
            found.append(HeadingGroup(key=key, start=at, end=at, indexes=empty, parents=above[:1]))
    return tuple(found)


def _is_bare(match: SectionMatch, document: Document) -> bool:
    """Whether a section has nothing under its heading, nor a heading below it."""
    return (
        not match.section.body.strip()
        and find_subtree_end(document, match.index) == match.index + 1
    )


def find_leftover_examples(alignment: Alignment) -> tuple[HeadingItem, ...]:
    """Return the examples that nobody began beside items that somebody did."""
    whole = {group.key for group in find_open_groups(alignment)}
    return tuple(
        item
        for key in alignment.template.groups
        if key not in whole
        for item in find_group_items(alignment, key)
        if not item.touched
    )


def find_bare_items(alignment: Alignment) -> tuple[tuple[SectionMatch, Spec], ...]:
    """Return the begun items that are a heading and nothing else, with the example of each.

    That is the example whose body they are given before they are filled.
    """
    return tuple(
        (item.matches[0], choose_example(heads, item.matches[0].spec, item.title))
        for key, heads in alignment.template.groups.items()
        for item in find_group_items(alignment, key)
        if item.touched and _is_bare(item.matches[0], alignment.document)
    )


def find_untouched_examples(alignment: Alignment, names: tuple[str, ...] = ()) -> frozenset[int]:
    """Return the indexes of sections in heading groups that nobody began, less those in `names`."""
    wanted = {fold_name(name) for name in names}
    return frozenset(
        index
        for key in alignment.template.groups
        for item in find_group_items(alignment, key)
        if not item.touched and fold_name(item.title) not in wanted
        for index in range(item.first, item.end)
    )
