"""The folder that a document stands in, and what its rules look at there."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Protocol

from assistant import branch
from assistant.context import Mentioned
from assistant.document import Document, Section
from assistant.link import anchors, prose
from assistant.mark import section_marks
from assistant.number import Entry, Style, listing, parse, style_of
from assistant.subject import Analysed, Places

_SAMPLE = 1000  # so many names tell a folder's habits


class Folder:
    """The folder that documents stand in, listed once for all of them.

    `root` is the repository's, or None; `known` remembers the anchors of files that were read.
    """

    def __init__(
        self, path: Path, entries: tuple[Entry, ...] = (), root: Path | None = None
    ) -> None:
        self.path = path
        self.entries = entries
        self.root = root
        self.known: dict[str, frozenset[str]] = {}

    @cached_property
    def numbers(self) -> Mapping[int, tuple[Entry, ...]]:
        """The documents, numbered entries that are files, by their number."""
        found: dict[int, tuple[Entry, ...]] = {}
        for entry in self.entries:
            if entry.suffix and not entry.folder:
                found[entry.number] = (*found.get(entry.number, ()), entry)
        return found

    @cached_property
    def style(self) -> Style:
        """How the folder writes its names."""
        return style_of(self.entries[:_SAMPLE])


def look(path: Path) -> Folder:
    """The folder at `path` as it is now; an empty one where it cannot be listed."""
    try:
        return Folder(path=path, entries=listing(path), root=branch.root(path.resolve()))
    except OSError:
        return Folder(path=path)


class Surroundings(Protocol):
    """Who knows the repository that a document is in."""

    def mentioned(self, path: Path, document: Document) -> Mentioned | None:
        """Return what the document at `path` names and its repository; None where it names none."""


class About(Analysed):
    """A document at `path` among others in a folder; `context` knows its repository's files."""

    def __init__(
        self, path: Path, document: Document, folder: Folder, context: Surroundings | None = None
    ) -> None:
        super().__init__()
        self.context = context
        self.path = path
        self.document = document
        self.folder = folder
        self.marks = tuple(section_marks(section) for section in document.sections)
        self.text = prose(document, self.marks)
        self.places = Places(document.text)

    @cached_property
    def anchors(self) -> frozenset[str]:
        """What links within the document can lead to."""
        return anchors(self.document, self.text)

    @property
    def title(self) -> Section | None:
        """The section under the document's title."""
        return next((s for s in self.document.sections if s.level == 1), None)

    @cached_property
    def entry(self) -> Entry | None:
        """The numbered name that the document has in its folder."""
        own = parse(self.path.name)
        if own is None or self.path.parent.resolve() != self.folder.path.resolve():
            return None
        same = self.folder.numbers.get(own.number, ())
        return next((entry for entry in same if entry.name == self.path.name), None)

    @cached_property
    def mentioned(self) -> Mentioned | None:
        """What of its repository the document names; None where nobody knows that."""
        return self.context.mentioned(self.path, self.document) if self.context else None
