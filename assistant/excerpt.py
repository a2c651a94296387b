"""A line of a document with a mark under the place that is meant, as wide as a terminal shows it.

Nothing that a document holds reaches a terminal as a command to it.
"""

import re
from collections.abc import Sequence

from assistant.grid import split_clusters

WIDTH = 100  # columns of a line that are shown where nobody says how many there are
_LEAST = 20  # columns in which a place can be found again
_BEFORE = 30  # of the columns, left of the place, where a line is cut
_EACH = 8  # characters that a column may take: emojis are joined of so many
_SHARE = 3  # ... and at most so great a part of them
_TAB = 4
_CUT = "..."
_MISSING = "\ufffd"
# Controls, halves of characters, separators of lines, and marks that turn the order of writing
# around, so that a line looks like another.
_HARM = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_LINE = re.compile(r"[^\n\t]+")


def harmless(text: str) -> str:
    """The text with every character that could command a terminal, or is none, shown as unknown."""
    return _HARM.sub(_MISSING, text)


def harmless_lines(text: str) -> str:
    """Likewise for a text of several lines, which keeps its line breaks and tabs."""
    return _LINE.sub(lambda line: harmless(line[0]), text)


def excerpt(line: str, column: int, length: int = 0, most: int = WIDTH) -> tuple[str, str]:
    """A line as it can be shown in `most` columns, and the marks to stand under it.

    `column` counts the line's characters from 1, `length` says how many are meant, 0 the rest of
    them. A long line is cut around the place. Both are empty where the line is blank.
    """
    if not line or line.isspace():
        return "", ""
    # Of a line as it mostly is, nothing is copied: many findings may be about a long one.
    text = line.rstrip("\r\n") if line[-1] in "\r\n" else line
    text = text.removeprefix("\ufeff")
    if not text or text.isspace():
        return "", ""
    most = max(most, _LEAST)
    start = min(max(column, 1) - 1, len(text))
    end = min(start + length, len(text)) if length else len(text.rstrip())
    end = max(end, min(start + 1, len(text)))
    # What is far away is not looked at: a line may be a megabyte long.
    far = _EACH * most
    first, last = max(0, start - far), min(len(text), start + far)
    cells, widths = _cells(text[first:last])
    place = start - first
    begin = _window_start(widths, place, most, cut=first > 0)
    before = _CUT if first + begin > 0 else ""
    stop = _window_end(widths, begin, most - len(before), cut=last < len(text))
    after = _CUT if first + stop < len(text) else ""
    shown = before + "".join(cells[begin:stop]) + after
    indent = len(before) + sum(widths[begin:place])
    marked = sum(widths[place : min(end - first, stop)])
    return shown.rstrip(), " " * indent + "^" * max(1, marked)


def _cells(text: str) -> tuple[list[str], list[int]]:
    """What each character is shown as, and how many columns that takes.

    Of characters that are shown as one, such as an emoji's, the first has the columns of all.
    """
    if text.isascii() and text.isprintable():
        return list(text), [1] * len(text)
    cells: list[str] = []
    widths: list[int] = []
    position = 0
    for cluster, columns in split_clusters(text):
        blank = " " * (_TAB - position % _TAB) if cluster == "\t" else ""
        shown = [blank] if blank else [harmless(character) for character in cluster]
        taken = len(blank) or columns
        cells += shown
        widths += [taken, *[0] * (len(shown) - 1)]
        position += taken
    return cells, widths


def _window_start(widths: Sequence[int], place: int, most: int, *, cut: bool) -> int:
    """The first character to show, so that the place is in the window."""
    if not cut and sum(widths) <= most:
        return 0
    begin, room = place, min(_BEFORE, most // _SHARE)
    while begin > 0 and room >= widths[begin - 1]:
        begin -= 1
        room -= widths[begin]
    while begin < place and not widths[begin]:  # the rest of what begins further left
        begin += 1
    return begin


def _window_end(widths: Sequence[int], begin: int, most: int, *, cut: bool) -> int:
    """The character behind the last one to show."""
    if not cut and sum(widths[begin:]) <= most:
        return len(widths)
    stop, room = begin, most - len(_CUT)
    while stop < len(widths) and room >= widths[stop]:
        room -= widths[stop]
        stop += 1
    return stop
