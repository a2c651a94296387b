"""Whether two sentences say the same: the labelled pairs, and what holds for any two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.suggestions.repeats import measure_similarity, says_same
from tests.support import paths

PAIRS = paths.DATA / "alike" / "pairs.tsv"


def pairs(half: str) -> list[tuple[bool, str, str]]:
    """The labelled pairs of one half."""
    rows = [line.split("\t") for line in PAIRS.read_text("utf-8").splitlines()[1:]]
    return [(row[0] == "same", row[2], row[3]) for row in rows if row[1] == half]


def exact(half: str) -> tuple[float, float]:
    """Precision and recall over one half."""
    told = [(truth, says_same(one, other)) for truth, one, other in pairs(half)]
    right = sum(truth and said for truth, said in told)
    return right / sum(said for _, said in told), right / sum(truth for truth, _ in told)


def test_pairs_are_sixty() -> None:
    """There are thirty pairs in each half, fifteen that say the same and fifteen that do not."""
    for half in ("tuned", "held out"):
        assert [truth for truth, _, _ in pairs(half)].count(True) == 15
        assert len(pairs(half)) == 30


@pytest.mark.parametrize(
    ("half", "precision", "recall"), [("tuned", 1, 0.9), ("held out", 0.9, 0.7)]
)
def test_pairs(half: str, precision: float, recall: float) -> None:
    """The measure is as exact as the benchmark reports it."""
    found = exact(half)

    assert found[0] >= precision
    assert found[1] >= recall


@given(st.text(), st.text())
def test_measure(one: str, other: str) -> None:
    """Similarity is from 0 to 1, the same both ways, and whole for a sentence and itself."""
    found = measure_similarity(one, other)

    assert 0 <= found <= 1
    assert found == pytest.approx(measure_similarity(other, one), abs=0.15)
    assert says_same(one, one)


def test_other_languages_are_compared_by_their_words() -> None:
    """Sentences in another language are the same where their words are."""
    assert says_same("Die Sitzung läuft zu früh ab.", "Zu früh läuft die Sitzung ab.")
    assert not says_same("Die Sitzung läuft zu früh ab.", "Der Export enthält fremde Daten.")
    assert says_same("セッションが切れる", "セッションが切れる")
