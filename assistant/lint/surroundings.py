"""What stands around a document, and the questions that its rules may ask about that.

A rule's finding may hang on another document's number, on a file, on what git knows. All of it is
asked here and nowhere else, and each question is kept with its answer: a verdict that was reached
once holds as long as the document is the same and every question has the answer it had.
"""

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assistant import files
from assistant.errors import DraftError, Json
from assistant.folder.elsewhere import NumbersElsewhere, look_elsewhere
from assistant.folder.numbers import NameStyle, NumberedEntry, detect_style, list_entries
from assistant.repo import git

if TYPE_CHECKING:
    from assistant.folder.index import IndexRow as Row
    from assistant.lint.rule import Finding
    from assistant.repo.files import Repository

_STYLE_SAMPLE = 1000  # so many names tell a folder's habits

_OF_FOLDERS = "D9"  # how the codes begin of the rules about a folder as a whole

Question = tuple[str, str]  # its kind, and what it is about


class FolderListing:
    """The folder that documents stand in, listed once for all of them.

    `root` is the repository's, or None; `known` remembers the anchors of files that were read, by
    the digest of what they hold.
    """

    def __init__(
        self, path: Path, entries: tuple[NumberedEntry, ...] = (), root: Path | None = None
    ) -> None:
        self.path = path
        self.entries = entries
        self.root = root
        self.known: dict[str, frozenset[str] | None] = {}
        self.digests: dict[str, str] = {}
        self._latest = ("", b"")

    def read(self, target: Path, key: str) -> None:
        """Keep the digest of a file that is called `key`: empty where it is no document."""
        digest = ""
        if target.is_file():
            with suppress(DraftError):
                data = files.read_document_bytes(target)
                digest = sha256(data).hexdigest()
                self._latest = digest, data
        self.digests[key] = digest

    def content(self, target: Path, digest: str) -> bytes | None:
        """Return what a file holds, as long as that is what has this digest."""
        if self._latest[0] != digest:
            self.read(target, os.path.realpath(target))
        return self._latest[1] if self._latest[0] == digest else None

    @cached_property
    def real(self) -> Path:
        """The folder with no link in its path."""
        return self.path.resolve()

    @cached_property
    def numbers(self) -> Mapping[int, tuple[NumberedEntry, ...]]:
        """The documents, numbered entries that are files, by their number."""
        found: dict[int, tuple[NumberedEntry, ...]] = {}
        for entry in self.entries:
            if entry.suffix and not entry.folder:
                found[entry.number] = (*found.get(entry.number, ()), entry)
        return found

    @cached_property
    def style(self) -> NameStyle:
        """How the folder writes its names."""
        return detect_style(self.entries[:_STYLE_SAMPLE])


def read_folder_listing(path: Path) -> FolderListing:
    """The folder at `path` as it is now; an empty one where it cannot be listed."""
    try:
        return FolderListing(
            path=path, entries=list_entries(path), root=git.find_repository_root(path.resolve())
        )
    except OSError:
        return FolderListing(path=path)


class DocumentFolder:
    """The folder at `path`; `noted` hears where other branches could not be looked at.

    `rows` gives what an index of the folder in the file that it is handed ought to hold; None where
    nobody asked for the folder as a whole.
    """

    def __init__(
        self,
        path: Path,
        noted: Callable[[str], None] | None = None,
        rows: "Callable[[Path], Sequence[Row]] | None" = None,
    ) -> None:
        self.path = path
        self.rows = rows
        self._noted = noted

    @cached_property
    def entries(self) -> tuple[NumberedEntry, ...]:
        """The numbered documents; none where the folder can't be listed."""
        try:
            return tuple(one for one in list_entries(self.path) if one.suffix and not one.folder)
        except OSError:
            return ()  # whoever asked for the folder has been told

    @cached_property
    def others(self) -> NumbersElsewhere:
        """The numbers on other branches, and the worktrees that have the folder too."""
        found = look_elsewhere(self.path)
        if found.note and self._noted:
            self._noted(found.note)
        return found


