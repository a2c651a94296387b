"""A passage: a stretch of Markdown that keeps what was found in it, so that nobody looks again."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from assistant.markdown.blocks import Block, SourceText, read_blocks, shift_block, split_source
from assistant.markdown.comments import find_comments
from assistant.markdown.elements import Mark, read_marks

Span = tuple[int, int]  # where something begins and ends, as offsets

_VISIBLE = re.compile(r"[^\r\n]+")
_BACKTICKS = re.compile(r"`+")
_BLANK_LINE = re.compile(r"(?:\r\n|\n|\r)[ \t]*(?:\r\n|\n|\r)")


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A stretch of Markdown without headings of its own; each property is worked out once.

    All offsets count from the body's start. `read` holds the blocks that a reading of a longer text
    found, by its lines, behind the number of the body's first line there; None where the body was
    not read yet.
    """

    body: str
    read: tuple[int, tuple[Block, ...]] | None = field(default=None, repr=False, compare=False)

    @cached_property
    def source(self) -> SourceText:
        """The body with its lines."""
        return split_source(self.body)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks of the body, by its own lines."""
        if self.read is None:
            return read_blocks(self.body)
        first, blocks = self.read
        return tuple(shift_block(block, -first) for block in blocks)

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """The places in the body that can be anchors, in order."""
        return read_marks(self.source, self.blocks)

    @cached_property
    def comments(self) -> tuple[Span, ...]:
        """Where each HTML comment is, whatever it stands in."""
        return find_comments(self.body)

    @cached_property
    def code_blocks(self) -> tuple[Span, ...]:
        """Where each fence and each block of indented code is, in lists and quotes too."""
        return tuple(_find_code_blocks(self.source, self.blocks))

    @cached_property
    def code_spans(self) -> tuple[Span, ...]:
        """Where each code span is, its backticks included, in order."""
        if "`" not in self.body:
            return ()
        return tuple(_find_code_spans(self.source, self.blocks))

    @cached_property
    def prose(self) -> str:
        """The body with white space in the place of its code and comments; offsets stay."""
        body = blank_spans(self.body, self.code_blocks)
        # What looks like a comment within a block of code is none.
        comments = self.comments if body == self.body else find_comments(body)
        return blank_spans(body, (*comments, *self.code_spans))


def blank_spans(text: str, spans: Iterable[Span]) -> str:
    """Return the text with white space in the place of what `spans` enclose; line endings stay."""
    parts: list[str] = []
    position = 0
    for start, end in sorted(spans):
        if end > position:
            first = max(start, position)
            parts += (text[position:first], _VISIBLE.sub(_make_spaces, text[first:end]))
            position = end
    return "".join((*parts, text[position:])) if parts else text


def _make_spaces(found: re.Match[str]) -> str:
    return " " * (found.end() - found.start())


def find_code_spans(text: str) -> tuple[Span, ...]:
    """Return where each code span is in a text without blocks, such as a heading."""
    return tuple(_pair_in_paragraphs(text, 0, len(text))) if "`" in text else ()


def _find_code_blocks(source: SourceText, blocks: Sequence[Block]) -> Iterator[Span]:
    for block in blocks:
        if block.kind in ("fence", "code"):
            yield source.span(block)
        else:
            yield from _find_code_blocks(source, block.children)


def _find_code_spans(source: SourceText, blocks: Sequence[Block]) -> Iterator[Span]:
    """Yield the code spans in blocks: none goes on in the next paragraph, item or row."""
    for block in blocks:
        if block.kind in ("paragraph", "heading", "html"):
            yield from _pair_in_paragraphs(source.text, *source.span(block))
        elif block.kind == "table":
            for line in range(block.first, block.last):
                yield from _pair_backticks(
                    source.text, source.offsets[line], source.offsets[line + 1]
                )
        elif block.kind not in ("fence", "code"):
            yield from _find_code_spans(source, block.children)


def _pair_in_paragraphs(text: str, start: int, end: int) -> Iterator[Span]:
    for gap in _BLANK_LINE.finditer(text, start, end):
        yield from _pair_backticks(text, start, gap.start())
        start = gap.end()
    yield from _pair_backticks(text, start, end)


def _pair_backticks(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the code spans of a paragraph: from a run of backticks to the next one as long."""
    runs = [run.span() for run in _BACKTICKS.finditer(text, start, end)]
    later: dict[int, list[int]] = {}
    for number in range(len(runs) - 1, -1, -1):
        later.setdefault(runs[number][1] - runs[number][0], []).append(number)
    number = 0
    while number < len(runs):
        first, last = runs[number]
        same = later[last - first]
        while same and same[-1] <= number:
            same.pop()
        if first and text[first - 1] == "\\":
            number += 1
        elif same:
            yield first, runs[same[-1]][1]
            number = same[-1] + 1
        else:
            number += 1
