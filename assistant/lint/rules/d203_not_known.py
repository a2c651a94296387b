"""D203: a value that the program fills in where it knows it, such as the author, is blank."""

from collections.abc import Iterator

from assistant.lint.analyses.slots import find_blanks
from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    return (hit for kind, hit in subject.once(find_blanks) if kind == "not known")


RULE = DocumentRule(
    code="D203",
    name="not-known",
    severity="note",
    approved="warning",
    about="A value that the program fills in where it knows it, such as the author, is blank.",
    why="`draft` and `fill` write the date and the author where they know them, and here did not.",
    mend="Write the value by hand.",
    example=Example(
        template="- **Author(s):** \n", fails="- **Author(s):**\n", passes="- **Author(s):** Ann\n"
    ),
    structure=True,
    check=_check,
)
