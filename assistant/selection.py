"""Which documents a command looks at: those named, or all of the folder; or what changed there."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant import disk, errors, store
from assistant.changed import changed
from assistant.errors import DraftError, Exit
from assistant.number import listing

_MARKDOWN = (".md", ".markdown", ".mdx", ".mkd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which documents: paths, numbers and folders, none for all of the documents' own folder.

    `changed` takes of those what differs from HEAD, `since` what differs from where HEAD's history
    left a revision's.
    """

    names: tuple[str, ...] = ()
    changed: bool = False
    since: str = ""


def selected(folder: Path, choice: Choice, template: Path | None = None) -> tuple[Path, ...]:
    """The paths of the documents, each once, in the order in which they are named.

    Neither a README nor the `template` is a document unless it is named or has a number. A path
    that is named need not be there: reading it will say so. Raises DraftError for a folder
    that is not there, a number that no document has, and where git can't tell what changed.
    """
    if choice.changed and choice.since:
        raise errors.usage("--changed and --since name two different beginnings: give one of them")
    found: dict[str, Path] = {}
    for path in _named(folder, choice.names, template):
        found.setdefault(os.path.abspath(path), path)  # noqa: PTH100  a link is not its target
    paths = tuple(found.values())
    if not (choice.changed or choice.since) or not paths:
        return paths
    there = [path for path in paths if os.path.lexists(path)]
    wanted = changed(there, choice.since)
    return tuple(path for path in there if path in wanted)


def _named(folder: Path, names: Sequence[str], template: Path | None) -> Iterator[Path]:
    if not names:
        yield from documents(folder, template)
    for name in names:
        path = Path(name)
        if _is_folder(path):
            yield from documents(path, template)
        else:
            yield store.resolve(folder, name)


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError):  # reading it will say what is wrong
        return False


def documents(folder: Path, template: Path | None = None) -> Iterator[Path]:
    """A folder's documents by number; where it numbers none, its Markdown files by name.

    Raises DraftError where it can't be listed.
    """
    try:
        numbered = [one.name for one in listing(folder) if one.suffix and not one.folder]
        names = numbered or sorted(_unnumbered(folder, template))
    except FileNotFoundError:
        raise DraftError(
            "there is no such folder.", code="no-folder", exit_code=Exit.FILE, where=str(folder),
            hint='`draft "..."` makes it with the first document; --dir names another.',
        ) from None  # fmt: skip
    except OSError as error:
        raise disk.unusable(error, folder, "--dir names another folder.") from error
    yield from (folder / name for name in names)


def _unnumbered(folder: Path, template: Path | None) -> Iterator[str]:
    own = os.path.realpath(template) if template else ""
    with os.scandir(folder) as scan:
        for item in scan:
            name = item.name.lower()
            other = name.startswith((".", "readme.")) or os.path.realpath(item.path) == own
            if name.endswith(_MARKDOWN) and not other and item.is_file():
                yield item.name
