"""What a check comes to: the findings of each document with their lines, and the sums of all."""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from assistant.errors import DraftError, Json
from assistant.lint.registry import RULES
from assistant.lint.rule import OTHER_TEMPLATE, Finding, Severity
from assistant.repo import git

if TYPE_CHECKING:
    from assistant.markdown.document import Document


def describe_finding(finding: Finding) -> dict[str, Json]:
    """Return a finding as the fields of a JSON object."""
    return {
        "code": finding.code,
        "name": RULES.name(finding.code),
        "severity": finding.severity,
        "line": finding.line,
        "column": finding.column,
        "width": finding.width,
        "section": finding.section,
        "message": finding.message,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedFinding:
    """A finding with the line of the document that it is about.

    `mends` says that `--fix` may know an answer to it.
    """

    finding: Finding
    source: str
    mends: bool = False


def quote_findings(document: "Document", findings: Iterable[Finding]) -> tuple[QuotedFinding, ...]:
    """Return findings with their source lines, which are all that stays of a document.

    Those of one line share its text.
    """
    found = tuple(findings)
    if not found:
        return ()
    # A report that an earlier run made reads no Markdown.
    from assistant.markdown.blocks import split_lines  # noqa: PLC0415

    every = split_lines(document.text)
    wanted = {finding.line for finding in found}
    source = {number: every[number - 1].rstrip("\r\n") for number in wanted if number <= len(every)}
    return tuple(
        QuotedFinding(finding=one, source=source.get(one.line, ""), mends=RULES[one.code].mends)
        for one in found
    )


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
        """Return how many of the findings are errors."""
        return self.count("error")

    def count(self, severity: Severity) -> int:
        """Return how many of the findings are as bad as this."""
        return sum(remark.finding.severity == severity for remark in self.remarks)

    def split(self, code: str) -> tuple[Self, Self]:
        """Return the report with the findings of one rule alone, and with the others."""
        own = tuple(remark for remark in self.remarks if remark.finding.code == code)
        rest = tuple(remark for remark in self.remarks if remark.finding.code != code)
        return replace(self, remarks=own), replace(self, remarks=rest)

    @property
    def short_path(self) -> str:
        """Return the path as a person here would type it."""
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

    def plus(self, report: DocumentReport) -> "CheckTotals":
        """Return the sums with one document more."""
        codes = [remark.finding.code for remark in report.remarks]
        return CheckTotals(
            documents=self.documents + 1,
            errors=self.errors + report.errors,
            warnings=self.warnings + report.count("warning"),
            notes=self.notes + report.count("note"),
            fixed=self.fixed + report.fixed,
            fixable=self.fixable + sum(remark.mends for remark in report.remarks),
            changed=self.changed + bool(report.changes),
            unusable=self.unusable + (report.error is not None),
            first=self.first or next(iter(codes), ""),
            foreign=self.foreign + (OTHER_TEMPLATE in codes),
        )


def find_relative_path(path: Path, base: Path) -> str:
    """Return a path below `base` as it is written from there, with slashes; empty if it is not."""
    with suppress(ValueError):
        return Path(os.path.abspath(path)).relative_to(base).as_posix()  # noqa: PTH100  links stay
    with suppress(ValueError):
        return Path(os.path.realpath(path)).relative_to(os.path.realpath(base)).as_posix()
    return ""


def find_working_root() -> Path:
    """Return the root of the repository that the program runs in, or the working directory."""
    here = Path(os.path.realpath(Path.cwd()))
    return git.find_repository_root(here) or here
