"""Rules about slots: unwritten ones, template text that was left in, anchors that are gone."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, pairwise

from assistant.align import Match, not_applicable
from assistant.document import Section, lines
from assistant.example import examples, left_over
from assistant.field import Field, Items
from assistant.finding import UNWRITTEN, Finding
from assistant.mark import Mark, fold, without_comments
from assistant.nearest import likeness
from assistant.particulars import particular
from assistant.slot import NUMBERED, OPTIONAL, PLACEHOLDER, Anchor, Gap, Part, Slot
from assistant.subject import Spot, Subject, found, whole_line
from assistant.table import cells
from assistant.unwritten import UnwrittenSlot, lack_of, unwritten_slots

_WORDS = 5  # fewer words than these may be anybody's
_NAMED = 4  # of what is missing
_TABLES = 20  # of a section, that are compared with the one that is missing


def unfilled(subject: Subject) -> Iterator[Finding]:
    """What is not written, and what the template's author wrote."""
    slots = unwritten_slots(subject.alignment)
    yield from (_unwritten(subject, one) for one in slots)
    for item in left_over(subject.alignment):
        yield _left_over(
            subject, item.title, item.matches[0].section, item.matches[0].section.start
        )
    # Of a heading group that nobody began, of an example that was left over and of an item without
    # a body all is said by now.
    bare = {one.match.index for one in slots if one.match and not (one.field or one.group)}
    said = examples(subject.alignment) | bare
    for match in subject.alignment.matches:
        if match.index not in said and not not_applicable(match.section):
            yield from _anchors(subject, match)
            yield from _fields(subject, match)
            yield from _left(subject, match)


def _unwritten(subject: Subject, one: UnwrittenSlot) -> Finding:
    """The finding about a slot that is unwritten."""
    title = one.match.section.title if one.match else ""
    spot, message = Spot(offset=one.start), f'"{title}" is unwritten.'
    if isinstance(one.field, Field):
        base = one.match.section.body_start if one.match else 0
        spot, message = _spot(one.field, base), f"{_named(one.field, title)} is unwritten."
    elif one.field:
        message = f'"{one.field.group.label or title}" under "{title}" is unwritten.'
    elif one.group:
        heads = [subject.document.sections[index] for index in one.group.indexes]
        level = min((section.level for section in heads), default=0)
        names = [f'"{section.title}"' for section in heads if section.level == level]
        listed = f" {', '.join(names[:_NAMED])}" if names else ""
        place = f' under "{title}"' if title else ""
        message = f"the items{listed}{place} are unwritten."
    return found(subject, UNWRITTEN, spot, message, section=title)


def _named(field: Field, title: str) -> str:
    """What to call a slot, in quotes, with its section where it has a name of its own."""
    slot = field.slot
    own = bool(field.name) and slot.key == "text"
    name = field.name if own else slot.label
    whose = f"{field.name}: " if field.name and not own else ""
    place = title or ("the front matter" if slot.kind == "yaml" else "the preamble")
    return f'"{whose}{name}" under "{place}"' if slot.label else f'"{place}"'


def _left_over(subject: Subject, name: str, section: Section, start: int) -> Finding:
    message = f'"{name}" is left over from the template: write it or delete it.'
    return found(subject, "D202", Spot(offset=start), message, section=section.title)


def _anchors(subject: Subject, match: Match) -> Iterator[Finding]:
    """Anchors that are gone: metadata, a table whose header was changed, anything else."""
    people = dict(metadata(match.spec.parts))
    yield from absent(subject, match.body.missing, people, Spot(offset=match.section.start))
    others = [a for a in match.body.missing if a not in people and _required(a, match)]
    changed = {anchor: mark for anchor in others if (mark := _changed(subject, match, anchor))}
    for anchor, mark in changed.items():
        head = lines(anchor.text)[0].strip()
        offset = match.section.body_start + mark.start
        message = f"this table's header is not the template's: {head}"
        yield found(
            subject, "D305", whole_line(subject, offset), message, section=match.section.title
        )
    others = [anchor for anchor in others if anchor not in changed]
    # A person's text without any of the labels is another way to write it, and one finding.
    for anchor in others[:1]:
        more = f" (and {len(others) - 1} more)" if len(others) > 1 else ""
        shown = (anchor.name or anchor.text.strip().split("\n")[0])[:60]
        title = match.section.title or "the preamble"
        yield found(
            subject, "D105", Spot(offset=match.section.start),
            f'"{shown}"{more} of the template is missing under "{title}".',
            section=match.section.title,
        )  # fmt: skip


def _required(anchor: Anchor, match: Match) -> bool:
    """Whether an anchor is missed: not what is optional, nor a definition that nobody refers to."""
    if anchor.kind == "reference":
        return f"[{anchor.key}]" in match.section.body.casefold()
    # A table of keys and values has no header; its keys are missed one by one.
    headless = anchor.kind == "table" and not re.search(r"\w", anchor.key)
    return not headless and not OPTIONAL.search(anchor.name)


def metadata(parts: Sequence[Part]) -> Iterator[tuple[Anchor, Slot]]:
    """The labels, rows or keys among `parts` whose values are the program's or people's."""
    for anchor, slot in pairwise(parts):
        if (
            isinstance(anchor, Anchor)
            and anchor.name
            and isinstance(slot, Slot)
            and slot.owner != "model"
        ):
            yield anchor, slot


