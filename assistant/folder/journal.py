"""What was paid for, kept until it is in a document: one file of JSON lines for each run.

The first line says what the run is about, each further one holds an answer. A file belongs to the
process that holds the lock beside it, which the system frees however that process ends; what is
left without a holder is an unfinished run that another one can take over. No key is ever written.
"""

import json
import os
import secrets as randomness
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from filelock import FileLock

from assistant.files import find_state_folder, make_private_folder

DOCUMENT_ENTRY = "@document"  # the entry that names the document which the answers are for
CONTENT_ENTRY = "@content"  # the entry with a digest of the bytes that it held last
COMPOSED_ENTRY = "@composed"  # likewise of what a draft made of the answers, and nobody else
SUBJECT_ENTRY = "@subject"  # the entry that says what that document is about
MODEL_ENTRY = "@model"  # the entry with the name by which the server says that the model answered
# An answer's entry says what it is for, so that a section may be called anything.
BRIEF_ENTRY = "brief:"
_UNTYPED_BRIEF_ENTRY = "brief"  # as before entries said so

# An unfinished run is taken up within days or never. How many are kept is by judgement.
MOST_JOURNALS = 50
MOST_JOURNAL_BYTES = 64 * 1024 * 1024  # of all of them
OLDEST_SECONDS = 30 * 24 * 3600.0  # since the last answer

_REDACTED = "[secret]"
_SHORTEST_SECRET = 8  # shorter ones are words: a local server's key may be `ollama`
_HEAD_BYTES = 100_000  # of a first line, whose description has at most 2,000 characters
_GRACE_SECONDS = 0.1  # to outwait another process that is only looking


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


_HeldJournal = tuple[Path, JournalContent, FileLock]
_Rank = tuple[float, ...]


class Journal:
    """The answers of one run. Not for several threads at once."""

    def __init__(self, content: JournalContent, secrets: tuple[str, ...]) -> None:
        self._content = content
        self._secrets = tuple(word for word in secrets if len(word) >= _SHORTEST_SECRET)
        self._path: Path | None = None
        self._lock: FileLock | None = None
        self._descriptor = -1
        self.note = ""
        self._heard: Callable[[str], None] | None = None

    @classmethod
    def open(
        cls,
        key: str,
        about: Mapping[str, str],
        *,
        secrets: tuple[str, ...] = (),
        state: Path | None = None,
    ) -> "Journal":
        """Begin a journal. One that cannot be written keeps answers in memory; see `durable`."""
        journal = cls(JournalContent(key=key, about={}, started=time.time()), secrets)
        for name, value in about.items():
            journal._content.about[journal._clean(name)] = journal._clean(value)
        try:
            folder = _find_folder(state)
            make_private_folder(folder)
            _prune_journals(folder)
            path = folder / f"{_make_stem(key)}-{randomness.token_hex(8)}.jsonl"
            journal._lock = _make_lock(path)
            journal._lock.acquire()
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
            journal._descriptor = os.open(path, flags, 0o600)
            journal._path = path
            own = journal._content
            journal._append({"key": own.key, "about": own.about, "started": own.started})
        except OSError as error:
            journal._fail(error)
        return journal

    @classmethod
    def resume(
        cls, path: Path, content: JournalContent, lock: FileLock, secrets: tuple[str, ...]
    ) -> "Journal":
        """Go on in a journal that was read and is held; one that can't be written notes that."""
        journal = cls(content, secrets)
        journal._path, journal._lock = path, lock
        try:
            journal._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
        except OSError as error:
            journal._fail(error)
        return journal

    @property
    def started(self) -> float:
        """When the run began."""
        return self._content.started

    @property
    def entries(self) -> Mapping[str, str]:
        """The answers and the rest of the entries so far, by their names."""
        return MappingProxyType(self._content.entries)

    @property
    def answers(self) -> int:
        """How many answers there are so far."""
        return self._content.answers

    @property
    def path(self) -> Path | None:
        """The journal's file; None where there is none."""
        return self._path

    @property
    def durable(self) -> bool:
        """Whether all answers are on the disk; where not, `note` says why in a sentence."""
        return not self.note

    def tell(self, heard: Callable[[str], None]) -> None:
        """Let `heard` know, once, of answers that cannot be kept on the disk, now or later."""
        self._heard = heard
        if self.note:
            heard(self.note)

    def record(self, identity: str, text: str) -> None:
        """Keep an answer: on the disk when this returns. A later one of the same id replaces it."""
        identity, text = self._clean(identity), self._clean(text)
        self._content.entries[identity] = text
        if self._descriptor < 0:
            return
        try:
            self._append({"id": identity, "text": text})
        except OSError as error:
            self._fail(error)

    def finish(self) -> None:
        """Remove the journal: its answers are in a document."""
        path = self._path
        if path is not None:
            with suppress(OSError):
                path.unlink()
        self.close()
        if path is not None:
            with suppress(OSError):
                _find_lock_path(path).unlink()

    def close(self) -> None:
        """Leave the journal for another run to take over."""
        self._path = None
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _append(self, line: Mapping[str, object]) -> None:
        """Write a line, on the disk when this returns. Raises OSError."""
        # The break before the line ends one that a full disk or an interruption cut short.
        left = memoryview(f"\n{json.dumps(line)}\n".encode())
        while left:
            left = left[os.write(self._descriptor, left) :]
        os.fsync(self._descriptor)

    def _fail(self, error: OSError) -> None:
        """Note, and tell once, that answers are not kept on the disk."""
        told = bool(self.note)
        where = f" ({error.filename})" if error.filename else ""
        reason = f"{error.strerror or error}{where}"
        self.note = f"answers are not kept on the disk, should this run be cut off: {reason}"
        if self._heard is not None and not told:
            self._heard(self.note)

    def _clean(self, text: str) -> str:
        """Return a text without the secrets that no file may hold."""
        for secret in self._secrets:
            text = text.replace(secret, _REDACTED)
        return text


