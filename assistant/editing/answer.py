"""An answer about a section as data: what was said for each slot, and what is wrong with it."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

# Chinese and Japanese have no spaces: a word is about two of their characters.
_UNSPACED_CHARACTERS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_FULL_WIDTH_MARKS = "\u3000-\u303f\uff00-\uff0f\uff1a-\uff1f"  # punctuation of full width
_WORD = re.compile(rf"[{_UNSPACED_CHARACTERS}]|[^\s{_UNSPACED_CHARACTERS}{_FULL_WIDTH_MARKS}]+")
_CHARACTERS_PER_WORD = 2


def split_words(text: str) -> tuple[str, ...]:
    """Return the words of a text, and each character of a script without spaces."""
    return tuple(_WORD.findall(text))


def is_unspaced_character(word: str) -> bool:
    """Whether one of a text's `words` is a character of a script without spaces."""
    return re.fullmatch(f"[{_UNSPACED_CHARACTERS}]", word) is not None


def count_words(text: str) -> int:
    """Return how many words a text has; two characters of a script without spaces are one."""
    found = split_words(text)
    single = sum(map(is_unspaced_character, found))
    return len(found) - single + -(-single // _CHARACTERS_PER_WORD)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with an answer, as a `sentence` for the model.

    `key` is the key of a JSON answer that is to be said again; it is empty where all of it is.
    """

    key: str
    sentence: str


def find_faulty_keys(faults: Iterable[Fault], keys: Sequence[str]) -> tuple[str, ...]:
    """Return those of the `keys` that faults are about, in their order.

    None is returned where a fault is about something else: then all of the answer is said again.
    """
    wrong = {fault.key for fault in faults}
    return tuple(key for key in keys if key in wrong) if wrong <= set(keys) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredItem:
    """An item of a group: its name, and the text of each of its fields by key."""

    name: str
    texts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What was said for one want; which of the four is used depends on the want's kind."""

    key: str
    text: str = ""
    items: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    entries: tuple[AnsweredItem, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that was said."""
        fields = (text for entry in self.entries for _, text in entry.texts)
        return (self.text, *self.items, *(cell for row in self.rows for cell in row), *fields)

    def mapped(self, change: Callable[[str], str]) -> "Value":
        """Return the value with every text changed."""
        entries = tuple(
            replace(entry, texts=tuple((key, change(text)) for key, text in entry.texts))
            for entry in self.entries
        )
        return replace(
            self,
            text=change(self.text),
            items=tuple(change(text) for text in self.items),
            rows=tuple(tuple(change(cell) for cell in row) for row in self.rows),
            entries=entries,
        )

    @property
    def words(self) -> int:
        """How many words were said."""
        return sum(count_words(text) for text in self.texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedFields:
    """Fields of one item of a group, by the group's key and the item's name."""

    key: str
    name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionAnswer:
    """An answer as data, with what is wrong with it.

    `errors` keep a slot from being written as it should be, `flaws` only make it worse. `figures`
    are quantities that nobody gave, which somebody has to confirm. `copies` are fields that say
    what an earlier item's field does.
    """

    values: tuple[Value, ...] = ()
    assumptions: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    not_applicable: str = ""
    errors: tuple[Fault, ...] = ()
    flaws: tuple[Fault, ...] = ()
    figures: tuple[str, ...] = ()
    copies: tuple[CopiedFields, ...] = ()

    def value(self, key: str) -> Value | None:
        """Return what was said for the want with this key, or None."""
        return next((value for value in self.values if value.key == key), None)
