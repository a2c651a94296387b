"""The folder of documents: read, save under the next number, replace; whole or not at all."""

import errno
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from assistant import errors, files
from assistant.errors import DraftError
from assistant.files import FileChanged, find_state_folder, make_file_error, read_document_bytes
from assistant.folder.elsewhere import NumbersElsewhere, look_elsewhere
from assistant.folder.numbers import (
    NameStyle,
    list_entries,
    make_file_name,
    make_no_folder_error,
    survey_folder,
)
from assistant.repo import git
from assistant.repo.changes import find_changed_paths

NAME_ONE_HINT = "Name one document, by its path or its number."  # a hint for `read`
FILLED_SUFFIX = (
    ".filled"  # what the name ends with of a document that could not be put in its place
)

_WRITTEN_NUMBER = re.compile(r"[0-9]{1,7}")
_PROBE_BYTES = b"\0" * 65536  # written once and removed, so that a full disk is known
_LEAST_FREE_BYTES = 1024 * 1024  # bytes that must be free before anything is paid for
_LONGEST_NAME = 255  # bytes of one name, on every file system in use
_MOST_ATTEMPTS = 100  # at a name that others take: more is a program in a loop
# How often a change is made anew that somebody was faster than. A person's editor writes once, a
# formatter behind it a second time; who is still writing after five is a program in a loop.
_UPDATE_TRIES = 5

_T = TypeVar("_T")


def resolve_document(folder: Path, text: str) -> Path:
    """Return the document that DOC names: a path, or the number of a document in `folder`.

    `7` and `007` are numbers; a file of such a name is `./7`. Raises `DraftError` for a number
    that no document has, or that several have. A path is not looked at.
    """
    if not _WRITTEN_NUMBER.fullmatch(text):
        return Path(text)
    try:
        entries = [entry for entry in list_entries(folder) if entry.number == int(text)]
    except OSError as error:
        raise files.translate_os_error(error, folder) from error
    documents = [entry for entry in entries if entry.suffix and not entry.folder]
    if len(documents) == 1:
        return folder / documents[0].name
    if documents:
        names = " and ".join(entry.name for entry in documents)
        message = f"{names} share the number {int(text)}"
        hint = "Name one by its path, or give one another number with `draft renumber`."
        raise make_file_error(folder, "ambiguous-number", message, hint)
    message = f"no document has the number {int(text)}"
    raise make_file_error(folder, "no-such-number", message, "`draft list` shows the documents.")


def check_can_save(folder: Path) -> None:
    """Find out, before anything is paid for, whether a document could be saved.

    Makes no folder that is missing, and leaves nothing behind. Raises `DraftError`.
    """
    try:
        if _find_standing_folder(folder) == folder:
            make_file_name(survey_folder(folder).highest + 1, "", NameStyle())  # is a number left?
            with files.write_temporary(folder, _PROBE_BYTES):
                pass
    except OSError as error:
        raise files.translate_os_error(error, folder, "Name another folder with --dir.") from error
    except ValueError as error:  # a NUL in the name
        raise make_file_error(folder, "bad-name", "this is no folder name") from error


