"""Tables of a database: which are made or changed, and whether the rest of a document knows."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from assistant.lint.analyses.chapters import (
    LIFECYCLE,
    MAX_NAMES,
    MIGRATION,
    SCHEMA,
    SERVICES,
    Chapter,
)
from assistant.lint.analyses.words import WordIndex, collect_words, list_singular_words

_SQL_LANGUAGES = ("", "sql", "psql", "postgres", "postgresql", "mysql", "sqlite", "tsql", "plsql")
_NAME_PIECE = r'(?:[\w$]+|"[^"\n]{1,80}"|`[^`\n]{1,80}`|\[[^\]\n]{1,80}\])'
_STATEMENT = re.compile(
    r"\b(?P<verb>CREATE|ALTER|DROP)\s+(?:(?:OR\s+REPLACE|TEMP|TEMPORARY|UNLOGGED|FOREIGN|EXTERNAL"
    r"|GLOBAL|LOCAL)\s+){0,3}TABLE\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?:ONLY\s+)?"
    rf"(?P<name>{_NAME_PIECE}(?:\.{_NAME_PIECE}){{0,3}})",
    re.IGNORECASE,
)
_COLUMN = re.compile(
    r"\b(?:(?:ADD|ALTER|DROP|RENAME|MODIFY|CHANGE)\s+COLUMN\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?"
    r"|RENAME\s+TO\s+|ADD\s+(?!CONSTRAINT|COLUMN|PRIMARY|FOREIGN|UNIQUE|INDEX|CHECK))"
    rf"(?P<name>{_NAME_PIECE})",
    re.IGNORECASE,
)
# Words that say that a name is a table's: prose about `order_items_map` leaves them out.
_TABLE_WORDS = collect_words(
    "assoc data entry info join link list map mapping record rel relation table tbl xref",
)
_COMMENT = re.compile(r"--[^\n]*|/\*(?:.*?\*/|.*)", re.DOTALL)
# A plan that speaks of all tables at once leaves none out.
_ALL_TABLES = re.compile(
    r"\b(?:all|both|each|every|any|other|remaining|rest of the|these|two|three|four|five|\d+)\s+"
    r"(?:\w+\s+){0,2}(?:tables?|columns?|changes?|statements?)\b"
    r"|\b(?:all|everything|nothing) else\b|\bthe (?:others|rest)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChange:
    """A table that a statement names from `start` to `end`; `columns` are those it changes."""

    text: str
    start: int
    end: int
    made: bool
    name: str
    columns: tuple[str, ...]


def list_table_changes(chapter: Chapter) -> tuple[TableChange, ...]:
    """Return the tables that a chapter's statements make or change, each once; none if too many."""
    found: dict[str, TableChange] = {}
    for mark in chapter.marks:
        if mark.kind == "fence" and mark.key in _SQL_LANGUAGES:
            for relation in _parse_statements(chapter, mark.end, mark.stop):
                before = found.get(relation.name)
                if before is None:
                    found[relation.name] = relation
                elif not before.made:
                    found[relation.name] = _join_changes(before, relation)
    return tuple(found.values()) if len(found) <= MAX_NAMES else ()


def _parse_statements(chapter: Chapter, start: int, stop: int) -> Iterator[TableChange]:
    code = _COMMENT.sub(lambda found: " " * len(found[0]), chapter.text[start:stop])
    statements = list(_STATEMENT.finditer(code))
    for number, match in enumerate(statements):
        after = statements[number + 1].start() if number + 1 < len(statements) else len(code)
        text = match["name"]
        yield TableChange(
            text=text,
            start=chapter.start + start + match.start("name"),
            end=chapter.start + start + match.end("name"),
            made=match["verb"].upper() == "CREATE",
            name=_strip_quotes(re.findall(_NAME_PIECE, text)[-1]),
            columns=tuple(
                _strip_quotes(c["name"]) for c in _COLUMN.finditer(code, match.end(), after)
            ),
        )


def _join_changes(before: TableChange, after: TableChange) -> TableChange:
    """Return two changes of one table as one, which stands where the first does."""
    made, columns = before.made or after.made, before.columns + after.columns
    return replace(before, made=made, columns=columns)


def _strip_quotes(name: str) -> str:
    return name.strip('"`[]').casefold()


def find_unmigrated_tables(found: Mapping[str, Chapter]) -> Iterator[TableChange]:
    """Yield the changed tables that a plan leaves out, if it names others and not all at once."""
    if SCHEMA not in found or MIGRATION not in found:
        return
    tables = list_table_changes(found[SCHEMA])
    plan = found[MIGRATION].text
    index = WordIndex(plan, whole=True)
    changed = [table for table in tables if not table.made]
    left = [table for table in changed if not _is_spoken_of(table, index, tables)]
    if len(left) < len(changed) and not _ALL_TABLES.search(plan):
        yield from left


def _is_spoken_of(table: TableChange, index: WordIndex, tables: tuple[TableChange, ...]) -> bool:
    """Whether a text speaks of a table or of one of the columns that are changed."""
    return _is_hinted(table, index, tables) or any(
        list_singular_words(name) and index.holds(list_singular_words(name))
        for name in table.columns
    )


def _is_hinted(table: TableChange, index: WordIndex, tables: tuple[TableChange, ...]) -> bool:
    """Whether a text names a table, or has any of the words that only this table's name has."""
    others = {other.name for other in tables} - {table.name}
    taken = {word for name in others for word in list_singular_words(name)}
    subject = _find_subject(table.name)
    if index.holds(subject, others, shortened=True):
        return True
    own = [word for word in subject if word not in taken]
    return any(index.holds((word,), others, shortened=True) for word in own)


def find_idle_tables(found: Mapping[str, Chapter], rest: str) -> Iterator[TableChange]:
    """Yield the new tables that no other text speaks of, if it speaks of at least half of them."""
    if SCHEMA not in found or not (LIFECYCLE in found or SERVICES in found):
        return
    made = tuple(
        t for t in list_table_changes(found[SCHEMA]) if t.made and list_singular_words(t.name)
    )
    index = WordIndex(rest, whole=True)
    left = [table for table in made if not _is_hinted(table, index, made)]
    if len(left) * 2 <= len(made):
        yield from left


def _find_subject(name: str) -> tuple[str, ...]:
    """Return what a table is about: the words of its name but for those that say it is a table."""
    own = list_singular_words(name)
    return tuple(word for word in own if word not in _TABLE_WORDS) or own
