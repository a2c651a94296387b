"""Which of a heading group's examples an item follows."""

import re
from collections.abc import Sequence

from assistant.document import Section
from assistant.field import match
from assistant.mark import fold
from assistant.slot import PLACEHOLDER, Anchor, Spec, counter


def group_of(groups: Sequence[Sequence[Spec]], title: str, before: int) -> int:
    """Which of several groups under one heading an item called `title` belongs to.

    The one that has an example of that name or counts in its words, else that of the item before.
    """
    for number, heads in enumerate(groups):
        if any(fold(head.title) == fold(title) or _counts(head, title) for head in heads):
            return number
    return before


def _counts(head: Spec, title: str) -> bool:
    split = counter(head.title)
    return bool(split and split[0].strip() and fold(title).startswith(fold(split[0]) + " "))


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


def example_for(heads: Sequence[Spec], own: Spec, title: str) -> Spec:
    """The example whose body an item gets that has a title and nothing else.

    The one with its first word, else the first. An item is known by its anchors afterwards, so
    that where the first has none its `own`, which it follows now, goes before it.
    """
    anchored = any(isinstance(part, Anchor) for part in heads[0].parts)
    return by_first_word(heads, title) or (heads[0] if anchored or tells(heads) else own)


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
