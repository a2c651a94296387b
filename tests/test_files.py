"""Files that are whole or not there: how they are written, published, read and swept."""

import errno
import os
import stat
import sys
import time
from pathlib import Path

import pytest

from assistant import files
from assistant.errors import DraftError, Exit
from assistant.files import (
    MAX_DOCUMENT_BYTES,
    make_private_folder,
    publish_file,
    read_document_bytes,
    remove_leftovers,
    swap_file,
    translate_os_error,
    write_temporary,
)
from tests.support.disk import layer

LONG_AGO = 3600
NO_PROCESS = 2**22 + 1  # more than any system counts to

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes, links and pipes are POSIX's")


def refused(path: Path) -> tuple[str, str]:
    """The code of the error that reading a path is, and what it says to do."""
    with pytest.raises(DraftError) as caught:
        read_document_bytes(path, "Do this.")
    assert caught.value.exit_code == Exit.FILE
    assert str(path) in str(caught.value)
    return caught.value.code, str(caught.value)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOENT, "missing"),
        (errno.EACCES, "not-permitted"),
        (errno.EPERM, "not-permitted"),
        (errno.EROFS, "read-only"),
        (errno.ENOSPC, "disk-full"),
        (errno.EDQUOT, "disk-full"),
        (errno.EFBIG, "disk-full"),
        (errno.ENOTDIR, "not-a-folder"),
        (errno.EISDIR, "is-a-folder"),
        (errno.EEXIST, "not-a-folder"),
        (errno.ELOOP, "symlink-loop"),
        (errno.ENAMETOOLONG, "name-too-long"),
        (errno.EIO, "unusable"),
    ],
)
def test_each_error_of_the_system_has_its_words(number: int, code: str) -> None:
    """An error of the system is exit code 4 with a code of its own and the path; others say why."""
    error = translate_os_error(OSError(number, "why so"), Path("here"), "Do this.")

    assert (error.code, error.exit_code, error.where) == (code, Exit.FILE, "here")
    assert error.hint == "Do this."
    assert ("why so" in error.message) == (code == "unusable")


def test_a_file_is_hidden_until_it_is_whole(tmp_path: Path) -> None:
    """What is written stands under a hidden name, whole, and is gone again at the end."""
    data = os.urandom(100_000)
    with write_temporary(tmp_path, data) as path:
        assert path.parent == tmp_path
        assert path.name.startswith(".draft-")
        assert path.read_bytes() == data
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_takes_a_part_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that takes a few bytes at a time gets all of them, in order."""
    monkeypatch.setattr(files, "os", layer(write=lambda to, data: os.write(to, bytes(data)[:7])))
    with write_temporary(tmp_path, b"0123456789" * 5) as path:
        assert path.read_bytes() == b"0123456789" * 5


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_a_file_is_like_the_one_before(tmp_path: Path, mode: int) -> None:
    """A document that is written anew keeps its mode; a new one has what the umask leaves."""
    old = tmp_path / "old"
    old.write_text("x")
    old.chmod(mode)
    with write_temporary(tmp_path, b"y", old.stat()) as path:
        assert stat.S_IMODE(path.stat().st_mode) == mode
    before = os.umask(0o027)
    try:
        with write_temporary(tmp_path, b"y") as path:
            assert stat.S_IMODE(path.stat().st_mode) == 0o640
    finally:
        os.umask(before)


@posix
@pytest.mark.parametrize("number", [None, errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOSYS])
def test_a_name_that_is_taken_stays(
    number: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Publishing never replaces a file, where the file system knows links and where it does not."""
    ready, final = tmp_path / "ready", tmp_path / "final"
    ready.write_text("new")

    def link(*_: object) -> None:
        raise OSError(number, "no links")

    if number is not None:
        monkeypatch.setattr(files, "os", layer(link=link))
    publish_file(ready, final)
    assert final.read_text() == "new"

    ready.write_text("newer") if number is not None else (tmp_path / "more").write_text("newer")
    with pytest.raises(FileExistsError):
        publish_file(ready if number is not None else tmp_path / "more", final)
    assert final.read_text() == "new"


