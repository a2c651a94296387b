"""What is unwritten in a document: the one definition, which draft, fill, check and list all ask.

Whether somebody put anything into a slot is `Field.written`. Here stands what follows from that,
with every exception: whose the slot is, what nobody misses, and that a list of items of which none
was begun is one slot.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from assistant.template.align import (
    Alignment,
    HeadingGroup,
    find_bare_items,
    find_open_groups,
    find_untouched_examples,
    is_not_applicable,
)
from assistant.template.fields import Field, ListItems
from assistant.template.pairing import SectionMatch
from assistant.template.parts import OPTIONAL, Group, Slot, Spec

Lack = Literal["", "unwritten", "unknown", "people", "optional"]

# A comment in a label's slot that calls it optional. A comment that only has the word in it asks
# for something: "Which optional fields does the API have?".
_OPTIONAL_NOTE = re.compile(r"<!--\s*[(\[]?(?:this is (?:an )?)?optional\b", re.IGNORECASE)
# What the program writes as a list. Behind a label or in a cell there is no room for one.
_LIST_KINDS = ("prose", "items")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnwrittenSlot:
    """One slot that is unwritten, `start` being where it begins in the document's text.

    `match` is the section that it stands in, None for front matter. `field` is None for a heading
    group of which no item was begun, which is `group`, and for an item with a name and nothing
    under it, in which all that its example asks for is unwritten.
    """

    start: int
    match: SectionMatch | None = None
    field: Field | ListItems | None = None
    group: HeadingGroup | None = None

    @property
    def asked(self) -> bool:
        """Whether a model writes it, not the program."""
        return not isinstance(self.field, Field) or self.field.slot.owner == "model"


def find_lack(field: Field) -> Lack:
    """Return what a slot lacks, an empty string where nothing is missed.

    "unwritten" is what a draft has to have; "unknown" what the program would have written had it
    known; "people" what only people add; "optional" what the template leaves to its author.
    """
    slot = field.slot
    if field.written:
        return ""
    if slot.owner == "people":
        return "" if is_optional_slot(slot) else "people"
    if is_optional_slot(slot):
        return "optional"
    if slot.owner == "model":
        return "unwritten"
    return _find_program_lack(slot)


def _find_program_lack(slot: Slot) -> Lack:
    if slot.role == "references":
        # `Superseded by:` with nothing behind it says that there is nothing.
        return "" if slot.label else "unwritten"
    if slot.role == "questions":
        return "unwritten" if slot.kind in _LIST_KINDS else ""
    # A status is the first of those that the template lists; where it lists none, nobody knows it.
    return "unwritten" if slot.role == "status" and slot.choices else "unknown"


def is_optional_slot(slot: Slot) -> bool:
    """Whether the template calls a label optional, in its name or in a comment behind it."""
    note = slot.label and _OPTIONAL_NOTE.search(slot.text)
    return bool(OPTIONAL.search(slot.label) or note)


def find_unwritten_fields(match: SectionMatch) -> tuple[Field | ListItems, ...]:
    """Return a section's slots that are unwritten: whole list groups, and fields of those begun.

    An item of a begun group that nobody touched is left over, not unwritten.
    """
    return tuple(_find_lacking(match, ("unwritten",)))


def find_askable_fields(
    match: SectionMatch, *, optional: bool = False
) -> tuple[Field | ListItems, ...]:
    """Return what a model is asked for in a section: what is unwritten and not the program's.

    With `optional` slots that the template calls so are among them: somebody named the section.
    """
    lacks: tuple[Lack, ...] = ("unwritten", "optional") if optional else ("unwritten",)
    return tuple(
        field for field in _find_lacking(match, lacks)
        if isinstance(field, ListItems) or field.slot.owner == "model"
    )  # fmt: skip


def _find_lacking(match: SectionMatch, lacks: tuple[Lack, ...]) -> Iterator[Field | ListItems]:
    if is_not_applicable(match.section):
        return
    for field in match.body.fields:
        if isinstance(field, Field):
            inside: tuple[Field, ...] = (field,)
        elif not field.written:
            yield field
            continue
        else:
            inside = tuple(f for item in field.items if item.touched for f in item.fields)
        yield from (one for one in inside if find_lack(one) in lacks)


def find_unwritten_slots(alignment: Alignment) -> tuple[UnwrittenSlot, ...]:
    """Return all that is unwritten in a document: `check` reports, `list` counts, `fill` writes it.

    A heading group of which no item was begun is one slot. Its examples, and examples that were
    left beside items that somebody began, are none themselves.
    """
    return tuple(sorted(_find_slots(alignment), key=lambda one: one.start))


def _find_slots(alignment: Alignment) -> Iterator[UnwrittenSlot]:
    for field in alignment.front.fields:
        if isinstance(field, Field) and find_lack(field) == "unwritten":
            yield UnwrittenSlot(start=field.start, field=field)
    left = find_untouched_examples(alignment)
    for match in alignment.matches:
        if match.index not in left:
            base = match.section.body_start
            for field in find_unwritten_fields(match):
                yield UnwrittenSlot(start=base + field.start, match=match, field=field)
    for group in find_open_groups(alignment):
        above = next(iter(group.parents), None)
        # A group without examples is missed at its section's heading.
        start = group.start if group.indexes or above is None else above.section.start
        yield UnwrittenSlot(start=start, match=above, group=group)
    for match, example in find_bare_items(alignment):
        if not find_unwritten_fields(match) and _asks_model(example):
            yield UnwrittenSlot(start=match.section.start, match=match)


def _asks_model(example: Spec) -> bool:
    """Whether there is something for a model to write in an item that is made after an example."""
    return any(
        isinstance(part, Group)
        or (isinstance(part, Slot) and part.owner == "model" and not is_optional_slot(part))
        for part in example.parts
    )
