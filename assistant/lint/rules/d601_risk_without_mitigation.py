"""D601: a risk has no mitigation."""

import re
from collections.abc import Iterator

from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument, Spot
from assistant.markdown.blocks import split_lines
from assistant.markdown.document import Section
from assistant.markdown.elements import Mark, fold_name
from assistant.markdown.tables import split_cells
from assistant.template.unwritten import is_not_applicable

# The headers by which a table of risks is known, folded.
_RISK_COLUMN = re.compile(r"\brisks?\b|\bthreats?\b")
_MITIGATION_COLUMN = re.compile(r"\bmitigations?\b|\bcountermeasures?\b")
_MAX_SHOWN = 60  # characters of a risk, which may be a paragraph


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    for section, marks in subject.bodies():
        if is_not_applicable(section):
            continue
        for mark in marks:
            if mark.kind == "table":
                yield from _find_unmitigated(section, mark)


def _find_unmitigated(section: Section, mark: Mark) -> Iterator[Hit]:
    """Yield rows of a table with risks and mitigations that have the one and not the other."""
    source = split_lines(section.body[mark.start : mark.stop])
    head = [fold_name(cell) for cell in split_cells(source[0])]
    against = next((i for i, name in enumerate(head) if _MITIGATION_COLUMN.search(name)), -1)
    risk = next((i for i, n in enumerate(head) if i != against and _RISK_COLUMN.search(n)), -1)
    if risk < 0 or against < 0:
        return
    offset = section.body_start + mark.start
    for number, line in enumerate(source):
        row = split_cells(line)
        name = row[risk] if risk < len(row) else ""
        answer = row[against] if against < len(row) else ""
        if number > 1 and _says_something(name) and not _says_something(answer):
            spot = Spot(offset=offset, width=len(line.rstrip()))
            message = (
                f'"{name[:_MAX_SHOWN]}" has no mitigation: '
                "say what is done against it, or that it is accepted."
            )
            yield Hit(spot=spot, message=message, section=section.title)
        offset += len(line)


def _says_something(cell: str) -> bool:
    """Whether a cell says something; a dash and the template's hint do not."""
    return bool(re.search(r"\w", cell)) and not re.fullmatch(r"\[[^\]]*\]", cell)


RULE = DocumentRule(
    code="D601",
    name="risk-without-mitigation",
    severity="warning",
    about="A risk has no mitigation.",
    why="A reader cannot tell whether it was accepted or forgotten.",
    mend="Say what makes it smaller, or that it is accepted, and by whom.",
    example=Example(
        template="## Risks\n\n| Risk | Impact | Mitigation |\n|---|---|---|\n| [Risk] | | |\n",
        fails=(
            "## Risks\n\n| Risk | Impact | Mitigation |\n|---|---|---|\n| Keys leak | High | |\n"
        ),
        passes=(
            "## Risks\n"
            "\n"
            "| Risk | Impact | Mitigation |\n"
            "|---|---|---|\n"
            "| Keys leak | High | They are replaced each week |\n"
        ),
    ),
    check=_check,
)
