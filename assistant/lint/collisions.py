"""Numbers that two documents would share once branches are merged."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from assistant.folder.elsewhere import Elsewhere, Taken, read_blobs
from assistant.folder.numbers import Entry, listing
from assistant.folder.numbers import parse as parsed
from assistant.lint.neighbours import Shelf
from assistant.lint.rule import FolderHit
from assistant.markdown.document import decode, parse
from assistant.markdown.elements import fold

_ALIKE = 0.5  # of two texts' bytes, in lines that both have


def find_collisions(shelf: Shelf) -> Iterator[FolderHit]:
    """Yield the documents whose number another one has on a branch or in a worktree."""
    taken = (*shelf.others.taken, *_in_worktrees(shelf.others))
    yield from compare_numbers(shelf.entries, taken, _Contents(shelf.path).same)


def compare_numbers(
    entries: Sequence[Entry], taken: Sequence[Taken], same: Callable[[Entry, Taken], bool]
) -> Iterator[FolderHit]:
    """Yield the documents whose number another one has elsewhere, with what is to be said of it.

    The same name is the same document. A name that is gone from here while its slug stands under
    another number has been renumbered here. `same` tells whether a document only has another name
    there; one that has another number there is doubtful, as merging may settle it.
    """
    here = {entry.name for entry in entries}
    slugs = {(entry.slug, entry.suffix) for entry in entries if entry.slug}
    there = {
        (one.where, entry.slug, entry.suffix): one.name
        for one in taken
        if (entry := parsed(one.name)) and entry.slug
    }
    by_number: dict[int, list[Entry]] = {}
    for entry in entries:
        by_number.setdefault(entry.number, []).append(entry)
    for one in taken:
        other = parsed(one.name)
        moved_here = other is not None and (other.slug, other.suffix) in slugs
        if one.name in here or moved_here or other is None or not other.suffix:
            continue
        for entry in by_number.get(one.number, ()):
            if not same(entry, one):
                yield _hit(entry, one, there.get((one.where, *_key(entry)), ""))


def _key(entry: Entry) -> tuple[str, str]:
    return entry.slug, entry.suffix


def _hit(entry: Entry, other: Taken, own: str) -> FolderHit:
    message = f"the number {entry.number} is also {other.name}'s {other.place}"
    if own and own != entry.name:
        message += f", where this document is {own}."
        return FolderHit(name=entry.name, message=message, doubtful=True)
    message += f": `draft renumber {entry.number}` gives this one another."
    return FolderHit(name=entry.name, message=message)


def _in_worktrees(others: Elsewhere) -> Iterator[Taken]:
    for tree in others.worktrees:
        with suppress(OSError):  # it may be gone, or have no such folder
            for entry in listing(tree):
                if entry.suffix and not entry.folder:
                    yield Taken(number=entry.number, name=entry.name, where=str(tree))


class _Contents:
    """Whether two files hold one document; nothing is read before that is asked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, bytes] = {}

    def same(self, entry: Entry, other: Taken) -> bool:
        """Whether they are equal, or have one title and most of their words."""
        try:
            here = (self._folder / entry.name).read_bytes()
            there = self._there(other)
        except OSError:
            return False
        return (bool(here.strip()) and here == there) or _alike(decode(here), decode(there))

    def _there(self, other: Taken) -> bytes:
        if not other.blob:
            return (Path(other.where) / other.name).read_bytes()
        if other.blob not in self._known:
            self._known |= read_blobs(self._folder, [other.blob])
        return self._known.get(other.blob, b"")


def _alike(one: str, other: str) -> bool:
    titles = [_title(one), _title(other)]
    if not titles[0] or titles[0] != titles[1]:
        return False
    counted = [Counter(re.findall(r"[^\s].*", text)) for text in (one, other)]
    sizes = [sum(len(line) * count for line, count in lines.items()) for lines in counted]
    both = sum(len(line) * count for line, count in (counted[0] & counted[1]).items())
    return both >= _ALIKE * max(*sizes, 1)


def _title(text: str) -> str:
    """A document's title without a number that it begins with."""
    first = next((section.title for section in parse(text).sections if section.level == 1), "")
    return re.sub(r"\A(?:[a-z]{2,10}[- ]?)?#?[0-9]+[.:)\s\u2013-]*", "", fold(first))
