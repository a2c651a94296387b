"""The table of all documents between two marker comments: pure, and byte-exact outside of them."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from assistant import files
from assistant.errors import DraftError, Exit
from assistant.folder.catalog import Catalog
from assistant.folder.summary import DocumentRow
from assistant.markdown.blocks import Block
from assistant.markdown.document import lines, load, parse

BEGIN = "<!-- draft:index -->"
END = "<!-- /draft:index -->"
FILE = "README.md"
HEADING = "# Design documents"
_HEADER = ("| Number | Title | Status | Updated |", "|---|---|---|---|")
_UNNUMBERED = "\u2013"
_SPECIAL = re.compile(r"[\\`*\[\]<>|~]|&(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])")
_RAW = re.compile(r"<(?:!--|pre|script|style|textarea)\b|<!--", re.IGNORECASE)
_UNSAFE = re.compile(r"[^\w./~-]|[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A document in the table; `path` is where it is from the table's file, with slashes."""

    number: str
    path: str
    title: str
    status: str
    updated: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """What stands between the markers: offsets in the text; `line` is the first marker's."""

    start: int
    end: int
    line: int


def region(text: str) -> Region | None:
    """Where the table belongs; None where there are no markers.

    Markers in fences, lists and comments are none. Raises DraftError (exit code 4) for one without
    the other, or two of a kind.
    """
    found = list(_markers(text))
    if not found:
        return None
    if [kind for kind, *_ in found] != [BEGIN, END]:
        raise DraftError(
            "the index's markers are not one pair.", code="bad-markers", exit_code=Exit.FILE,
            hint=f"There must be one {BEGIN} and one {END} behind it, on lines of their own.",
        )  # fmt: skip
    (_, _, start, line), (_, end, _, _) = found
    return Region(start=start, end=end, line=line)


def _markers(text: str) -> Iterator[tuple[str, int, int, int]]:
    """Each marker: which, where its line begins and ends, and the line's number."""
    if BEGIN not in text and END not in text:
        return
    for section in parse(text).sections:
        body = lines(section.body)
        at = section.body_start
        offsets = [at, *(at := at + len(line) for line in body)]
        first = section.line + len(lines(section.heading))
        for number in _alone(section.blocks, body):
            words = body[number].strip()
            if words in (BEGIN, END):
                yield words, offsets[number], offsets[number + 1], first + number


def _alone(blocks: Sequence[Block], body: Sequence[str]) -> Iterator[int]:
    """The lines of HTML that are what they seem: in no comment, and in nothing kept raw."""
    for block in blocks:
        if block.kind == "html" and (
            block.last == block.first + 1 or not _RAW.match(body[block.first].lstrip())
        ):
            yield from range(block.first, block.last)


def placed(text: str, entries: Sequence[Entry]) -> str:
    """The text with the table between its markers, which are added at the end where it has none.

    Raises DraftError (exit code 4) where the markers cannot be understood.
    """
    newline = parse(text).newline
    table = "".join(line + newline for line in ("", *_table(entries), ""))
    where = region(text)
    if where is not None:
        return text[: where.start] + table + text[where.end :]
    lead = "" if not text.strip("\ufeff") else newline
    if lead and not text.endswith(("\n", "\r")):
        lead += newline
    new = f"{text}{lead}{BEGIN}{newline}{table}{END}{newline}"
    try:
        found = region(new)
    except DraftError:  # one of the new markers is inside of what is open
        found = None
    if found is None:
        raise DraftError(
            "a fence or a comment is open at the end, where the index belongs.",
            code="bad-markers", exit_code=Exit.FILE,
            hint=f"Close it, or put {BEGIN} and {END} where the index is to be.",
        )  # fmt: skip
    return new


def made(entries: Sequence[Entry]) -> str:
    """A file that holds a heading and the table."""
    return placed(f"{HEADING}\n", entries)


def _table(entries: Sequence[Entry]) -> tuple[str, ...]:
    if not entries:
        return ("No documents yet.",)
    rows = (
        f"| [{cell(one.number) or _UNNUMBERED}]({_link(one.path)}) | {cell(one.title)} "
        f"| {cell(one.status)} | {cell(one.updated)} |"
        for one in entries
    )
    return (*_HEADER, *rows)


def cell(text: str) -> str:
    """A text as a cell shows it: nothing in it is markup, and no pipe is a border."""
    words = text.encode("utf-8", "replace").decode()
    return _SPECIAL.sub(lambda found: "\\" + found[0], " ".join(words.split()))


def _link(path: str) -> str:
    """A path as a link's target; letters of any script stay readable."""
    return _UNSAFE.sub(lambda found: quote(found[0], errors="surrogateescape"), path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """An index file before and after; `before` is None where there was no file.

    `marked` says whether it had its markers.
    """

    path: Path
    before: str | None
    after: str
    marked: bool = True

    @property
    def changed(self) -> bool:
        """Whether the file is not as it ought to be."""
        return self.before != self.after


def indexed(path: Path, found: Catalog) -> Indexed:
    """Return the index file at `path` as it is and as it ought to be.

    Raises DraftError (exit code 4).
    """
    if not os.path.lexists(path):
        return Indexed(path=path, before=None, after=made(list_rows(path, found)))
    return renew_index(path, files.read(path), found)


def renew_index(path: Path, data: bytes, found: Catalog) -> Indexed:
    """Return an index file that holds `data` as it is and as it ought to be."""
    entries = list_rows(path, found)
    text = load(data, str(path)).text
    try:
        marked = region(text) is not None
        after = placed(text, entries)
    except DraftError as error:
        error.where = str(path)
        raise
    return Indexed(path=path, before=text, after=after, marked=marked)


def list_rows(path: Path, found: Catalog) -> tuple[Entry, ...]:
    """The folder's documents, as a file at `path` links them; the file itself is none."""
    own = os.path.realpath(path)
    real = os.path.realpath(found.folder)
    start = os.path.dirname(own)  # noqa: PTH120  beside realpath
    above = os.path.relpath(real, start)
    return tuple(
        _entry(document, above)
        for document in found.rows
        if os.path.join(real, document.name) != own  # noqa: PTH118
    )


def _entry(document: DocumentRow, above: str) -> Entry:
    path = document.name if above == "." else f"{above.replace(os.sep, '/')}/{document.name}"
    return Entry(
        number=document.digits, path=path, title=document.title, status=document.status,
        updated=document.updated,
    )  # fmt: skip
