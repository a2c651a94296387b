"""Numbers that two documents would share once branches are merged."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from assistant.folder.elsewhere import NumbersElsewhere, TakenNumber, read_blobs
from assistant.folder.numbers import NumberedEntry, list_entries
from assistant.folder.numbers import parse_name as parsed
from assistant.lint.neighbours import DocumentFolder
from assistant.lint.rule import FolderHit
from assistant.markdown.document import decode_text, parse_document
from assistant.markdown.elements import fold_name

_MIN_SHARED = 0.5  # of two texts' bytes, in lines that both have


def find_collisions(shelf: DocumentFolder) -> Iterator[FolderHit]:
    """Yield the documents whose number another one has on a branch or in a worktree."""
    taken = (*shelf.others.taken, *_list_worktree_numbers(shelf.others))
    yield from compare_numbers(shelf.entries, taken, _Contents(shelf.path).same)


def compare_numbers(
    entries: Sequence[NumberedEntry],
    taken: Sequence[TakenNumber],
    same: Callable[[NumberedEntry, TakenNumber], bool],
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
    by_number: dict[int, list[NumberedEntry]] = {}
    for entry in entries:
        by_number.setdefault(entry.number, []).append(entry)
    for one in taken:
        other = parsed(one.name)
        moved_here = other is not None and (other.slug, other.suffix) in slugs
        if one.name in here or moved_here or other is None or not other.suffix:
            continue
        for entry in by_number.get(one.number, ()):
            if not same(entry, one):
                yield _build_hit(entry, one, there.get((one.where, *_name_key(entry)), ""))


def _name_key(entry: NumberedEntry) -> tuple[str, str]:
    return entry.slug, entry.suffix


def _build_hit(entry: NumberedEntry, other: TakenNumber, own: str) -> FolderHit:
    message = f"the number {entry.number} is also {other.name}'s {other.place}"
    if own and own != entry.name:
        message += f", where this document is {own}."
        return FolderHit(name=entry.name, message=message, doubtful=True)
    message += f": `draft renumber {entry.number}` gives this one another."
    return FolderHit(name=entry.name, message=message)


def _list_worktree_numbers(others: NumbersElsewhere) -> Iterator[TakenNumber]:
    for tree in others.worktrees:
        with suppress(OSError):  # it may be gone, or have no such folder
            for entry in list_entries(tree):
                if entry.suffix and not entry.folder:
                    yield TakenNumber(number=entry.number, name=entry.name, where=str(tree))


class _Contents:
    """Whether two files hold one document; nothing is read before that is asked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, bytes] = {}

    def same(self, entry: NumberedEntry, other: TakenNumber) -> bool:
        """Whether they are equal, or have one title and most of their words."""
        try:
            here = (self._folder / entry.name).read_bytes()
            there = self._there(other)
        except OSError:
            return False
        return (bool(here.strip()) and here == there) or _are_alike(
            decode_text(here), decode_text(there)
        )

    def _there(self, other: TakenNumber) -> bytes:
        if not other.blob:
            return (Path(other.where) / other.name).read_bytes()
        if other.blob not in self._known:
            self._known |= read_blobs(self._folder, [other.blob])
        return self._known.get(other.blob, b"")


def _are_alike(one: str, other: str) -> bool:
    titles = [_find_title(one), _find_title(other)]
    if not titles[0] or titles[0] != titles[1]:
        return False
    counted = [Counter(re.findall(r"[^\s].*", text)) for text in (one, other)]
    sizes = [sum(len(line) * count for line, count in lines.items()) for lines in counted]
    both = sum(len(line) * count for line, count in (counted[0] & counted[1]).items())
    return both >= _MIN_SHARED * max(*sizes, 1)


def _find_title(text: str) -> str:
    """A document's title without a number that it begins with."""
    first = next(
        (section.title for section in parse_document(text).sections if section.level == 1), ""
    )
    return re.sub(r"\A(?:[a-z]{2,10}[- ]?)?#?[0-9]+[.:)\s\u2013-]*", "", fold_name(first))
