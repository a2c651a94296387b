"""Tests of `blocks`: what is read is CommonMark's, with GitHub's tables."""

import os
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.markdown.blocks import (
    MAX_NESTING,
    Block,
    read_blocks,
    split_source,
    strip_line_endings,
)
from assistant.markdown.document import decode_text, parse_document
from tests.support.strategies import markdown, soup

CORPUS = os.environ.get("DRAFT_CORPUS", "")
corpus = pytest.mark.skipif(not CORPUS, reason="DRAFT_CORPUS names no folder of real documents")
KINDS = {
    "paragraph_open": "paragraph",
    "heading_open": "heading",
    "fence": "fence",
    "html_block": "html",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "list_item_open": "item",
    "table_open": "table",
    "blockquote_open": "quote",
    "code_block": "code",
    "hr": "rule",
}
# Where markdown-it leaves CommonMark, which cmark says of each (the cases are below): a line that
# is indented as code and lazy, an empty item with blank lines behind it, and what follows a tab.
_DISPUTED = re.compile(r"\t| {4}|^[ >]*(?:[-+*]|\d+[.)])[ ]*\n[ >]*$", re.MULTILINE)


def real() -> list[Path]:
    """Every real document, where there is a folder of them."""
    return sorted(Path(CORPUS).rglob("*.md")) if CORPUS else []


@cache
def reader() -> MarkdownIt:
    """A reader of blocks, with tables."""
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def tree(tokens: Sequence[Token], at: int = 0) -> tuple[tuple[Block, ...], int]:
    """The blocks from a token up to the one that closes their parent, and that token's place."""
    found: list[Block] = []
    while at < len(tokens) and tokens[at].nesting >= 0:
        token = tokens[at]
        children: tuple[Block, ...] = ()
        if token.nesting > 0:
            children, at = tree(tokens, at + 1)
        at += 1
        kind = KINDS.get(token.type)
        if kind and token.map:
            first, last = token.map
            info = token.info.strip()
            found.append(Block(kind, first, last, info, token.markup, children))
    return tuple(found), at


def trimmed(blocks: tuple[Block, ...], lines: Sequence[str]) -> tuple[Block, ...]:
    """The blocks, none of which ends in blank lines: to whom those belong is no rule's."""
    found: list[Block] = []
    for block in blocks:
        children = trimmed(block.children, lines)
        last = block.last
        if block.kind in ("list", "item"):
            last = children[-1].last if children else block.first + 1
        while last > block.first + 1 and not lines[last - 1].strip(" \t>"):
            last -= 1
        found.append(block._replace(last=last, children=children))
    return tuple(found)


def agrees(text: str) -> None:
    """Assert that the blocks of a text without reference definitions are markdown-it's."""
    source = strip_line_endings(text)
    expected, _ = tree(reader().parse("\n".join((*source, ""))))

    assert trimmed(read_blocks(text), source) == trimmed(expected, source)


@given(st.one_of(soup(), markdown()))
@example("> a\n- b\n  > c\n d\n")
@example("- a\n\n\n  ```\n b\n")
@example("1. a\n   2. b\n10) c\n")
@example("<div>\n\n<!--\n\n# a\n-->\n<a b=c>\nd\n")
@example("- a\n - b\n  - c\n   - d\n")
@example("- a\n  # b\n  c *d*\n  e\n")
def test_the_blocks_are_markdown_its(text: str) -> None:
    """Every text of lines that mean something is read as markdown-it reads it."""
    text = text.replace("|", "x").replace("]:", "]")
    assume(not _DISPUTED.search(text))
    agrees(text)


@given(st.text("\n\r -#`~>*_[]()<!a1.=+\\\"'\0\x0b\x0c\xa0é\ufeff\ud800\udcff"))
@example("\x0c\n\n#\x0c\n\x0b# a\n")
@example("\ufeff# a\n")
@example("\udcff\udcff\n# a\n> \ud800\n")
@example("é\n\nü\n===\r\n漢\r- a\r\r> 漢\0")
def test_the_blocks_of_any_text_are_markdown_its(text: str) -> None:
    """Every text of characters that mean something is read as markdown-it reads it."""
    assume(not _DISPUTED.search(text))
    agrees(text)


