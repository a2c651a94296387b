"""Items of heading groups in a document: which somebody began, which are examples left over."""

from dataclasses import dataclass
from itertools import pairwise

from assistant.align import Alignment, Match
from assistant.document import Document
from assistant.mark import fold
from assistant.pairing import untouched
from assistant.slot import Spec
from assistant.variant import example_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a heading group in a document: its sections that the template knows.

    `touched` says that somebody named it or wrote in it, `end` is the index of the section behind
    it and all that stands below it.
    """

    matches: tuple[Match, ...]
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


def items(alignment: Alignment, key: str) -> tuple[Item, ...]:
    """The items of the heading group `key`, in the order of the document."""
    heads = {head.index for head in alignment.template.groups[key]}
    own = [match for match in alignment.matches if match.spec.group == key]
    known = {match.index: match for match in own}
    found: list[Item] = []
    for head in own:
        if head.spec.index not in heads:
            continue
        end = below(alignment.document, head.index)
        inside = [known.get(index) for index in range(head.index, end)]
        matches = tuple(match for match in inside if match is not None)
        # A sub-section that the template does not know is a person's.
        began = len(matches) < len(inside) or not all(_as_given(match) for match in matches)
        found.append(Item(matches=matches, touched=began, end=end))
    return tuple(found)


def _as_given(match: Match) -> bool:
    """Whether a section has its example's heading, and what stands under that or nothing."""
    given = untouched(match) or not match.section.body.strip()
    return given and fold(match.section.title) == fold(match.spec.title)


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
    parents: tuple[Match, ...]


def open_groups(alignment: Alignment) -> tuple[HeadingGroup, ...]:
    """Return the heading groups of which no item was begun, and that can be written in one place.

    Examples with something else between them can't: they are left over.
    """
    document = alignment.document
    found: list[HeadingGroup] = []
    for key, heads in alignment.template.groups.items():
        own = items(alignment, key)
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


def _is_bare(match: Match, document: Document) -> bool:
    """Whether a section has nothing under its heading, nor a heading below it."""
    return not match.section.body.strip() and below(document, match.index) == match.index + 1


def left_over(alignment: Alignment) -> tuple[Item, ...]:
    """Return the examples that nobody began beside items that somebody did."""
    whole = {group.key for group in open_groups(alignment)}
    return tuple(
        item
        for key in alignment.template.groups
        if key not in whole
        for item in items(alignment, key)
        if not item.touched
    )


def bare_items(alignment: Alignment) -> tuple[tuple[Match, Spec], ...]:
    """Return the begun items that are a heading and nothing else, with the example of each.

    That is the example whose body they are given before they are filled.
    """
    return tuple(
        (item.matches[0], example_for(heads, item.matches[0].spec, item.title))
        for key, heads in alignment.template.groups.items()
        for item in items(alignment, key)
        if item.touched and _is_bare(item.matches[0], alignment.document)
    )


def below(document: Document, index: int) -> int:
    """The index behind a section and all that stands below it."""
    level = document.sections[index].level
    later = range(index + 1, len(document.sections))
    return next((i for i in later if document.sections[i].level <= level), len(document.sections))


def examples(alignment: Alignment, names: tuple[str, ...] = ()) -> frozenset[int]:
    """The indexes of sections that nobody began in heading groups, less those in `names`."""
    wanted = {fold(name) for name in names}
    return frozenset(
        index
        for key in alignment.template.groups
        for item in items(alignment, key)
        if not item.touched and fold(item.title) not in wanted
        for index in range(item.first, item.end)
    )