def absent(
    subject: Subject, missing: Sequence[Anchor], people: Mapping[Anchor, Slot], spot: Spot
) -> Iterator[Finding]:
    """Metadata that is not there; what people add of it is missed in approved documents only.

    What stands in another form than the template's, a label for a key, is there.
    """
    gone = [
        anchor.name for anchor in missing
        if anchor in people
        and people[anchor].role != "references"
        and (subject.settled or people[anchor].role)
        and not (people[anchor].role and particular(subject.alignment, people[anchor].role))
    ]  # fmt: skip
    if gone:
        names = ", ".join(f'"{name}"' for name in gone[:_NAMED])
        more = f" and {len(gone) - _NAMED} more" if len(gone) > _NAMED else ""
        which = "are" if len(gone) > 1 else "is"
        message = f"{names}{more} of the template's metadata {which} missing: add what is known."
        yield found(subject, "D401", spot, message)


def _changed(subject: Subject, match: Match, anchor: Anchor) -> Mark | None:
    """The table that has a template's table's columns, or most of them, in other words."""
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


def _fields(subject: Subject, match: Match) -> Iterator[Finding]:
    base, section = match.section.body_start, match.section
    for field in match.body.fields:
        if isinstance(field, Items):
            yield from _items(subject, field, match)
        else:
            yield from lacking(subject, field, base, section.title)
    if match.spec.open and match.spec.leaves_open(section.title):
        yield _open(subject, match, match.spec.open[1], "give it a name.")
    number = NUMBERED.search(section.title) if match.spec is subject.template.title else None
    if number and NUMBERED.search(match.spec.title):
        yield _open(subject, match, number[0], "give it the document's number.")


def _open(subject: Subject, match: Match, words: str, then: str) -> Finding:
    """A finding about words in a heading that the template leaves to be replaced."""
    section = match.section
    at = max(section.heading.find(words), 0)
    return found(
        subject, "D202", Spot(offset=section.start + at, width=len(words)),
        f'"{words}" in the heading is the template\'s: {then}', section=section.title,
    )  # fmt: skip


def _items(subject: Subject, items: Items, match: Match) -> Iterator[Finding]:
    if not items.written:
        return
    base = match.section.body_start
    for item in items.items:
        if not item.touched:
            yield _left_over(subject, item.name, match.section, base + item.start)
            continue
        for field in item.fields:
            yield from lacking(subject, field, base, match.section.title)


def lacking(subject: Subject, field: Field, base: int, title: str) -> Iterator[Finding]:
    """What there is to say of a blank slot that is not unwritten; the title may be empty."""
    lack = lack_of(field)
    if lack == "people" and subject.settled:
        state = "still the template's" if without_comments(field.content).strip() else "blank"
        message = (
            f"{_named(field, title)} is {state} in a document that is {subject.status}: fill it in."
        )
        yield found(subject, "D204", _spot(field, base), message, section=title)
    elif lack == "unknown":
        message = f"{_named(field, title)} is not known."
        yield found(subject, "D203", _spot(field, base), message, section=title)


def _spot(field: Field, base: int) -> Spot:
    """Where a slot's own text begins, on the line of its label where it has one."""
    if field.slot.kind in ("prose", "items", "rows", "code"):
        return Spot(offset=base + field.start)
    first = lines(field.content)[0].rstrip() if field.content else ""
    indent = len(first) - len(first.lstrip())
    return Spot(offset=base + field.start + indent, width=len(first) - indent)


def _left(subject: Subject, match: Match) -> Iterator[Finding]:
    """The template's own words beside a person's: paragraphs, rows, items."""
    base, body = match.section.body_start, match.section.body
    places: list[tuple[int, int]] = []
    for field in match.body.fields:
        if isinstance(field, Field) and field.written and field.slot.kind == "prose":
            places += _paragraphs(field.slot.text, field.content, base + field.start)
        elif isinstance(field, Field) and field.written and field.slot.kind in ("rows", "items"):
            places += _lines(field.slot, field.content, base + field.start)
    for part in match.spec.parts:
        if isinstance(part, Gap) and part.guidance:
            places += _paragraphs(part.text, body, base)
    for offset, width in places[:1]:
        more = f" (and {len(places) - 1} more)" if len(places) > 1 else ""
        yield found(
            subject, "D202", Spot(offset=offset, width=width),
            f"this is the template's text{more}: replace it or delete it.",
            section=match.section.title,
        )  # fmt: skip


def _paragraphs(template: str, content: str, base: int) -> list[tuple[int, int]]:
    """Where the template's paragraphs stand in what somebody wrote."""
    split = [words for _, _, words in _split(without_comments(template))]
    own = {words for words in split if len(words.split()) >= _WORDS}
    return (
        [(base + at, width) for at, width, words in _split(content) if words in own] if own else []
    )


def _split(text: str) -> Iterator[tuple[int, int, str]]:
    """The paragraphs of a text: where each begins, its first line's length, and its words."""
    start, position, inside = 0, 0, list[str]()
    for line in (*lines(text), ""):
        if line.strip():
            start = start if inside else position
            inside.append(line)
        elif inside:
            yield start, len(inside[0].rstrip()), " ".join("".join(inside).split())
            inside = []
        position += len(line)


def _lines(slot: Slot, content: str, base: int) -> list[tuple[int, int]]:
    """Where example rows or items, those with a placeholder, stand beside others."""
    own = {fold(line) for line in lines(slot.text) if PLACEHOLDER.search(line)}
    places: list[tuple[int, int]] = []
    for line in lines(content):
        if own and fold(line) in own:
            places.append((base, len(line.rstrip())))
        base += len(line)
    return places