def name_section_entry(identity: str) -> str:
    """Return the name of the entry with a section's answer."""
    return f"section:{identity}"


def name_view_entry(name: str) -> str:
    """Return the name of the entry with the answers from a point of view."""
    return f"view:{name}"


def find_brief_entry(entries: Mapping[str, str]) -> str:
    """Return the brief that a journal's entries hold, or nothing."""
    return entries.get(BRIEF_ENTRY, entries.get(_UNTYPED_BRIEF_ENTRY, ""))


def digest_parts(*parts: str) -> str:
    """Return one key for what identifies a run; the order of the parts counts."""
    return sha256(json.dumps(parts).encode()).hexdigest()


def fingerprint_content(data: bytes) -> str:
    """Return what a document is known by when it has another name."""
    return sha256(data).hexdigest()


def find_journal(
    key: str, *, secrets: tuple[str, ...] = (), state: Path | None = None
) -> Journal | None:
    """Return the unfinished journal of this key with the most answers, now held by this process."""

    def rank(found: JournalContent) -> _Rank:
        return (len(found.entries), found.started) if found.key == key else ()

    return _take_best(_make_stem(key), rank, state, secrets)


def find_document_journal(
    document: Path, content: str = "", *, secrets: tuple[str, ...] = (), state: Path | None = None
) -> Journal | None:
    """Return the newest unfinished journal whose answers are for this document, now held.

    If none is for its path, it is the one of a document that held just its `content`, by
    `fingerprint_content`, and is no longer where it was.
    """
    name = str(document)

    def rank(found: JournalContent) -> _Rank:
        place = found.entries.get(DOCUMENT_ENTRY, "")
        same = bool(content) and found.entries.get(CONTENT_ENTRY) == content
        if place == name or (same and not os.path.lexists(place)):
            return place == name, found.started
        return ()

    return _take_best("", rank, state, secrets)


