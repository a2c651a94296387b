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
from assistant.folder.ledger import DocumentRow
from assistant.markdown.blocks import Block, split_lines
from assistant.markdown.document import load_document, parse_document

BEGIN_MARKER = "<!-- draft:index -->"
END_MARKER = "<!-- /draft:index -->"
INDEX_FILE = "README.md"
INDEX_HEADING = "# Design documents"
_TABLE_HEADER = ("| Number | Title | Status | Updated |", "|---|---|---|---|")
_NO_NUMBER = "\u2013"
_SPECIAL_CHARACTERS = re.compile(r"[\\`*\[\]<>|~]|&(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])")
_RAW_HTML = re.compile(r"<(?:!--|pre|script|style|textarea)\b|<!--", re.IGNORECASE)
_UNSAFE_IN_LINK = re.compile(r"[^\w./~-]|[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRow:
    """A document in the table; `path` is where it is from the table's file, with slashes."""

    number: str
    path: str
    title: str
    status: str
    updated: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRegion:
    """What stands between the markers: offsets in the text; `line` is the first marker's."""

    start: int
    end: int
    line: int


def find_index_region(text: str) -> IndexRegion | None:
    """Return where the table belongs, or None without markers.

    Markers in fences, lists and comments are none. Raises DraftError (exit code 4) for one without
    the other, or two of a kind.
    """
    found = list(_find_markers(text))
    if not found:
        return None
    if [kind for kind, *_ in found] != [BEGIN_MARKER, END_MARKER]:
        raise DraftError(
            "the index's markers are not one pair.",
            code="bad-markers",
            exit_code=Exit.FILE,
            hint=f"There must be one {BEGIN_MARKER} and one {END_MARKER} behind it, on lines of "
            "their own.",
        )
    (_, _, start, line), (_, end, _, _) = found
    return IndexRegion(start=start, end=end, line=line)


def _find_markers(text: str) -> Iterator[tuple[str, int, int, int]]:
    """Yield each marker: which, where its line begins and ends, and the line's number."""
    if BEGIN_MARKER not in text and END_MARKER not in text:
        return
    for section in parse_document(text).sections:
        body = split_lines(section.body)
        at = section.body_start
        offsets = [at, *(at := at + len(line) for line in body)]
        first = section.line + len(split_lines(section.heading))
        for number in _find_html_lines(section.blocks, body):
            words = body[number].strip()
            if words in (BEGIN_MARKER, END_MARKER):
                yield words, offsets[number], offsets[number + 1], first + number


def _find_html_lines(blocks: Sequence[Block], body: Sequence[str]) -> Iterator[int]:
    """Yield the lines of HTML that are what they seem: in no comment, and in nothing kept raw."""
    for block in blocks:
        if block.kind == "html" and (
            block.last == block.first + 1 or not _RAW_HTML.match(body[block.first].lstrip())
        ):
            yield from range(block.first, block.last)


def put_index(text: str, entries: Sequence[IndexRow]) -> str:
    """Return the text with the table between its markers, added at the end if it has none.

    Raises DraftError (exit code 4) where the markers cannot be understood.
    """
    newline = parse_document(text).newline
    table = "".join(line + newline for line in ("", *_make_table(entries), ""))
    where = find_index_region(text)
    if where is not None:
        return text[: where.start] + table + text[where.end :]
    lead = "" if not text.strip("\ufeff") else newline
    if lead and not text.endswith(("\n", "\r")):
        lead += newline
    new = f"{text}{lead}{BEGIN_MARKER}{newline}{table}{END_MARKER}{newline}"
    try:
        found = find_index_region(new)
    except DraftError:  # one of the new markers is inside of what is open
        found = None
    if found is None:
        raise DraftError(
            "a fence or a comment is open at the end, where the index belongs.",
            code="bad-markers",
            exit_code=Exit.FILE,
            hint=f"Close it, or put {BEGIN_MARKER} and {END_MARKER} where the index is to be.",
        )
    return new


def make_index(entries: Sequence[IndexRow]) -> str:
    """Return the text of a file that holds a heading and the table."""
    return put_index(f"{INDEX_HEADING}\n", entries)


def _make_table(entries: Sequence[IndexRow]) -> tuple[str, ...]:
    """Return the lines of the table, or of what is said without documents."""
    if not entries:
        return ("No documents yet.",)
    rows = (
        f"| [{escape_cell(one.number) or _NO_NUMBER}]({_quote_path(one.path)}) "
        f"| {escape_cell(one.title)} "
        f"| {escape_cell(one.status)} | {escape_cell(one.updated)} |"
        for one in entries
    )
    return (*_TABLE_HEADER, *rows)


def escape_cell(text: str) -> str:
    """Return a text as a cell shows it: nothing in it is markup, and no pipe is a border."""
    words = text.encode("utf-8", "replace").decode()
    return _SPECIAL_CHARACTERS.sub(lambda found: "\\" + found[0], " ".join(words.split()))


def _quote_path(path: str) -> str:
    """Return a path as a link's target; letters of any script stay readable."""
    return _UNSAFE_IN_LINK.sub(lambda found: quote(found[0], errors="surrogateescape"), path)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFile:
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


def read_index(path: Path, found: Catalog) -> IndexFile:
    """Return the index file at `path` as it is and as it ought to be.

    Raises DraftError (exit code 4).
    """
    if not os.path.lexists(path):
        return IndexFile(path=path, before=None, after=make_index(list_index_rows(path, found)))
    return renew_index(path, files.read_document_bytes(path), found)


def renew_index(path: Path, data: bytes, found: Catalog) -> IndexFile:
    """Return an index file that holds `data` as it is and as it ought to be."""
    entries = list_index_rows(path, found)
    text = load_document(data, str(path)).text
    try:
        marked = find_index_region(text) is not None
        after = put_index(text, entries)
    except DraftError as error:
        error.where = str(path)
        raise
    return IndexFile(path=path, before=text, after=after, marked=marked)


def list_index_rows(path: Path, found: Catalog) -> tuple[IndexRow, ...]:
    """Return the folder's documents as a file at `path` links them, itself left out."""
    own = os.path.realpath(path)
    real = os.path.realpath(found.folder)
    start = os.path.dirname(own)  # noqa: PTH120  beside realpath
    above = os.path.relpath(real, start)
    return tuple(
        _make_row(document, above)
        for document in found.rows
        if os.path.join(real, document.name) != own  # noqa: PTH118
    )


def _make_row(document: DocumentRow, above: str) -> IndexRow:
    """Return a document's row; `above` is its folder's path from the table's file."""
    path = document.name if above == "." else f"{above.replace(os.sep, '/')}/{document.name}"
    return IndexRow(
        number=document.digits,
        path=path,
        title=document.title,
        status=document.status,
        updated=document.updated,
    )
