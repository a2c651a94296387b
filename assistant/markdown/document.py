"""Lossless Markdown: any text becomes sections by CommonMark's rules and comes back byte for byte.

The headings are those of `blocks`; front matter is read as Jekyll writes it.
Nothing here is ever normalised: a section holds slices of the text it came from.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from assistant.errors import DraftError, Exit
from assistant.markdown.blocks import (
    Block,
    read_blocks,
    read_heading,
    shift_block,
    strip_line_endings,
)

LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z")
BOM = "\ufeff"
_FRONT_START = re.compile(r"---[ \t]*(?:\r\n|\n|\r)")
_LICENCE = re.compile(
    r"(?:[ ]{0,3}<!--(?:(?!-->).)*-->[ \t]*(?:\r\n|\n|\r)(?:[ \t]*(?:\r\n|\n|\r))*)+", re.DOTALL
)
_YAML_LINE = re.compile(r"[A-Za-z_][\w -]*:(?:[ \t\r\n]|\Z)|[ \t]+\S|- |#")
_FRONT_END = re.compile(r"(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)")


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading and the text up to the next heading.

    `heading` and `body` are source text; the text before the first heading is a section of level 0
    without a heading. `path` holds the titles from the outermost heading down to this one, `start`
    is the offset of the heading in the document's text, `line` its line, counted from 1.
    """

    level: int
    title: str
    path: tuple[str, ...]
    heading: str
    body: str
    start: int
    line: int
    read: tuple[int, tuple[Block, ...]] = field(default=(0, ()), repr=False, compare=False)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks of the body, by its own lines: those that the whole text's reading found.

        `read` holds them by the text's lines, after the number of the body's first one there.
        """
        first, blocks = self.read
        return tuple(shift_block(block, -first) for block in blocks)

    @property
    def body_start(self) -> int:
        """The offset of the body in the document's text."""
        return self.start + len(self.heading)

    @property
    def end(self) -> int:
        """The offset at which the section ends, its sub-sections not counted."""
        return self.body_start + len(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text as front matter and sections; `text` is what was parsed, byte for byte."""

    front: str
    sections: tuple[Section, ...]

    @property
    def text(self) -> str:
        """The whole text."""
        return self.front + "".join(s.heading + s.body for s in self.sections)

    @property
    def outline(self) -> tuple[tuple[int, str], ...]:
        """Level and title of every heading, in order."""
        return tuple((s.level, s.title) for s in self.sections if s.level)

    @property
    def newline(self) -> str:
        """The line ending that the text uses most; a line feed where it has none."""
        text = self.text
        pairs = text.count("\r\n")
        counts = {
            "\n": text.count("\n") - pairs,
            "\r\n": pairs,
            "\r": text.count("\r") - pairs,
        }
        return max(counts, key=lambda ending: counts[ending])


def split_lines(text: str) -> list[str]:
    """The text's lines with their endings: a line ends at CR LF, LF or CR and nowhere else."""
    if "\r" in text:
        return LINE.findall(text)
    *whole, last = text.split("\n")
    found = [line + "\n" for line in whole]
    return [*found, last] if last else found


def _measure_front_matter(text: str) -> int:
    """The length of the BOM and the YAML front matter that `text` begins with.

    A licence in comments may stand before it; then nothing but keys and values may be in it, as
    otherwise it is a rule and a heading.
    """
    start = len(BOM) if text.startswith(BOM) else 0
    licence = _LICENCE.match(text, start)
    opening = _FRONT_START.match(text, licence.end() if licence else start)
    if not opening:
        return start
    position = opening.end()
    for line in LINE.finditer(text, position):
        if _FRONT_END.match(line[0]):
            return line.end()
        if licence and not _YAML_LINE.match(line[0]):
            return start
        # A blank line straight after the dashes makes them a thematic break.
        if not line[0].strip() and line.start() == position:
            return start
    return start


def parse_document(text: str) -> Document:
    """The text as a document; `parse(text).text == text` for every text."""
    front = text[: _measure_front_matter(text)]
    rest = text[len(front) :]
    source = split_lines(rest)
    offsets = _find_line_offsets(source, len(front))
    first_line = 0 if front == BOM else len(split_lines(front))
    sections: list[Section] = []
    stack: list[tuple[int, str]] = []
    start, heading_end, level, title = 0, 0, 0, ""
    for above, at, until, found_level, found_title in _split_at_headings(rest, len(source)):
        path = tuple(name for _, name in stack)
        if sections or level or at > 0 or at == len(source):
            sections.append(
                Section(
                    level=level,
                    title=title,
                    path=path,
                    heading="".join(source[start:heading_end]),
                    body="".join(source[heading_end:at]),
                    start=offsets[start],
                    line=first_line + start + 1,
                    read=(heading_end, above),
                )
            )
        while stack and stack[-1][0] >= found_level:
            stack.pop()
        stack.append((found_level, found_title))
        start, heading_end, level, title = at, until, found_level, found_title
    return Document(front=front, sections=tuple(sections))


def _find_line_offsets(source: Sequence[str], base: int) -> list[int]:
    offsets = [base]
    for line in source:
        offsets.append(offsets[-1] + len(line))
    return offsets


def _split_at_headings(
    text: str, count: int
) -> Iterator[tuple[tuple[Block, ...], int, int, int, str]]:
    """Yield the blocks above each heading that is structure, its first line and the line after it.

    Its level and title follow. The end of the text, which has `count` lines, is the last one.
    """
    source = strip_line_endings(text)
    above: list[Block] = []
    for block in read_blocks(text):
        if block.kind == "heading":
            yield tuple(above), block.first, block.last, *read_heading(block, source)
            above = []
        else:
            above.append(block)
    yield tuple(above), count, 0, 0, ""


def decode_text(data: bytes) -> str:
    """Bytes as text: UTF-8, and bytes that are none kept as lone surrogates."""
    return data.decode("utf-8", "surrogateescape")


def encode_text(text: str) -> bytes:
    """The bytes that `decode` made `text` of."""
    return text.encode("utf-8", "surrogateescape")


def load_document(data: bytes, where: str) -> Document:
    """A file's bytes as a document. Raises DraftError (exit code 4) where they are no text."""
    if b"\0" in data:
        raise DraftError(
            "this is not a text file (it holds NUL bytes).",
            code="not-text",
            exit_code=Exit.FILE,
            where=where,
            hint="Name a Markdown file.",
        )
    return parse_document(decode_text(data))
