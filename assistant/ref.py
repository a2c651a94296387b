"""The refs and worktrees of a git repository, read from its own files: no process is started.

Source: git's `gitrepository-layout` and `git-worktree`. A repository that keeps its refs in another
way (`reftable`) says so with a folder of that name; its refs are for git to tell.
"""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

KINDS = ("refs/heads/", "refs/remotes/")

_COMMIT = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})")
_PACKED = re.compile(r"^([0-9a-f]{40,64}) (refs/(?:heads|remotes)/.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worktree:
    """A worktree's root, and the commit it stands at where that is no branch's."""

    root: Path
    commit: str


def is_files(common: Path) -> bool:
    """Whether the repository at `common` keeps its refs in files. Raises ValueError for none."""
    if not (common / "HEAD").is_file():
        raise ValueError(f"{common} is no git repository")
    return not (common / "reftable").is_dir()


def branches(common: Path) -> dict[str, str]:
    """Each local and remote-tracking branch with its commit: local ones, then the latest, first."""
    found: dict[str, tuple[str, float]] = {}
    with suppress(OSError):
        packed = (common / "packed-refs").read_text("utf-8", "surrogateescape")
        found = {name: (commit, 0.0) for commit, name in _PACKED.findall(packed)}
    for path in _loose(common):
        with suppress(OSError):  # it may have been deleted, or packed, by now
            commit = path.read_text("utf-8", "surrogateescape").strip()
            if _COMMIT.fullmatch(commit):  # else it is another branch's alias
                name = path.relative_to(common).as_posix()
                found[name] = (commit, path.stat().st_mtime)
    ordered = sorted(found, key=lambda name: (not name.startswith(KINDS[0]), -found[name][1]))
    return {name: found[name][0] for name in ordered}


def _loose(common: Path) -> Iterator[Path]:
    for kind in KINDS:
        for folder, _, names in os.walk(common / kind):
            yield from (Path(folder, name) for name in names if not name.endswith(".lock"))


def short(name: str) -> str:
    """A branch as people call it."""
    return name.removeprefix(KINDS[0]).removeprefix(KINDS[1])


def worktrees(common: Path) -> tuple[Worktree, ...]:
    """All worktrees of the repository at `common`, its own first."""
    found: list[Worktree] = []
    if common.name == ".git":
        found.append(Worktree(root=common.parent, commit=_head(common)))
    for about in sorted((common / "worktrees").glob("*/gitdir")):
        with suppress(OSError):
            inner = about.read_text("utf-8", "surrogateescape").removesuffix("\n")
            root = Path(os.path.normpath(about.parent / inner)).parent
            found.append(Worktree(root=root, commit=_head(about.parent)))
    return tuple(found)


def _head(folder: Path) -> str:
    with suppress(OSError):
        said = (folder / "HEAD").read_text("utf-8", "surrogateescape").strip()
        return said if _COMMIT.fullmatch(said) else ""
    return ""
