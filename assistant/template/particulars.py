"""What a document says of itself: its status, its author, its dates, its title.

Whether a status means approval, a template's own enumeration says: its first value that means it,
and all after that, are approved; if none of its values is known here, its last is. Values that end
a document (rejected, superseded) are never approved: nobody completes it any more.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.markdown.comments import find_comments, strip_comments
from assistant.markdown.document import Section
from assistant.markdown.elements import fold_name
from assistant.markdown.passage import blank_spans
from assistant.template.align import Alignment
from assistant.template.fields import Field
from assistant.template.pairing import SectionMatch
from assistant.template.parts import METADATA_TITLES, Part, Role, Slot, find_role, is_placeholder
from assistant.template.read import BodySetting, make_section_slot, read_parts
from assistant.template.template import read_front_parts

_LINE = re.compile(r"[^\r\n]+")
_LINE_LEAD = re.compile(r"[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?")
_YAML_VALUE = re.compile(
    r"""[ \t]*(?: "(?P<double>[^"\\\r\n]*)" | '(?P<single>[^'\r\n]*)'
      | (?P<plain>[^\s\#"'|>\[{&*!%@`][^\r\n]*?)? )[ \t]*(?:(?<=[ \t])\#[^\r\n]*)?
      (?P<rest>(?:\r\n|\n|\r).*)?""",
    re.VERBOSE | re.DOTALL,
)
_WRAPS = ("**", "__", "*", "_", "`")
# A document is asked for several roles in a row, of which each reads all of its head.
_MAX_HEADS = 64
_MAX_STATUS = 60  # characters of a status in a message; a longer one is a sentence (by judgement)
# Values of the templates and documents that were collected, and their usual synonyms.
_APPROVED_WORD = re.compile(
    r"(?:approved|accepted|adopted|agreed|ratified|active|implementable|implementing|implemented"
    r"|in force|merged|done|complete|completed|finished|final|finali[sz]ed|released|shipped"
    r"|deployed|live)\b"
)
_ENDED_WORD = re.compile(
    r"(?:rejected|declined|withdrawn|superseded|deprecated|replaced|obsolete|abandoned|cancell?ed"
    r"|retired|deferred|postponed|on hold)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticularPlace:
    """Where a document says one of its particulars.

    The field's offsets count from `base`, in `body`. `match` is the section that the template knows
    it in; `asked` tells whether the template has the field at all.
    """

    base: int
    field: Field
    body: str
    match: SectionMatch | None = None
    asked: bool = True

    @property
    def start(self) -> int:
        """Where the field begins in the document."""
        return self.base + self.field.start


def find_particulars(alignment: Alignment, role: Role) -> tuple[ParticularPlace, ...]:
    """Return where a document says what a role stands for: for its template, else for itself."""
    asked = tuple(_find_asked(alignment, role))
    if any(place.field.written for place in asked):
        return asked
    known = {place.start for place in asked}
    own = (place for place in _find_own(alignment, role) if place.field.written)
    return (*(place for place in own if place.start not in known), *asked)


def read_particular(alignment: Alignment, role: Role) -> str:
    """Return what a document says of a role, on one line without markup; else nothing."""
    for place in find_particulars(alignment, role):
        value = find_stated_value(place.field) if place.field.written else None
        if value is not None and value.text:
            return value.text
    return ""


def _find_asked(alignment: Alignment, role: Role) -> Iterator[ParticularPlace]:
    for field in alignment.front.fields:
        if isinstance(field, Field) and field.slot.role == role:
            yield ParticularPlace(base=0, field=field, body=alignment.document.front)
    for match in alignment.matches:
        for field in match.body.fields:
            if isinstance(field, Field) and field.slot.role == role:
                section = match.section
                yield ParticularPlace(
                    base=section.body_start, field=field, body=section.body, match=match
                )


def _find_own(alignment: Alignment, role: Role) -> Iterator[ParticularPlace]:
    """Yield the places that a document's own head has, whatever its template says."""
    document = alignment.document
    yield from _slot_places(read_front_parts(document.front), 0, document.front, role)
    for section in document.sections:
        if section.level > 1 and find_role(section.title) == role:
            yield from _section_places(section, role)
        elif section.level <= 1 or fold_name(section.title) in METADATA_TITLES:
            parts = _read_head_parts(section)
            yield from _slot_places(parts, section.body_start, section.body, role)


@lru_cache(maxsize=_MAX_HEADS)
def _read_head_parts(section: Section) -> tuple[Part, ...]:
    setting = BodySetting(
        title=section.title, leaf=False, opening=section.level <= 1, metadata=True
    )
    return read_parts(section, setting)


def _section_places(section: Section, role: Role) -> Iterator[ParticularPlace]:
    """Yield a section whose heading is the name of what it says."""
    slot = replace(make_section_slot("", "prose", section.title), role=role)
    written = bool(strip_comments(section.body).strip())
    field = Field(slot=slot, start=0, end=len(section.body), content=section.body, written=written)
    yield ParticularPlace(base=section.body_start, field=field, body=section.body, asked=False)


def _slot_places(
    parts: Sequence[Part], base: int, body: str, role: Role
) -> Iterator[ParticularPlace]:
    at = 0
    for part in parts:
        if isinstance(part, Slot) and part.role == role:
            field = Field(
                slot=replace(part, text=""),
                start=at,
                end=at + len(part.text),
                content=part.text,
                # What is emphasised is an example in a template only.
                written=not is_placeholder(strip_comments(part.text).strip(" \t\r\n*_")),
            )
            yield ParticularPlace(base=base, field=field, body=body, asked=False)
        at += len(part.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedValue:
    """A value and its place in the slot's content; an empty one stands where one would begin.

    Markup, quotes and comments around it are no part of it.
    """

    start: int
    end: int
    text: str


def find_stated_value(field: Field) -> StatedValue | None:
    """Return the value that a slot holds; None if it is a list or a block.

    Of a slot of several lines it is the first that says anything; what the template has there
    counts as a value too, and is whole.
    """
    if field.slot.kind == "yaml":
        return _find_yaml_value(field)
    masked = blank_spans(field.content, find_comments(field.content))
    found = next((line for line in _LINE.finditer(masked) if line[0].strip()), None)
    if found is None:
        return StatedValue(start=0, end=0, text="")
    lead = _LINE_LEAD.match(found[0]) if field.slot.kind == "prose" else None
    start = found.start() + (lead.end() if lead else len(found[0]) - len(found[0].lstrip()))
    end = found.start() + len(found[0].rstrip())
    if not field.written:
        return StatedValue(start=start, end=end, text=masked[start:end])
    for wrap in _WRAPS:
        inner = masked[start + len(wrap) : end - len(wrap)]
        wrapped = masked.startswith(wrap, start) and masked.endswith(wrap, start, end)
        if wrapped and inner.strip() and wrap not in inner:
            start, end = start + len(wrap), end - len(wrap)
    return StatedValue(start=start, end=end, text=masked[start:end])


def _find_yaml_value(field: Field) -> StatedValue | None:
    if not field.written and field.content.strip():
        found = re.match(r"[ \t]*([^\r\n]*?)[ \t]*(?:[ \t]#[^\r\n]*)?(?:[\r\n]|\Z)", field.content)
        block = field.content.strip() and not (found and found[1])
        if found and not block:
            return StatedValue(start=found.start(1), end=found.end(1), text=found[1])
        return None
    match = _YAML_VALUE.fullmatch(field.content)
    if match is None or any(
        line.strip() and not line.lstrip().startswith("#")
        for line in (match["rest"] or "").splitlines()
    ):
        return None
    name = next((name for name in ("double", "single", "plain") if match[name] is not None), "")
    if not name:
        return StatedValue(start=0, end=0, text="")
    return StatedValue(start=match.start(name), end=match.end(name), text=match[name])


def read_status(alignment: Alignment) -> str:
    """Return the document's status in its own words; empty if it has only the template's."""
    return clean_value(read_particular(alignment, "status"))[:_MAX_STATUS]


def is_approved(said: str, known: Sequence[str]) -> bool:
    """Whether a status means that the document was approved, or more than that."""
    folded = fold_name(said)
    if not folded or _ENDED_WORD.match(folded):
        return False
    order = [fold_name(choice) for choice in known]
    at = next((i for i, name in enumerate(order) if _begins_with(folded, name)), -1)
    if at < 0:
        return bool(_APPROVED_WORD.match(folded))
    first = next((i for i, name in enumerate(order) if _APPROVED_WORD.match(name)), len(order) - 1)
    return at >= first


def is_ended(said: str) -> bool:
    """Whether a status means that nobody completes the document any more."""
    return bool(_ENDED_WORD.match(fold_name(said)))


def _begins_with(folded: str, name: str) -> bool:
    """Whether a value is the one called `name`, with or without words behind it."""
    return folded == name or bool(re.match(rf"{re.escape(name)}(?![\w-])", folded))


def clean_value(content: str) -> str:
    """Return a value of metadata as words, without comments, quotes and markup around it."""
    text = re.sub(r"(?:^|\s)#.*", "", strip_comments(content)).strip()
    return " ".join(text.strip("\"'*_`[] \t\r\n").split())
