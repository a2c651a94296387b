"""Suggestions of several reviewers as one list: no two alike, none that the document has."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from math import sqrt
from typing import TypeVar

from assistant.markdown.elements import fold
from assistant.suggestions.listed import Listed
from assistant.suggestions.model import Opinion, Question, Risk, Suggestions
from assistant.suggestions.synonyms import MEANINGS, MODES, PHRASES, STOPPED, VAGUE, stem

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


_SENTENCE = re.compile(r"(?<=[.?!\u3002\uff1f\uff01])\s+")
_T = TypeVar("_T", Risk, Question)


def sifted(opinions: Sequence[Opinion], listed: Listed) -> Suggestions:
    """What is new in the opinions, the weightiest first."""
    every_risk = tuple(risk for one in opinions for risk in one.risks)
    every_question = tuple(question for one in opinions for question in one.questions)
    risks = _distinct(every_risk, listed.risks)
    questions = _distinct(every_question, listed.questions)
    said = len(every_risk) + len(every_question)
    return Suggestions(
        risks=tuple(sorted(risks, key=lambda risk: (-risk.weight, -len(risk.views)))),
        questions=tuple(sorted(questions, key=lambda question: -len(question.views))),
        repeats=said - len(risks) - len(questions),
        dropped=sum(one.dropped for one in opinions),
    )


def _distinct(found: Sequence[_T], listed: Sequence[str]) -> list[_T]:
    known = [piece for text in listed for piece in _pieces(text)]
    kept: list[_T] = []
    for one in found:
        if _stands(one.text, known):
            continue
        at = _twin(one.text, [other.text for other in kept])
        if at < 0:
            kept.append(one)
            continue
        kept[at] = _both(kept[at], one)
    return kept


def _both(one: _T, other: _T) -> _T:
    """The first of two that say the same, with the points of view of both."""
    return replace(one, views=tuple(dict.fromkeys((*one.views, *other.views))))


def _pieces(text: str) -> Iterator[str]:
    """A listed text and its sentences: what is new may repeat one of several."""
    yield text
    sentences = _SENTENCE.split(text)
    if len(sentences) > 1:
        yield from sentences


def _stands(text: str, known: Sequence[str]) -> bool:
    own = _letters(text)
    return any(own == _letters(other) or same(text, other) for other in known)


def _twin(text: str, others: Sequence[str]) -> int:
    """Which of the others says the same; -1 where none does."""
    return next((at for at, other in enumerate(others) if _stands(text, (other,))), -1)


def _letters(text: str) -> str:
    """A text's letters and digits: what stands in a document is escaped."""
    return "".join(character for character in fold(text) if character.isalnum())
