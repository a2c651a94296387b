"""D705: a table is created that no other section mentions."""

from collections.abc import Iterator

from assistant.lint.analyses.chapters import SCHEMA, find_chapters, point_at_name
from assistant.lint.analyses.database import find_idle_tables
from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument

_MESSAGE = (
    "is created under Schema Updates and not mentioned in any other section: say what "
    "writes and reads it, or remove it."
)


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    chapters = subject.once(find_chapters)
    for one in find_idle_tables(chapters.written, chapters.without(SCHEMA)):
        yield point_at_name(one, chapters.written[SCHEMA].title, _MESSAGE)


RULE = DocumentRule(
    code="D705",
    name="table-unused",
    severity="warning",
    on=False,
    about="A table is created that no other section mentions.",
    why="A table that nothing reads or writes is not needed, or its use is missing.",
    mend="Say what writes and reads it.",
    example=Example(
        template="## Schema Updates\n\n## Lifecycle of Code for Key Use Case\n",
        fails=(
            "## Schema Updates\n"
            "\n"
            "```sql\n"
            "CREATE TABLE orders (id INT);\n"
            "CREATE TABLE parcels (id INT);\n"
            "```\n"
            "\n"
            "## Lifecycle of Code for Key Use Case\n"
            "\n"
            "The order is stored.\n"
        ),
        passes=(
            "## Schema Updates\n"
            "\n"
            "```sql\n"
            "CREATE TABLE orders (id INT);\n"
            "CREATE TABLE parcels (id INT);\n"
            "```\n"
            "\n"
            "## Lifecycle of Code for Key Use Case\n"
            "\n"
            "The order is stored, and each parcel of it.\n"
        ),
    ),
    check=_check,
)
