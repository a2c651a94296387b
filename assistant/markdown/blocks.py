"""The blocks of a Markdown text: where each begins and ends, and what is nested in what.

Source of the rules: CommonMark 0.31 with GitHub's tables, as pulldown-cmark reads them. This is the
one place that knows the library: it takes events with offsets in bytes and gives a tree by lines.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from pyromark import Markdown
    from pyromark.event import Range

LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z")
# Deeper blocks are not told apart: those who walk the tree do so by recursion, and Python ends
# that at 1,000 calls. What follows their container is read as usual.
MAX_NESTING = 100
_TAB_STOP = 4
_CODE_INDENT = 4  # columns of spaces behind an item's marker; with more, indented code begins
_SURROGATE = re.compile("[\ud800-\udfff]")
_HEADING_MARK = re.compile(r"#{1,6}(?=[ \t]|\Z)")
_ITEM_MARKER = re.compile(r"(?:[-+*]|(?P<number>[0-9]{1,9})[.)])(?=[ \t]|\Z)")
_CONTAINER_MARKS = re.compile(r"(?:[ \t>]|(?:[-+*]|[0-9]{1,9}[.)])(?=[ \t]|\Z))*")
_KINDS = {
    "List": "list",
    "Item": "item",
    "BlockQuote": "quote",
    "Paragraph": "paragraph",
    "Heading": "heading",
    "CodeBlock": "code",
    "HtmlBlock": "html",
    "Table": "table",
    "Rule": "rule",
}
_CONTAINERS = frozenset(("list", "item", "quote"))
# The end of a block that holds no others says nothing new.
_EDGES = {
    "Start": _KINDS,
    "End": {tag: kind for tag, kind in _KINDS.items() if kind in _CONTAINERS},
}


class Block(NamedTuple):  # a document has thousands: made in a third of a frozen class's time
    """A block of Markdown: its kind, its lines (from `first` up to, not including, `last`).

    `kind` is a CommonMark block (`paragraph`, `fence`, `html`, `list`, `item`, `table`, `quote`,
    `code`, `rule`, `heading`); `info` is a fence's info string or an item's number, `mark` its
    fence, an item's marker or a heading's. Lines count from 0 in the text that was read. A
    reference definition is (a part of) a paragraph.
    """

    kind: str
    first: int
    last: int
    info: str = ""
    mark: str = ""
    children: tuple["Block", ...] = ()


def read_blocks(text: str) -> tuple[Block, ...]:
    """Return the blocks of a text that are nested in nothing, in order."""
    return _BlockReader(strip_line_endings(text)).read()


def read_heading(heading: Block, lines: Sequence[str]) -> tuple[int, str]:
    """Return the level and the title of a heading that is nested in nothing."""
    if heading.mark in ("=", "-"):
        text = "\n".join(lines[heading.first : heading.last - 1])
        return (1 if heading.mark == "=" else 2), text.strip()
    level = len(heading.mark)
    text = lines[heading.first].lstrip(" \t")[level:].rstrip(" \t")
    cut = text.rstrip("#")
    return level, (cut if cut.endswith((" ", "\t")) else text).strip()


def shift_block(block: Block, lines: int) -> Block:
    """Return a block with all within it, so many lines further down."""
    if not lines:
        return block
    children = tuple(shift_block(child, lines) for child in block.children)
    return block._replace(first=block.first + lines, last=block.last + lines, children=children)


def strip_line_endings(text: str) -> list[str]:
    """Return the text's lines without their endings, as CommonMark reads them: U+FFFD for NUL."""
    found = unify_line_endings(text.replace("\0", "\ufffd")).split("\n")
    return found if found[-1] else found[:-1]


def unify_line_endings(text: str) -> str:
    """Return the text with a line feed for each CR LF and CR."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def split_lines(text: str) -> list[str]:
    """Return the text's lines with their endings: CR LF, LF or CR end one, and nothing else."""
    if "\r" in text:
        return LINE.findall(text)
    *whole, last = text.split("\n")
    found = [line + "\n" for line in whole]
    return [*found, last] if last else found


