"""D601: a risk has nothing said against it."""

import re
from collections.abc import Iterator

from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import Spot, Subject
from assistant.markdown.document import Section, lines
from assistant.markdown.elements import Mark, fold
from assistant.markdown.tables import cells
from assistant.template.align import not_applicable

_RISK = re.compile(r"\brisks?\b|\bthreats?\b")
_AGAINST = re.compile(r"\bmitigations?\b|\bcountermeasures?\b")
_SHOWN = 60  # characters of a risk, which may be a paragraph


def _check(subject: Subject) -> Iterator[Hit]:
    for section, marks in subject.bodies():
        if not_applicable(section):
            continue
        for mark in marks:
            if mark.kind == "table":
                yield from _risks(section, mark)


def _risks(section: Section, mark: Mark) -> Iterator[Hit]:
    """Yield rows of a table with risks and mitigations that have the one and not the other."""
    source = lines(section.body[mark.start : mark.stop])
    head = [fold(cell) for cell in cells(source[0])]
    against = next((i for i, name in enumerate(head) if _AGAINST.search(name)), -1)
    risk = next((i for i, n in enumerate(head) if i != against and _RISK.search(n)), -1)
    if risk < 0 or against < 0:
        return
    offset = section.body_start + mark.start
    for number, line in enumerate(source):
        row = cells(line)
        name = row[risk] if risk < len(row) else ""
        answer = row[against] if against < len(row) else ""
        if number > 1 and _is_text(name) and not _is_text(answer):
            spot = Spot(offset=offset, width=len(line.rstrip()))
            message = (
                f'"{name[:_SHOWN]}" has no mitigation: say what is done against it, or that it is '
                "accepted."
            )
            yield Hit(spot=spot, message=message, section=section.title)
        offset += len(line)


def _is_text(cell: str) -> bool:
    """Whether a cell says something; a dash and the template's hint do not."""
    return bool(re.search(r"\w", cell)) and not re.fullmatch(r"\[[^\]]*\]", cell)


RULE = DocumentRule(
    code="D601",
    name="risk-without-mitigation",
    severity="warning",
    about="A risk has nothing said against it.",
    why="A risk with nothing against it was seen and left.",
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
