"""Fragments: what a link to a heading ends in."""

import pytest

from assistant.markdown.headings import make_fragment, make_fragments, strip_links


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