@posix
def test_another_failure_of_a_link_is_no_reason_to_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is said, and the name stays free."""
    ready, final = tmp_path / "ready", tmp_path / "final"
    ready.write_text("new")

    def link(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(files, "os", layer(link=link))
    with pytest.raises(OSError, match="full"):
        publish_file(ready, final)
    assert not final.exists()


def test_a_swap_leaves_one_file(tmp_path: Path) -> None:
    """What was in the place of another is gone, and so is the hidden name."""
    (tmp_path / "ready").write_text("new")
    (tmp_path / "final").write_text("old")
    swap_file(tmp_path / "ready", tmp_path / "final")

    assert [path.read_text() for path in tmp_path.iterdir()] == ["new"]


@posix
@pytest.mark.parametrize(
    ("name", "age", "gone"),
    [
        (f".draft-{NO_PROCESS}-x.tmp", LONG_AGO, True),
        (f".draft-{NO_PROCESS}-x.tmp", 5, True),
        (f".draft-{NO_PROCESS}-x.tmp", 0, False),
        # Our own process, whose number is put in by the test: every worker of xdist has another.
        (".draft-{own}-x.tmp", LONG_AGO, True),
        (".draft-{own}-x.tmp", 30, False),
        (".draft-x-x.tmp", 30, False),
        (".draft-x-x.tmp", LONG_AGO, True),
        (f".draft-{NO_PROCESS}-x.md", LONG_AGO, False),
        (f"draft-{NO_PROCESS}-x.tmp", LONG_AGO, False),
        ("001_x.md", LONG_AGO, False),
    ],
)
def test_what_a_dead_process_left_is_swept(
    name: str, age: int, *, gone: bool, tmp_path: Path
) -> None:
    """Only our own hidden files go, soon where their process is dead, else after a minute."""
    path = tmp_path / name.format(own=os.getpid())
    path.write_text("x")
    os.utime(path, (time.time() - age,) * 2)
    remove_leftovers(tmp_path)

    assert path.exists() is not gone


@posix
def test_what_is_held_or_no_file_is_not_swept(tmp_path: Path) -> None:
    """A file that is being written stays, however old it looks; so does a link, and a folder."""
    with write_temporary(tmp_path, b"x") as path:
        os.utime(path, (0, 0))
        remove_leftovers(tmp_path)
        assert path.exists()
    kept = tmp_path / f".draft-{NO_PROCESS}-f.tmp"
    kept.mkdir()
    os.utime(kept, (0, 0))
    link = tmp_path / f".draft-{NO_PROCESS}-l.tmp"
    link.symlink_to("/nowhere")
    os.utime(link, (0, 0), follow_symlinks=False)
    remove_leftovers(tmp_path)
    remove_leftovers(tmp_path / "none")

    assert kept.is_dir()
    assert link.is_symlink()


def test_a_document_has_a_largest_size(tmp_path: Path) -> None:
    """A file of exactly the limit is read whole, and one byte more is too much."""
    path = tmp_path / "x.md"
    path.write_bytes(b"x" * MAX_DOCUMENT_BYTES)
    assert len(read_document_bytes(path)) == MAX_DOCUMENT_BYTES

    path.write_bytes(b"x" * (MAX_DOCUMENT_BYTES + 1))
    assert refused(path)[0] == "too-large"


@posix
def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    """A folder, a pipe that nobody writes to, and a name that is none are errors at once."""
    os.mkfifo(tmp_path / "pipe")
    found = [refused(tmp_path / name) for name in ("none", ".", "pipe", "a\0b", "x" * 300)]

    codes = ["missing", "is-a-folder", "not-a-file", "bad-name", "name-too-long"]
    assert [code for code, _ in found] == codes
    assert ["Do this." in words for _, words in found] == [True, True, True, False, True]


@posix
def test_a_private_folder_is_its_owners(tmp_path: Path) -> None:
    """A folder for locks and journals is closed to others, also where it was open before."""
    make_private_folder(tmp_path / "a" / "b")
    (tmp_path / "open").mkdir(mode=0o777)
    make_private_folder(tmp_path / "open")

    for folder in (tmp_path / "a", tmp_path / "a" / "b", tmp_path / "open"):
        if folder.name != "a":
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
