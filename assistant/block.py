"""The blocks of a stretch of Markdown: lists, fences, tables, by line."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from assistant.document import lines

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block of Markdown: its kind, its lines (from `first` up to, not including, `last`).

    `kind` is a CommonMark block (`paragraph`, `fence`, `html`, `list`, `item`, `table`, `quote`,
    `code`, `rule`, `heading`); `info` is a fence's info string, `mark` its fence or an item's
    marker. Lines count from 0 in the text that was scanned.
    """

    kind: str
    first: int
    last: int
    info: str = ""
    mark: str = ""
    children: tuple["Block", ...] = ()


@cache
def _scanner() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415

    parser = MarkdownIt("commonmark").enable("table")
    parser.block.ruler.disable("reference")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def scan(text: str) -> tuple[Block, ...]:
    """The blocks of a section's body, tables included, reference definitions as paragraphs."""
    tokens = _scanner().parse("\n".join(line.rstrip("\r\n") for line in lines(text)))
    blocks, _ = _blocks(tokens, 0)
    return blocks


_KINDS = {
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


def _blocks(tokens: Sequence["Token"], at: int) -> tuple[tuple[Block, ...], int]:
    """The blocks from token `at` up to the token that closes their parent, and that token."""
    found: list[Block] = []
    while at < len(tokens) and tokens[at].nesting >= 0:
        token = tokens[at]
        children: tuple[Block, ...] = ()
        if token.nesting > 0:
            children, at = _blocks(tokens, at + 1)
        at += 1
        kind = _KINDS.get(token.type)
        if kind and token.map:
            first, last = token.map
            found.append(
                Block(
                    kind=kind,
                    first=first,
                    last=last,
                    info=token.info.strip(),
                    mark=token.markup,
                    children=children,
                )
            )
    return tuple(found), at
