"""D704: a table is changed that the migration plan leaves out, though it names others."""

from collections.abc import Iterator

from assistant.lint.analyses.chapters import SCHEMA, find_chapters, point_at_name
from assistant.lint.analyses.database import find_unmigrated_tables
from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument

_MESSAGE = (
    "is changed under Schema Updates and left out of Data Migration Plan: say there "
    "what happens to its data, or that nothing does."
)


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    chapters = subject.once(find_chapters)
    for one in find_unmigrated_tables(chapters.written):
        yield point_at_name(one, chapters.written[SCHEMA].title, _MESSAGE)


RULE = DocumentRule(
    code="D704",
    name="table-not-migrated",
    severity="warning",
    on=False,
    about="A table is changed that the migration plan leaves out, though it names others.",
    why="Whether its rows have to change is then decided on the day of the migration.",
    mend="Say in the migration plan what happens to its rows, even if that is nothing.",
    example=Example(
        template="## Schema Updates\n\n## Data Migration Plan\n",
        fails=(
            "## Schema Updates\n"
            "\n"
            "```sql\n"
            "ALTER TABLE orders ADD COLUMN total INT;\n"
            "ALTER TABLE parcels ADD COLUMN weight INT;\n"
            "```\n"
            "\n"
            "## Data Migration Plan\n"
            "\n"
            "Orders get a total of zero.\n"
        ),
        passes=(
            "## Schema Updates\n"
            "\n"
            "```sql\n"
            "ALTER TABLE orders ADD COLUMN total INT;\n"
            "ALTER TABLE parcels ADD COLUMN weight INT;\n"
            "```\n"
            "\n"
            "## Data Migration Plan\n"
            "\n"
            "Orders get a total of zero, parcels stay as they are.\n"
        ),
    ),
    check=_check,
)
