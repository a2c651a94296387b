"""Documents are chosen, saved whole under distinct numbers, and replaced whole."""

import errno
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from assistant import files
from assistant.errors import DraftError, Exit
from assistant.files import MAX_DOCUMENT_BYTES, FileChanged, read_document_bytes
from assistant.folder.store import (
    DocumentChoice,
    check_can_save,
    replace_file,
    replace_or_save_beside,
    resolve_document,
    save_new_document,
    select_documents,
    update_file,
)
from tests.support import repository
from tests.support.disk import ERRORS, STEPS, failing, layer
from tests.support.repository import made
from tests.support.waiting import PATIENCE

AT_ONCE = 16
RIVALS = 24  # of so many at once, adr-tools and spec-kit gave three and four distinct numbers
MANY = 64
SLOW = pytest.mark.skipif(not os.environ.get("CI"), reason="takes 10 seconds; runs where CI is set")
KILLED = 12
TEXT = b"# Title\n" + b"body\n" * 2000

SAVE = """
import sys
from pathlib import Path
from assistant.folder.store import save_new_document
folder, state, title, times = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(times)):
    save_new_document(Path(folder), title, b"# Title\\n" + b"body\\n" * 2000, state=Path(state))
"""


def saver(folder: Path, state: Path, title: str, times: int = 1) -> "subprocess.Popen[bytes]":
    """A process that is about to save, and waits for a line."""
    arguments = [sys.executable, "-c", SAVE, str(folder), str(state), title, str(times)]
    return subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def together(processes: "list[subprocess.Popen[bytes]]") -> None:
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write(b"\n")
        process.stdin.flush()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_first_documents(tmp_path: Path) -> None:
    """A missing folder is made, and documents get the numbers 001 and 002."""
    folder = tmp_path / "memory" / "design"

    first = save_new_document(folder, "login timeout", TEXT, state=tmp_path)
    second = save_new_document(folder, "a | b", TEXT, state=tmp_path)

    assert [first.name, second.name] == ["001_login_timeout.md", "002_a_b.md"]
    assert names(folder) == ["001_login_timeout.md", "002_a_b.md"]
    assert first.read_bytes() == TEXT
    assert first.stat().st_nlink == 1


def test_a_deleted_number_is_not_used_again(tmp_path: Path) -> None:
    """While a higher number exists, a gap stays a gap, and the folder's style is followed."""
    folder = tmp_path / "docs"
    folder.mkdir()
    for name in ("0001-one.md", "0009-Nine.md", "README.md", "2024-01-01-notes.md"):
        (folder / name).touch()

    assert save_new_document(folder, "R&D", TEXT, state=tmp_path).name == "0010-r-d.md"


def test_numbers_on_other_branches_and_worktrees_are_taken(tmp_path: Path) -> None:
    """A new number is above those of every branch and of files in other worktrees."""
    root, other = tmp_path / "root", tmp_path / "other"
    environment = {"GIT_CONFIG_GLOBAL": os.devnull, "PATH": os.environ["PATH"]}

    def git(*arguments: str) -> None:
        user = ("-c", "user.name=A", "-c", "user.email=a@example.com")
        command = ["git", "-C", str(root), *user, *arguments]
        subprocess.run(command, check=True, env=environment, capture_output=True)

    (root / "docs").mkdir(parents=True)
    (root / "docs" / "003_x.md").touch()
    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-q", "-m", "x")
    git("worktree", "add", "-q", str(other))
    git("rm", "-q", "docs/003_x.md")
    git("commit", "-q", "-m", "y")

    first = save_new_document(root / "docs", "a", TEXT, state=tmp_path)
    second = save_new_document(other / "docs", "b", TEXT, state=tmp_path)
    third = save_new_document(root / "docs", "c", TEXT, state=tmp_path)

    made = [path.name for path in (first, second, third)]
    assert made == ["004_a.md", "005_b.md", "006_c.md"]


def test_number_on_a_branch_alone_is_taken(tmp_path: Path) -> None:
    """A number that stands in no folder, but on a branch, is taken."""
    made = repository.made(tmp_path / "made")
    made.put("docs/001_x.md")
    made.git("checkout", "-q", "-b", "side")
    made.put("docs/007_y.md")
    made.git("checkout", "-q", "main")

    assert save_new_document(made.root / "docs", "a", TEXT, state=tmp_path).name == "008_a.md"


