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

from assistant.markdown.blocks import Block, read_blocks
from assistant.markdown.comments import without_comments
from assistant.markdown.document import Section, lines
from assistant.markdown.headings import is_contents


@dataclass(frozen=True, slots=True)
class Source:
    """A text with its lines; `offsets` are their beginnings, and the text's end."""

    text: str
    lines: tuple[str, ...]
    offsets: tuple[int, ...]

    def end(self, line: int) -> int:
        """The offset at which line `line` - 1 ends, its line ending not counted."""
        if line == 0:
            return 0
        return self.offsets[line - 1] + len(self.lines[line - 1].rstrip("\r\n"))

    def last(self, block: Block) -> int:
        """The line after a list's or an item's last; the blank ones behind it belong to nobody."""
        last = block.last
        while last > block.first + 1 and not self.lines[last - 1].strip():
            last -= 1
        return last


def source_of(text: str) -> Source:
    """The text with its lines."""
    split = tuple(lines(text))
    offsets = [0]
    for line in split:
        offsets.append(offsets[-1] + len(line))
    return Source(text, split, tuple(offsets))


# ruff: noqa: RUF001  a label may end with a full-width colon
MarkKind = Literal[
    "label", "item", "check", "fence", "table", "reference", "contents", "comment", "code", "prose"
]

# Sections and names are looked at several times while a document is; what is kept is bounded.
_SECTIONS, _LARGE = 256, 1 << 15
_kept: dict[str, tuple["Mark", ...]] = {}  # the oldest first, and one large body at most
_NAMES, _LONG = 2048, 200
KEY_WORDS = 5  # of a key at most: "Superseded by", "Last modified on"; more are a sentence's

_MARKER = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_CHECK = re.compile(r"\[[ xX]\](?:[ \t]+|$)")
_BOLD = re.compile(
    r"(?P<wrap>\*\*|__|\*|_)(?P<name>[^*_\s][^*\n]*?)(?:[:：](?P=wrap)|(?P=wrap)[ ]?[:：])"
)
_PLAIN = re.compile(r"(?P<name>[^\s:：`<>|][^:：\n|]{0,99}?)(?::(?=[ \t]|$)|：)")
_REFERENCE = re.compile(r"[ ]{0,3}\[(?P<name>[^\]\n]+)\]:[ \t]*\S")
_FENCE = re.compile(r"(?P<lead>(?:[ \t>]|(?:[-*+]|\d{1,9}[.)])(?=[ \t]))*)(?P<mark>`{3,}|~{3,})")
_TOC = re.compile(r"\s*<!--\s*(?P<end>/)?toc\s*-->\s*\Z", re.IGNORECASE)


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


def fold(text: str) -> str:
    """A name as names are compared: without markup, case or runs of white space."""
    return _fold(text) if len(text) > _LONG else _folded(text)


def _fold(text: str) -> str:
    return " ".join(_MARKUP.sub("", text).split()).casefold().rstrip(":：").strip()


_folded = lru_cache(maxsize=_NAMES)(_fold)


def closing(body: str, mark: Mark) -> int:
    """The offset of a fence's closing line; the fence's end where it was never closed."""
    text = body[mark.start : mark.stop]
    last = lines(text)[-1]
    begun = _FENCE.match(text)
    closed = _FENCE.fullmatch(last.rstrip())
    if len(last) == len(text) or not begun or not closed or closed["lead"].strip(" \t>"):
        return mark.stop
    return mark.stop - len(last) if closed["mark"].startswith(begun["mark"]) else mark.stop


def marks(body: str) -> tuple[Mark, ...]:
    """Every mark in a section's body, in order."""
    found = _kept.get(body)
    return _keep(body, read_blocks(body)) if found is None else found


def section_marks(section: Section) -> tuple[Mark, ...]:
    """Return every mark in a section's body, in order, without reading the body's blocks anew."""
    found = _kept.get(section.body)
    return _keep(section.body, section.blocks) if found is None else found


