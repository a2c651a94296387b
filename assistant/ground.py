"""Finds what a suggestion rests on in its document: words that are there, headings that exist."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.align import name_of
from assistant.document import Document
from assistant.escape import clean
from assistant.listed import listed
from assistant.mark import comment_spans
from assistant.template import Template

LEAST = 4  # words of a quote
_SHARE = 0.6  # of a quote's words that have to be there in a row
# A script without spaces has a word in each character.
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)


@dataclass(frozen=True, slots=True)
class _Words:
    """A text's words, folded, each between two spaces, and where each begins and ends."""

    joined: str
    spans: tuple[tuple[int, int], ...]
    places: tuple[int, ...]


Fault = Literal["", "nowhere", "template", "listed"]


@dataclass(frozen=True, slots=True)
class Found:
    """Where a quote was found, or the fault for which it does not count."""

    quote: str = ""
    section: str = ""
    fault: Fault = ""


class Ground:
    """A document that quotes are looked for in; `template` is that which it was written to."""

    def __init__(self, document: Document, template: Template | None) -> None:
        self._document = document
        self._listed = frozenset(listed(document).own)
        self._words = _words(_uncommented(document.text))
        self._template = "" if template is None else _words(template.text).joined
        self.headings = tuple(dict.fromkeys(_headings(document, template)))
        self._named = {name_of(title): title for title in self.headings}

    def heading(self, name: str) -> str:
        """The heading that is meant by `name`; empty where there is none."""
        bare = name.strip().lstrip("#").strip()
        last = bare.rsplit(" > ", 1)[-1]
        return self._named.get(name_of(bare)) or self._named.get(name_of(last), "")

    def find(self, quote: str) -> Found:
        """The longest run of a quote's words that stands in the document, as it stands there."""
        words = [word.casefold() for word in _WORD.findall(quote)]
        start, length = self._longest(words)
        if length < max(LEAST, _SHARE * len(words)):
            return Found(fault="nowhere")
        run = self._run(start, length)
        if self._is_template(run):
            return Found(fault="template")
        first, last = self._words.spans[start][0], self._words.spans[start + length - 1][1]
        index = self._section(first)
        if index in self._listed:
            return Found(fault="listed")
        text = " ".join(clean(self._document.text[first:last]).split())
        return Found(quote=text, section=self._document.sections[index].title)

    def _longest(self, words: Sequence[str]) -> tuple[int, int]:
        """Where in the document the longest run of these words begins, and how long it is."""
        best, length = 0, 0
        for at in range(len(words) - LEAST + 1):
            if length >= len(words) - at:
                break
            needle = f" {' '.join(words[at : at + max(LEAST, length + 1)])} "
            position = self._words.joined.find(needle)
            while position >= 0:
                start = _place(self._words.places, position + 1)
                own = self._extent(words, at, start)
                if own > length:
                    best, length = start, own
                    needle = f" {' '.join(words[at : at + length + 1])} "
                    if at + length >= len(words):
                        break
                position = self._words.joined.find(needle, position + 1)
        return best, length

    def _extent(self, words: Sequence[str], at: int, start: int) -> int:
        length = 0
        while at + length < len(words) and start + length < len(self._words.spans):
            if self._word(start + length) != words[at + length]:
                break
            length += 1
        return length

    def _word(self, number: int) -> str:
        places, joined = self._words.places, self._words.joined
        after = places[number + 1] if number + 1 < len(places) else len(joined)
        return joined[places[number] : after - 1]

    def _run(self, start: int, length: int) -> tuple[str, ...]:
        return tuple(self._word(start + number) for number in range(length))

    def _is_template(self, run: Sequence[str]) -> bool:
        """Whether any four words of the run in a row are the template's."""
        windows = (run[at : at + LEAST] for at in range(len(run) - LEAST + 1))
        return all(f" {' '.join(window)} " in self._template for window in windows)

    def _section(self, offset: int) -> int:
        """Which section a place in the text is in."""
        starts = [section.start for section in self._document.sections]
        return max(0, bisect_right(starts, offset) - 1)


def count(text: str) -> int:
    """How many words a text has, in any script."""
    return len(_WORD.findall(text))


def _headings(document: Document, template: Template | None) -> Iterator[str]:
    """The headings that something can be missing under; a title is one where there is no other."""
    named = [section for section in document.sections if section.level]
    tops = [section for section in named if section.level == 1]
    titled = len(tops) == 1 and len(named) > 1
    yield from (one.title for one in named if one.title and not (titled and one is tops[0]))
    if template is not None:
        known = {name_of(section.title) for section in named}
        for spec in template.specs:
            if spec.level > 1 and spec.open is None and name_of(spec.title) not in known:
                yield spec.title


def _uncommented(text: str) -> str:
    """The text with its comments blanked: they are for writers, not for readers."""
    pieces: list[str] = []
    position = 0
    for start, end in comment_spans(text):
        pieces += [text[position:start], " " * (end - start)]
        position = end
    return "".join(pieces) + text[position:]


def _words(text: str) -> _Words:
    spans: list[tuple[int, int]] = []
    places: list[int] = []
    pieces: list[str] = []
    at = 1
    for found in _WORD.finditer(text):
        word = found[0].casefold()
        spans.append(found.span())
        places.append(at)
        pieces.append(word)
        at += len(word) + 1
    return _Words(f" {' '.join(pieces)} ", tuple(spans), tuple(places))


def _place(places: Sequence[int], position: int) -> int:

    return bisect_left(places, position)
