"""Finds a template section's slots in a document's section: where each begins and ends there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.markdown.comments import find_comments, is_directive, read_comments, strip_comments
from assistant.markdown.document import split_lines
from assistant.markdown.elements import Mark, find_closing_line, find_marks, fold_name
from assistant.markdown.tables import split_cells
from assistant.template.locate import MarkedSpan, find_regions, locate_anchors
from assistant.template.parts import Anchor, Group, Part, Slot, Variant, is_placeholder

# A fill holds a document against its template a dozen times, and all but a few sections are the
# same each time.
_MAX_MATCHES = 512
_MAX_STATUS_WORDS = 3  # words of a status at most: "In Last Call", "Accepted with changes"
_REST_OF_LINE = re.compile(r"[^\r\n]*")
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
class ListItem:
    """One item of a list group: its name, its example in the template, its fields."""

    name: str
    variant: Variant
    start: int
    end: int
    fields: tuple[Field, ...]

    @property
    def touched(self) -> bool:
        """Whether somebody named it or wrote any of it."""
        return fold_name(self.name) != fold_name(self.variant.name) or any(
            f.written for f in self.fields
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListItems:
    """A list group as it stands in a document."""

    group: Group
    start: int
    end: int
    items: tuple[ListItem, ...]

    @property
    def written(self) -> bool:
        """Whether any item was started."""
        return any(item.touched for item in self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedBody:
    """A body read against a template section's parts."""

    fields: tuple[Field | ListItems, ...]
    missing: tuple[Anchor, ...]
    guidance: tuple[tuple[int, int], ...]


@lru_cache(maxsize=_MAX_MATCHES)
def match_parts(parts: tuple[Part, ...], body: str) -> MatchedBody:
    """Where the parts' slots are in `body`."""
    span = MarkedSpan(body, find_marks(body), 0, len(body))
    fields, missing = _find_fields(parts, span)
    known = {fold_name(c) for part in parts for c in read_comments(part.text)}
    guidance = tuple(
        (m.start, m.stop)
        for m in span.marks
        if m.kind == "comment"
        and fold_name("".join(read_comments(body[m.start : m.stop]))) in known
    )
    return MatchedBody(fields=fields, missing=missing, guidance=guidance)


def is_blank(content: str, slot: Slot, known: Sequence[str] = ()) -> bool:
    """Whether `content` is what the template has in `slot`, or nothing.

    `known` are the section's comments in the template, which don't count as text; nor do comments
    to the checker. Any other comment is somebody's.
    """
    pieces: list[str] = []
    position = 0
    for start, end in find_comments(content):
        own = content[start:end]
        if is_directive(own) or fold_name("".join(read_comments(own))) in known:
            pieces.append(content[position:start])
            position = end
    rest = "".join(pieces) + content[position:]
    # A template that begins with `Status: Proposed` says so of its documents: that is a value. A
    # sentence about the status is none.
    short = len(strip_comments(slot.text).split()) <= _MAX_STATUS_WORDS
    given = slot.role == "status" and short and not is_placeholder(slot.text)
    own = "" if given else strip_comments(slot.text)
    if slot.kind in ("rows", "items"):
        words = _row_words if slot.kind == "rows" else _item_words
        examples = {words(line) for line in split_lines(own)}
        return all(words(line) in examples or not words(line) for line in split_lines(rest))
    folded = " ".join(rest.split())
    return not folded or folded == " ".join(own.split())


def _row_words(line: str) -> str:
    """A row's words."""
    return " | ".join(split_cells(line)).strip(" |")


def _item_words(line: str) -> str:
    """An item's words."""
    return " ".join(_BULLET.sub("", line).split())


def _find_fields(
    parts: Sequence[Part], span: MarkedSpan
) -> tuple[tuple[Field | ListItems, ...], tuple[Anchor, ...]]:
    located = locate_anchors(parts, span)
    known = tuple(fold_name(c) for part in parts for c in read_comments(part.text))
    found: list[Field | ListItems] = []
    for index, (part, region) in enumerate(
        zip(parts, find_regions(parts, located, span), strict=True)
    ):
        if isinstance(part, Group):
            items = _find_items(part, span, *region)
            if items:
                found.append(items)
        elif isinstance(part, Slot):
            bounds = _find_bounds(part, located.marks.get(index - 1), span, region)
            if bounds:
                found.append(_make_field(part, span, bounds, known))
    return tuple(found), located.missing


