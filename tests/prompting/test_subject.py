"""Tests of `instruct`: what a section's request asks of the engine besides its words."""

# ruff: noqa: RUF001  Chinese has marks of full width

import pytest

from assistant.prompting.request import SectionRequest, Want
from assistant.prompting.subject import DocumentSubject, make_section_prompt

PROSE = Want(key="overview", kind="prose", label="", words=40)
CODE = Want(key="body", kind="code", label="", words=40, language="json")


@pytest.mark.parametrize(
    ("language", "wants", "dry"),
    [
        ("", (PROSE,), True),
        ("English", (PROSE,), True),
        ("German", (PROSE,), False),
        ("Chinese", (PROSE,), True),
        ("Traditional Chinese", (PROSE,), True),
        ("", (CODE,), False),
        ("", (PROSE, CODE), False),
    ],
)
def test_texts_without_code_are_kept_from_repeats(
    *, language: str, wants: tuple[Want, ...], dry: bool
) -> None:
    """Code has to repeat itself, and words of many tokens lose the spaces between them."""
    asked = SectionRequest(
        id="o", title="Overview", path=("T", "Overview"), guidance="", wants=wants
    )
    subject = DocumentSubject(description="login timeout", kind="bug", language=language)

    assert make_section_prompt(subject, "", asked).dry is dry


@pytest.mark.parametrize(
    ("description", "language", "english"),
    [
        ("users can\u2019t log in \U0001f389", "", True),
        ("login fails after a caf\u00e9 order", "", True),
        ("пользователь не может войти", "", False),
        ("zażółć gęślą jaźń", "", False),
        ("login timeout", "British English", True),
        ("login timeout", "German", False),
    ],
)
def test_what_counts_as_english(*, description: str, language: str, english: bool) -> None:
    """Marks and a borrowed word don't make a text another language."""
    assert (
        DocumentSubject(description=description, kind="bug", language=language).english is english
    )


def test_language_without_full_stops_has_no_grammar_of_sentences() -> None:
    """A grammar of sentences would never let a Thai text end."""
    asked = SectionRequest(
        id="o", title="Overview", path=("T", "Overview"), guidance="", wants=(PROSE,)
    )
    for language, held in (("Thai", False), ("Hindi", True)):
        subject = DocumentSubject(description="login timeout", kind="feature", language=language)
        assert bool(make_section_prompt(subject, "", asked).grammar) is held


@pytest.mark.parametrize(
    ("language", "opening", "said"),
    [
        ("German", '"Heute "', 'Begin with "Heute".'),
        ("Chinese", '"目前，"', 'Begin with "目前，".'),
    ],
)
def test_opening_is_told_and_held(*, language: str, opening: str, said: str) -> None:
    """A text begins as it does in the language that is written, by the prompt and the grammar."""
    asked = SectionRequest(
        id="o", title="Overview", path=("T", "Overview"), guidance="", wants=(PROSE,)
    )
    subject = DocumentSubject(description="login timeout", kind="feature", language=language)
    prompt = make_section_prompt(subject, "", asked)

    assert f"root ::= ({opening})" in prompt.grammar
    assert said in prompt.messages[-1].content
