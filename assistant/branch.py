"""Where a folder stands in a repository; git itself is not run."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a folder stands: its worktree's root, the repository's own folder, the path inside."""

    root: Path
    common: Path
    inside: str


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
