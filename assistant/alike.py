"""Whether two risks or two questions say the same, by meaning: no model, the same answer each time.

Words are brought to their stems and to what engineers mean by them, and compared by weight: a word
that stands in any risk ("may", "users", "system") tells little. Languages other than English are
compared by their words alone.
"""

import re
from functools import lru_cache
from math import sqrt

from assistant.mark import fold
from assistant.synonym import MEANINGS, MODES, PHRASES, STOPPED, VAGUE, stem

SAME = 0.56  # from this on two say the same; benchmarks/suggest.py says how often that is right
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_VAGUE_WEIGHT = 0.35
_AGREED, _UNSURE, _DISAGREED = 1.25, 0.85, 0.6
_NEAR = 0.5  # from this on two words are one, misspelt or otherwise built
_NEAR_LENGTH = 5


def similarity(one: str, other: str) -> float:
    """How much two sentences say the same, from 0 to 1."""
    left, right = _meanings(one), _meanings(other)
    if not left or not right:
        return float(fold(one) == fold(other))
    common = sum(_weight(word) for word in left & right)
    rest = sorted(right - left)
    for word in sorted(left - right):
        near = [(_near(word, candidate), candidate) for candidate in rest]
        best, found = max(near, default=(0.0, ""))
        if best >= _NEAR:
            common += best * (_weight(word) + _weight(found)) / 2
            rest.remove(found)
    return min(1.0, _agreement(left, right) * common / sqrt(_total(left) * _total(right)))


def _agreement(left: frozenset[str], right: frozenset[str]) -> float:
    """A factor for whether the same goes wrong, or the same is asked, in both."""
    if not (left & right) - MODES - VAGUE:
        return _DISAGREED  # they share no thing, only what may happen to any
    one, other = left & MODES, right & MODES
    if not one or not other:
        return _UNSURE
    return _AGREED if one & other else _DISAGREED


def same(one: str, other: str) -> bool:
    """Whether two sentences say the same."""
    return similarity(one, other) >= SAME


@lru_cache(maxsize=4096)
def _meanings(text: str) -> frozenset[str]:
    """The stems of a sentence's words, synonyms as one."""
    folded = fold(text).replace("\u2019", "'")
    for pattern, meaning in PHRASES:
        folded = re.sub(pattern, f" {meaning} ", folded)
    if folded.startswith(("who ", "whose ")):
        folded = f"owner {folded}"
    words = (word for word in _WORD.findall(folded) if word not in STOPPED)
    return frozenset(MEANINGS.get(word) or MEANINGS.get(stem(word)) or stem(word) for word in words)


def _weight(word: str) -> float:
    return _VAGUE_WEIGHT if word in VAGUE else 1.0


def _total(words: frozenset[str]) -> float:
    return sum(_weight(word) for word in words)


def _near(one: str, other: str) -> float:
    """How much two words look alike, by their runs of three letters."""
    if min(len(one), len(other)) < _NEAR_LENGTH:
        return 0.0
    left, right = _runs(one), _runs(other)
    return 2 * len(left & right) / (len(left) + len(right))


def _runs(word: str) -> frozenset[str]:
    padded = f" {word}"
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))
