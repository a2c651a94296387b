"""Suggestions of several reviewers as one list: no two alike, none that the document has."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from assistant.alike import same
from assistant.listed import Listed
from assistant.mark import fold
from assistant.suggestion import Opinion, Question, Risk, Suggestions

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