@dataclass(frozen=True, slots=True)
class SourceText:
    """A text with its lines; `offsets` are their beginnings, and the text's end."""

    text: str
    lines: tuple[str, ...]
    offsets: tuple[int, ...]

    def end(self, line: int) -> int:
        """Return the offset at which line `line` - 1 ends, its line ending not counted."""
        if line == 0:
            return 0
        return self.offsets[line - 1] + len(self.lines[line - 1].rstrip("\r\n"))

    def span(self, block: Block) -> tuple[int, int]:
        """Return where a block begins and ends, its last line's ending not counted."""
        return self.offsets[block.first], self.end(block.last)


def split_source(text: str) -> SourceText:
    """Return a text with its lines."""
    lines = tuple(split_lines(text))
    return SourceText(text, lines, tuple(accumulate(map(len, lines), initial=0)))


@cache
def _load_parser() -> "Markdown":
    from pyromark import Markdown, Options  # noqa: PLC0415  only for those who read Markdown

    return Markdown(options=Options.ENABLE_TABLES)


@dataclass(slots=True)
class _Container:
    """A list, an item, a quote or the text itself while it is read, by lines.

    `column` is where the content of an item begins.
    """

    kind: str
    first: int
    last: int
    info: str = ""
    mark: str = ">"
    column: int = 0
    children: list[Block] = field(default_factory=list)


