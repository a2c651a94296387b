"""The risks and open questions that a document lists already, and where it does."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.markdown.blocks import split_lines
from assistant.markdown.comments import strip_comments
from assistant.markdown.document import Document, Section
from assistant.markdown.elements import Mark, fold_name
from assistant.markdown.tables import split_cells
from assistant.template.parts import PLACEHOLDER, find_role, is_placeholder

ColumnRole = Literal["", "number", "risk", "impact", "likelihood", "mitigation", "section"]
ListTopic = Literal["", "risks", "questions"]

_RISKS_TITLE = re.compile(
    r"\b(?:risks?|threats?|failure modes?|what could go wrong|risiken|risiko|risques?|riesgos?|"
    r"rischi|riscos?)\b|\u98ce\u9669|\u30ea\u30b9\u30af"
)
_QUESTIONS_TITLE = re.compile(
    r"(?:open|unresolved|outstanding|remaining) (?:questions?|issues?|points?)|unknowns|"
    r"offene (?:fragen|punkte)|questions ouvertes|preguntas abiertas|quest\u00f5es em aberto"
)
# What a column holds, by its heading; the first that fits counts.
_COLUMN_ROLES: tuple[tuple[ColumnRole, re.Pattern[str]], ...] = (
    ("number", re.compile(r"#|no\.?|nr\.?|id")),
    ("impact", re.compile(r".*\b(?:impact|severity|consequences?|effect|auswirkung)\b.*")),
    ("likelihood", re.compile(r".*\b(?:likelihood|probability|chance|wahrscheinlichkeit)\b.*")),
    (
        "mitigation",
        re.compile(r".*\b(?:mitigations?|response|prevention|countermeasures?|\w*massnahmen?)\b.*"),
    ),
    ("section", re.compile(r"section|source|where")),
    (
        "risk",
        re.compile(r"(?:.*\b)?(?:risks?|threats?|description|failure|concern|risiko)(?:\b.*)?"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskTable:
    """A table of risks: where it stands in its section's body, and what its columns hold."""

    index: int
    mark: Mark
    roles: tuple[ColumnRole, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedItems:
    """What a document lists, as texts; `tables` are those of risks.

    `risky` and `asking` are the places in the document of the sections for risks and for questions,
    sub-sections not among them; `own` are all that do nothing but list, sub-sections too.
    """

    risks: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    tables: tuple[RiskTable, ...] = ()
    risky: tuple[int, ...] = ()
    asking: tuple[int, ...] = ()
    own: tuple[int, ...] = ()


def find_listed_items(document: Document) -> ListedItems:
    """Return the risks and open questions that the document lists, and where it does."""
    topics = [_find_topic(section) for section in document.sections]
    inherited = list(_inherit_topics(document, topics))
    risks: list[str] = []
    questions: list[str] = []
    tables: list[RiskTable] = []
    for index, section in enumerate(document.sections):
        topic = inherited[index]
        own = _find_risk_tables(section, index, risky=topic == "risks")
        tables += own
        risks += [text for table in own for text in _list_table_risks(section, table)]
        if topic:
            found = risks if topic == "risks" else questions
            found += [section.title] if section.title and not topics[index] else []
            found += _list_section_texts(section, tables=topic == "questions")
    risky = [index for index, topic in enumerate(topics) if topic == "risks"]
    # A title that speaks of failures is the place for risks only if no section is.
    below = [index for index in risky if document.sections[index].level > 1]
    return ListedItems(
        risks=tuple(risks),
        questions=tuple(questions),
        tables=tuple(tables),
        risky=tuple(below or risky),
        asking=tuple(index for index, topic in enumerate(topics) if topic == "questions"),
        own=tuple(index for index, topic in enumerate(inherited) if topic),
    )


def _find_topic(section: Section) -> ListTopic:
    title = fold_name(section.title)
    if not section.level:
        return ""
    if find_role(title) == "questions" or _QUESTIONS_TITLE.search(title):
        return "questions"
    return "risks" if _RISKS_TITLE.search(title) else ""


def _inherit_topics(document: Document, topics: Sequence[ListTopic]) -> Iterator[ListTopic]:
    """Yield each section's own topic or that of the section which it stands under."""
    above: list[tuple[int, ListTopic]] = []
    for section, topic in zip(document.sections, topics, strict=True):
        while above and above[-1][0] >= section.level:
            above.pop()
        own = topic or (above[-1][1] if above else "")
        # A title is no topic of all that stands under it.
        above.append((section.level, own if section.level > 1 else ""))
        yield own


def _find_risk_tables(section: Section, index: int, *, risky: bool) -> list[RiskTable]:
    if "|" not in section.body:
        return []
    found: list[RiskTable] = []
    for mark in section.marks:
        if mark.kind != "table" or mark.depth or ">" in _get_margin(section.body, mark):
            continue
        roles = _match_roles(split_cells(split_lines(section.body[mark.start : mark.end])[0]))
        about = {"impact", "likelihood", "mitigation"} & set(roles)
        if "risk" in roles and (about or risky):
            found.append(RiskTable(index=index, mark=mark, roles=roles))
    return found


def _get_margin(body: str, mark: Mark) -> str:
    return body[mark.start : mark.end].split("|", 1)[0]


def _match_roles(head: Sequence[str]) -> tuple[ColumnRole, ...]:
    """Return the role of each column by its heading, each role at most once."""
    found: list[ColumnRole] = []
    for name in head:
        fitting = (role for role, pattern in _COLUMN_ROLES if pattern.fullmatch(fold_name(name)))
        role: ColumnRole = next(fitting, "")
        found.append(role if role not in found else "")
    return tuple(found)


def _list_table_risks(section: Section, table: RiskTable) -> Iterator[str]:
    """Yield the texts in the risk column of a table."""
    at = table.roles.index("risk")
    for row in list_body_rows(section, table):
        if is_example_row(row, table.roles):
            continue
        own = split_cells(row)
        text = strip_comments(own[at]).strip() if at < len(own) else ""
        if text:
            yield text


def list_body_rows(section: Section, table: RiskTable) -> list[str]:
    """Return the lines of a table below its head, with their endings."""
    body = section.body[: table.mark.stop]
    return split_lines(body)[len(split_lines(section.body[: table.mark.end])) :]


def is_example_row(line: str, roles: Sequence[ColumnRole]) -> bool:
    """Return whether nobody wrote anything in a row: blanks, hints and enumerations alone."""
    row = split_cells(line)
    own = [strip_comments(cell).strip() for cell in row]
    if not all(is_placeholder(cell) for cell in row):
        return False
    at = roles.index("risk")
    text = own[at] if at < len(own) else ""
    return not text or bool(PLACEHOLDER.fullmatch(text))


def _list_section_texts(section: Section, *, tables: bool) -> Iterator[str]:
    """Yield a section's list items, each with what is nested in it, and its paragraphs."""
    body = section.body
    end = 0
    for mark in section.marks:
        if mark.start < end or mark.kind in ("comment", "fence", "contents", "reference"):
            continue
        if mark.kind == "table" and not tables:
            continue
        end = mark.reach if mark.depth else mark.stop
        text = " ".join(strip_comments(body[mark.start : end]).split())
        text = re.sub(r"^[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?", "", text)
        if not is_placeholder(text) and any(character.isalnum() for character in text):
            yield text
