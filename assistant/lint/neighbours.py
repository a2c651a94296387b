"""A document among others, and what its rules look at there."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from assistant.folder.numbers import NumberedEntry, parse_name
from assistant.lint.subject import AnalysisCache, LinePlaces
from assistant.lint.surroundings import FolderListing, Repositories, Surroundings
from assistant.markdown.document import Document, Section
from assistant.markdown.mentions import ALL_KINDS, ONLY_PATHS, Mention, find_mentions
from assistant.template.parts import Anchor, Slot
from assistant.template.template import read_front_parts


class PlacedDocument(AnalysisCache):
    """A document at `path` among others in a folder; `around` answers what its rules ask of these.

    `text` is the document's with blanks for all that is no prose, of the same length.
    """

    def __init__(
        self,
        path: Path,
        document: Document,
        folder: FolderListing,
        repositories: Repositories | None = None,
    ) -> None:
        super().__init__()
        self.around = Surroundings(path, folder, repositories)
        self.path = path
        self.document = document
        self.text = document.prose
        self.places = LinePlaces(document.text)

    @property
    def title(self) -> Section | None:
        """Return the section under the document's title."""
        return next((s for s in self.document.sections if s.level == 1), None)

    @cached_property
    def entry(self) -> NumberedEntry | None:
        """Return the numbered name that the document has in its folder."""
        own = parse_name(self.path.name)
        if own is None or not self.around.stands_in_folder:
            return None
        return own if own.name in self.around.numbered(own.number) else None

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """Return what of its repository the document names and does not call proposed."""
        kinds = ALL_KINDS if self.around.wants_symbols else ONLY_PATHS
        found = find_mentions(self.document, kinds) if self.around.has_repository else ()
        return tuple(one for one in found if not one.proposed)

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
        same = self.around.numbered(entry.number) if entry else ()
        return f" Number {int(entry.digits)} is {same[0]}." if entry and same else ""
