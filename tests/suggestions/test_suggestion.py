"""Suggestions as data: how serious a risk is, and how many are shown."""

from assistant.suggestions.model import LEVELS, Suggestions
from tests.support.suggestions import question, risk


def test_weight() -> None:
    """A risk weighs more the higher its impact and its likelihood are."""
    weights = [risk(impact=one, likelihood=other).weight for one in LEVELS for other in LEVELS]

    assert weights == [9, 6, 3, 6, 4, 2, 3, 2, 1]


def test_first() -> None:
    """At most so many of each kind are kept, all where no number is given."""
    found = Suggestions(risks=(risk("a"), risk("b")), questions=(question(),), repeats=2, dropped=1)

    assert found.first(None) == found
    assert [one.text for one in found.first(1).risks] == ["a"]
    assert (found.first(1).repeats, found.first(1).dropped) == (2, 1)
    assert found.first(1).questions == found.questions