class _BlockReader:
    """One reading of a text's lines; offsets are in bytes of the text that the library gets."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        text = "\n".join((*lines, ""))
        for feed in ("\v", "\f"):  # white space to the library, not to CommonMark
            text = text.replace(feed, "\1")
        sizes = map(len, lines)
        if not text.isascii():
            # The library takes no lone surrogates, which stand for bytes that are no UTF-8.
            text = _SURROGATE.sub("\ufffd", text)
            sizes = map(len, text.encode().split(b"\n")[:-1])
        self.text = text
        self.starts = list(accumulate((size + 1 for size in sizes), initial=0))
        self.defines = "]:" in text and bool(_load_parser().reference_definitions(text))
        self.open = [_Container("", 0, len(lines))]
        self.deeper = 0  # how many containers are open that are nested too deeply
        self.past = 0  # the offset behind all that was read

    def read(self) -> tuple[Block, ...]:
        """Return the blocks that are nested in nothing."""
        tight: tuple[int, int] | None = None  # text of an item that is in no paragraph of its own
        events = cast("Iterator[tuple[Any, Range]]", _load_parser().events_with_range(self.text))
        for event, place in events:  # of which most are about words: time counts here
            edge, tag = next(iter(event.items())) if event.__class__ is dict else ("Start", event)
            kinds = _EDGES.get(edge)
            kind = kinds.get(tag if tag.__class__ is str else next(iter(tag))) if kinds else None
            if kind is None:
                start = place["start"]
                # Cells that a table's row leaves out are reported behind it, and are empty.
                if start >= self.past and start < (end := place["end"]):
                    tight = (start, end) if tight is None else (tight[0], max(tight[1], end))
                continue
            if tight:
                self._add("paragraph", "", *tight)
                tight = None
            if edge == "End":
                self._close(kind)
            elif kind in _CONTAINERS:
                self._begin(kind, place["start"], place["end"])
            else:
                self._add(kind, tag, place["start"], place["end"])
        return self._children(self.open[0])

    def _begin(self, kind: str, start: int, end: int) -> None:
        """Open a container."""
        if self.deeper or len(self.open) > MAX_NESTING:
            self.deeper += 1
            return
        first, last = self._span(start, end)
        found = _Container(kind, first, last)
        if kind == "item":
            found.first, marker = self._marker(max(start, self.past))
            self.past = self.starts[found.first] + marker.end()
            found.info, found.mark = marker["number"] or "", marker[0][-1]
            if self.defines:
                found.column = _content_column(self.lines[found.first], marker.end())
        self.open.append(found)

    def _close(self, kind: str) -> None:
        """Close the innermost container, which is of a kind."""
        if self.deeper:
            self.deeper -= 1
            return
        closed = self.open.pop()
        children = self._children(closed)
        if closed.kind == "list":
            closed.first, closed.mark = children[0].first, children[0].mark
        if closed.kind != "quote":
            # Blank lines and definitions behind what a list holds are not its.
            closed.last = children[-1].last if children else closed.first + 1
        self.open[-1].children.append(
            Block(kind, closed.first, closed.last, closed.info, closed.mark, children)
        )

    def _marker(self, start: int) -> tuple[int, re.Match[str]]:
        """Return the line and the marker of an item that is reported to begin at `start`.

        The library counts back from the marker by columns, which leads too far over a tab.
        """
        number = bisect_right(self.starts, start) - 1
        at = start - self.starts[number]
        while True:
            line = self.lines[number]
            begin = at + len(line[at:]) - len(line[at:].lstrip(" \t>"))
            marker = _ITEM_MARKER.match(line, begin)
            if marker and _CONTAINER_MARKS.fullmatch(line, 0, begin):
                return number, marker
            number, at = number + 1, 0

    def _add(self, kind: str, tag: object, start: int, end: int) -> None:
        """Add a block that holds no others to the innermost container."""
        self.past = end
        if self.deeper:
            return
        first, last = self._span(start, end)
        info = mark = ""
        if kind not in ("paragraph", "table"):
            text = self.lines[first][start - self.starts[first] :]
            if isinstance(tag, dict) and isinstance(tag.get("CodeBlock"), dict):
                fence = text[: len(text) - len(text.lstrip(text[0]))]
                kind, mark, info = "fence", fence, text[len(fence) :].strip()
            elif kind == "heading":
                atx = _HEADING_MARK.match(text)
                mark = atx[0] if atx else self.lines[last - 1].strip(" \t>")[:1]
            elif kind == "rule":
                mark = text[0] * (text.count(text[0]) + 1)
        self.open[-1].children.append(Block(kind, first, last, info, mark))

    def _span(self, start: int, end: int) -> tuple[int, int]:
        """Return the line with the byte at `start`, and the line after the byte before `end`."""
        first = bisect_right(self.starts, start)
        # Most blocks are one line.
        return first - 1, first if end <= self.starts[first] else bisect_right(self.starts, end - 1)

    def _children(self, container: _Container) -> tuple[Block, ...]:
        """Return the blocks of a container that was read."""
        if not self.defines or container.kind == "list":
            return tuple(container.children)
        return tuple(self._with_definitions(container))

    def _with_definitions(self, container: _Container) -> Iterator[Block]:
        """Yield a container's blocks and, as paragraphs, the definitions in the lines between.

        For a reference definition nothing is reported. One right above a paragraph is part of it,
        one that begins before the container's content is not in it.
        """
        line = container.first
        for block in container.children:
            found = list(self._definitions(line, block.first, container.column))
            if found and block.kind == "paragraph" and found[-1].last == block.first:
                block = block._replace(first=found.pop().first)  # noqa: PLW2901
            yield from found
            yield block
            line = max(line, block.last)
        yield from self._definitions(line, container.last, container.column)

    def _definitions(self, line: int, last: int, column: int) -> Iterator[Block]:
        """Yield the runs of reference definitions in lines that no block holds."""
        first = -1
        for number in range(line, last):
            rest = _CONTAINER_MARKS.sub("", self.lines[number], count=1)
            if first < 0 and rest.startswith("["):
                lead = self.lines[number][: -len(rest)]
                if len(lead.expandtabs(_TAB_STOP)) < column:
                    return
                first = number
            elif first >= 0 and not rest.strip():
                yield Block("paragraph", first, number)
                first = -1
        if first >= 0:
            yield Block("paragraph", first, last)


def _content_column(line: str, behind: int) -> int:
    """Return the column at which an item's content begins whose marker ends at `behind`."""
    column = len(line[:behind].expandtabs(_TAB_STOP))
    rest = line[behind:].lstrip(" \t")
    spaces = len(line[: len(line) - len(rest)].expandtabs(_TAB_STOP)) - column
    return column + (spaces if rest and spaces <= _CODE_INDENT else 1)
