"""Paths and symbols that documents name, and words that mark them as proposed."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.lint.rule import Finding
from assistant.markdown.document import parse_document
from assistant.markdown.mentions import (
    find_mentions,
    find_paths,
    find_sentence,
    is_proposed,
)
from assistant.repo.files import Repository
from tests.support import paths
from tests.support.rules import Known, check_in

DATA = paths.DATA / "mentions"


def judged(name: str) -> tuple[Finding, ...]:
    files = frozenset((DATA / "files.txt").read_text(encoding="utf-8").split())
    module = frozenset({"vendor/ledger"})
    repository = Repository(files=files - module, closed=module)
    document = parse_document((DATA / f"{name}.md").read_text(encoding="utf-8"))
    return tuple(
        check_in(
            Path("docs/design/x.md"), document, Known(repository, "docs/design", symbols=False)
        )
    )


def test_what_was_planted_is_found() -> None:
    """Of 51 paths that are not there 49 are found, each once, and the two are known ones.

    Both of the two stand in an item whose other sentence, or whose negation, has a marking word.
    """
    lines = (DATA / "planted.md").read_text(encoding="utf-8").split("\n")
    planted = [number for number, line in enumerate(lines, start=1) if "`" in line]
    found = [finding.line for finding in judged("planted")]

    assert len(planted) == 51
    assert len(set(found)) == len(found)
    assert [lines[number - 1] for number in planted if number not in found] == [
        "- This sentence is about something new. The old one is `src/shop/legacy.py`.",
        "- We add nothing here, `src/shop/orders/undo.py` is enough.",
    ]


def test_what_is_clean_is_left_alone() -> None:
    """Nothing is said of paths that are there, of those marked, and of what is no path."""
    assert judged("clean") == ()


def test_what_begins_like_nothing_here_is_a_note() -> None:
    """A path that may be another repository's is a note, any other one a warning."""
    lines = (DATA / "planted.md").read_text(encoding="utf-8").split("\n")
    border = lines.index("## Unknown beginnings") + 1

    assert {f.severity for f in judged("planted") if f.line < border} == {"warning"}
    assert {f.severity for f in judged("planted") if f.line > border} == {"note"}


@pytest.mark.parametrize(
    ("code", "kind", "text"),
    [
        ("src/a.py", "path", "src/a.py"),
        ("src/a.py:12", "path", "src/a.py"),
        ("src/a.py#L3-L9", "path", "src/a.py"),
        (" src/a.py ", "path", "src/a.py"),
        ("python src/a.py", "path", "src/a.py"),
        ("docs/", "path", "docs/"),
        ("../a/b.md", "path", "../a/b.md"),
        ("total()", "symbol", "total()"),
        ("shop.orders.total()", "symbol", "shop.orders.total()"),
        ("OrderService", "symbol", "OrderService"),
        ("Order.total", "symbol", "Order.total"),
        ("order_total", "symbol", "order_total"),
        ("orderTotal", "symbol", "orderTotal"),
    ],
)
def test_kinds(code: str, kind: str, text: str) -> None:
    """A path is named without its place in the file, a symbol as it stands."""
    (found,) = find_mentions(parse_document(f"See `{code}`.\n"))

    assert (found.kind, found.text) == (kind, text)


@pytest.mark.parametrize(
    "code",
    [
        "total",
        "Order",
        "README.md",
        "Node.js",
        "GET /a/b.py",
        "a/b",
        "src/*.py",
        "src/{x}/a.py",
        "/src/a.py",
        "https://a/b.py",
        "example.com/a.py",
        "x" * 400 + "/a.py",
        "f(x)",
        "ORDER",
    ],
)
def test_what_names_nothing(code: str) -> None:
    """Words, routes, patterns, hosts and expressions are no mentions."""
    assert find_mentions(parse_document(f"See `{code}`.\n")) == ()


def test_place_in_the_document() -> None:
    """A mention has the line, the column and the section where it stands, whatever the endings."""
    text = "---\na: b\n---\r\n# One\r\n\r\n## Of `src/a.py`\r\nText,\r\n  `src/b.py`.\r\n"
    first, second = find_mentions(parse_document(text))

    assert (first.line, first.column, first.section) == (6, 8, "Of `src/a.py`")
    assert (second.line, second.column) == (8, 4)
    assert text[second.start : second.after] == "src/b.py`"


def test_unbalanced_backticks_before_hide_nothing() -> None:
    """A backtick that opens nothing in one paragraph leaves the next one as it is."""
    assert [one.text for one in find_paths("A ` alone.\n\nSee `src/a.py`.\n")] == ["src/a.py"]


@given(st.text(st.sampled_from("`a/b.py(){}|-*>[]!<:# \n"), max_size=60))
def test_mentions_are_where_they_say(text: str) -> None:
    """Every mention's text stands at its offset, in a code span that ends where it says."""
    for one in find_mentions(parse_document(text)):
        assert text[one.start :].startswith(one.text)
        assert text[one.after - 1] == "`"


def test_a_word_far_away_says_nothing() -> None:
    """What stands further than a sentence can reach marks no path, and so costs none any time."""
    near, far = (f"A proposed file {'x ' * count}`src/a.py`" for count in (50, 5000))

    assert [one.proposed for text in (near, far) for one in find_paths(text)] == [True, False]


@pytest.mark.parametrize(
    "text",
    [
        "a proposed X",
        "X (proposed)",
        "Create X",
        "we add X",
        "X will be added",
        "rename Y to X",
        "X is to be written",
        "a new module in X",
        "X was removed",
        "X does not exist yet",
        "new: X",
    ],
)
def test_marks(text: str) -> None:
    """What is planned, made, renamed or gone is marked."""
    assert is_proposed(text, text.index("X"))


@pytest.mark.parametrize(
    "text",
    [
        "X holds it",
        "add a flag to X",
        "a new column in X",
        "the address of X",
        "renewal in X",
        "introduce checks in the file X",
    ],
)
def test_what_is_added_to_has_to_be_there(text: str) -> None:
    """A path that something else is added to is not marked by that."""
    assert not is_proposed(text, text.index("X"))


def test_sentences() -> None:
    """A sentence ends at a full stop with another sentence behind it, and `e.g.` ends none."""
    text = "One, e.g. This. Two a.b two! Three"

    assert text[slice(*find_sentence(text, 0))] == "One, e.g. This. "
    assert text[slice(*find_sentence(text, 20))] == "Two a.b two! "
    assert text[slice(*find_sentence(text, 30))] == "Three"
