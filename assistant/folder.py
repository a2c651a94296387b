"""The folder that a document stands in, and what its rules look at there."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from assistant import branch
from assistant.document import Document, Section
from assistant.link import anchors, prose
from assistant.mark import marks
from assistant.number import Entry, listing
from assistant.subject import Places


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """The folder that documents stand in, listed once for all of them.

    `root` is the repository's, or None; `known` remembers the anchors of files that were read.
    """

    path: Path
    entries: tuple[Entry, ...] = ()
    root: Path | None = None
    known: dict[str, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def documents(self) -> tuple[Entry, ...]:
        """The numbered entries that are files."""
        return tuple(entry for entry in self.entries if entry.suffix and not entry.folder)


def look(path: Path) -> Folder:
    """The folder at `path` as it is now; an empty one where it cannot be listed."""
    try:
        return Folder(path=path, entries=listing(path), root=branch.root(path.resolve()))
    except OSError:
        return Folder(path=path)


class About:
    """A document at `path` among others in a folder."""

    def __init__(self, path: Path, document: Document, folder: Folder) -> None:
        self.path = path
        self.document = document
        self.folder = folder
        self.marks = tuple(marks(section.body) for section in document.sections)
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
        here = self.path.parent.resolve() == self.folder.path.resolve()
        own = (e for e in self.folder.documents if e.name == self.path.name)
        return next(own, None) if here else None
