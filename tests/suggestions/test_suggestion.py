"""Tests of `suggestion`: suggestions as data, and as Markdown and columns."""

import re

from hypothesis import given
from markdown_it import MarkdownIt

from assistant.suggestions.suggestion import (
    LEVELS,
    Basis,
    Question,
    Risk,
    Suggestions,
    format_as_markdown,
    format_for_terminal,
)
from tests.support.suggestions import question, risk, suggestions


def test_weight() -> None:
    """A risk weighs more the higher its impact and its likelihood are."""
    weights = [risk(impact=one, likelihood=other).weight for one in LEVELS for other in LEVELS]

    assert weights == [9, 6, 3, 6, 4, 2, 3, 2, 1]


def test_first() -> None:
    """At most so many of each kind are kept, all where no number is given."""
    found = Suggestions(risks=(risk("a"), risk("b")), questions=(question(),), repeats=2, dropped=1)

    assert found.take_first(None) == found
    assert [one.text for one in found.take_first(1).risks] == ["a"]
    assert (found.take_first(1).repeats, found.take_first(1).dropped) == (2, 1)
    assert found.take_first(1).questions == found.questions


BOTH = Suggestions(risks=(risk(),), questions=(question(),))


def test_markdown() -> None:
    """Each kind is a table under its heading, with what it rests on."""
    assert format_as_markdown(BOTH) == (
        "## Risks\n\n"
        "| Risk | Impact | Likelihood | Mitigation | Section | Rests on |\n"
        "| --- | --- | --- | --- | --- | --- |\n"
        '| It fails | High | Low | Watch it | Goals | "one two three four" |\n\n'
        "## Open Questions\n\n"
        "| Question | Why it matters | Who could answer | Section | Rests on |\n"
        "| --- | --- | --- | --- | --- |\n"
        '| Who pays? | It costs. | manager | Goals | "one two three four" |'
    )
    assert format_as_markdown(Suggestions()) == ""


def test_numbers_are_shown() -> None:
    """What can be picked has its number, in the last column or before the words."""
    both = BOTH.add_numbers(["Who pays?"])

    assert format_as_markdown(both).count(" No. |") == 2
    assert '"one two three four" | 2 |' in format_as_markdown(both)
    assert format_as_markdown(both).endswith("| 1 |")
    assert "\n  2  High/Low: It fails" in format_for_terminal(both, 60)
    assert "\n  1  Who pays?" in format_for_terminal(both, 60)


@given(suggestions())
def test_markdown_holds(found: Suggestions) -> None:
    """Whatever was said, there are two tables at most, one row for each suggestion, and no HTML."""
    tokens = MarkdownIt("commonmark").enable("table").parse(format_as_markdown(found))
    kinds = [token.type for token in tokens]
    inside = {child.type for token in tokens for child in token.children or ()}

    assert kinds.count("heading_open") == bool(found.risks) + bool(found.questions)
    assert kinds.count("tr_open") == sum(
        1 + len(kind) for kind in (found.risks, found.questions) if kind
    )
    assert "html_block" not in kinds
    assert "html_inline" not in inside


def test_columns() -> None:
    """A terminal gets numbered entries, wrapped, and what is missing is said to be."""
    long = Risk(
        text="word " * 40,
        impact="Med",
        likelihood="Low",
        mitigation="Do it",
        basis=Basis(section="Rollout"),
        views=("Data", "Law"),
    )
    text = format_for_terminal(Suggestions(risks=(long,), questions=(question(),)), 60)

    assert all(len(line) <= 60 for line in text.split("\n"))
    assert text.startswith("RISKS (impact / likelihood)\n  1  Med/Low: word word")
    assert "     Rollout: something missing there [Data, Law]\n" in text
    assert "\n\nOPEN QUESTIONS\n  1  Who pays?\n     why: It costs.\n     who: manager\n" in text


@given(suggestions())
def test_columns_hold(found: Suggestions) -> None:
    """Nothing that a terminal would obey is printed."""
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", format_for_terminal(found, 80))


def test_question_alone() -> None:
    """Questions alone begin with no blank line."""
    own = Question(text="Why?", why="So.", who="x", basis=Basis(section=""))

    assert format_for_terminal(Suggestions(questions=(own,)), 80).startswith("OPEN QUESTIONS")