@dataclass(frozen=True, slots=True)
class _Bounds:
    """The bytes of a slot, with the lines of the fence around it."""

    start: int
    end: int
    opening: tuple[int, int] = (0, 0)
    closing: tuple[int, int] = (0, 0)


def _make_field(slot: Slot, span: MarkedSpan, bounds: _Bounds, known: tuple[str, ...]) -> Field:
    content = span.text(bounds.start, bounds.end)
    return Field(
        slot=slot,
        start=bounds.start,
        end=bounds.end,
        content=content,
        name=span.name,
        written=not is_blank(content, slot, known),
        opening=bounds.opening,
        closing=bounds.closing,
        fence=span.text(*bounds.opening),
    )


def _find_bounds(
    slot: Slot, mark: Mark | None, span: MarkedSpan, region: tuple[int, int]
) -> _Bounds | None:
    """Where a slot behind the anchor at `mark` is; None where its anchor is not there."""
    start, end = region
    if slot.kind in ("prose", "items"):
        return _block_bounds(slot, span, start, end)
    if mark is None:
        # The text of a list group's item stands behind its name, which is no anchor.
        inside = span.between(start, end)
        own = slot.kind == "text" and slot.key == "text"
        return _text_bounds(span, start, inside[0].start if inside else end) if own else None
    if slot.kind == "code":
        closed = find_closing_line(span.body, mark)
        first = min(mark.end, closed)
        return _Bounds(first, closed, (mark.start, first), (closed, mark.stop))
    if slot.kind in ("rows", "cell"):
        # A table without rows ends before its header's line does.
        return _Bounds(min(mark.end, mark.stop), mark.stop)
    return _text_bounds(span, mark.end, min(end, _find_text_limit(mark, span)))


def _text_bounds(span: MarkedSpan, start: int, end: int) -> _Bounds:
    """A label's text ends with its last word; the blank lines after it are not the slot's."""
    stripped = span.text(start, end).rstrip()
    if stripped:
        return _Bounds(start, start + len(stripped))
    blank = _REST_OF_LINE.match(span.body, start, end)
    return _Bounds(start, blank.end() if blank else end)


def _find_text_limit(mark: Mark, span: MarkedSpan) -> int:
    """Where the text of a label ends at the latest."""
    if mark.depth:
        return mark.reach
    later = span.between(mark.end, span.end)
    return next((m.start for m in later if m.kind == "label" and not m.depth), span.end)


def _block_bounds(slot: Slot, span: MarkedSpan, start: int, end: int) -> _Bounds:
    """A block slot's bytes: the whole region, or the list in it."""
    found = [m for m in span.between(start, end) if m.depth] if slot.kind == "items" else []
    if found:
        return _Bounds(found[0].start, max(m.reach for m in found))
    return _Bounds(start, end)


def _find_items(group: Group, span: MarkedSpan, start: int, end: int) -> ListItems | None:
    inside = [m for m in span.between(start, end) if m.depth]
    if not inside:
        return None
    depth = min(m.depth for m in inside)
    heads = [m for m in inside if m.depth == depth]
    found = tuple(_make_item(group, span, head, index) for index, head in enumerate(heads))
    return ListItems(group=group, start=heads[0].start, end=heads[-1].reach, items=found)


def _make_item(group: Group, span: MarkedSpan, head: Mark, index: int) -> ListItem:
    name = span.text(head.name_start, head.name_end) if head.kind == "label" else ""
    variant = next((v for v in group.variants if fold_name(v.name) == fold_name(name)), None)
    if variant is None:
        variant = group.variants[index] if index < len(group.variants) else group.variants[0]
    inner = tuple(m for m in span.between(head.stop, head.reach) if m is not head)
    fields, _ = _find_fields(
        variant.parts, MarkedSpan(span.body, inner, head.end, head.reach, name)
    )
    flat = tuple(field for field in fields if isinstance(field, Field))
    return ListItem(name=name, variant=variant, start=head.start, end=head.reach, fields=flat)
