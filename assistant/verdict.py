"""What a check comes to: for each document its findings with their source lines, and the sums."""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from assistant import branch
from assistant.document import Document, lines
from assistant.errors import DraftError
from assistant.finding import FOREIGN, Finding, Severity
from assistant.lint.registry import RULES


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A finding with the line of the document that it is about."""

    finding: Finding
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found in one document; `error` where it could not be read.

    `path` is where it is now. `fixed` counts the findings that were mended, `changes` is the diff
    of that, and `note` says what was not mended although it could be. `unseen` says what of the
    repository could not be looked at, for this document or one before it.
    """

    path: Path
    remarks: tuple[Remark, ...] = ()
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

    def parted(self, code: str) -> tuple["Verdict", "Verdict"]:
        """The verdict with the findings of a rule alone, and with the others."""
        own = tuple(remark for remark in self.remarks if remark.finding.code == code)
        rest = tuple(remark for remark in self.remarks if remark.finding.code != code)
        return replace(self, remarks=own), replace(self, remarks=rest)

    @property
    def shown(self) -> str:
        """The path as a person here would type it."""
        return relative(self.path, Path.cwd()) or str(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
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

    def plus(self, verdict: Verdict) -> "Tally":
        """The sums with one document more."""
        return Tally(
            documents=self.documents + 1,
            errors=self.errors + verdict.errors,
            warnings=self.warnings + verdict.count("warning"),
            notes=self.notes + verdict.count("note"),
            fixed=self.fixed + verdict.fixed,
            fixable=self.fixable
            + sum(RULES[remark.finding.code].mends for remark in verdict.remarks),
            changed=self.changed + bool(verdict.changes),
            unusable=self.unusable + (verdict.error is not None),
            foreign=self.foreign + any(r.finding.code == FOREIGN for r in verdict.remarks),
            first=self.first or next((r.finding.code for r in verdict.remarks), ""),
        )


def remarks(document: Document, findings: Iterable[Finding]) -> tuple[Remark, ...]:
    """Findings with their source lines, which are all that stays of a document.

    Those of one line share its text.
    """
    said = tuple(findings)
    every = lines(document.text)
    wanted = {finding.line for finding in said}
    source = {number: every[number - 1].rstrip("\r\n") for number in wanted if number <= len(every)}
    return tuple(Remark(finding=one, source=source.get(one.line, "")) for one in said)


def relative(path: Path, base: Path) -> str:
    """A path below `base` as it is written from there, with slashes; empty where it is not."""
    with suppress(ValueError):
        return Path(os.path.abspath(path)).relative_to(base).as_posix()  # noqa: PTH100  links stay
    with suppress(ValueError):
        return Path(os.path.realpath(path)).relative_to(os.path.realpath(base)).as_posix()
    return ""


def project_root() -> Path:
    """The root of the repository that the program runs in, or the working directory."""
    here = Path(os.path.realpath(Path.cwd()))
    return branch.root(here) or here
