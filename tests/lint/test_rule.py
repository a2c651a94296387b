"""A rule's hit as a finding: its place in lines and columns, and how bad it is."""

from collections.abc import Iterator

from assistant.lint.rule import DocumentRule, Example, Fix, Hit, Rule
from assistant.lint.subject import CheckedDocument, LinePlaces, Spot

TEXT = "# Title\n\nSome words here.\r\nMore.\n"


def nothing(subject: CheckedDocument) -> Iterator[Hit]:
    del subject
    yield from ()


def no_fix(subject: CheckedDocument) -> Iterator[Fix]:
    del subject
    yield from ()


def document_rule(*, fixed: bool = False) -> Rule:
    return DocumentRule(
        code="D999",
        name="says-nothing",
        severity="warning",
        approved="error",
        doubtful="note",
        about="x",
        why="x",
        mend="x",
        example=Example(fails="a", passes="b"),
        check=nothing,
        fix=no_fix if fixed else None,
    )


def place(text: str, offset: int, width: int = 0) -> tuple[int, int, int]:
    """Return line, column and width of the finding that a hit is."""
    hit = Hit(spot=Spot(offset=offset, width=width), message="x")
    finding = document_rule().build(LinePlaces(text), hit)
    return finding.line, finding.column, finding.width


def test_a_place_counts_from_one() -> None:
    """Line and column count from 1, in any line ending, and a width ends with its line."""
    assert place(TEXT, 0) == (1, 1, 0)
    assert place(TEXT, TEXT.index("words"), 5) == (3, 6, 5)
    assert place(TEXT, TEXT.index("here"), 99) == (3, 12, len("here."))
    assert place(TEXT, TEXT.index("More"), 4) == (4, 1, 4)
    assert place("", 0, 7) == (1, 1, 0)


def test_a_byte_order_mark_has_no_column() -> None:
    """No editor counts a byte order mark, which stands in the first line alone."""
    assert place(f"\ufeff{TEXT}", 1 + TEXT.index("Title")) == place(TEXT, TEXT.index("Title"))
    assert place(f"\ufeff{TEXT}", 1 + TEXT.index("words")) == place(TEXT, TEXT.index("words"))


def test_what_may_be_meant_is_less_bad() -> None:
    """A doubtful hit is as bad as the rule says of those, another as the rule says by itself."""
    spot = Spot(offset=0)
    built = [
        document_rule().build(LinePlaces(TEXT), Hit(spot=spot, message="x", doubtful=doubtful))
        for doubtful in (False, True)
    ]

    assert [finding.severity for finding in built] == ["warning", "note"]


def test_the_status_makes_it_worse_once_it_is_approved() -> None:
    """Only an approved document's status has a say."""
    assert document_rule().by_status(settled=True) == "error"
    assert document_rule().by_status(settled=False) is None


def test_a_long_message_keeps_its_ends() -> None:
    """A message that quotes a megabyte of a document is cut in its middle."""
    hit = Hit(spot=Spot(offset=0), message=f"begin {'x' * 1_000_000} end")
    message = document_rule().build(LinePlaces(TEXT), hit).message

    assert len(message) < 700
    assert message.startswith("begin ")
    assert message.endswith(" end")


def test_a_rule_with_a_fix_mends() -> None:
    """What `--fix` may mend is what has a fix."""
    assert document_rule(fixed=True).mends
    assert not document_rule().mends
