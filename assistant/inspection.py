"""Documents read one at a time, examined, and mended where that is wanted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from assistant import disk, rename, store
from assistant.amend import Amended, amend
from assistant.context import Context
from assistant.difference import unified
from assistant.document import Document, encode, load
from assistant.errors import DraftError
from assistant.examine import check_document, check_neighbours
from assistant.finding import NAME, Finding
from assistant.folder import About, Folder, look
from assistant.number import Style, style_of
from assistant.ruling import DEFAULT, Ruling
from assistant.template import Template
from assistant.verdict import Verdict, relative, remarks

_SAMPLE = 1000  # so many names tell a folder's habits


class Inspection:
    """What documents are held against; a folder is listed once for all of its documents.

    `beyond` is what was found about documents where one of them alone does not show it.
    """

    def __init__(
        self,
        template: Template,
        ruling: Ruling = DEFAULT,
        beyond: Mapping[Path, Sequence[Finding]] = MappingProxyType({}),
    ) -> None:
        self._template = template
        self._ruling = ruling
        self._beyond = dict(beyond)
        self._folders: dict[Path, tuple[Folder, Style]] = {}
        self._context = Context(Path.cwd(), symbols=ruling.hears("D802"))

    def verdict(self, path: Path) -> Verdict:
        """What there is to say about the document at `path`, which is read now."""
        try:
            document = load(disk.read(path), str(path))
        except DraftError as error:
            return Verdict(path=path, error=error)
        said = remarks(document, self._found(path, document))
        return Verdict(path=path, remarks=said, unseen=self._context.notes)

    def beside(self, path: Path, findings: Iterable[Finding]) -> Verdict:
        """What there is to say about a file beside the documents, as bad as the project says."""
        heard = tuple(
            replace(one, severity=self._ruling.of(one.code) or one.severity)
            for one in findings
            if self._ruling.hears(one.code)
        )
        document = load(disk.read(path), str(path))
        return Verdict(path=path, remarks=remarks(document, heard))

    def mended(self, path: Path, *, write: bool) -> Verdict:
        """The same once everything is mended that has one right answer.

        Without `write` nothing is saved, and the verdict's `changes` show what would be.
        """
        try:
            return self._mended(path, write=write)
        except DraftError as error:
            return Verdict(path=path, error=error)

    def _mended(self, path: Path, *, write: bool) -> Verdict:
        def change(data: bytes) -> tuple[bytes, tuple[Document, Amended]]:
            document = load(data, str(path))
            found = self._found(path, document)
            done = amend(self._template, document, found, partial(self._found, path))
            return encode(done.document.text) if write else data, (document, done)

        document, done = store.update_file(path, change)
        return self._named(path, document, done, write=write)

    def _named(self, path: Path, before: Document, done: Amended, *, write: bool) -> Verdict:
        """The verdict on a document that is mended but for its name."""
        right, note, left = path, "", done.left
        if any(one.code == NAME for one in left):
            right, note = _renamed(path, self._folder(path)[1], write=write)
        if right != path:
            left = tuple(one for one in left if one.code != NAME)
            self._folders.pop(path.parent, None)
        old, new = (relative(one, Path.cwd()) or str(one) for one in (path, right))
        moved = f"rename from {old}\nrename to {new}\n" if right != path else ""
        text = unified(before.text, done.document.text, old, new)
        return Verdict(
            path=right if write else path,
            remarks=remarks(done.document, left),
            fixed=len(done.fixed) + len(done.left) - len(left),
            changes=moved + text,
            note=note,
            unseen=self._context.notes,
        )

    def _folder(self, path: Path) -> tuple[Folder, Style]:
        known = self._folders.get(path.parent)
        if known is None:
            folder = look(path.parent)
            known = folder, style_of(islice(folder.entries, _SAMPLE))
            self._folders[path.parent] = known
        return known

    def _found(self, path: Path, document: Document) -> tuple[Finding, ...]:
        about = About(path, document, self._folder(path)[0], self._context)
        also = (*check_neighbours(about), *self._beyond.get(path, ()))
        return check_document(self._template, document, self._ruling, also)


def _renamed(path: Path, style: Style, *, write: bool) -> tuple[Path, str]:
    """A document's path after its renaming, and why it was not renamed."""
    right = rename.proper(path, style)
    if path.is_symlink():
        return path, f"{path.name} is a link, and is not renamed"
    mentioned = rename.mentions(path)
    if mentioned:
        return path, (
            f"{path.name} is not renamed to {right.name}: "
            f"{mentioned[0]}{' and others' if len(mentioned) > 1 else ''} would point nowhere"
        )
    if not write:
        return right, ""
    try:
        rename.rename(path, right)
    except DraftError as error:
        return path, f"{path.name} is not renamed to {right.name}: {error.message}"
    return right, ""
