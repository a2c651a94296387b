"""Tests of `elements`: the places in a body that can be anchors."""

# ruff: noqa: RUF001  tables of examples

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.markdown.document import parse_document
from assistant.markdown.elements import find_closing_line, fold_name
from assistant.markdown.passage import Passage
from tests.support.strategies import markdown


def seen(body: str) -> list[tuple[str, str, int]]:
    """Kind, key and depth of each mark."""
    return [(mark.kind, mark.key, mark.depth) for mark in Passage(body=body).marks]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("**Context:** x", [("label", "context", 0)]),
        ("**Context**: x", [("label", "context", 0)]),
        ("Context: x", [("label", "context", 0)]),
        ("语境：x", [("label", "语境", 0)]),
        ("**A:** x\n**B:** y\nc: z", [("label", "a", 0), ("label", "b", 0)]),
        ("words\n**B:** y", [("prose", "", 0), ("label", "b", 0)]),
        ("https://example.org", [("prose", "", 0)]),
        ("One. Two: three", [("prose", "", 0)]),
        ("- **A:** x\n  - Pros: y", [("label", "a", 1), ("label", "pros", 2)]),
        ("1. **A:**", [("label", "a", 1)]),
        ("- [ ] Flag: 5", [("label", "flag", 1)]),
        ("- [x] Flag", [("check", "flag", 1)]),
        ("[ ] I agree.", [("check", "i agree.", 0)]),
        ("- a", [("item", "a", 1)]),
        ("```SQL x\n# a\n```", [("fence", "sql", 0)]),
        ("| A | B |\n|---|---|\n| x | y |", [("table", "a | b", 0)]),
        ("[a]: b\n[C d]: e", [("reference", "a", 0), ("reference", "c d", 0)]),
        ("<!-- c -->", [("comment", "", 0)]),
        ("<!-- c --> x", [("prose", "", 0)]),
        ("<!-- toc -->\n- [a](#a)\n<!-- /toc -->", [("contents", "toc", 0)]),
        (
            "- [A](#a)\n  - [B c](#b-c)\n\n- [D](#d)\n\nx",
            [("contents", "toc", 1), ("prose", "", 0)],
        ),
        ("- [a](#link)\n- [b](#b)", [("item", "[a](#link)", 1), ("item", "[b](#b)", 1)]),
        ("> **A:** x", [("prose", "", 0)]),
    ],
)
def test_marks_are_seen(body: str, expected: list[tuple[str, str, int]]) -> None:
    """Labels, items, boxes, fences, tables, references and comments are seen as what they are."""
    assert seen(body) == expected


@given(markdown())
def test_marks_lie_in_the_body(body: str) -> None:
    """Every mark lies in its body, in order, and a label's name lies in the label."""
    found = Passage(body=body).marks

    assert [mark.start for mark in found] == sorted(mark.start for mark in found)
    for mark in found:
        assert 0 <= mark.start <= mark.stop <= mark.reach <= len(body)
        assert mark.start <= mark.end <= len(body)
        if mark.kind == "label":
            assert mark.start <= mark.name_start < mark.name_end < mark.end <= mark.stop
            assert fold_name(body[mark.name_start : mark.name_end]) == mark.key


@given(markdown(), st.sampled_from(["\r\n", "\r"]))
def test_line_endings_hide_no_mark(body: str, newline: str) -> None:
    """A body has the same marks with every line ending."""
    plain = body.replace("\r\n", "\n").replace("\r", "\n")

    assert seen(plain.replace("\n", newline)) == seen(plain)


@pytest.mark.parametrize(
    ("body", "last"),
    [
        ("```\na\n```", "```"),
        ("```\r\na\r\n````  ", "````  "),
        ("```\ra\r```", "```"),
        ("```\na\n~~~", ""),
        ("```\na", ""),
        ("```", ""),
        ("- ```\n  a\n  ```", "  ```"),
    ],
)
def test_a_fences_closing_line_is_found(body: str, last: str) -> None:
    """A fence's closing line is found where there is one, with every line ending."""
    fence = next(mark for mark in Passage(body=body).marks if mark.kind == "fence")

    assert body[find_closing_line(body, fence) : fence.stop] == last


def test_a_long_body_has_the_marks_of_a_short_one() -> None:
    """A body that is too long to be remembered is read as one that is not."""
    short = Passage(body="- [ ] **A b:** c\n").marks[0]
    long = Passage(body="- [ ] **A b:** c\n" * 5_000).marks

    assert len(long) == 5_000
    assert long[0] == short
    assert {(mark.kind, mark.key) for mark in long} == {("label", "a b")}


@given(st.text("aB*_` \n:：", max_size=500))
def test_a_long_name_is_folded_as_a_short_one(text: str) -> None:
    """A name is folded alike, remembered or not."""
    assert fold_name(text + " " * 300) == fold_name(text)


def test_a_section_is_not_read_again() -> None:
    """The marks of a section are those of its body, of which there are as many as it needs."""
    body = "\n".join(f"- **A{n}:** b\n\n| a |\n|---|\n| {n} |\n" for n in range(2_000))
    for text in ("**A:** b\n\n- c\n", body, *(f"- [ ] {n}\n" for n in range(600)), body + "c\n"):
        (section,) = parse_document(f"# T\n{text}").sections
        assert section.marks == Passage(body=text).marks
