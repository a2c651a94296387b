"""What can be made again, kept in the platform's cache folder: files of lines, replaced whole.

A file is believed only if it is intact: its first line has a checksum of what follows. Whoever
finds another one makes it anew, so that several processes may read and write at once: the last one
that writes wins, and a file that was torn or comes from elsewhere is passed over.
"""

import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import assistant
from assistant import __version__, files

PACKAGE_FOLDER = Path(assistant.__path__[0])  # this program, wherever in it this module stands

_FORMAT = "draft cache 1"
_MAX_BYTES = 64 * 1024 * 1024  # of a file that is read: 100,000 rows of `list` have a third of that
_MAX_FILES = 64  # of a kind, each for one folder of documents; the oldest go


def find_cache_path(kind: str, folder: Path) -> Path | None:
    """Return where what is kept of a folder is, for a kind of it; None where there is no place."""
    name = sha256(os.path.realpath(folder).encode(errors="surrogateescape")).hexdigest()[:32]
    try:
        return files.find_cache_folder() / kind / f"{name}.txt"
    except OSError:
        return None


def read_cache_lines(file: Path | None) -> list[str] | None:
    """Return the lines of a file; None where there is none to believe."""
    if file is None:
        return None
    try:
        with file.open("rb") as opened:
            if os.fstat(opened.fileno()).st_size > _MAX_BYTES:
                return None
            data = opened.read()
    except OSError:
        return None
    head, _, body = data.partition(b"\n")
    if head != _make_head(body):
        return None
    return body.decode("utf-8", "surrogateescape").split("\n")[:-1]


def write_cache_lines(file: Path | None, lines: Sequence[str]) -> None:
    """Put lines in the place of those before; where that cannot be done, they are left out."""
    if file is None:
        return
    body = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
    with suppress(OSError):
        files.make_private_folder(file.parent)
        with files.write_temporary(file.parent, _make_head(body) + b"\n" + body) as ready:
            files.swap_file(ready, file)
        _prune(file.parent)


def _make_head(body: bytes) -> bytes:
    return f"{_FORMAT} {zlib.crc32(body):08x}".encode()


def _prune(folder: Path) -> None:
    """Keep the newest files, and nothing that a killed process left behind."""
    names = os.listdir(folder)  # noqa: PTH208  names are enough
    files.remove_leftovers(folder)
    kept = [folder / name for name in names if name.endswith(".txt")]
    if len(kept) > _MAX_FILES:
        aged = sorted(kept, key=lambda path: path.stat().st_mtime_ns)
        for path in aged[: len(kept) - _MAX_FILES]:
            path.unlink(missing_ok=True)


def fingerprint_program(root: Path, version: str = __version__) -> str:
    """Return what tells this version of the program from another, an edited checkout included.

    `root` is the folder of the package. All files in it and below count, by their sizes and times:
    a rule may be a module of a package, or words in a file of data. A template counts by itself.
    """
    found = sorted(
        f"{name} {about.st_size} {about.st_mtime_ns}" for name, about in _walk_files(str(root), "")
    )
    return sha256("\n".join([version, *found]).encode(errors="surrogateescape")).hexdigest()


def _walk_files(folder: str, above: str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the path below the root and the state of each file that is not compiled from one."""
    with os.scandir(folder) as scan:
        for entry in scan:
            if not entry.is_dir():
                yield above + entry.name, entry.stat()
            elif entry.name != "__pycache__":
                yield from _walk_files(entry.path, f"{above}{entry.name}/")
