"""Marks: the places in a section's body that can be anchors.

The same eyes read templates and documents: a label, a list item, a fence, a table, a check-box, a
reference definition, a table of contents. What a mark means, the template decides.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest
from typing import Literal

from assistant.markdown.blocks import Block, SourceText, split_lines
from assistant.markdown.comments import strip_comments
from assistant.markdown.contents import is_contents
from assistant.markdown.tables import CONTAINER_MARKS

# ruff: noqa: RUF001  a label may end with a full-width colon
MarkKind = Literal[
    "label", "item", "check", "fence", "table", "reference", "contents", "comment", "code", "prose"
]

_MAX_NAMES, _LONGEST_NAME = 2048, 200
MAX_KEY_WORDS = 5  # of a key at most: "Superseded by", "Last modified on"; more are a sentence's

ITEM_MARKER = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_CHECK_BOX = re.compile(r"\[[ xX]\](?:[ \t]+|$)")
_BOLD_LABEL = re.compile(
    r"(?P<wrap>\*\*|__|\*|_)(?P<name>[^*_\s][^*\n]*?)(?:[:：](?P=wrap)|(?P=wrap)[ ]?[:：])"
)
_PLAIN_LABEL = re.compile(r"(?P<name>[^\s:：`<>|][^:：\n|]{0,99}?)(?::(?=[ \t]|$)|：)")
_DEFINITION = re.compile(r"[ ]{0,3}\[(?P<name>[^\]\n]+)\]:[ \t]*\S")
_FENCE_LINE = re.compile(rf"(?P<lead>{CONTAINER_MARKS.pattern})(?P<mark>`{{3,}}|~{{3,}})")
_TOC_COMMENT = re.compile(r"\s*<!--\s*(?P<end>/)?toc\s*-->\s*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A place that can be an anchor; offsets count from the start of the body.

    `start` to `end` are the anchor's own bytes (a label with its bullet and colon, a fence's
    opening line, a table's head). `stop` ends what belongs to it: its paragraph, its fence, its
    table; `reach` ends the list item with everything nested in it. `name_start` and `name_end`
    enclose a label's name. `depth` counts the lists around it, `bold` tells `**Label:**` from
    `Label:`. `key` is the name folded for comparison; for a fence its language.
    """

    kind: MarkKind
    key: str
    start: int
    end: int
    stop: int
    reach: int
    depth: int
    name_start: int = 0
    name_end: int = 0
    bold: bool = False


_MARKUP = re.compile(r"[*_`\\]")


def fold_name(text: str) -> str:
    """Return a name as names are compared: without markup, case or runs of white space."""
    return _fold_text(text) if len(text) > _LONGEST_NAME else _fold_short_name(text)


def _fold_text(text: str) -> str:
    return " ".join(_MARKUP.sub("", text).split()).casefold().rstrip(":：").strip()


_fold_short_name = lru_cache(maxsize=_MAX_NAMES)(_fold_text)


def find_closing_line(body: str, mark: Mark) -> int:
    """Return the offset of a fence's closing line; the fence's end if it was never closed."""
    text = body[mark.start : mark.stop]
    last = split_lines(text)[-1]
    begun = _FENCE_LINE.match(text)
    closed = _FENCE_LINE.fullmatch(last.rstrip())
    if len(last) == len(text) or not begun or not closed or closed["lead"].strip(" \t>"):
        return mark.stop
    return mark.stop - len(last) if closed["mark"].startswith(begun["mark"]) else mark.stop


def read_marks(source: SourceText, blocks: Sequence[Block]) -> tuple[Mark, ...]:
    """Return every mark in a section's body, in order; `blocks` are the body's."""
    found = sorted(_walk_blocks(blocks, source, 0), key=lambda mark: (mark.start, mark.depth))
    return _join_contents(tuple(found), source.text)


def _walk_blocks(blocks: Sequence[Block], source: SourceText, depth: int) -> Iterator[Mark]:
    for block in blocks:
        rows = source.lines[block.first : block.last]
        if block.kind == "list" and not depth and is_contents(rows):
            start, stop = source.offsets[block.first], source.end(block.last)
            yield Mark(
                kind="contents", key="toc", start=start, end=stop, stop=stop, reach=stop, depth=1
            )
        elif block.kind == "list":
            for item in block.children:
                yield from _mark_item(item, source, depth + 1)
        elif block.kind == "paragraph":
            yield from _mark_paragraph(block, source, depth)
        else:
            yield _mark_block(block, source, depth)


def _mark_block(block: Block, source: SourceText, depth: int) -> Mark:
    start, stop = source.offsets[block.first], source.end(block.last)
    kind: MarkKind = "prose"
    key, end = "", stop
    if block.kind == "fence":
        kind, end = "fence", source.offsets[min(block.first + 1, len(source.lines))]
        key = block.info.split()[0].casefold() if block.info else ""
    elif block.kind == "table":
        kind, end = "table", source.offsets[min(block.first + 2, len(source.lines))]
        head = source.lines[block.first].strip().strip("|")
        key = " | ".join(fold_name(cell) for cell in head.split("|"))
    elif block.kind == "code":
        kind = "code"
    elif block.kind == "html" and not strip_comments(source.text[start:stop]).strip():
        kind = "comment"
    return Mark(kind=kind, key=key, start=start, end=end, stop=stop, reach=stop, depth=depth)


@dataclass(frozen=True, slots=True)
class _Label:
    """Where a label's name begins and ends, where the label ends, and whether it is bold."""

    name_start: int
    name_end: int
    end: int
    bold: bool


