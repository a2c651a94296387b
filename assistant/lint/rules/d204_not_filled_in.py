"""D204: metadata that people fill in is blank in an approved document."""

from collections.abc import Iterator

from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.slots import find_blanks
from assistant.lint.subject import CheckedDocument


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    return (hit for kind, hit in subject.once(find_blanks) if kind == "people")


RULE = DocumentRule(
    code="D204",
    name="not-filled-in",
    severity="warning",
    about="Metadata that people fill in is blank in an approved document.",
    why="Who approved a document, and where its work is, is asked for once it is approved.",
    mend="Fill it in; a dash says that there is none.",
    example=Example(
        template="## Metadata\n\n- **Status:** [Draft | Approved]\n- **Reviewers:** \n",
        fails="## Metadata\n\n- **Status:** Approved\n- **Reviewers:**\n",
        passes="## Metadata\n\n- **Status:** Approved\n- **Reviewers:** Ann, Bo\n",
    ),
    structure=True,
    check=_check,
)
