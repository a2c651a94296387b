"""Reads a template section's body as parts: where its anchors are, and what lies between them."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.markdown.comments import read_comments, strip_comments
from assistant.markdown.elements import Mark, find_marks
from assistant.template.parts import Anchor, Gap, Group, Part, Slot, is_example_item, is_placeholder
from assistant.template.read import (
    BodyWalk,
    HeadKind,
    is_key_mark,
    make_keys_unique,
    make_section_slot,
)


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


def read_parts(body: str, setting: BodySetting) -> tuple[Part, ...]:
    """The body's parts; their texts joined are `body`."""
    found = find_marks(body)
    commented = bool(read_comments(body))
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
    """The parts of a body whose prose is guidance: one slot, and its reference definitions."""
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
    """Comments as a slot where a section has no other, and an empty leaf as one."""
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
