"""What a document says about the files beside it: links, numbers, names."""

from pathlib import Path

from assistant.document import Document
from assistant.finding import Finding
from assistant.folder import About, Folder, look
from assistant.linked import linked
from assistant.numbered import numbered

__all__ = ["Folder", "look", "neighbours"]


def neighbours(path: Path, document: Document, folder: Folder) -> tuple[Finding, ...]:
    """What does not fit between the document at `path` and the files that it stands among."""
    about = About(path=path, document=document, folder=folder)
    return (*linked(about), *numbered(about))
