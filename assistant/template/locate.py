"""Finds a template's anchors in a stretch of a document, and the bytes between them."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.markdown.document import split_lines
from assistant.markdown.elements import Mark, fold_name
from assistant.markdown.tables import find_cells, find_row_value, split_cells
from assistant.template.parts import Anchor, Gap, Part
from assistant.template.read import has_keys_on_top


@dataclass(frozen=True, slots=True)
class MarkedSpan:
    """A stretch of a body with the marks in it, in order; `name` is that of the item it is."""

    body: str
    marks: tuple[Mark, ...]
    start: int
    end: int
    name: str = ""

    def text(self, start: int, end: int) -> str:
        """What stands between two offsets."""
        return self.body[start:end]

    def between(self, start: int, end: int) -> tuple[Mark, ...]:
        """The marks that begin between two offsets."""
        first = bisect_left(self.marks, start, key=_mark_start)
        return self.marks[first : bisect_left(self.marks, end, lo=first, key=_mark_start)]


def _mark_start(mark: Mark) -> int:
    return mark.start


@dataclass(frozen=True, slots=True)
class LocatedAnchors:
    """The mark of each anchor that is there, by the part's place, and the anchors that are not."""

    marks: Mapping[int, Mark]
    missing: tuple[Anchor, ...]


def locate_anchors(parts: Sequence[Part], span: MarkedSpan) -> LocatedAnchors:
    """Where the anchors among `parts` are, each behind the one before it."""
    found: dict[int, Mark] = {}
    missing: list[Anchor] = []
    known = _MarkIndex(span.marks)
    rows = _find_keyed_rows(span) if any(_is_row(part) for part in parts) else {}
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
    """Where the template's own prose ends that a mark only is a part of; 0 where it is none."""
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
        """The first mark from `position` on that is the anchor; a fence's language may differ."""
        mark = _first_from(self._same.get((anchor.kind, anchor.key), ()), position)
        if mark is None and anchor.kind in ("fence", "contents"):
            mark = _first_from(self._kind.get(anchor.kind, ()), position)
        if mark is None and anchor.kind == "check":
            mark = self._begun(anchor, position)
        return mark

    def _begun(self, anchor: Anchor, position: int) -> Mark | None:
        """A check-box behind whose words a person went on writing."""
        near = (*self._kind.get("check", ()), *self._kind.get("label", ()))
        return next((m for m in near if m.start >= position and m.key.startswith(anchor.key)), None)


def _first_from(marks: Sequence[Mark], position: int) -> Mark | None:
    index = bisect_left(marks, position, key=_mark_start)
    return marks[index] if index < len(marks) else None


def _find_keyed_rows(span: MarkedSpan) -> dict[str, Mark]:
    """The values of tables of keys, by key; a value's mark ends where the value begins."""
    found: dict[str, Mark] = {}
    for table in (mark for mark in span.marks if mark.kind == "table"):
        for name, first, start, stop in _find_values(span.text(table.start, table.stop)):
            mark = Mark(
                kind="table",
                key=fold_name(name),
                start=table.start + first,
                end=table.start + start,
                stop=table.start + stop,
                reach=table.start + stop,
                depth=0,
            )
            found.setdefault(mark.key, mark)
    return found


def _find_values(table: str) -> Iterator[tuple[str, int, int, int]]:
    """Each key of a table with where its row, and its value there, begin, and where that ends.

    Keys stand in the first column; those in a header come first where its one row has the values.
    """
    source = split_lines(table)
    names = split_cells(source[0])
    last = len("".join(source[:-1]))
    if has_keys_on_top(names, [split_cells(line) for line in source[2:]]):
        for name, (start, stop) in zip(names, find_cells(source[-1]), strict=False):
            yield name, last + start, last + start, last + stop
    at = 0
    for line in source:
        value = find_row_value(line)
        if value is not None:
            name, start, stop = value
            yield name, at, at + start, at + stop
        at += len(line)


def find_regions(
    parts: Sequence[Part], located: LocatedAnchors, span: MarkedSpan
) -> tuple[tuple[int, int], ...]:
    """For each part the bytes between the anchors around it, fixed prose behind it left out."""
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
    """The end of a region, or where the template's own prose in it begins."""
    at = span.body.find(fixed, start, end) if fixed else -1
    while at > start and not _begins_line(span.body, at):
        # The same letters within a line are somebody's.
        at = span.body.find(fixed, at + 1, end)
    return at if at >= 0 else max(start, end)


def _begins_line(body: str, at: int) -> bool:
    line = max(body.rfind("\n", 0, at), body.rfind("\r", 0, at)) + 1
    return not body[line:at].strip()
