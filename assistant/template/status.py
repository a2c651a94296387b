"""How far a document has come: its status, and whether it was approved.

A template's own enumeration gives the order: its first value that means approval, and all behind
it, are approved; where none of its values is known here, its last. Values that end a document
(rejected, superseded) are never approved: nobody completes it any more.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.markdown.comments import find_comments, strip_comments
from assistant.markdown.document import Section, split_lines
from assistant.markdown.elements import Mark, find_marks, fold_name
from assistant.template.align import Alignment
from assistant.template.body import BodySetting, read_parts
from assistant.template.fields import Field
from assistant.template.pairing import SectionMatch
from assistant.template.parts import METADATA_TITLES, Part, Role, Slot, find_role, is_placeholder
from assistant.template.read import make_section_slot
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


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedValue:
    """A value and its place in the slot's content; an empty one stands where one would begin.

    Markup, quotes and comments around it are no part of it.
    """

    start: int
    end: int
    text: str


def find_stated_value(field: Field) -> StatedValue | None:
    """The value that a slot holds; None where it is a list or a block, and so not one value.

    Of a slot of several lines it is the first that says anything; what the template has there
    counts as a value too, and is whole.
    """
    if field.slot.kind == "yaml":
        return _find_yaml_value(field)
    masked = field.content
    for start, end in find_comments(field.content):
        masked = masked[:start] + re.sub(r"[^\r\n]", " ", masked[start:end]) + masked[end:]
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


_BULLET = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_DONE_ITEM = re.compile(r"\[[xX]\](?:[ \t]|$)|~~.*~~\s*\Z", re.DOTALL)
_OPEN_BOX = re.compile(r"\[ \](?:[ \t]+|$)")
# "None known." and what people say in its place; a hint in brackets asks nothing either.
_NO_QUESTION = re.compile(
    r"none(?: (?:known|yet|left|open|so far|currently|remaining|at (?:this|the) \w+))*"
    r"|nothing(?: open| left)?|n/?a|not applicable\b.*|tb[ad]|todo"
    r"|(?:there are )?no (?:(?:open|unresolved|known|further|more) )*(?:questions|issues)\b.*"
    r"|\[[^\]]*\]|\.\.\.|\u2026|\W*",
    re.DOTALL,
)


def find_open_questions(alignment: Alignment) -> tuple[str, ...]:
    """The questions that are open, in order: items, else sub-headings, else paragraphs."""
    return tuple(
        question
        for match in alignment.matches
        for field in match.body.fields
        if isinstance(field, Field) and field.slot.role == "questions"
        for question in _find_questions(alignment, match, field)
    )


def _find_questions(alignment: Alignment, match: SectionMatch, field: Field) -> tuple[str, ...]:
    bodies, titles = [field.content], []
    if field.slot.kind != "text":  # a label has no headings under it
        for section in alignment.document.sections[match.index + 1 :]:
            if section.level <= match.section.level:
                break
            bodies.append(section.body)
            if section.path[:-1] == match.section.path:
                titles.append(section.title)
    listed = [list(_find_texts(body, items=True)) for body in bodies]
    if any(listed):
        found = [text for texts in listed for text in texts]
    else:
        found = titles or list(_find_texts(field.content, items=False))
    known = _template_lines(field.slot)
    return tuple(text for text in found if _is_open(text) and fold_name(text) not in known)


def _find_texts(body: str, *, items: bool) -> Iterator[str]:
    """The text of each list item of the first depth, or of each paragraph outside of lists."""
    for mark in find_marks(body):
        if mark.depth == 1 and items and mark.kind in ("item", "label", "check"):
            yield _item_words(body, mark)
        elif mark.depth == 0 and not items and mark.kind in ("prose", "label"):
            yield body[mark.start : mark.stop].strip()


def _item_words(body: str, mark: Mark) -> str:
    return _BULLET.sub("", body[mark.start : mark.stop], count=1).strip()


def _template_lines(slot: Slot) -> frozenset[str]:
    """What the template itself has in the slot, line by line."""
    return frozenset(fold_name(_BULLET.sub("", line, count=1)) for line in split_lines(slot.text))


def _is_open(text: str) -> bool:
    """Whether an item asks something that is not answered yet."""
    words = _OPEN_BOX.sub("", strip_comments(text).strip(), count=1)
    return not _DONE_ITEM.match(words) and not _NO_QUESTION.fullmatch(
        fold_name(words).rstrip(".! ")
    )


_MAX_HEADS = 64  # a document is asked for several roles in a row


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
    """Where a document says what a role stands for: those of its template, else its own."""
    asked = tuple(_find_asked(alignment, role))
    if any(place.field.written for place in asked):
        return asked
    known = {place.start for place in asked}
    own = (place for place in _find_own(alignment, role) if place.field.written)
    return (*(place for place in own if place.start not in known), *asked)


def read_particular(alignment: Alignment, role: Role) -> str:
    """What a document says of a role, on one line and without markup; empty where it does not."""
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
                )  # fmt: skip


def _find_own(alignment: Alignment, role: Role) -> Iterator[ParticularPlace]:
    """The places that a document's own head has, whatever its template says."""
    document = alignment.document
    yield from _slot_places(read_front_parts(document.front), 0, document.front, role)
    for section in document.sections:
        if section.level > 1 and find_role(section.title) == role:
            yield from _section_places(section, role)
        elif section.level <= 1 or fold_name(section.title) in METADATA_TITLES:
            parts = _read_head_parts(section.body, section.title, opening=section.level <= 1)
            yield from _slot_places(parts, section.body_start, section.body, role)


