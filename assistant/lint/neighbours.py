"""What stands around a document: its folder, the numbers there, and its repository."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assistant.folder.elsewhere import NumbersElsewhere, look_elsewhere
from assistant.folder.numbers import (
    NameStyle,
    NumberedEntry,
    detect_style,
    list_entries,
    parse_name,
)
from assistant.lint.subject import AnalysisCache, LinePlaces
from assistant.markdown.document import Document, Section
from assistant.markdown.mentions import ALL_KINDS, ONLY_PATHS, Mention, find_mentions
from assistant.repo import git
from assistant.repo.files import (
    MAX_WORDS,
    Repository,
    find_occurring_words,
    find_project_root,
    read_repository,
)
from assistant.template.parts import Anchor, Slot
from assistant.template.template import read_front_parts

if TYPE_CHECKING:
    from assistant.folder.index import IndexRow  # it loads the folder's catalogue

# So many names tell a folder's habits; a folder may hold a hundred times as many.
_STYLE_SAMPLE = 1000


class DocumentFolder:
    """The folder at `path` as a whole, for the rules about folders.

    `on_note` is called with a sentence where other branches could not be looked at. `rows` returns
    what an index of the folder in the file that it is given ought to hold; it is None where nobody
    asked for the folder as a whole.
    """

    def __init__(
        self,
        path: Path,
        on_note: Callable[[str], None] | None = None,
        rows: "Callable[[Path], Sequence[IndexRow]] | None" = None,
    ) -> None:
        self.path = path
        self.rows = rows
        self._on_note = on_note

    @cached_property
    def entries(self) -> tuple[NumberedEntry, ...]:
        """Return the numbered documents; none where the folder can't be listed."""
        try:
            return tuple(one for one in list_entries(self.path) if one.suffix and not one.folder)
        except OSError:
            return ()  # whoever asked for the folder has been told

    @cached_property
    def others(self) -> NumbersElsewhere:
        """Return the numbers on other branches, and the worktrees that have the folder too."""
        found = look_elsewhere(self.path)
        if found.note and self._on_note:
            self._on_note(found.note)
        return found


class FolderListing:
    """The folder that documents stand in, listed once for all of them.

    `root` is the repository's, or None; `known` remembers the anchors of files that were read.
    """

    def __init__(
        self, path: Path, entries: tuple[NumberedEntry, ...] = (), root: Path | None = None
    ) -> None:
        self.path = path
        self.entries = entries
        self.root = root
        self.known: dict[str, frozenset[str]] = {}

    @cached_property
    def numbers(self) -> Mapping[int, tuple[NumberedEntry, ...]]:
        """Return the documents, numbered entries that are files, by their number."""
        found: dict[int, tuple[NumberedEntry, ...]] = {}
        for entry in self.entries:
            if entry.suffix and not entry.folder:
                found[entry.number] = (*found.get(entry.number, ()), entry)
        return found

    @cached_property
    def style(self) -> NameStyle:
        """Return how the folder writes its names."""
        return detect_style(self.entries[:_STYLE_SAMPLE])


def read_folder_listing(path: Path) -> FolderListing:
    """Return the folder at `path` as it is now; an empty one where it cannot be listed."""
    try:
        return FolderListing(
            path=path, entries=list_entries(path), root=git.find_repository_root(path.resolve())
        )
    except OSError:
        return FolderListing(path=path)


@dataclass(frozen=True, slots=True)
class RepositoryMentions:
    """What a document in `folder`, a path from the root, names, and what its repository has."""

    found: tuple[Mention, ...]
    repository: Repository
    folder: str = ""


class MentionFinder(Protocol):
    """Whoever knows the repository that a document is in."""

    def find(self, path: Path, document: Document) -> RepositoryMentions | None:
        """Return what the document at `path` names and its repository; None where it names none."""


class KnownRepositories:
    """The repositories of a run's documents, each looked at when a document first names a path.

    Outside of git, documents in the folder `start` are in a project of which that is the root.
    """

    def __init__(self, start: Path, *, symbols: bool = False) -> None:
        self._start = start
        self._symbols = symbols
        self._known: dict[Path, Repository] = {}
        self._words: dict[Path, dict[str, bool]] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what could not be looked at, and why: a sentence each."""
        return tuple(dict.fromkeys(r.note for r in self._known.values() if r.note))

    def find(self, path: Path, document: Document) -> RepositoryMentions | None:
        """Return what the document at `path` names and its repository; None where it names none."""
        found = find_mentions(document, ALL_KINDS if self._symbols else ONLY_PATHS)
        if not found:
            return None
        folder = Path(os.path.realpath(path)).parent
        root = find_project_root(folder, self._start)
        repository = self._known.get(root)
        if repository is None:
            repository = self._known[root] = read_repository(root)
        own = tuple(one for one in found if not one.proposed)
        if self._symbols:
            symbols = (one for one in own if one.kind == "symbol")
            absent = self._find_absent(root, {word for one in symbols for word in one.words})
            repository = replace(repository, absent=absent)
        inside = folder.relative_to(root).as_posix()
        return RepositoryMentions(own, repository, "" if inside == "." else inside)

    def _find_absent(self, root: Path, words: Collection[str]) -> frozenset[str]:
        """Return those of some words that no file of a repository has; git is asked once a word."""
        known = self._words.setdefault(root, {})
        asked = sorted(word for word in words if word not in known)[:MAX_WORDS]
        known |= find_occurring_words(root, asked)
        return frozenset(word for word in words if known.get(word) is False)


class PlacedDocument(AnalysisCache):
    """A document at `path` among others in a folder; `repositories` knows its repository's files.

    `text` is the document's with blanks for all that is no prose, of the same length.
    """

    def __init__(
        self,
        path: Path,
        document: Document,
        folder: FolderListing,
        repositories: MentionFinder | None = None,
    ) -> None:
        super().__init__()
        self.path = path
        self.document = document
        self.folder = folder
        self.text = document.prose
        self.places = LinePlaces(document.text)
        self._repositories = repositories

    @property
    def title(self) -> Section | None:
        """Return the section under the document's title."""
        return next((s for s in self.document.sections if s.level == 1), None)

    @cached_property
    def entry(self) -> NumberedEntry | None:
        """Return the numbered name that the document has in its folder."""
        own = parse_name(self.path.name)
        if own is None or self.path.parent.resolve() != self.folder.path.resolve():
            return None
        same = self.folder.numbers.get(own.number, ())
        return next((entry for entry in same if entry.name == self.path.name), None)

    @cached_property
    def mentions(self) -> RepositoryMentions | None:
        """Return what of its repository the document names; None where nobody knows that."""
        return self._repositories.find(self.path, self.document) if self._repositories else None

    def front_values(self) -> Iterator[tuple[str, str, int]]:
        """Yield each key of the front matter with its value, and the offset where that begins."""
        position, key = 0, ""
        for part in read_front_parts(self.document.front):
            if isinstance(part, Anchor):
                key = part.key
            elif isinstance(part, Slot):
                value = part.text.strip()
                yield key, value.strip("\"'"), position + max(part.text.find(value), 0)
            position += len(part.text)

    def hint_at_number(self, name: str) -> str:
        """Return a sentence about the document that has a missing file's number, or nothing."""
        entry = parse_name(name)
        same = [one.name for one in self.folder.numbers.get(entry.number, ())] if entry else []
        return f" Number {int(entry.digits)} is {same[0]}." if entry and same else ""
