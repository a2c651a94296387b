"""What a repository has: its files, and whether words occur in its code.

Only git and names are asked: no network, no code of the repository, nothing outside of it.
"""

import os
import posixpath
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Timer

from assistant.repo import git

QUESTION_SECONDS = 5.0  # for each question to git; by judgement, what a person waits for a check
_LISTING_SECONDS = 60.0  # for the files of a renumbering, which has to know all of them
WALK_SECONDS = 1.0  # for a folder outside of git
MAX_ENTRIES = 20_000  # of a folder outside of git: one that has more is no project, by judgement
MAX_WORDS = 500  # that are looked for in one document; by judgement, more than any has
MARKDOWN_SUFFIXES = (".md", ".markdown", ".mdx", ".mkd")
_LINK_MODE = b"120000"
_SUBMODULE_MODE = b"160000"
_SKIPPED_FOLDERS = {".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv"}
# A file system monitor is a program that the repository's own configuration names.
_SAFE_SETTINGS = ("-c", "core.fsmonitor=false", "-c", "submodule.recurse=false")
_GREP = ("grep", "-h", "-o", "-I", "-F", "-w", "--untracked", "--no-color")
# Words in prose are no symbols: the document itself would be where each occurs.
_CODE_PATHS = (".", ":(exclude)*.md", ":(exclude)*.rst", ":(exclude)*.txt", ":(exclude)*.adoc")


@dataclass(frozen=True, kw_only=True)  # without slots: what is derived is worked out once
class Repository:
    """Paths from the repository's root, parted by slashes; without any, nothing is known of it.

    `closed` are submodules and links: what is behind them is not looked at. `absent` are symbols
    that were looked for in vain. `note` says why something could not be looked at.
    """

    files: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    note: str = ""

    @property
    def known(self) -> bool:
        """Whether anything can be said about paths; an empty repository has only proposals."""
        return bool(self.files)

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that a file is in."""
        found: set[str] = set()
        for file in (*self.files, *self.closed):
            folder = posixpath.dirname(file)
            while folder and folder not in found:
                found.add(folder)
                folder = posixpath.dirname(folder)
        return frozenset(found)

    @cached_property
    def _ends(self) -> Mapping[str, tuple[str, ...]]:
        """Files and folders by their last name."""
        found: dict[str, list[str]] = {}
        for path in (*self.files, *self.closed, *self.folders):
            found.setdefault(posixpath.basename(path), []).append(path)
        return {name: tuple(paths) for name, paths in found.items()}

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(name for folder in self.folders for name in folder.split("/"))

    def has(self, path: str, folder: str = "") -> bool:
        """Return whether a relative path is there: from the root, from `folder`, or as an end.

        One that leaves the repository, or goes into a part that is closed, counts as there.
        """
        if path.startswith("/"):
            return False
        from_root, from_folder = _normalize(path), _normalize(posixpath.join(folder, path))
        if _is_outside(from_root) and _is_outside(from_folder):
            return True
        if self._at(from_root) or self._at(from_folder):
            return True
        ends = self._ends.get(posixpath.basename(from_root), ())
        return any(end.endswith("/" + from_root) for end in ends)

    def _at(self, path: str) -> bool:
        if path in self.files or path in self.folders or path in self.closed:
            return True
        parts = path.split("/")
        return any("/".join(parts[:count]) in self.closed for count in range(1, len(parts)))

    def begins(self, path: str, folder: str = "") -> bool:
        """Return whether any folder of the repository is called as the path's first part is."""
        found = _normalize(path)
        if _is_outside(found):
            found = _normalize(posixpath.join(folder, path))
        return found.split("/")[0] in self._names

    def alike(self, path: str) -> str:
        """Return the only file of the same name, or an empty string."""
        found = self._ends.get(posixpath.basename(path.rstrip("/")), ())
        return found[0] if len(found) == 1 and found[0] in self.files else ""


def _normalize(path: str) -> str:
    """Return a path without `.`, and with `..` only where it leaves what it begins in."""
    return posixpath.normpath(path)


def _is_outside(path: str) -> bool:
    return path == ".." or path.startswith("../")


def find_project_root(folder: Path, start: Path) -> Path:
    """Return the root of the repository that a folder, which need not exist yet, is in.

    Outside of git that is `start` if the folder is in it, else the folder itself.
    """
    real, base = Path(os.path.realpath(folder)), Path(os.path.realpath(start))
    return git.find_repository_root(real) or (base if real.is_relative_to(base) else real)


def read_repository_around(folder: Path, start: Path) -> Repository:
    """Return the files of the repository that a folder, which need not exist yet, is in."""
    return read_repository(find_project_root(folder, start))


