"""Slots and anchors as several rules see them: what nobody wrote, and what of the template is gone.

Sections that do not apply are left out.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Literal

from assistant.lint.rule import Hit
from assistant.lint.subject import CheckedDocument, Spot
from assistant.markdown.blocks import split_lines
from assistant.markdown.comments import strip_comments
from assistant.markdown.elements import Mark
from assistant.markdown.tables import split_cells
from assistant.template.align import find_untouched_examples
from assistant.template.fields import Field
from assistant.template.pairing import SectionMatch
from assistant.template.particulars import read_particular
from assistant.template.parts import OPTIONAL, Anchor, Part, Slot
from assistant.template.similar import measure_likeness
from assistant.template.unwritten import (
    UnwrittenSlot,
    find_lack,
    find_unwritten_slots,
    is_not_applicable,
)

_MAX_NAMED = 4  # of the missing: more names than these nobody reads in a message
# Tables of a section that are compared with the one that is missing: likeness takes its time, and a
# section of more is an appendix.
_MAX_TABLES = 20

BlankKind = Literal["unwritten", "not known", "people"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingParts:
    """What of the template a section lacks.

    `metadata` are the labels, rows or keys whose values are the program's or people's, `tables`
    the tables that stand there with another header, `others` all else.
    """

    match: SectionMatch
    metadata: Mapping[Anchor, Slot]
    tables: tuple[tuple[Anchor, Mark], ...]
    others: tuple[Anchor, ...]


def list_plain_matches(subject: CheckedDocument) -> tuple[SectionMatch, ...]:
    """Return the sections of the template's that apply and are more than a heading left blank.

    Of a heading group that nobody began, of an example that was left over and of an item without a
    body all is said by `find_blanks` and D202.
    """
    slots = subject.once(_list_unwritten_slots)
    bare = {one.match.index for one in slots if one.match and not (one.field or one.group)}
    said = find_untouched_examples(subject.alignment) | bare
    matches = subject.alignment.matches
    return tuple(m for m in matches if m.index not in said and not is_not_applicable(m.section))


def _list_unwritten_slots(subject: CheckedDocument) -> tuple[UnwrittenSlot, ...]:
    return tuple(find_unwritten_slots(subject.alignment))


def find_blanks(subject: CheckedDocument) -> tuple[tuple[BlankKind, Hit], ...]:
    """Return the slots that nobody wrote, each with whose it was to write."""
    found: list[tuple[BlankKind, Hit]] = []
    found += (
        ("unwritten", _point_at_unwritten(subject, one))
        for one in subject.once(_list_unwritten_slots)
    )
    for match in subject.once(list_plain_matches):
        base, title = match.section.body_start, match.section.title
        for field in match.body.fields:
            if isinstance(field, Field):
                found += _find_lack(subject, field, base, title)
                continue
            for item in field.items if field.written else ():
                for inner in item.fields if item.touched else ():
                    found += _find_lack(subject, inner, base, title)
    for field in subject.alignment.front.fields if subject.front else ():
        if isinstance(field, Field):
            found += _find_lack(subject, field, 0, "")
    return tuple(found)


def _point_at_unwritten(subject: CheckedDocument, one: UnwrittenSlot) -> Hit:
    """Return the hit about a slot that is unwritten."""
    title = one.match.section.title if one.match else ""
    spot, message = Spot(offset=one.start), f'"{title}" is unwritten.'
    if isinstance(one.field, Field):
        base = one.match.section.body_start if one.match else 0
        spot, message = (
            _spot_field(one.field, base),
            f"{_call_slot(one.field, title)} is unwritten.",
        )
    elif one.field:
        message = f'"{one.field.group.label or title}" under "{title}" is unwritten.'
    elif one.group:
        heads = [subject.document.sections[index] for index in one.group.indexes]
        level = min((section.level for section in heads), default=0)
        names = [f'"{section.title}"' for section in heads if section.level == level]
        listed = f" {', '.join(names[:_MAX_NAMED])}" if names else ""
        place = f' under "{title}"' if title else ""
        message = f"the items{listed}{place} are unwritten."
    return Hit(spot=spot, message=message, section=title)


def _call_slot(field: Field, title: str) -> str:
    """Return what to call a slot, in quotes, with its section where it has a name of its own."""
    slot = field.slot
    own = bool(field.name) and slot.key == "text"
    name = field.name if own else slot.label
    whose = f"{field.name}: " if field.name and not own else ""
    place = title or ("the front matter" if slot.kind == "yaml" else "the preamble")
    return f'"{whose}{name}" under "{place}"' if slot.label else f'"{place}"'


def _find_lack(
    subject: CheckedDocument, field: Field, base: int, title: str
) -> Iterator[tuple[BlankKind, Hit]]:
    """Yield what there is to say of a blank slot that is not unwritten; it may have no title."""
    lack = find_lack(field)
    kind: BlankKind
    if lack == "people" and subject.settled:
        still = "still the template's" if strip_comments(field.content).strip() else "blank"
        kind, state = "people", f"{still} in a document that is {subject.status}: fill it in"
    elif lack == "unknown":
        kind = state = "not known"
    else:
        return
    message = f"{_call_slot(field, title)} is {state}."
    yield kind, Hit(spot=_spot_field(field, base), message=message, section=title)


def _spot_field(field: Field, base: int) -> Spot:
    """Return where a slot's own text begins, on the line of its label where it has one."""
    if field.slot.kind in ("prose", "items", "rows", "code"):
        return Spot(offset=base + field.start)
    first = split_lines(field.content)[0].rstrip() if field.content else ""
    indent = len(first) - len(first.lstrip())
    return Spot(offset=base + field.start + indent, width=len(first) - indent)