class Repositories(Protocol):
    """Who knows the repository that a document is in."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what could not be looked at, and why: a sentence each."""

    @property
    def symbols(self) -> bool:
        """Whether symbols are asked for, not only paths."""

    def repository(self, path: Path) -> "tuple[Repository, str]":
        """Return the repository of the document at `path`, and its folder from the root."""

    def absent(self, path: Path, words: Collection[str]) -> frozenset[str]:
        """Return those of a document's words that occur in no code of its repository."""


class KnownRepositories:
    """The repositories of a run's documents, each looked at when a document first names a path.

    Outside of git, documents in the folder `start` are in a project of which that is the root.
    """

    def __init__(self, start: Path, *, symbols: bool = False) -> None:
        self._start = start
        self.symbols = symbols
        self._known: dict[Path, Repository] = {}
        self._words: dict[Path, dict[str, bool]] = {}
        self._places: dict[Path, tuple[Path, str]] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be looked at, and why."""
        return tuple(dict.fromkeys(r.note for r in self._known.values() if r.note))

    def repository(self, path: Path) -> "tuple[Repository, str]":
        """Return the repository of the document at `path`, and its folder from the root."""
        from assistant.repo.files import read_repository  # noqa: PLC0415  few documents name a path

        root, inside = self._place(path)
        repository = self._known.get(root)
        if repository is None:
            repository = self._known[root] = read_repository(root)
        return repository, inside

    def _place(self, path: Path) -> tuple[Path, str]:
        """Return the root of a document's repository, and the document's folder from there."""
        from assistant.repo.files import find_project_root  # noqa: PLC0415

        folder = Path(os.path.realpath(path)).parent
        if folder not in self._places:
            root = find_project_root(folder, self._start)
            inside = folder.relative_to(root).as_posix()
            self._places[folder] = root, "" if inside == "." else inside
        return self._places[folder]

    def absent(self, path: Path, words: Collection[str]) -> frozenset[str]:
        """Return those of a document's words that occur in no code of its repository."""
        from assistant.repo.files import MAX_WORDS, find_occurring_words  # noqa: PLC0415

        root, _ = self._place(path)
        known = self._words.setdefault(root, {})
        asked = sorted(word for word in words if word not in known)[:MAX_WORDS]
        known |= find_occurring_words(root, asked)
        return frozenset(word for word in words if known.get(word) is False)