def read_repository(root: Path, seconds: float = QUESTION_SECONDS) -> Repository:
    """Return the files of a repository or folder; none, with a note, if it takes too long."""
    if not os.path.lexists(root / ".git"):
        return _read_folder(root)
    listing = ("ls-files", "-t", "-s", "-c", "-o", "-d", "--exclude-standard", "-z")
    try:
        done = git.call_git(root, (*_SAFE_SETTINGS, *listing), seconds)
        done.check_returncode()
    except FileNotFoundError:
        return Repository(note="git is not installed: paths in documents were not looked for")
    except subprocess.TimeoutExpired:
        return Repository(note=f"git took longer than {seconds:g} s: paths were not looked for")
    except (subprocess.CalledProcessError, OSError):
        return Repository(note="git could not list the files: paths were not looked for")
    return _parse_listing(done.stdout.split(b"\0"))


def _parse_listing(entries: Sequence[bytes]) -> Repository:
    """Return the files of git's listing: each has a tag, its mode if it is tracked, and a path."""
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
        elif path.endswith("/") or about[2:8] == _SUBMODULE_MODE:
            closed.add(path.rstrip("/"))
        elif path:
            files.add(path)
            if about[2:8] == _LINK_MODE:
                closed.add(path)
    return Repository(files=frozenset(files - gone), closed=frozenset(closed - gone))


def _read_folder(root: Path) -> Repository:
    """Return the files in a folder that git knows nothing of."""
    until = time.monotonic() + WALK_SECONDS
    files: set[str] = set()
    closed: set[str] = set()
    pending = [""]
    count = 0
    while pending:
        inside = pending.pop()
        for entry in _scan_folder(root / inside):
            count += 1
            if count > MAX_ENTRIES or time.monotonic() > until:
                return Repository(note=f"{root} has too many files: paths were not looked for")
            path = f"{inside}/{entry.name}" if inside else entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _SKIPPED_FOLDERS:
                    pending.append(path)
                continue
            files.add(path)
            if entry.is_symlink():
                closed.add(path)
    return Repository(files=frozenset(files), closed=frozenset(closed))


def _scan_folder(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            yield from found
    except OSError:  # closed to us, or gone meanwhile
        return


def find_occurring_words(
    root: Path, words: Sequence[str], seconds: float = QUESTION_SECONDS
) -> dict[str, bool]:
    """Return for each word whether it occurs in the code; nothing if that can't be told in time."""
    if not words or not os.path.lexists(root / ".git"):
        return {}
    asked = [part for word in words for part in ("-e", word)]
    left = set(words)
    try:
        code = _grep(root, (*asked, "--", *_CODE_PATHS), left, seconds)
    except OSError:
        return {}
    found = dict.fromkeys(set(words) - left, True)
    # 0 and 1 are git's words for found and not found; any other end leaves the rest unknown.
    return found | dict.fromkeys(left, False) if code in (0, 1) else found


def _grep(root: Path, arguments: Sequence[str], left: set[str], seconds: float) -> int | None:
    """Take the words that git finds out of `left`, and return its exit code.

    It is killed when all are found, or when time is up: then the code says neither of its words.
    """
    with subprocess.Popen(
        git.build_git_command(root, (*_SAFE_SETTINGS, *_GREP, *arguments)),
        env=git.build_git_environment(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
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
    return process.returncode


def list_markdown_files(top: Path, folder: Path) -> tuple[str, ...]:
    """Return the paths from `top` of all Markdown files below it, and always those in `folder`.

    Files that git ignores, symbolic links, and without git hidden folders, are left out.
    """
    names = set(_list_by_git(top) if (top / ".git").exists() else _list_by_walk(top))
    with suppress(OSError), os.scandir(folder) as scan:
        names.update(os.path.relpath(one.path, top) for one in scan)
    found = (name for name in names if name.lower().endswith(MARKDOWN_SUFFIXES))
    return tuple(
        sorted(name.replace(os.sep, "/") for name in found if _is_regular_file(top / name))
    )


def _list_by_git(top: Path) -> Iterator[str]:
    """Yield the files that git tracks or would track; all if it refuses the repository."""
    try:
        done = git.call_git(top, ("ls-files", "-co", "--exclude-standard", "-z"), _LISTING_SECONDS)
        done.check_returncode()
    except (OSError, subprocess.SubprocessError):  # no git, or it refuses this repository
        yield from _list_by_walk(top)
        return
    yield from (os.fsdecode(name) for name in done.stdout.split(b"\0") if name)


def _list_by_walk(top: Path) -> Iterator[str]:
    """Yield all files below a folder but those in hidden folders."""
    for above, folders, names in os.walk(top):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (os.path.relpath(Path(above, name), top) for name in names)


def _is_regular_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
