"""What a repository has: its files, and whether words occur in its code.

Only git and names are asked: no network, no code of the repository, nothing outside of it.
"""

import os
import subprocess
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Timer

from assistant import branch, git
from assistant.document import Document
from assistant.quoted import ALL, PATHS, Mention, mentions
from assistant.repository import Repository

SECONDS = 5.0  # for each question to git
WALK_SECONDS = 1.0
ENTRIES = 20_000  # of a folder outside of git; one that has more is no project
WORDS = 500  # that are looked for in one document
_LINK = b"120000"
_MODULE = b"160000"
_SKIPPED = {".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv"}
# A file system monitor is a program that the repository's own configuration names.
_QUIET = ("-c", "core.fsmonitor=false", "-c", "submodule.recurse=false")
# Words in prose are no symbols: the document itself would be where each occurs.
_CODE = (".", ":(exclude)*.md", ":(exclude)*.rst", ":(exclude)*.txt", ":(exclude)*.adoc")


@dataclass(frozen=True, slots=True)
class Mentioned:
    """What a document in `folder`, a path from the root, names, and what its repository has."""

    found: tuple[Mention, ...]
    repository: Repository
    folder: str = ""


class Context:
    """The repositories of a run's documents, each looked at when a document first names a path.

    Outside of git, documents in the folder `start` are in a project of which that is the root.
    """

    def __init__(self, start: Path, *, symbols: bool = False) -> None:
        self._start = start
        self._symbols = symbols
        self._known: dict[Path, Repository] = {}
        self._words: dict[Path, dict[str, bool]] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be looked at, and why."""
        return tuple(dict.fromkeys(r.note for r in self._known.values() if r.note))

    def mentioned(self, path: Path, document: Document) -> Mentioned | None:
        """Return what the document at `path` names and its repository; None where it names none."""
        found = mentions(document, ALL if self._symbols else PATHS)
        if not found:
            return None
        folder = Path(os.path.realpath(path)).parent
        root = root_of(folder, self._start)
        repository = self._known.get(root)
        if repository is None:
            repository = self._known[root] = look(root)
        own = tuple(one for one in found if not one.proposed)
        if self._symbols:
            symbols = (one for one in own if one.kind == "symbol")
            absent = self._absent(root, {word for one in symbols for word in one.words})
            repository = replace(repository, absent=absent)
        inside = folder.relative_to(root).as_posix()
        return Mentioned(own, repository, "" if inside == "." else inside)

    def _absent(self, root: Path, words: Collection[str]) -> frozenset[str]:
        known = self._words.setdefault(root, {})
        asked = sorted(word for word in words if word not in known)[:WORDS]
        known |= occurring(root, asked)
        return frozenset(word for word in words if known.get(word) is False)


def root_of(folder: Path, start: Path) -> Path:
    """The root of the repository that `folder` is in; outside of git `start`, or itself."""
    real, base = Path(os.path.realpath(folder)), Path(os.path.realpath(start))
    return branch.root(real) or (base if real.is_relative_to(base) else real)


def around(folder: Path, start: Path) -> Repository:
    """The files of the repository that a folder, which need not exist yet, is in."""
    return look(root_of(folder, start))


def look(root: Path, seconds: float = SECONDS) -> Repository:
    """The files of the repository or folder `root`; none, with a note, where it takes too long."""
    if not os.path.lexists(root / ".git"):
        return _walked(root)
    listing = ("ls-files", "-t", "-s", "-c", "-o", "-d", "--exclude-standard", "-z")
    try:
        done = subprocess.run(
            git.command(root, (*_QUIET, *listing)),
            env=git.environment(os.environ), stdin=subprocess.DEVNULL,
            capture_output=True, check=True, timeout=seconds,
        )  # fmt: skip
    except FileNotFoundError:
        return Repository(note="git is not installed: paths in documents were not looked for")
    except subprocess.TimeoutExpired:
        return Repository(note=f"git took longer than {seconds:g} s: paths were not looked for")
    except (subprocess.CalledProcessError, OSError):
        return Repository(note="git could not list the files: paths were not looked for")
    return _listed(done.stdout.split(b"\0"))


def _listed(entries: Sequence[bytes]) -> Repository:
    """The files that git named: each with its tag, its mode where it is tracked, and its path."""
    files: set[str] = set()
    closed: set[str] = set()
    gone: set[str] = set()
    for entry in entries:
        about, tab, name = entry.partition(b"\t")
        if not tab:  # untracked: a tag and a path
            name, about = entry[2:], entry[:1]
        path = os.fsdecode(name)
        if about[:1] == b"R":
            gone.add(path)
        elif path.endswith("/") or about[2:8] == _MODULE:
            closed.add(path.rstrip("/"))
        elif path:
            files.add(path)
            if about[2:8] == _LINK:
                closed.add(path)
    return Repository(files=frozenset(files - gone), closed=frozenset(closed - gone))


def _walked(root: Path) -> Repository:
    """The files in a folder that git knows nothing of."""
    until = time.monotonic() + WALK_SECONDS
    files: set[str] = set()
    closed: set[str] = set()
    pending = [""]
    count = 0
    while pending:
        inside = pending.pop()
        for entry in _entries(root / inside):
            count += 1
            if count > ENTRIES or time.monotonic() > until:
                return Repository(note=f"{root} has too many files: paths were not looked for")
            path = f"{inside}/{entry.name}" if inside else entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _SKIPPED:
                    pending.append(path)
                continue
            files.add(path)
            if entry.is_symlink():
                closed.add(path)
    return Repository(files=frozenset(files), closed=frozenset(closed))


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            yield from found
    except OSError:  # closed to us, or gone meanwhile
        return


def occurring(root: Path, words: Sequence[str], seconds: float = SECONDS) -> dict[str, bool]:
    """For each word whether it occurs in the code; nothing where that can't be told in time."""
    if not words or not os.path.lexists(root / ".git"):
        return {}
    asked = [part for word in words for part in ("-e", word)]
    grep = ("grep", "-h", "-o", "-I", "-F", "-w", "--untracked", "--no-color", *asked, "--", *_CODE)
    left = set(words)
    try:
        with subprocess.Popen(
            git.command(root, (*_QUIET, *grep)),
            env=git.environment(os.environ), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            timer = Timer(seconds, process.kill)
            timer.start()
            try:
                for line in process.stdout or ():
                    left.discard(os.fsdecode(line.rstrip(b"\r\n")))
                    if not left:
                        break
            finally:
                timer.cancel()
                if not left:
                    process.kill()
    except OSError:
        return {}
    found = dict.fromkeys(set(words) - left, True)
    # 0 and 1 are git's words for found and not found; any other end leaves the rest unknown.
    return found | dict.fromkeys(left, False) if process.returncode in (0, 1) else found
