"""A document as its template knows it, in one line, and its row in the list of a folder."""

import os
import re
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant import files, parallel
from assistant.errors import DraftError
from assistant.folder.ledger import DocumentRow, make_stamp
from assistant.folder.numbers import parse_name, strip_number
from assistant.markdown.document import Document, load_document
from assistant.markdown.elements import fold_name
from assistant.markdown.escape import clean_text
from assistant.template.align import Alignment, align_document
from assistant.template.particulars import read_particular
from assistant.template.parts import Role
from assistant.template.template import Template, load_template
from assistant.template.unwritten import find_open_questions, find_unwritten_slots

# Nanoseconds in which a second change may leave a file's times as they are: some file systems count
# in steps of two seconds.
_SETTLING_NANOSECONDS = 2_000_000_000
_LONGEST_TITLE = 200  # characters; more is a paragraph that somebody made a heading, by judgement
_NOT_TITLES = ("", "n/a", "none", "-", "tbd")  # what people write where they have no title yet
_DATE = re.compile(r"\b(\d{4})[-/.](\d{2})[-/.](\d{2})\b")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSummary:
    """What one document says; what neither its template nor its own head has a place for is empty.

    `title` is plain words, without the template's own. `unwritten` counts what `check` reports as
    unwritten, `questions` what is open.
    """

    title: str
    status: str
    created: str
    updated: str
    unwritten: int
    questions: int


def summarize_document(template: Template, document: Document) -> DocumentSummary:
    """Return what a document says of itself, as its template knows it."""
    alignment = align_document(template, document)
    return DocumentSummary(
        title=flatten_words(find_own_title(alignment)),
        status=_read_particular(alignment, "status"),
        created=_normalize_date(_read_particular(alignment, "created")),
        updated=_normalize_date(_read_particular(alignment, "updated")),
        unwritten=len(find_unwritten_slots(alignment)),
        questions=len(find_open_questions(alignment)),
    )


def find_own_title(alignment: Alignment) -> str:
    """Return the title, else what a slot for it says, else the first heading, else nothing.

    It is Markdown on one line, less the words that the template has around a title.
    """
    spec = alignment.template.title
    own = alignment.title.section.title if alignment.title else ""
    tops = (section.title for section in alignment.document.sections if section.level == 1)
    # A document may have no title, and sections where others have it.
    sections = {fold_name(one.title) for one in alignment.template.specs if one is not spec}
    nothing = sections.union(_NOT_TITLES)
    before, _, after = (spec.open if spec else None) or ("", "", "")
    for text in (own, _read_particular(alignment, "title"), next(tops, "")):
        if fold_name(text) in nothing or (spec and spec.leaves_open(text)):
            continue
        return " ".join(_strip_template_words(text, before, after).split())
    return ""


def _strip_template_words(title: str, before: str, after: str) -> str:
    """Return a title without the words that the template has around its own."""
    if before.strip() and title.casefold().startswith(before.casefold()):
        title = title[len(before) :]
    if after.strip() and title.casefold().endswith(after.casefold()):
        title = title[: len(title) - len(after)]
    return title


def flatten_words(text: str) -> str:
    """Return Markdown's words on one line: no escapes, nothing that a terminal would obey."""
    words = " ".join(clean_text(_ESCAPED.sub(r"\1", text)).split())
    return words if len(words) <= _LONGEST_TITLE else words[: _LONGEST_TITLE - 1] + "\u2026"


def _read_particular(alignment: Alignment, role: Role) -> str:
    """Return what a document says of itself in the slot with this role, on one line."""
    return flatten_words(read_particular(alignment, role))


def _normalize_date(text: str) -> str:
    """Return the first ISO date in a text, with hyphens, else the text as it is."""
    found = _DATE.search(text)
    return "-".join(found.groups()) if found else text


class RowReader:
    """Reads the documents of a folder by one template, in several processes where that is faster.

    `problems` are the names of those that could not be read, each with the reason.
    """

    def __init__(self, folder: Path, template: Path | None) -> None:
        self.folder = folder
        self.template = load_template(template)
        self.statuses = self.template.statuses()
        self.problems: list[tuple[str, str]] = []

    def rows(self, names: Iterable[str]) -> Iterator[DocumentRow]:
        """Yield a row for each document among the names; note those that can't be read."""
        for row, reason in parallel.map_in_processes(self.read, names):
            if row is not None:
                yield row
                if reason:
                    self.problems.append((row.name, reason))

    def read(self, name: str) -> tuple[DocumentRow | None, str]:
        """Return a document's row, or None if it is none, and why it could not be read."""
        path = self.folder / name
        try:
            return self._row(path), ""
        except OSError as error:
            return _make_unread_row(path), files.translate_os_error(error, path).message
        except DraftError as error:
            return _make_unread_row(path), error.message

    def _row(self, path: Path) -> DocumentRow | None:
        """Return a document's row, or None for a folder. Raises OSError and DraftError."""
        now = time.time_ns()
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            return None
        document = load_document(files.read_document_bytes(path), path.name)
        found = summarize_document(self.template, document)
        # A stamp is given only if it will change with the file's next change: see 014.
        same = make_stamp(path.stat()) == (mark := make_stamp(about))
        settled = now - max(about.st_mtime_ns, about.st_ctime_ns) > _SETTLING_NANOSECONDS
        entry = parse_name(path.name)
        return DocumentRow(
            name=path.name,
            stamp=mark if same and settled else "",
            digits=entry.digits if entry else "",
            status=found.status,
            title=strip_number(found.title, entry) or flatten_words(path.name),
            created=found.created,
            updated=found.updated,
            unwritten=found.unwritten,
            questions=found.questions,
        )


def _make_unread_row(path: Path) -> DocumentRow | None:
    """Return the row of a document that could not be read: its number and its file's name."""
    if not os.path.lexists(path):  # somebody deleted it meanwhile
        return None
    entry = parse_name(path.name)
    return DocumentRow(
        name=path.name,
        stamp="",
        digits=entry.digits if entry else "",
        status="",
        title=flatten_words(path.name),
        created="",
        updated="",
        unwritten=None,
        questions=None,
    )
