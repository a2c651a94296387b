"""A run over many documents: each is read, checked among its neighbours, and mended if wanted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

from assistant import files
from assistant.errors import DraftError
from assistant.folder import store
from assistant.folder.numbers import NameStyle
from assistant.lint.check import check_document, check_neighbours
from assistant.lint.fix import AmendedDocument, amend_document
from assistant.lint.neighbours import PlacedDocument
from assistant.lint.recall import Known
from assistant.lint.registry import DEFAULT_CONFIG, RuleConfig
from assistant.lint.report import DocumentReport, find_relative_path, quote_findings
from assistant.lint.rule import NAME_IS_NO_SLUG, Finding
from assistant.lint.surroundings import FolderListing, KnownRepositories, read_folder_listing
from assistant.markdown.document import Document, encode_text, load_document
from assistant.markdown.edit import diff_texts
from assistant.template.template import Template


class Inspection:
    """What documents are held against; a folder is listed once for all of its documents.

    `beyond` is what was found about documents where one of them alone does not show it.
    """

    def __init__(
        self,
        template: Template,
        config: RuleConfig = DEFAULT_CONFIG,
        beyond: Mapping[Path, Sequence[Finding]] = MappingProxyType({}),
        repositories: KnownRepositories | None = None,
    ) -> None:
        self._template = template
        self._config = config
        self._beyond = dict(beyond)
        self._folders: dict[Path, FolderListing] = {}
        self._repositories = repositories or KnownRepositories(
            Path.cwd(), symbols=config.wants_symbols
        )

    def check(self, path: Path) -> DocumentReport:
        """Return what there is to say about the document at `path`, which is read now."""
        return self.inspect(path)[0]

    def inspect(self, path: Path) -> tuple[DocumentReport, Known | None]:
        """Return the same, and what a cache keeps of it: nothing where it cannot be read."""
        try:
            data = files.read_document_bytes(path)
            document = load_document(data, str(path))
        except DraftError as error:
            return DocumentReport(path=path, error=error), None
        placed = PlacedDocument(path, document, self._list_folder(path), self._repositories)
        remarks = quote_findings(document, self._judge(placed))
        report = DocumentReport(path=path, remarks=remarks, unseen=self._repositories.notes)
        return report, Known.of(data, placed.around.asked, remarks)

    def report_beside(self, path: Path, findings: Iterable[Finding]) -> DocumentReport:
        """Return the report on a file beside the documents, as bad as the project says."""
        wanted = tuple(
            replace(one, severity=self._config.severity_of(one.code) or one.severity)
            for one in findings
            if self._config.is_enabled(one.code)
        )
        document = load_document(files.read_document_bytes(path), str(path))
        return DocumentReport(path=path, remarks=quote_findings(document, wanted))

    def fix(self, path: Path, *, write: bool) -> DocumentReport:
        """Return what is left to say once everything is mended that has one right answer.

        Without `write` nothing is saved, and the report's `changes` show what would be.
        """
        try:
            return self._fix(path, write=write)
        except DraftError as error:
            return DocumentReport(path=path, error=error)

    def _fix(self, path: Path, *, write: bool) -> DocumentReport:
        def change(data: bytes) -> tuple[bytes, tuple[Document, AmendedDocument]]:
            document = load_document(data, str(path))
            found = self._find(path, document)
            done = amend_document(self._template, document, found, partial(self._find, path))
            return encode_text(done.document.text) if write else data, (document, done)

        document, done = store.update_file(path, change)
        return self._fix_name(path, document, done, write=write)

    def _fix_name(
        self, path: Path, before: Document, done: AmendedDocument, *, write: bool
    ) -> DocumentReport:
        """Return the report on a document that is mended but for its name, which is mended now."""
        right, note, left = path, "", done.left
        if any(one.code == NAME_IS_NO_SLUG for one in left):
            right, note = _rename_document(path, self._list_folder(path).style, write=write)
        if right != path:
            left = tuple(one for one in left if one.code != NAME_IS_NO_SLUG)
            self._folders.pop(path.parent, None)
        old, new = (find_relative_path(one, Path.cwd()) or str(one) for one in (path, right))
        moved = f"rename from {old}\nrename to {new}\n" if right != path else ""
        text = diff_texts(before.text, done.document.text, old, new)
        return DocumentReport(
            path=right if write else path,
            remarks=quote_findings(done.document, left),
            fixed=len(done.fixed) + len(done.left) - len(left),
            changes=moved + text,
            note=note,
            unseen=self._repositories.notes,
        )

    def _list_folder(self, path: Path) -> FolderListing:
        if path.parent not in self._folders:
            self._folders[path.parent] = read_folder_listing(path.parent)
        return self._folders[path.parent]

    def _find(self, path: Path, document: Document) -> tuple[Finding, ...]:
        placed = PlacedDocument(path, document, self._list_folder(path), self._repositories)
        return self._judge(placed)

    def _judge(self, placed: PlacedDocument) -> tuple[Finding, ...]:
        also = (*check_neighbours(placed), *self._beyond.get(placed.path, ()))
        return check_document(self._template, placed.document, self._config, also)


def _rename_document(path: Path, style: NameStyle, *, write: bool) -> tuple[Path, str]:
    """Return a document's path after its renaming, and why it was not renamed."""
    from assistant.folder import renumber  # noqa: PLC0415  hardly a document has a wrong name

    right = renumber.make_proper_path(path, style)
    if path.is_symlink():
        return path, f"{path.name} is a link, and is not renamed"
    mentioning = renumber.find_mentioning_files(path)
    if mentioning:
        return path, (
            f"{path.name} is not renamed to {right.name}: "
            f"{mentioning[0]}{' and others' if len(mentioning) > 1 else ''} would point nowhere"
        )
    if not write:
        return right, ""
    try:
        renumber.rename_document(path, right)
    except DraftError as error:
        return path, f"{path.name} is not renamed to {right.name}: {error.message}"
    return right, ""