def _keep(body: str, blocks: Sequence[Block]) -> tuple[Mark, ...]:
    source = source_of(body)
    ordered = sorted(_walk(blocks, source, 0), key=lambda mark: (mark.start, mark.depth))
    found = _contents(tuple(ordered), body)
    if len(body) > _LARGE:
        _kept.clear()
    elif len(_kept) >= _SECTIONS:
        for oldest in list(_kept)[: _SECTIONS // 2]:
            _kept.pop(oldest, None)  # another thread may have been here
    _kept[body] = found
    return found


def _walk(blocks: Sequence[Block], source: Source, depth: int) -> Iterator[Mark]:
    for block in blocks:
        rows = source.lines[block.first : block.last]
        if block.kind == "list" and not depth and is_contents(rows):
            start, stop = source.offsets[block.first], source.end(source.last(block))
            yield Mark(kind="contents", key="toc", start=start, end=stop, stop=stop, reach=stop,
                       depth=1)  # fmt: skip
        elif block.kind == "list":
            for item in block.children:
                yield from _item(item, source, depth + 1)
        elif block.kind == "paragraph":
            yield from _paragraph(block, source, depth)
        else:
            yield _other(block, source, depth)


def _other(block: Block, source: Source, depth: int) -> Mark:
    start, stop = source.offsets[block.first], source.end(block.last)
    kind: MarkKind = "prose"
    key, end = "", stop
    if block.kind == "fence":
        kind, end = "fence", source.offsets[min(block.first + 1, len(source.lines))]
        key = block.info.split()[0].casefold() if block.info else ""
    elif block.kind == "table":
        kind, end = "table", source.offsets[min(block.first + 2, len(source.lines))]
        head = source.lines[block.first].strip().strip("|")
        key = " | ".join(fold(cell) for cell in head.split("|"))
    elif block.kind == "code":
        kind = "code"
    elif block.kind == "html" and not without_comments(source.text[start:stop]).strip():
        kind = "comment"
    return Mark(kind=kind, key=key, start=start, end=end, stop=stop, reach=stop, depth=depth)


def _label(source: Source, at: int, until: int) -> tuple[int, int, int, bool] | None:
    """Start and end of a label's name at offset `at`, the label's end, and whether it is bold."""
    found = _BOLD.match(source.text, at, until)
    if found:
        return found.start("name"), found.end("name"), found.end(), True
    found = _PLAIN.match(source.text, at, until)
    if found and re.search(r"\w", found["name"]) and ". " not in found["name"]:
        return found.start("name"), found.end("name"), found.end(), False
    return None


def _paragraph(block: Block, source: Source, depth: int) -> Iterator[Mark]:
    """A paragraph outside lists: labels at its line starts, reference definitions, or prose."""
    stop = source.end(block.last)
    found: list[Mark] = []
    keyed = _is_keyed(block, source)
    for number in range(block.first, block.last):
        start, end = source.offsets[number], source.end(number + 1)
        reference = _REFERENCE.match(source.text, start, end)
        indent = len(source.lines[number]) - len(source.lines[number].lstrip(" \t>"))
        label = _label(source, start + indent, end)
        if reference:
            kind: MarkKind = "reference"
            found.append(
                Mark(kind=kind, key=fold(reference["name"]), start=start, end=end, stop=end,
                     reach=end, depth=depth)
            )  # fmt: skip
        elif number == block.first and (check := _CHECK.match(source.text, start + indent, end)):
            key = fold(source.text[check.end() : stop])
            yield Mark(kind="check", key=key, start=start, end=stop, stop=stop, reach=stop,
                       depth=depth)  # fmt: skip
            return
        elif label and (number == block.first or label[3] or (keyed and not indent)):
            name_start, name_end, label_end, bold = label
            found.append(
                Mark(kind="label", key=fold(source.text[name_start:name_end]), start=start,
                     end=label_end, stop=stop, reach=stop, depth=depth,
                     name_start=name_start, name_end=name_end, bold=bold)
            )  # fmt: skip
    if not found or found[0].start != source.offsets[block.first]:
        start = source.offsets[block.first]
        yield Mark(kind="prose", key="", start=start, end=stop, stop=stop, reach=stop, depth=depth)
    for mark, after in zip_longest(found, found[1:]):
        # Where several labels share a paragraph, each ends before the next.
        own = len(source.text[mark.start : after.start].rstrip("\r\n")) if after else stop
        own += mark.start if after else 0
        yield replace(mark, stop=min(own, mark.stop), reach=min(own, mark.reach))


def _is_keyed(block: Block, source: Source) -> bool:
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
    found = None if _BOLD.match(line) else _PLAIN.match(line)
    return bool(found and len(found["name"].split()) <= KEY_WORDS)


def _item(item: Block, source: Source, depth: int) -> Iterator[Mark]:
    start, reach = source.offsets[item.first], source.end(source.last(item))
    line_end = source.end(item.first + 1)
    marker = _MARKER.match(source.text, start, line_end)
    at = marker.end() if marker else start
    check = _CHECK.match(source.text, at, line_end)
    at = check.end() if check else at
    first = item.children[0] if item.children else None
    own = first is not None and first.kind == "paragraph" and first.first == item.first
    stop = source.end(first.last) if own and first is not None else line_end
    label = _label(source, at, line_end) if own else None
    if label:
        name_start, name_end, label_end, bold = label
        yield Mark(kind="label", key=fold(source.text[name_start:name_end]), start=start,
                   end=label_end, stop=stop, reach=reach, depth=depth,
                   name_start=name_start, name_end=name_end, bold=bold)  # fmt: skip
    elif check:
        yield Mark(kind="check", key=fold(source.text[at:stop]), start=start, end=stop,
                   stop=stop, reach=reach, depth=depth)  # fmt: skip
    else:
        yield Mark(kind="item", key=fold(source.text[at:stop]), start=start, end=at, stop=stop,
                   reach=reach, depth=depth)  # fmt: skip
    yield from _walk(item.children[1:] if own else item.children, source, depth)


def _contents(found: tuple[Mark, ...], body: str) -> tuple[Mark, ...]:
    """The marks with a generated table of contents, from `<!-- toc -->` to its end, as one."""
    result: list[Mark] = []
    opening: Mark | None = None
    for mark in found:
        toc = _TOC.match(body[mark.start : mark.stop]) if mark.kind == "comment" else None
        if toc and not toc["end"]:
            opening = mark
        elif toc and opening:
            result.append(
                Mark(kind="contents", key="toc", start=opening.start, end=mark.stop,
                     stop=mark.stop, reach=mark.stop, depth=0)
            )  # fmt: skip
            opening = None
        elif opening is None:
            result.append(mark)
    return tuple(result)
