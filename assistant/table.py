"""Reads a template's tables: rows to be written under a header, or keys with a value each."""

import re
from collections.abc import Iterator

from assistant.document import lines
from assistant.mark import Mark, fold
from assistant.slot import Anchor, Gap, Part, Slot, choices, identifier, role_of

LEAD = re.compile(r"(?:[ \t>]|(?:[-*+]|\d{1,9}[.)])(?=[ \t]))*")  # of a line: quotes, bullets
_BAR = re.compile(r"\\.|\|")
_PAIR = 2  # cells of a row of a key and a value


def parts(body: str, mark: Mark, title: str) -> tuple[Part, ...]:
    """The parts of the table at `mark`, under the heading `title`."""
    head = body[mark.start : mark.end]
    names = cells(lines(head)[0])
    rest = body[mark.end : mark.stop]
    anchor = Anchor(text=head, kind="table", key=mark.key)
    if not any(names) or _is_keyed(names, rest):
        return (anchor, *_pairs(rest))
    rows = [cells(line) for line in lines(rest) if line.strip()]
    examples = rows[0] if rows else []
    allowed = [choices(example) for example in examples] + [()] * len(names)
    slot = Slot(
        text=rest,
        kind="rows",
        key=identifier(title or "rows"),
        columns=tuple(zip(names, allowed[: len(names)], strict=True)),
    )
    return (anchor, slot)


def _is_keyed(names: list[str], rest: str) -> bool:
    """Whether a table of two columns has a key and its value in each row: one is a status."""
    rows = [cells(line) for line in lines(rest) if line.strip()]
    return len(names) == _PAIR and any(row and role_of(row[0]) == "status" for row in rows)


def _pairs(rest: str) -> Iterator[Part]:
    """A table of keys and values: each row's first cell an anchor, its second a slot."""
    for line in lines(rest):
        value = row_value(line)
        if value is None:
            yield Gap(text=line)
            continue
        name, start, stop = value
        role = role_of(name)
        yield Anchor(text=line[:start], kind="table", key=fold(name), name=name)
        yield Slot(
            text=line[start:stop],
            kind="cell",
            key=identifier(name),
            label=name,
            role=role,
            owner="program" if role else "people",
        )
        yield Gap(text=line[stop:])


def row_value(line: str) -> tuple[str, int, int] | None:
    """A row's key, and where in the line its value begins and ends; None where it is no pair.

    The bars around a row may be missing. A last cell without one ends with its last word.
    """
    lead = LEAD.match(line)
    begin = lead.end() if lead else 0
    barred = line.startswith("|", begin)
    found = _BAR.finditer(line, begin + barred)
    borders = [bar.start() for bar in found if bar[0] == "|"]
    if not borders:
        return None
    name, start = line[begin + barred : borders[0]].strip(), borders[0] + 1
    if len(borders) > 1:
        return name, start, borders[1]
    stop = max(start, len(line.rstrip()))
    # The bar behind the one cell of `| Status |` is its end.
    return None if barred and stop == start else (name, start, stop)


def cells(line: str) -> list[str]:
    """The cells of a table's row, white space trimmed; an escaped pipe is no border."""
    found: list[str] = [""]
    escaped = False
    for character in line.strip().removeprefix("|"):
        if character == "|" and not escaped:
            found.append("")
        else:
            found[-1] += character
        escaped = character == "\\" and not escaped
    if not found[-1].strip() and len(found) > 1:
        found.pop()
    return [cell.strip() for cell in found]
