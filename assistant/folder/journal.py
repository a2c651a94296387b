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
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from filelock import FileLock

from assistant.files import find_state_folder, make_private_folder
from assistant.folder.shelf import (
    JournalContent,
    find_lock_path,
    hold_unheld,
    make_lock,
    prune_journals,
    read_about,
    read_content,
)

DOCUMENT_ENTRY = "@document"  # the entry that names the document which the answers are for
CONTENT_ENTRY = "@content"  # the entry with a digest of the bytes that it held last
COMPOSED_ENTRY = "@composed"  # likewise of what a draft made of the answers, and nobody else
SUBJECT_ENTRY = "@subject"  # the entry that says what that document is about
# An answer's entry says what it is for, so that a section may be called anything.
BRIEF_ENTRY = "brief:"
_UNTYPED_BRIEF_ENTRY = "brief"  # as before entries said so
MODEL_ENTRY = "@model"  # the entry with the name by which the server says that the model answered
_REDACTED = "[secret]"
_SHORTEST_SECRET = 8  # shorter ones are words: a local server's key may be `ollama`


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """A journal that no live process holds: what it is about, when it began, answers kept."""

    path: Path
    key: str
    about: Mapping[str, str]
    started: float
    answers: int


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
        """A new journal. Where it cannot be written it keeps answers in memory; see `durable`."""
        journal = cls(JournalContent(key=key, about={}, started=time.time()), secrets)
        for name, value in about.items():
            journal._content.about[journal._clean(name)] = journal._clean(value)
        try:
            folder = _find_folder(state)
            make_private_folder(folder)
            prune_journals(folder)
            path = folder / f"{_make_stem(key)}-{randomness.token_hex(8)}.jsonl"
            journal._lock = make_lock(path)
            journal._lock.acquire()
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
            journal._descriptor = os.open(path, flags, 0o600)
            journal._path = path
            head = {
                "key": key,
                "about": journal._content.about,
                "started": journal._content.started,
            }
            journal._append(head)
        except OSError as error:
            journal._fail(error)
        return journal

    @property
    def about(self) -> Mapping[str, str]:
        """What the run is about, as given to `open`."""
        return MappingProxyType(self._content.about)

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
                find_lock_path(path).unlink()

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
        # The break before the line ends one that a full disk or an interruption cut short.
        left = memoryview(f"\n{json.dumps(line)}\n".encode())
        while left:
            left = left[os.write(self._descriptor, left) :]
        os.fsync(self._descriptor)

    def _fail(self, error: OSError) -> None:
        known, self.note = (
            self.note,
            (
                "answers are not kept on the disk, should this run be cut off: "
                f"{_describe_error(error)}"
            ),
        )
        if self._heard is not None and not known:
            self._heard(self.note)

    def _clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, _REDACTED)
        return text

    def _resume(self, path: Path, lock: FileLock) -> None:
        self._path, self._lock = path, lock
        try:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
        except OSError as error:
            self._fail(error)


def name_section_entry(identity: str) -> str:
    """The name of the entry with a section's answer."""
    return f"section:{identity}"


def name_view_entry(name: str) -> str:
    """The name of the entry with the answers from a point of view."""
    return f"view:{name}"


def find_brief_entry(entries: Mapping[str, str]) -> str:
    """The brief that a journal holds, or nothing."""
    return entries.get(BRIEF_ENTRY, entries.get(_UNTYPED_BRIEF_ENTRY, ""))


def digest_parts(*parts: str) -> str:
    """One key for what identifies a run; the order of the parts counts."""
    return sha256(json.dumps(parts).encode()).hexdigest()


def fingerprint_content(data: bytes) -> str:
    """What a document is known by when it has another name."""
    return sha256(data).hexdigest()


def find_journal(
    key: str, *, secrets: tuple[str, ...] = (), state: Path | None = None
) -> Journal | None:
    """The unfinished journal of this key with the most answers, now held by this process."""
    held = _hold_journals(_make_stem(key), lambda content: content.key == key, state)
    held.sort(key=lambda found: (len(found[1].entries), found[1].started))
    return _take_last(held, secrets)


def find_document_journal(
    document: Path, content: str = "", *, secrets: tuple[str, ...] = (), state: Path | None = None
) -> Journal | None:
    """The newest unfinished journal whose answers are for this document, now held.

    Where none is for its path, it is the one of a document that held just its `content`, by
    `fingerprint`, and is no longer where it was.
    """
    name = str(document)

    def is_named(found: JournalContent) -> bool:
        return found.entries.get(DOCUMENT_ENTRY) == name

    def is_moved(found: JournalContent) -> bool:
        known = bool(content) and found.entries.get(CONTENT_ENTRY) == content
        return known and not os.path.lexists(found.entries.get(DOCUMENT_ENTRY, ""))

    held = _hold_journals("", lambda found: is_named(found) or is_moved(found), state)
    held.sort(key=lambda found: (is_named(found[1]), found[1].started))
    return _take_last(held, secrets)


_HeldJournal = tuple[Path, JournalContent, FileLock]


def _hold_journals(
    stem: str, wanted: Callable[[JournalContent], bool], state: Path | None
) -> list[_HeldJournal]:
    """The unheld journals that are wanted, all of them held now."""
    found: list[_HeldJournal] = []
    for one in _hold_unheld(state, stem):
        if wanted(one[1]):
            found.append(one)
        else:
            one[2].release()
    return found


def _take_last(held: list[_HeldJournal], secrets: tuple[str, ...]) -> Journal | None:
    """The last of these journals; the others are let go."""
    best: Journal | None = None
    if held:
        path, content, lock = held.pop()
        best = Journal(content, secrets)
        best._resume(path, lock)  # noqa: SLF001  # the module's own
    for _, _, lock in held:
        lock.release()
    return best


def pending(*, state: Path | None = None) -> tuple[Unfinished, ...]:
    """The unfinished journals with at least one answer that no live process holds, newest first."""
    found: list[Unfinished] = []
    for path, content, lock in _hold_unheld(state, ""):
        lock.release()
        if content.answers:
            about = MappingProxyType(content.about)
            one = Unfinished(
                path=path,
                key=content.key,
                about=about,
                started=content.started,
                answers=content.answers,
            )
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.started, reverse=True))


def find_unfinished_documents(
    about: Mapping[str, str], *, state: Path | None = None
) -> tuple[str, ...]:
    """The documents of unfinished runs about just this, in journals that others may hold."""
    found: list[str] = []
    with suppress(OSError):
        for path in sorted(_find_folder(state).glob("*.jsonl")):
            content = read_content(path) if read_about(path) == about else None
            if content is not None and DOCUMENT_ENTRY in content.entries:
                found.append(content.entries[DOCUMENT_ENTRY])
    return tuple(found)


def _hold_unheld(state: Path | None, stem: str) -> Iterator[_HeldJournal]:
    """The journals that no live process holds, held now; none where there is no folder for them."""
    with suppress(OSError):
        yield from hold_unheld(_find_folder(state), stem)


def _find_folder(state: Path | None) -> Path:
    return (state or find_state_folder()) / "journal"


def _describe_error(error: OSError) -> str:
    """What the system has against a file, and which it is."""
    return f"{error.strerror or error}" + (f" ({error.filename})" if error.filename else "")


def _make_stem(key: str) -> str:
    return sha256(key.encode(errors="surrogateescape")).hexdigest()[:32]
