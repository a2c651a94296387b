"""Tests of `opening`: the first words of a section, by language."""

import pytest

from assistant.prompting.language import guess_language, spaced
from assistant.prompting.request import openings
from assistant.shipped import load_openings

TOPICS = ("summary", "approach", "rollback", "shortcuts", "goals")


def test_openings_differ_for_a_bug() -> None:
    """How a bug is approached begins with its cause; lists begin with one of several words."""
    assert openings("English", "approach", bug=True) == ("First, ",)
    assert openings("English", "approach", bug=False) == ("When ",)
    assert openings("English", "summary", bug=True) == openings("English", "summary", bug=False)
    assert len(openings("English", "goals", bug=False)) > 1


@pytest.mark.parametrize("language", load_openings())
def test_every_language_has_all_of_them(language: str) -> None:
    """Each topic with an opening in English has one in each language, spaced as it is there."""
    for topic in TOPICS:
        for bug in (True, False):
            texts = openings(language, topic, bug=bug)
            assert texts
            assert all((text[-1] in " '") is spaced(language) for text in texts)
            assert not any('"' in text or "\\" in text for text in texts)  # as GBNF quotes them


def test_no_opening_where_there_is_none() -> None:
    """Other topics, and other languages, have none."""
    assert openings("English", "", bug=False) == ()
    assert openings("English", "risks", bug=False) == ()
    assert openings("Klingon", "summary", bug=False) == ()
    assert openings(guess_language("login").name, "summary", bug=False) == ()