def outline(blocks: Sequence[Block]) -> str:
    """Kinds and first lines of blocks: `list 0 (item 0 (paragraph 0))`."""
    return " ".join(
        f"{block.kind} {block.first}" + (f" ({outline(block.children)})" if block.children else "")
        for block in blocks
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # what markdown-it reads otherwise
        (">> a\n    *\t>> a\n", "quote 0 (quote 0 (paragraph 0))"),
        (">\tx\n    > - a\n", "quote 0 (paragraph 0)"),
        ("> ---\n    > a\n", "quote 0 (rule 0) code 1"),
        ("   *\t-->\n\t# tab\n", "list 0 (item 0 (paragraph 0))"),
        (">>\t*\t é\n", "quote 0 (quote 0 (list 0 (item 0 (paragraph 0))))"),
        ("- \n  \n  \n- a\n", "list 0 (item 0 item 3 (paragraph 3))"),
        ("| c |\n---\n", "heading 0"),
        ("- --|:-:\n--|:-:\n", "list 0 (item 0 (paragraph 0))"),
        ("[b]:\n===\n", "heading 0"),
        # lists within lists by tabs, of which the library says too early a beginning
        ("- a\n\t- b\n", "list 0 (item 0 (paragraph 0 list 1 (item 1 (paragraph 1))))"),
        (
            "- a\n\n\t- b\n\n\t  c\n- d\n",
            (
                "list 0 (item 0 (paragraph 0 list 2 (item 2 (paragraph 2 paragraph 4)))"
                " item 5 (paragraph 5))"
            ),
        ),
        (
            "- 1. 2\n\n\t\t1. b\n\n\t\t2. c\n",
            (
                "list 0 (item 0 (list 0 (item 0 (paragraph 0 list 2 (item 2 (paragraph 2)"
                " item 4 (paragraph 4))))))"
            ),
        ),
        (
            "1. a\n\n   > q\n\n\t* b\n",
            "list 0 (item 0 (paragraph 0 quote 2 (paragraph 2) list 4 (item 4 (paragraph 4))))",
        ),
        (
            "> - a\n>\n> \t- b\n",
            "quote 0 (list 0 (item 0 (paragraph 0 list 2 (item 2 (paragraph 2)))))",
        ),
        # tables
        ("a | b\n--|--\nc\nd | e\n\nf\n", "table 0 paragraph 5"),
        ("| a |\n|---|\n| b |\n---\n", "table 0 rule 3"),
        ("| a |\n|---|\n# b\n", "table 0 heading 2"),
        ("x\n| a |\n|---|\n", "paragraph 0 table 1"),
        ("| a | b |\n|---|\n", "paragraph 0"),
        ("- | a |\n  |---|\n  | b | c |\n", "list 0 (item 0 (table 0))"),
        ("> | a\\| |\n> |---|\nb\n", "quote 0 (table 0) paragraph 2"),
        ("| a | b |\n|---|---|\n| c |\n\nd\n", "table 0 paragraph 4"),
        # reference definitions
        ("[a]: b\n", "paragraph 0"),
        ("[a]: b\n[a]: c\n\n[d]:\n  /e\n  'f'\n\ng\n", "paragraph 0 paragraph 3 paragraph 7"),
        ("[a]: b\nc\n===\n[d]: e\nf\n", "paragraph 0 heading 1 paragraph 3"),
        ("[a]: b\n===\nc\n", "paragraph 0"),
        (
            "[a]: b\n# c\n[d]: e\n- f\n",
            "paragraph 0 heading 1 paragraph 2 list 3 (item 3 (paragraph 3))",
        ),
        ("- a\n- b\n\n[c]: d\n", "list 0 (item 0 (paragraph 0) item 1 (paragraph 1)) paragraph 3"),
        ("- a\n\n  [c]: d\n", "list 0 (item 0 (paragraph 0 paragraph 2))"),
        ("- [a]: b\n  c\n", "list 0 (item 0 (paragraph 0))"),
        ("> [a]: b\nc\n\n[d]: e", "quote 0 (paragraph 0) paragraph 3"),
        ("> - a\n>\n> [b]: c\n", "quote 0 (list 0 (item 0 (paragraph 0)) paragraph 2)"),
        ("```\n[a]: b\n```\n[c]: d\n", "fence 0 paragraph 3"),
    ],
)
def test_blocks_are_read_as_github_reads_them(text: str, expected: str) -> None:
    """Tabs, tables and definitions are read as cmark reads them; a definition is a paragraph."""
    assert outline(read_blocks(text)) == expected
    assert outline(read_blocks(text.replace("\n", "\r\n"))) == expected
    assert outline(read_blocks(text.replace("\n", "\r"))) == expected


