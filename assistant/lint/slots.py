"""Slots and anchors as several rules see them: what nobody wrote, and what of the template is gone.

Sections that do not apply are left out.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Literal

from assistant.lint.rule import Hit
from assistant.lint.subject import Spot, Subject
from assistant.markdown.comments import without_comments
from assistant.markdown.document import lines
from assistant.markdown.elements import Mark
from assistant.markdown.tables import cells
from assistant.template.align import examples, not_applicable
from assistant.template.fields import Field
from assistant.template.pairing import Match
from assistant.template.parts import OPTIONAL, Anchor, Part, Slot
from assistant.template.similar import likeness
from assistant.template.status import particular
from assistant.template.unwritten import UnwrittenSlot, lack_of, unwritten_slots

_NAMED = 4  # of the missing: more names than these nobody reads in a message
_TABLES = 20  # of a section, that are compared with the one that is missing

Blank = Literal["unwritten", "not known", "people"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What of the template a section lacks.

    `metadata` are the labels, rows or keys whose values are the program's or people's, `tables`
    the tables that stand there with another header, `others` all else.
    """

    match: Match
    metadata: Mapping[Anchor, Slot]
    tables: tuple[tuple[Anchor, Mark], ...]
    others: tuple[Anchor, ...]


def plain_matches(subject: Subject) -> tuple[Match, ...]:
    """Return the sections of the template's that apply and are more than a heading left blank.

    Of a heading group that nobody began, of an example that was left over and of an item without a
    body all is said by `find_blanks` and D202.
    """
    slots = subject.once(_unwritten_slots)
    bare = {one.match.index for one in slots if one.match and not (one.field or one.group)}
    said = examples(subject.alignment) | bare
    matches = subject.alignment.matches
    return tuple(m for m in matches if m.index not in said and not not_applicable(m.section))


def _unwritten_slots(subject: Subject) -> tuple[UnwrittenSlot, ...]:
    return tuple(unwritten_slots(subject.alignment))


def find_blanks(subject: Subject) -> tuple[tuple[Blank, Hit], ...]:
    """Return the slots that nobody wrote, each with whose it was to write."""
    found: list[tuple[Blank, Hit]] = []
    found += (("unwritten", _unwritten(subject, one)) for one in subject.once(_unwritten_slots))
    for match in subject.once(plain_matches):
        base, title = match.section.body_start, match.section.title
        for field in match.body.fields:
            if isinstance(field, Field):
                found += _lacking(subject, field, base, title)
                continue
            for item in field.items if field.written else ():
                for inner in item.fields if item.touched else ():
                    found += _lacking(subject, inner, base, title)
    for field in subject.alignment.front.fields if subject.front else ():
        if isinstance(field, Field):
            found += _lacking(subject, field, 0, "")
    return tuple(found)


def _unwritten(subject: Subject, one: UnwrittenSlot) -> Hit:
    """Return the hit about a slot that is unwritten."""
    title = one.match.section.title if one.match else ""
    spot, message = Spot(offset=one.start), f'"{title}" is unwritten.'
    if isinstance(one.field, Field):
        base = one.match.section.body_start if one.match else 0
        spot, message = _spot(one.field, base), f"{_call(one.field, title)} is unwritten."
    elif one.field:
        message = f'"{one.field.group.label or title}" under "{title}" is unwritten.'
    elif one.group:
        heads = [subject.document.sections[index] for index in one.group.indexes]
        level = min((section.level for section in heads), default=0)
        names = [f'"{section.title}"' for section in heads if section.level == level]
        listed = f" {', '.join(names[:_NAMED])}" if names else ""
        place = f' under "{title}"' if title else ""
        message = f"the items{listed}{place} are unwritten."
    return Hit(spot=spot, message=message, section=title)


def _call(field: Field, title: str) -> str:
    """Return what to call a slot, in quotes, with its section where it has a name of its own."""
    slot = field.slot
    own = bool(field.name) and slot.key == "text"
    name = field.name if own else slot.label
    whose = f"{field.name}: " if field.name and not own else ""
    place = title or ("the front matter" if slot.kind == "yaml" else "the preamble")
    return f'"{whose}{name}" under "{place}"' if slot.label else f'"{place}"'


