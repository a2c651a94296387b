"""Tests of `prompts`: what a model is told, and what only some sections are told."""

import pytest

from assistant import prompts
from assistant.answer import read
from assistant.request import Request, Want


def asked(title: str, *wants: Want, under: str = "") -> Request:
    path = ("T", *([under] if under else []), title)
    return Request(id=title, title=title, path=path, guidance="Why now?", wants=wants)


PROSE = Want(key="text", kind="prose", label="", words=40)
LINE = Want(key="key_metrics", kind="text", label="Key metrics", words=14)
OTHER = Want(key="it", kind="text", label="Something else", words=14)


def test_topic_asks_its_question_behind_the_guidance() -> None:
    """The template's own guidance comes first, then the topic's question, then the form."""
    told = prompts.section(asked("Overview", PROSE))

    assert told.startswith("# Task: Overview\n\nPurpose: Why now?\nSay what users")
    assert told.endswith("Text: one paragraph of 2 or 3 sentences, about 40 words in all.")


def test_bug_is_asked_for_its_cause() -> None:
    """How a bug is approached is another question than how a feature is."""
    bug = prompts.section(asked("Approach", PROSE), manner=prompts.Manner(bug=True))

    assert "how the cause will be found" in bug
    assert "how the cause will be found" not in prompts.section(asked("Approach", PROSE))


def test_unknown_titles_say_where_they_stand() -> None:
    """A section whose title says nothing is told what it is a part of."""
    assert 'This part stands in "Kernel".' in prompts.section(asked("x", PROSE, under="Kernel"))
    assert "This part" not in prompts.section(asked("Overview", PROSE, under="Kernel"))


def test_language_and_first_words() -> None:
    """The language is said last, first words where there are some."""
    manner = prompts.Manner(language="German", begins=("When", "If"))
    told = prompts.section(asked("Approach", PROSE), manner=manner)

    assert told.endswith('Begin with "When" or "If".\n\nWrite in German.')


def test_labels_are_not_said_twice() -> None:
    """A key that is its label is enough; any other label is said beside its key."""
    told = prompts.section(asked("Monitoring", LINE, OTHER))

    assert '- "key_metrics": about 14 words.' in told
    assert '- "it": Something else: about 14 words.' in told


@pytest.mark.parametrize(("title", "rows"), [("Risks", True), ("Risks", False)])
def test_risks_are_asked_for_as_rows_or_as_text(title: str, *, rows: bool) -> None:
    """A table of risks is asked for row by row, a text as a whole."""
    table = Want(key="risks", kind="rows", label="", columns=(("Risk", ()),), words=8)
    told = prompts.section(asked(title, table if rows else PROSE))

    assert ("Each row is about another part" in told) is rows


def test_form_that_is_said_again_is_known() -> None:
    """An answer that repeats the form as the prompt words it is read without it."""
    request = asked("Overview", PROSE)
    form = prompts.section(request, manner=prompts.Manner(begins=("Today,",))).split("\n")[-1]

    assert form.startswith("Text: ")
    assert read(f"It ends early.\n\n{form}\n", request).values[0].text == "It ends early."
