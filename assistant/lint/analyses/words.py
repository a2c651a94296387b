"""Words of names and of prose: whether a text speaks of something, however it spells the name."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise

_TOKEN = re.compile(r"\w+")
_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[^\W\dA-Z_]+|[A-Z]+|\d+")
_CHUNK = re.compile(r"\n[ \t]*(?:\n|(?=[-*+|#>]|\d{1,3}[.)][ \t]))|(?<=[.;!?])\s")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# Two forms of a word share at least so many letters, by judgement: "order" and "orders" are one,
# "user" and "uses" are not.
_STEM_LETTERS = 4
_SHORT_LENGTHS = (3, 4)  # letters of a word cut short: "usr", "acct"
_MAX_WORD = 40  # words longer than this are data, not words
_MAX_INITIALS = 5  # letters of an abbreviation, each of which stands for a word


def collect_words(*lines: str) -> frozenset[str]:
    """Return the words of some lines, as a list of words is written in a program."""
    return frozenset(word for line in lines for word in line.split())


def list_singular_words(text: str) -> tuple[str, ...]:
    """Return a text's words in the singular: `OrderItems`, `order_item` and "Order items" alike."""
    return tuple(word for token in _TOKEN.findall(text) for word in _split_token(token))


def _split_token(token: str) -> tuple[str, ...]:
    return tuple(_make_singular(part.casefold()) for part in _PART.findall(token[:200]))


def _make_singular(word: str) -> str:
    if len(word) < _STEM_LETTERS or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("sses", "xes", "zes", "ches", "shes")) else word[:-1]


def are_akin(one: str, other: str) -> bool:
    """Whether two words are forms of one: validate and validator, notif and notification."""
    if one == other:
        return True
    short, long = sorted((len(one), len(other)))
    same = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), short)
    if same < _STEM_LETTERS:
        return False
    return same == short or same >= long - 3 or (same > _STEM_LETTERS and same >= short - 3)


def is_short_for(short: str, long: str) -> bool:
    """Whether one word may be written for the other: org for organization, usr for user."""
    if len(short) not in _SHORT_LENGTHS or len(long) <= len(short) or short[0] != long[0]:
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


class WordIndex:
    """The words of a text and where they are, to be asked for names in time of the name alone.

    A chunk is a sentence or an item; where `whole`, all of the text is one, as in a diagram.
    """

    def __init__(self, text: str, *, whole: bool = False) -> None:
        self._places: dict[str, set[tuple[int, str]]] = defaultdict(set)
        self._near: dict[str, set[str]] = defaultdict(set)
        self._joined: set[str] = set()
        self._initials: set[str] = set()
        self._capitals: set[str] = set()
        self._found: dict[str, tuple[tuple[int, str], ...]] = {}
        self._text = text.casefold() if _UNSPACED.search(text) else ""
        for number, chunk in enumerate([text] if whole else _CHUNK.split(text)):
            self._read(number, chunk)

    def _read(self, number: int, chunk: str) -> None:
        run: list[str] = []
        for token in _TOKEN.findall(chunk):
            if len(token) > _MAX_WORD:
                continue
            plain = token.casefold()
            self._joined.add(plain.replace("_", ""))
            if token.removesuffix("s").isupper():
                self._capitals.add(token.removesuffix("s").casefold())
            for word in _split_token(token):
                self._places[word].add((number, plain))
                self._near[word[:_STEM_LETTERS]].add(word)
                run.append(word)
        self._joined.update(a + b for a, b in pairwise(run))
        first = "".join(word[0] for word in run)
        for size in range(3, _MAX_INITIALS + 1):
            self._initials.update(first[i : i + size] for i in range(len(first) - size + 1))

    def holds(
        self, name: Sequence[str], without: Collection[str] = (), *, shortened: bool = False
    ) -> bool:
        """Whether a chunk has a form of each of the words, not counting identifiers `without`.

        Where `shortened`, the name's words may be short for those of the text.
        """
        chunks: set[int] | None = None
        for word in name:
            places = (*self._of(word), *(self._short_for(word) if shortened else ()))
            own = {number for number, token in places if token not in without}
            chunks = own if chunks is None else chunks & own
            if not chunks:
                return "".join(name) in self._joined and "".join(name) not in without
        return bool(chunks)

    def _of(self, word: str) -> tuple[tuple[int, str], ...]:
        if word not in self._found:
            near = self._near.get(word[:_STEM_LETTERS], ())
            self._found[word] = tuple(
                place for other in near if are_akin(word, other) for place in self._places[other]
            )
        return self._found[word]

    def _short_for(self, word: str) -> Iterator[tuple[int, str]]:
        for other in self._places if len(word) in _SHORT_LENGTHS else ():
            if is_short_for(word, other):
                yield from self._places[other]

    def any(self, wanted: Iterable[str]) -> bool:
        """Whether one of the words is there just so."""
        return any(word in self._places for word in wanted)

    def abbreviates(self, name: str) -> bool:
        """Whether the name's initials stand for it, or its capitals for words that are there."""
        own = list_singular_words(name)
        first = "".join(word[0] for word in own)
        if len(own) > 1 and first in self._capitals:
            return True
        return name.isupper() and len(name) > 2 and name.casefold() in self._initials  # noqa: PLR2004

    def spells(self, name: str) -> bool:
        """Whether a name in a script without spaces, or its beginning, is in the text."""
        return bool(_UNSPACED.search(name)) and name.casefold()[:2] in self._text
