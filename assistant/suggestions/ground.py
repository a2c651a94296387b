"""The document that suggestions rest on: quotes that stand in it, passages to choose from."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.markdown.comments import find_comments
from assistant.markdown.document import Document
from assistant.markdown.escape import clean_text
from assistant.suggestions.listed import find_listed_items
from assistant.template.headings import fold_title
from assistant.template.template import Template

# Words of a quote: fewer in a row stand in any document (memory/design/008).
MIN_QUOTE_WORDS = 4
# Of a quote's words that have to be there in a row: most, since models change a word or leave out
# the middle. By judgement.
_MIN_QUOTE_SHARE = 0.6
# A script without spaces has a word in each character.
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)
QuoteFault = Literal["", "nowhere", "template", "listed"]
# Passages that a schema lists for a quote to be chosen from. With them a review of 1,700 words took
# the embedded model 6 requests instead of 16 (memory/design/008).
MAX_PASSAGES = 100
# Words of a passage, from a sentence's beginning, and of the shortest. By judgement.
_MAX_PASSAGE_WORDS = 12
_MIN_PASSAGE_WORDS = 5
_SENTENCE_BREAK = re.compile(r"(?<=[.?!:;\u3002\uff1f\uff01])\s+")
_FENCE_LINE = re.compile(r"[ \t>]*(?:`{3,}|~{3,})")
_BLOCK_LEAD = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?:\[[ xX]\][ \t]+)?")


@dataclass(frozen=True, slots=True)
class _WordIndex:
    """A text's words, folded, each between two spaces, and where each begins and ends."""

    joined: str
    spans: tuple[tuple[int, int], ...]
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FoundQuote:
    """Where a quote was found, or the fault for which it does not count."""

    quote: str = ""
    section: str = ""
    fault: QuoteFault = ""


class Ground:
    """A document that quotes are looked for in; `template` is that which it was written to.

    `listed` are the risks and questions that it lists already.
    """

    def __init__(self, document: Document, template: Template | None) -> None:
        self.document = document
        self.listed = find_listed_items(document)
        self._words = _index_words(_blank_comments(document.text))
        self._template = "" if template is None else _index_words(template.text).joined
        self.headings = tuple(dict.fromkeys(_list_headings(document, template)))
        self._named = {fold_title(title): title for title in self.headings}

    def find_heading(self, name: str) -> str:
        """Return the document's heading that `name` means; empty if there is none."""
        bare = name.strip().lstrip("#").strip()
        last = bare.rsplit(" > ", 1)[-1]
        return self._named.get(fold_title(bare)) or self._named.get(fold_title(last), "")

    def find_quote(self, quote: str) -> FoundQuote:
        """Return where a quote stands: the longest run of its words that the document has."""
        words = [word.casefold() for word in _WORD.findall(quote)]
        start, length = self._find_longest_run(words)
        if length < max(MIN_QUOTE_WORDS, _MIN_QUOTE_SHARE * len(words)):
            return FoundQuote(fault="nowhere")
        run = self._get_run(start, length)
        if self._is_template(run):
            return FoundQuote(fault="template")
        first, last = self._words.spans[start][0], self._words.spans[start + length - 1][1]
        index = self._find_section(first)
        if index in self.listed.own:
            return FoundQuote(fault="listed")
        text = " ".join(clean_text(self.document.text[first:last]).split())
        return FoundQuote(quote=text, section=self.document.sections[index].title)

    def _find_longest_run(self, words: Sequence[str]) -> tuple[int, int]:
        """Return the document's word at which the longest run of `words` begins, and its length."""
        best, length = 0, 0
        for at in range(len(words) - MIN_QUOTE_WORDS + 1):
            if length >= len(words) - at:
                break
            needle = f" {' '.join(words[at : at + max(MIN_QUOTE_WORDS, length + 1)])} "
            position = self._words.joined.find(needle)
            while position >= 0:
                start = _find_word_at(self._words.places, position + 1)
                own = self._measure_run(words, at, start)
                if own > length:
                    best, length = start, own
                    needle = f" {' '.join(words[at : at + length + 1])} "
                    if at + length >= len(words):
                        break
                position = self._words.joined.find(needle, position + 1)
        return best, length

    def _measure_run(self, words: Sequence[str], at: int, start: int) -> int:
        length = 0
        while at + length < len(words) and start + length < len(self._words.spans):
            if self._get_word(start + length) != words[at + length]:
                break
            length += 1
        return length

    def _get_word(self, number: int) -> str:
        places, joined = self._words.places, self._words.joined
        after = places[number + 1] if number + 1 < len(places) else len(joined)
        return joined[places[number] : after - 1]

    def _get_run(self, start: int, length: int) -> tuple[str, ...]:
        return tuple(self._get_word(start + number) for number in range(length))

    def _is_template(self, run: Sequence[str]) -> bool:
        """Return whether all of the run is the template's: each four words of it in a row."""
        windows = (run[at : at + MIN_QUOTE_WORDS] for at in range(len(run) - MIN_QUOTE_WORDS + 1))
        return all(f" {' '.join(window)} " in self._template for window in windows)

    def _find_section(self, offset: int) -> int:
        """Return the index of the section that an offset in the text is in."""
        starts = [section.start for section in self.document.sections]
        return max(0, bisect_right(starts, offset) - 1)


