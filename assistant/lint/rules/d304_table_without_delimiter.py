"""D304: lines with bars are no table: the row of dashes is missing or does not fit."""

import re
from collections.abc import Iterator, Sequence

from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument, Spot
from assistant.markdown.blocks import split_lines
from assistant.markdown.document import Section
from assistant.markdown.elements import Mark
from assistant.markdown.tables import split_cells, strip_container_marks

_DELIMITER_ROW = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?")
_BARRED_LINE = re.compile(r"\|.*\|")
_MIN_COLUMNS = 2  # of a table; with one column, lines between bars are a drawing


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    for section, marks in subject.bodies():
        for mark in marks:
            if mark.kind == "prose":
                yield from _find_broken_table(section, mark)


def _find_broken_table(section: Section, mark: Mark) -> Iterator[Hit]:
    """Yield two lines or more between bars that are read as a paragraph."""
    source = split_lines(section.body[mark.start : mark.stop])
    barred = [bool(_BARRED_LINE.fullmatch(strip_container_marks(line).strip())) for line in source]
    first = next((i for i in range(len(source) - 1) if barred[i] and barred[i + 1]), None)
    if first is None or len(split_cells(strip_container_marks(source[first]))) < _MIN_COLUMNS:
        return
    offset = section.body_start + mark.start + sum(len(line) for line in source[:first])
    spot = Spot(offset=offset, width=len(source[first].rstrip()))
    message = _word_message([strip_container_marks(line) for line in source[first : first + 2]])
    yield Hit(spot=spot, message=message, section=section.title)


def _word_message(head: Sequence[str]) -> str:
    wanted = len(split_cells(head[0]))
    if not _DELIMITER_ROW.fullmatch(head[1].strip()):
        dashes = "|".join(["---"] * wanted)
        return f"this is no table: put a row |{dashes}| under its header."
    own = len(split_cells(head[1]))
    return f"this is no table: its header has {wanted} cells, the row of dashes under it {own}."


RULE = DocumentRule(
    code="D304",
    name="table-without-delimiter",
    severity="warning",
    about=(
        "Lines with bars look like a table and are none: the row of dashes is missing or "
        "does not fit."
    ),
    why="Without its second line a table is shown as a paragraph full of bars.",
    mend="Put a row of dashes below the header, with as many cells as it has.",
    example=Example(
        template="## Risks\n",
        fails="## Risks\n\n| Risk | Impact |\n| Theft | High |\n",
        passes="## Risks\n\n| Risk | Impact |\n|---|---|\n| Theft | High |\n",
    ),
    check=_check,
)
