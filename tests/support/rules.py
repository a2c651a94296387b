"""What single rules find, of documents that are handed to them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.lint.check import check_neighbours
from assistant.lint.neighbours import PlacedDocument
from assistant.lint.registry import RULES
from assistant.lint.rule import DocumentRule, Finding
from assistant.lint.subject import CheckedDocument
from assistant.lint.surroundings import (
    DocumentFolder,
    FolderListing,
    Repositories,
    check_folder,
    read_folder_listing,
)
from assistant.markdown.document import Document, parse_document
from assistant.repo.files import Repository
from assistant.template.template import Template


def find_by(kind: str, template: Template, text: str) -> tuple[Finding, ...]:
    """What the rules about a document find in a text whose codes begin like `kind`."""
    return tuple(_find(kind, CheckedDocument(template, parse_document(text))))


def _find(kind: str, subject: CheckedDocument) -> Iterator[Finding]:
    for code, rule in RULES.items():
        if code.startswith(kind) and isinstance(rule, DocumentRule):
            yield from rule.find(subject)


def check_beside(path: Path, text: str) -> tuple[Finding, ...]:
    """What a document at a path says of the files that are beside it."""
    return check_neighbours(
        PlacedDocument(path, parse_document(text), read_folder_listing(path.parent))
    )


def check_in(path: Path, document: Document, around: Repositories) -> list[Finding]:
    """What a document says of the repository around it, in the order of its lines."""
    about = PlacedDocument(path, document, FolderListing(path.parent), around)
    found = (one for one in check_neighbours(about) if one.code.startswith("D8"))
    return sorted(found, key=lambda one: (one.line, one.column))


@dataclass(frozen=True, slots=True)
class Known:
    """Surroundings that are one repository, whose documents stand in a folder of it."""

    files: Repository
    folder: str = ""
    symbols: bool = True
    notes: tuple[str, ...] = ()

    def repository(self, path: Path) -> tuple[Repository, str]:
        """The one repository, as a context would say."""
        del path
        return self.files, self.folder

    def absent(self, path: Path, words: Collection[str]) -> frozenset[str]:
        """Those of a document's words that the repository is said not to have."""
        del path
        return self.files.absent & frozenset(words)


def check_numbers(folder: Path) -> list[tuple[Path, Finding]]:
    """What there is to say about the numbers of a folder's documents."""
    return list(check_folder(DocumentFolder(folder)))
