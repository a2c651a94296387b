"""The suggestions of several reviewers as one list: no two alike, none that the document has."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from math import sqrt
from typing import TypeVar

from assistant.markdown.elements import fold_name
from assistant.suggestions.listed import ListedItems
from assistant.suggestions.suggestion import Opinion, Question, Risk, Suggestions
from assistant.suggestions.synonyms import (
    FAILURE_MODES,
    PHRASE_MEANINGS,
    STOP_WORDS,
    VAGUE_WORDS,
    WORD_MEANINGS,
    stem_word,
)

# From this on two say the same. Of sixty labelled pairs, the half that it was set by has a
# precision of 1.00 and the other half of 0.92; benchmarks/suggest.py measures both.
SAME_SIMILARITY = 0.56
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
# A vague word counts less; that the same or another thing goes wrong counts for the whole. By
# judgement.
_VAGUE_WEIGHT = 0.35
_AGREED_FACTOR, _UNSURE_FACTOR, _DISAGREED_FACTOR = 1.25, 0.85, 0.6
# From this on two words of so many letters are one, misspelt or otherwise built.
_MIN_NEARNESS = 0.5
_MIN_NEAR_LENGTH = 5
_SENTENCE_BREAK = re.compile(r"(?<=[.?!\u3002\uff1f\uff01])\s+")
_T = TypeVar("_T", Risk, Question)


def measure_similarity(one: str, other: str) -> float:
    """Return how much two sentences say the same, from 0 to 1."""
    left, right = _find_meanings(one), _find_meanings(other)
    if not left or not right:
        return float(fold_name(one) == fold_name(other))
    common = sum(_weigh_word(word) for word in left & right)
    rest = sorted(right - left)
    for word in sorted(left - right):
        near = [(_measure_nearness(word, candidate), candidate) for candidate in rest]
        best, found = max(near, default=(0.0, ""))
        if best >= _MIN_NEARNESS:
            common += best * (_weigh_word(word) + _weigh_word(found)) / 2
            rest.remove(found)
    return min(
        1.0, _weigh_agreement(left, right) * common / sqrt(_weigh_words(left) * _weigh_words(right))
    )


def _weigh_agreement(left: frozenset[str], right: frozenset[str]) -> float:
    """Return a factor for whether both sentences are about the same thing going wrong."""
    if not (left & right) - FAILURE_MODES - VAGUE_WORDS:
        return _DISAGREED_FACTOR  # they share no thing, only what may happen to any
    one, other = left & FAILURE_MODES, right & FAILURE_MODES
    if not one or not other:
        return _UNSURE_FACTOR
    return _AGREED_FACTOR if one & other else _DISAGREED_FACTOR


def says_same(one: str, other: str) -> bool:
    """Return whether two sentences say the same."""
    return measure_similarity(one, other) >= SAME_SIMILARITY


@lru_cache(maxsize=4096)
def _find_meanings(text: str) -> frozenset[str]:
    """Return what a sentence's words mean: their stems, one for all synonyms."""
    folded = fold_name(text).replace("\u2019", "'")
    for pattern, meaning in PHRASE_MEANINGS:
        folded = re.sub(pattern, f" {meaning} ", folded)
    if folded.startswith(("who ", "whose ")):
        folded = f"owner {folded}"
    words = (word for word in _WORD.findall(folded) if word not in STOP_WORDS)
    return frozenset(
        WORD_MEANINGS.get(word) or WORD_MEANINGS.get(stem_word(word)) or stem_word(word)
        for word in words
    )


def _weigh_word(word: str) -> float:
    return _VAGUE_WEIGHT if word in VAGUE_WORDS else 1.0


def _weigh_words(words: frozenset[str]) -> float:
    return sum(_weigh_word(word) for word in words)


def _measure_nearness(one: str, other: str) -> float:
    """Return how much two words look alike, 0 to 1, by their runs of three letters."""
    if min(len(one), len(other)) < _MIN_NEAR_LENGTH:
        return 0.0
    left, right = _list_trigrams(one), _list_trigrams(other)
    return 2 * len(left & right) / (len(left) + len(right))


def _list_trigrams(word: str) -> frozenset[str]:
    padded = f" {word}"
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


def drop_repeats(opinions: Sequence[Opinion], listed: ListedItems) -> Suggestions:
    """Return the opinions' suggestions that are new, the weightiest first."""
    every_risk = tuple(risk for one in opinions for risk in one.risks)
    every_question = tuple(question for one in opinions for question in one.questions)
    risks = _keep_distinct(every_risk, listed.risks)
    questions = _keep_distinct(every_question, listed.questions)
    said = len(every_risk) + len(every_question)
    return Suggestions(
        risks=tuple(sorted(risks, key=lambda risk: (-risk.weight, -len(risk.views)))),
        questions=tuple(sorted(questions, key=lambda question: -len(question.views))),
        repeats=said - len(risks) - len(questions),
        dropped=sum(one.dropped for one in opinions),
    )


def _keep_distinct(found: Sequence[_T], listed: Sequence[str]) -> list[_T]:
    known = [piece for text in listed for piece in _split_listed(text)]
    kept: list[_T] = []
    for one in found:
        if _is_known(one.text, known):
            continue
        at = _find_twin(one.text, [other.text for other in kept])
        if at < 0:
            kept.append(one)
            continue
        kept[at] = _join_views(kept[at], one)
    return kept


def _join_views(one: _T, other: _T) -> _T:
    """Return the first of two that say the same, with the points of view of both."""
    return replace(one, views=tuple(dict.fromkeys((*one.views, *other.views))))


def _split_listed(text: str) -> Iterator[str]:
    """Yield a listed text and its sentences: a suggestion may repeat one of several."""
    yield text
    sentences = _SENTENCE_BREAK.split(text)
    if len(sentences) > 1:
        yield from sentences


def _is_known(text: str, known: Sequence[str]) -> bool:
    own = _keep_letters(text)
    return any(own == _keep_letters(other) or says_same(text, other) for other in known)


def _find_twin(text: str, others: Sequence[str]) -> int:
    """Return the index of the first of the others that says the same; -1 if none does."""
    return next((at for at, other in enumerate(others) if _is_known(text, (other,))), -1)


def _keep_letters(text: str) -> str:
    """Return a text's letters and digits: marks differ, as a document's are escaped."""
    return "".join(character for character in fold_name(text) if character.isalnum())
