"""A person's own folders, files that are whole or not there, and locks between processes.

A document is written beside its place under a hidden name, and linked or renamed from there.
"""

import errno
import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from assistant.errors import DraftError, Exit

if TYPE_CHECKING:
    from filelock import FileLock

_FolderKind = Literal["state", "cache", "config"]
_XDG_DEFAULTS = {"state": ".local/state", "cache": ".cache", "config": ".config"}
_FOLDER_NAME = "draft"
_TEMPORARY_PREFIX = ".draft-"  # how the hidden names begin under which files are written
# Seconds after which a temporary file that nobody holds is a dead process's, by judgement: a live
# one holds it from its first byte on, but not every file system knows such locks.
_STALE_SECONDS = 60.0
_DEAD_SECONDS = 1.0  # likewise where no process of this machine has the number in its name
_LOCK_SECONDS = 60.0  # to wait for a lock that is held for milliseconds: its holder is stuck
_NO_LINK_ERRORS = {
    errno.EPERM,
    errno.ENOTSUP,
    errno.EOPNOTSUPP,
    errno.ENOSYS,
    errno.EMLINK,
    errno.EXDEV,
}
_ERROR_WORDS = {
    errno.ENOENT: ("missing", "is not there"),
    errno.EACCES: ("not-permitted", "may not be read or written by you"),
    errno.EPERM: ("not-permitted", "may not be read or written by you"),
    errno.EROFS: ("read-only", "is on a file system that is read-only"),
    errno.ENOSPC: ("disk-full", "cannot be written: the disk is full"),
    errno.EDQUOT: ("disk-full", "cannot be written: your quota is used up"),
    errno.EFBIG: ("disk-full", "cannot be written: it would be too large"),
    errno.ENOTDIR: ("not-a-folder", "is no folder, or leads through a file"),
    errno.EEXIST: ("not-a-folder", "is no folder, or leads through a file"),
    errno.ELOOP: ("symlink-loop", "is a symbolic link that leads in a circle"),
    errno.ENAMETOOLONG: ("name-too-long", "is a name that is too long for the file system"),
}

MAX_DOCUMENT_BYTES = 4 * 1024 * 1024  # by judgement, far more than anybody writes by hand

if sys.platform == "win32":  # an open file can't be removed there, which is as good as a lock

    def _hold(_descriptor: int) -> bool:
        return True

else:
    import fcntl

    def _hold(descriptor: int) -> bool:
        """Return whether nobody else holds the file; it is ours until the descriptor is closed."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def find_state_folder() -> Path:
    """Return the folder of journals and locks. Raises OSError where there is none."""
    return _find_folder("state")


def find_cache_folder() -> Path:
    """Return the folder of what can be made again. Raises OSError where there is none."""
    return _find_folder("cache")


def find_config_folder() -> Path:
    """Return the folder of the person's configuration. Raises OSError where there is none."""
    return _find_folder("config")


def _find_folder(kind: _FolderKind) -> Path:
    """Return our folder for a kind of file, which need not be there. Raises OSError."""
    if sys.platform in {"win32", "darwin", "android"}:
        return _ask_platformdirs(kind)
    # The rule of these systems is short, and platformdirs takes a relative path for a folder:
    # it must be ignored (XDG Base Directory Specification).
    named = os.environ.get(f"XDG_{kind.upper()}_HOME", "")
    is_absolute = Path(named).is_absolute()
    return (Path(named) if is_absolute else _find_home() / _XDG_DEFAULTS[kind]) / _FOLDER_NAME


def _find_home() -> Path:
    """Return the person's home, which is there."""
    home = os.environ.get("HOME", "") or _look_up_home()
    if not home:
        raise OSError(errno.ENOENT, "HOME is not set, and the system knows of no home of yours")
    if not os.path.isabs(home):  # noqa: PTH117  a string that may be anything
        raise OSError(errno.ENOENT, "HOME is no absolute path", home)
    if not os.path.isdir(home):  # noqa: PTH112
        raise OSError(errno.ENOENT, "HOME names no folder that is there", home)
    return Path(home)


def _look_up_home() -> str:
    """Return the home that the system has on its list of users, or nothing."""
    if sys.platform == "win32":
        return ""
    import pwd  # noqa: PLC0415  Unix has it

    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return ""


