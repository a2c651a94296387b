"""Lossless Markdown: any text becomes sections by CommonMark's rules and comes back byte for byte.

The headings are those of `blocks`; front matter is read as Jekyll writes it.
Nothing here is ever normalised: a section holds slices of the text it came from.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain

from assistant.errors import DraftError, Exit
from assistant.markdown.blocks import (
    LINE,
    Block,
    read_blocks,
    read_heading,
    split_lines,
    strip_line_endings,
)
from assistant.markdown.links import Link, find_fragments, find_links
from assistant.markdown.passage import Passage, Span, find_code_spans

BOM = "\ufeff"

_FRONT_START = re.compile(r"---[ \t]*(?:\r\n|\n|\r)")
_LICENCE = re.compile(
    r"(?:[ ]{0,3}<!--(?:(?!-->).)*-->[ \t]*(?:\r\n|\n|\r)(?:[ \t]*(?:\r\n|\n|\r))*)+", re.DOTALL
)
_YAML_LINE = re.compile(r"[A-Za-z_][\w -]*:(?:[ \t\r\n]|\Z)|[ \t]+\S|- |#")
_FRONT_END = re.compile(r"(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)")


@dataclass(frozen=True, kw_only=True)
class Section(Passage):
    """A heading and the text up to the next heading.

    `heading` and `body` are source text; the text before the first heading is a section of level 0
    without a heading. `path` holds the titles from the outermost heading down to this one, `start`
    is the offset of the heading in the document's text, `line` its line, counted from 1.
    """

    level: int
    title: str
    path: tuple[str, ...]
    heading: str
    start: int
    line: int

    @property
    def body_start(self) -> int:
        """The offset of the body in the document's text."""
        return self.start + len(self.heading)

    @property
    def end(self) -> int:
        """The offset at which the section ends, its sub-sections not counted."""
        return self.body_start + len(self.body)


@dataclass(frozen=True, kw_only=True)
class Document:
    """A text as front matter and sections; what is found in it is worked out once and kept.

    All offsets count in `text`, which is what was parsed, byte for byte.
    """

    front: str
    sections: tuple[Section, ...]

    @cached_property
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

    @cached_property
    def code(self) -> tuple[Span, ...]:
        """Where code is: fences, indented code and code spans, those in headings too."""
        return tuple(sorted(chain.from_iterable(map(_find_code, self.sections))))

    @cached_property
    def prose(self) -> str:
        """The text with white space in the place of front matter, code and comments."""
        front = " " * len(self.front)
        return front + "".join(s.heading + s.prose for s in self.sections)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The inline links, images and reference definitions."""
        return tuple(find_links(self.prose))

    @cached_property
    def fragments(self) -> frozenset[str]:
        """What `#...` can name in the document, folded."""
        return find_fragments([s.title for s in self.sections if s.level], self.prose)


def _find_code(section: Section) -> Iterator[Span]:
    for start, end in find_code_spans(section.heading):
        yield section.start + start, section.start + end
    for start, end in chain(section.code_blocks, section.code_spans):
        yield section.body_start + start, section.body_start + end


def _measure_front_matter(text: str) -> int:
    """Return the length of the BOM and the YAML front matter that `text` begins with.

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
    """Return the text as a document; `parse_document(text).text == text` for every text."""
    front = text[: _measure_front_matter(text)]
    rest = text[len(front) :]
    source = split_lines(rest)
    offsets = tuple(accumulate(map(len, source), initial=len(front)))
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
    """Return bytes as text: UTF-8, with bytes that are none kept as lone surrogates."""
    return data.decode("utf-8", "surrogateescape")


def encode_text(text: str) -> bytes:
    """Return the bytes that `decode_text` made `text` of."""
    return text.encode("utf-8", "surrogateescape")


def load_document(data: bytes, where: str) -> Document:
    """Return a file's bytes as a document. Raises DraftError (exit code 4) if they are no text."""
    if b"\0" in data:
        raise DraftError(
            "this is not a text file (it holds NUL bytes).",
            code="not-text",
            exit_code=Exit.FILE,
            where=where,
            hint="Name a Markdown file.",
        )
    return parse_document(decode_text(data))
