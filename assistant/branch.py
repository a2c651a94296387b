"""What git knows of a folder: its repository, and its numbers on other branches and worktrees."""

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

from assistant.number import parse

SECONDS = 5.0  # for all of git's answers together

_TREE_ENTRY = {size: re.compile(rb"([^\0]+)\0.{%d}" % size, re.DOTALL) for size in (20, 32)}
# Inherited in hooks, where they would point git at another repository than the folder's.
_FOREIGN = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"}
_TREE = 0o040000
_MODULE = 0o160000


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a folder stands: its worktree's root, the repository's own folder, the path inside."""

    root: Path
    common: Path
    inside: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A number used elsewhere: by the file `name`, on the branch or in the worktree `where`."""

    number: int
    name: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """The numbers of other branches, the same folder in other worktrees, and what went wrong."""

    taken: tuple[Taken, ...] = ()
    worktrees: tuple[Path, ...] = ()
    note: str = ""

    @property
    def highest(self) -> int:
        """The highest number on any branch, or 0."""
        return max((taken.number for taken in self.taken), default=0)


def root(path: Path) -> Path | None:
    """The nearest folder at or above `path` that holds `.git`, or None; git is not run."""
    # os.path says no where pathlib raises: folders above ours may be closed to us.
    return next((up for up in (path, *path.parents) if os.path.lexists(up / ".git")), None)


def position(folder: Path) -> Position | None:
    """Where a folder, which need not exist yet, stands in a repository; None outside of one."""
    real = Path(os.path.realpath(folder))
    top = root(real)
    if top is None:
        return None
    common = top / ".git"
    try:
        if common.is_file():  # a linked worktree, or a submodule
            target = common.read_text(encoding="utf-8", errors="surrogateescape")
            common = top / target.removeprefix("gitdir:").strip()
            if (common / "commondir").is_file():
                common /= (common / "commondir").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
    inside = real.relative_to(top).as_posix()
    return Position(root=top, common=common.resolve(), inside="" if inside == "." else inside)


def identity(folder: Path) -> str:
    """One name for a folder, the same in all worktrees of its repository."""
    place = position(folder)
    return f"{place.common}\0{place.inside}" if place else os.path.realpath(folder)


def elsewhere(folder: Path, seconds: float = SECONDS) -> Elsewhere:
    """The numbers that other branches and worktrees use in the same folder; needs no network.

    Branches are local and remote-tracking ones, newest first. A name on several counts once.
    After `seconds`, or where git fails, the result is what was found so far, with a note.
    """
    place = position(folder)
    if place is None:
        return Elsewhere()
    until = time.monotonic() + seconds
    taken: dict[str, Taken] = {}
    worktrees: list[Path] = []
    note = ""
    try:
        commits = _branches(place.root, until)
        for path, commit in _worktrees(place.root, until):
            commits.setdefault(commit, str(path))
            if path.resolve() != place.root:
                worktrees.append(path / place.inside)
        for name, is_folder, where in _names(place, commits, until):
            if name not in taken and (entry := parse(name, folder=is_folder)):
                taken[name] = Taken(number=entry.number, name=name, where=where)
    except FileNotFoundError:
        note = "git is not installed: numbers on other branches were not looked at"
    except (subprocess.TimeoutExpired, TimeoutError):
        note = f"git took longer than {seconds:g} s: not all branches were looked at for numbers"
    except (subprocess.CalledProcessError, OSError, ValueError) as error:
        said = error.stderr if isinstance(error, subprocess.CalledProcessError) else str(error)
        reason = (said or "no reason given").strip().splitlines()[0]
        note = f"numbers on other branches were not looked at: {reason}"
    ordered = sorted(taken.values(), key=lambda one: (one.number, one.name))
    return Elsewhere(taken=tuple(ordered), worktrees=tuple(worktrees), note=note)


