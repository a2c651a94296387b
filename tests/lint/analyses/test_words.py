"""Words of names and of prose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.lint.analyses.words import WordIndex, are_akin, is_short_for, list_singular_words


@pytest.mark.parametrize(
    "text", ["OrderItems", "order_item", "Order items", "order-items", "`ORDER_ITEMS`", "orderItem"]
)
def test_words(text: str) -> None:
    """A name has the same words however it is written."""
    assert list_singular_words(text) == ("order", "item")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HTTPServer", ("http", "server")),
        ("policies", ("policy",)),
        ("addresses", ("address",)),
        ("status", ("status",)),
        ("Größen", ("grössen",)),
        ("", ()),
        ("---", ()),
    ],
)
def test_singular(text: str, expected: tuple[str, ...]) -> None:
    """Words come in the singular, in lower case."""
    assert list_singular_words(text) == expected


@pytest.mark.parametrize(
    ("one", "other"), [("validate", "validator"), ("notif", "notification"), ("cache", "caching")]
)
def test_akin(one: str, other: str) -> None:
    """Forms of one word are akin."""
    assert are_akin(one, other)
    assert are_akin(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [("order", "orchestra"), ("authentication", "authorization"), ("pay", "pad")]
)
def test_not_akin(one: str, other: str) -> None:
    """Words that only begin alike are not."""
    assert not are_akin(one, other)


def test_shortens() -> None:
    """A short word stands for a long one that has its letters in order."""
    assert is_short_for("org", "organization")
    assert is_short_for("usr", "user")
    assert not is_short_for("map", "article")
    assert not is_short_for("user", "usr")


def test_holds() -> None:
    """A name is held where one sentence has all of its words, in any form and order."""
    index = WordIndex("Orders are validated. Payment comes\nlater.\n\n- the ratelimiter")

    assert index.holds(("order", "validator"))
    assert index.holds(("rate", "limiter"))
    assert not index.holds(("order", "payment"))
    assert WordIndex("Orders. Payment.", whole=True).holds(("order", "payment"))


def test_without() -> None:
    """An identifier that is something else is no mention of what its words name."""
    index = WordIndex("`report_files` are hashed")

    assert index.holds(("report",))
    assert not index.holds(("report",), {"report_files"})


@pytest.mark.parametrize(
    ("text", "name"),
    [("the WMS picks", "Warehouse Management System"), ("An order management system", "OMS")],
)
def test_abbreviates(text: str, name: str) -> None:
    """Initials stand for a name, and a name of capitals for words."""
    assert WordIndex(text).abbreviates(name)
    assert not WordIndex("nothing").abbreviates(name)


def test_spells() -> None:
    """A name without spaces between its words is found inside a text."""
    assert WordIndex("订单服务保存订单").spells("订单服务")
    assert not WordIndex("订单服务保存订单").spells("通知服务")
    assert not WordIndex("order").spells("order")


@given(st.text(), st.lists(st.text(min_size=1), max_size=3))
def test_any_text(text: str, name: list[str]) -> None:
    """Any text can be asked for any name; what it consists of is in it."""
    index = WordIndex(text, whole=True)
    index.holds(name, shortened=True)
    index.abbreviates(" ".join(name))

    assert all(index.holds((word,)) for word in list_singular_words(text[:40]) if len(text) <= 40)
