"""Reads a template section's body as parts: where its anchors are, and what lies between them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.mark import Mark, comments, fold, marks, without_comments
from assistant.slot import (
    Anchor, Gap, Group, Naming, Part, Slot, Variant,
    PLACEHOLDER, choices, identifier, is_example, is_placeholder, is_sequence, owner_of, role_of,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where a body stands: under which heading, whether it has sub-headings, and what it is.

    `opening` is true for the text before the first heading and under the document's title, where
    prose is instruction; `metadata` where labels hold people's data.
    """

    title: str
    leaf: bool
    opening: bool
    metadata: bool


def read(body: str, setting: Setting) -> tuple[Part, ...]:
    """The body's parts; their texts joined are `body`."""
    found = marks(body)
    commented = bool(comments(body))
    if not commented and any(_is_prose(mark, body, found) for mark in found):
        parts = _free(body, found, setting)
    else:
        parts = _Reader(body, setting).parts(found, 0, len(body))
        parts = _without_other_slots(parts, body, setting)
    return _unique(parts)


def _is_prose(mark: Mark, body: str, found: Sequence[Mark]) -> bool:
    """Whether a mark shows that a body without comments is prose: guidance and placeholder."""
    own = body[mark.end : mark.stop]
    if mark.kind == "label":
        if not own.strip():
            # `Upgrade expectations:` before sentences is prose, before slots it is a container.
            return False
        return not is_placeholder(own)
    if mark.kind == "item":
        return not is_example(own)
    if mark.kind == "prose":
        inside = any(m.kind == "fence" and m.start <= mark.start < m.stop for m in found)
        return not inside and bool(without_comments(body[mark.start : mark.stop]).strip())
    return False


def _free(body: str, found: Sequence[Mark], setting: Setting) -> tuple[Part, ...]:
    """The parts of a body whose prose is guidance: one slot, and its reference definitions."""
    if setting.opening:
        return (Gap(text=body, guidance=True),)
    parts: list[Part] = []
    position, written = 0, False
    references = [mark for mark in found if mark.kind == "reference"]
    for mark in (*references, None):
        text = body[position : mark.start if mark else len(body)]
        if text.strip() and not written:
            parts.append(_whole(text, "prose", setting, guidance=text.strip()))
            written = True
        elif text:
            parts.append(Gap(text=text, guidance=bool(text.strip())))
        if mark:
            parts.append(Anchor(text=body[mark.start : mark.stop], kind="reference", key=mark.key))
            position = mark.stop
    return tuple(parts)


def _whole(text: str, kind: str, setting: Setting, guidance: str = "") -> Slot:
    """The one slot of a section, named by its heading."""
    role = role_of(setting.title)
    return Slot(
        text=text,
        kind="items" if kind == "items" else "prose",
        key=identifier(setting.title) if setting.title else "text",
        owner="program" if role else "model",
        role=role,
        guidance=guidance,
    )


def _without_other_slots(
    parts: tuple[Part, ...], body: str, setting: Setting
) -> tuple[Part, ...]:
    """Comments as a slot where a section has no other, and an empty leaf as one."""
    if setting.opening or any(
        isinstance(part, Slot | Group) or (isinstance(part, Anchor) and part.kind == "check")
        for part in parts
    ):
        return parts
    guided = [index for index, part in enumerate(parts) if isinstance(part, Gap) and part.guidance]
    if guided:
        first = last = guided[0]
        for index in guided[1:]:
            if all(not p.text.strip() for p in parts[last + 1 : index] if isinstance(p, Gap)):
                last = index
        text = "".join(part.text for part in parts[first : last + 1])
        slot = _whole(text, "prose", setting, guidance="\n".join(comments(text)))
        return (*parts[:first], slot, *parts[last + 1 :])
    if setting.leaf and not any(isinstance(p, Gap) and p.text.strip() for p in parts):
        anchors = tuple(part for part in parts if isinstance(part, Anchor))
        used = sum(len(part.text) for part in parts[: len(parts) - 1]) if anchors else 0
        return (*parts[: len(parts) - 1 if anchors else 0], _whole(body[used:], "prose", setting))
    return parts


