"""An unfinished run of a draft or a fill, found again: its answers, and where its document is."""

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.folder import journal
from assistant.folder.journal import (
    CONTENT_ENTRY,
    DOCUMENT_ENTRY,
    SUBJECT_ENTRY,
    Journal,
    fingerprint_content,
)
from assistant.prompting.run import Progress, ResumableAnswers
from assistant.repo.files import find_project_root, read_repository
from assistant.settings import Settings
from assistant.terminal.style import format_path

_DOCUMENT_SUFFIX = ".md"
# Characters of a description in its journal's first line: by judgement, enough to know it by.
_MAX_DESCRIPTION = 2000
_TIME_RESOLUTION = 2.0  # seconds to which FAT keeps its times


@dataclass(frozen=True, slots=True)
class BegunDraft:
    """A document that an earlier run of the same command saved, and its journal, held by us."""

    path: Path
    held: Journal

    @property
    def is_ours(self) -> bool:
        """Whether the document can be read, and nobody else wrote in it."""
        try:
            data = self.path.read_bytes()
        except OSError:
            return False
        return self.wrote(data)

    def wrote(self, data: bytes) -> bool:
        """Return whether these bytes are just what that run made of its answers."""
        return fingerprint_content(data) == self.held.entries.get(journal.COMPOSED_ENTRY)


def find_begun_draft(identity: str, settings: Settings) -> BegunDraft | None:
    """Return the document that an unfinished run of this identity saved; its journal is held now.

    The document may have been edited, renamed or moved since. Return None if there is none any
    more, or if another process is at work on it.
    """
    found = journal.find_journal(identity, secrets=(settings.api_key,))
    if found is None:
        return None
    path = locate_kept_document(found, settings.dir)
    if path is None:
        found.close()
        return None
    return BegunDraft(path, found)


def locate_kept_document(found: Journal, folder: Path) -> Path | None:
    """Return where the document that a journal's answers are for is by now, or None.

    It is known by its path; else, having been moved, or never been told of as its run was killed,
    by what it holds: then it is in its folder, or somewhere in the repository.
    """
    named = found.entries.get(DOCUMENT_ENTRY, "")
    content = found.entries.get(CONTENT_ENTRY, "")
    if named and _is_file(named):
        return Path(named)
    if not content:
        return None
    start = Path(named).parent if named else folder
    beside = sorted(start.iterdir()) if start.is_dir() else []
    root = find_project_root(folder, Path.cwd())
    others = (root / name for name in sorted(read_repository(root).files))
    return next((p for p in (*beside, *others) if _has_content(p, content, found.started)), None)


def _has_content(path: Path, content: str, since: float) -> bool:
    """Return whether a document that was written since then has just this content."""
    try:
        about = path.stat()
        if path.suffix != _DOCUMENT_SUFFIX or about.st_mtime < since - _TIME_RESOLUTION:
            return False
        return stat.S_ISREG(about.st_mode) and fingerprint_content(path.read_bytes()) == content
    except OSError:
        return False


def open_draft_journal(
    identity: str, description: str, settings: Settings, progress: Progress, *, save: bool
) -> ResumableAnswers:
    """Return the journal of an earlier run of this identity that came to no end, or a new one."""
    secrets = (settings.api_key,)
    found = journal.find_journal(identity, secrets=secrets)
    if found is not None:
        gone = found.entries.get(DOCUMENT_ENTRY, "")
        if save and gone and not _is_file(gone):
            progress.noted(f"{format_path(Path(gone))} is gone: this is a new document")
        if found.answers:
            progress.noted(
                f"going on with an unfinished run: {found.answers} "
                f"{'answer is' if found.answers == 1 else 'answers are'} kept"
            )
        found.tell(progress.noted)
        return ResumableAnswers(found, drafted=True)
    about = {
        "command": "draft",
        "description": description[:_MAX_DESCRIPTION],
        "folder": str(settings.dir),
    }
    for other in filter(_is_file, journal.find_unfinished_documents(about)):
        shown = format_path(Path(other))
        progress.noted(f"{shown} is of the same description: `draft fill {shown}` goes on there")
    made = Journal.open(identity, about, secrets=secrets)
    made.tell(progress.noted)
    return ResumableAnswers(made, drafted=True)


def _is_file(path: str) -> bool:
    return os.path.isfile(path)  # noqa: PTH113  a path as it was kept


def open_answers(
    path: Path, content: str, settings: Settings, progress: Progress
) -> ResumableAnswers:
    """Return the journal of an earlier run on a document with this `content`, or a new one."""
    document = str(Path(os.path.realpath(path)))
    secrets = (settings.api_key,)
    found = journal.find_document_journal(Path(document), content, secrets=secrets)
    if found is None:
        about = {"command": "fill", "document": document}
        found = Journal.open(journal.digest_parts("fill", document), about, secrets=secrets)
    return take_over_journal(found, path, content, progress)


def take_over_journal(
    found: Journal, path: Path, content: str, progress: Progress
) -> ResumableAnswers:
    """Return a journal that is held as that of a document with this `content`, there by now."""
    found.tell(progress.noted)
    for entry, text in ((DOCUMENT_ENTRY, os.path.realpath(path)), (CONTENT_ENTRY, content)):
        if found.entries.get(entry, "") != text:
            found.record(entry, text)
    return ResumableAnswers(found)


def read_kept_subject(entries: Mapping[str, str]) -> Mapping[str, str]:
    """Return description, kind and language of a journal's document; nothing where unknown."""
    try:
        found = json.loads(entries.get(SUBJECT_ENTRY, ""))
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(name): str(text) for name, text in found.items()}


def peek_answers(path: Path, content: str) -> Mapping[str, str]:
    """Return what the journal of a document holds, and leave it to others."""
    found = journal.find_document_journal(Path(os.path.realpath(path)), content)
    if found is None:
        return {}
    entries = dict(found.entries)
    found.close()
    return entries
