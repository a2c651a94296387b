"""Reads lines as CommonMark's blocks: where each begins and ends, and what is nested in what.

Source of the rules: CommonMark 0.31 with GitHub's tables. Only the blocks are read, nothing within
a paragraph, and each line a bounded number of times: time is linear in the text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant import syntax
from assistant.margin import CODE, Lines, after

# Deeper blocks are not told apart; what follows their container is read as usual.
MAX_NESTING = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block of Markdown: its kind, its lines (from `first` up to, not including, `last`).

    `kind` is a CommonMark block (`paragraph`, `fence`, `html`, `list`, `item`, `table`, `quote`,
    `code`, `rule`, `heading`); `info` is a fence's info string or an item's number, `mark` its
    fence, an item's marker or a heading's. Lines count from 0 in the text that was scanned.
    """

    kind: str
    first: int
    last: int
    info: str = ""
    mark: str = ""
    children: tuple["Block", ...] = ()


class Unsure(Exception):  # noqa: N818  not a failure: somebody else has to read this text
    """A reference definition that is not on one line, or otherwise not plain."""


def scan(lines: Sequence[str], *, tables: bool, references: bool) -> tuple[Block, ...]:
    """The blocks of a text's lines, which are without their endings.

    Reference definitions are no blocks where `references` are told apart from paragraphs; then it
    raises Unsure for a text with one that is not plain.
    """
    return tuple(_Scanner(lines, tables=tables, references=references).run())


def title_of(heading: Block, lines: Sequence[str]) -> tuple[int, str]:
    """The level and the title of a heading that is nested in nothing."""
    if heading.mark in ("=", "-"):
        text = "\n".join(lines[heading.first : heading.last - 1])
        return (1 if heading.mark == "=" else 2), text.strip()
    level = len(heading.mark)
    text = lines[heading.first].lstrip(" \t")[level:].rstrip(" \t")
    cut = text.rstrip("#")
    return level, (cut if cut.endswith((" ", "\t")) else text).strip()


