"""A document's particulars (status, dates and such): where its head says them.

The template's own places come first. Where a document has none of them, its head is read with the
eyes that read templates: the keys of its front matter, the labels and rows above its first section,
and the sections that are called Metadata or after what they say. Listing, checking and moving a
document all ask here, and so agree.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.align import Alignment, Match
from assistant.body import Setting, read
from assistant.document import Section
from assistant.field import Field
from assistant.mark import fold, without_comments
from assistant.slot import METADATA, Part, Role, Slot, is_placeholder, role_of
from assistant.stated import stated
from assistant.template import front_parts
from assistant.walk import whole

_HEADS = 64  # a document is asked for several roles in a row


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a document says one of its particulars.

    The field's offsets count from `base`, in `body`. `match` is the section that the template knows
    it in; `asked` tells whether the template has the field at all.
    """

    base: int
    field: Field
    body: str
    match: Match | None = None
    asked: bool = True

    @property
    def start(self) -> int:
        """Where the field begins in the document."""
        return self.base + self.field.start


def places(alignment: Alignment, role: Role) -> tuple[Place, ...]:
    """Where a document says what a role stands for: those of its template, else its own."""
    asked = tuple(_asked(alignment, role))
    if any(place.field.written for place in asked):
        return asked
    known = {place.start for place in asked}
    own = (place for place in _own(alignment, role) if place.field.written)
    return (*(place for place in own if place.start not in known), *asked)


def particular(alignment: Alignment, role: Role) -> str:
    """What a document says of a role, on one line and without markup; empty where it does not."""
    for place in places(alignment, role):
        value = stated(place.field) if place.field.written else None
        if value is not None and value.text:
            return value.text
    return ""


def _asked(alignment: Alignment, role: Role) -> Iterator[Place]:
    for field in alignment.front.fields:
        if isinstance(field, Field) and field.slot.role == role:
            yield Place(base=0, field=field, body=alignment.document.front)
    for match in alignment.matches:
        for field in match.body.fields:
            if isinstance(field, Field) and field.slot.role == role:
                section = match.section
                yield Place(
                    base=section.body_start, field=field, body=section.body, match=match
                )  # fmt: skip


def _own(alignment: Alignment, role: Role) -> Iterator[Place]:
    """The places that a document's own head has, whatever its template says."""
    document = alignment.document
    yield from _fields(front_parts(document.front), 0, document.front, role)
    for section in document.sections:
        if section.level > 1 and role_of(section.title) == role:
            yield from _section(section, role)
        elif section.level <= 1 or fold(section.title) in METADATA:
            parts = _parts(section.body, section.title, opening=section.level <= 1)
            yield from _fields(parts, section.body_start, section.body, role)


@lru_cache(maxsize=_HEADS)
def _parts(body: str, title: str, *, opening: bool) -> tuple[Part, ...]:
    return read(body, Setting(title=title, leaf=False, opening=opening, metadata=True))


def _section(section: Section, role: Role) -> Iterator[Place]:
    """A section whose heading is the name of what it says."""
    slot = replace(whole("", "prose", section.title), role=role)
    written = bool(without_comments(section.body).strip())
    field = Field(
        slot=slot, start=0, end=len(section.body), content=section.body, written=written
    )  # fmt: skip
    yield Place(base=section.body_start, field=field, body=section.body, asked=False)


def _fields(parts: Sequence[Part], base: int, body: str, role: Role) -> Iterator[Place]:
    at = 0
    for part in parts:
        if isinstance(part, Slot) and part.role == role:
            field = Field(
                slot=replace(part, text=""), start=at, end=at + len(part.text), content=part.text,
                # What is emphasised is an example in a template only.
                written=not is_placeholder(without_comments(part.text).strip(" \t\r\n*_")),
            )  # fmt: skip
            yield Place(base=base, field=field, body=body, asked=False)
        at += len(part.text)
