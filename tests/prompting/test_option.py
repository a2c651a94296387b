"""Tests of `option`: what options are called, and which of them is meant."""

import pytest

from assistant.editing.answer import AnsweredItem
from assistant.prompting.answer import make_headline, strip_example, write_recommendation


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Option A: Redis", "Redis"),
        ("Option 3 - Redis", "Redis"),
        ("Options page", "Options page"),
        ("Option A", "Option A"),
    ],
)
def test_unprefixed(name: str, expected: str) -> None:
    """Only the template's own counter is taken off a name."""
    assert strip_example(name, ("Option A", "Option B")) == expected


def test_headline_of_a_description() -> None:
    """A name that is made of a description does not begin with `This option`."""
    said_so = "This option uses a simple POST request, which is quick"

    assert make_headline(said_so) == "Simple POST request"
    assert make_headline("use a UUID") == "Use a UUID"


@pytest.mark.parametrize(
    ("number", "reason", "first"),
    [
        ("1", "Keeping a table survives a restart.", "Keep a table"),
        ("1", "It is quick.", "Use a cache"),
        ("2", "Using a cache and keeping a table are alike.", "Keep a table"),
        ("1", "It is quick. Keeping a table is not.", "Use a cache"),
    ],
)
def test_reason_decides_which_option_is_meant(number: str, reason: str, first: str) -> None:
    """A number is taken for another where the reason speaks of that other option alone."""
    names = ("Use a cache", "Keep a table")
    entries = [AnsweredItem(name=name, texts=()) for name in names]

    assert write_recommendation(number, reason, entries) == f"{first}. {reason}"


def test_headlines_do_not_end_in_the_middle() -> None:
    """A name that is cut from a description ends with a word that can be its last."""
    assert (
        make_headline("The service will wait for a certain amount of time")
        == "The service will wait"
    )
    assert make_headline("Store it in a") == "Store it"


def test_chinese_name_ends_with_its_own_stop() -> None:
    """A recommendation in a script without spaces is joined as it is written there."""
    entries = [AnsweredItem(name="存储在会话中", texts=())]

    assert write_recommendation("1", "更可靠。", entries) == "存储在会话中。更可靠。"
