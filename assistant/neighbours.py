"""What a document says about the files beside it: links, numbers, names."""

from dataclasses import dataclass
from pathlib import Path

from assistant.document import Document
from assistant.finding import Finding
from assistant.number import Entry, listing


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """The folder that a document stands in, listed once for all of its documents."""

    path: Path
    entries: tuple[Entry, ...] = ()


def look(path: Path) -> Folder:
    """The folder at `path` as it is now; an empty one where it cannot be listed."""
    try:
        return Folder(path=path, entries=listing(path))
    except OSError:
        return Folder(path=path)


def neighbours(path: Path, document: Document, folder: Folder) -> tuple[Finding, ...]:
    """What does not fit between the document at `path` and the files that it stands among."""
    del path, document, folder
    return ()
