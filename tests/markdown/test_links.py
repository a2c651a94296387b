"""Links, and what they can lead to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.markdown.document import parse_document
from assistant.markdown.elements import find_marks
from assistant.markdown.links import blank_all_but_prose, find_fragments, find_links
from tests.support import strategies


def text_of(text: str) -> str:
    document = parse_document(text)
    return blank_all_but_prose(
        document, tuple(find_marks(section.body) for section in document.sections)
    )


def targets(text: str) -> list[str]:
    return [link.target for link in find_links(text_of(text))]


def known(text: str) -> frozenset[str]:
    return find_fragments(parse_document(text), text_of(text))


def test_second_heading_of_a_name_is_counted() -> None:
    """The second of two equal headings ends in `-1`; HTML's names and nested headings count."""
    found = known("# A\n\n# A\n\n<a name='Own'></a>\n\n> ## Quoted\n\n- ### Listed #\n")

    assert {"a", "a-1", "own", "quoted", "listed"} <= found
    assert "a-2" not in found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](b.md)", ["b.md"]),
        ("![a](b.png 'title')", ["b.png"]),
        ("[a](<b c.md>)", ["b c.md"]),
        ("[a](b_(c).md)", ["b_(c).md"]),
        ("[![i](i.png)](b.md)", ["i.png", "b.md"]),
        ("[a]: b.md", ["b.md"]),
        ("[a]: <b c.md> 'title'", ["b c.md"]),
        ("[a]()", [""]),
        ("`[a](b.md)` and ``[`](c.md)``", []),
        ("```\n[a](b.md)\n```", []),
        ("    [a](b.md)", []),
        ("<!-- [a](b.md) -->", []),
        ("\\[a](b.md)", []),
        ("a](b.md)", []),
        ("[a\n\nb](b.md)", []),
        ("[^1]: note", []),
        ("---\nx: '[a](b.md)'\n---\n", []),
        ("`open [a](b.md)", ["b.md"]),
        ("`` [a](b.md) `", ["b.md"]),
    ],
)
def test_links_are_found_where_they_are_links(text: str, expected: list[str]) -> None:
    """Inline links, images and definitions count; code, comments and escapes do not."""
    assert targets(text) == expected


@given(strategies.markdown() | st.text(strategies.ODD + "[]()`", max_size=200))
def test_prose_keeps_every_offset(text: str) -> None:
    """What is blanked is as long as it was, and links lie in the text."""
    shown = text_of(text)

    assert len(shown) == len(text)
    assert all(text[link.start : link.end] == link.target for link in find_links(shown))
