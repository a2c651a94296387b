"""Links, and the fragments that they can lead to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.markdown.document import parse_document
from assistant.markdown.links import make_fragment, make_fragments, strip_links
from tests.support import strategies


def targets(text: str) -> list[str]:
    return [link.target for link in parse_document(text).links]


def test_second_heading_of_a_name_is_counted() -> None:
    """The second of two equal headings ends in `-1`; HTML's names and nested headings count."""
    found = parse_document(
        "# A\n\n# A\n\n<a name='Own'></a>\n\n> ## Quoted\n\n- ### Listed #\n"
    ).fragments

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
        ("- a ` [a](b.md)\n- c ` d", ["b.md"]),
        ("| ` | [a](b.md) |\n|---|---|\n| ` | c |", ["b.md"]),
        ("> ~~~\n> [a](b.md)\n> ~~~", []),
    ],
)
def test_links_are_found_where_they_are_links(text: str, expected: list[str]) -> None:
    """Inline links, images and definitions count; code, comments and escapes do not."""
    assert targets(text) == expected


@given(strategies.markdown() | st.text(strategies.ODD + "[]()`", max_size=200))
def test_prose_keeps_every_offset(text: str) -> None:
    """What is blanked is as long as it was, and links lie in the text."""
    document = parse_document(text)

    assert len(document.prose) == len(text)
    assert all(text[link.start : link.end] == link.target for link in document.links)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Risks & Mitigations", "risks--mitigations"),
        ("1. A `code_span` here", "1-a-code_span-here"),
        ("`POST /api/v1/{id}`", "post-apiv1id"),
        ("What's *new*?", "whats-new"),
        ("_Emphasis_ and snake_case", "emphasis-and-snake_case"),
        ("A [link](x.md#y) in it", "a-link-in-it"),
        ("![image](a.png) beside", "image-beside"),
        ("Überblick: größer", "überblick-größer"),
        ("Dev Preview -> GA", "dev-preview---ga"),
        ("C&amp;A <b>bold</b>", "ca-bold"),
        ("概要", "概要"),
        ("\U0001f680 Launch", "-launch"),
    ],
)
def test_slugs_are_githubs(title: str, expected: str) -> None:
    """A heading's anchor is what GitHub makes of it."""
    assert make_fragment(title) == expected


def test_a_second_heading_of_a_name_has_a_number() -> None:
    """The second and third heading of one name are told apart by a number."""
    assert make_fragments(("A", "B", "a", "A!")) == ("a", "b", "a-1", "a-2")


@pytest.mark.parametrize(
    ("title", "expected"),
    [("A [link](x.md) in it", "A link in it"), ("[![b](b.png) x](y)", "b x"), ("[Name]", "[Name]")],
)
def test_a_link_gives_way_to_its_text(title: str, expected: str) -> None:
    """A title without its links has their texts, and other brackets stay."""
    assert strip_links(title) == expected
