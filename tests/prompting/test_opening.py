"""Tests of `opening`: the first words of a section, by language."""

import pytest

from assistant.prompting.language import guess_language, has_word_spaces
from assistant.prompting.request import list_openings
from assistant.shipped import load_openings

TOPICS = ("summary", "approach", "rollback", "shortcuts", "goals")


def test_openings_differ_for_a_bug() -> None:
    """How a bug is approached begins with its cause; lists begin with one of several words."""
    assert list_openings("English", "approach", bug=True) == ("First, ",)
    assert list_openings("English", "approach", bug=False) == ("When ",)
    assert list_openings("English", "summary", bug=True) == list_openings(
        "English", "summary", bug=False
    )
    assert len(list_openings("English", "goals", bug=False)) > 1


@pytest.mark.parametrize("language", load_openings())
def test_every_language_has_all_of_them(language: str) -> None:
    """Each topic with an opening in English has one in each language, spaced as it is there."""
    for topic in TOPICS:
        for bug in (True, False):
            texts = list_openings(language, topic, bug=bug)
            assert texts
            assert all((text[-1] in " '") is has_word_spaces(language) for text in texts)
            assert not any('"' in text or "\\" in text for text in texts)  # as GBNF quotes them


def test_no_opening_where_there_is_none() -> None:
    """Other topics, and other languages, have none."""
    assert list_openings("English", "", bug=False) == ()
    assert list_openings("English", "risks", bug=False) == ()
    assert list_openings("Klingon", "summary", bug=False) == ()
    assert list_openings(guess_language("login").name, "summary", bug=False) == ()
