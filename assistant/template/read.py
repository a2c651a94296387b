"""Walks over a template body's marks and makes parts of them: anchors, slots, groups, gaps."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.markdown.comments import read_comments
from assistant.markdown.document import split_lines
from assistant.markdown.elements import Mark, find_closing_line, fold_name
from assistant.markdown.tables import find_cells, find_row_value, split_cells
from assistant.template.parts import (
    PLACEHOLDER,
    Anchor,
    Gap,
    Group,
    Naming,
    Part,
    Slot,
    SlotKind,
    Variant,
    find_owner,
    find_role,
    is_example_item,
    is_metadata_key,
    is_placeholder,
    is_sequence,
    make_identifier,
    parse_choices,
)

HeadKind = Literal["", "guided", "fixed", "labelled"]

_RULE_CELL = re.compile(r":?-+:?")
_PAIR_CELLS = 2  # cells of a row of a key and a value


def make_section_slot(text: str, kind: SlotKind, title: str, guidance: str = "") -> Slot:
    """The one slot of a section, named by its heading."""
    role = find_role(title)
    return Slot(
        text=text,
        kind=kind,
        key=make_identifier(title) if title else "text",
        owner="program" if role else "model",
        role=role,
        guidance=guidance,
    )


def is_key_mark(label: Mark, body: str) -> bool:
    """Whether a label of a document's head is one of its keys."""
    name, said = body[label.name_start : label.name_end], body[label.end : label.stop]
    return is_metadata_key(name, said, marked=label.bold or label.depth > 0)


