"""The folder of documents: read, save under the next number, replace; whole or not at all."""

import errno
import os
import re
import shutil
import stat
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TypeVar

from assistant import branch, disk
from assistant.disk import Changed, file_error, read
from assistant.elsewhere import Elsewhere, look_elsewhere
from assistant.errors import DraftError
from assistant.number import Style, file_name, listing, survey
from assistant.userfolder import state_folder

WHICH = "Name one document, by its path or its number."  # a hint for `read`
FILLED = ".filled"  # what the name ends with of a document that could not be put in its place

_NUMBER = re.compile(r"[0-9]{1,7}")
_PROBE = b"\0" * 65536
_ROOM = 1024 * 1024  # bytes that must be free before anything is paid for
_NAME = 255  # bytes of one name, on every file system in use
_ATTEMPTS = 100
# How often a change is made anew that somebody was faster than. A person's editor writes once, a
# formatter behind it a second time; who is still writing after five is a program in a loop.
_TRIES = 5

T = TypeVar("T")


def resolve(folder: Path, text: str) -> Path:
    """The document that DOC names: a path, or the number of a document in `folder`.

    `7` and `007` are numbers; a file of such a name is `./7`. Raises `DraftError` for a number
    that no document has, or that several have. A path is not looked at.
    """
    if not _NUMBER.fullmatch(text):
        return Path(text)
    try:
        entries = [entry for entry in listing(folder) if entry.number == int(text)]
    except OSError as error:
        raise disk.unusable(error, folder) from error
    documents = [entry for entry in entries if entry.suffix and not entry.folder]
    if len(documents) == 1:
        return folder / documents[0].name
    if documents:
        names = " and ".join(entry.name for entry in documents)
        message = f"{names} share the number {int(text)}"
        hint = "Name one by its path, or give one another number with `draft renumber`."
        raise file_error(folder, "ambiguous-number", message, hint)
    message = f"no document has the number {int(text)}"
    raise file_error(folder, "no-such-number", message, "`draft list` shows the documents.")


def prepare(folder: Path) -> None:
    """Find out, before anything is paid for, whether a document could be saved.

    Makes no folder that is missing, and leaves nothing behind. Raises `DraftError`.
    """
    try:
        if _standing(folder) == folder:
            file_name(survey(folder).highest + 1, "", Style())  # is a number left?
            with disk.written(folder, _PROBE):
                pass
    except OSError as error:
        raise disk.unusable(error, folder, "Name another folder with --dir.") from error
    except ValueError as error:  # a NUL in the name
        raise file_error(folder, "bad-name", "this is no folder name") from error


def _standing(folder: Path) -> Path:
    """The nearest folder that is there already, and can take files and folders."""
    with suppress(FileNotFoundError):
        folder.lstat()
    if any(len(os.fsencode(part)) > _NAME for part in folder.parts):
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
    above = folder
    while not os.path.lexists(above) and above != above.parent:
        above = above.parent
    if not stat.S_ISDIR(above.stat().st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if not os.access(above, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    if shutil.disk_usage(above).free < _ROOM:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return above


def save(
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
        with disk.written(folder, text) as ready, disk.locked(branch.identity(folder), state):
            path = _claim(folder, title, ready, others, above)
            disk.sync(folder)
        disk.sweep(folder)
    except OSError as error:
        raise disk.unusable(error, folder) from error
    return path


def _claim(folder: Path, title: str, ready: Path, others: Elsewhere, above: int) -> Path:
    """Give the written file `ready` its name; the lock is held."""
    for _ in range(_ATTEMPTS):
        found = survey(folder)
        highest = max(found.highest, others.highest, above)
        for worktree in others.worktrees:
            with suppress(OSError):  # it may be gone, or have no such folder
                highest = max(highest, survey(worktree).highest)
        path = folder / file_name(highest + 1, title, found.style)
        try:
            disk.publish(ready, path)
        except FileExistsError:  # made by a program that does not hold our lock
            continue
        return path
    raise file_error(folder, "busy", "another program keeps taking the next number")


def replace(path: Path, old: bytes, new: bytes, *, state: Path | None = None) -> None:
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
            ready = stack.enter_context(disk.written(target.parent, new, about))
            stack.enter_context(disk.locked(branch.identity(target.parent), state))
            current = read(target)
            if current != old:
                raise Changed(path, current)
            disk.swap(ready, target)
        disk.sync(target.parent)
        disk.sweep(target.parent)
    except OSError as error:
        raise disk.unusable(error, path) from error


def update_file(
    path: Path,
    change: Callable[[bytes], tuple[bytes, T]],
    *,
    known: bytes | None = None,
    write: Callable[[Path, bytes, bytes], None] = replace,
) -> T:
    """Put what `change` makes of a file's bytes in their place, and return what it says of them.

    `change` returns the bytes that are to be in the file, and what its caller wants to know. It is
    called again with what the file holds by then where somebody wrote it meanwhile, so that their
    words stay; bytes that are as they were are not written. `known` is what was read of the file
    before. Raises `DraftError`, with the code "busy" where somebody keeps changing the file: then
    it was not touched.
    """
    data = disk.read(path) if known is None else known
    for _ in range(_TRIES):
        new, said = change(data)
        if new == data:
            return said
        try:
            write(path, data, new)
        except Changed as changed:
            data = changed.current
        else:
            return said
    raise file_error(
        path, "busy", "somebody keeps changing the file; it was left to them.",
        "Run the command again.",
    )  # fmt: skip


def put(path: Path, old: bytes, new: bytes) -> None:
    """`replace`; where the document can't be written, what it would hold is saved beside it.

    Raises `Changed`, and `DraftError` whose hint says where the new bytes are.
    """
    try:
        replace(path, old, new)
    except DraftError as error:
        with suppress(DraftError):  # the first error is the one to tell
            error.hint = f"The filled document was saved as {beside(path, new)}."
        raise


def beside(path: Path, data: bytes, *, state: Path | None = None) -> Path:
    """Save what a document would hold that can't be written, and return where.

    That is next to it, as its name and `.filled`, or in the state folder where the document's can't
    be written either. Nothing is written over. Raises `DraftError`.
    """
    with suppress(OSError):
        return _beside(path.parent, path.name + FILLED, data)
    try:
        elsewhere = (state or state_folder()) / "filled"
        disk.private(elsewhere)
        return _beside(elsewhere, path.name + FILLED, data)
    except OSError as error:
        raise disk.unusable(error, Path(error.filename or path.name + FILLED)) from error


def _beside(folder: Path, name: str, data: bytes) -> Path:
    for number in range(1, _ATTEMPTS):
        path = folder / (name if number == 1 else f"{name}.{number}")
        with suppress(FileNotFoundError):
            if path.read_bytes() == data:
                return path
            continue
        with disk.written(folder, data) as ready, suppress(FileExistsError):
            disk.publish(ready, path)
            return path
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
