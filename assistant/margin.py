"""A text's lines as the containers around them leave them: where each one's content begins.

Source of the rules: CommonMark 0.31 with GitHub's tables.
"""

import re
from collections.abc import Iterator, Sequence

from assistant import syntax

CODE = 4  # columns of indentation that make a line code
_TAB = 4
_MAX_EMPTY_CELLS = 0x10000  # a table with more than that many left out ends


class Lines:
    """The lines of a text, and of each what the containers being read leave of it.

    For each line, `at` is where its content begins, `indent` the column of that, less than 0 where
    only a paragraph goes on, and `shift` the columns that a quote's marker took from its tabs.
    `inner` is the column at which the content of the innermost container begins, `outer` that of
    the one around it, less than 0 where there is none. `limit` ends what may be looked at.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = list(lines)
        if self.lines and not self.lines[-1].strip(" \t"):
            self.lines.pop()
        self.at = [len(line) - len(line.lstrip(" \t")) for line in self.lines]
        self.indent = [
            at if "\t" not in line[:at] else _columns(line[:at])
            for line, at in zip(self.lines, self.at, strict=True)
        ]
        self.shift = [0] * len(self.lines)
        self.limit = len(self.lines)
        self.inner = 0
        self.outer = -1

    def empty(self, line: int) -> bool:
        """Whether a line holds nothing, or is none."""
        return line >= len(self.lines) or self.at[line] >= len(self.lines[line])

    def first(self, line: int) -> str:
        """The first character of a line that is no space; empty for a blank one."""
        at = self.at[line]
        return self.lines[line][at : at + 1]

    def rest(self, line: int) -> Iterator[str]:
        """What the lines up to the next blank one hold."""
        while line < self.limit and not self.empty(line):
            yield self.lines[line][self.at[line] :]
            line += 1

    def interrupts(self, line: int, *, paragraph: bool = False) -> bool:
        """Whether a line ends a quote, a table or, where it is one, a paragraph before it."""
        text, at = self.lines[line], self.at[line]
        first = text[at : at + 1]
        if first not in syntax.SPECIAL or self.indent[line] - self.inner >= CODE:
            return False
        if first == "<":
            opening = syntax.html(text, at)
            return opening is not None and opening[1]
        if first == "#":
            return bool(syntax.HEADING.match(text, at))
        return self.ends_list(line) or self.begins_list(line, paragraph=paragraph)

    def ends_list(self, line: int) -> bool:
        """Whether a line ends a list before it."""
        text, at = self.lines[line], self.at[line]
        first = text[at : at + 1]
        if first == ">":
            return True
        pattern = syntax.FENCE if first in ("`", "~") else syntax.RULE
        return bool(pattern.match(text, at))

    def begins_list(self, line: int, *, paragraph: bool = False) -> bool:
        """Whether a list begins in a line, behind a `paragraph` or not."""
        indent, text = self.indent[line], self.lines[line]
        if self.outer >= 0 and indent - self.outer >= CODE and indent < self.inner:
            return False
        marker = syntax.ITEM.match(text, self.at[line])
        if not marker:
            return False
        if paragraph and indent >= self.inner:
            if marker["number"] and int(marker["number"]) != 1:
                return False
            return bool(text[marker.end() :].strip(" \t"))
        return True

    def begins_table(self, line: int, end: int) -> bool:
        """Whether a table's header and delimiter rows stand in a line and the next one."""
        under = line + 1
        if under >= end or self.first(under) not in ("|", "-", ":"):
            return False
        if not 0 <= self.indent[under] - self.inner < CODE:
            return False
        text = self.lines[line][self.at[line] :].strip(syntax.SPACES)
        if "|" not in text or self.indent[line] - self.inner >= CODE:
            return False
        return 0 < syntax.columns(self.lines[under], self.at[under]) == syntax.cells(text)

    def code_end(self, line: int, end: int) -> int:
        """The line after the indented code that begins in a line."""
        last = following = line + 1
        while following < end:
            if self.empty(following):
                following += 1
            elif self.indent[following] - self.inner >= CODE:
                last = following = following + 1
            else:
                break
        return last

    def fence_end(self, line: int, end: int, fence: str) -> int:
        """The line after the fence that `fence` opens in a line."""
        for last in range(line + 1, end):
            text, at = self.lines[last], self.at[last]
            if at >= len(text):
                continue
            if self.indent[last] < self.inner:
                return last
            near = text[at] == fence[0] and self.indent[last] - self.inner < CODE
            if near and syntax.closes(fence, text, at):
                return last + 1
        return end

    def html_end(self, line: int, end: int, closing: re.Pattern[str] | None) -> int:
        """The line after the HTML that begins in a line, at `closing` or else at a blank line."""
        if closing and closing.search(self.lines[line], self.at[line]):
            return line + 1
        for last in range(line + 1, end):
            empty = self.empty(last)
            if (empty and not closing) or (self.indent[last] < self.inner and not empty):
                return last
            if closing and closing.search(self.lines[last], self.at[last]):
                return last + 1
        return end

    def table_end(self, line: int, end: int) -> int:
        """The line after the table whose header row is a line."""
        width = syntax.columns(self.lines[line + 1], self.at[line + 1])
        missing = 0
        for last in range(line + 2, end):
            row = self.lines[last][self.at[last] :].strip(syntax.SPACES)
            if not row or not 0 <= self.indent[last] - self.inner < CODE or self.interrupts(last):
                return last
            missing += width - syntax.cells(row)
            if missing > _MAX_EMPTY_CELLS:
                return last
        return end

    def unquote(self, line: int) -> bool:
        """Take a quote's marker from a line; whether nothing is behind it."""
        text = self.lines[line]
        at = self.at[line] + 1
        start = self.indent[line] + 1
        space = text[at : at + 1]
        tab = 0
        if space == " " or (space == "\t" and (self.shift[line] + start) % _TAB == _TAB - 1):
            at += 1
            start += 1
        elif space == "\t":
            tab = 1
        column, at = after(text, at, start, self.shift[line] + tab)
        self.shift[line] = self.indent[line] + 1 + (space in (" ", "\t"))
        self.indent[line] = column - start
        self.at[line] = at
        return at >= len(text)


def _columns(space: str) -> int:
    """The column behind leading spaces and tabs."""
    return after(space, 0, 0, 0)[0]


def after(text: str, at: int, column: int, shift: int) -> tuple[int, int]:
    """The column and the offset of the first character from `at` on that is no space or tab."""
    while at < len(text) and text[at] in " \t":
        column += _TAB - (column + shift) % _TAB if text[at] == "\t" else 1
        at += 1
    return column, at
