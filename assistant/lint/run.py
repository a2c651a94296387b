"""Documents read one at a time, examined, and mended where that is wanted."""

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from assistant import files
from assistant.errors import DraftError
from assistant.folder import renumber, store
from assistant.folder.numbers import NameStyle, detect_style
from assistant.lint.check import DEFAULT_CONFIG, RuleConfig, check_document, check_neighbours
from assistant.lint.fix import AmendedDocument, amend_document
from assistant.lint.neighbours import (
    FolderListing,
    KnownRepositories,
    PlacedDocument,
    read_folder_listing,
)
from assistant.lint.registry import RULES
from assistant.lint.rule import NAME_IS_NO_SLUG, OTHER_TEMPLATE, Finding, Severity
from assistant.markdown.document import Document, encode_text, load_document, split_lines
from assistant.markdown.edit import diff_texts
from assistant.repo import git
from assistant.template.template import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedFinding:
    """A finding with the line of the document that it is about."""

    finding: Finding
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReport:
    """What was found in one document; `error` where it could not be read.

    `path` is where it is now. `fixed` counts the findings that were mended, `changes` is the diff
    of that, and `note` says what was not mended although it could be. `unseen` says what of the
    repository could not be looked at, for this document or one before it.
    """

    path: Path
    remarks: tuple[QuotedFinding, ...] = ()
    fixed: int = 0
    changes: str = ""
    note: str = ""
    unseen: tuple[str, ...] = ()
    error: DraftError | None = None

    @property
    def errors(self) -> int:
        """How many of the findings are errors."""
        return self.count("error")

    def count(self, severity: Severity) -> int:
        """How many of the findings are as bad as this."""
        return sum(remark.finding.severity == severity for remark in self.remarks)

    def parted(self, code: str) -> tuple["DocumentReport", "DocumentReport"]:
        """The verdict with the findings of a rule alone, and with the others."""
        own = tuple(remark for remark in self.remarks if remark.finding.code == code)
        rest = tuple(remark for remark in self.remarks if remark.finding.code != code)
        return replace(self, remarks=own), replace(self, remarks=rest)

    @property
    def shown(self) -> str:
        """The path as a person here would type it."""
        return find_relative_path(self.path, Path.cwd()) or str(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckTotals:
    """How much was looked at and found.

    `fixable` counts what `--fix` may know an answer to, `changed` the documents in which it did;
    `first` is the code of the first finding, `foreign` counts documents of another template.
    """

    documents: int = 0
    errors: int = 0
    warnings: int = 0
    notes: int = 0
    fixed: int = 0
    fixable: int = 0
    changed: int = 0
    unusable: int = 0
    first: str = ""
    foreign: int = 0

    def plus(self, verdict: DocumentReport) -> "CheckTotals":
        """The sums with one document more."""
        return CheckTotals(
            documents=self.documents + 1,
            errors=self.errors + verdict.errors,
            warnings=self.warnings + verdict.count("warning"),
            notes=self.notes + verdict.count("note"),
            fixed=self.fixed + verdict.fixed,
            fixable=self.fixable
            + sum(RULES[remark.finding.code].mends for remark in verdict.remarks),
            changed=self.changed + bool(verdict.changes),
            unusable=self.unusable + (verdict.error is not None),
            foreign=self.foreign + any(r.finding.code == OTHER_TEMPLATE for r in verdict.remarks),
            first=self.first or next((r.finding.code for r in verdict.remarks), ""),
        )


def quote_findings(document: Document, findings: Iterable[Finding]) -> tuple[QuotedFinding, ...]:
    """Findings with their source lines, which are all that stays of a document.

    Those of one line share its text.
    """
    said = tuple(findings)
    every = split_lines(document.text)
    wanted = {finding.line for finding in said}
    source = {number: every[number - 1].rstrip("\r\n") for number in wanted if number <= len(every)}
    return tuple(QuotedFinding(finding=one, source=source.get(one.line, "")) for one in said)


def find_relative_path(path: Path, base: Path) -> str:
    """A path below `base` as it is written from there, with slashes; empty where it is not."""
    with suppress(ValueError):
        return Path(os.path.abspath(path)).relative_to(base).as_posix()  # noqa: PTH100  links stay
    with suppress(ValueError):
        return Path(os.path.realpath(path)).relative_to(os.path.realpath(base)).as_posix()
    return ""


def find_working_root() -> Path:
    """The root of the repository that the program runs in, or the working directory."""
    here = Path(os.path.realpath(Path.cwd()))
    return git.find_repository_root(here) or here


_STYLE_SAMPLE = 1000  # so many names tell a folder's habits


class Inspection:
    """What documents are held against; a folder is listed once for all of its documents.

    `beyond` is what was found about documents where one of them alone does not show it.
    """

    def __init__(
        self,
        template: Template,
        ruling: RuleConfig = DEFAULT_CONFIG,
        beyond: Mapping[Path, Sequence[Finding]] = MappingProxyType({}),
    ) -> None:
        self._template = template
        self._ruling = ruling
        self._beyond = dict(beyond)
        self._folders: dict[Path, tuple[FolderListing, NameStyle]] = {}
        self._context = KnownRepositories(Path.cwd(), symbols=ruling.hears("D802"))

    def verdict(self, path: Path) -> DocumentReport:
        """What there is to say about the document at `path`, which is read now."""
        try:
            document = load_document(files.read_document_bytes(path), str(path))
        except DraftError as error:
            return DocumentReport(path=path, error=error)
        said = quote_findings(document, self._found(path, document))
        return DocumentReport(path=path, remarks=said, unseen=self._context.notes)

    def beside(self, path: Path, findings: Iterable[Finding]) -> DocumentReport:
        """What there is to say about a file beside the documents, as bad as the project says."""
        heard = tuple(
            replace(one, severity=self._ruling.of(one.code) or one.severity)
            for one in findings
            if self._ruling.hears(one.code)
        )
        document = load_document(files.read_document_bytes(path), str(path))
        return DocumentReport(path=path, remarks=quote_findings(document, heard))

    def mended(self, path: Path, *, write: bool) -> DocumentReport:
        """The same once everything is mended that has one right answer.

        Without `write` nothing is saved, and the verdict's `changes` show what would be.
        """
        try:
            return self._mended(path, write=write)
        except DraftError as error:
            return DocumentReport(path=path, error=error)

    def _mended(self, path: Path, *, write: bool) -> DocumentReport:
        def change(data: bytes) -> tuple[bytes, tuple[Document, AmendedDocument]]:
            document = load_document(data, str(path))
            found = self._found(path, document)
            done = amend_document(self._template, document, found, partial(self._found, path))
            return encode_text(done.document.text) if write else data, (document, done)

        document, done = store.update_file(path, change)
        return self._named(path, document, done, write=write)

    def _named(
        self, path: Path, before: Document, done: AmendedDocument, *, write: bool
    ) -> DocumentReport:
        """The verdict on a document that is mended but for its name."""
        right, note, left = path, "", done.left
        if any(one.code == NAME_IS_NO_SLUG for one in left):
            right, note = _rename_document(path, self._folder(path)[1], write=write)
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
            unseen=self._context.notes,
        )

    def _folder(self, path: Path) -> tuple[FolderListing, NameStyle]:
        known = self._folders.get(path.parent)
        if known is None:
            folder = read_folder_listing(path.parent)
            known = folder, detect_style(islice(folder.entries, _STYLE_SAMPLE))
            self._folders[path.parent] = known
        return known

    def _found(self, path: Path, document: Document) -> tuple[Finding, ...]:
        about = PlacedDocument(path, document, self._folder(path)[0], self._context)
        also = (*check_neighbours(about), *self._beyond.get(path, ()))
        return check_document(self._template, document, self._ruling, also)


def _rename_document(path: Path, style: NameStyle, *, write: bool) -> tuple[Path, str]:
    """A document's path after its renaming, and why it was not renamed."""
    right = renumber.make_proper_path(path, style)
    if path.is_symlink():
        return path, f"{path.name} is a link, and is not renamed"
    mentioned = renumber.find_mentioning_files(path)
    if mentioned:
        return path, (
            f"{path.name} is not renamed to {right.name}: "
            f"{mentioned[0]}{' and others' if len(mentioned) > 1 else ''} would point nowhere"
        )
    if not write:
        return right, ""
    try:
        renumber.rename_document(path, right)
    except DraftError as error:
        return path, f"{path.name} is not renamed to {right.name}: {error.message}"
    return right, ""
