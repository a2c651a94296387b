"""What words mean: stems and synonyms."""

import re

import pytest

from assistant.suggestions.synonyms import MEANINGS, MODES, PHRASES, STOPPED, VAGUE, stem


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("retries", "retry"), ("charging", "charge"), ("dropped", "drop"), ("leaking", "leaks"),
        ("allocations", "allocation"), ("validates", "validate"),
    ],
)  # fmt: skip
def test_stem(one: str, other: str) -> None:
    """Forms of one word have one stem."""
    assert stem(one) == stem(other)


@pytest.mark.parametrize("word", ["bus", "as", "ing", "used", "id", ""])
def test_stem_is_never_lost(word: str) -> None:
    """A short word keeps letters."""
    assert bool(stem(word)) == bool(word)


def test_words_mean_what_their_group_does() -> None:
    """Synonyms have one meaning, in every form."""
    assert MEANINGS["outage"] == MEANINGS["unavailable"] == "fail"
    assert MEANINGS[stem("credentials")] == MEANINGS["password"]


def test_tables_agree() -> None:
    """A word that is left out is no synonym, every mode can be meant, and phrases are patterns."""
    meant = set(MEANINGS.values()) | {word for _, said in PHRASES for word in said.split()}

    assert not STOPPED & set(MEANINGS.values())
    assert meant >= MODES
    assert not STOPPED & VAGUE
    for pattern, _ in PHRASES:
        re.compile(pattern)
