"""Answers to everything that a section has unwritten."""

from collections.abc import Callable

from assistant.editing.answer import AnsweredItem, SectionAnswer, Value
from assistant.template.fields import ListItems
from assistant.template.pairing import SectionMatch
from assistant.template.parts import Group, Slot
from assistant.template.unwritten import find_askable_fields

Say = Callable[[], str]


def slot_value(slot: Slot, key: str, say: Say) -> Value:
    """An answer for a slot, in one of the forms that it may have."""
    if slot.kind == "items":
        return Value(key=key, items=(say(), say()))
    if slot.kind == "rows":
        return Value(key=key, rows=tuple(tuple(say() for _ in slot.columns) for _ in range(2)))
    return Value(key=key, text=say())


def entry(group: Group, number: int, say: Say) -> AnsweredItem:
    """An answer for one item of a group."""
    variant = group.variants[number if number < len(group.variants) else 0]
    keys = [
        "description" if part.key == "text" else part.key
        for part in variant.parts
        if isinstance(part, Slot)
    ]
    return AnsweredItem(name=say(), texts=tuple((key, say()) for key in keys))


def answer(match: SectionMatch, say: Say) -> SectionAnswer:
    """An answer for everything that is unwritten in a section."""
    values: list[Value] = []
    for field in find_askable_fields(match):
        if isinstance(field, ListItems):
            entries = tuple(entry(field.group, number, say) for number in range(3))
            values.append(Value(key=field.answer_key, entries=entries))
        else:
            values.append(slot_value(field.slot, field.answer_key, say))
    return SectionAnswer(values=tuple(values))
