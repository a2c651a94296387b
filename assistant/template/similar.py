"""Which name a person may have meant: the same in another form, or nearly the same words."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from assistant.template.parts import ASIDE

_FILLERS = frozenset(("a", "an", "and", "for", "in", "of", "on", "or", "the", "to"))
_NEGATIONS = frozenset(("non", "no", "not", "without", "never"))
# Set so that twenty documents that were judged by hand are judged alike (design document 009).
_MOST_WORDS = 0.6  # of the words of both names agree
_MIN_WORD_RATIO = 0.75  # of a word's letters agree if it is misspelled and no other word
_MIN_RATIO = 0.8  # of all letters agree, so that a slip or an ending is forgiven
_MAX_TIMES_LONGER = 3  # a name within another has at least a third of its words
_MAX_COMPARED = 200  # characters of a name; letters are compared by their number squared
_MAX_CACHED = 1024  # names that are remembered: a heading is compared with many others


def reduce_to_letters(name: str) -> str:
    """Return a name's letters and digits: equal if only case, markup or points differ."""
    return _reduce_short_name(name) if len(name) <= _MAX_COMPARED else _reduce_name(name)


def _reduce_name(name: str) -> str:
    text = unicodedata.normalize("NFKC", ASIDE.sub(" ", name)).casefold().replace("&", " and ")
    return "".join(re.findall(r"\w+", text.replace("_", " ")))


def find_meaningful_words(name: str) -> frozenset[str]:
    """Return the words of a name that carry its meaning."""
    return _split_short_name(name) if len(name) <= _MAX_COMPARED else _split_name(name)


def _split_name(name: str) -> frozenset[str]:
    text = unicodedata.normalize("NFKC", ASIDE.sub(" ", name)).casefold().replace("_", " ")
    return frozenset(re.findall(r"\w+", text)) - _FILLERS


@lru_cache(maxsize=_MAX_CACHED)
def _number_letters(form: str) -> frozenset[tuple[str, int]]:
    """Return the letters of a form, each with how often it stood before."""
    seen: Counter[str] = Counter()
    found: list[tuple[str, int]] = []
    for letter in form:
        found.append((letter, seen[letter]))
        seen[letter] += 1
    return frozenset(found)


_reduce_short_name = lru_cache(maxsize=_MAX_CACHED)(_reduce_name)
_split_short_name = lru_cache(maxsize=_MAX_CACHED)(_split_name)


def measure_likeness(one: str, other: str) -> float:
    """Return how alike two names are, from 0 to 1; 0 if neither can mean the other.

    1 for the same letters. Else either nearly all letters agree, or one name's words are among the
    other's and at least a third of them.
    """
    a, b = reduce_to_letters(one), reduce_to_letters(other)
    if a == b:
        return 1.0 if a else 0.0
    if not a or not b or max(len(a), len(b)) > _MAX_COMPARED:
        return 0.0
    left, right = find_meaningful_words(one), find_meaningful_words(other)
    inside, outside = sorted((left, right), key=len)
    within = inside and inside <= outside and len(inside) * _MAX_TIMES_LONGER >= len(outside)
    if _NEGATIONS & (left ^ right):
        return 0.0
    score = 0.5 + 0.4 * len(inside) / len(outside) if within else 0.0
    if 2.0 * min(len(a), len(b)) / (len(a) + len(b)) < _MIN_RATIO:
        return score  # they can't be: their lengths differ too much
    # No matching has more letters than the two have in common, in whatever order: most pairs end
    # here, for a twentieth of what a matcher costs.
    if 2.0 * len(_number_letters(a) & _number_letters(b)) / (len(a) + len(b)) < _MIN_RATIO:
        return score
    ratio = SequenceMatcher(None, a, b, autojunk=False).ratio()
    return max(score, ratio * 0.99 if ratio >= _MIN_RATIO and _is_slip(left, right) else 0.0)


def _is_slip(left: frozenset[str], right: frozenset[str]) -> bool:
    """Whether most words agree, or those that differ are misspelled rather than others."""
    fewer, more = sorted((left - right, right - left), key=len)
    if len(left & right) >= _MOST_WORDS * len(left | right):
        return True
    return all(
        any(SequenceMatcher(None, a, b, autojunk=False).ratio() >= _MIN_WORD_RATIO for b in more)
        for a in fewer
    )


def find_nearest_name(name: str, known: Sequence[str]) -> str:
    """Return the known name that was most likely meant, or an empty string."""
    best = max(known, key=lambda one: (measure_likeness(name, one), one), default="")
    return best if best and measure_likeness(name, best) else ""
