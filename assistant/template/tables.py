"""Tables of keys and values: what a template's table asks for, and where a document's has it."""

import re
from collections.abc import Iterable, Iterator, Sequence

from assistant.markdown.blocks import split_lines
from assistant.markdown.elements import Mark, fold_name
from assistant.markdown.tables import find_cells, find_row_value, split_cells
from assistant.template.parts import (
    Anchor,
    Gap,
    Part,
    Slot,
    find_role,
    is_placeholder,
    make_identifier,
    parse_choices,
)

_RULE_CELL = re.compile(r":?-+:?")
_PAIR_CELLS = 2  # cells of a row of a key and a value


def read_table(body: str, mark: Mark, title: str, *, head: bool = False) -> tuple[Part, ...]:
    """Return the parts of the table at `mark`, under the heading `title`.

    `head` says that it stands in a document's head, where any key counts.
    """
    above = body[mark.start : mark.end]
    names = split_cells(split_lines(above)[0])
    rest = body[mark.end : mark.stop]
    rows = [split_cells(line) for line in split_lines(rest) if line.strip()]
    if has_keys_on_top(names, rows) and (head or _has_status(names)):
        return tuple(_column_parts(above, names, rest))
    if _begins_with_key(names, rows, head=head):
        return tuple(_pair_parts(above + rest))
    anchor = Anchor(text=above, kind="table", key=mark.key)
    if not any(names) or _is_keyed(names, rows, head=head):
        return (anchor, *_pair_parts(rest))
    examples = rows[0] if rows else []
    allowed = [parse_choices(example) for example in examples] + [()] * len(names)
    slot = Slot(
        text=rest,
        kind="rows",
        key=make_identifier(title or "rows"),
        owner="people" if head else "model",
        columns=tuple(zip(names, allowed[: len(names)], strict=True)),
    )
    return (anchor, slot)


def has_keys_on_top(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table has its keys side by side in the header, over the one row of their values."""
    known = sum(bool(find_role(name)) for name in names)
    return len(rows) == 1 and (known >= _PAIR_CELLS or (known > 0 and len(names) > _PAIR_CELLS))


def _has_status(names: Sequence[str]) -> bool:
    return any(find_role(name) == "status" for name in names)


def _is_keyed(names: Sequence[str], rows: Sequence[Sequence[str]], *, head: bool) -> bool:
    """Whether a table of two columns has a key and its value in each row: one is a status."""
    keys = [row[0] for row in rows if row]
    return len(names) == _PAIR_CELLS and (_has_status(keys) or (head and any(map(find_role, keys))))


def _begins_with_key(names: Sequence[str], rows: Sequence[Sequence[str]], *, head: bool) -> bool:
    """Whether the header of a table of keys and values is the first of its pairs."""
    if len(names) != _PAIR_CELLS or not find_role(names[0]) or find_role(names[1]):
        return False
    # `State | Meaning` heads a list of states: there is no other key, and no value.
    others = any(row and find_role(row[0]) for row in rows)
    return (head or _has_status(names)) and (others or not rows or is_placeholder(names[1]))


def _column_parts(above: str, names: Sequence[str], rest: str) -> Iterator[Part]:
    """Yield a table with its keys in the header: each cell of its row is a slot."""
    at = 0
    for name, (start, stop) in zip(names, find_cells(rest), strict=False):
        text = above + rest[at:start]
        yield Anchor(text=text, kind="table", key=fold_name(name), name=_strip_emphasis(name))
        yield _make_cell(name, rest[start:stop])
        above, at = "", stop
    yield Gap(text=above + rest[at:])


def _pair_parts(rest: str) -> Iterator[Part]:
    """Yield a table of pairs: each row's first cell is an anchor, its second a slot."""
    for line in split_lines(rest):
        value = find_row_value(line)
        if value is None or _RULE_CELL.fullmatch(value[0]):
            yield Gap(text=line)
            continue
        name, start, stop = value
        yield Anchor(
            text=line[:start], kind="table", key=fold_name(name), name=_strip_emphasis(name)
        )
        yield _make_cell(name, line[start:stop])
        yield Gap(text=line[stop:])


def _make_cell(name: str, text: str) -> Slot:
    role = find_role(name)
    return Slot(
        text=text,
        kind="cell",
        key=make_identifier(name),
        label=_strip_emphasis(name),
        role=role,
        owner="program" if role else "people",
    )


def _strip_emphasis(name: str) -> str:
    """Return a key as a message calls it, without the emphasis around it."""
    return name.strip("*_` ")


def find_keyed_rows(body: str, marks: Iterable[Mark]) -> dict[str, Mark]:
    """Return the values of a body's tables of keys, by key.

    A value's mark ends where the value begins.
    """
    found: dict[str, Mark] = {}
    for table in (mark for mark in marks if mark.kind == "table"):
        for name, first, start, stop in _find_values(body[table.start : table.stop]):
            mark = Mark(
                kind="table",
                key=fold_name(name),
                start=table.start + first,
                end=table.start + start,
                stop=table.start + stop,
                reach=table.start + stop,
                depth=0,
            )
            found.setdefault(mark.key, mark)
    return found


def _find_values(table: str) -> Iterator[tuple[str, int, int, int]]:
    """Yield each key of a table with where its row and its value begin, and where that ends.

    Keys stand in the first column; those in a header come first where its one row has the values.
    """
    source = split_lines(table)
    names = split_cells(source[0])
    last = len("".join(source[:-1]))
    if has_keys_on_top(names, [split_cells(line) for line in source[2:]]):
        for name, (start, stop) in zip(names, find_cells(source[-1]), strict=False):
            yield name, last + start, last + start, last + stop
    at = 0
    for line in source:
        value = find_row_value(line)
        if value is not None:
            name, start, stop = value
            yield name, at, at + start, at + stop
        at += len(line)
