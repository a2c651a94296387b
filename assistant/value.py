"""What was said for a section, as data: values by key, asides, and what is wrong with them."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

# Chinese and Japanese have no spaces: a word is about two of their characters.
_CHARACTER = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_MARK = "\u3000-\u303f\uff00-\uff0f\uff1a-\uff1f"  # punctuation of full width
_WORD = re.compile(rf"[{_CHARACTER}]|[^\s{_CHARACTER}{_MARK}]+")
_PER_WORD = 2


def words(text: str) -> tuple[str, ...]:
    """The words of a text, and each character of a script without spaces."""
    return tuple(_WORD.findall(text))


def is_character(word: str) -> bool:
    """Whether one of a text's `words` is a character of a script without spaces."""
    return re.fullmatch(f"[{_CHARACTER}]", word) is not None


def length(text: str) -> int:
    """How many words a text has; two characters of a script without spaces are one."""
    found = words(text)
    single = sum(map(is_character, found))
    return len(found) - single + -(-single // _PER_WORD)


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
class Entry:
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
    entries: tuple[Entry, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that was said."""
        fields = (text for entry in self.entries for _, text in entry.texts)
        return (self.text, *self.items, *(cell for row in self.rows for cell in row), *fields)

    def mapped(self, change: Callable[[str], str]) -> "Value":
        """The value with every text changed."""
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
        return sum(length(text) for text in self.texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Fields of one item of a group, by the group's key and the item's name."""

    key: str
    name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
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
    copies: tuple[Copy, ...] = ()

    def value(self, key: str) -> Value | None:
        """What was said for the want with this key."""
        return next((value for value in self.values if value.key == key), None)
