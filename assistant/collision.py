"""Numbers that two documents would share once branches are merged, and moves that were cut off."""

import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from assistant import disk
from assistant.document import decode, parse
from assistant.elsewhere import Elsewhere, Taken, look_elsewhere, read_blobs
from assistant.errors import DraftError
from assistant.finding import NUMBER_ELSEWHERE, RENUMBER_CUT_OFF, RULES, Finding
from assistant.mark import fold
from assistant.number import Entry, listing
from assistant.number import parse as parsed
from assistant.renumbering import begun, moved

_ALIKE = 0.5  # of two texts' bytes, in lines that both have

_DIGITS = re.compile(rb"[0-9]+")

Named = tuple[str, Finding]


def findings_for_folder(
    folder: Path,
    names: Collection[str] | None = None,
    noted: Callable[[str], None] | None = None,
) -> tuple[tuple[Path, Finding], ...]:
    """What there is to say about the numbers of a folder's documents, or of those in `names`.

    `noted` hears where other branches could not be looked at.
    """
    try:
        entries = [entry for entry in listing(folder) if entry.suffix and not entry.folder]
    except OSError:
        return ()  # whoever asked for the folder has been told
    others = look_elsewhere(folder)
    if others.note and noted:
        noted(others.note)
    taken = (*others.taken, *_in_worktrees(others))
    contents = _Contents(folder)
    found = [*collisions(entries, taken, contents.same), *_cut_off(folder, entries)]
    return tuple(
        (folder / name, finding) for name, finding in found if names is None or name in names
    )


def collisions(
    entries: Sequence[Entry], taken: Sequence[Taken], same: Callable[[Entry, Taken], bool]
) -> Iterator[Named]:
    """The documents whose number another one has elsewhere, each with what is to be said of it.

    The same name is the same document. A name that is gone from here while its slug stands under
    another number has been renumbered here. `same` tells whether a document only has another name
    there; one that has another number there is a note, as merging may settle it.
    """
    here = {entry.name for entry in entries}
    slugs = {(entry.slug, entry.suffix) for entry in entries if entry.slug}
    there = {(one.where, entry.slug, entry.suffix): one.name
             for one in taken if (entry := parsed(one.name)) and entry.slug}  # fmt: skip
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
                yield entry.name, _finding(entry, one, there.get((one.where, *_key(entry)), ""))


def _key(entry: Entry) -> tuple[str, str]:
    return entry.slug, entry.suffix


def _finding(entry: Entry, other: Taken, own: str) -> Finding:
    message = f"the number {entry.number} is also {other.name}'s {other.place}"
    if own and own != entry.name:
        message += f", where this document is {own}."
        return Finding(code=NUMBER_ELSEWHERE, severity="note", line=1, message=message)
    message += f": `draft renumber {entry.number}` gives this one another."
    severity = RULES[NUMBER_ELSEWHERE].severity
    return Finding(code=NUMBER_ELSEWHERE, severity=severity, line=1, message=message)


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


def _begun(folder: Path, first: Entry, entry: Entry) -> bool:
    move = replace(moved(folder, folder / first.name, entry.number), digits=entry.digits)
    return begun(folder, move)


def _cut_off(folder: Path, entries: Sequence[Entry]) -> Iterator[Named]:
    """Documents that stand under two numbers, as a renumbering that was killed leaves them."""
    known: dict[tuple[str, str], Entry] = {}
    for entry in sorted(entries, key=lambda one: one.number):
        first = known.setdefault(_key(entry), entry)
        if first is entry or not entry.slug or first.number == entry.number:
            continue
        real = Path(os.path.realpath(folder))
        with suppress(DraftError):  # a file that cannot be read is somebody else's finding
            one, other = (disk.read(real / name) for name in (first.name, entry.name))
            # Digits are all that a new number changes.
            if _DIGITS.sub(b"", one) != _DIGITS.sub(b"", other):
                continue
            if one == other or _begun(real, first, entry):
                yield first.name, Finding(
                    code=RENUMBER_CUT_OFF, severity=RULES[RENUMBER_CUT_OFF].severity, line=1,
                    message=f"{entry.name} is the same document, as a `draft renumber` that was "
                    f"cut off leaves it: `draft renumber {first.number} {entry.number}` goes on.",
                )  # fmt: skip
