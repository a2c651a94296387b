"""The folder that a document stands in, and what its rules look at there."""

import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

from assistant import files
from assistant.errors import DraftError
from assistant.folder.elsewhere import NumbersElsewhere, look_elsewhere
from assistant.folder.index import IndexRow as Row
from assistant.folder.numbers import (
    NameStyle,
    NumberedEntry,
    detect_style,
    list_entries,
    parse_name,
)
from assistant.lint.subject import AnalysisCache, LinePlaces, Spot
from assistant.markdown.document import Document, Section, load_document
from assistant.markdown.elements import find_section_marks
from assistant.markdown.links import Link, blank_all_but_prose, find_fragments, find_links
from assistant.markdown.mentions import ALL_KINDS, ONLY_PATHS, Mention, find_mentions
from assistant.repo import git
from assistant.repo.files import (
    MAX_WORDS,
    Repository,
    find_occurring_words,
    find_project_root,
)
from assistant.repo.files import read_repository as look_of_files
from assistant.template.parts import Anchor, Slot
from assistant.template.template import read_front_parts


class DocumentFolder:
    """The folder at `path`; `noted` hears where other branches could not be looked at.

    `rows` gives what an index of the folder in the file that it is handed ought to hold; None where
    nobody asked for the folder as a whole.
    """

    def __init__(
        self,
        path: Path,
        noted: Callable[[str], None] | None = None,
        rows: Callable[[Path], Sequence[Row]] | None = None,
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


@dataclass(frozen=True, slots=True)
class RepositoryMentions:
    """What a document in `folder`, a path from the root, names, and what its repository has."""

    found: tuple[Mention, ...]
    repository: Repository
    folder: str = ""


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
        """What could not be looked at, and why."""
        return tuple(dict.fromkeys(r.note for r in self._known.values() if r.note))

    def mentioned(self, path: Path, document: Document) -> RepositoryMentions | None:
        """Return what the document at `path` names and its repository; None where it names none."""
        found = find_mentions(document, ALL_KINDS if self._symbols else ONLY_PATHS)
        if not found:
            return None
        folder = Path(os.path.realpath(path)).parent
        root = find_project_root(folder, self._start)
        repository = self._known.get(root)
        if repository is None:
            repository = self._known[root] = look_of_files(root)
        own = tuple(one for one in found if not one.proposed)
        if self._symbols:
            symbols = (one for one in own if one.kind == "symbol")
            absent = self._absent(root, {word for one in symbols for word in one.words})
            repository = replace(repository, absent=absent)
        inside = folder.relative_to(root).as_posix()
        return RepositoryMentions(own, repository, "" if inside == "." else inside)

    def _absent(self, root: Path, words: Collection[str]) -> frozenset[str]:
        known = self._words.setdefault(root, {})
        asked = sorted(word for word in words if word not in known)[:MAX_WORDS]
        known |= find_occurring_words(root, asked)
        return frozenset(word for word in words if known.get(word) is False)


_STYLE_SAMPLE = 1000  # so many names tell a folder's habits


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


class MentionFinder(Protocol):
    """Who knows the repository that a document is in."""

    def mentioned(self, path: Path, document: Document) -> RepositoryMentions | None:
        """Return what the document at `path` names and its repository; None where it names none."""


class PlacedDocument(AnalysisCache):
    """A document at `path` among others in a folder; `context` knows its repository's files."""

    def __init__(
        self,
        path: Path,
        document: Document,
        folder: FolderListing,
        context: MentionFinder | None = None,
    ) -> None:
        super().__init__()
        self.context = context
        self.path = path
        self.document = document
        self.folder = folder
        self.marks = tuple(find_section_marks(section) for section in document.sections)
        self.text = blank_all_but_prose(document, self.marks)
        self.places = LinePlaces(document.text)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The links of the document's prose."""
        return tuple(find_links(self.text))

    @cached_property
    def anchors(self) -> frozenset[str]:
        """What links within the document can lead to."""
        return find_fragments(self.document, self.text)

    @property
    def title(self) -> Section | None:
        """The section under the document's title."""
        return next((s for s in self.document.sections if s.level == 1), None)

    @cached_property
    def entry(self) -> NumberedEntry | None:
        """The numbered name that the document has in its folder."""
        own = parse_name(self.path.name)
        if own is None or self.path.parent.resolve() != self.folder.path.resolve():
            return None
        same = self.folder.numbers.get(own.number, ())
        return next((entry for entry in same if entry.name == self.path.name), None)

    @cached_property
    def mentioned(self) -> RepositoryMentions | None:
        """What of its repository the document names; None where nobody knows that."""
        return self.context.mentioned(self.path, self.document) if self.context else None


MAX_TARGET = 100  # characters of what is not there: a path is longer only by accident
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//?")
_MARKDOWN_SUFFIXES = (".md", ".markdown", ".mdx", ".mkd")
_LINE_ANCHOR = re.compile(r"l\d+(?:-l\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLink:
    """A relative link that leads nowhere: to `file`, or to `anchor` of those `known` in it.

    Where `known` is None the file is missing; where both `file` and `anchor` are empty, the link's
    target is.
    """

    spot: Spot
    file: str
    anchor: str = ""
    known: frozenset[str] | None = None


def find_dead_links(about: PlacedDocument) -> tuple[DeadLink, ...]:
    """Return the relative links that lead to no file or to no heading; no other is looked at."""
    found: list[DeadLink] = []
    for link in about.links:
        if _SCHEME.match(link.target):
            continue
        spot = Spot(offset=link.start, width=link.end - link.start)
        file, _, anchor = unquote(link.target).partition("#")
        file = file.partition("?")[0]
        target = about.path.parent / file if file else about.path
        if not link.target or (file and not _is_here(about, target)):
            found.append(DeadLink(spot=spot, file=file if link.target else ""))
            continue
        known = _read_anchors(about, target) if file else about.anchors
        if anchor and known is not None and not _is_known_anchor(anchor, known):
            found.append(DeadLink(spot=spot, file=file, anchor=anchor, known=known))
    return tuple(found)


def _is_here(about: PlacedDocument, target: Path) -> bool:
    """Whether a link's target is there; what is outside the repository is not ours to judge."""
    root = about.folder.root
    outside = root is not None and not Path(os.path.abspath(target)).is_relative_to(root)  # noqa: PTH100  links are not followed
    return outside or os.path.exists(target)  # noqa: PTH110  says no where pathlib raises


def _is_known_anchor(anchor: str, known: frozenset[str]) -> bool:
    folded = anchor.casefold().removeprefix("user-content-")
    return folded in known or folded == "top" or bool(_LINE_ANCHOR.fullmatch(folded))


def _read_anchors(about: PlacedDocument, target: Path) -> frozenset[str] | None:
    """Return what can be named in another Markdown file; None where that is not to be known."""
    if target.suffix.lower() not in _MARKDOWN_SUFFIXES or not target.is_file():
        return None
    key = os.path.realpath(target)
    if key not in about.folder.known:
        try:
            document = load_document(files.read_document_bytes(target), str(target))
        except DraftError:
            return None
        own = tuple(find_section_marks(section) for section in document.sections)
        about.folder.known[key] = find_fragments(document, blank_all_but_prose(document, own))
    return about.folder.known[key]


def list_front_values(document: Document) -> Iterator[tuple[str, str, int]]:
    """Yield each key of the front matter with its value, and the offset where that begins."""
    position, key = 0, ""
    for part in read_front_parts(document.front):
        if isinstance(part, Anchor):
            key = part.key
        elif isinstance(part, Slot):
            value = part.text.strip()
            yield key, value.strip("\"'"), position + max(part.text.find(value), 0)
        position += len(part.text)


def hint_number(about: PlacedDocument, name: str) -> str:
    """Return a sentence about the document with the number of one that is not there, or nothing."""
    entry = parse_name(name)
    same = [one.name for one in about.folder.numbers.get(entry.number, ())] if entry else []
    return f" Number {int(entry.digits)} is {same[0]}." if entry and same else ""
