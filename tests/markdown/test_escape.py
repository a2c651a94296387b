"""Text that stays inside its section: what is said stays, what cannot be seen goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.markdown.document import parse_document
from assistant.markdown.escape import (
    clean_text,
    contain_text,
    escape_all,
    escape_definitions,
    escape_inline,
    is_harmless,
)
from tests.support.strategies import ODD, markdown, tame, wild


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1bBold", "Bold"),
        ("a\u202eb\u2066c\u200bd", "abcd"),
        ("a\r\nb\rc\u2028d\x0ce\x85f", "a\nb\nc\nd\ne\nf"),
        ("\0\x08\x7f", ""),
        ("\ufeffx \t\n\n", "x"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("\ud800", "?"),
    ],
)
def test_what_cannot_be_seen_goes(said: str, kept: str) -> None:
    """Terminal escapes, controls and bidirectional marks go, and lines end with line feeds."""
    assert clean_text(said) == kept


@given(st.one_of(st.text(), st.text(ODD), wild))
def test_cleaning_twice_changes_nothing(said: str) -> None:
    """Text that is clean stays as it is."""
    assert clean_text(clean_text(said)) == clean_text(said)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("a <b>c</b>", "a \\<b>c\\</b>"),
        ("<!-- c -->", "\\<!-- c -->"),
        ("`<b>`", "`<b>`"),
        ("\\`<b>`", "\\`\\<b>`"),
        ("\\``` x `` <b> ``", "\\``` x `` \\<b> ``"),
        ("``<b>` <i>``", "``<b>` <i>``"),
        ("\\<b>", "\\<b>"),
        ("\\\\<b>", "\\\\\\<b>"),
        ("1 < 2 <- x", "1 < 2 <- x"),
        ("<https://example.org> <a@b.org>", "<https://example.org> <a@b.org>"),
    ],
)
def test_html_is_shown(said: str, shown: str) -> None:
    """A tag or comment outside code is shown, and code, links and comparisons stay."""
    assert escape_inline(said) == shown


@given(st.text("`\\<b>!-ax/ \"'=\n", max_size=30))
def test_no_html_is_left(said: str) -> None:
    """A whole reading finds no HTML in a paragraph whose HTML is shown."""
    tokens = MarkdownIt("commonmark").parseInline("x" + escape_inline(said))

    assert not [child for child in tokens[0].children or () if child.type == "html_inline"]


@given(st.text("`\\<b> a", max_size=20), st.text("`<b> a", max_size=20))
def test_code_ends_with_the_line(said: str, after: str) -> None:
    """Backticks of a closed line open no code span that takes in what follows it."""
    line = escape_inline(said, closed=True)
    alone = MarkdownIt("commonmark").parseInline("x" + line)[0].children or []
    both = MarkdownIt("commonmark").parseInline(f"x{line}\n{after}")[0].children or []
    codes = [child.content for child in alone if child.type == "code_inline"]

    assert [c.content for c in both if c.type == "code_inline"][: len(codes)] == codes
    assert not [c for c in both if c.type == "code_inline" and "\n" in c.content]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("[a]: b", "\\[a]: b"),
        ("> - [a]: b", "> - \\[a]: b"),
        ("x\n[a\nb]:\nc", "x\n\\[a\nb]:\nc"),
        ("\\[a]: b", "\\[a]: b"),
        ("[a] (b)", "[a] (b)"),
        ("see [a]: b", "see [a]: b"),
    ],
)
def test_definitions_are_shown(said: str, shown: str) -> None:
    """A reference definition at a line's start is shown, and a link stays."""
    assert escape_definitions(said) == shown


@given(wild)
def test_literal_text_is_one_paragraph_after_another(said: str) -> None:
    """Text that is taken literally holds nothing but words."""
    found = MarkdownIt("commonmark").enable("table").parse(escape_all(clean_text(said)))

    assert {token.type for token in found} <= {"paragraph_open", "inline", "paragraph_close"}
    inside = {child.type for token in found for child in token.children or ()}
    assert inside <= {"text", "softbreak", "hardbreak", "text_special"}


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
    [
        "# h\n" * 3000,
        "a\n=\n" * 3000,
        "<p>\n" * 3000,
        "<p>\n\n" * 3000,
        "[a]: b\n" * 3000,
        "> " * 3000 + "# x",
        "- " * 3000 + "<b>",
        "```\n" * 3001,
        "`" * 3000 + "<b>",
        "[" * 3000,
    ],
)
def test_much_of_it_is_contained_too(said: str) -> None:
    """An answer that is nothing but attempts is contained in a few readings."""
    assert is_harmless(contain_text(clean_text(said)))


def test_an_indented_fence_closes_nothing() -> None:
    """A fence's end that is indented as code is of its content, so that another one is added."""
    for said in ("```mermaid\n<div>\n    ```", "```\na\n\t```", "- ```\n  a\n      ```"):
        tokens = MarkdownIt("commonmark").parse(f"{contain_text(said)}\n\n## Next\n")

        assert [token.tag for token in tokens if token.type == "heading_open"] == ["h2"]
    assert contain_text("```\na\n   ```") == "```\na\n   ```"
