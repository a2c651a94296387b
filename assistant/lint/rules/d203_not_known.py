"""D203: the program did not know what belongs here."""

from collections.abc import Iterator

from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.slots import find_blanks
from assistant.lint.subject import CheckedDocument


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    return (hit for kind, hit in subject.once(find_blanks) if kind == "not known")


RULE = DocumentRule(
    code="D203",
    name="not-known",
    severity="note",
    approved="warning",
    about="The program did not know what belongs here.",
    why="The program writes the date and the author where it knows them, and here did not.",
    mend="Write the value by hand.",
    example=Example(
        template="- **Author(s):** \n", fails="- **Author(s):**\n", passes="- **Author(s):** Ann\n"
    ),
    structure=True,
    check=_check,
)