def find_unfinished_documents(
    about: Mapping[str, str], *, state: Path | None = None
) -> tuple[str, ...]:
    """Return the documents of unfinished runs about just this; others may hold their journals."""
    found: list[str] = []
    with suppress(OSError):
        for path in sorted(_find_folder(state).glob("*.jsonl")):
            content = read_content(path) if read_about(path) == about else None
            if content is not None and DOCUMENT_ENTRY in content.entries:
                found.append(content.entries[DOCUMENT_ENTRY])
    return tuple(found)


def _take_best(
    stem: str, rank: Callable[[JournalContent], _Rank], state: Path | None, secrets: tuple[str, ...]
) -> Journal | None:
    """Return the unheld journal of the highest rank, now held; one without a rank is not meant."""
    best: _HeldJournal | None = None
    for found in hold_unheld(state, stem):
        other: _HeldJournal | None = found
        if rank(found[1]) and (best is None or rank(found[1]) >= rank(best[1])):
            best, other = found, best
        if other is not None:
            other[2].release()
    return Journal.resume(*best, secrets) if best is not None else None


def hold_unheld(state: Path | None = None, stem: str = "") -> Iterator[_HeldJournal]:
    """Yield the readable journals that nobody held; the caller holds each now, and releases it.

    Those whose names begin with `stem` are meant. Without a folder for journals there are none.
    """
    with suppress(OSError):
        for path in sorted(_find_folder(state).glob(f"{stem}*.jsonl")):
            lock = _make_lock(path)
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
    """Return what a journal's first line says that its run is about; the answers are not read."""
    try:
        with path.open("rb") as file:  # whose first line is blank
            value = json.loads(file.readline(_HEAD_BYTES) + file.readline(_HEAD_BYTES))
    except (OSError, ValueError):
        return {}
    found = value.get("about") if isinstance(value, dict) else None
    return _to_texts(found) if isinstance(found, dict) else {}


def _to_texts(found: dict[object, object]) -> dict[str, str]:
    """Return a table of JSON with its names and values as text."""
    return {str(name): str(text) for name, text in found.items()}


def read_content(path: Path) -> JournalContent | None:
    """Return what a journal holds less torn and spoilt lines, or None if it is not one."""
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
                content = JournalContent(key=key, about=_to_texts(about), started=started)
            case {"id": str(identity), "text": str(text)} if content is not None:
                content.entries[identity] = text
            case _:
                pass
    return content


def _prune_journals(folder: Path) -> None:
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
        # One more is about to be opened: the last place is for that.
        if (
            count >= MOST_JOURNALS
            or total > MOST_JOURNAL_BYTES
            or time.time() - modified > OLDEST_SECONDS
        ):
            _remove_journal(path)


def _remove_journal(path: Path) -> None:
    """Remove a journal unless a live process holds it."""
    lock = _make_lock(path)
    with suppress(OSError):
        lock.acquire()
        try:
            path.unlink(missing_ok=True)
            _find_lock_path(path).unlink(missing_ok=True)
        finally:
            lock.release()


def _find_lock_path(path: Path) -> Path:
    """Return the file whose lock says that a live process holds the journal."""
    return path.with_suffix(".lock")


def _make_lock(path: Path) -> FileLock:
    """Return the lock of a journal, not acquired yet."""
    return FileLock(
        _find_lock_path(path),
        timeout=_GRACE_SECONDS,
        poll_interval=0.01,
        mode=0o600,
        thread_local=False,
    )


def _find_folder(state: Path | None) -> Path:
    """Return the folder of journals, in `state` or in the platform's state folder."""
    return (state or find_state_folder()) / "journal"


def _make_stem(key: str) -> str:
    """Return what the names of a key's journals begin with."""
    return sha256(key.encode(errors="surrogateescape")).hexdigest()[:32]
