"""D901: another document has the number on another branch or in another worktree."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from assistant.folder.elsewhere import NumbersElsewhere, TakenNumber, read_blobs
from assistant.folder.numbers import NumberedEntry, list_entries, parse_name
from assistant.lint.rule import Example, FolderHit, FolderRule
from assistant.lint.surroundings import DocumentFolder

# How much of two texts' bytes, in lines that both have, makes them one document that was changed on
# a branch: half, by judgement (memory/design/011_numbers.md). Less would hide real collisions.
_MIN_SHARED = 0.5
# What a title may say before its name: `ADR-7: `, `0007. `, `#7 - `.
_TITLE_NUMBER = re.compile(r"\A(?:[a-z]{2,10}[- ]?)?#?[0-9]+[.:)\s\u2013-]*")


def _check(folder: DocumentFolder) -> Iterator[FolderHit]:
    """Yield the documents whose number another one has on a branch or in a worktree."""
    taken = (*folder.others.taken, *_list_worktree_numbers(folder.others))
    yield from compare_numbers(folder.entries, taken, _Contents(folder.path).are_same)


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
        if (entry := parse_name(one.name)) and entry.slug
    }
    by_number: dict[int, list[NumberedEntry]] = {}
    for entry in entries:
        by_number.setdefault(entry.number, []).append(entry)
    for one in taken:
        other = parse_name(one.name)
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
    """Yield the numbers of the folder's documents in other worktrees, committed or not."""
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

    def are_same(self, entry: NumberedEntry, other: TakenNumber) -> bool:
        """Whether they are equal, or have one title and most of their words."""
        try:
            here = (self._folder / entry.name).read_bytes()
            there = self._read_other(other)
        except OSError:
            return False
        from assistant.markdown.document import decode_text  # noqa: PLC0415  hardly ever needed

        return (bool(here.strip()) and here == there) or _are_alike(
            decode_text(here), decode_text(there)
        )

    def _read_other(self, other: TakenNumber) -> bytes:
        """Return the other file's bytes: from a worktree, or from a branch by git, once each."""
        if not other.blob:
            return (Path(other.where) / other.name).read_bytes()
        if other.blob not in self._known:
            self._known |= read_blobs(self._folder, [other.blob])
        return self._known.get(other.blob, b"")


def _are_alike(one: str, other: str) -> bool:
    """Whether two texts have one title and at least half of their bytes in equal lines."""
    titles = [_find_title(one), _find_title(other)]
    if not titles[0] or titles[0] != titles[1]:
        return False
    counted = [Counter(re.findall(r"[^\s].*", text)) for text in (one, other)]
    sizes = [sum(len(line) * count for line, count in lines.items()) for lines in counted]
    both = sum(len(line) * count for line, count in (counted[0] & counted[1]).items())
    return both >= _MIN_SHARED * max(*sizes, 1)


def _find_title(text: str) -> str:
    """Return a document's title without a number that it begins with."""
    from assistant.markdown.document import parse_document  # noqa: PLC0415  hardly ever needed
    from assistant.markdown.elements import fold_name  # noqa: PLC0415

    sections = parse_document(text).sections
    first = next((section.title for section in sections if section.level == 1), "")
    return _TITLE_NUMBER.sub("", fold_name(first))


RULE = FolderRule(
    code="D901",
    name="number-elsewhere",
    severity="warning",
    doubtful="note",
    about=(
        "Another document has this one's number on another branch or in another worktree: "
        "branches that merge clean would end up with both."
    ),
    why="Each branch is fine by itself; together they have one number twice.",
    mend="Run `draft renumber DOC` on one of the branches before they meet.",
    example=Example(
        fails="Who logs in.\n",
        passes="Who logs in.\n",
        renamed="008_login.md",
        elsewhere=("007_logout.md",),
    ),
    check=_check,
)
