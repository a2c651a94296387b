"""The folder of journals: reading them, holding them, and keeping it small."""

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock

MOST_JOURNALS = 50  # unfinished journals
MOST_JOURNAL_BYTES = 64 * 1024 * 1024  # bytes of all of them
OLDEST_SECONDS = 30 * 24 * 3600.0  # seconds since the last answer

_HEAD_BYTES = 100_000  # bytes of a first line
_GRACE_SECONDS = 0.1  # seconds to outwait another process that is only looking


@dataclass(frozen=True, slots=True)
class JournalContent:
    """What one journal holds: answers, and what is known of their document, by what each is for."""

    key: str
    about: dict[str, str]
    started: float
    entries: dict[str, str] = field(default_factory=dict)

    @property
    def answers(self) -> int:
        """How many of the entries are answers; a name with @ is of what else a run keeps."""
        return sum(not identity.startswith("@") for identity in self.entries)


def find_lock_path(path: Path) -> Path:
    """The file whose lock says that a live process holds the journal."""
    return path.with_suffix(".lock")


def make_lock(path: Path) -> FileLock:
    """The lock of a journal, not acquired yet."""
    return FileLock(
        find_lock_path(path),
        timeout=_GRACE_SECONDS,
        poll_interval=0.01,
        mode=0o600,
        thread_local=False,
    )


def hold_unheld(folder: Path, stem: str) -> Iterator[tuple[Path, JournalContent, FileLock]]:
    """Readable journals that nobody held; the caller holds each now, and must release it."""
    for path in sorted(folder.glob(f"{stem}*.jsonl")):
        lock = make_lock(path)
        try:
            lock.acquire()
        except OSError:
            continue
        content = read_content(path)
        if content is None:
            lock.release()
        else:
            yield path, content, lock


def read_about(path: Path) -> dict[str, str]:
    """What a journal's first line says that its run is about; the answers are not read."""
    try:
        with path.open("rb") as file:
            lines = (file.readline(_HEAD_BYTES), file.readline(_HEAD_BYTES))  # the first is blank
        value = json.loads(b"".join(lines))
    except (OSError, ValueError):
        return {}
    found = value.get("about") if isinstance(value, dict) else None
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def read_content(path: Path) -> JournalContent | None:
    """What a journal holds, torn and spoilt lines left out; None where it is none."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    content: JournalContent | None = None
    for line in data.split(b"\n"):
        try:
            value = json.loads(line)
        except ValueError:
            continue
        match value:
            case {"key": str(key), "about": dict(about), "started": float(started)}:
                texts = {str(name): str(text) for name, text in about.items()}
                content = JournalContent(key=key, about=texts, started=started)
            case {"id": str(identity), "text": str(text)} if content is not None:
                content.entries[identity] = text
            case _:
                pass
    return content


def prune_journals(folder: Path) -> None:
    """Remove what is too old, too many or too large in all, oldest first."""
    found: list[tuple[float, int, Path]] = []
    for path in folder.iterdir():
        with suppress(OSError):
            about = path.stat()
            if path.suffix == ".jsonl":
                found.append((about.st_mtime, about.st_size, path))
            elif not path.with_suffix(".jsonl").exists():  # the lock of a run killed half-way
                _remove_journal(path.with_suffix(".jsonl"))
    total = 0
    for count, (modified, size, path) in enumerate(sorted(found, reverse=True), start=1):
        total += size
        # One more is about to be opened: the last place is its.
        if (
            count >= MOST_JOURNALS
            or total > MOST_JOURNAL_BYTES
            or time.time() - modified > OLDEST_SECONDS
        ):
            _remove_journal(path)


def _remove_journal(path: Path) -> None:
    """Remove a journal unless a live process holds it."""
    lock = make_lock(path)
    with suppress(OSError):
        lock.acquire()
        try:
            path.unlink(missing_ok=True)
            find_lock_path(path).unlink(missing_ok=True)
        finally:
            lock.release()