class Surroundings:
    """The questions of the rules about the document at `path`, and their answers."""

    def __init__(self, path: Path, folder: FolderListing, context: Repositories | None) -> None:
        self.path = path
        self.folder = folder
        self.asked: dict[Question, Json] = {}
        self._context = context
        self.has_repository = context is not None
        self.wants_symbols = context is not None and context.symbols

    def _ask(self, kind: str, about: str = "") -> Json:
        question = kind, about
        if question not in self.asked:
            self.asked[question] = _QUESTIONS[kind](self, about)
        return self.asked[question]

    def still_answers(self, asked: Iterable[Sequence[Json]]) -> bool:
        """Whether each question, given with its answer, would be answered so again."""
        return all(
            kind in _QUESTIONS and self._ask(str(kind), str(about)) == answer
            for kind, about, answer in asked
        )

    @property
    def stands_in_folder(self) -> bool:
        """Whether the document is in the folder that was listed."""
        return self._ask("in-folder") is True

    def numbered(self, number: int) -> tuple[str, ...]:
        """Return the names of the documents that have a number."""
        found = self._ask("numbered", str(number))
        return tuple(map(str, found)) if isinstance(found, list) else ()

    @property
    def style(self) -> NameStyle:
        """How the folder writes its names."""
        self._ask("style")
        return self.folder.style

    def is_there(self, target: Path) -> bool:
        """Whether a link's target is there; what is outside the repository is not ours to judge."""
        return self._ask("there", str(target)) is True

    def is_document(self, name: str) -> bool:
        """Whether a path is there from the document, its folder or the repository's root."""
        return self._ask("document", name) is True

    def known_anchors(
        self, target: Path, find: Callable[[bytes], frozenset[str] | None]
    ) -> frozenset[str] | None:
        """Return what `find` finds in another file; None where that is no document."""
        digest = str(self._ask("content", str(target)))
        if digest and digest not in self.folder.known:
            data = self.folder.content(target, digest)
            if data is None:  # somebody is writing to it: what is found now holds for now only
                self.asked["content", str(target)] = "changed"
                return None
            self.folder.known[digest] = find(data)
        return self.folder.known[digest] if digest else None

    @property
    def knows_paths(self) -> bool:
        """Whether anything can be said about paths of the repository."""
        return self._ask("known") is True

    def has_path(self, path: str) -> bool:
        """Whether the repository has a path."""
        return self._ask("has", path) is True

    def begins_path(self, path: str) -> bool:
        """Whether any folder of the repository is called as a path's first part is."""
        return self._ask("begins", path) is True

    def similar_path(self, path: str) -> str:
        """Return the repository's only file of the same name, or an empty string."""
        return str(self._ask("alike", path))

    def absent(self, words: Collection[str]) -> frozenset[str]:
        """Return those of a document's words that occur in no code of its repository."""
        found = self._ask("absent", " ".join(sorted(words)))
        return frozenset(map(str, found)) if isinstance(found, list) else frozenset()

    def _repository(self) -> "tuple[Repository, str]":
        assert self._context is not None  # noqa: S101  who asks about paths has one
        return self._context.repository(self.path)

    def _in_folder(self, _: str) -> bool:
        return self.path.parent == self.folder.path or (
            self.path.parent.resolve() == self.folder.real
        )

    def _numbered(self, number: str) -> Json:
        return [entry.name for entry in self.folder.numbers.get(int(number), ())]

    def _style(self, _: str) -> Json:
        style = self.folder.style
        return [style.separator, style.joiner, style.width, style.lower, style.capitals]

    def _there(self, target: str) -> bool:
        root = self.folder.root
        outside = root is not None and not Path(os.path.abspath(target)).is_relative_to(root)  # noqa: PTH100  links are not followed
        return outside or os.path.exists(target)  # noqa: PTH110  says no where pathlib raises

    def _document(self, name: str) -> bool:
        parent = self.path.parent
        starts = dict.fromkeys((parent, self.folder.path, self.folder.root or parent))
        return any(os.path.exists(start / name) for start in starts)  # noqa: PTH110

    def _content(self, target: str) -> str:
        key = os.path.realpath(target)
        if key not in self.folder.digests:
            self.folder.read(Path(target), key)
        return self.folder.digests[key]

    def _absent(self, words: str) -> Json:
        return sorted(self._context.absent(self.path, words.split())) if self._context else []


_QUESTIONS: Mapping[str, Callable[[Surroundings, str], Json]] = {
    "in-folder": Surroundings._in_folder,  # noqa: SLF001
    "numbered": Surroundings._numbered,  # noqa: SLF001
    "style": Surroundings._style,  # noqa: SLF001
    "there": Surroundings._there,  # noqa: SLF001
    "document": Surroundings._document,  # noqa: SLF001
    "content": Surroundings._content,  # noqa: SLF001
    "known": lambda own, _: own._repository()[0].known,  # noqa: SLF001
    "has": lambda own, path: own._repository()[0].has(path, own._repository()[1]),  # noqa: SLF001
    "begins": lambda own, path: own._repository()[0].begins(path, own._repository()[1]),  # noqa: SLF001
    "alike": lambda own, path: own._repository()[0].alike(path),  # noqa: SLF001
    "absent": Surroundings._absent,  # noqa: SLF001
}


def check_folder(
    shelf: DocumentFolder, *, beside: bool = False
) -> "tuple[tuple[Path, Finding], ...]":
    """Return what there is to say about a folder as a whole, each with the file it is about.

    With `beside` these are files beside the documents, else the documents.
    """
    from assistant.lint.registry import RULES  # noqa: PLC0415  whoever looks at no folder needs none
    from assistant.lint.rule import FolderRule  # noqa: PLC0415

    rules = (RULES[code] for code in RULES if code.startswith(_OF_FOLDERS))
    asked = (rule for rule in rules if isinstance(rule, FolderRule) and rule.beside is beside)
    return tuple(chain.from_iterable(rule.find(shelf) for rule in asked))
