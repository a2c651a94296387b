"""Finds a template section's slots in a document's section: where each begins and ends there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.body import cells
from assistant.document import lines
from assistant.mark import Mark, comments, fold, marks, without_comments
from assistant.slot import Anchor, Gap, Group, Part, Slot, Variant

_BULLET = re.compile(r"^[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)(?:\[[ xX]\][ \t]*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A slot as it stands in a document: the bytes from `start` to `end`, offsets in the body.

    `name` is the item it belongs to, in a list group. `opening` and `closing` are the lines of the
    fence around a slot of code, as offsets, and `fence` the first, so that it can be widened.
    """

    slot: Slot
    start: int
    end: int
    content: str
    written: bool
    name: str = ""
    opening: tuple[int, int] = (0, 0)
    closing: tuple[int, int] = (0, 0)
    fence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a list group: its name, its example in the template, its fields."""

    name: str
    variant: Variant
    start: int
    end: int
    fields: tuple[Field, ...]

    @property
    def touched(self) -> bool:
        """Whether somebody named it or wrote any of it."""
        return fold(self.name) != fold(self.variant.name) or any(f.written for f in self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list group as it stands in a document."""

    group: Group
    start: int
    end: int
    items: tuple[Item, ...]

    @property
    def written(self) -> bool:
        """Whether any item was started."""
        return any(item.touched for item in self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A body read against a template section's parts."""

    fields: tuple[Field | Items, ...]
    missing: tuple[Anchor, ...]
    guidance: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch of a body with the marks in it."""

    body: str
    marks: tuple[Mark, ...]
    start: int
    end: int
    name: str = ""

    def text(self, start: int, end: int) -> str:
        return self.body[start:end]


def match(parts: Sequence[Part], body: str) -> Body:
    """Where the parts' slots are in `body`."""
    span = _Span(body, marks(body), 0, len(body))
    fields, missing = _fields(parts, span)
    known = {fold(c) for part in parts for c in comments(part.text)}
    guidance = tuple(
        (m.start, m.stop)
        for m in span.marks
        if m.kind == "comment" and fold("".join(comments(body[m.start : m.stop]))) in known
    )
    return Body(fields=fields, missing=missing, guidance=guidance)


def unwritten(content: str, slot: Slot, known: Sequence[str] = ()) -> bool:
    """Whether `content` is what the template has in `slot`, or nothing.

    `known` are the section's comments in the template, which don't count as text.
    """
    rest = content
    for comment in re.findall(r"<!--.*?-->", content, re.DOTALL):
        if not known or fold("".join(comments(comment))) in known:
            rest = rest.replace(comment, "")
    own = without_comments(slot.text)
    if slot.kind in ("rows", "items"):
        examples = {_line(line) for line in lines(own)}
        return all(_line(line) in examples or not _line(line) for line in lines(rest))
    folded = " ".join(rest.split())
    return not folded or folded == " ".join(own.split())


def _line(line: str) -> str:
    """A row's or an item's words."""
    if line.lstrip().startswith("|"):
        return " | ".join(cells(line)).strip(" |")
    return " ".join(_BULLET.sub("", line).split())


def _fields(
    parts: Sequence[Part], span: _Span
) -> tuple[tuple[Field | Items, ...], tuple[Anchor, ...]]:
    located, missing = _locate(parts, span)
    known = tuple(fold(c) for part in parts for c in comments(part.text))
    found: list[Field | Items] = []
    for index, part in enumerate(parts):
        region = _region(parts, located, index, span)
        if isinstance(part, Group):
            items = _items(part, span, *region)
            if items:
                found.append(items)
        elif isinstance(part, Slot):
            field = _field(part, located.get(index - 1), span, region, known)
            if field:
                found.append(field)
    return tuple(found), missing


def _locate(
    parts: Sequence[Part], span: _Span
) -> tuple[dict[int, Mark], tuple[Anchor, ...]]:
    """The mark of each anchor that is there, and the anchors that are not."""
    located: dict[int, Mark] = {}
    missing: list[Anchor] = []
    position = span.start
    for index, part in enumerate(parts):
        if not isinstance(part, Anchor) or part.key == "close":
            continue
        mark = _row(part, span) if part.kind == "table" and part.name else _mark(part, span, position)
        if mark is None:
            missing.append(part)
            continue
        located[index] = mark
        position = mark.end if part.kind != "fence" else mark.stop
    return located, tuple(missing)


def _mark(anchor: Anchor, span: _Span, position: int) -> Mark | None:
    """The first mark from `position` on that is the anchor; a fence may have another language."""
    later = [m for m in span.marks if m.start >= position and m.kind == anchor.kind]
    same = [m for m in later if m.key == anchor.key]
    if not same and anchor.kind in ("fence", "contents"):
        same = later
    if not same and anchor.kind == "check":
        # A person ticks a box and goes on writing behind it.
        same = [m for m in later if m.key.startswith(anchor.key)]
        same = same or [m for m in span.marks if m.kind == "label" and m.key.startswith(anchor.key)]
    return same[0] if same else None


def _row(anchor: Anchor, span: _Span) -> Mark | None:
    """The row of a key and value table that begins with the anchor's name."""
    for table in (m for m in span.marks if m.kind == "table"):
        at = table.start
        for line in lines(span.text(table.start, table.stop)):
            pieces = line.split("|")
            if len(pieces) > 3 and fold(pieces[1]) == anchor.key:  # noqa: PLR2004
                end = at + len(pieces[0]) + len(pieces[1]) + 2
                return Mark(
                    kind="table", key=anchor.key, start=at, end=end, stop=end + len(pieces[2]),
                    reach=at + len(line), depth=0,
                )  # fmt: skip
            at += len(line)
    return None


def _region(
    parts: Sequence[Part], located: dict[int, Mark], index: int, span: _Span
) -> tuple[int, int]:
    """The bytes between the anchors around part `index`, fixed prose after it left out."""
    before = [located[i] for i in range(index) if i in located]
    after = [located[i] for i in range(index + 1, len(parts)) if i in located]
    start = max((m.end if m.kind == "label" else m.stop for m in before), default=span.start)
    end = after[0].start if after else span.end
    for part in parts[index + 1 :]:
        if isinstance(part, Gap) and not part.guidance and part.text.strip():
            at = span.body.find(part.text.strip(), start, end)
            if at >= 0:
                end = at
            break
    return start, max(start, end)


def _field(
    slot: Slot, mark: Mark | None, span: _Span, region: tuple[int, int], known: tuple[str, ...]
) -> Field | None:
    start, end = region
    opening = closing = (0, 0)
    if slot.kind in ("prose", "items"):
        start, end = _block(slot, span, region)
    elif mark is None and slot.kind == "text" and slot.key == "text":
        end = min(end, _first_nested(span, start, end))
    elif mark is None:
        return None
    elif slot.kind == "code":
        closing = (_closing(span, mark), mark.stop)
        opening, start, end = (mark.start, mark.end), mark.end, closing[0]
    elif slot.kind in ("rows", "cell"):
        start, end = mark.end, mark.stop
    else:
        start, end = mark.end, min(end, _reach(mark, span))
    if slot.kind == "text":
        # A label's text ends with its last word; the blank lines after it are not the slot's.
        stripped = span.text(start, end).rstrip()
        end = start + len(stripped) if stripped else _line_end(span, start, end)
    content = span.text(start, end)
    return Field(
        slot=slot, start=start, end=end, content=content, name=span.name,
        written=not unwritten(content, slot, known), opening=opening, closing=closing,
        fence=span.text(*opening),
    )  # fmt: skip


def _line_end(span: _Span, start: int, end: int) -> int:
    found = re.compile(r"[^\r\n]*").match(span.body, start, end)
    return found.end() if found else end


def _reach(mark: Mark, span: _Span) -> int:
    """Where the text of a label ends at the latest."""
    if mark.depth:
        return mark.reach
    later = [m.start for m in span.marks if m.start >= mark.end and m.kind == "label" and not m.depth]
    return min(later, default=span.end)


def _first_nested(span: _Span, start: int, end: int) -> int:
    return min((m.start for m in span.marks if m.start >= start), default=end)


def _closing(span: _Span, mark: Mark) -> int:
    """The offset of a fence's closing line; its end where the fence was never closed."""
    text = span.text(mark.start, mark.stop)
    last = lines(text)[-1]
    begun = re.match(r"[ \t>]*(`{3,}|~{3,})", text)
    closed = re.fullmatch(r"[ \t>]*(`{3,}|~{3,})[ \t]*", last)
    if len(last) < len(text) and begun and closed and closed[1].startswith(begun[1]):
        return mark.stop - len(last)
    return mark.stop


def _block(slot: Slot, span: _Span, region: tuple[int, int]) -> tuple[int, int]:
    """A block slot's bytes: the whole region, or the list in it."""
    start, end = region
    if slot.kind == "items":
        found = [m for m in span.marks if m.depth and start <= m.start < end]
        if found:
            return found[0].start, max(m.reach for m in found)
    return start, end


def _items(group: Group, span: _Span, start: int, end: int) -> Items | None:
    inside = [m for m in span.marks if start <= m.start < end and m.depth]
    if not inside:
        return None
    depth = min(m.depth for m in inside)
    heads = [m for m in inside if m.depth == depth]
    found = tuple(_group_item(group, span, head, index) for index, head in enumerate(heads))
    return Items(group=group, start=heads[0].start, end=heads[-1].reach, items=found)


def _group_item(group: Group, span: _Span, head: Mark, index: int) -> Item:
    name = span.text(head.name_start, head.name_end) if head.kind == "label" else ""
    variant = next((v for v in group.variants if fold(v.name) == fold(name)), None)
    if variant is None:
        variant = group.variants[index] if index < len(group.variants) else group.variants[0]
    inner = tuple(m for m in span.marks if head.stop <= m.start < head.reach and m is not head)
    fields, _ = _fields(variant.parts, _Span(span.body, inner, head.end, head.reach, name))
    flat = tuple(field for field in fields if isinstance(field, Field))
    return Item(name=name, variant=variant, start=head.start, end=head.reach, fields=flat)
