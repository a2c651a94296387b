"""What there is to say of a document in one line: title, status, dates, what it still lacks."""

import re
from dataclasses import dataclass

from assistant.align import Alignment, align
from assistant.document import Document
from assistant.escape import clean
from assistant.mark import fold
from assistant.particulars import particular
from assistant.question import open_questions
from assistant.slot import Role
from assistant.template import Template
from assistant.unwritten import unwritten_slots

_LONGEST = 200  # characters of a title
_NO_TITLE = ("", "n/a", "none", "-", "tbd")
_DATE = re.compile(r"\b(\d{4})[-/.](\d{2})[-/.](\d{2})\b")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One document; what neither its template nor its own head has a place for is empty.

    `title` is plain words, without the template's own. `unwritten` counts what `check` reports as
    unwritten, `questions` what is open.
    """

    title: str
    status: str
    created: str
    updated: str
    unwritten: int
    questions: int


def summary(template: Template, document: Document) -> Summary:
    """The document in one line, as its template knows it."""
    alignment = align(template, document)
    return Summary(
        title=plain(own_title(alignment)),
        status=_said(alignment, "status"),
        created=_date(_said(alignment, "created")),
        updated=_date(_said(alignment, "updated")),
        unwritten=len(unwritten_slots(alignment)),
        questions=len(open_questions(alignment)),
    )


def own_title(alignment: Alignment) -> str:
    """The title, else what a slot for it says, else the first heading, else nothing.

    It is Markdown on one line, less the words that the template has around a title.
    """
    spec = alignment.template.title
    own = next((match.section.title for match in alignment.matches if match.spec is spec), "")
    tops = (section.title for section in alignment.document.sections if section.level == 1)
    sections = {fold(one.title) for one in alignment.template.specs if one is not spec}
    before, _, after = (spec.open if spec else None) or ("", "", "")
    for text in (own, _said(alignment, "title"), next(tops, "")):
        # A document may have no title, and sections where others have it.
        if fold(text) in sections or fold(text) in _NO_TITLE or (spec and spec.leaves_open(text)):
            continue
        return " ".join(_between(text, before, after).split())
    return ""


def _between(title: str, before: str, after: str) -> str:
    """A title without the words that the template has around its own."""
    if before.strip() and title.casefold().startswith(before.casefold()):
        title = title[len(before) :]
    if after.strip() and title.casefold().endswith(after.casefold()):
        title = title[: len(title) - len(after)]
    return title


def plain(text: str) -> str:
    """Markdown's words on one line: no escapes, nothing that a terminal would obey."""
    words = " ".join(clean(_ESCAPED.sub(r"\1", text)).split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "\u2026"


def _said(alignment: Alignment, role: Role) -> str:
    return plain(particular(alignment, role))


def _date(text: str) -> str:
    found = _DATE.search(text)
    return "-".join(found.groups()) if found else text
