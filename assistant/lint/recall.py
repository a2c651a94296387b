"""Verdicts that were reached before, as long as nothing that they hang on has changed.

A verdict goes by the document's bytes and path, the template, what the project says of the rules,
the program with the libraries that read what stands in fences, and what was found about the folder
as a whole: that is its key. What the document's rules asked of its surroundings is kept with it and
asked again; where one answer is another, the document is examined anew.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, fields
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from assistant import cache, files
from assistant.errors import DraftError, Json
from assistant.lint.registry import RuleConfig
from assistant.lint.report import DocumentReport, QuotedFinding
from assistant.lint.rule import Finding
from assistant.lint.surroundings import (
    FolderListing,
    Question,
    Repositories,
    Surroundings,
    read_folder_listing,
)

# Their readings are findings: another version of one may find something else.
_READERS = ("pyromark", "markdown_it", "yaml", "sqlglot", "merman", "wcwidth")
_MAX_KNOWN = 20_000  # verdicts of a folder: of 10,000 documents, each before and after an edit


class Known(NamedTuple):
    """What is kept of a verdict: the digest of the document, and the rest as a line."""

    digest: str
    line: str

    @classmethod
    def of(
        cls, data: bytes, asked: Mapping[Question, Json], remarks: Sequence[QuotedFinding]
    ) -> "Known":
        """Return what is kept of a verdict on a document that holds `data`."""
        questions = [[kind, about, answer] for (kind, about), answer in asked.items()]
        found = [[*astuple(one.finding), one.source, one.mends] for one in remarks]
        return cls(sha256(data).hexdigest(), json.dumps([questions, found]))


class Recall:
    """The verdicts of earlier runs, by folder; those of this run are added and kept with `save`.

    `common` is what all keys of this run have in common, `beyond` what was found about the folders.
    """

    def __init__(
        self, common: str, beyond: Mapping[Path, Sequence[Finding]], context: Repositories
    ) -> None:
        self._common = common
        self._beyond = beyond
        self._context = context
        self._folders: dict[Path, FolderListing] = {}
        self._lines: dict[Path, dict[str, str]] = {}
        self._changed: set[Path] = set()

    def find(self, path: Path) -> tuple[QuotedFinding, ...] | None:
        """Return what there is to say about the document at `path`; None where it is not known."""
        try:
            data = files.read_document_bytes(path)
        except DraftError:
            return None
        lines = self._of(path.parent)
        key = self._key(path, sha256(data).hexdigest())
        line = lines.pop(key, None)
        if line is None:
            return None
        try:
            asked, found = json.loads(line)
            folder = self._folders.get(path.parent) or read_folder_listing(path.parent)
            self._folders[path.parent] = folder
            if not Surroundings(path, folder, self._context).still_answers(asked):
                return None
            remarks = tuple(_remark(one) for one in found)
        except (ValueError, TypeError):  # somebody made the checksum right
            return None
        lines[key] = line  # the last that were of use stay longest
        return remarks

    def add(self, path: Path, known: Known) -> None:
        """Keep a verdict that was reached just now."""
        self._of(path.parent)[self._key(path, known.digest)] = known.line
        self._changed.add(path.parent)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what of the repositories could not be looked at."""
        return self._context.notes

    def save(self) -> None:
        """Put what is known now in the place of what was."""
        for folder in self._changed:
            lines = self._lines[folder]
            kept = list(lines.items())[-_MAX_KNOWN:]
            cache.write_cache_lines(
                cache.find_cache_path("check", folder), [f"{key} {line}" for key, line in kept]
            )

    def _of(self, folder: Path) -> dict[str, str]:
        if folder not in self._lines:
            lines = cache.read_cache_lines(cache.find_cache_path("check", folder)) or ()
            self._lines[folder] = {key: line for key, _, line in (x.partition(" ") for x in lines)}
        return self._lines[folder]

    def _key(self, path: Path, digest: str) -> str:
        about = [self._common, str(path), digest, *map(repr, self._beyond.get(path, ()))]
        return sha256("\0".join(about).encode(errors="surrogateescape")).hexdigest()


def _remark(row: list[Any]) -> QuotedFinding:
    *finding, source, mends = row
    names = (one.name for one in fields(Finding))
    found = Finding(**dict(zip(names, finding, strict=True)))
    return QuotedFinding(finding=found, source=source, mends=mends)


def digest_circumstances(template: bytes, ruling: RuleConfig) -> str:
    """Return what all verdicts of a run go by: the template, the rules and who reads documents."""
    about = (
        cache.fingerprint_program(cache.PACKAGE_FOLDER),
        sha256(template).hexdigest(),
        repr((ruling.severities, sorted(ruling.off))),
        sys.version,
        os.getcwd(),  # noqa: PTH109  paths are given from here
        *map(_state_of, _READERS),
    )
    return sha256("\0".join(about).encode(errors="surrogateescape")).hexdigest()


def _state_of(library: str) -> str:
    """Return what tells an installed library from another version of it."""
    found = find_spec(library)
    if found is None or not found.origin:
        return ""
    states = (os.stat(found.origin), os.stat(os.path.dirname(found.origin)))  # noqa: PTH116, PTH120
    return " ".join(f"{one.st_size} {one.st_mtime_ns}" for one in states)


def recall_or_inspect(
    paths: Iterable[Path],
    recall: Recall,
    inspect: Callable[[Iterable[Path]], Iterator[tuple[DocumentReport, Known | None]]],
) -> Iterator[DocumentReport]:
    """Yield a verdict on each document, in order: from the cache, else by `inspect`.

    What is reached is kept, also where somebody grows tired of waiting.
    """
    waiting: list[DocumentReport] = []
    places: list[int] = []  # for each document that is examined, how many known ones go before it

    def unknown() -> Iterator[Path]:
        for path in paths:
            remarks = recall.find(path)
            if remarks is None:
                places.append(len(waiting))
                yield path
            else:
                waiting.append(DocumentReport(path=path, remarks=remarks, unseen=recall.notes))

    given = examined = 0
    try:
        for verdict, known in inspect(unknown()):
            yield from waiting[given : places[examined]]
            given = places[examined]
            examined += 1
            if known is not None:
                recall.add(verdict.path, known)
            yield verdict
        yield from waiting[given:]
    finally:
        recall.save()
