"""Code spans: what stands between backticks in a paragraph, and is code."""

import re
from collections.abc import Iterable, Iterator

_VISIBLE = re.compile(r"[^\r\n]")
_TICKS = re.compile(r"`+")
_BLANK = re.compile(r"(?:\r\n|\n|\r)[ \t]*(?:\r\n|\n|\r)")


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with white space in the place of what `spans` enclose; line endings stay."""
    parts: list[str] = []
    position = 0
    for start, end in sorted(spans):
        if end > position:
            first = max(start, position)
            parts += (text[position:first], _VISIBLE.sub(" ", text[first:end]))
            position = end
    return "".join((*parts, text[position:]))


def code_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where each code span begins and ends in a text of paragraphs, its backticks included."""
    if "`" not in text:
        return ()
    return tuple(span for start, end in _paragraphs(text) for span in _spans(text, start, end))


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    for gap in _BLANK.finditer(text):
        yield position, gap.start()
        position = gap.end()
    yield position, len(text)


def _spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The code spans of a paragraph: from a run of backticks to the next one as long."""
    runs = [(run.start(), run.end()) for run in _TICKS.finditer(text, start, end)]
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