def _unique(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts with the keys of slots and groups made different from each other."""
    seen: dict[str, int] = {}
    result: list[Part] = []
    for part in parts:
        if isinstance(part, Slot | Group):
            seen[part.key] = seen.get(part.key, 0) + 1
            if seen[part.key] > 1:
                part = replace(part, key=f"{part.key}_{seen[part.key]}")  # noqa: PLW2901
        result.append(part)
    return tuple(result)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns marks into parts, list by list."""

    body: str
    setting: Setting

    def parts(self, found: Sequence[Mark], start: int, stop: int) -> tuple[Part, ...]:
        """The parts between two offsets; `found` are the marks there."""
        parts: list[Part] = []
        position, index, label = start, 0, ""
        while index < len(found):
            mark = found[index]
            if mark.start < position:
                index += 1
                continue
            if mark.start > position:
                parts.append(Gap(text=self.body[position : mark.start]))
            run = self._run(found, index)
            new = self._part(run, found[index + 1 :], label)
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

    def _run(self, found: Sequence[Mark], index: int) -> tuple[Mark, ...]:
        """The neighbours from `index` on that are one part: a group's items, a list's examples."""
        first = found[index]
        siblings = [first]
        for mark in found[index + 1 :]:
            if mark.depth < first.depth or (mark.depth == first.depth and mark.kind != first.kind):
                break
            if mark.depth == first.depth and first.depth > 0:
                siblings.append(mark)
        if first.kind == "item":
            return tuple(siblings)
        if first.kind != "label" or first.depth == 0:
            return (first,)
        while len(siblings) > 1:
            if is_sequence(tuple(self._name(mark) for mark in siblings)):
                return tuple(siblings)
            siblings.pop()
        return (first,)

    def _part(
        self, run: tuple[Mark, ...], rest: Sequence[Mark], label: str
    ) -> tuple[Part, ...]:
        mark = run[0]
        text = self.body[mark.start : mark.stop]
        if mark.kind == "label":
            grouped = len(run) > 1 or (mark.depth and PLACEHOLDER.search(self._name(mark)))
            return (self._group(run, rest, label),) if grouped else self._label(mark, rest)
        if mark.kind == "item":
            return self._items(run)
        if mark.kind == "fence":
            return self._fence(mark, label)
        if mark.kind == "table":
            return self._table(mark)
        if mark.kind in ("check", "reference", "contents"):
            return (Anchor(text=text, kind=mark.kind, key=mark.key, depth=mark.depth),)
        return (Gap(text=text, guidance=mark.kind == "comment"),)

    def _anchor(self, mark: Mark) -> Anchor:
        return Anchor(
            text=self.body[mark.start : mark.end], kind="label", key=mark.key,
            name=self._name(mark), bold=mark.bold, depth=mark.depth,
        )  # fmt: skip

    def _label(self, mark: Mark, rest: Sequence[Mark]) -> tuple[Part, ...]:
        own = self.body[mark.end : mark.stop]
        following = rest[0] if rest else None
        nested = following is not None and following.start < mark.reach
        below = (
            following is not None
            and mark.depth == 0
            and (following.depth > 0 or following.kind in ("fence", "table"))
        )
        if not own.strip() and (nested or below):
            return (self._anchor(mark),)
        if own.strip() and not is_placeholder(own) and self.setting.opening is False:
            # Where a section has a comment, its other prose is fixed.
            return (Gap(text=self.body[mark.start : mark.stop]),)
        return (self._anchor(mark), self._text(own, self._name(mark)))

    def _text(self, own: str, name: str) -> Slot:
        return Slot(
            text=own, kind="text", key=identifier(name), label=name,
            owner=owner_of(Naming(name=name, metadata=self.setting.metadata)),
            role=role_of(name), guidance="\n".join(comments(own)),
        )  # fmt: skip

    def _group(self, run: tuple[Mark, ...], rest: Sequence[Mark], label: str) -> Group:
        variants: list[Variant] = []
        ends = [*(mark.start for mark in run[1:]), run[-1].reach]
        for mark, end in zip(run, ends, strict=True):
            inner = [m for m in rest if mark.stop <= m.start < mark.reach]
            own = replace_label(self._text(self.body[mark.end : mark.stop], self._name(mark)))
            variants.append(
                Variant(
                    name=self.body[mark.name_start : mark.name_end],
                    before=self.body[mark.start : mark.name_start],
                    after=self.body[mark.name_end : mark.end],
                    parts=_unique((own, *self.parts(inner, mark.stop, end))),
                    anchor=self._anchor(mark),
                )
            )
        name = label or self.setting.title or self._name(run[0])
        return Group(
            key=identifier(name), label=name, variants=tuple(variants), depth=run[0].depth,
            text=self.body[run[0].start : run[-1].reach],
        )  # fmt: skip

    def _items(self, run: tuple[Mark, ...]) -> tuple[Part, ...]:
        examples = all(is_example(self.body[mark.end : mark.stop]) for mark in run)
        text = self.body[run[0].start : run[-1].reach]
        if not examples:
            return (Gap(text=text),)
        slot = _whole(text, "items", self.setting, guidance=fold(text) if text.strip("-*+ ") else "")
        return (slot,)

    def _fence(self, mark: Mark, label: str) -> tuple[Part, ...]:
        closing = self.body.rfind("\n", mark.start, mark.stop) + 1
        closing = max(closing, mark.end)
        name = label if label else self.setting.title
        inner = self.body[mark.end : closing]
        return (
            Anchor(text=self.body[mark.start : mark.end], kind="fence", key=mark.key),
            Slot(text=inner, kind="code", key=identifier(name), label=label, language=mark.key,
                 guidance=inner.strip()),
            Anchor(text=self.body[closing : mark.stop], kind="fence", key="close"),
        )  # fmt: skip

    def _table(self, mark: Mark) -> tuple[Part, ...]:
        head = self.body[mark.start : mark.end]
        names = cells(head.splitlines()[0])
        rest = self.body[mark.end : mark.stop]
        anchor = Anchor(text=head, kind="table", key=mark.key)
        if not any(names):
            return (anchor, *self._cells(rest))
        rows = [cells(line) for line in rest.splitlines() if line.strip()]
        examples = rows[0] if rows else []
        allowed = [choices(example) for example in examples] + [()] * len(names)
        slot = Slot(
            text=rest, kind="rows", key=identifier(self.setting.title or "rows"),
            columns=tuple(zip(names, allowed[: len(names)], strict=True)),
        )  # fmt: skip
        return (anchor, slot)

    def _cells(self, rest: str) -> tuple[Part, ...]:
        """A table of keys and values: each row's first cell an anchor, its second a slot."""
        parts: list[Part] = []
        for line in rest.splitlines(keepends=True):
            pieces = line.split("|")
            if len(pieces) < 4:  # noqa: PLR2004  | key | value |
                parts.append(Gap(text=line))
                continue
            name = pieces[1].strip()
            role = role_of(name)
            parts.append(
                Anchor(text="|".join(pieces[:2]) + "|", kind="table", key=fold(name), name=name)
            )
            parts.append(
                Slot(text=pieces[2], kind="cell", key=identifier(name), label=name, role=role,
                     owner="program" if role else "people")
            )  # fmt: skip
            parts.append(Gap(text="|" + "|".join(pieces[3:])))
        return tuple(parts)


def replace_label(slot: Slot) -> Slot:
    """A group item's own slot, whose label is the item's name and so no part of its key."""
    return replace(slot, key="text", owner="model", role="")


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