@pytest.mark.parametrize("count", [AT_ONCE, RIVALS, pytest.param(MANY, marks=SLOW)])
def test_processes_at_once(count: int, tmp_path: Path) -> None:
    """Any number of processes at once get distinct numbers with no gap, and leave nothing."""
    folder = tmp_path / "docs"

    processes = [saver(folder, tmp_path / "state", f"title {one}") for one in range(count)]
    together(processes)
    for process in processes:
        process.communicate(timeout=PATIENCE)

    assert [process.returncode for process in processes] == [0] * count
    numbers = [int(name.partition("_")[0]) for name in names(folder)]
    assert numbers == list(range(1, count + 1))
    assert all(path.read_bytes() == TEXT for path in folder.iterdir())


@pytest.mark.slow
def test_processes_killed_while_saving(tmp_path: Path) -> None:
    """However a process is killed, no torn file has a final name, and the next save cleans up."""
    folder, state = tmp_path / "docs", tmp_path / "state"
    chance = random.Random(4)  # noqa: S311
    processes = [saver(folder, state, f"title {one}", 1000) for one in range(KILLED)]
    together(processes)
    for process in processes:
        time.sleep(chance.uniform(0.0, 0.15))
        process.send_signal(signal.SIGKILL)
    for process in processes:
        process.communicate(timeout=PATIENCE)

    kept = [path for path in folder.iterdir() if not path.name.startswith(".")]
    assert all(path.read_bytes() == TEXT for path in kept)
    numbers = sorted(int(path.name.partition("_")[0]) for path in kept)
    assert numbers == list(range(1, len(kept) + 1))

    for path in folder.glob(".draft-*"):
        os.utime(path, (0, 0))
    save_new_document(folder, "the next", TEXT, state=state)
    assert len(names(folder)) == len(kept) + 1


def test_only_what_is_ours_old_and_unheld_is_cleaned(tmp_path: Path) -> None:
    """A temporary file stays while it is young or held, and other hidden files stay always."""
    hidden = (".draft-1-x.tmp", ".x.tmp", ".draft-2-x.tmp")
    young, foreign, old = (tmp_path / name for name in hidden)
    for path in (young, foreign, old):
        path.touch()
    os.utime(foreign, (0, 0))
    os.utime(old, (0, 0))
    with files.write_temporary(tmp_path, b"held") as held:
        os.utime(held, (0, 0))

        made = save_new_document(tmp_path, "x", TEXT, state=tmp_path / "state")

        left = {young.name, foreign.name, held.name, made.name, "state"}
        assert set(names(tmp_path)) == left


def test_a_file_system_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where links are not supported a document is saved all the same, and takes no other's name."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(files, "os", layer(link=refuse))

    made = [save_new_document(tmp_path / "docs", "x", TEXT, state=tmp_path) for _ in range(2)]

    assert names(tmp_path / "docs") == ["001_x.md", "002_x.md"]
    assert all(path.read_bytes() == TEXT for path in made)


def test_the_lock_has_a_second_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the state folder cannot be written, the lock is in the temporary folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    (tmp_path / "state").write_text("a file")

    save_new_document(tmp_path / "docs", "x", TEXT, state=tmp_path / "state")

    assert list((tmp_path / "temporary").glob("draft-*/locks/*.lock"))


