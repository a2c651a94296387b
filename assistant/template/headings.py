"""Headings of an outline: how titles are compared, and which are examples of one thing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.markdown.blocks import split_lines
from assistant.markdown.document import Document, Section
from assistant.markdown.elements import fold_name
from assistant.template.fields import match_parts
from assistant.template.parts import (
    ASIDE,
    PLACEHOLDER,
    Anchor,
    Spec,
    is_sequence,
    split_counter,
)


def fold_title(title: str) -> str:
    """Return a heading's title as titles are compared."""
    return fold_name(ASIDE.sub(" ", title))


def find_parents(levels: Sequence[int]) -> list[int]:
    """Return for each heading the index of the one above it in the outline, or -1."""
    parents: list[int] = []
    stack: list[tuple[int, int]] = []
    for index, level in enumerate(levels):
        while stack and stack[-1][0] >= level:
            stack.pop()
        parents.append(stack[-1][1] if stack and stack[-1][0] > 0 else -1)
        stack.append((level, index))
    return parents


def find_subtree_end(document: Document, index: int) -> int:
    """Return the index after a section and all that stands below it."""
    level = document.sections[index].level
    later = range(index + 1, len(document.sections))
    return next((i for i in later if document.sections[i].level <= level), len(document.sections))


@dataclass(frozen=True, slots=True)
class GroupMember:
    """A section's place in a heading group: the group's key, and which example it belongs to."""

    key: str
    variant: int


def find_heading_groups(sections: Sequence[Section]) -> dict[int, GroupMember]:
    """Return the sections of heading groups by index, each with what stands below it.

    A group is siblings that differ in a counter, or that are to be named.
    """
    found: dict[int, GroupMember] = {}
    keys: set[str] = set()
    for index, section in enumerate(sections):
        if index in found or section.level == 0 or (section.level == 1 and index <= 1):
            continue
        run = _find_examples(sections, index)
        if not run:
            continue
        key = " > ".join(section.path[:-1]) or section.title
        if key in keys:
            key = f"{key} > {section.title}"
        keys.add(key)
        for variant, head in enumerate(run):
            for member in (head, *_find_descendants(sections, head)):
                found[member] = GroupMember(key, variant)
    return found


def _find_examples(sections: Sequence[Section], index: int) -> tuple[int, ...]:
    """Return the sections from `index` on that are examples of one thing, or none."""
    siblings = _find_siblings(sections, index)
    if PLACEHOLDER.search(sections[index].title):
        found: list[int] = []
        for sibling in siblings:
            if not PLACEHOLDER.search(sections[sibling].title):
                break
            found.append(sibling)
        return tuple(found)
    run = [index]
    for sibling in siblings:
        if sibling == index:
            continue
        if not is_sequence((sections[run[-1]].title, sections[sibling].title)):
            break
        run.append(sibling)
    return tuple(run) if len(run) > 1 else ()


def _find_siblings(sections: Sequence[Section], index: int) -> Iterator[int]:
    for other in range(index, len(sections)):
        if sections[other].level < sections[index].level:
            return
        if sections[other].level == sections[index].level:
            yield other


def _find_descendants(sections: Sequence[Section], index: int) -> Iterator[int]:
    for other in range(index + 1, len(sections)):
        if sections[other].level <= sections[index].level:
            return
        yield other


def replace_title(heading: str, title: str, text: str) -> str:
    """Return a heading's source with `text` in the place of its title."""
    if title and title in heading:
        return heading.replace(title, text, 1)
    # The title is on several lines, above an underline.
    *above, underline = split_lines(heading)
    ending = re.sub(r"[^\r\n]", "", above[0]) if above else ""
    return f"{text}{ending}{underline}" if above else heading


def make_item_title(title: str, name: str, number: int) -> str:
    """Return the title of a group's item `number` (from 1), made after example `title`.

    A counter of digits goes on counting, a placeholder or a counter of letters gives way to the
    name, and a code span stays one.
    """
    title = ASIDE.sub("", title).strip()
    if title.startswith("`") and title.endswith("`"):
        return f"`{name.replace('`', '')}`"
    title = re.sub(r"^\d+(?=[.)])", str(number), title)
    if PLACEHOLDER.search(title):
        return PLACEHOLDER.sub(lambda _: name, title, count=1)
    counted = re.search(r"\b\d+\b", title)
    if counted:
        return f"{title[: counted.start()]}{number}: {name}"
    return name


def choose_group(groups: Sequence[Sequence[Spec]], title: str, before: int) -> int:
    """Return which of several groups under one heading an item called `title` belongs to.

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
    """Return the example that item `place` of a heading group follows.

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
    """Return how well a section has an example's anchors: missing ones count first."""
    anchors = sum(isinstance(part, Anchor) for part in head.parts)
    missing = len(match_parts(head.parts, section).missing)
    return -missing, anchors - missing


def choose_example(heads: Sequence[Spec], own: Spec, title: str) -> Spec:
    """Return the example whose body an item gets that has a title and nothing else.

    The one with its first word, else the first. An item is known by its anchors afterwards, so
    that where the first has none its `own`, which it follows now, goes before it.
    """
    anchored = any(isinstance(part, Anchor) for part in heads[0].parts)
    return find_by_first_word(heads, title) or (
        heads[0] if anchored or differ_in_first_word(heads) else own
    )


def find_by_first_word(heads: Sequence[Spec], title: str) -> Spec | None:
    """Return the example with the title's first word, if the examples differ in it."""
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
    """Return a title's first word less a counter before it; empty for a placeholder."""
    words = fold_name(re.sub(r"^\d+[.)]\s*", "", title)).split()
    return words[0] if words and not PLACEHOLDER.match(words[0] + "]") else ""
