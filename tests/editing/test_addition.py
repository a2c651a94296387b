"""Tests of `addition`: headings that a document lacks are added where its template has them."""

import pytest

from assistant.editing.prepare import add_missing_headings
from assistant.markdown.document import parse_document
from assistant.template.template import read_template

TEMPLATE = read_template(
    parse_document(
        "# [Name]\n\n## Same\n\n### More\n\n## Parts\n\n### Part A\n\n### Part B\n\n"
        "## Other\n\n### More\n\n## End\n"
    ),
    "t",
)


@pytest.mark.parametrize(
    ("text", "outline"),
    [
        # A group comes along with the heading that it stands under, and not without.
        ("# T\n\n## Same\n\n### More\n\n## Other\n\n### More\n\n## End\n", "Parts Part-A Part-B"),
        ("# T\n\n## Same\n\n### More\n\n## Parts\n\n## Other\n\n### More\n\n## End\n", ""),
        # Of two headings of one title the one that is lacking is added.
        ("# T\n\n## Same\n\n### More\n\n## Parts\n\n## Other\n\n## End\n", "More"),
        ("# T\n\n## Same\n\n## Parts\n\n## Other\n\n### More\n\n## End\n", "More"),
    ],
)
def test_what_is_lacking_is_added_in_its_place(text: str, outline: str) -> None:
    """The headings that the template requires stand in its order afterwards."""
    after = add_missing_headings(TEMPLATE, parse_document(text)).outline
    before = [(level, title) for level, title in parse_document(text).outline]
    wanted = [(s.level, s.title) for s in TEMPLATE.specs if s.level]
    added = [title.replace("-", " ") for title in outline.split()]

    assert len(after) == len(before) + len(added)
    assert [one for one in after if one[0] > 1] == [
        one for one in wanted if one[0] > 1 and (one in before or one[1] in added)
    ]
