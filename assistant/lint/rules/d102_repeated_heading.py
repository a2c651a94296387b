"""D102: a heading that the template has once stands twice under the same heading."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assistant.lint.analyses.headings import point_at_heading
from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument
from assistant.template.headings import find_parents, fold_title

if TYPE_CHECKING:
    from assistant.template.pairing import SectionMatch


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    document = subject.document
    places = {section.start: index for index, section in enumerate(document.sections)}
    own = find_parents([section.level for section in document.sections])
    known: dict[tuple[int, str], SectionMatch] = {}
    for match in subject.alignment.matches:
        if match.section.level:
            known.setdefault((own[match.index], fold_title(match.section.title)), match)
    for section in subject.alignment.unknown:
        first = known.get((own[places[section.start]], fold_title(section.title)))
        if first is not None:
            message = (
                f'"{section.title}" stands in line {first.section.line} already: '
                "make one of the two, or name one otherwise."
            )
            yield point_at_heading(section, message)


RULE = DocumentRule(
    code="D102",
    name="repeated-heading",
    severity="error",
    about="A heading that the template has once stands twice under the same heading.",
    why="Neither a person nor a program can tell which of the two holds.",
    mend="Make one section of the two, or give one of them a name of its own.",
    example=Example(
        template="## Risks\n",
        fails="## Risks\n\nTheft.\n\n## Risks\n\nLoss of rows.\n",
        passes="## Risks\n\nTheft.\n\n## Risks of the migration\n\nLoss of rows.\n",
    ),
    structure=True,
    measures=True,
    check=_check,
)
