"""Finds a template section's slots in a document's section: where each begins and ends there."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.markdown.comments import read_comments
from assistant.markdown.elements import Mark, find_closing_line, fold_name
from assistant.markdown.passage import Passage
from assistant.template.parts import (
    Anchor,
    Gap,
    Group,
    Part,
    Slot,
    Variant,
    is_blank,
    make_identifier,
)
from assistant.template.tables import find_keyed_rows

# A fill holds a document against its template a dozen times, and all but a few sections are the
# same each time.
_MAX_MATCHES = 512
# A template's own comments are asked for with each body that is matched; few templates have more
# sections and examples of items (by judgement).
_MAX_TEMPLATE_PARTS = 256
_REST_OF_LINE = re.compile(r"[^\r\n]*")


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

    @property
    def answer_key(self) -> str:
        """The key of what is answered for it, among its section's answers."""
        return f"{make_identifier(self.name)}_{self.slot.key}" if self.name else self.slot.key


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
    def answer_key(self) -> str:
        """The key of what is answered for the group, among its section's answers."""
        return self.group.key

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


@dataclass(frozen=True, slots=True)
class MarkedSpan:
    """A stretch of a body with the marks in it, in order; `name` is that of the item it is."""

    body: str
    marks: tuple[Mark, ...]
    start: int
    end: int
    name: str = ""

    def text(self, start: int, end: int) -> str:
        """Return what stands between two offsets."""
        return self.body[start:end]

    def between(self, start: int, end: int) -> tuple[Mark, ...]:
        """Return the marks that begin between two offsets."""
        first = bisect_left(self.marks, start, key=_mark_start)
        return self.marks[first : bisect_left(self.marks, end, lo=first, key=_mark_start)]


def _mark_start(mark: Mark) -> int:
    return mark.start


def match_parts(parts: tuple[Part, ...], passage: Passage) -> MatchedBody:
    """Return where a template section's slots are in a passage."""
    return _match_parts(parts, _SameBody(passage))


class _SameBody:
    """A passage as a key: one with the same body is the same, wherever it stands."""

    __slots__ = ("passage",)

    def __init__(self, passage: Passage) -> None:
        self.passage = passage

    def __hash__(self) -> int:
        return hash(self.passage.body)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _SameBody) and self.passage.body == other.passage.body


@lru_cache(maxsize=_MAX_MATCHES)
def _match_parts(parts: tuple[Part, ...], key: _SameBody) -> MatchedBody:
    body = key.passage.body
    span = MarkedSpan(body, key.passage.marks, 0, len(body))
    known = _fold_comments(parts)
    fields, missing = _find_fields(parts, span, known)
    guidance = tuple(
        (m.start, m.stop)
        for m in span.marks
        if m.kind == "comment"
        and fold_name("".join(read_comments(body[m.start : m.stop]))) in known
    )
    return MatchedBody(fields=fields, missing=missing, guidance=guidance)


@lru_cache(maxsize=_MAX_TEMPLATE_PARTS)
def _fold_comments(parts: tuple[Part, ...]) -> frozenset[str]:
    """Return the words of the comments that a template has in these parts, folded."""
    return frozenset(fold_name(c) for part in parts for c in read_comments(part.text))


def _find_fields(
    parts: Sequence[Part], span: MarkedSpan, known: frozenset[str]
) -> tuple[tuple[Field | ListItems, ...], tuple[Anchor, ...]]:
    """Return the slots of parts in a stretch, and the anchors that are missing there."""
    located = locate_anchors(parts, span)
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


def _make_field(slot: Slot, span: MarkedSpan, bounds: _Bounds, known: frozenset[str]) -> Field:
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
    """Return where a slot after the anchor at `mark` is; None if its anchor is not there."""
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
    """Return where a label's text is: it ends with its last word, before blank lines."""
    stripped = span.text(start, end).rstrip()
    if stripped:
        return _Bounds(start, start + len(stripped))
    blank = _REST_OF_LINE.match(span.body, start, end)
    return _Bounds(start, blank.end() if blank else end)


def _find_text_limit(mark: Mark, span: MarkedSpan) -> int:
    """Return where the text of a label ends at the latest."""
    if mark.depth:
        return mark.reach
    later = span.between(mark.end, span.end)
    return next((m.start for m in later if m.kind == "label" and not m.depth), span.end)


def _block_bounds(slot: Slot, span: MarkedSpan, start: int, end: int) -> _Bounds:
    """Return where a block slot is: the whole region, or the list in it."""
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
    inside = MarkedSpan(span.body, inner, head.end, head.reach, name)
    fields, _ = _find_fields(variant.parts, inside, _fold_comments(variant.parts))
    flat = tuple(field for field in fields if isinstance(field, Field))
    return ListItem(name=name, variant=variant, start=head.start, end=head.reach, fields=flat)


