"""What is open in a document: slots that are unwritten, and questions without an answer.

This is the one definition of unwritten, which draft, fill, check and list all ask. Whether somebody
put anything into a slot is `Field.written`. Here stands what follows from that, with every
exception: whose the slot is, what nobody misses, and that a list of items of which none was begun
is one slot.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from assistant.markdown.blocks import split_lines
from assistant.markdown.comments import strip_comments
from assistant.markdown.document import Section
from assistant.markdown.elements import ITEM_MARKER, Mark, fold_name
from assistant.markdown.passage import Passage
from assistant.template.align import (
    Alignment,
    HeadingGroup,
    find_bare_items,
    find_open_groups,
    find_untouched_examples,
)
from assistant.template.fields import Field, ListItems
from assistant.template.pairing import SectionMatch
from assistant.template.parts import OPTIONAL, Group, Slot, Spec

Lack = Literal["", "unwritten", "unknown", "people", "optional"]
NOT_APPLICABLE = "Not applicable: "  # and why: what a section says that its subject has nothing for
# A comment in a label's slot that calls it optional. A comment that only has the word in it asks
# for something: "Which optional fields does the API have?".
_OPTIONAL_NOTE = re.compile(r"<!--\s*[(\[]?(?:this is (?:an )?)?optional\b", re.IGNORECASE)
# What the program writes as a list. Behind a label or in a cell there is no room for one.
_LIST_KINDS = ("prose", "items")

_DONE_ITEM = re.compile(r"\[[xX]\](?:[ \t]|$)|~~.*~~\s*\Z", re.DOTALL)
_OPEN_BOX = re.compile(r"\[ \](?:[ \t]+|$)")
# "None known." and what people say in its place; a hint in brackets asks nothing either.
_NO_QUESTION = re.compile(
    r"none(?: (?:known|yet|left|open|so far|currently|remaining|at (?:this|the) \w+))*"
    r"|nothing(?: open| left)?|n/?a|not applicable\b.*|tb[ad]|todo"
    r"|(?:there are )?no (?:(?:open|unresolved|known|further|more) )*(?:questions|issues)\b.*"
    r"|\[[^\]]*\]|\.\.\.|\u2026|\W*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnwrittenSlot:
    """One slot that is unwritten, `start` being where it begins in the document's text.

    `match` is the section that it stands in, None for front matter. `field` is None for a heading
    group of which no item was begun, which is `group`, and for an item with a name and nothing
    under it, in which all that its example asks for is unwritten.
    """

    start: int
    match: SectionMatch | None = None
    field: Field | ListItems | None = None
    group: HeadingGroup | None = None

    @property
    def asked(self) -> bool:
        """Whether a model writes it, not the program."""
        return not isinstance(self.field, Field) or self.field.slot.owner == "model"


def find_lack(field: Field) -> Lack:
    """Return what a slot lacks, an empty string where nothing is missed.

    "unwritten" is what a draft has to have; "unknown" what the program would have written had it
    known; "people" what only people add; "optional" what the template leaves to its author.
    """
    slot = field.slot
    if field.written:
        return ""
    if slot.owner == "people":
        return "" if is_optional_slot(slot) else "people"
    if is_optional_slot(slot):
        return "optional"
    if slot.owner == "model":
        return "unwritten"
    return _find_program_lack(slot)


def _find_program_lack(slot: Slot) -> Lack:
    if slot.role == "references":
        # `Superseded by:` with nothing behind it says that there is nothing.
        return "" if slot.label else "unwritten"
    if slot.role == "questions":
        return "unwritten" if slot.kind in _LIST_KINDS else ""
    # A status is the first of those that the template lists; where it lists none, nobody knows it.
    return "unwritten" if slot.role == "status" and slot.choices else "unknown"


def is_optional_slot(slot: Slot) -> bool:
    """Whether the template calls a label optional, in its name or in a comment behind it."""
    note = slot.label and _OPTIONAL_NOTE.search(slot.text)
    return bool(OPTIONAL.search(slot.label) or note)


def is_not_applicable(section: Section) -> bool:
    """Whether the section holds the one line that says it does not apply."""
    said = section.body.strip()
    return said.startswith(NOT_APPLICABLE) and "\n" not in said


def find_unwritten_fields(match: SectionMatch) -> tuple[Field | ListItems, ...]:
    """Return a section's slots that are unwritten: whole list groups, and fields of those begun.

    An item of a begun group that nobody touched is left over, not unwritten.
    """
    return tuple(_find_lacking(match, ("unwritten",)))


def find_askable_fields(
    match: SectionMatch, *, optional: bool = False
) -> tuple[Field | ListItems, ...]:
    """Return what a model is asked for in a section: what is unwritten and not the program's.

    With `optional` slots that the template calls so are among them: somebody named the section.
    """
    lacks: tuple[Lack, ...] = ("unwritten", "optional") if optional else ("unwritten",)
    return tuple(
        field
        for field in _find_lacking(match, lacks)
        if isinstance(field, ListItems) or field.slot.owner == "model"
    )


def _find_lacking(match: SectionMatch, lacks: tuple[Lack, ...]) -> Iterator[Field | ListItems]:
    if is_not_applicable(match.section):
        return
    for field in match.body.fields:
        if isinstance(field, Field):
            inside: tuple[Field, ...] = (field,)
        elif not field.written:
            yield field
            continue
        else:
            inside = tuple(f for item in field.items if item.touched for f in item.fields)
        yield from (one for one in inside if find_lack(one) in lacks)


def find_unwritten_slots(alignment: Alignment) -> tuple[UnwrittenSlot, ...]:
    """Return all that is unwritten in a document: `check` reports, `list` counts, `fill` writes it.

    A heading group of which no item was begun is one slot. Its examples, and examples that were
    left beside items that somebody began, are none themselves.
    """
    return tuple(sorted(_find_slots(alignment), key=lambda one: one.start))


def _find_slots(alignment: Alignment) -> Iterator[UnwrittenSlot]:
    for field in alignment.front.fields:
        if isinstance(field, Field) and find_lack(field) == "unwritten":
            yield UnwrittenSlot(start=field.start, field=field)
    left = find_untouched_examples(alignment)
    for match in alignment.matches:
        if match.index not in left:
            base = match.section.body_start
            for field in find_unwritten_fields(match):
                yield UnwrittenSlot(start=base + field.start, match=match, field=field)
    for group in find_open_groups(alignment):
        above = next(iter(group.parents), None)
        # A group without examples is missed at its section's heading.
        start = group.start if group.indexes or above is None else above.section.start
        yield UnwrittenSlot(start=start, match=above, group=group)
    for match, example in find_bare_items(alignment):
        if not find_unwritten_fields(match) and _asks_model(example):
            yield UnwrittenSlot(start=match.section.start, match=match)


def _asks_model(example: Spec) -> bool:
    """Whether there is something for a model to write in an item that is made after an example."""
    return any(
        isinstance(part, Group)
        or (isinstance(part, Slot) and part.owner == "model" and not is_optional_slot(part))
        for part in example.parts
    )


def find_open_questions(alignment: Alignment) -> tuple[str, ...]:
    """Return the open questions: items, else sub-headings, else paragraphs."""
    return tuple(
        question
        for match in alignment.matches
        for field in match.body.fields
        if isinstance(field, Field) and field.slot.role == "questions"
        for question in _find_questions(alignment, match, field)
    )


def _find_questions(alignment: Alignment, match: SectionMatch, field: Field) -> tuple[str, ...]:
    """Return the open questions that a slot has, or the headings under its section."""
    own = match.section if field.content == match.section.body else Passage(body=field.content)
    passages: list[Passage] = [own]
    titles: list[str] = []
    if field.slot.kind != "text":  # a label has no headings under it
        for section in alignment.document.sections[match.index + 1 :]:
            if section.level <= match.section.level:
                break
            passages.append(section)
            if section.path[:-1] == match.section.path:
                titles.append(section.title)
    listed = [list(_find_texts(passage, items=True)) for passage in passages]
    if any(listed):
        found = [text for texts in listed for text in texts]
    else:
        found = titles or list(_find_texts(own, items=False))
    known = _template_lines(field.slot)
    return tuple(text for text in found if _is_open(text) and fold_name(text) not in known)


def _find_texts(passage: Passage, *, items: bool) -> Iterator[str]:
    """Yield the text of each list item of the first depth, or of each paragraph outside lists."""
    body = passage.body
    for mark in passage.marks:
        if mark.depth == 1 and items and mark.kind in ("item", "label", "check"):
            yield _item_words(body, mark)
        elif mark.depth == 0 and not items and mark.kind in ("prose", "label"):
            yield body[mark.start : mark.stop].strip()


def _item_words(body: str, mark: Mark) -> str:
    return ITEM_MARKER.sub("", body[mark.start : mark.stop], count=1).strip()


def _template_lines(slot: Slot) -> frozenset[str]:
    """Return what the template itself has in the slot, line by line."""
    return frozenset(
        fold_name(ITEM_MARKER.sub("", line, count=1)) for line in split_lines(slot.text)
    )


def _is_open(text: str) -> bool:
    """Whether an item asks something that is not answered yet."""
    words = _OPEN_BOX.sub("", strip_comments(text).strip(), count=1)
    return not _DONE_ITEM.match(words) and not _NO_QUESTION.fullmatch(
        fold_name(words).rstrip(".! ")
    )