def test_a_block_says_what_marks_it() -> None:
    """A fence's info is as it was written; an item has its number, a heading its own characters."""
    text = "~~~~ a&amp;b \\* `c`\n~~~~\n7) x\n\n## T #\n\nU\n--\n* * *\n"
    fence, numbered, atx, setext, rule = read_blocks(text)

    assert (fence.mark, fence.info) == ("~~~~", "a&amp;b \\* `c`")
    assert (numbered.mark, numbered.children[0].info) == (")", "7")
    assert (atx.mark, setext.mark, rule.mark) == ("##", "-", "****")


def test_blank_lines_behind_a_list_are_not_its() -> None:
    """A list ends with its last line that says anything."""
    listed, after = read_blocks("- a\n\n- b\n\n\nx\n")

    assert (listed.last, listed.children[0].last, after.first) == (3, 1, 5)


@corpus
@pytest.mark.parametrize("path", real(), ids=lambda path: path.name)
def test_real_documents_are_read_as_markdown_it_reads_them(path: Path) -> None:
    """Every real document without definitions is read as markdown-it reads it."""
    text = decode_text(path.read_bytes())
    if "]:" not in text:
        agrees(text)


@pytest.mark.parametrize(
    "opening",
    [
        ">" * 10_000 + " a",
        "> " * 10_000 + "a\nlazy",
        "- " * 10_000 + "a",
        "1. " * 10_000 + "a",
        "> - " * 5_000 + "a\nlazy",
        "\n".join(" " * 2 * depth + "- a" for depth in range(500)),
        "\n".join("\t" * depth + "- a" for depth in range(500)),
        "\n".join(">" * depth + " a" for depth in range(500)),
        "\n".join([">" * 200 + " a"] * 50),
    ],
)
def test_deep_nesting_ends(opening: str) -> None:
    """However deep blocks are nested, they are read, and so is the heading behind them."""
    blocks = read_blocks(f"{opening}\n\n# b\n")

    assert blocks[-1].kind == "heading"
    assert depth_of(blocks) <= MAX_NESTING + 1


def depth_of(blocks: tuple[Block, ...]) -> int:
    """How many blocks are nested in each other."""
    return max((1 + depth_of(block.children) for block in blocks), default=0)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("- a\n" * 20_000, ["list"]),
        ("```\n" + "a\n" * 20_000, ["fence"]),
        ("> ```\n\n" * 5_000, ["quote"] * 5_000),
        ("<!--\n" + "a\n\n" * 20_000, ["html"]),
        ("# a\n" * 10_000, ["heading"] * 10_000),
        ("[a]: b\n" * 10_000, ["paragraph"]),
        ("[a]: b\n\n" * 10_000, ["paragraph"] * 10_000),
        ("a" * 1_000_000, ["paragraph"]),
        ("<a" + " b" * 500_000, ["paragraph"]),
        ("*" * 1_000_000 + "x", ["paragraph"]),
        ("*a " * 300_000, ["paragraph"]),
        ("[" * 1_000_000, ["paragraph"]),
        ("![[](" * 100_000, ["paragraph"]),
        ("<!-- a " * 100_000, ["html"]),
        ("x <!-- a " * 100_000, ["paragraph"]),
        ("`" * 1_000_000 + "x`", ["paragraph"]),
        (" ".join("`" * n for n in range(1_400)), ["paragraph"]),
        ("|" * 1_000_000 + "\n|-|", ["paragraph"]),
        ("|a" * 2_000 + "\n" + "|-" * 2_000 + "\n" + "|a\n" * 2_000, ["table"]),
    ],
)
def test_long_texts_end(text: str, kinds: list[str]) -> None:
    """Many items, headings or lines, a fence or a comment left open, and one long line are read."""
    found = read_blocks(text)

    assert [block.kind for block in found][: len(kinds)] == kinds
    assert len(found) == len(kinds) or kinds == ["table"]


def test_a_documents_headings_are_read_in_one_way_with_its_tables() -> None:
    """A rule below a table is none of its words' underline, for a document as for GitHub."""
    document = parse_document("# T\n\n| a |\n|---|\n| b |\n---\n\n## U\n")

    assert document.outline == ((1, "T"), (2, "U"))


@given(markdown())
def test_lines_are_where_they_say(text: str) -> None:
    """Each line stands at its offset, and ends before its line ending."""
    source = split_source(text)

    for number, line in enumerate(source.lines):
        start = source.offsets[number]
        assert text[start : source.offsets[number + 1]] == line
        assert text[start : source.end(number + 1)] == line.rstrip("\r\n")
    assert source.end(0) == 0
    assert source.offsets[-1] == len(text)
