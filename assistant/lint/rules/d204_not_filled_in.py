"""D204: metadata that people fill in is blank in an approved document."""

from collections.abc import Iterator

from assistant.lint.analyses.slots import find_blanks
from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    return (hit for kind, hit in subject.once(find_blanks) if kind == "people")


RULE = DocumentRule(
    code="D204",
    name="not-filled-in",
    severity="warning",
    about="Metadata that people fill in is blank in an approved document.",
    why="Once a document is approved, readers ask who approved it and where the work is.",
    mend="Fill it in; a dash says that there is none.",
    example=Example(
        template="## Metadata\n\n- **Status:** [Draft | Approved]\n- **Reviewers:** \n",
        fails="## Metadata\n\n- **Status:** Approved\n- **Reviewers:**\n",
        passes="## Metadata\n\n- **Status:** Approved\n- **Reviewers:** Ann, Bo\n",
    ),
    structure=True,
    check=_check,
)
