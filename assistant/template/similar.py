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
_MOST = 0.6  # of the words of both names
_WORD = 0.75  # of the letters of a word that is misspelled
_ALIKE = 0.8  # of the letters, so that a slip or an ending is forgiven
_SHARE = 3  # a name within another has at least a third of its words
_LONGEST = 200  # characters of a name that are compared letter by letter
_NAMES = 1024  # names that are remembered


def form(name: str) -> str:
    """A name's letters and digits: equal for names that differ in case, markup or punctuation."""
    return _known_form(name) if len(name) <= _LONGEST else _form(name)


def _form(name: str) -> str:
    text = unicodedata.normalize("NFKC", ASIDE.sub(" ", name)).casefold().replace("&", " and ")
    return "".join(re.findall(r"\w+", text.replace("_", " ")))


def words(name: str) -> frozenset[str]:
    """The words of a name that carry its meaning."""
    return _known_words(name) if len(name) <= _LONGEST else _words(name)


def _words(name: str) -> frozenset[str]:
    text = unicodedata.normalize("NFKC", ASIDE.sub(" ", name)).casefold().replace("_", " ")
    return frozenset(re.findall(r"\w+", text)) - _FILLERS


@lru_cache(maxsize=_NAMES)
def _letters(form: str) -> frozenset[tuple[str, int]]:
    """Return the letters of a form, each with how often it stood before."""
    seen: Counter[str] = Counter()
    found: list[tuple[str, int]] = []
    for letter in form:
        found.append((letter, seen[letter]))
        seen[letter] += 1
    return frozenset(found)


# A heading is compared with many others.
_known_form = lru_cache(maxsize=_NAMES)(_form)
_known_words = lru_cache(maxsize=_NAMES)(_words)


def likeness(one: str, other: str) -> float:
    """How alike two names are, from 0 to 1; 0 where neither can be meant by the other.

    1 for the same letters. Else either nearly all letters agree, or one name's words are among the
    other's and at least a third of them.
    """
    a, b = form(one), form(other)
    if a == b:
        return 1.0 if a else 0.0
    if not a or not b or max(len(a), len(b)) > _LONGEST:
        return 0.0
    left, right = words(one), words(other)
    inside, outside = sorted((left, right), key=len)
    within = inside and inside <= outside and len(inside) * _SHARE >= len(outside)
    if _NEGATIONS & (left ^ right):
        return 0.0
    score = 0.5 + 0.4 * len(inside) / len(outside) if within else 0.0
    if 2.0 * min(len(a), len(b)) / (len(a) + len(b)) < _ALIKE:
        return score  # they can't be: their lengths differ too much
    # No matching has more letters than the two have in common, in whatever order: most pairs end
    # here, for a twentieth of what a matcher costs.
    if 2.0 * len(_letters(a) & _letters(b)) / (len(a) + len(b)) < _ALIKE:
        return score
    ratio = SequenceMatcher(None, a, b, autojunk=False).ratio()
    return max(score, ratio * 0.99 if ratio >= _ALIKE and _is_slip(left, right) else 0.0)


def _is_slip(left: frozenset[str], right: frozenset[str]) -> bool:
    """Whether most words agree, or those that differ are misspelled rather than others."""
    fewer, more = sorted((left - right, right - left), key=len)
    if len(left & right) >= _MOST * len(left | right):
        return True
    return all(
        any(SequenceMatcher(None, a, b, autojunk=False).ratio() >= _WORD for b in more)
        for a in fewer
    )


def nearest(name: str, known: Sequence[str]) -> str:
    """The known name that was most likely meant, or an empty string."""
    best = max(known, key=lambda one: (likeness(name, one), one), default="")
    return best if best and likeness(name, best) else ""