@pytest.mark.parametrize("links", [True, False])
def test_a_name_that_is_taken_is_never_overwritten(
    links: bool,  # noqa: FBT001
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A file that somebody makes who knows no lock of ours stays, and the next number is taken."""
    folder = tmp_path / "docs"
    own = layer(link=os.link if links else failing("link", 1, OSError(errno.EPERM, "no")).link)

    def taken(ready: Path, final: Path) -> None:
        if final.name.startswith("001"):
            final.write_text("theirs")
        publish(ready, final)

    publish = files.publish_file
    monkeypatch.setattr(files, "os", own)
    monkeypatch.setattr(files, "publish_file", taken)

    assert save_new_document(folder, "a", TEXT, state=tmp_path).name == "002_a.md"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "001_a.md": b"theirs",
        "002_a.md": TEXT,
    }


def test_bytes_last_before_their_name_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document is on the disk before it has its name, so that no power cut tears it."""
    done: list[str] = []

    def synced(descriptor: int) -> None:
        done.append("fsync")
        os.fsync(descriptor)

    def linked(ready: Path, final: Path) -> None:
        done.append("link")
        os.link(ready, final)

    monkeypatch.setattr(files, "os", layer(fsync=synced, link=linked))

    save_new_document(tmp_path / "docs", "a", TEXT, state=tmp_path)

    assert done == ["fsync", "link", "fsync"]


def outcome(act: Callable[[], object]) -> BaseException | None:
    """What ended `act`, or None."""
    try:
        act()
    except (DraftError, KeyboardInterrupt) as caught:
        return caught
    return None


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("step", STEPS)
def test_a_save_interrupted_anywhere(
    step: str, nth: int, error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever step fails, the folder holds the whole document or none, and the next one works."""
    folder = tmp_path / "docs"
    with monkeypatch.context() as patch:
        patch.setattr(files, "os", failing(step, nth, error))
        caught = outcome(lambda: save_new_document(folder, "x", TEXT, state=tmp_path))

    if isinstance(caught, DraftError):
        assert caught.exit_code == Exit.FILE
        assert not list(folder.glob("*.md"))
    for path in folder.glob("*.md"):
        assert path.read_bytes() == TEXT
    for path in folder.glob(".*"):
        os.utime(path, (0, 0))
    save_new_document(folder, "y", TEXT, state=tmp_path)
    assert not list(folder.glob(".*"))


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("step", STEPS)
def test_a_replacement_interrupted_anywhere(
    step: str, nth: int, error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever step fails, the document holds the old or the new bytes."""
    path = tmp_path / "001_x.md"
    path.write_bytes(b"old")
    with monkeypatch.context() as patch:
        patch.setattr(files, "os", failing(step, nth, error))
        caught = outcome(lambda: replace_file(path, b"old", TEXT, state=tmp_path / "state"))

    possible = {DraftError: {b"old"}, type(None): {TEXT}}
    assert path.read_bytes() in possible.get(type(caught), {b"old", TEXT})


def test_a_replacement_keeps_mode_and_link(tmp_path: Path) -> None:
    """The mode stays, a symbolic link still leads to the document, and nothing is left over."""
    (tmp_path / "real").mkdir()
    real = tmp_path / "real" / "x.md"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link = tmp_path / "001_x.md"
    link.symlink_to(real)

    replace_file(link, b"old", b"new", state=tmp_path)

    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert real.stat().st_mode & 0o777 == 0o640
    assert names(tmp_path / "real") == ["x.md"]


def test_a_changed_document_is_not_replaced(tmp_path: Path) -> None:
    """Where the bytes are not the expected ones, they stay, and the caller is handed them."""
    path = tmp_path / "001_x.md"
    path.write_bytes(b"edited")

    with pytest.raises(FileChanged) as caught:
        replace_file(path, b"old", b"new", state=tmp_path / "state")

    assert caught.value.current == b"edited"
    assert path.read_bytes() == b"edited"
    assert names(tmp_path) == ["001_x.md", "state"]


def circle(path: Path) -> None:
    path.symlink_to(path)


def large(path: Path) -> None:
    path.write_bytes(b"x" * (MAX_DOCUMENT_BYTES + 1))


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda _: None, "missing"),
        (Path.mkdir, "is-a-folder"),
        (os.mkfifo, "not-a-file"),
        (circle, "symlink-loop"),
        (large, "too-large"),
    ],
)
def test_what_cannot_be_read(make: Callable[[Path], None], code: str, tmp_path: Path) -> None:
    """What is no readable document of a sensible size is a clear error with exit code 4."""
    path = tmp_path / "x.md"
    make(path)

    with pytest.raises(DraftError) as caught:
        read_document_bytes(path)

    assert (caught.value.code, caught.value.exit_code) == (code, Exit.FILE)
    assert caught.value.where == str(path)


@pytest.mark.parametrize("path", ["/dev/null", "a\0b", "x" * 300])
def test_odd_names_and_devices(path: str) -> None:
    """A device and an impossible name are errors, and nothing is waited for."""
    with pytest.raises(DraftError):
        read_document_bytes(Path(path))


def test_a_document_is_read_byte_for_byte(tmp_path: Path) -> None:
    """All bytes of a file come back, as many as are allowed, and none of an empty one."""
    path = tmp_path / "x.md"
    for content in (b"", b"\xef\xbb\xbfa\r\nb\rc\xff", b"x" * MAX_DOCUMENT_BYTES):
        path.write_bytes(content)

        assert read_document_bytes(path) == content