def command(where: Path, arguments: Sequence[str]) -> list[str]:
    """A git command that reads `where` and may not fetch what a partial clone left out."""
    return ["git", "-C", str(where), "-c", "protocol.allow=never", *arguments]


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for git: no other repository than the folder's, no question, no download."""
    kept = {name: value for name, value in environ.items() if name not in _FOREIGN}
    silent = {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0"}
    return {**kept, **silent, "LC_ALL": "C"}


def _git(where: Path, arguments: Sequence[str], until: float, asked: str = "") -> str:
    done = subprocess.run(
        command(where, arguments),
        env=environment(os.environ),
        input=asked,
        capture_output=True,
        check=True,
        encoding="utf-8",
        errors="surrogateescape",
        timeout=max(0.0, until - time.monotonic()),
    )
    return done.stdout


def _branches(where: Path, until: float) -> dict[str, str]:
    """Commits, newest first, and the first branch that is at each."""
    wanted = ("--sort=-committerdate", "--format=%(objectname) %(refname)")
    answer = _git(where, ("for-each-ref", *wanted, "refs/heads", "refs/remotes"), until)
    found: dict[str, str] = {}
    for line in answer.split("\n")[:-1]:
        commit, _, ref = line.partition(" ")
        found.setdefault(commit, ref.removeprefix("refs/heads/").removeprefix("refs/remotes/"))
    return found


def _worktrees(where: Path, until: float) -> Iterator[tuple[Path, str]]:
    """All worktrees with a folder of their own, and the commits they are at."""
    path = ""
    for line in _git(where, ("worktree", "list", "--porcelain"), until).split("\n"):
        word, _, rest = line.partition(" ")
        if word == "worktree":
            path = rest
        elif word == "HEAD" and rest.strip("0"):
            yield Path(path), rest
        elif word == "HEAD":  # no commit yet
            yield Path(path), ""


def _names(
    place: Position, commits: Mapping[str, str], until: float
) -> Iterator[tuple[str, bool, str]]:
    """The names in the folder at all commits: each, whether it is a folder, and where first."""
    if "\n" in place.inside:
        raise ValueError("the folder's name holds a line break")
    shas = [commit for commit in commits if commit]
    asked = "".join(f"{commit}:{place.inside}\n" for commit in shas)
    answers = _git(place.root, ("cat-file", "--batch-check"), until, asked).split("\n")[:-1]
    trees: dict[str, str] = {}
    for commit, answer in zip(shas, answers, strict=True):
        tree, _, kind = answer.partition(" ")
        if kind.startswith("tree ") and ":" not in tree:  # else it echoes what it did not find
            trees.setdefault(tree, commits[commit])
    seen: set[bytes] = set()
    for tree, content in _contents(place.root, tuple(trees), until):
        fresh = set(_TREE_ENTRY[len(tree) // 2].findall(content)) - seen
        seen |= fresh
        for entry in fresh:  # mode and name
            mode, _, name = entry.partition(b" ")
            yield os.fsdecode(name), int(mode, 8) in {_TREE, _MODULE}, trees[tree]


def _contents(where: Path, trees: Sequence[str], until: float) -> Iterator[tuple[str, bytes]]:
    """The bytes of each tree, one at a time, from one process that is killed when time is up."""
    if not trees:
        return
    with tempfile.TemporaryFile() as asked:  # a file can't fill up and block as a pipe does
        asked.write("".join(f"{tree}\n" for tree in trees).encode())
        asked.seek(0)
        with subprocess.Popen(
            command(where, ("cat-file", "--batch")),
            env=environment(os.environ),
            stdin=asked,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            timer = Timer(max(0.0, until - time.monotonic()), process.kill)
            timer.start()
            try:
                for tree in trees:
                    header = process.stdout.readline() if process.stdout else b""
                    size = int(header.rpartition(b" ")[2] or -1)
                    content = process.stdout.read(size + 1)[:-1] if process.stdout else b""
                    if len(content) != size or time.monotonic() > until:
                        raise TimeoutError
                    yield tree, content
            finally:
                timer.cancel()
                process.kill()