def _find_standing_folder(folder: Path) -> Path:
    """Return the nearest folder that is there already, and can take files and folders."""
    with suppress(FileNotFoundError):
        folder.lstat()
    if any(len(os.fsencode(part)) > _LONGEST_NAME for part in folder.parts):
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
    above = folder
    while not os.path.lexists(above) and above != above.parent:
        above = above.parent
    if not stat.S_ISDIR(above.stat().st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if not os.access(above, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    if shutil.disk_usage(above).free < _LEAST_FREE_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return above


def save_new_document(
    folder: Path,
    title: str,
    text: bytes,
    *,
    state: Path | None = None,
    noted: Callable[[str], None] | None = None,
    above: int = 0,
) -> Path:
    """Write a new document under the folder's next number, and return its path.

    The number is above all in the folder, on other branches and in other worktrees, and `above` one
    that was given to what is gone since; `noted` hears where others could not be looked at. Any
    number of processes may do this at once. `state` replaces the platform's state folder. Raises
    `DraftError`; then nothing was written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        others = look_elsewhere(folder)
        if others.note and noted:
            noted(others.note)
        with (
            files.write_temporary(folder, text) as ready,
            files.hold_lock(git.identify_folder(folder), state),
        ):
            path = _claim_number(folder, title, ready, others, above)
            files.sync_folder(folder)
        files.remove_leftovers(folder)
    except OSError as error:
        raise files.translate_os_error(error, folder) from error
    return path


def _claim_number(
    folder: Path, title: str, ready: Path, others: NumbersElsewhere, above: int
) -> Path:
    """Give the written file `ready` its name; the lock is held."""
    for _ in range(_MOST_ATTEMPTS):
        found = survey_folder(folder)
        highest = max(found.highest, others.highest, above)
        for worktree in others.worktrees:
            with suppress(OSError):  # it may be gone, or have no such folder
                highest = max(highest, survey_folder(worktree).highest)
        path = folder / make_file_name(highest + 1, title, found.style)
        try:
            files.publish_file(ready, path)
        except FileExistsError:  # made by a program that does not hold our lock
            continue
        return path
    raise make_file_error(folder, "busy", "another program keeps taking the next number")


def replace_file(path: Path, old: bytes, new: bytes, *, state: Path | None = None) -> None:
    """Put `new` in the place of a document that holds `old`; at any time it holds one of the two.

    Its mode stays, its owner where possible, and a symbolic link stays a link. Raises `Changed`
    where it holds something else by now, and `DraftError` where it cannot be written.
    """
    target = Path(os.path.realpath(path))
    try:
        about = target.stat()
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        with ExitStack() as stack:
            ready = stack.enter_context(files.write_temporary(target.parent, new, about))
            stack.enter_context(files.hold_lock(git.identify_folder(target.parent), state))
            current = read_document_bytes(target)
            if current != old:
                raise FileChanged(path, current)
            files.swap_file(ready, target)
        files.sync_folder(target.parent)
        files.remove_leftovers(target.parent)
    except OSError as error:
        raise files.translate_os_error(error, path) from error


def update_file(
    path: Path,
    change: Callable[[bytes], tuple[bytes, _T]],
    *,
    known: bytes | None = None,
    write: Callable[[Path, bytes, bytes], None] = replace_file,
) -> _T:
    """Put what `change` makes of a file's bytes in their place, and return what it says of them.

    `change` returns the bytes that are to be in the file, and what its caller wants to know. It is
    called again with what the file holds by then where somebody wrote it meanwhile, so that their
    words stay; bytes that are as they were are not written. `known` is what was read of the file
    before. Raises `DraftError`, with the code "busy" where somebody keeps changing the file: then
    it was not touched.
    """
    data = files.read_document_bytes(path) if known is None else known
    for _ in range(_UPDATE_TRIES):
        new, said = change(data)
        if new == data:
            return said
        try:
            write(path, data, new)
        except FileChanged as changed:
            data = changed.current
        else:
            return said
    raise make_file_error(
        path,
        "busy",
        "somebody keeps changing the file; it was left to them.",
        "Run the command again.",
    )


def replace_or_save_beside(path: Path, old: bytes, new: bytes) -> None:
    """Replace a document; if it can't be written, save what it would hold beside it.

    Raises `Changed`, and `DraftError` whose hint says where the new bytes are.
    """
    try:
        replace_file(path, old, new)
    except DraftError as error:
        with suppress(DraftError):  # the first error is the one to tell
            error.hint = f"The filled document was saved as {save_beside(path, new)}."
        raise


def save_beside(path: Path, data: bytes, *, state: Path | None = None) -> Path:
    """Save what a document would hold that can't be written, and return where.

    That is next to it, as its name and `.filled`, or in the state folder where the document's can't
    be written either. Nothing is written over. Raises `DraftError`.
    """
    with suppress(OSError):
        return _write_beside(path.parent, path.name + FILLED_SUFFIX, data)
    try:
        elsewhere = (state or find_state_folder()) / "filled"
        files.make_private_folder(elsewhere)
        return _write_beside(elsewhere, path.name + FILLED_SUFFIX, data)
    except OSError as error:
        raise files.translate_os_error(
            error, Path(error.filename or path.name + FILLED_SUFFIX)
        ) from error


def _write_beside(folder: Path, name: str, data: bytes) -> Path:
    """Write a new file under the first name that is free, or return one that holds just this."""
    for number in range(1, _MOST_ATTEMPTS):
        path = folder / (name if number == 1 else f"{name}.{number}")
        with suppress(FileNotFoundError):
            if path.read_bytes() == data:
                return path
            continue
        with files.write_temporary(folder, data) as ready, suppress(FileExistsError):
            files.publish_file(ready, path)
            return path
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))


_MARKDOWN_SUFFIXES = (".md", ".markdown", ".mdx", ".mkd")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentChoice:
    """Which documents: paths, numbers and folders, none for all of the documents' own folder.

    `changed` takes of those what differs from HEAD, `since` what differs from where HEAD's history
    left a revision's.
    """

    names: tuple[str, ...] = ()
    changed: bool = False
    since: str = ""


def select_documents(
    folder: Path, choice: DocumentChoice, template: Path | None = None
) -> tuple[Path, ...]:
    """Return the paths of the documents, each once, in the order in which they are named.

    Neither a README nor the `template` is a document unless it is named or has a number. A path
    that is named need not be there: reading it will say so. Raises DraftError for a folder
    that is not there, a number that no document has, and where git can't tell what changed.
    """
    if choice.changed and choice.since:
        raise errors.make_usage_error(
            "--changed and --since name two different beginnings: give one of them"
        )
    found: dict[str, Path] = {}
    for path in _expand_names(folder, choice.names, template):
        found.setdefault(os.path.abspath(path), path)  # noqa: PTH100  a link is not its target
    paths = tuple(found.values())
    if not (choice.changed or choice.since) or not paths:
        return paths
    there = [path for path in paths if os.path.lexists(path)]
    wanted = find_changed_paths(there, choice.since)
    return tuple(path for path in there if path in wanted)


def _expand_names(folder: Path, names: Sequence[str], template: Path | None) -> Iterator[Path]:
    """Yield the documents that the names stand for, without names all of the folder."""
    if not names:
        yield from list_document_paths(folder, template)
    for name in names:
        path = Path(name)
        if _is_folder(path):
            yield from list_document_paths(path, template)
        else:
            yield resolve_document(folder, name)


def _is_folder(path: Path) -> bool:
    """Whether a path leads to a folder."""
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError):  # reading it will say what is wrong
        return False


def list_document_paths(folder: Path, template: Path | None = None) -> Iterator[Path]:
    """Yield a folder's documents by number; if it numbers none, its Markdown files by name.

    Raises DraftError where it can't be listed.
    """
    try:
        numbered = [one.name for one in list_entries(folder) if one.suffix and not one.folder]
        names = numbered or sorted(_list_unnumbered(folder, template))
    except FileNotFoundError:
        raise make_no_folder_error(folder) from None
    except OSError as error:
        raise files.translate_os_error(error, folder, "--dir names another folder.") from error
    yield from (folder / name for name in names)


def _list_unnumbered(folder: Path, template: Path | None) -> Iterator[str]:
    """Yield the names of a folder's Markdown files, its README and the template left out."""
    own = os.path.realpath(template) if template else ""
    with os.scandir(folder) as scan:
        for item in scan:
            name = item.name.lower()
            other = name.startswith((".", "readme.")) or os.path.realpath(item.path) == own
            if name.endswith(_MARKDOWN_SUFFIXES) and not other and item.is_file():
                yield item.name