def test_a_number_names_a_document(tmp_path: Path) -> None:
    """`7` and `007` are the document with that number; anything else is a path."""
    (tmp_path / "0007-x.md").touch()
    (tmp_path / "0007-images").mkdir()

    assert resolve_document(tmp_path, "7") == tmp_path / "0007-x.md"
    assert resolve_document(tmp_path, "007") == tmp_path / "0007-x.md"
    assert resolve_document(tmp_path, "./7") == Path("7")
    assert resolve_document(tmp_path, "docs/x.md") == Path("docs/x.md")


def test_a_number_that_names_two_or_none(tmp_path: Path) -> None:
    """A number of two documents is an error with both names, as is one that nobody has."""
    (tmp_path / "007_x.md").touch()
    (tmp_path / "07_y.md").touch()

    with pytest.raises(DraftError, match=r"007_x\.md and 07_y\.md") as caught:
        resolve_document(tmp_path, "7")
    assert caught.value.exit_code == Exit.FILE
    with pytest.raises(DraftError, match="no document has the number 8"):
        resolve_document(tmp_path, "8")
    with pytest.raises(DraftError):
        resolve_document(tmp_path / "nowhere", "8")


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("file", "not-a-folder"),
        ("file/below", "not-a-folder"),
        ("circle", "symlink-loop"),
        ("circle/below", "symlink-loop"),
        ("dangling", "missing"),
        ("x" * 300, "name-too-long"),
        ("none/" + "x" * 300, "name-too-long"),
        ("a\0b", "bad-name"),
    ],
)
def test_folders_that_will_not_do(place: str, code: str, tmp_path: Path) -> None:
    """A folder that cannot hold documents is refused before anything is paid for."""
    (tmp_path / "file").touch()
    circle(tmp_path / "circle")
    (tmp_path / "dangling").symlink_to("nowhere")

    with pytest.raises(DraftError) as caught:
        check_can_save(tmp_path / place)

    assert (caught.value.code, caught.value.exit_code) == (code, Exit.FILE)
    assert names(tmp_path) == ["circle", "dangling", "file"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_takes_nothing(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full or read-only disk is found before anything is paid for, and nothing is left."""
    monkeypatch.setattr(files, "os", failing("write", 1, OSError(number, os.strerror(number))))

    with pytest.raises(DraftError) as caught:
        check_can_save(tmp_path)

    assert caught.value.exit_code == Exit.FILE
    assert names(tmp_path) == []


def test_a_folder_that_will_do(tmp_path: Path) -> None:
    """Preparing makes nothing and leaves nothing, whether the folder is there or not."""
    check_can_save(tmp_path)
    check_can_save(tmp_path / "memory" / "design")

    assert names(tmp_path) == []


def appended(path: Path, edits: int) -> "Callable[[bytes], tuple[bytes, int]]":
    """A change that adds a line of ours; while it is made somebody writes, so many times."""
    made = 0

    def change(data: bytes) -> tuple[bytes, int]:
        nonlocal made
        made += 1
        if made <= edits:
            path.write_bytes(path.read_bytes() + b"theirs %d\n" % made)
        return data + b"ours\n", made

    return change


@pytest.mark.parametrize("edits", [0, 1, 2, 4])
def test_a_change_is_made_anew_where_somebody_was_faster(tmp_path: Path, edits: int) -> None:
    """However often a file changes meanwhile, what others wrote stays and ours is in it once."""
    path = tmp_path / "001_a.md"
    path.write_bytes(b"# A\n")
    theirs = b"".join(b"theirs %d\n" % number for number in range(1, edits + 1))

    assert update_file(path, appended(path, edits), known=path.read_bytes()) == edits + 1
    assert path.read_bytes() == b"# A\n" + theirs + b"ours\n"


def test_a_file_that_never_holds_still_is_left_to_them(tmp_path: Path) -> None:
    """Somebody who writes each time is given way to: the error says so, and nothing is of ours."""
    path = tmp_path / "001_a.md"
    path.write_bytes(b"# A\n")

    with pytest.raises(DraftError) as caught:
        update_file(path, appended(path, 99))

    assert (caught.value.code, caught.value.exit_code) == ("busy", Exit.FILE)
    assert caught.value.where == str(path)
    assert caught.value.hint
    assert b"ours" not in path.read_bytes()
    assert names(tmp_path) == ["001_a.md"]


def test_a_change_of_nothing_writes_nothing(tmp_path: Path) -> None:
    """Bytes that are as they were are not written, whatever the change says of them."""
    path = tmp_path / "001_a.md"
    path.write_bytes(b"# A\n")
    before = path.stat()

    assert (
        update_file(path, lambda data: (data, "as it was"), write=replace_or_save_beside)
        == "as it was"
    )
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """A file that cannot be read is no file to be changed."""
    with pytest.raises(DraftError, match="not there"):
        update_file(tmp_path / "none.md", lambda data: (data + b"x", None))

    assert names(tmp_path) == []


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of two documents with other things in it; the working directory is above it."""
    made_here = tmp_path / "docs"
    made_here.mkdir()
    for name in ("010_b.md", "002_a.md", "README.md", "003_diagram.png", "004_note"):
        (made_here / name).touch()
    (made_here / "005_folder.md").mkdir()
    monkeypatch.chdir(tmp_path)
    return made_here


def selected(folder: Path, *words: str) -> list[str]:
    return [str(path) for path in select_documents(folder, DocumentChoice(names=words))]


def test_all_of_the_folder(folder: Path) -> None:
    """Without names it is the folder's numbered documents, in the order of their numbers."""
    assert selected(folder) == [str(folder / "002_a.md"), str(folder / "010_b.md")]


def test_a_folder_without_numbers(folder: Path) -> None:
    """A folder that numbers nothing has its Markdown files for documents."""
    other = folder / "rfcs"
    other.mkdir()
    for name in ("b.md", "a.markdown", ".hidden.md", "x.txt"):
        (other / name).touch()

    assert selected(folder, "docs/rfcs") == ["docs/rfcs/a.markdown", "docs/rfcs/b.md"]


def test_named(folder: Path) -> None:
    """Numbers, paths and folders are taken in their order, each document once."""
    found = selected(folder, "10", "docs/README.md", "docs", "./docs/010_b.md", "docs/none.md")

    assert found == [str(folder / "010_b.md"), "docs/README.md", "docs/002_a.md", "docs/none.md"]


@pytest.mark.parametrize("word", ["7", "002_a.md\0", "\ud800.md", "x" * 5000])
def test_what_is_not_there(word: str, folder: Path) -> None:
    """A number without a document is an error at once; a path is left for whoever reads it."""
    if word == "7":
        with pytest.raises(DraftError) as caught:
            selected(folder, word)
        assert caught.value.exit_code == Exit.FILE
    else:
        assert selected(folder, word) == [word]


def test_no_folder(tmp_path: Path) -> None:
    """A folder that is not there, or is none, is an error."""
    (tmp_path / "file").touch()
    for name, code in (("none", "no-folder"), ("file", "not-a-folder")):
        with pytest.raises(DraftError) as caught:
            selected(tmp_path / name)
        assert (caught.value.code, caught.value.exit_code) == (code, Exit.FILE)


def test_empty_folder(tmp_path: Path) -> None:
    """A folder without documents has none, also where only what changed is asked for."""
    assert select_documents(tmp_path, DocumentChoice()) == ()
    assert select_documents(tmp_path, DocumentChoice(changed=True)) == ()


def test_closed_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that may not be listed is an error."""

    def refused(_: object) -> NoReturn:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    # Root may list every folder.
    monkeypatch.setattr("assistant.folder.store.list_entries", refused)
    with pytest.raises(DraftError) as caught:
        selected(folder)
    assert caught.value.code == "not-permitted"


def test_links_are_documents_of_their_own(folder: Path) -> None:
    """A broken link is a document too, so that somebody says that it is broken."""
    (folder / "011_link.md").symlink_to("nowhere.md")

    assert selected(folder)[-1] == str(folder / "011_link.md")


def test_changed(folder: Path) -> None:
    """--changed takes of the documents that are meant those that differ, in their order."""
    repository = made(folder)
    repository.commit()
    repository.write("010_b.md", "# changed\n")
    repository.write("011_new.md")
    repository.write("README.md", "# changed\n")

    found = select_documents(folder, DocumentChoice(changed=True))
    named = select_documents(folder, DocumentChoice(names=("docs/README.md", "2"), since="main"))

    assert [path.name for path in found] == ["010_b.md", "011_new.md"]
    assert [path.name for path in named] == ["README.md"]


def test_two_beginnings(folder: Path) -> None:
    """--changed and --since together are wrong usage."""
    with pytest.raises(DraftError) as caught:
        select_documents(folder, DocumentChoice(changed=True, since="main"))
    assert caught.value.exit_code == Exit.USAGE
