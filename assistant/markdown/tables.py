"""The cells of a table's row, and where they stand in its line."""

import re
from collections.abc import Iterator

# The marks of quotes and list items that a line begins with.
CONTAINER_MARKS = re.compile(r"(?:[ \t>]|(?:[-*+]|\d{1,9}[.)])(?=[ \t]))*")
_BAR = re.compile(r"\\.|\|")  # an escaped character, or a border


def find_cells(line: str) -> Iterator[tuple[int, int]]:
    """Yield where each cell of a row begins and ends, white space included."""
    lead = CONTAINER_MARKS.match(line)
    begin = lead.end() if lead else 0
    begin += line.startswith("|", begin)
    for bar in _BAR.finditer(line, begin):
        if bar[0] == "|":
            yield begin, bar.start()
            begin = bar.end()
    last = len(line.rstrip())
    if last > begin:
        yield begin, last


def find_row_value(line: str) -> tuple[str, int, int] | None:
    """Return a row's key, and where its value begins and ends; None if the row is no pair.

    The bars around a row may be missing. A last cell without one ends with its last word.
    """
    lead = CONTAINER_MARKS.match(line)
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


def split_cells(line: str) -> list[str]:
    """Return the cells of a table's row, white space trimmed; an escaped pipe is no border."""
    row = line.strip().removeprefix("|")
    found: list[str] = []
    begin = 0
    for bar in _BAR.finditer(row):
        if bar[0] == "|":
            found.append(row[begin : bar.start()].strip())
            begin = bar.end()
    last = row[begin:].strip()
    # What follows the last bar is a cell only if it says something.
    return [*found, last] if last or not found else found


def strip_container_marks(line: str) -> str:
    """Return a line less its ending and the marks of the list or quote around it."""
    line = line.rstrip("\r\n")
    lead = CONTAINER_MARKS.match(line)
    return line[lead.end() :] if lead else line
