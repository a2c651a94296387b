"""Tests of `scanner`: the blocks are CommonMark's, as markdown-it reads them."""

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.document import bare, decode
from assistant.scanner import MAX_NESTING, Block, Unsure, scan
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


def real() -> list[Path]:
    """Every real document, where there is a folder of them."""
    return sorted(Path(CORPUS).rglob("*.md")) if CORPUS else []


@cache
def reader(*, tables: bool) -> MarkdownIt:
    """A reader of blocks: with tables and without reference definitions, or the other way round."""
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING})
    if tables:
        parser.enable("table").block.ruler.disable("reference")
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
            found.append(
                Block(
                    kind=kind, first=first, last=last, info=token.info.strip(),
                    mark=token.markup, children=children,
                )
            )  # fmt: skip
    return tuple(found), at


def agrees(text: str) -> None:
    """Assert that both readings of a text are markdown-it's."""
    if text.rstrip().endswith(">"):
        text += "\nend"  # markdown-it ends a fence in a quote a line early at the text's very end
    source = bare(text)
    for tables in (True, False):
        expected, _ = tree(reader(tables=tables).parse("\n".join(source)))
        try:
            found = scan(source, tables=tables, references=not tables)
        except Unsure:
            assert not tables
            assert "]:" in text
        else:
            assert found == expected


@given(st.one_of(soup(), markdown()))
@example("> a\n- b\n  > c\n d\n")
@example("[a]: b\n===\nc\n===\n")
@example("[a]: b 'c'\n    d\n\n    e\n")
@example("- [a]: b\n===\nc\n---\n")
@example("[^1]: a footnote\n===\n")
@example("[a\n[b]: c\n===\n")
@example("a\n| b |\n|---|\n| c | d |\n> e\n")
@example("| a\\| b |\n| - | - |\n")
@example("- a\n\n\n  ```\n b\n")
@example("1. a\n   2. b\n10) c\n")
@example("<div>\n\n<!--\n\n# a\n-->\n<a b=c>\nd\n")
@example(">\ta\n>\t\tb\n-\t\tc\n")
@example("- a\n - b\n  - c\n   - d\n    - e\n")
def test_the_blocks_are_markdown_its(text: str) -> None:
    """Every text of lines that mean something is read as markdown-it reads it."""
    agrees(text)


@given(st.text("\n\t -#`~>*_|[]():<!a1.=+\\\"'\0\x0c\xa0é"))
def test_the_blocks_of_any_text_are_markdown_its(text: str) -> None:
    """Every text of characters that mean something is read as markdown-it reads it."""
    agrees(text)


@corpus
@pytest.mark.parametrize("path", real(), ids=lambda path: path.name)
def test_the_blocks_of_real_documents_are_markdown_its(path: Path) -> None:
    """Every real document is read as markdown-it reads it."""
    agrees(decode(path.read_bytes()))


@pytest.mark.parametrize("text", ["[a]:\nb\n", "[a]: b\n'c'\n", "[a]: <b>\n", "[a\n]: b\n"])
def test_a_reference_that_is_not_plain_is_left_to_others(text: str) -> None:
    """A reference definition on two lines, or of another form than the usual, is not guessed at."""
    with pytest.raises(Unsure):
        scan(bare(text), tables=False, references=True)


@pytest.mark.parametrize(
    "opening",
    [
        ">" * 10_000 + " a",
        "> " * 10_000 + "a\nlazy",
        "- " * 10_000 + "a",
        "1. " * 10_000 + "a",
        "> - " * 5_000 + "a\nlazy",
        "\n".join(" " * 2 * depth + "- a" for depth in range(500)),
        "\n".join(">" * depth + " a" for depth in range(500)),
        "\n".join([">" * 200 + " a"] * 50),
    ],
)
def test_deep_nesting_ends(opening: str) -> None:
    """However deep blocks are nested, they are read, and so is the heading behind them."""
    blocks = scan(bare(f"{opening}\n\n# b\n"), tables=True, references=False)

    assert [block.kind for block in blocks][-1] == "heading"
    assert depth_of(blocks) <= MAX_NESTING + 1


def depth_of(blocks: tuple[Block, ...]) -> int:
    """How many blocks are nested in each other."""
    return max((1 + depth_of(block.children) for block in blocks), default=0)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("- a\n" * 20_000, ["list"]),
        ("```\n" + "a\n" * 20_000, ["fence"]),
        ("<!--\n" + "a\n\n" * 20_000, ["html"]),
        ("# a\n" * 10_000, ["heading"] * 10_000),
        ("a" * 1_000_000, ["paragraph"]),
        ("<a" + " b" * 500_000, ["paragraph"]),
        ("*" * 1_000_000 + "x", ["paragraph"]),
        ("`" * 1_000_000 + "x`", ["paragraph"]),
        ("|" * 1_000_000 + "\n|-|", ["paragraph"]),
    ],
)
def test_long_texts_end(text: str, kinds: list[str]) -> None:
    """Many items, headings or lines, a fence or a comment left open, and one long line are read."""
    found = scan(bare(text), tables=True, references=False)

    assert [block.kind for block in found] == kinds
