"""The Markdown files of a project: those that git tracks or would, else those that are there."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from assistant import git
from assistant.branch import root as repository

SUFFIXES = (".md", ".markdown", ".mdx", ".mkd")
_SECONDS = 60.0


def root(folder: Path, cwd: Path) -> Path:
    """Where paths begin: the repository of a folder, else `cwd` where it is in that, else it."""
    real = Path(os.path.realpath(folder))
    start = Path(os.path.realpath(cwd))
    return repository(real) or (start if real.is_relative_to(start) else real)


def markdown(top: Path, folder: Path) -> tuple[str, ...]:
    """The paths from `top` of all Markdown files below it, those in `folder` always among them.

    Files that git ignores, symbolic links, and without git hidden folders, are left out.
    """
    names = set(_told(top) if (top / ".git").exists() else _walked(top))
    with suppress(OSError), os.scandir(folder) as scan:
        names.update(os.path.relpath(one.path, top) for one in scan)
    found = (name for name in names if name.lower().endswith(SUFFIXES))
    return tuple(sorted(name.replace(os.sep, "/") for name in found if _is_file(top / name)))


def _told(top: Path) -> Iterator[str]:
    try:
        done = subprocess.run(
            git.command(top, ("ls-files", "-co", "--exclude-standard", "-z")),
            env=git.environment(os.environ),
            capture_output=True,
            check=True,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):  # no git, or it refuses this repository
        yield from _walked(top)
        return
    yield from (os.fsdecode(name) for name in done.stdout.split(b"\0") if name)


def _walked(top: Path) -> Iterator[str]:
    for above, folders, names in os.walk(top):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (os.path.relpath(Path(above, name), top) for name in names)


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