def _ask_platformdirs(kind: _FolderKind) -> Path:
    """Return the folder that Windows, macOS or Android has for this."""
    from platformdirs import user_cache_path, user_config_path, user_state_path  # noqa: PLC0415

    paths = {"state": user_state_path, "cache": user_cache_path, "config": user_config_path}
    try:
        return paths[kind](_FOLDER_NAME, appauthor=False)
    except RuntimeError as error:  # it finds no home
        raise OSError(errno.ENOENT, str(error)) from error


def translate_os_error(error: OSError, path: Path, hint: str = "") -> DraftError:
    """Return the error that says in words what the system has against a path, with exit code 4."""
    code, words = _ERROR_WORDS.get(
        error.errno or 0, ("unusable", f"cannot be used: {error.strerror}")
    )
    message = f"the file or folder {words}"
    if error.errno == errno.EISDIR:
        code, message = "is-a-folder", "this is a folder, and a file is needed"
    return DraftError(message, code=code, exit_code=Exit.FILE, where=str(path), hint=hint)


@contextmanager
def write_temporary(
    folder: Path, data: bytes, like: os.stat_result | None = None
) -> Iterator[Path]:
    """Yield a hidden file in `folder` with `data` safe on the disk; it is gone at the end.

    `like` gives it the mode and, where possible, the owner of another file.
    """
    import secrets  # noqa: PLC0415  for those who write

    path = folder / f"{_TEMPORARY_PREFIX}{os.getpid()}-{secrets.token_hex(8)}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o666 if like is None else 0o600)
    try:
        try:
            _hold(descriptor)
            if like is not None:
                _copy_owner_and_mode(descriptor, like)
            left = memoryview(data)
            while left:
                left = left[os.write(descriptor, left) :]
            os.fsync(descriptor)
            if sys.platform != "win32":
                yield path
        finally:
            with suppress(OSError):  # all is on the disk: nothing that closing says changes that
                os.close(descriptor)
        if sys.platform == "win32":
            yield path
    finally:
        with suppress(OSError):  # it may be gone; if it stays, a later save sweeps it
            os.unlink(path)  # noqa: PTH108  # all steps are functions of `os`: tests fail each


def _copy_owner_and_mode(descriptor: int, like: os.stat_result) -> None:
    """Give an open file the mode of another and, if we may, its owner."""
    if sys.platform == "win32":
        return
    made = os.fstat(descriptor)
    if (made.st_uid, made.st_gid) != (like.st_uid, like.st_gid):
        with suppress(OSError):
            os.fchown(descriptor, like.st_uid, like.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(like.st_mode))


def publish_file(ready: Path, final: Path) -> None:
    """Give a written file its final name. Raises FileExistsError where the name is taken.

    Where the file system knows no links, the name is looked up and then taken by renaming: that
    leaves an instant to programs which do not hold our lock.
    """
    try:
        os.link(ready, final)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in _NO_LINK_ERRORS:
            raise
        if os.path.lexists(final):
            raise FileExistsError(errno.EEXIST, "taken", str(final)) from error
        os.rename(ready, final)  # noqa: PTH104


def swap_file(ready: Path, final: Path) -> None:
    """Put a written file in the place of another, which is gone then."""
    os.replace(ready, final)  # noqa: PTH105


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last through a power cut, where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove_leftovers(folder: Path) -> None:
    """Remove those of our temporary files in a folder whose process is dead.

    That is a second after their last byte, or a minute where a process has its number again. A
    folder that cannot be listed is left as it is.
    """
    names: list[str] = []
    with suppress(OSError):
        names = os.listdir(folder)  # noqa: PTH208  names are enough
    for name in names:
        if not (name.startswith(_TEMPORARY_PREFIX) and name.endswith(".tmp")):
            continue
        path = folder / name
        with suppress(OSError):
            about = os.lstat(path)
            if not stat.S_ISREG(about.st_mode):
                continue
            if time.time() - about.st_mtime < (
                _STALE_SECONDS if _may_be_running(name) else _DEAD_SECONDS
            ):
                continue
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
            try:
                dead = _hold(descriptor)
            finally:
                os.close(descriptor)
            if dead:
                os.unlink(path)  # noqa: PTH108


def _may_be_running(name: str) -> bool:
    """Return whether a process has the number in a temporary file's name, as far as can be told."""
    number = name.removeprefix(_TEMPORARY_PREFIX).partition("-")[0]
    if sys.platform == "win32" or not number.isdecimal():
        return True
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


