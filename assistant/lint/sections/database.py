"""Tables of a database: which are made or changed, and whether the rest of a document knows."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assistant.lint.sections.chapters import LIFECYCLE, MIGRATION, MOST, SCHEMA, SERVICES, Chapter
from assistant.lint.sections.words import Index, words
from assistant.markdown.elements import marks

_LANGUAGES = ("", "sql", "psql", "postgres", "postgresql", "mysql", "sqlite", "tsql", "plsql")
_PIECE = r'(?:[\w$]+|"[^"\n]{1,80}"|`[^`\n]{1,80}`|\[[^\]\n]{1,80}\])'
_STATEMENT = re.compile(
    r"\b(?P<verb>CREATE|ALTER|DROP)\s+(?:(?:OR\s+REPLACE|TEMP|TEMPORARY|UNLOGGED|FOREIGN|EXTERNAL"
    r"|GLOBAL|LOCAL)\s+){0,3}TABLE\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?:ONLY\s+)?"
    rf"(?P<name>{_PIECE}(?:\.{_PIECE}){{0,3}})",
    re.IGNORECASE,
)
_COLUMN = re.compile(
    r"\b(?:(?:ADD|ALTER|DROP|RENAME|MODIFY|CHANGE)\s+COLUMN\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?"
    r"|RENAME\s+TO\s+|ADD\s+(?!CONSTRAINT|COLUMN|PRIMARY|FOREIGN|UNIQUE|INDEX|CHECK))"
    rf"(?P<name>{_PIECE})",
    re.IGNORECASE,
)
_FORMS = frozenset({
    "assoc", "data", "entry", "info", "join", "link", "list", "map", "mapping", "record", "rel",
    "relation", "table", "tbl", "xref",
})  # fmt: skip
_COMMENT = re.compile(r"--[^\n]*|/\*(?:.*?\*/|.*)", re.DOTALL)
_ALL = re.compile(
    r"\b(?:all|both|each|every|any|other|remaining|rest of the|these|two|three|four|five|\d+)\s+"
    r"(?:\w+\s+){0,2}(?:tables?|columns?|changes?|statements?)\b"
    r"|\b(?:all|everything|nothing) else\b|\bthe (?:others|rest)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A table that a statement names from `start` to `end`; `columns` are those it changes."""

    text: str
    start: int
    end: int
    made: bool
    name: str
    columns: tuple[str, ...]


def list_tables(chapter: Chapter) -> tuple[Relation, ...]:
    """The tables that a chapter's statements make or change, each once; none where too many."""
    found: dict[str, Relation] = {}
    for mark in marks(chapter.text):
        if mark.kind == "fence" and mark.key in _LANGUAGES:
            for relation in _statements(chapter, mark.end, mark.stop):
                before = found.get(relation.name)
                if before is None:
                    found[relation.name] = relation
                elif not before.made:
                    found[relation.name] = _joined(before, relation)
    return tuple(found.values()) if len(found) <= MOST else ()


def _statements(chapter: Chapter, start: int, stop: int) -> Iterator[Relation]:
    code = _COMMENT.sub(lambda found: " " * len(found[0]), chapter.text[start:stop])
    statements = list(_STATEMENT.finditer(code))
    for number, match in enumerate(statements):
        after = statements[number + 1].start() if number + 1 < len(statements) else len(code)
        text = match["name"]
        yield Relation(
            text=text,
            start=chapter.start + start + match.start("name"),
            end=chapter.start + start + match.end("name"),
            made=match["verb"].upper() == "CREATE",
            name=_bare(re.findall(_PIECE, text)[-1]),
            columns=tuple(_bare(c["name"]) for c in _COLUMN.finditer(code, match.end(), after)),
        )


def _joined(before: Relation, after: Relation) -> Relation:
    return Relation(
        text=before.text, start=before.start, end=before.end, made=after.made or before.made,
        name=before.name, columns=before.columns + after.columns,
    )  # fmt: skip


def _bare(name: str) -> str:
    return name.strip('"`[]').casefold()


def find_unmigrated_tables(found: Mapping[str, Chapter]) -> Iterator[Relation]:
    """Tables that are changed and that a plan leaves out which names others that are."""
    if SCHEMA not in found or MIGRATION not in found:
        return
    tables = list_tables(found[SCHEMA])
    plan = found[MIGRATION].text
    index = Index(plan, whole=True)
    changed = [table for table in tables if not table.made]
    left = [table for table in changed if not _told(table, index, tables)]
    if len(left) < len(changed) and not _ALL.search(plan):
        yield from left


def _told(table: Relation, index: Index, tables: tuple[Relation, ...]) -> bool:
    """Whether a text speaks of a table or of one of the columns that are changed."""
    return _hinted(table, index, tables) or any(
        words(name) and index.holds(words(name)) for name in table.columns
    )


def _hinted(table: Relation, index: Index, tables: tuple[Relation, ...]) -> bool:
    """Whether a text names a table, or has any of the words that only this table's name has."""
    others = {other.name for other in tables} - {table.name}
    taken = {word for name in others for word in words(name)}
    subject = _subject(table.name)
    if index.holds(subject, others, shortened=True):
        return True
    own = [word for word in subject if word not in taken]
    return any(index.holds((word,), others, shortened=True) for word in own)


def find_idle_tables(found: Mapping[str, Chapter], rest: str) -> Iterator[Relation]:
    """Tables that are made and that no other text speaks of, where at least half are spoken of."""
    if SCHEMA not in found or not (LIFECYCLE in found or SERVICES in found):
        return
    made = tuple(t for t in list_tables(found[SCHEMA]) if t.made and words(t.name))
    index = Index(rest, whole=True)
    left = [table for table in made if not _hinted(table, index, made)]
    if len(left) * 2 <= len(made):
        yield from left


def _subject(name: str) -> tuple[str, ...]:
    """What a table is about: the words of its name less those that say that it is a table."""
    own = words(name)
    return tuple(word for word in own if word not in _FORMS) or own