def _lacking(subject: Subject, field: Field, base: int, title: str) -> Iterator[tuple[Blank, Hit]]:
    """Yield what there is to say of a blank slot that is not unwritten; it may have no title."""
    lack = lack_of(field)
    kind: Blank
    if lack == "people" and subject.settled:
        still = "still the template's" if without_comments(field.content).strip() else "blank"
        kind, state = "people", f"{still} in a document that is {subject.status}: fill it in"
    elif lack == "unknown":
        kind = state = "not known"
    else:
        return
    message = f"{_call(field, title)} is {state}."
    yield kind, Hit(spot=_spot(field, base), message=message, section=title)


def _spot(field: Field, base: int) -> Spot:
    """Return where a slot's own text begins, on the line of its label where it has one."""
    if field.slot.kind in ("prose", "items", "rows", "code"):
        return Spot(offset=base + field.start)
    first = lines(field.content)[0].rstrip() if field.content else ""
    indent = len(first) - len(first.lstrip())
    return Spot(offset=base + field.start + indent, width=len(first) - indent)


def find_missing(subject: Subject) -> tuple[Missing, ...]:
    """Return what of the template's anchors each section lacks."""
    found: list[Missing] = []
    for match in subject.once(plain_matches):
        people = metadata_slots(match.spec.parts)
        others = [a for a in match.body.missing if a not in people and _is_required(a, match)]
        changed = tuple((a, mark) for a in others if (mark := _changed(subject, match, a)))
        gone = {anchor for anchor, _ in changed}
        rest = tuple(anchor for anchor in others if anchor not in gone)
        found.append(Missing(match=match, metadata=people, tables=changed, others=rest))
    return tuple(found)


def metadata_slots(parts: Sequence[Part]) -> dict[Anchor, Slot]:
    """Return the labels, rows or keys among parts whose values are the program's or people's."""
    return {
        anchor: slot
        for anchor, slot in pairwise(parts)
        if isinstance(anchor, Anchor)
        and anchor.name
        and isinstance(slot, Slot)
        and slot.owner != "model"
    }


def missing_metadata(
    subject: Subject, missing: Sequence[Anchor], people: Mapping[Anchor, Slot], offset: int
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
        and not (people[anchor].role and particular(subject.alignment, people[anchor].role))
    ]
    if gone:
        names = ", ".join(f'"{name}"' for name in gone[:_NAMED])
        more = f" and {len(gone) - _NAMED} more" if len(gone) > _NAMED else ""
        which = "are" if len(gone) > 1 else "is"
        message = f"{names}{more} of the template's metadata {which} missing: add what is known."
        yield Hit(spot=Spot(offset=offset), message=message)


def _is_required(anchor: Anchor, match: Match) -> bool:
    """Whether an anchor is missed: not what is optional, nor a definition that nobody refers to."""
    if anchor.kind == "reference":
        return f"[{anchor.key}]" in match.section.body.casefold()
    # A table of keys and values has no header; its keys are missed one by one.
    headless = anchor.kind == "table" and not re.search(r"\w", anchor.key)
    return not headless and not OPTIONAL.search(anchor.name)


def _changed(subject: Subject, match: Match, anchor: Anchor) -> Mark | None:
    """Return the table that has a template's table's columns, or most, in other words."""
    if anchor.kind != "table" or anchor.name:
        return None
    wanted = [name for name in cells(lines(anchor.text)[0]) if name]
    keys = {part.key for part in match.spec.parts if isinstance(part, Anchor)}
    tables = (mark for mark in subject.marks[match.index] if mark.kind == "table")
    for mark in islice(tables, _TABLES):
        if mark.key not in keys:
            own = cells(lines(match.section.body[mark.start : mark.end])[0])
            alike = sum(any(likeness(a, b) for b in own) for a in wanted)
            if alike and alike * 2 >= len(wanted):
                return mark
    return None
