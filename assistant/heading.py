"""Heading groups: sections that are examples of one thing, and what their items are called."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.document import Section, lines
from assistant.slot import ASIDE, PLACEHOLDER, is_sequence


@dataclass(frozen=True, slots=True)
class Member:
    """A section's place in a heading group: the group's key, and which example it belongs to."""

    key: str
    variant: int


def groups(sections: Sequence[Section]) -> dict[int, Member]:
    """The sections of heading groups by index, each with what stands below it.

    A group is siblings that differ in a counter, or that are to be named.
    """
    found: dict[int, Member] = {}
    keys: set[str] = set()
    for index, section in enumerate(sections):
        if index in found or section.level == 0 or (section.level == 1 and index <= 1):
            continue
        run = _run(sections, index)
        if not run:
            continue
        key = " > ".join(section.path[:-1]) or section.title
        if key in keys:
            key = f"{key} > {section.title}"
        keys.add(key)
        for variant, head in enumerate(run):
            for member in (head, *_below(sections, head)):
                found[member] = Member(key, variant)
    return found


def _run(sections: Sequence[Section], index: int) -> tuple[int, ...]:
    """The sections from `index` on that are examples of one thing, or none."""
    siblings = _siblings(sections, index)
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


def _siblings(sections: Sequence[Section], index: int) -> Iterator[int]:
    for other in range(index, len(sections)):
        if sections[other].level < sections[index].level:
            return
        if sections[other].level == sections[index].level:
            yield other


def _below(sections: Sequence[Section], index: int) -> Iterator[int]:
    for other in range(index + 1, len(sections)):
        if sections[other].level <= sections[index].level:
            return
        yield other


def retitled(heading: str, title: str, text: str) -> str:
    """A heading's source with `text` in the place of its title."""
    if title and title in heading:
        return heading.replace(title, text, 1)
    # The title is on several lines, above an underline.
    *above, underline = lines(heading)
    ending = re.sub(r"[^\r\n]", "", above[0]) if above else ""
    return f"{text}{ending}{underline}" if above else heading


def heading_name(title: str, name: str, number: int) -> str:
    """The title of item `number` (from 1) of a heading group, called `name`, after example `title`.

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
