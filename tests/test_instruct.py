"""Tests of `instruct`: what a section's request asks of the engine besides its words."""

import pytest

from assistant.instruct import Subject, section_prompt
from assistant.request import Request, Want

PROSE = Want(key="overview", kind="prose", label="", words=40)
CODE = Want(key="body", kind="code", label="", words=40, language="json")


@pytest.mark.parametrize(
    ("language", "wants", "dry"),
    [
        ("", (PROSE,), True),
        ("English", (PROSE,), True),
        ("German", (PROSE,), False),
        ("", (CODE,), False),
        ("", (PROSE, CODE), False),
    ],
)
def test_english_without_code_is_kept_from_repeats(
    *, language: str, wants: tuple[Want, ...], dry: bool
) -> None:
    """Code has to repeat itself, and other languages lose the spaces between words."""
    asked = Request(id="o", title="Overview", path=("T", "Overview"), guidance="", wants=wants)
    subject = Subject(description="login timeout", kind="bug", language=language)

    assert section_prompt(subject, "", asked).dry is dry


@pytest.mark.parametrize(
    ("description", "language", "english"),
    [
        ("users can\u2019t log in \U0001f389", "", True),
        ("login fails after a caf\u00e9 order", "", True),
        ("пользователь не может войти", "", False),
        ("zażółć gęślą jaźń", "", False),
        ("login timeout", "en", True),
        ("login timeout", "German", False),
    ],
)
def test_what_counts_as_english(*, description: str, language: str, english: bool) -> None:
    """Marks and a borrowed word don't make a text another language."""
    assert Subject(description=description, kind="bug", language=language).english is english
