"""Tests of `contain`: a model's Markdown stays inside its section."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.markdown.document import parse_document
from assistant.markdown.escape import clean_text, contain_text, is_harmless
from tests.support.strategies import markdown, tame, wild


@given(tame)
def test_harmless_text_arrives_as_it_was_said(said: str) -> None:
    """Sentences, lists and closed fences are not touched."""
    assert contain_text(said) == said


@given(st.one_of(wild, markdown().map(clean_text)))
def test_nothing_leaves_the_section(said: str) -> None:
    """After anything that a model says, the next heading is the next section."""
    text = contain_text(clean_text(said))

    assert is_harmless(text)
    assert parse_document(f"# A\n\n{text}\n\n# B\n").outline == ((1, "A"), (1, "B"))


@pytest.mark.parametrize(
    "said",
    [
        "# x",
        "x\n---",
        "- > # x",
        "<div>",
        "a <b>",
        "<!-- x -->",
        "[a]: /u",
        "> [a]: /u",
        "[a]:\n/u",
    ],
)
def test_structure_is_seen(said: str) -> None:
    """What could leave its section is not taken for harmless."""
    assert not is_harmless(said)


@given(st.one_of(wild, markdown()))
def test_every_letter_stays_in_order(said: str) -> None:
    """Making text harmless adds marks, and takes no letter or digit away."""
    own = [character for character in clean_text(said) if character.isalnum()]

    assert [character for character in contain_text(clean_text(said)) if character.isalnum()] == own


@given(wild)
def test_containing_twice_changes_nothing(said: str) -> None:
    """Text that is contained stays as it is."""
    once = contain_text(clean_text(said))

    assert contain_text(once) == once


@pytest.mark.parametrize(
    ("said", "contents"),
    [
        ("## Why now\nBecause.", "\n**Why now**\n\nBecause."),
        ("Why\n===\nBecause.", "Why\n\\===\nBecause."),
        ("a\n" + "=\n" * 40 + "*b*", "a\n" + "\\=\n" * 40 + "*b*"),
        ("- # x", "- \\# x"),
        ("## `x`", "\\## `x`"),
        ("<div>\nx\n</div>", "\\<div>\nx\n\\</div>"),
        ("```sql\nSELECT 1", "```sql\nSELECT 1\n```"),
        ("- a\n- ```\n  x\n\n- b", "- a\n- ```\n  x\n  ```\n\n- b"),
        ("> - ~~~~\n>   x\n\ny", "> - ~~~~\n>   x\n>   ~~~~\n\ny"),
        ("- ```\n  x\n  ```", "- ```\n  x\n  ```"),
        ("| a | b |\n|---|---|\n| `<b>` | <b> |", "| a | b |\n|---|---|\n| `<b>` | \\<b> |"),
        ("[a]: b", "\\[a]: b"),
        ("```html\n<b># x\n```", "```html\n<b># x\n```"),
    ],
)
def test_structure_becomes_text(said: str, contents: str) -> None:
    """What would be structure is shown as it was said; a heading becomes a bold line."""
    assert contain_text(said) == contents


@pytest.mark.parametrize(
    "said",
    ["# h\n" * 3000, "a\n=\n" * 3000, "<p>\n" * 3000, "<p>\n\n" * 3000, "[a]: b\n" * 3000,
     "> " * 3000 + "# x", "- " * 3000 + "<b>", "```\n" * 3001, "`" * 3000 + "<b>", "[" * 3000],
)  # fmt: skip
def test_much_of_it_is_contained_too(said: str) -> None:
    """An answer that is nothing but attempts is contained in a few readings."""
    assert is_harmless(contain_text(clean_text(said)))


def test_an_indented_fence_closes_nothing() -> None:
    """A fence's end that is indented as code is of its content, so that another one is added."""
    for said in ("```mermaid\n<div>\n    ```", "```\na\n\t```", "- ```\n  a\n      ```"):
        tokens = MarkdownIt("commonmark").parse(f"{contain_text(said)}\n\n## Next\n")

        assert [token.tag for token in tokens if token.type == "heading_open"] == ["h2"]
    assert contain_text("```\na\n   ```") == "```\na\n   ```"