@lru_cache(maxsize=_MAX_HEADS)
def _read_head_parts(body: str, title: str, *, opening: bool) -> tuple[Part, ...]:
    return read_parts(body, BodySetting(title=title, leaf=False, opening=opening, metadata=True))


def _section_places(section: Section, role: Role) -> Iterator[ParticularPlace]:
    """A section whose heading is the name of what it says."""
    slot = replace(make_section_slot("", "prose", section.title), role=role)
    written = bool(strip_comments(section.body).strip())
    field = Field(
        slot=slot, start=0, end=len(section.body), content=section.body, written=written
    )  # fmt: skip
    yield ParticularPlace(base=section.body_start, field=field, body=section.body, asked=False)


def _slot_places(
    parts: Sequence[Part], base: int, body: str, role: Role
) -> Iterator[ParticularPlace]:
    at = 0
    for part in parts:
        if isinstance(part, Slot) and part.role == role:
            field = Field(
                slot=replace(part, text=""), start=at, end=at + len(part.text), content=part.text,
                # What is emphasised is an example in a template only.
                written=not is_placeholder(strip_comments(part.text).strip(" \t\r\n*_")),
            )  # fmt: skip
            yield ParticularPlace(base=base, field=field, body=body, asked=False)
        at += len(part.text)


_MAX_STATUS = 60  # characters of a status in a message; what is longer is a sentence about it
_APPROVED_WORD = re.compile(
    r"(?:approved|accepted|adopted|agreed|ratified|active|implementable|implementing|implemented"
    r"|in force|merged|done|complete|completed|finished|final|finali[sz]ed|released|shipped"
    r"|deployed|live)\b"
)
_ENDED_WORD = re.compile(
    r"(?:rejected|declined|withdrawn|superseded|deprecated|replaced|obsolete|abandoned|cancell?ed"
    r"|retired|deferred|postponed|on hold)\b"
)


def read_status(alignment: Alignment) -> str:
    """The document's status in its own words; empty where it has none, or the template's."""
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
    """A value of metadata as words: without comments, quotes and markup around it."""
    text = re.sub(r"(?:^|\s)#.*", "", strip_comments(content)).strip()
    return " ".join(text.strip("\"'*_`[] \t\r\n").split())