def count_any_words(text: str) -> int:
    """Return how many words a text has, in any script."""
    return len(_WORD.findall(text))


def _list_headings(document: Document, template: Template | None) -> Iterator[str]:
    """Yield the headings that something can be missing under: the title if it is the only one."""
    named = [section for section in document.sections if section.level]
    tops = [section for section in named if section.level == 1]
    titled = len(tops) == 1 and len(named) > 1
    yield from (one.title for one in named if one.title and not (titled and one is tops[0]))
    if template is not None:
        known = {fold_title(section.title) for section in named}
        for spec in template.specs:
            if spec.level > 1 and spec.open is None and fold_title(spec.title) not in known:
                yield spec.title


def _blank_comments(text: str) -> str:
    """Return the text with its comments blanked: they are for writers, not for readers."""
    pieces: list[str] = []
    position = 0
    for start, end in find_comments(text):
        pieces += [text[position:start], " " * (end - start)]
        position = end
    return "".join(pieces) + text[position:]


def _index_words(text: str) -> _WordIndex:
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
    return _WordIndex(f" {' '.join(pieces)} ", tuple(spans), tuple(places))


def _find_word_at(places: Sequence[int], position: int) -> int:
    """Return the number of the word that begins at a position of the joined words."""
    return bisect_left(places, position)


def list_passages(text: str, ground: Ground) -> tuple[str, ...]:
    """Return how each sentence of a text begins in the document, without code and links."""
    found: dict[str, None] = {}
    for block in _yield_blocks(text):
        for sentence in _SENTENCE_BREAK.split(block):
            start = " ".join(sentence.split()[:_MAX_PASSAGE_WORDS])
            if "](" in start or count_any_words(start) < _MIN_PASSAGE_WORDS:
                continue
            if quote := ground.find_quote(start).quote:
                found[quote] = None
    return tuple(found)


def spread_passages(found: tuple[str, ...], most: int = MAX_PASSAGES) -> tuple[str, ...]:
    """Return at most `most` of the passages, evenly spread."""
    if len(found) <= most:
        return found
    return tuple(found[at * len(found) // most] for at in range(most))


def _yield_blocks(text: str) -> Iterator[str]:
    """Yield the paragraphs and list items of a text, each on one line."""
    held: list[str] = []
    fenced = False
    for line in text.splitlines():
        if _FENCE_LINE.match(line):
            fenced = not fenced
            continue
        lead = _BLOCK_LEAD.match(line)
        bare = line[lead.end() :].strip() if lead else line.strip()
        ends = not bare or bare.startswith(("#", "|")) or (lead is not None and lead[0].strip())
        if ends and held:
            yield " ".join(held)
            held = []
        if bare and not fenced and not bare.startswith(("#", "|")):
            held.append(bare)
    if held:
        yield " ".join(held)
