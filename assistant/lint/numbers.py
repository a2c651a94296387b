"""Numbers of documents as several rules see them: in front matter, and in names of files."""

from collections.abc import Iterator

from assistant.document import Document
from assistant.folder import About
from assistant.number import parse
from assistant.slot import Anchor, Slot
from assistant.template import front_parts


def front_values(document: Document) -> Iterator[tuple[str, str, int]]:
    """Yield each key of the front matter with its value, and the offset where that begins."""
    position, key = 0, ""
    for part in front_parts(document.front):
        if isinstance(part, Anchor):
            key = part.key
        elif isinstance(part, Slot):
            value = part.text.strip()
            yield key, value.strip("\"'"), position + max(part.text.find(value), 0)
        position += len(part.text)


def hint_number(about: About, name: str) -> str:
    """Return a sentence about the document with the number of one that is not there, or nothing."""
    entry = parse(name)
    same = [one.name for one in about.folder.numbers.get(entry.number, ())] if entry else []
    return f" Number {int(entry.digits)} is {same[0]}." if entry and same else ""
