"""Openings: the first words of a section, which keep a text from announcing what it will say.

The words are in `prompts/openings.toml`, by language and topic.
"""

from assistant.language import base
from assistant.shipped import load_openings

# Topics that have other openings where the document is about a bug.
_OF_A_BUG = {"approach": "cause", "goals": "cured"}


def openings(language: str, topic: str, *, bug: bool) -> tuple[str, ...]:
    """Return the texts of which a section on a topic, or each item of its list, begins with one.

    There are none in a language, named in English, that the word list lacks. Each ends with a space
    where the language has spaces, or with an apostrophe.
    """
    known = load_openings()
    own = known.get(language) or known.get(base(language), {})
    return own.get(_OF_A_BUG.get(topic, topic) if bug else topic, ())
