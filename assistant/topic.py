"""Topics: what a section is about, by its title, for the questions that it should answer.

The titles are in `prompts/topics.toml`, the questions in `prompts/draft/topics`, one file for each.
"""

import re
from collections.abc import Sequence
from functools import cache

from assistant.shipped import load_topic_titles

_KINDS = ("decision", "endpoint", "service")  # sections that are called after what they describe
LISTED = ("goals", "non_goals")  # answered as a list, whatever the template has there


def topic(path: Sequence[str]) -> str:
    """Return the topic of the section at a path: by its title, or as one of a kind by whose.

    It is empty where nothing says what the section is about. A document's title, which is first in
    its sections' paths, says what all of it is about.
    """
    own = path[1:] or path
    parent = _of(own[-2]) if len(own) > 1 else ""
    return _of(own[-1]) or (parent if parent in _KINDS else "")


@cache
def _of(title: str) -> str:
    """Return the first topic whose words a title has."""
    found = (name for name, pattern in _patterns() if pattern.search(title))
    return next(found, "")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (name, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
        for name, words in load_topic_titles().items()
    )
