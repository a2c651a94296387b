"""Tests of `comments`: HTML comments in a text."""

import pytest

from assistant.markdown.comments import read_comments, strip_comments


@pytest.mark.parametrize(
    ("text", "said", "rest"),
    [
        ("a <!-- b --> c", ("b",), "a  c"),
        ("<!--- b\nc --->d", ("b\nc",), "d"),
        ("<!--> a", ("",), " a"),
        ("<!-- never", (), "<!-- never"),
    ],
)
def test_comments_are_read(text: str, said: tuple[str, ...], rest: str) -> None:
    """A comment's words come without its dashes; one that never ends is none."""
    assert read_comments(text) == said
    assert strip_comments(text) == rest