@dataclass(frozen=True, slots=True)
class LocatedAnchors:
    """The mark of each anchor that is there, by the part's place, and the anchors that are not."""

    marks: Mapping[int, Mark]
    missing: tuple[Anchor, ...]


def locate_anchors(parts: Sequence[Part], span: MarkedSpan) -> LocatedAnchors:
    """Return where the anchors among `parts` are, each after the one before it."""
    found: dict[int, Mark] = {}
    missing: list[Anchor] = []
    known = _MarkIndex(span.marks)
    rows = find_keyed_rows(span.body, span.marks) if any(_is_row(part) for part in parts) else {}
    position = span.start
    fixed: list[str] = []
    for index, part in enumerate(parts):
        if _is_fixed(part):
            fixed.append(part.text.strip())
        if not isinstance(part, Anchor) or part.key == "close":
            continue
        mark = rows.get(part.key) if _is_row(part) else known.find(part, position)
        while (
            mark is not None and not _is_row(part) and (end := _find_prose_end(span, fixed, mark))
        ):
            mark = known.find(part, end)
        fixed.clear()
        if mark is None:
            missing.append(part)
            continue
        found[index] = mark
        position = mark.stop if part.kind == "fence" else mark.end
    return LocatedAnchors(found, tuple(missing))


def _find_prose_end(span: MarkedSpan, fixed: Sequence[str], mark: Mark) -> int:
    """Return where the template's own prose around a mark ends; 0 if there is none."""
    for words in fixed:
        at = span.body.find(words, max(span.start, mark.end - len(words)), mark.end + len(words))
        if 0 <= at <= mark.start < at + len(words):
            return at + len(words)
    return 0


def _is_row(part: Part) -> bool:
    return isinstance(part, Anchor) and part.kind == "table" and bool(part.name)


class _MarkIndex:
    """The marks by what they are, so that each anchor is found without reading all of them."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        self._same: dict[tuple[str, str], list[Mark]] = {}
        self._kind: dict[str, list[Mark]] = {}
        for mark in marks:
            self._same.setdefault((mark.kind, mark.key), []).append(mark)
            self._kind.setdefault(mark.kind, []).append(mark)

    def find(self, anchor: Anchor, position: int) -> Mark | None:
        """Return the first mark from `position` on that is the anchor, of any language."""
        mark = _first_from(self._same.get((anchor.kind, anchor.key), ()), position)
        if mark is None and anchor.kind in ("fence", "contents"):
            mark = _first_from(self._kind.get(anchor.kind, ()), position)
        if mark is None and anchor.kind == "check":
            mark = self._begun(anchor, position)
        return mark

    def _begun(self, anchor: Anchor, position: int) -> Mark | None:
        """Return a check-box behind whose words a person went on writing."""
        near = (*self._kind.get("check", ()), *self._kind.get("label", ()))
        return next((m for m in near if m.start >= position and m.key.startswith(anchor.key)), None)


def _first_from(marks: Sequence[Mark], position: int) -> Mark | None:
    index = bisect_left(marks, position, key=_mark_start)
    return marks[index] if index < len(marks) else None


def find_regions(
    parts: Sequence[Part], located: LocatedAnchors, span: MarkedSpan
) -> tuple[tuple[int, int], ...]:
    """Return for each part the bytes between the anchors around it, less fixed prose."""
    starts: list[int] = []
    start = span.start
    for index, part in enumerate(parts):
        starts.append(start)
        mark = located.marks.get(index)
        if mark is not None:
            start = max(start, mark.end if mark.kind == "label" else mark.stop)
        elif _is_fixed(part):
            # The template's own prose before a slot is no part of it.
            words = part.text.strip()
            at = span.body.find(words, start, span.end)
            start = at + len(words) if at >= 0 and not span.body[start:at].strip() else start
    found: list[tuple[int, int]] = []
    end, fixed = span.end, ""
    for index in range(len(parts) - 1, -1, -1):
        found.append((starts[index], _find_region_end(span, starts[index], end, fixed)))
        part, mark = parts[index], located.marks.get(index)
        if mark is not None:
            end, fixed = mark.start, ""
        elif _is_fixed(part):
            fixed = part.text.strip()
    return tuple(reversed(found))


def _is_fixed(part: Part) -> bool:
    return isinstance(part, Gap) and not part.guidance and bool(part.text.strip())


def _find_region_end(span: MarkedSpan, start: int, end: int, fixed: str) -> int:
    """Return the end of a region, or where the template's own prose in it begins."""
    at = span.body.find(fixed, start, end) if fixed else -1
    while at > start and not _begins_line(span.body, at):
        # The same letters within a line are somebody's.
        at = span.body.find(fixed, at + 1, end)
    return at if at >= 0 else max(start, end)


def _begins_line(body: str, at: int) -> bool:
    line = max(body.rfind("\n", 0, at), body.rfind("\r", 0, at)) + 1
    return not body[line:at].strip()
