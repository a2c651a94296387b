"""What is asked of a model for one section: the slots to fill, how much of each, and its topic."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from assistant.shipped import load_topic_titles
from assistant.template.fields import Field, ListItems
from assistant.template.pairing import SectionMatch
from assistant.template.parts import Group, Slot, Variant
from assistant.template.unwritten import find_askable_fields

WantKind = Literal["text", "prose", "items", "code", "rows", "group"]

# Words per slot for a bug and for anything else, from how long people write: benchmarks/lengths.py
# counts a median of 52 words in a leaf section (first quartile 21), 7 behind a label and 11 in a
# list item (90th percentiles 40 and 32), 28 in a fence (148), and at most 5 in nine of ten cells.
WORD_BUDGETS: dict[WantKind, tuple[int, int]] = {
    "prose": (40, 60),
    "text": (14, 18),
    "items": (24, 36),
    "code": (40, 60),
    "rows": (8, 10),
    "group": (0, 0),
}
# A field inside a group's item is shorter than one of a section's own. By judgement.
_ITEM_SHARE = 0.8
_SLOT_KINDS: tuple[WantKind, ...] = ("prose", "items", "code", "rows")
_DECISION_KEY = re.compile(r"recommend|decision|choice|chosen")
_PARENT_TOPICS = (
    "decision",
    "endpoint",
    "service",
)  # sections that are called after what they describe
LISTED_TOPICS = ("goals", "non_goals")  # answered as a list, whatever the template has there


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """One slot or group to be written. `words` is its budget, of a table for each cell.

    A group has `fields`, and either fixed `names` for its items or room for `least` to `most`.
    `columns` have the values that are allowed, `placeholder` is what the template has there and
    `examples` its names for a group's items. `choice_of` is the key of the group of options that a
    recommendation chooses from, one of at most `most`.
    """

    key: str
    kind: WantKind
    label: str
    guidance: str = ""
    placeholder: str = ""
    words: int = 0
    language: str = ""
    columns: tuple[tuple[str, tuple[str, ...]], ...] = ()
    fields: tuple["Want", ...] = ()
    names: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    least: int = 2
    most: int = 5
    choice_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionRequest:
    """One request: a section with everything in it that is to be written.

    `id` is unique in its document and the same in every run, for the journal; `parts` are names
    from the brief that a diagram can show.
    """

    id: str
    title: str
    path: tuple[str, ...]
    guidance: str
    wants: tuple[Want, ...]
    parts: tuple[str, ...] = ()

    @property
    def plain(self) -> bool:
        """Return whether the answer is plain text, as it is for a single slot."""
        return len(self.wants) == 1 and self.wants[0].kind in ("text", "prose", "items", "code")

    @property
    def words(self) -> int:
        """Return the section's budget in words."""
        return sum(_sum_budget(want) for want in self.wants)


def _sum_budget(want: Want) -> int:
    if want.kind == "rows":
        return want.words * len(want.columns) * want.least
    if want.kind == "group":
        count = len(want.names) or want.least
        return count * sum(_sum_budget(field) for field in want.fields)
    return want.words


def make_request(
    match: SectionMatch,
    *,
    bug: bool,
    names: tuple[str, ...] = (),
    parts: tuple[str, ...] = (),
    optional: bool = False,
) -> SectionRequest | None:
    """Return the request for a section; None if it has nothing unwritten that is the model's.

    `names` are those of a list group's items, if the brief has them, `parts` those of the
    system's parts. `optional` says that slots which the template calls so are asked for too.
    """
    fields = find_askable_fields(match, optional=optional)
    wants = _tie_recommendations(tuple(_make_wants(fields, names, bug=bug)))
    if not wants:
        return None
    return SectionRequest(
        id=" > ".join(match.section.path[-3:]) if match.section.level else "preamble",
        title=match.section.title,
        path=match.section.path,
        guidance=match.spec.guidance,
        wants=wants,
        parts=parts,
    )


def read_request_title(identity: str) -> str:
    """Return the section's own title in the `id` of a request, which is a path."""
    return identity.rsplit(" > ", 1)[-1]


def _make_wants(
    fields: Sequence[Field | ListItems], names: tuple[str, ...], *, bug: bool
) -> Iterator[Want]:
    for field in fields:
        if isinstance(field, ListItems):
            yield _make_group_want(field.group, names, bug=bug)
        else:
            yield _make_field_want(field, bug=bug)


def _tie_recommendations(wants: tuple[Want, ...]) -> tuple[Want, ...]:
    """Return the wants with a recommendation tied to the options that it chooses from."""
    options = next((w for w in wants if w.kind == "group" and len(w.fields) > 1), None)
    if options is None:
        return wants
    count = len(options.names) or options.most
    return tuple(
        replace(want, choice_of=options.key, most=count)
        if want.kind == "text" and _DECISION_KEY.match(want.key)
        else want
        for want in wants
    )


def _make_field_want(field: Field, *, bug: bool) -> Want:
    want = make_slot_want(field.slot, bug=bug)
    if not field.name:
        return want
    # A blank field of an item that a person began: its key says whose it is.
    return Want(
        key=field.answer_key,
        kind=want.kind,
        words=want.words,
        label=f"{field.name}: {want.label}",
        guidance=want.guidance,
    )


def make_slot_want(slot: Slot, *, bug: bool, share: float = 1.0) -> Want:
    """Return the want for one slot."""
    kind = slot.kind if slot.kind in _SLOT_KINDS else "text"
    return Want(
        key=slot.key,
        kind=kind,
        label=slot.label,
        guidance=slot.guidance,
        placeholder=slot.text.strip(),
        words=round(WORD_BUDGETS[kind][0 if bug else 1] * share),
        language=slot.language,
        columns=slot.columns,
        least=2 if bug else 3,
        most=3 if bug else 4,
    )


def _make_group_want(group: Group, names: tuple[str, ...], *, bug: bool) -> Want:
    fields = tuple(_make_item_wants(group.variants[0], bug=bug))
    return Want(
        key=group.key,
        kind="group",
        label=group.label,
        fields=fields,
        names=names,
        examples=tuple(variant.name for variant in group.variants),
        least=min(2, len(group.variants)),
        most=min(3, max(2, len(group.variants))),
    )


def _make_item_wants(variant: Variant, *, bug: bool) -> Iterator[Want]:
    for part in variant.parts:
        if isinstance(part, Slot):
            want = make_slot_want(part, bug=bug, share=_ITEM_SHARE)
            own = part.key == "text"
            yield Want(
                key="description" if own else want.key,
                kind=want.kind,
                words=want.words,
                label="" if own else want.label,
                guidance=want.guidance,
            )


def find_topic(path: Sequence[str]) -> str:
    """Return the topic of the section at a path: by its title, or as one of a kind by whose.

    It is empty if nothing says what the section is about. A document's title, which is first in
    its sections' paths, says what all of it is about.
    """
    own = path[1:] or path
    parent = _match_topic(own[-2]) if len(own) > 1 else ""
    return _match_topic(own[-1]) or (parent if parent in _PARENT_TOPICS else "")


@cache
def _match_topic(title: str) -> str:
    """Return the first topic whose words a title has."""
    found = (name for name, pattern in _compile_topics() if pattern.search(title))
    return next(found, "")


@cache
def _compile_topics() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (name, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
        for name, words in load_topic_titles().items()
    )