def _match_label(source: SourceText, at: int, until: int) -> _Label | None:
    """Return the label at offset `at`, which ends before `until`; None if there is none."""
    found = _BOLD_LABEL.match(source.text, at, until)
    if found:
        return _Label(*found.span("name"), found.end(), bold=True)
    found = _PLAIN_LABEL.match(source.text, at, until)
    # `. ` ends a sentence: the colon after it stands in prose.
    if found and re.search(r"\w", found["name"]) and ". " not in found["name"]:
        return _Label(*found.span("name"), found.end(), bold=False)
    return None


def _mark_label(
    source: SourceText, label: _Label, extent: tuple[int, int, int], depth: int
) -> Mark:
    """Return a label as a mark; `extent` is where it begins, stops and reaches."""
    start, stop, reach = extent
    return Mark(
        kind="label",
        key=fold_name(source.text[label.name_start : label.name_end]),
        start=start,
        end=label.end,
        stop=stop,
        reach=reach,
        depth=depth,
        name_start=label.name_start,
        name_end=label.name_end,
        bold=label.bold,
    )


def _mark_paragraph(block: Block, source: SourceText, depth: int) -> Iterator[Mark]:
    """Yield a paragraph's labels at line starts, its definitions, or the prose that it is."""
    start, stop = source.span(block)
    first = start + _measure_indent(source.lines[block.first])
    check = _CHECK_BOX.match(source.text, first, source.end(block.first + 1))
    if check:
        key = fold_name(source.text[check.end() : stop])
        yield Mark(kind="check", key=key, start=start, end=stop, stop=stop, reach=stop, depth=depth)
        return
    found = list(_mark_lines(block, source, depth))
    if not found or found[0].start != start:
        yield Mark(kind="prose", key="", start=start, end=stop, stop=stop, reach=stop, depth=depth)
    for mark, after in zip_longest(found, found[1:]):
        # Where several labels share a paragraph, each ends before the next.
        own = len(source.text[mark.start : after.start].rstrip("\r\n")) if after else stop
        own += mark.start if after else 0
        yield replace(mark, stop=min(own, mark.stop), reach=min(own, mark.reach))


def _mark_lines(block: Block, source: SourceText, depth: int) -> Iterator[Mark]:
    """Yield the labels and definitions that lines of a paragraph begin with."""
    stop = source.end(block.last)
    keyed = _is_list_of_keys(block, source)
    for number in range(block.first, block.last):
        start, end = source.offsets[number], source.end(number + 1)
        reference = _DEFINITION.match(source.text, start, end)
        indent = _measure_indent(source.lines[number])
        label = _match_label(source, start + indent, end)
        if reference:
            key = fold_name(reference["name"])
            yield Mark(
                kind="reference", key=key, start=start, end=end, stop=end, reach=end, depth=depth
            )
        elif label and (number == block.first or label.bold or (keyed and not indent)):
            yield _mark_label(source, label, (start, stop, stop), depth)


def _measure_indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t>"))


def _is_list_of_keys(block: Block, source: SourceText) -> bool:
    """Whether each line of a paragraph is a plain label, or goes on indented with the one above.

    A colon alone makes no label of a line within prose, for prose is wrapped anywhere.
    """
    first, *rest = source.lines[block.first : block.last]
    return (
        bool(rest)
        and _is_key(first)
        and all(_is_key(line) or line.startswith((" ", "\t")) for line in rest)
    )


def _is_key(line: str) -> bool:
    line = line.rstrip("\r\n")
    found = None if _BOLD_LABEL.match(line) else _PLAIN_LABEL.match(line)
    return bool(found and len(found["name"].split()) <= MAX_KEY_WORDS)


def _mark_item(item: Block, source: SourceText, depth: int) -> Iterator[Mark]:
    """Yield the mark of a list item, and those of what is nested in it."""
    start, reach = source.offsets[item.first], source.end(item.last)
    line_end = source.end(item.first + 1)
    marker = ITEM_MARKER.match(source.text, start, line_end)
    at = marker.end() if marker else start
    check = _CHECK_BOX.match(source.text, at, line_end)
    at = check.end() if check else at
    first = item.children[0] if item.children else None
    own = first is not None and first.kind == "paragraph" and first.first == item.first
    stop = source.end(first.last) if own and first is not None else line_end
    label = _match_label(source, at, line_end) if own else None
    if label:
        yield _mark_label(source, label, (start, stop, reach), depth)
    else:
        yield Mark(
            kind="check" if check else "item",
            key=fold_name(source.text[at:stop]),
            start=start,
            end=stop if check else at,
            stop=stop,
            reach=reach,
            depth=depth,
        )
    yield from _walk_blocks(item.children[1:] if own else item.children, source, depth)


def _join_contents(found: tuple[Mark, ...], body: str) -> tuple[Mark, ...]:
    """Return the marks with a table of contents between `<!-- toc -->` comments as one."""
    result: list[Mark] = []
    opening: Mark | None = None
    for mark in found:
        toc = _TOC_COMMENT.match(body[mark.start : mark.stop]) if mark.kind == "comment" else None
        if toc and not toc["end"]:
            opening = mark
        elif toc and opening:
            result.append(
                Mark(
                    kind="contents",
                    key="toc",
                    start=opening.start,
                    end=mark.stop,
                    stop=mark.stop,
                    reach=mark.stop,
                    depth=0,
                )
            )
            opening = None
        elif opening is None:
            result.append(mark)
    return tuple(result)
