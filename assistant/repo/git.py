"""Git: how it is called as a process, and what its files say without one."""

import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Self

# Inherited in hooks, where they would point git at another repository than the folder's.
_FOREIGN_VARIABLES = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"}
BRANCH_PREFIXES = ("refs/heads/", "refs/remotes/")
_TRUST_COMMAND = re.compile(r"git config --global --add safe\.directory .*")
_COMMIT_ID = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})")
_PACKED_REF = re.compile(r"^([0-9a-f]{40,64}) (refs/(?:heads|remotes)/.+)$", re.MULTILINE)


def build_git_command(where: Path, arguments: Sequence[str]) -> list[str]:
    """Return a git command that reads `where` and may not fetch what a partial clone left out."""
    return ["git", "-C", str(where), "-c", "protocol.allow=never", *arguments]


def build_git_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for git.

    It names no other repository than the folder's, and lets git ask nothing and download nothing.
    """
    kept = {name: value for name, value in environ.items() if name not in _FOREIGN_VARIABLES}
    silent = {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0"}
    return {**kept, **silent, "LC_ALL": "C"}


def call_git(
    where: Path,
    arguments: Sequence[str],
    seconds: float,
    environ: Mapping[str, str] = os.environ,
) -> subprocess.CompletedProcess[bytes]:
    """Return how a git command ended, and what it printed.

    Raises OSError if it cannot be started, and TimeoutExpired if it takes over `seconds`.
    """
    return subprocess.run(
        build_git_command(where, arguments),
        env=build_git_environment(environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=seconds,
    )


def ask_git(
    where: Path, arguments: Sequence[str], environ: Mapping[str, str], timeout: float
) -> str:
    """Return what a git command prints; empty if it fails, or takes over `timeout` seconds."""
    try:
        done = call_git(where, arguments, timeout, environ)
    except (OSError, subprocess.SubprocessError):
        return ""
    return "" if done.returncode else done.stdout.decode(errors="replace")


def find_trust_advice(said: str) -> str:
    """Return what to do where git does not read another user's repository, as it says itself.

    Containers meet that: the checkout is the host's user's, and the job runs as root.
    """
    found = _TRUST_COMMAND.search(said)
    return f"if you trust it: {found[0]}" if found else ""


class ObjectReader:
    """A git process that is asked for one object after another, and killed when time is up."""

    def __init__(self, where: Path, until: float) -> None:
        self._where = where
        self._until = until
        self._process = subprocess.Popen(
            build_git_command(where, ("cat-file", "--batch")),
            env=build_git_environment(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._timer = Timer(max(0.0, until - time.monotonic()), self._process.kill)

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        self._process.kill()
        self._process.communicate()

    def _ask_for_refusal(self) -> str:
        """Return what git has against the repository, on one line."""
        left = max(0.0, self._until - time.monotonic())
        done = call_git(self._where, ("rev-parse", "--git-dir"), left)
        said = done.stderr.decode(errors="replace").strip()
        return "; ".join(filter(None, (said.partition("\n")[0], find_trust_advice(said))))

    def read(self, name: str) -> tuple[str, str, bytes]:
        """Return kind, id and content of what has this name; the kind is empty if nothing has.

        Raises TimeoutError when time is up, and ValueError where git reads no repository.
        """
        put, got = self._process.stdin, self._process.stdout
        assert put is not None  # noqa: S101  # both are pipes
        assert got is not None  # noqa: S101
        try:
            put.write(f"{name}\n".encode("utf-8", "surrogateescape"))
            put.flush()
            header = got.readline()
        except BrokenPipeError:
            header = b""
        if not header.endswith(b"\n"):
            if time.monotonic() >= self._until:
                raise TimeoutError
            raise ValueError(self._ask_for_refusal() or "git does not read this repository")
        words = header.split()
        if len(words) != 3 or words[1] not in {b"tree", b"commit", b"blob"}:  # noqa: PLR2004
            return "", "", b""  # it echoes what it did not find
        size = int(words[2])
        content = got.read(size + 1)[:-1]
        if len(content) != size or time.monotonic() > self._until:
            raise TimeoutError
        return words[1].decode(), words[0].decode(), content


@dataclass(frozen=True, slots=True, kw_only=True)
class Worktree:
    """A worktree's root, and the commit it stands at where that is no branch's."""

    root: Path
    commit: str


def keeps_refs_in_files(common: Path) -> bool:
    """Return whether a repository keeps its refs in files. Raises ValueError if it is none."""
    if not (common / "HEAD").is_file():
        raise ValueError(f"{common} is no git repository")
    return not (common / "reftable").is_dir()


def list_branches(common: Path) -> dict[str, str]:
    """Return each local and remote-tracking branch with its commit.

    The local ones come first, and of each kind those that moved last.
    """
    found: dict[str, tuple[str, float]] = {}
    with suppress(OSError):
        packed = (common / "packed-refs").read_text("utf-8", "surrogateescape")
        found = {name: (commit, 0.0) for commit, name in _PACKED_REF.findall(packed)}
    for path in _walk_loose_refs(common):
        with suppress(OSError):  # it may have been deleted, or packed, by now
            commit = path.read_text("utf-8", "surrogateescape").strip()
            if _COMMIT_ID.fullmatch(commit):  # else it is another branch's alias
                name = path.relative_to(common).as_posix()
                found[name] = (commit, path.stat().st_mtime)
    ordered = sorted(
        found, key=lambda name: (not name.startswith(BRANCH_PREFIXES[0]), -found[name][1])
    )
    return {name: found[name][0] for name in ordered}


def _walk_loose_refs(common: Path) -> Iterator[Path]:
    """Yield the files of the branches that are not packed."""
    for kind in BRANCH_PREFIXES:
        for folder, _, names in os.walk(common / kind):
            yield from (Path(folder, name) for name in names if not name.endswith(".lock"))


def shorten_branch(name: str) -> str:
    """Return a branch as people call it."""
    return name.removeprefix(BRANCH_PREFIXES[0]).removeprefix(BRANCH_PREFIXES[1])


def list_worktrees(common: Path) -> tuple[Worktree, ...]:
    """Return all worktrees of the repository at `common`, its own first."""
    found: list[Worktree] = []
    if common.name == ".git":
        found.append(Worktree(root=common.parent, commit=_read_detached_head(common)))
    for about in sorted((common / "worktrees").glob("*/gitdir")):
        with suppress(OSError):
            inner = about.read_text("utf-8", "surrogateescape").removesuffix("\n")
            root = Path(os.path.normpath(about.parent / inner)).parent
            found.append(Worktree(root=root, commit=_read_detached_head(about.parent)))
    return tuple(found)


def _read_detached_head(folder: Path) -> str:
    """Return the commit that HEAD names itself; nothing if it names a branch."""
    with suppress(OSError):
        said = (folder / "HEAD").read_text("utf-8", "surrogateescape").strip()
        return said if _COMMIT_ID.fullmatch(said) else ""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryPosition:
    """Where a folder stands: its worktree's root, the repository's own folder, the path inside."""

    root: Path
    common: Path
    inside: str


def find_repository_root(path: Path) -> Path | None:
    """Return the nearest folder at or above `path` that holds `.git`, or None; git is not run."""
    # os.path says no where pathlib raises: folders above ours may be closed to us.
    return next((up for up in (path, *path.parents) if os.path.lexists(up / ".git")), None)


def find_position(folder: Path) -> RepositoryPosition | None:
    """Return where a folder, which need not exist yet, stands in a repository; None outside."""
    real = Path(os.path.realpath(folder))
    top = find_repository_root(real)
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
    return RepositoryPosition(
        root=top, common=common.resolve(), inside="" if inside == "." else inside
    )


def identify_folder(folder: Path) -> str:
    """Return one name for a folder, the same in all worktrees of its repository."""
    place = find_position(folder)
    return f"{place.common}\0{place.inside}" if place else os.path.realpath(folder)
