"""File names as slugs, in the style of their folder: the proper one, and how a file gets it."""

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from assistant import branch, changed, disk
from assistant.document import encode
from assistant.errors import DraftError, Exit
from assistant.number import Style, parse, slug

_MARKDOWN = (".md", ".markdown", ".mdx", ".mkd")
_LONGEST = 60  # characters of a slug; a longer name is somebody's choice


def proper(path: Path, style: Style) -> Path:
    """The path with its name as a slug, in the folder's style, but without spaces."""
    entry = parse(path.name)
    if entry is None or not entry.suffix or not entry.slug or len(entry.slug) > _LONGEST:
        return path
    joiner = style.joiner if style.joiner in ("_", "-") else "_"
    separator = joiner if " " in style.separator else style.separator
    right = slug(entry.slug, joiner, lower=entry.slug == entry.slug.lower())
    name = f"{entry.digits}{separator}{right}{entry.suffix}"
    same = name == unicodedata.normalize("NFKC", path.name) or right == "untitled"
    return path if same else path.with_name(name)


def rename(path: Path, right: Path, state: Path | None = None) -> None:
    """Give a document its proper name; a name that is taken is never overwritten.

    `state` replaces the platform's state folder. Raises DraftError; then both are as they were.
    """
    try:
        with disk.locked(branch.identity(path.parent), state):
            same = path.name.casefold() == right.name.casefold()
            if same and os.path.lexists(right) and path.samefile(right):
                path.rename(right)  # one file, where names of other case are the same
            else:
                disk.publish(path, right)
                if os.path.lexists(path):
                    path.unlink()
            disk.sync(path.parent)
    except FileExistsError as error:
        raise DraftError(
            "a file of that name is there already.", code="name-taken", exit_code=Exit.FILE,
            where=str(right),
        ) from error  # fmt: skip
    except OSError as error:
        raise disk.unusable(error, right) from error


def mentions(path: Path) -> tuple[str, ...]:
    """The Markdown files that name this one, from the repository's root; of the folder else."""
    names = {path.name, quote(path.name)}
    root = branch.root(Path(os.path.realpath(path.parent)))
    words = [word for name in sorted(names) for word in ("-e", name)]
    if root is not None:
        grep = ("grep", "--untracked", "--no-color", "--full-name", "-IlzF", *words)
        try:
            said = changed.git(root, (*grep, "--", *(f"*{suffix}" for suffix in _MARKDOWN)))
            return tuple(name for name in said.split("\0") if name)
        except changed.Nothing:
            return ()
        except DraftError:  # no git: the folder has to do
            pass
    return tuple(_naming(path.parent, [encode(name) for name in names]))


def _naming(folder: Path, names: list[bytes]) -> Iterator[str]:
    with os.scandir(folder) as scan:
        found = sorted(item.name for item in scan if item.name.lower().endswith(_MARKDOWN))
    for name in found:
        try:
            data = (folder / name).read_bytes()
        except OSError:
            continue
        if any(one in data for one in names):
            yield name
