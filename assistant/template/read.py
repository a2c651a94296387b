"""Reads a template section's body as parts: where its anchors are, and what lies between them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.markdown.comments import read_comments, strip_comments
from assistant.markdown.elements import Mark, find_closing_line, fold_name
from assistant.markdown.passage import Passage
from assistant.template.parts import (
    PLACEHOLDER,
    Anchor,
    Gap,
    Group,
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
)
from assistant.template.tables import read_table

HeadKind = Literal["", "guided", "fixed", "labelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BodySetting:
    """Where a body stands: under which heading, whether it has sub-headings, and what it is.

    `opening` is true for the text before the first heading and under the document's title, where
    prose is instruction; `metadata` where labels hold people's data; `grouped` where the
    sub-headings are examples of one thing, which a comment then is about.
    """

    title: str
    leaf: bool
    opening: bool
    metadata: bool
    grouped: bool = False


def read_parts(passage: Passage, setting: BodySetting) -> tuple[Part, ...]:
    """Return the parts of a template section's body; their texts joined are the body."""
    body, found = passage.body, passage.marks
    commented = bool(passage.comments)
    keyed = setting.metadata and any(_is_metadata(mark, body) for mark in found)
    labelled = not commented and not setting.metadata and _is_labelled(found, body)
    anchored = keyed or labelled or commented
    if not anchored and any(_is_prose(mark, body) for mark in found):
        parts = _prose_parts(body, found, setting)
    else:
        head = "labelled" if labelled else _find_head_kind(setting, commented=commented)
        parts = BodyWalk(body, setting.title, found, head).parts()
        parts = _ensure_slot(parts, body, setting)
    return make_keys_unique(parts)


def _is_labelled(found: Sequence[Mark], body: str) -> bool:
    """Whether a body without comments is a form: bold labels, with what belongs to each behind it.

    One alone, or beside other items, may be a sentence's emphasis.
    """
    top = [mark for mark in found if mark.depth <= 1]
    labels = [mark for mark in top if mark.kind == "label" and mark.bold]
    first = labels[0].start if labels else 0
    return (
        len(labels) > 1
        and any(not is_placeholder(body[mark.end : mark.stop]) for mark in labels)
        and all(mark in labels or (not mark.depth and mark.start < first) for mark in top)
    )


def _find_head_kind(setting: BodySetting, *, commented: bool) -> HeadKind:
    if not setting.metadata:
        return ""
    # Where a section has a comment, that is the guidance and other prose is fixed.
    return "fixed" if commented else "guided"


def _is_metadata(mark: Mark, body: str) -> bool:
    """Whether a mark in a document's head is metadata, which stays whatever stands beside it."""
    return is_key_mark(mark, body) if mark.kind == "label" else mark.kind == "table"


def _is_prose(mark: Mark, body: str) -> bool:
    """Whether a mark shows that a body without comments is prose: guidance and placeholder."""
    own = body[mark.end : mark.stop]
    if mark.kind == "label":
        if not own.strip():
            # `Upgrade expectations:` before sentences is prose, before slots it is a container.
            return False
        return not is_placeholder(own)
    if mark.kind == "item":
        return not is_example_item(own)
    if mark.kind in ("prose", "code"):
        return bool(strip_comments(body[mark.start : mark.stop]).strip())
    return False


def _prose_parts(body: str, found: Sequence[Mark], setting: BodySetting) -> tuple[Part, ...]:
    """Return a body's parts whose prose is guidance: one slot, and reference definitions."""
    if setting.opening:
        return (Gap(text=body, guidance=True),)
    parts: list[Part] = []
    position, written = 0, False
    references = [mark for mark in found if mark.kind == "reference"]
    for mark in (*references, None):
        text = body[position : mark.start if mark else len(body)]
        if text.strip() and not written:
            parts.append(make_section_slot(text, "prose", setting.title, guidance=text.strip()))
            written = True
        elif text:
            parts.append(Gap(text=text, guidance=bool(text.strip())))
        if mark:
            parts.append(Anchor(text=body[mark.start : mark.stop], kind="reference", key=mark.key))
            position = mark.stop
    return tuple(parts)


def _ensure_slot(parts: tuple[Part, ...], body: str, setting: BodySetting) -> tuple[Part, ...]:
    """Return the parts with comments, or an empty leaf, as a slot if there is no other."""
    if (
        setting.opening
        or setting.grouped
        or any(
            isinstance(part, Slot | Group) or (isinstance(part, Anchor) and part.kind == "check")
            for part in parts
        )
    ):
        return parts
    guided = [index for index, part in enumerate(parts) if isinstance(part, Gap) and part.guidance]
    if guided:
        first = last = guided[0]
        for index in guided[1:]:
            if all(not p.text.strip() for p in parts[last + 1 : index] if isinstance(p, Gap)):
                last = index
        text = "".join(part.text for part in parts[first : last + 1])
        slot = make_section_slot(
            text, "prose", setting.title, guidance="\n".join(read_comments(text))
        )
        return (*parts[:first], slot, *parts[last + 1 :])
    if setting.leaf and not any(isinstance(p, Gap) and p.text.strip() for p in parts):
        anchors = tuple(part for part in parts if isinstance(part, Anchor))
        used = sum(len(part.text) for part in parts[: len(parts) - 1]) if anchors else 0
        return (
            *parts[: len(parts) - 1 if anchors else 0],
            make_section_slot(body[used:], "prose", setting.title),
        )
    return parts


def make_section_slot(text: str, kind: SlotKind, title: str, guidance: str = "") -> Slot:
    """Return the one slot of a section, named by its heading."""
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
    """Return the parts with the keys of slots and groups made different from each other."""
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
        """Return the body's parts; their texts joined are the body."""
        return self._between(0, 0, len(self.body))

    def _between(self, index: int, start: int, stop: int) -> tuple[Part, ...]:
        """Return the parts between two offsets; `index` is that of the first mark there."""
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
        """Yield the items of the same list and kind, from `index` on."""
        first = self.marks[index]
        for other in range(index, len(self.marks)):
            mark = self.marks[other]
            if mark.depth < first.depth or (mark.depth == first.depth and mark.kind != first.kind):
                return
            if mark.depth == first.depth:
                yield other

    def _sequence(self, index: int) -> tuple[int, ...]:
        """Return the labelled items from `index` on that differ only in a counter."""
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
            owner=find_owner(name, metadata=self._is_head()),
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
