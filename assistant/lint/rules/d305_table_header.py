"""D305: a table's header is not the template's."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from assistant.lint.analyses.slots import find_missing_parts
from assistant.lint.rule import DocumentRule, Example, Fix, Hit
from assistant.lint.subject import CheckedDocument, spot_line
from assistant.markdown.blocks import split_lines
from assistant.markdown.elements import Mark, fold_name
from assistant.template.pairing import SectionMatch
from assistant.template.parts import Anchor

# How alike two names of a column are of which one is misspelled: four fifths of the letters, as of
# headings (memory/design/009_check.md).
_MIN_LIKENESS = 0.8
_CELL = re.compile(r"(?:\\.|[^|\\\r\n])+")


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    for missing in subject.once(find_missing_parts):
        section = missing.match.section
        for anchor, mark in missing.tables:
            head = split_lines(anchor.text)[0].strip()
            message = f"this table's header is not the template's: {head}"
            spot = spot_line(subject, section.body_start + mark.start)
            yield Hit(spot=spot, message=message, section=section.title)


def _fix(subject: CheckedDocument) -> Iterator[Fix]:
    """Yield the template's header for a table with the same columns but for their spelling."""
    for match in subject.alignment.matches:
        heads = [
            part
            for part in match.spec.parts
            if isinstance(part, Anchor) and part.kind == "table" and not part.name
        ]
        tables = [mark for mark in subject.marks[match.index] if mark.kind == "table"]
        if len(heads) == 1 and len(tables) == 1:  # which is which would be a guess
            yield from _fix_header(subject, match, heads[0], tables[0])


def _fix_header(
    subject: CheckedDocument, match: SectionMatch, head: Anchor, table: Mark
) -> Iterator[Fix]:
    base = match.section.body_start + table.start
    line = split_lines(subject.text[base : match.section.end])[0]
    right = [text for _, _, text in _list_cells(split_lines(head.text)[0])]
    own = list(_list_cells(line))
    if not _have_same_columns([text for _, _, text in own], right):
        return
    wrong = [cell for cell, wanted in zip(own, right, strict=True) if cell[2] != wanted]
    if not wrong:
        return
    # One edit for the whole of it: half a header mends nothing.
    start, end = wrong[0][0], wrong[-1][1]
    text = line[:end]
    for (first, last, _), wanted in reversed(list(zip(own, right, strict=True))):
        if start <= first < end:
            text = text[:first] + wanted + text[last:]
    number, _ = subject.place(base)
    yield Fix(
        start=base + start,
        end=base + end,
        text=text[start:],
        lines=(number, match.section.line),
    )


def _list_cells(line: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and text of the cells of a table's row that hold anything."""
    for found in _CELL.finditer(line):
        text = found[0].strip()
        if text:
            start = found.start() + found[0].index(text)
            yield start, start + len(text), text


def _have_same_columns(own: Sequence[str], right: Sequence[str]) -> bool:
    """Whether two rows name the same columns in the same order, spelling mistakes allowed."""
    a, b = [fold_name(text) for text in own], [fold_name(text) for text in right]
    if len(a) != len(b) or not a:
        return False
    return all(
        one == other
        or (
            one not in b
            and SequenceMatcher(None, one, other, autojunk=False).ratio() >= _MIN_LIKENESS
        )
        for one, other in zip(a, b, strict=True)
    )


RULE = DocumentRule(
    code="D305",
    name="table-header",
    severity="error",
    about="A table's header is not the template's.",
    why="Programs find a column by the word in its header.",
    mend=(
        "Write the header as the template has it. `draft check --fix` does where only the "
        "spelling differs."
    ),
    example=Example(
        template="## Risks\n\n| Risk | Impact |\n|---|---|\n| [Risk] | |\n",
        fails="## Risks\n\n| Risks | Impacts |\n|---|---|\n| Theft | High |\n",
        passes="## Risks\n\n| Risk | Impact |\n|---|---|\n| Theft | High |\n",
    ),
    structure=True,
    measures=True,
    check=_check,
    fix=_fix,
)
