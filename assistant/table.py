"""Reads a template's tables: rows to be written under a header, or keys with a value each."""

import re
from collections.abc import Iterator, Sequence

from assistant.document import lines
from assistant.mark import Mark, fold
from assistant.slot import Anchor, Gap, Part, Slot, choices, identifier, is_placeholder, role_of

LEAD = re.compile(r"(?:[ \t>]|(?:[-*+]|\d{1,9}[.)])(?=[ \t]))*")  # of a line: quotes, bullets
_BAR = re.compile(r"\\.|\|")
_RULED = re.compile(r":?-+:?")
_PAIR = 2  # cells of a row of a key and a value


def parts(body: str, mark: Mark, title: str, *, head: bool = False) -> tuple[Part, ...]:
    """The parts of the table at `mark`, under the heading `title`; in a document's head or not."""
    above = body[mark.start : mark.end]
    names = cells(lines(above)[0])
    rest = body[mark.end : mark.stop]
    rows = [cells(line) for line in lines(rest) if line.strip()]
    if has_keys_on_top(names, rows) and (head or _has_status(names)):
        return tuple(_columns(above, names, rest))
    if _begins_with_key(names, rows, head=head):
        return tuple(_pairs(above + rest))
    anchor = Anchor(text=above, kind="table", key=mark.key)
    if not any(names) or _is_keyed(names, rows, head=head):
        return (anchor, *_pairs(rest))
    examples = rows[0] if rows else []
    allowed = [choices(example) for example in examples] + [()] * len(names)
    slot = Slot(
        text=rest,
        kind="rows",
        key=identifier(title or "rows"),
        owner="people" if head else "model",
        columns=tuple(zip(names, allowed[: len(names)], strict=True)),
    )
    return (anchor, slot)


def _has_status(names: Sequence[str]) -> bool:
    return any(role_of(name) == "status" for name in names)


def _is_keyed(names: Sequence[str], rows: Sequence[Sequence[str]], *, head: bool) -> bool:
    """Whether a table of two columns has a key and its value in each row: one is a status."""
    keys = [row[0] for row in rows if row]
    return len(names) == _PAIR and (_has_status(keys) or (head and any(map(role_of, keys))))


def _begins_with_key(names: Sequence[str], rows: Sequence[Sequence[str]], *, head: bool) -> bool:
    """Whether the header of a table of keys and values is the first of its pairs."""
    if len(names) != _PAIR or not role_of(names[0]) or role_of(names[1]):
        return False
    # `State | Meaning` heads a list of states: there is no other key, and no value.
    others = any(row and role_of(row[0]) for row in rows)
    return (head or _has_status(names)) and (others or not rows or is_placeholder(names[1]))


def has_keys_on_top(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table has its keys side by side in the header, over the one row of their values."""
    known = sum(bool(role_of(name)) for name in names)
    return len(rows) == 1 and (known >= _PAIR or (known > 0 and len(names) > _PAIR))


def _columns(above: str, names: Sequence[str], rest: str) -> Iterator[Part]:
    """A table with its keys in the header: each cell of its row a slot."""
    at = 0
    for name, (start, stop) in zip(names, spans(rest), strict=False):
        text = above + rest[at:start]
        yield Anchor(text=text, kind="table", key=fold(name), name=_bare(name))
        yield _cell(name, rest[start:stop])
        above, at = "", stop
    yield Gap(text=above + rest[at:])


def _pairs(rest: str) -> Iterator[Part]:
    """A table of keys and values: each row's first cell an anchor, its second a slot."""
    for line in lines(rest):
        value = row_value(line)
        if value is None or _RULED.fullmatch(value[0]):
            yield Gap(text=line)
            continue
        name, start, stop = value
        yield Anchor(text=line[:start], kind="table", key=fold(name), name=_bare(name))
        yield _cell(name, line[start:stop])
        yield Gap(text=line[stop:])


def _cell(name: str, text: str) -> Slot:
    role = role_of(name)
    return Slot(
        text=text, kind="cell", key=identifier(name), label=_bare(name), role=role,
        owner="program" if role else "people",
    )  # fmt: skip


def _bare(name: str) -> str:
    """A key as a message calls it: the emphasis around it is no part of the name."""
    return name.strip("*_` ")


def spans(line: str) -> Iterator[tuple[int, int]]:
    """Where each cell of a row begins and ends, white space included."""
    lead = LEAD.match(line)
    begin = lead.end() if lead else 0
    begin += line.startswith("|", begin)
    for bar in _BAR.finditer(line, begin):
        if bar[0] == "|":
            yield begin, bar.start()
            begin = bar.end()
    last = len(line.rstrip())
    if last > begin:
        yield begin, last


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
