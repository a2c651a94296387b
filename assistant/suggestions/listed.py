"""What a document lists of risks and open questions already, and where it does."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.markdown.comments import without_comments
from assistant.markdown.document import Document, Section, lines
from assistant.markdown.elements import Mark, fold, marks, section_marks
from assistant.markdown.tables import cells
from assistant.template.parts import PLACEHOLDER, is_placeholder, role_of

Role = Literal["", "number", "risk", "impact", "likelihood", "mitigation", "section"]
Topic = Literal["", "risks", "questions"]

_RISKS = re.compile(
    r"\b(?:risks?|threats?|failure modes?|what could go wrong|risiken|risiko|risques?|riesgos?|"
    r"rischi|riscos?)\b|\u98ce\u9669|\u30ea\u30b9\u30af"
)
_QUESTIONS = re.compile(
    r"(?:open|unresolved|outstanding|remaining) (?:questions?|issues?|points?)|unknowns|"
    r"offene (?:fragen|punkte)|questions ouvertes|preguntas abiertas|quest\u00f5es em aberto"
)
# What a column holds, by its heading; the first that fits counts.
_COLUMNS: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("number", re.compile(r"#|no\.?|nr\.?|id")),
    ("impact", re.compile(r".*\b(?:impact|severity|consequences?|effect|auswirkung)\b.*")),
    ("likelihood", re.compile(r".*\b(?:likelihood|probability|chance|wahrscheinlichkeit)\b.*")),
    ("mitigation", re.compile(
        r".*\b(?:mitigations?|response|prevention|countermeasures?|\w*massnahmen?)\b.*")),
    ("section", re.compile(r"section|source|where")),
    ("risk", re.compile(
        r"(?:.*\b)?(?:risks?|threats?|description|failure|concern|risiko)(?:\b.*)?")),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of risks: where it stands in its section's body, and what its columns hold."""

    index: int
    mark: Mark
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What a document lists, as texts; `tables` are those of risks.

    `risky` and `asking` are the places in the document of the sections for risks and for questions,
    sub-sections not among them; `own` are all that do nothing but list, sub-sections too.
    """

    risks: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    risky: tuple[int, ...] = ()
    asking: tuple[int, ...] = ()
    own: tuple[int, ...] = ()


def listed(document: Document) -> Listed:
    """What the document lists of risks and open questions, and where."""
    topics = [_topic(section) for section in document.sections]
    inherited = list(_inherited(document, topics))
    risks: list[str] = []
    questions: list[str] = []
    tables: list[Table] = []
    for index, section in enumerate(document.sections):
        topic = inherited[index]
        own = _tables(section, index, risky=topic == "risks")
        tables += own
        risks += [text for table in own for text in _rows(section, table)]
        if topic:
            found = risks if topic == "risks" else questions
            found += [section.title] if section.title and not topics[index] else []
            found += _texts(section, tables=topic == "questions")
    risky = [index for index, topic in enumerate(topics) if topic == "risks"]
    # A title that speaks of failures is the place for risks only where no section is.
    below = [index for index in risky if document.sections[index].level > 1]
    return Listed(
        risks=tuple(risks), questions=tuple(questions), tables=tuple(tables),
        risky=tuple(below or risky),
        asking=tuple(index for index, topic in enumerate(topics) if topic == "questions"),
        own=tuple(index for index, topic in enumerate(inherited) if topic),
    )  # fmt: skip


def _topic(section: Section) -> Topic:
    title = fold(section.title)
    if not section.level:
        return ""
    if role_of(title) == "questions" or _QUESTIONS.search(title):
        return "questions"
    return "risks" if _RISKS.search(title) else ""


def _inherited(document: Document, topics: Sequence[Topic]) -> Iterator[Topic]:
    """Each section's topic, else that of the section it stands under."""
    above: list[tuple[int, Topic]] = []
    for section, topic in zip(document.sections, topics, strict=True):
        while above and above[-1][0] >= section.level:
            above.pop()
        own = topic or (above[-1][1] if above else "")
        # A title is no topic of all that stands under it.
        above.append((section.level, own if section.level > 1 else ""))
        yield own


def _tables(section: Section, index: int, *, risky: bool) -> list[Table]:
    if "|" not in section.body:
        return []
    found: list[Table] = []
    for mark in section_marks(section):
        if mark.kind != "table" or mark.depth or ">" in _margin(section.body, mark):
            continue
        roles = _roles(cells(lines(section.body[mark.start : mark.end])[0]))
        about = {"impact", "likelihood", "mitigation"} & set(roles)
        if "risk" in roles and (about or risky):
            found.append(Table(index=index, mark=mark, roles=roles))
    return found


def _margin(body: str, mark: Mark) -> str:
    return body[mark.start : mark.end].split("|", 1)[0]


def _roles(head: Sequence[str]) -> tuple[Role, ...]:
    """What each column holds, each role at most once."""
    found: list[Role] = []
    for name in head:
        fitting = (role for role, pattern in _COLUMNS if pattern.fullmatch(fold(name)))
        role: Role = next(fitting, "")
        found.append(role if role not in found else "")
    return tuple(found)


def _rows(section: Section, table: Table) -> Iterator[str]:
    """What the risk column of a table says."""
    at = table.roles.index("risk")
    for row in rows(section, table):
        if is_example(row, table.roles):
            continue
        own = cells(row)
        text = without_comments(own[at]).strip() if at < len(own) else ""
        if text:
            yield text


def rows(section: Section, table: Table) -> list[str]:
    """The lines of a table below its head, with their endings."""
    body = section.body[: table.mark.stop]
    return lines(body)[len(lines(section.body[: table.mark.end])) :]


def is_example(line: str, roles: Sequence[Role]) -> bool:
    """Whether a row has nothing that somebody wrote: blanks, bracketed hints, enumerations."""
    row = cells(line)
    own = [without_comments(cell).strip() for cell in row]
    if not all(is_placeholder(cell) for cell in row):
        return False
    at = roles.index("risk")
    text = own[at] if at < len(own) else ""
    return not text or bool(PLACEHOLDER.fullmatch(text))


def _texts(section: Section, *, tables: bool) -> Iterator[str]:
    """What a section says: its list items, each with what is nested in it, its paragraphs."""
    body = section.body
    end = 0
    for mark in marks(body):
        if mark.start < end or mark.kind in ("comment", "fence", "contents", "reference"):
            continue
        if mark.kind == "table" and not tables:
            continue
        end = mark.reach if mark.depth else mark.stop
        text = " ".join(without_comments(body[mark.start : end]).split())
        text = re.sub(r"^[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?", "", text)
        if not is_placeholder(text) and any(character.isalnum() for character in text):
            yield text