@contextmanager
def hold_lock(name: str, state: Path | None = None) -> Iterator[None]:
    """Keep other processes that use the same `name` out.

    The lock is a file in the platform's state folder, or in the system's temporary folder where
    that cannot be written; it is free again when its holder dies, however it dies.
    """
    digest = sha256(name.encode(errors="surrogateescape")).hexdigest()[:32]
    lock = _acquire_lock(f"{digest}.lock", state)
    try:
        yield
    finally:
        lock.release()


def _acquire_lock(name: str, state: Path | None) -> "FileLock":
    """Return a lock that is held now. Raises DraftError where there is no place for it."""
    from filelock import FileLock, Timeout  # noqa: PLC0415  loads asyncio: for those who write

    failure = OSError(errno.EACCES, os.strerror(errno.EACCES))

    def usual() -> Path:
        return state or find_state_folder()

    for place in (usual, _make_temporary_folder):
        try:
            folder = place()
            make_private_folder(folder / "locks")
            lock = FileLock(folder / "locks" / name, timeout=_LOCK_SECONDS, poll_interval=0.005)
            lock.acquire()
        except Timeout as error:
            raise DraftError(
                f"another process has kept the lock for {_LOCK_SECONDS:.0f} seconds",
                code="locked",
                exit_code=Exit.FILE,
                where=str(folder / "locks" / name),
                hint="End that process, then run the command again.",
            ) from error
        except NotImplementedError:  # filelock 3.16's word for a file system without flock
            continue
        except OSError as error:
            failure = error
        else:
            return lock
    where = Path(failure.filename or "the folder for locks")
    raise translate_os_error(failure, where, "Set XDG_STATE_HOME to a folder that can be written.")


def _make_temporary_folder() -> Path:
    """Return a folder of our own where everybody may make one.

    Raises PermissionError for one that somebody else made.
    """
    import tempfile  # noqa: PLC0415  for those who write

    owner = os.getuid() if sys.platform != "win32" else 0
    folder = Path(tempfile.gettempdir()) / f"draft-{owner}"
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    about = folder.lstat()
    if about.st_uid != owner or not stat.S_ISDIR(about.st_mode):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
    return folder


def make_private_folder(folder: Path) -> None:
    """Make a folder, and those above it, that only its owner may enter. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if sys.platform != "win32" and folder.stat().st_mode & 0o077:
        with suppress(PermissionError):  # a volume of a container may be another user's
            folder.chmod(0o700)


class FileChanged(Exception):  # noqa: N818  # not an error to a person: the caller merges and goes on
    """The file holds `current`, which is not what it held when it was read."""

    def __init__(self, path: Path, current: bytes) -> None:
        super().__init__(str(path))
        self.path = path
        self.current = current


def read_document_bytes(path: Path, hint: str = "") -> bytes:
    """Return the bytes of a document. Raises DraftError if it is no readable file of up to 4 MiB.

    `hint` says what to do about a file that is not there or is no file.
    """
    try:
        descriptor = _open_regular_file(path, hint)
        with open(descriptor, "rb") as file:  # noqa: PTH123  # a descriptor is no path
            content = file.read(MAX_DOCUMENT_BYTES + 1)
    except OSError as error:
        raise translate_os_error(error, path, hint) from error
    except ValueError as error:  # a NUL in the name
        raise make_file_error(path, "bad-name", "this is no file name") from error
    if len(content) > MAX_DOCUMENT_BYTES:
        message = f"the file is larger than {MAX_DOCUMENT_BYTES // 2**20} MiB"
        raise make_file_error(path, "too-large", message, hint or "Take a part of it.")
    return content


def _open_regular_file(path: Path, hint: str) -> int:
    """Return a descriptor of a regular file, without waiting for whoever writes to a pipe."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    kind = os.fstat(descriptor).st_mode
    if stat.S_ISREG(kind):
        return descriptor
    os.close(descriptor)
    if stat.S_ISDIR(kind):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    message = "it is a device or a pipe, not a file"
    raise make_file_error(path, "not-a-file", message, hint or "Name a file on a disk.")


def make_file_error(path: Path, code: str, message: str, hint: str = "") -> DraftError:
    """Return the error that says what is wrong with a file or folder, with exit code 4."""
    return DraftError(message, code=code, exit_code=Exit.FILE, where=str(path), hint=hint)
