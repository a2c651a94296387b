"""A passage keeps what was found in it."""

import pytest
from hypothesis import given

from assistant.markdown.document import parse_document
from assistant.markdown.passage import Passage, blank_spans
from tests.support.strategies import markdown, soup


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a `b` c ``d`e``", ["`b`", "``d`e``"]),
        ("a `b\nc` d", ["`b\nc`"]),
        ("a ` b\n\nc ` d", []),
        ("- a ` b\n- c ` d", []),
        ("> a `b`\n>\n> - `c`", ["`b`", "`c`"]),
        ("| `a` | ` |\n|---|---|\n| ` | b |", ["`a`"]),
        ("a \\`b` c", []),
        ("```\n`a`\n```\n\n`b`", ["`b`"]),
        ("    `a`", []),
        ("> # `a`", ["`a`"]),
        ("<div>\n`a`\n</div>", ["`a`"]),
        ("`a", []),
    ],
)
def test_code_spans_end_with_their_paragraph(body: str, expected: list[str]) -> None:
    """A code span goes from backticks to as many in its paragraph, its item or its table's row."""
    assert [body[start:end] for start, end in Passage(body=body).code_spans] == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a\n\n```sql\nb\n```\nc", ["```sql\nb\n```"]),
        ("- a\n\n      b\n\nc", ["      b"]),
        ("> ~~~\n> a\n> ~~~", ["> ~~~\n> a\n> ~~~"]),
        ("`a`", []),
    ],
)
def test_code_blocks_are_found_in_lists_and_quotes(body: str, expected: list[str]) -> None:
    """Fences and indented code are code, whatever they are nested in."""
    assert [body[start:end] for start, end in Passage(body=body).code_blocks] == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a `b` c", "a     c"),
        ("a <!-- b --> c", "a            c"),
        ("```\n<!-- a\n```\nb <!-- c -->", "   \n      \n   \nb           "),
        ("```\na\n```\n", "   \n \n   \n"),
    ],
)
def test_prose_is_what_is_neither_code_nor_comment(body: str, expected: str) -> None:
    """Code and comments give way to spaces; a comment that begins in code is none."""
    assert Passage(body=body).prose == expected


@given(markdown() | soup())
def test_what_is_kept_is_what_a_new_reading_finds(text: str) -> None:
    """What a section has of its document's reading is what its body alone has."""
    for section in parse_document(text).sections:
        alone = Passage(body=section.body)
        assert section.blocks == alone.blocks
        assert section.marks == alone.marks
        assert section.code_spans == alone.code_spans
        assert section.prose == alone.prose


@given(markdown() | soup())
def test_code_is_where_the_document_says(text: str) -> None:
    """A document's code spans begin and end with backticks; its prose is as long as its text."""
    document = parse_document(text)

    for section in document.sections:
        for start, end in section.code_spans:
            assert section.body[start] == section.body[end - 1] == "`"
    assert len(document.prose) == len(text)


def test_overlapping_spans_are_blanked_once() -> None:
    """Spans may overlap and come in any order; line endings stay."""
    assert blank_spans("abc\r\ndef", [(4, 7), (1, 6), (1, 2)]) == "a  \r\n  f"


def test_nothing_is_worked_out_twice() -> None:
    """What was asked for once is the same object when it is asked for again."""
    document = parse_document("# A\n\n- `b` [c](d.md) <!-- e -->\n")
    (section,) = document.sections

    assert section.blocks is section.blocks
    assert section.marks is section.marks
    assert section.code_spans is section.code_spans
    assert document.links is document.links
    assert document.prose is document.prose
    assert document.text is document.text
