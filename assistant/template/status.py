"""How far a document has come: its status, and whether it was approved.

A template's own enumeration gives the order: its first value that means approval, and all behind
it, are approved; where none of its values is known here, its last. Values that end a document
(rejected, superseded) are never approved: nobody completes it any more.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.markdown.comments import comment_spans, without_comments
from assistant.markdown.document import Section, lines
from assistant.markdown.elements import Mark, fold, marks
from assistant.template.align import Alignment
from assistant.template.body import Setting, read
from assistant.template.fields import Field
from assistant.template.pairing import Match
from assistant.template.parts import METADATA, Part, Role, Slot, is_placeholder, role_of
from assistant.template.read import whole
from assistant.template.template import front_parts

_LINE = re.compile(r"[^\r\n]+")
_LEAD = re.compile(r"[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?")
_YAML = re.compile(
    r"""[ \t]*(?: "(?P<double>[^"\\\r\n]*)" | '(?P<single>[^'\r\n]*)'
      | (?P<plain>[^\s\#"'|>\[{&*!%@`][^\r\n]*?)? )[ \t]*(?:(?<=[ \t])\#[^\r\n]*)?
      (?P<rest>(?:\r\n|\n|\r).*)?""",
    re.VERBOSE | re.DOTALL,
)
_WRAPS = ("**", "__", "*", "_", "`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A value and its place in the slot's content; an empty one stands where one would begin.

    Markup, quotes and comments around it are no part of it.
    """

    start: int
    end: int
    text: str


def stated(field: Field) -> Stated | None:
    """The value that a slot holds; None where it is a list or a block, and so not one value.

    Of a slot of several lines it is the first that says anything; what the template has there
    counts as a value too, and is whole.
    """
    if field.slot.kind == "yaml":
        return _yaml(field)
    masked = field.content
    for start, end in comment_spans(field.content):
        masked = masked[:start] + re.sub(r"[^\r\n]", " ", masked[start:end]) + masked[end:]
    found = next((line for line in _LINE.finditer(masked) if line[0].strip()), None)
    if found is None:
        return Stated(start=0, end=0, text="")
    lead = _LEAD.match(found[0]) if field.slot.kind == "prose" else None
    start = found.start() + (lead.end() if lead else len(found[0]) - len(found[0].lstrip()))
    end = found.start() + len(found[0].rstrip())
    if not field.written:
        return Stated(start=start, end=end, text=masked[start:end])
    for wrap in _WRAPS:
        inner = masked[start + len(wrap) : end - len(wrap)]
        wrapped = masked.startswith(wrap, start) and masked.endswith(wrap, start, end)
        if wrapped and inner.strip() and wrap not in inner:
            start, end = start + len(wrap), end - len(wrap)
    return Stated(start=start, end=end, text=masked[start:end])


def _yaml(field: Field) -> Stated | None:
    if not field.written and field.content.strip():
        found = re.match(r"[ \t]*([^\r\n]*?)[ \t]*(?:[ \t]#[^\r\n]*)?(?:[\r\n]|\Z)", field.content)
        block = field.content.strip() and not (found and found[1])
        if found and not block:
            return Stated(start=found.start(1), end=found.end(1), text=found[1])
        return None
    match = _YAML.fullmatch(field.content)
    if match is None or any(
        line.strip() and not line.lstrip().startswith("#")
        for line in (match["rest"] or "").splitlines()
    ):
        return None
    name = next((name for name in ("double", "single", "plain") if match[name] is not None), "")
    if not name:
        return Stated(start=0, end=0, text="")
    return Stated(start=match.start(name), end=match.end(name), text=match[name])


_BULLET = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_TICKED = re.compile(r"\[[xX]\](?:[ \t]|$)|~~.*~~\s*\Z", re.DOTALL)
_BOX = re.compile(r"\[ \](?:[ \t]+|$)")
# "None known." and what people say in its place; a hint in brackets asks nothing either.
_NOTHING = re.compile(
    r"none(?: (?:known|yet|left|open|so far|currently|remaining|at (?:this|the) \w+))*"
    r"|nothing(?: open| left)?|n/?a|not applicable\b.*|tb[ad]|todo"
    r"|(?:there are )?no (?:(?:open|unresolved|known|further|more) )*(?:questions|issues)\b.*"
    r"|\[[^\]]*\]|\.\.\.|\u2026|\W*",
    re.DOTALL,
)


def open_questions(alignment: Alignment) -> tuple[str, ...]:
    """The questions that are open, in order: items, else sub-headings, else paragraphs."""
    return tuple(
        question
        for match in alignment.matches
        for field in match.body.fields
        if isinstance(field, Field) and field.slot.role == "questions"
        for question in _asked(alignment, match, field)
    )


def _asked(alignment: Alignment, match: Match, field: Field) -> tuple[str, ...]:
    bodies, titles = [field.content], []
    if field.slot.kind != "text":  # a label has no headings under it
        for section in alignment.document.sections[match.index + 1 :]:
            if section.level <= match.section.level:
                break
            bodies.append(section.body)
            if section.path[:-1] == match.section.path:
                titles.append(section.title)
    listed = [list(_texts(body, items=True)) for body in bodies]
    if any(listed):
        found = [text for texts in listed for text in texts]
    else:
        found = titles or list(_texts(field.content, items=False))
    known = _own(field.slot)
    return tuple(text for text in found if _says(text) and fold(text) not in known)


def _texts(body: str, *, items: bool) -> Iterator[str]:
    """The text of each list item of the first depth, or of each paragraph outside of lists."""
    for mark in marks(body):
        if mark.depth == 1 and items and mark.kind in ("item", "label", "check"):
            yield _words(body, mark)
        elif mark.depth == 0 and not items and mark.kind in ("prose", "label"):
            yield body[mark.start : mark.stop].strip()


def _words(body: str, mark: Mark) -> str:
    return _BULLET.sub("", body[mark.start : mark.stop], count=1).strip()


def _own(slot: Slot) -> frozenset[str]:
    """What the template itself has in the slot, line by line."""
    return frozenset(fold(_BULLET.sub("", line, count=1)) for line in lines(slot.text))


def _says(text: str) -> bool:
    """Whether an item asks something that is not answered yet."""
    words = _BOX.sub("", without_comments(text).strip(), count=1)
    return not _TICKED.match(words) and not _NOTHING.fullmatch(fold(words).rstrip(".! "))


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
    asked = tuple(_asked_particulars(alignment, role))
    if any(place.field.written for place in asked):
        return asked
    known = {place.start for place in asked}
    own = (place for place in _own_particulars(alignment, role) if place.field.written)
    return (*(place for place in own if place.start not in known), *asked)


def particular(alignment: Alignment, role: Role) -> str:
    """What a document says of a role, on one line and without markup; empty where it does not."""
    for place in places(alignment, role):
        value = stated(place.field) if place.field.written else None
        if value is not None and value.text:
            return value.text
    return ""


def _asked_particulars(alignment: Alignment, role: Role) -> Iterator[Place]:
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


def _own_particulars(alignment: Alignment, role: Role) -> Iterator[Place]:
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


_LONGEST = 60  # characters of a status in a message; what is longer is a sentence about it
_APPROVED = re.compile(
    r"(?:approved|accepted|adopted|agreed|ratified|active|implementable|implementing|implemented"
    r"|in force|merged|done|complete|completed|finished|final|finali[sz]ed|released|shipped"
    r"|deployed|live)\b"
)
_ENDED = re.compile(
    r"(?:rejected|declined|withdrawn|superseded|deprecated|replaced|obsolete|abandoned|cancell?ed"
    r"|retired|deferred|postponed|on hold)\b"
)


def status(alignment: Alignment) -> str:
    """The document's status in its own words; empty where it has none, or the template's."""
    return value(particular(alignment, "status"))[:_LONGEST]


def settled(said: str, known: Sequence[str]) -> bool:
    """Whether a status means that the document was approved, or more than that."""
    folded = fold(said)
    if not folded or _ENDED.match(folded):
        return False
    order = [fold(choice) for choice in known]
    at = next((i for i, name in enumerate(order) if _is(folded, name)), -1)
    if at < 0:
        return bool(_APPROVED.match(folded))
    first = next((i for i, name in enumerate(order) if _APPROVED.match(name)), len(order) - 1)
    return at >= first


def ended(said: str) -> bool:
    """Whether a status means that nobody completes the document any more."""
    return bool(_ENDED.match(fold(said)))


def _is(folded: str, name: str) -> bool:
    """Whether a value is the one called `name`, with or without words behind it."""
    return folded == name or bool(re.match(rf"{re.escape(name)}(?![\w-])", folded))


def value(content: str) -> str:
    """A value of metadata as words: without comments, quotes and markup around it."""
    text = re.sub(r"(?:^|\s)#.*", "", without_comments(content)).strip()
    return " ".join(text.strip("\"'*_`[] \t\r\n").split())
