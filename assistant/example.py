"""Items of heading groups in a document: which somebody began, which are examples left over."""

from dataclasses import dataclass

from assistant.align import Alignment, Match
from assistant.document import Document
from assistant.mark import fold
from assistant.pairing import untouched


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
    heads = {id(head) for head in alignment.template.groups[key]}
    own = [match for match in alignment.matches if match.spec.group == key]
    known = {match.index: match for match in own}
    found: list[Item] = []
    for head in own:
        if id(head.spec) not in heads:
            continue
        end = below(alignment.document, head.index)
        inside = [known.get(index) for index in range(head.index, end)]
        matches = tuple(match for match in inside if match is not None)
        # A sub-section that the template does not know is a person's.
        began = len(matches) < len(inside) or not all(_as_given(match) for match in matches)
        found.append(Item(matches=matches, touched=began, end=end))
    return tuple(found)


def _as_given(match: Match) -> bool:
    return untouched(match) and fold(match.section.title) == fold(match.spec.title)


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
