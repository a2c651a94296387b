"""Tests of `faults`: what is said against an answer, where it is not said through `answer`."""

import pytest

from assistant.editing.answer import AnsweredItem, SectionAnswer, Value
from assistant.prompting.faults import (
    find_errors,
    find_named_option,
    find_repeats,
    is_example_name,
    is_placeholder_name,
    make_repeat_faults,
)
from assistant.prompting.request import SectionRequest, Want

OPTIONS = Want(
    key="options",
    kind="group",
    label="Options",
    examples=("Option A", "Option B"),
    fields=(
        Want(key="pros", kind="text", label="Pros", words=10),
        Want(key="cons", kind="text", label="Cons", words=10),
    ),
)
ASKED = SectionRequest(id="x", title="X", path=("T", "X"), guidance="", wants=(OPTIONS,))


def answer(*items: tuple[str, str, str]) -> SectionAnswer:
    """An answer with options of a name, what speaks for them and what against."""
    entries = tuple(
        AnsweredItem(name=name, texts=(("pros", pros), ("cons", cons)))
        for name, pros, cons in items
    )
    return SectionAnswer(values=(Value(key="options", entries=entries),))


@pytest.mark.parametrize(
    ("name", "placeholder"),
    [
        ("[Part]", True),
        ("**[Part]**", True),
        ("1. [Part]", True),
        ("<Part>", True),
        ("{{ part }}", True),
        ("[Part] of it", False),
        ("Cache [cold]", False),
        ("[the docs](a.md)", False),
        ("Part", False),
        ("", False),
    ],
)
def test_placeholder_names(name: str, *, placeholder: bool) -> None:
    """A name is a placeholder if nothing but marks and a counter stands around the brackets."""
    assert is_placeholder_name(name) is placeholder


@pytest.mark.parametrize(
    ("name", "example"),
    [("Option A", True), ("option 7", True), ("[Option name]", True), ("Options page", False)],
)
def test_example_names(name: str, *, example: bool) -> None:
    """The template's names, others that count as they do, and placeholders are no names."""
    assert is_example_name(name, OPTIONS) is example


def test_option_with_a_placeholder_for_a_name_is_an_error() -> None:
    """An option is asked for a name of its own where its name is a placeholder."""
    found = find_errors(answer(("[Option name]", "quick", "big"), ("Disk", "safe", "slow")), ASKED)

    assert [fault.sentence for fault in found] == [
        '"options": give "[Option name]" a name of its own.'
    ]


def test_repeats_are_equal_or_nearly_so() -> None:
    """Fields that say the same are told apart from those that nearly do."""
    same = "It keeps every session in one place that all servers read"
    found = list(
        find_repeats(
            answer(("A", "quick", same), ("B", "Quick", f"{same} now"), ("C", "safe", "slow")),
            ASKED,
        )
    )

    assert [(one.field, one.earlier, one.name, one.equal) for one in found] == [
        ("pros", "A", "B", True),
        ("cons", "A", "B", False),
    ]
    (equal,) = make_repeat_faults(found, equal=True)
    (near,) = make_repeat_faults(found, equal=False)
    assert equal.sentence == '"options": two items have the same "pros"; say how they differ.'
    assert '"cons" of "A" and "B" are nearly the same' in near.sentence


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Disk, since memory is lost", "Disk"),
        ("memory is lost, so disk", "Memory"),
        ("Neither", ""),
    ],
)
def test_the_first_option_named_counts(text: str, named: str) -> None:
    """Of several options in a recommendation the one that is named first is meant."""
    entries = [AnsweredItem(name=name, texts=()) for name in ("Memory", "Disk")]

    assert find_named_option(text, entries) == named
