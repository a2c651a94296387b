"""What words mean: stems and synonyms."""

import re

import pytest

from assistant.suggestions.synonyms import (
    FAILURE_MODES,
    PHRASE_MEANINGS,
    STOP_WORDS,
    VAGUE_WORDS,
    WORD_MEANINGS,
    stem_word,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("retries", "retry"),
        ("charging", "charge"),
        ("dropped", "drop"),
        ("leaking", "leaks"),
        ("allocations", "allocation"),
        ("validates", "validate"),
    ],
)
def test_stem(one: str, other: str) -> None:
    """Forms of one word have one stem."""
    assert stem_word(one) == stem_word(other)


@pytest.mark.parametrize("word", ["bus", "as", "ing", "used", "id", ""])
def test_stem_is_never_lost(word: str) -> None:
    """A short word keeps letters."""
    assert bool(stem_word(word)) == bool(word)


def test_words_mean_what_their_group_does() -> None:
    """Synonyms have one meaning, in every form."""
    assert WORD_MEANINGS["outage"] == WORD_MEANINGS["unavailable"] == "fail"
    assert WORD_MEANINGS[stem_word("credentials")] == WORD_MEANINGS["password"]


def test_tables_agree() -> None:
    """A word that is left out is no synonym, every mode can be meant, and phrases are patterns."""
    meant = set(WORD_MEANINGS.values()) | {
        word for _, said in PHRASE_MEANINGS for word in said.split()
    }

    assert not STOP_WORDS & set(WORD_MEANINGS.values())
    assert meant >= FAILURE_MODES
    assert not STOP_WORDS & VAGUE_WORDS
    for pattern, _ in PHRASE_MEANINGS:
        re.compile(pattern)
