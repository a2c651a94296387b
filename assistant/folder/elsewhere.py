"""The numbers that documents have on other branches and in other worktrees: git is asked once."""

import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.folder.numbers import parse_name
from assistant.repo import git
from assistant.repo import git as ref
from assistant.repo.git import RepositoryPosition, find_position

# For all of git's answers together: a new document does not wait longer for them (003).
GIT_SECONDS = 5.0
# Mode, name and object of what stands in a tree.
_TREE_ENTRY = {size: re.compile(rb"[^\0]+\0.{%d}" % size, re.DOTALL) for size in (20, 32)}
_TREE_MODE = 0o040000
_SUBMODULE_MODE = 0o160000


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenNumber:
    """A number used elsewhere: by the file `name`, on the branch or in the worktree `where`.

    `blob` is what git calls the file's content; empty where that is a file in a worktree.
    """

    number: int
    name: str
    where: str
    blob: str = ""

    @property
    def place(self) -> str:
        """Where it is, in words; empty for the folder itself."""
        if not self.where:
            return ""
        kind = "in the worktree" if Path(self.where).is_absolute() else "on the branch"
        return f"{kind} {self.where}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumbersElsewhere:
    """The numbers of other branches, the same folder in other worktrees, and what went wrong."""

    taken: tuple[TakenNumber, ...] = ()
    worktrees: tuple[Path, ...] = ()
    note: str = ""

    @property
    def highest(self) -> int:
        """The highest number on any branch, or 0."""
        return max((taken.number for taken in self.taken), default=0)


def look_elsewhere(folder: Path, seconds: float = GIT_SECONDS) -> NumbersElsewhere:
    """Return the numbers that other branches and worktrees use in the folder; needs no network.

    Branches are local ones, then remote-tracking ones, latest first; a name on several counts once.
    One git process answers for all of them. After `seconds`, or where git fails, the result is what
    was found so far, with a note.
    """
    place = find_position(folder)
    if place is None:
        return NumbersElsewhere()
    until = time.monotonic() + seconds
    taken: dict[str, TakenNumber] = {}
    worktrees: list[Path] = []
    with _excuse_git(seconds) as notes:
        commits: dict[str, str] = {}
        for name, commit in _read_branches(place, until).items():
            commits.setdefault(commit, ref.shorten_branch(name))
        for tree in ref.list_worktrees(place.common):
            if tree.commit:
                commits.setdefault(tree.commit, str(tree.root))
            if tree.root.resolve() != place.root:
                worktrees.append(tree.root / place.inside)
        for mode, name, blob, where in _read_entries(place, commits, until):
            if name not in taken and (
                entry := parse_name(name, folder=mode in {_TREE_MODE, _SUBMODULE_MODE})
            ):
                taken[name] = TakenNumber(number=entry.number, name=name, where=where, blob=blob)
    ordered = sorted(taken.values(), key=lambda one: (one.number, one.name))
    return NumbersElsewhere(taken=tuple(ordered), worktrees=tuple(worktrees), note="".join(notes))


@contextmanager
def _excuse_git(seconds: float) -> Iterator[list[str]]:
    """Let the run go on with a note if git can't be asked."""
    notes: list[str] = []
    try:
        yield notes
    except FileNotFoundError:
        notes.append("git is not installed: numbers on other branches were not looked at")
    except (subprocess.TimeoutExpired, TimeoutError):
        text = f"git took longer than {seconds:g} s: not all branches were looked at for numbers"
        notes.append(text)
    except (subprocess.CalledProcessError, OSError, ValueError) as error:
        said = str(error)
        if isinstance(error, subprocess.CalledProcessError):
            said = error.stderr.decode("utf-8", "surrogateescape")
        reason = (said or "no reason given").strip().splitlines()[0]
        notes.append(f"numbers on other branches were not looked at: {reason}")


def read_blobs(
    folder: Path, blobs: Sequence[str], seconds: float = GIT_SECONDS
) -> dict[str, bytes]:
    """Return what git has under these names of contents, as far as it tells within `seconds`."""
    place = find_position(folder)
    found: dict[str, bytes] = {}
    if place is not None and blobs:
        with (
            _excuse_git(seconds),
            git.ObjectReader(place.root, time.monotonic() + seconds) as objects,
        ):
            for blob in blobs:
                kind, _, content = objects.read(blob)
                if kind == "blob":
                    found[blob] = content
    return found


def _read_branches(place: RepositoryPosition, until: float) -> dict[str, str]:
    """Return each branch and its commit; git is asked only where it alone knows."""
    if ref.keeps_refs_in_files(place.common):
        return ref.list_branches(place.common)
    wanted = ("--sort=-committerdate", "--format=%(objectname) %(refname)")
    done = git.call_git(
        place.root,
        ("for-each-ref", *wanted, *ref.BRANCH_PREFIXES),
        max(0.0, until - time.monotonic()),
    )
    done.check_returncode()
    lines = done.stdout.decode("utf-8", "surrogateescape").split("\n")
    pairs = (line.partition(" ") for line in lines[:-1])
    return {name: commit for commit, _, name in pairs}


def _read_entries(
    place: RepositoryPosition, commits: Mapping[str, str], until: float
) -> Iterator[tuple[int, str, str, str]]:
    """Yield mode, name, content's id and first commit's place of all that stands in the folder."""
    if "\n" in place.inside:
        raise ValueError("the folder's name holds a line break")
    if not commits:
        return
    with git.ObjectReader(place.root, until) as objects:
        trees: dict[str, str] = {}
        for commit, where in commits.items():
            trees.setdefault(_find_tree(objects, commit, place.inside), where)
        seen: set[bytes] = set()
        for tree, where in trees.items():
            if not tree:
                continue
            fresh = set(_split_tree(objects.read(tree)[2], len(tree) // 2)) - seen
            seen |= fresh
            for mode, name, blob in map(_parse_tree_entry, fresh):
                yield mode, name, blob, where


def _find_tree(objects: git.ObjectReader, commit: str, inside: str) -> str:
    """Return the id of the tree that a folder is in a commit, or nothing.

    It stands in what is above it, which is small: a tree that all branches share is read once.
    """
    if not inside:
        found = re.match(rb"tree ([0-9a-f]+)\n", objects.read(commit)[2])
        return found[1].decode() if found else ""
    above, _, own = inside.rpartition("/")
    kind, name, content = objects.read(f"{commit}:{above}")
    if kind != "tree":
        return ""
    listed = map(_parse_tree_entry, _split_tree(content, len(name) // 2))
    return next((blob for mode, name, blob in listed if name == own and mode == _TREE_MODE), "")


def _split_tree(content: bytes, size: int) -> list[bytes]:
    """Return a tree's entries, each with an object's name of `size` bytes."""
    return _TREE_ENTRY[size].findall(content)


def _parse_tree_entry(entry: bytes) -> tuple[int, str, str]:
    """Return mode, name and content's id of a tree's entry."""
    mode, _, rest = entry.partition(b" ")
    name, _, blob = rest.partition(b"\0")
    return int(mode, 8), os.fsdecode(name), blob.hex()
