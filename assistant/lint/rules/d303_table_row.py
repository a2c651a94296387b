"""D303: a table's row has more or fewer cells than its header."""

import re
from collections.abc import Iterator

from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument, Spot
from assistant.markdown.blocks import split_lines
from assistant.markdown.document import Section
from assistant.markdown.elements import Mark
from assistant.markdown.tables import split_cells, strip_container_marks


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    for section, marks in subject.bodies():
        for mark in marks:
            if mark.kind == "table":
                yield from _find_uneven_rows(section, mark)


def _find_uneven_rows(section: Section, mark: Mark) -> Iterator[Hit]:
    source = split_lines(section.body[mark.start : mark.stop])
    wanted = len(split_cells(strip_container_marks(source[0])))
    offset = section.body_start + mark.start
    for number, line in enumerate(source):
        bare = strip_container_marks(line)
        own = len(split_cells(bare))
        # A row of bars alone is a template's, to be written.
        if number > 1 and own != wanted and re.search(r"[^|\s]", bare):
            what = "more than" if own > wanted else "fewer than"
            lost = "; what is beyond them is not shown" if own > wanted else ""
            at = offset + len(line.rstrip("\r\n")) - len(bare)
            spot = Spot(offset=at, width=len(bare.rstrip()))
            message = f"this row has {own} cells, {what} the {wanted} of its header{lost}."
            yield Hit(spot=spot, message=message, section=section.title)
        offset += len(line)


RULE = DocumentRule(
    code="D303",
    name="table-row",
    severity="warning",
    about="A table's row has more or fewer cells than its header.",
    why="A cell too many is not shown; one too few puts those after it under the wrong headers.",
    mend="Give the row as many cells as the header has; write `\\|` for a bar in a cell.",
    example=Example(
        template="## Risks\n",
        fails="## Risks\n\n| Risk | Impact |\n|---|---|\n| Theft |\n",
        passes="## Risks\n\n| Risk | Impact |\n|---|---|\n| Theft | High |\n",
    ),
    check=_check,
)