def make_keys_unique(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts with the keys of slots and groups made different from each other."""
    seen: dict[str, int] = {}
    used: set[str] = set()
    result: list[Part] = []
    for part in parts:
        if not isinstance(part, Slot | Group):
            result.append(part)
            continue
        key = part.key
        while key in used:
            seen[part.key] = seen.get(part.key, 1) + 1
            key = f"{part.key}_{seen[part.key]}"
        used.add(key)
        result.append(replace(part, key=key))
    return tuple(result)


@dataclass(frozen=True, slots=True)
class BodyWalk:
    """A body with its marks, under the heading `title`.

    `head` tells that labels hold metadata, and whether the prose beside them is guidance or stays;
    or that the body is `labelled`: what stands behind each of its labels is guidance for that.
    """

    body: str
    title: str
    marks: Sequence[Mark]
    head: HeadKind = ""

    def parts(self) -> tuple[Part, ...]:
        """The body's parts; their texts joined are the body."""
        return self._between(0, 0, len(self.body))

    def _between(self, index: int, start: int, stop: int) -> tuple[Part, ...]:
        """The parts between two offsets; `index` is that of the first mark there."""
        parts: list[Part] = []
        position, label = start, ""
        while index < len(self.marks) and self.marks[index].start < stop:
            mark = self.marks[index]
            if mark.start < position:
                index += 1
                continue
            if mark.start > position:
                parts.append(Gap(text=self.body[position : mark.start]))
            new = self._part(index, label)
            parts.extend(new)
            if mark.kind == "label":
                label = self._name(mark)
            position = mark.start + sum(len(part.text) for part in new)
            index += 1
        if position < stop:
            parts.append(Gap(text=self.body[position:stop]))
        return tuple(parts)

    def _name(self, mark: Mark) -> str:
        return self.body[mark.name_start : mark.name_end].strip()

    def _part(self, index: int, label: str) -> tuple[Part, ...]:
        mark = self.marks[index]
        text = self.body[mark.start : mark.stop]
        if mark.kind == "label" and (not self._is_head() or is_key_mark(mark, self.body)):
            run = self._sequence(index)
            grouped = len(run) > 1 or (mark.depth and PLACEHOLDER.search(self._name(mark)))
            return (self._group(run, label),) if grouped else self._label(index)
        if mark.kind == "item":
            return self._items(index, label)
        if mark.kind == "fence":
            return self._fence(mark, label)
        if mark.kind == "table":
            return read_table(self.body, mark, self.title, head=self._is_head())
        if mark.kind in ("check", "reference", "contents"):
            return (Anchor(text=text, kind=mark.kind, key=mark.key, depth=mark.depth),)
        return (Gap(text=text, guidance=mark.kind == "comment" or self.head == "guided"),)

    def _is_head(self) -> bool:
        return self.head in ("guided", "fixed")

    def _siblings(self, index: int) -> Iterator[int]:
        """The items of the same list and kind, from `index` on."""
        first = self.marks[index]
        for other in range(index, len(self.marks)):
            mark = self.marks[other]
            if mark.depth < first.depth or (mark.depth == first.depth and mark.kind != first.kind):
                return
            if mark.depth == first.depth:
                yield other

    def _sequence(self, index: int) -> tuple[int, ...]:
        """The labelled items from `index` on that differ only in a counter; at least the first."""
        run = [index]
        if self.marks[index].depth == 0:
            return (index,)
        for other in self._siblings(index):
            if other == index:
                continue
            if not is_sequence((self._name(self.marks[run[-1]]), self._name(self.marks[other]))):
                break
            run.append(other)
        return tuple(run)

    def _anchor(self, mark: Mark) -> Anchor:
        return Anchor(
            text=self.body[mark.start : mark.end],
            kind="label",
            key=mark.key,
            name=self._name(mark),
            bold=mark.bold,
            depth=mark.depth,
        )

    def _label(self, index: int) -> tuple[Part, ...]:
        mark = self.marks[index]
        own = self.body[mark.end : mark.stop]
        following = self.marks[index + 1] if index + 1 < len(self.marks) else None
        nested = following is not None and following.start < mark.reach
        below = (
            following is not None
            and mark.depth == 0
            and (following.depth > 0 or following.kind in ("fence", "table"))
        )
        if not own.strip() and (nested or below):
            return (self._anchor(mark),)
        stays = self.head == "labelled" and not mark.bold and not mark.depth
        if own.strip() and not is_placeholder(own) and (not self.head or stays):
            # Where a section has a comment, its other prose is fixed.
            return (Gap(text=self.body[mark.start : mark.stop]),)
        return (self._anchor(mark), self._text(own, self._name(mark)))

    def _text(self, own: str, name: str) -> Slot:
        return Slot(
            text=own,
            kind="text",
            key=make_identifier(name),
            label=name,
            owner=find_owner(Naming(name=name, metadata=self._is_head())),
            role=find_role(name),
            guidance="\n".join(read_comments(own))
            or (own.strip() if self.head == "labelled" else ""),
        )

    def _group(self, run: Sequence[int], label: str) -> Group:
        heads = [self.marks[index] for index in run]
        ends = [*(mark.start for mark in heads[1:]), heads[-1].reach]
        variants = tuple(self._variant(index, end) for index, end in zip(run, ends, strict=True))
        name = label or self.title or self._name(heads[0])
        return Group(
            key=make_identifier(name),
            label=name,
            variants=variants,
            depth=heads[0].depth,
            text=self.body[heads[0].start : heads[-1].reach],
        )

    def _variant(self, index: int, end: int) -> Variant:
        mark = self.marks[index]
        own = self._text(self.body[mark.end : mark.stop], self._name(mark))
        # The item's label is its name, and so no part of its own slot's key.
        own = replace(own, key="text", owner="model", role="")
        return Variant(
            name=self.body[mark.name_start : mark.name_end],
            before=self.body[mark.start : mark.name_start],
            after=self.body[mark.name_end : mark.end],
            parts=make_keys_unique((own, *self._between(index + 1, mark.stop, end))),
            anchor=self._anchor(mark),
        )

    def _items(self, index: int, label: str) -> tuple[Part, ...]:
        run = [self.marks[sibling] for sibling in self._siblings(index)]
        text = self.body[run[0].start : run[-1].reach]
        if not all(is_example_item(self.body[mark.end : mark.stop]) for mark in run):
            return (Gap(text=text, guidance=self.head == "guided" and not label),)
        guidance = fold_name(text) if text.strip("-*+ ") else ""
        if self._is_head() and label:
            own = self._text(text, label)
            return (replace(own, kind="items", guidance=guidance),)
        return (make_section_slot(text, "items", self.title, guidance=guidance),)

    def _fence(self, mark: Mark, label: str) -> tuple[Part, ...]:
        last = max(find_closing_line(self.body, mark), mark.end)
        inner = self.body[mark.end : last]
        return (
            Anchor(text=self.body[mark.start : mark.end], kind="fence", key=mark.key),
            Slot(
                text=inner,
                kind="code",
                key=make_identifier(label or self.title),
                label=label,
                language=mark.key,
                guidance=inner.strip(),
            ),
            Anchor(text=self.body[last : mark.stop], kind="fence", key="close"),
        )


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


def has_keys_on_top(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table has its keys side by side in the header, over the one row of their values."""
    known = sum(bool(find_role(name)) for name in names)
    return len(rows) == 1 and (known >= _PAIR_CELLS or (known > 0 and len(names) > _PAIR_CELLS))


def _column_parts(above: str, names: Sequence[str], rest: str) -> Iterator[Part]:
    """A table with its keys in the header: each cell of its row a slot."""
    at = 0
    for name, (start, stop) in zip(names, find_cells(rest), strict=False):
        text = above + rest[at:start]
        yield Anchor(text=text, kind="table", key=fold_name(name), name=_strip_emphasis(name))
        yield _make_cell(name, rest[start:stop])
        above, at = "", stop
    yield Gap(text=above + rest[at:])


def _pair_parts(rest: str) -> Iterator[Part]:
    """A table of keys and values: each row's first cell an anchor, its second a slot."""
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
        text=text, kind="cell", key=make_identifier(name), label=_strip_emphasis(name), role=role,
        owner="program" if role else "people",
    )  # fmt: skip


def _strip_emphasis(name: str) -> str:
    """A key as a message calls it: the emphasis around it is no part of the name."""
    return name.strip("*_` ")
