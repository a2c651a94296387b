"""An unfinished run of a draft, found again: its answers, and its document wherever that is."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from assistant.folder import journal
from assistant.folder.journal import fingerprint_content
from assistant.prompting.run import Progress, ResumableAnswers
from assistant.repo import files as context
from assistant.settings import Settings
from assistant.terminal.style import format_path

_DOCUMENT_SUFFIX = ".md"
_MAX_DESCRIPTION = 2000  # characters of a description that its journal's first line has
_TIME_RESOLUTION = 2.0  # seconds to which some file systems keep their times


@dataclass(frozen=True, slots=True)
class BegunDraft:
    """A document that an earlier run of the same command saved, and its journal, held by us."""

    path: Path
    held: journal.Journal

    @property
    def is_ours(self) -> bool:
        """Whether the document can be read, and nobody else wrote in it."""
        try:
            data = self.path.read_bytes()
        except OSError:
            return False
        return self.wrote(data)

    def wrote(self, data: bytes) -> bool:
        """Whether these bytes are just what that run made of its answers."""
        return fingerprint_content(data) == self.held.entries.get(journal.COMPOSED_ENTRY)


def find_begun_draft(identity: str, settings: Settings) -> BegunDraft | None:
    """The document that an unfinished run of this identity saved, with its journal, now held.

    The document may have been edited, renamed or moved since. None where there is none any more,
    and where another process is at work on it.
    """
    found = journal.find_journal(identity, secrets=(settings.api_key,))
    if found is None:
        return None
    path = locate_kept_document(found, settings.dir)
    if path is None:
        found.close()
        return None
    return BegunDraft(path, found)


def locate_kept_document(found: journal.Journal, folder: Path) -> Path | None:
    """Where the document that a journal's answers are for is by now.

    It is known by its path; else, having been moved, or never been told of as its run was killed,
    by what it holds: then it is in its folder, or somewhere in the repository.
    """
    named = found.entries.get(journal.DOCUMENT_ENTRY, "")
    content = found.entries.get(journal.CONTENT_ENTRY, "")
    if named and _is_file(named):
        return Path(named)
    if not content:
        return None
    start = Path(named).parent if named else folder
    beside = sorted(start.iterdir()) if start.is_dir() else []
    root = context.find_project_root(folder, Path.cwd())
    others = (root / name for name in sorted(context.read_repository(root).files))
    return next((p for p in (*beside, *others) if _has_content(p, content, found.started)), None)


def _has_content(path: Path, content: str, since: float) -> bool:
    """Whether a document that was written since then has just this content."""
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
    """The journal of an earlier run of this identity that came to no end, or a new one."""
    secrets = (settings.api_key,)
    found = journal.find_journal(identity, secrets=secrets)
    if found is not None:
        gone = found.entries.get(journal.DOCUMENT_ENTRY, "")
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
    made = journal.Journal.open(identity, about, secrets=secrets)
    made.tell(progress.noted)
    return ResumableAnswers(made, drafted=True)


def _is_file(path: str) -> bool:
    return os.path.isfile(path)  # noqa: PTH113  a path as it was kept
