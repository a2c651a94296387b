"""What is said twice: items of a group that hardly differ, and rows that say what is known."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

from assistant.mark import fold
from assistant.request import Request, Want
from assistant.value import Answer, Entry, Fault, Value, is_character, length, words

LEAST_SAID = 4  # words that say something
ALIKE = 0.7  # of the words of two texts: they say the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A field of a group's item `name` that says what an `earlier` item's does.

    `key` is the group's; `equal` tells texts that are the same from texts that are nearly so.
    """

    key: str
    field: str
    earlier: str
    name: str
    equal: bool


def find_repeats(answer: Answer, asked: Request) -> Iterator[Repeat]:
    """Yield the repeats in an answer's groups of items with several fields."""
    for want in asked.wants:
        value = answer.value(want.key)
        if want.kind != "group" or value is None:
            continue
        for one, other in combinations(value.entries, 2):
            yield from _between(want, one, other)


def _between(want: Want, one: Entry, other: Entry) -> Iterator[Repeat]:
    for (field, text), (_, same) in zip(one.texts, other.texts, strict=False):
        equal = fold(text) == fold(same)
        if (equal and bool(fold(text)) and len(want.fields) > 1) or (
            not equal and are_much_alike(text, same)
        ):
            yield Repeat(key=want.key, field=field, earlier=one.name, name=other.name, equal=equal)


def fault_repeats(found: Iterable[Repeat], *, equal: bool) -> tuple[Fault, ...]:
    """Return the faults of repeats that are `equal`, or of those that are nearly so."""
    return tuple(
        dict.fromkeys(Fault(one.key, _sentence(one)) for one in found if one.equal is equal)
    )


def _sentence(one: Repeat) -> str:
    if one.equal:
        return f'"{one.key}": two items have the same "{one.field}"; say how they differ.'
    return (
        f'"{one.key}": "{one.field}" of "{one.earlier}" and "{one.name}" are nearly the '
        "same; say what only one of them does."
    )


def find_known_rows(value: Value, known: str) -> Iterator[Fault]:
    """Yield a fault for each row that only says again what the model was told."""
    said = fold(known)
    for row in value.rows:
        if length(row[0]) >= LEAST_SAID and fold(row[0]).rstrip(".") in said:
            said_again = f'"{value.key}": "{row[0][:40]}" is known already; say what can go wrong.'
            yield Fault(value.key, said_again)


def are_much_alike(one: str, other: str) -> bool:
    """Return whether two texts have most of their words in common."""
    first, second = _pieces(one), _pieces(other)
    both = first | second
    return len(both) >= LEAST_SAID and len(first & second) >= ALIKE * len(both)


def _pieces(text: str) -> set[str]:
    """The words of a text; pairs of characters, which have an order, where there are no spaces."""
    found = words(fold(text))
    pairs = {a + b for a, b in pairwise(found) if is_character(a) and is_character(b)}
    return pairs | {word for word in found if not is_character(word)}