def find_missing_parts(subject: CheckedDocument) -> tuple[MissingParts, ...]:
    """Return what of the template's anchors each section lacks."""
    found: list[MissingParts] = []
    for match in subject.once(list_plain_matches):
        people = find_metadata_slots(match.spec.parts)
        others = [a for a in match.body.missing if a not in people and _is_required(a, match)]
        changed = tuple(
            (a, mark) for a in others if (mark := _find_changed_table(subject, match, a))
        )
        gone = {anchor for anchor, _ in changed}
        rest = tuple(anchor for anchor in others if anchor not in gone)
        found.append(MissingParts(match=match, metadata=people, tables=changed, others=rest))
    return tuple(found)


def find_metadata_slots(parts: Sequence[Part]) -> dict[Anchor, Slot]:
    """Return the labels, rows or keys among parts whose values are the program's or people's."""
    return {
        anchor: slot
        for anchor, slot in pairwise(parts)
        if isinstance(anchor, Anchor)
        and anchor.name
        and isinstance(slot, Slot)
        and slot.owner != "model"
    }


def find_missing_metadata(
    subject: CheckedDocument, missing: Sequence[Anchor], people: Mapping[Anchor, Slot], offset: int
) -> Iterator[Hit]:
    """Yield metadata that is not there; what people add is missed in approved documents only.

    What stands in another form than the template's, a label for a key, is there.
    """
    gone = [
        anchor.name
        for anchor in missing
        if anchor in people
        and people[anchor].role != "references"
        and (subject.settled or people[anchor].role)
        and not (people[anchor].role and read_particular(subject.alignment, people[anchor].role))
    ]
    if gone:
        names = ", ".join(f'"{name}"' for name in gone[:_MAX_NAMED])
        more = f" and {len(gone) - _MAX_NAMED} more" if len(gone) > _MAX_NAMED else ""
        which = "are" if len(gone) > 1 else "is"
        message = f"{names}{more} of the template's metadata {which} missing: add what is known."
        yield Hit(spot=Spot(offset=offset), message=message)


def _is_required(anchor: Anchor, match: SectionMatch) -> bool:
    """Whether an anchor is missed: not what is optional, nor a definition that nobody refers to."""
    if anchor.kind == "reference":
        return f"[{anchor.key}]" in match.section.body.casefold()
    # A table of keys and values has no header; its keys are missed one by one.
    headless = anchor.kind == "table" and not re.search(r"\w", anchor.key)
    return not headless and not OPTIONAL.search(anchor.name)


def _find_changed_table(
    subject: CheckedDocument, match: SectionMatch, anchor: Anchor
) -> Mark | None:
    """Return the table that has a template's table's columns, or most, in other words."""
    if anchor.kind != "table" or anchor.name:
        return None
    wanted = [name for name in split_cells(split_lines(anchor.text)[0]) if name]
    keys = {part.key for part in match.spec.parts if isinstance(part, Anchor)}
    tables = (mark for mark in subject.marks[match.index] if mark.kind == "table")
    for mark in islice(tables, _MAX_TABLES):
        if mark.key not in keys:
            own = split_cells(split_lines(match.section.body[mark.start : mark.end])[0])
            # Half of the columns in other words is the template's table; fewer are another one.
            alike = sum(any(measure_likeness(a, b) for b in own) for a in wanted)
            if alike and alike * 2 >= len(wanted):
                return mark
    return None
