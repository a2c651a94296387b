"""Tables of a database."""

import pytest

from assistant.lint.analyses import database
from assistant.lint.analyses.chapters import SCHEMA, Chapter, collect_chapters
from assistant.markdown.document import parse_document
from assistant.template.align import align_document
from assistant.template.template import load_template

SERVICES = "### Services / Business Logic\n#### Store\n{}\n"


def of(sql: str, rest: str = "", language: str = "sql") -> dict[str, Chapter]:
    text = f"## Detailed Design\n\n### Schema Updates\n```{language}\n{sql}\n```\n\n{rest}"
    return collect_chapters(align_document(load_template(None), parse_document(text)))


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("CREATE TABLE a (id INT);", [("a", "a", True)]),
        ('create table if not exists "S"."A b" (id INT);', [('"S"."A b"', "a b", True)]),
        ("ALTER TABLE ONLY `a` ADD COLUMN b INT;", [("`a`", "a", False)]),
        ("DROP TABLE IF EXISTS [dbo].[A];", [("[dbo].[A]", "a", False)]),
        ("CREATE TABLE a (i INT); ALTER TABLE a ADD b INT;", [("a", "a", True)]),
        ("-- ALTER TABLE a\n/* DROP TABLE b */ /* CREATE TABLE c", []),
        ("CREATE INDEX i ON a (b); CREATE VIEW v AS SELECT 1;", []),
    ],
)
def test_relations(sql: str, expected: list[tuple[str, str, bool]]) -> None:
    """Tables are found by their statements, with or without schema, quotes and conditions."""
    found = database.list_table_changes(of(sql)[SCHEMA])

    assert [(table.text, table.name, table.made) for table in found] == expected


def test_other_languages() -> None:
    """Only SQL is read as such."""
    assert (
        database.list_table_changes(of("CREATE TABLE a (id INT);", language="text")[SCHEMA]) == ()
    )


def test_unmigrated() -> None:
    """A changed table is left out where the plan has another one, and neither it nor its column."""
    sql = "ALTER TABLE cats ADD COLUMN fur INT;\nALTER TABLE dogs ADD COLUMN tail INT;"
    plan = "### Data Migration Plan\n- **Migration strategy:** {}\n"

    def left(told: str) -> list[str]:
        return [table.name for table in database.find_unmigrated_tables(of(sql, plan.format(told)))]

    assert left("Cats are combed.") == ["dogs"]
    assert left("Cats are combed, and each tail is measured.") == []
    assert left("Cats are combed; all tables are vacuumed.") == []
    assert left("By a script.") == []


def test_idle() -> None:
    """A new table is idle where another is spoken of, and it is not."""
    sql = "CREATE TABLE cats (id INT); CREATE TABLE dogs (id INT);"
    found = of(sql, SERVICES.format("Cats purr."))

    assert [table.name for table in database.find_idle_tables(found, "Cats purr.")] == ["dogs"]
    assert list(database.find_idle_tables(found, "Cats flee from a dog.")) == []
    assert list(database.find_idle_tables(found, "Katzen")) == []