class _Scanner(Lines):
    """One reading of a text's lines; `level` counts the containers around."""

    def __init__(self, lines: Sequence[str], *, tables: bool, references: bool) -> None:
        super().__init__(lines)
        self.tables = tables and any("|" in line for line in self.lines)
        self.references = references
        self.level = 0

    def run(self) -> list[Block]:
        """The blocks that are nested in nothing."""
        found, _ = self._blocks(0, self.limit)
        return found

    def _blocks(self, line: int, end: int) -> tuple[list[Block], int]:
        """The blocks of a container from `line` on, and the line after it."""
        found: list[Block] = []
        while line < end:
            while line < self.limit and self.empty(line):
                line += 1
            if line >= end or self.indent[line] < self.inner:
                break
            if self.level >= MAX_NESTING:
                return found, self._dedented(line, end)
            if self.references and self.first(line) == "[" and self._reference(line):
                line += 1
            else:
                block, line = self._block(line, end)
                found.append(block)
            if line < end and self.empty(line):
                line += 1
        return found, line

    def _dedented(self, line: int, end: int) -> int:
        """The first line that the container does not hold."""
        while line < end and (self.empty(line) or not 0 <= self.indent[line] < self.inner):
            line += 1
        return line

    def _block(self, line: int, end: int) -> tuple[Block, int]:
        """The block that begins in a line, and the line after it."""
        if self.indent[line] - self.inner >= CODE:
            return _leaf("code", line, self.code_end(line, end))
        if self.tables and self.begins_table(line, end):
            return _leaf("table", line, self.table_end(line, end))
        text, at = self.lines[line], self.at[line]
        first = text[at]
        block: tuple[Block, int] | None = None
        if first in "`~":
            block = self._fence(line, end)
        elif first == ">":
            block = self._quote(line, end)
        elif first in "-*_" and syntax.RULE.match(text, at):
            block = _leaf("rule", line, line + 1, first * (text.count(first, at) + 1))
        elif first == "<" and (opening := syntax.html(text, at)):
            block = _leaf("html", line, self.html_end(line, end, opening[0]))
        elif first == "#" and (heading := syntax.HEADING.match(text, at)):
            block = _leaf("heading", line, line + 1, heading[1])
        if block is None and first in "-+*0123456789":
            block = self._list(line, end)
        return block or self._paragraph(line, end)

    def _fence(self, line: int, end: int) -> tuple[Block, int] | None:
        text = self.lines[line]
        opening = syntax.FENCE.match(text, self.at[line])
        if not opening:
            return None
        last = self.fence_end(line, end, opening[0])
        info = text[opening.end() :].strip()
        return Block(kind="fence", first=line, last=last, info=info, mark=opening[0]), last

    def _reference(self, line: int) -> bool:
        """Whether a line is a reference definition."""
        if self.indent[line] - self.inner >= CODE:
            return False
        following = "" if line + 1 >= self.limit else self.first(line + 1)
        found = syntax.reference(self.rest(line), following)
        if found is None:
            raise Unsure
        return found

    def _paragraph(self, line: int, end: int) -> tuple[Block, int]:
        """A paragraph, or the heading that it is the text of."""
        lines, at, indents, inner = self.lines, self.at, self.indent, self.inner
        last = line + 1
        while last < self.limit:
            text, start = lines[last], at[last]
            if start >= len(text):
                break
            indent = indents[last]
            if indent - inner < CODE:
                if text[start] in syntax.SPECIAL:
                    under = last < end and indent >= inner and text[start] in "-="
                    if under and syntax.UNDERLINE.match(text, start):
                        return _leaf("heading", line, last + 1, text[start])
                    if indent >= 0 and self.interrupts(last, paragraph=True):
                        break
                if self.tables and indent >= 0 and self.begins_table(last, self.limit):
                    break
            last += 1
        return _leaf("paragraph", line, last)

    def _list(self, line: int, end: int) -> tuple[Block, int] | None:
        if not self.begins_list(line):
            return None
        found: list[Block] = []
        first = line
        mark = ""
        while line < end:
            marker = syntax.ITEM.match(self.lines[line], self.at[line])
            if not marker or (mark and marker[0][-1] != mark):
                break
            mark = marker[0][-1]
            item, line = self._item(line, end, marker)
            found.append(item)
            if line >= end or not 0 <= self.indent[line] - self.inner < CODE:
                break
            if self.ends_list(line):
                break
        block = Block(kind="list", first=first, last=line, mark=mark, children=tuple(found))
        return block, line

    def _item(self, line: int, end: int, marker: re.Match[str]) -> tuple[Block, int]:
        text = self.lines[line]
        start = self.indent[line] + marker.end() - self.at[line]
        column, at = after(text, marker.end(), start, self.shift[line])
        spaces = 1 if at >= len(text) or column - start > CODE else column - start
        saved = self.outer, self.inner, self.at[line], self.indent[line]
        self.outer, self.inner = self.inner, start + spaces
        self.at[line], self.indent[line] = at, column
        self.level += 2
        children: list[Block] = []
        if at >= len(text) and self.empty(line + 1):
            last = min(line + 2, end)
        else:
            children, last = self._blocks(line, end)
        self.level -= 2
        self.outer, self.inner, self.at[line], self.indent[line] = saved
        block = Block(
            kind="item", first=line, last=last, info=marker["number"] or "", mark=marker[0][-1],
            children=tuple(children),
        )  # fmt: skip
        return block, last

    def _quote(self, line: int, end: int) -> tuple[Block, int]:
        saved: list[tuple[int, int, int]] = []
        limit, inner = self.limit, self.inner
        empty = False
        last = line
        while last < end and not self.empty(last):
            quoted = self.first(last) == ">" and (last == line or self.indent[last] >= inner)
            if not quoted and empty:
                break
            saved.append((self.at[last], self.indent[last], self.shift[last]))
            if quoted:
                empty = self.unquote(last)
            elif self.interrupts(last):
                # What is nested must not look for the rest of a paragraph here.
                self.limit = last
                self.indent[last] -= inner
                break
            else:
                # Only a paragraph goes on here.
                self.indent[last] = -1
            last += 1
        self.inner = 0
        self.level += 1
        children, after = self._blocks(line, last)
        self.level -= 1
        self.limit, self.inner = limit, inner
        for place, before in enumerate(saved, line):
            self.at[place], self.indent[place], self.shift[place] = before
        block = Block(kind="quote", first=line, last=after, mark=">", children=tuple(children))
        return block, after


def _leaf(kind: str, first: int, last: int, mark: str = "") -> tuple[Block, int]:
    """A block without others in it, and the line after it."""
    return Block(kind=kind, first=first, last=last, mark=mark), last
