"""A folder's documents, from the cache where it may be believed."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import cache, parallel
from assistant.cache import PACKAGE_FOLDER, fingerprint_program
from assistant.errors import DraftError
from assistant.folder import catalog as module
from assistant.folder import ledger, summary
from assistant.folder.catalog import Catalog, list_documents

OLD = 1_700_000_000_000_000_000
TEMPLATE = "# [Name]\n\n- **Status:** [Draft | Done]\n\n## Why\n"


def text(title: str, status: str = "Draft") -> str:
    return f"# {title}\n\n- **Status:** {status}\n\n## Why\nSo.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two documents, and a template beside it."""
    made = tmp_path / "design"
    made.mkdir()
    (tmp_path / "t.md").write_text(TEMPLATE)
    (made / "001_one.md").write_text(text("One"))
    (made / "2-two.md").write_text(text("Two", "Done"))
    return made


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are believed as soon as they are written; waiting two seconds tells no more."""
    monkeypatch.setattr(summary, "_SETTLING_NANOSECONDS", -1)


def wait_until_settled(folder: Path) -> None:
    """Wait until the times of a folder's files would change with their next change."""
    newest = max(path.stat().st_ctime_ns for path in folder.iterdir())
    while time.time_ns() - newest <= summary._SETTLING_NANOSECONDS:  # noqa: SLF001
        time.sleep(0.1)


def look(folder: Path, template: Path | None = None) -> Catalog:
    return list_documents(folder, template or folder.parent / "t.md", lambda _: None)


def titles(found: Catalog) -> list[str]:
    return [document.title for document in found.rows]


def read_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("a document was read")

    monkeypatch.setattr(summary.RowReader, "__init__", fail)


def test_numbered_documents_are_listed(folder: Path) -> None:
    """Folders, notes, images and what has no number are none; a link to a document is one."""
    (folder / "003_folder.md").mkdir()
    (folder / "004_folder").mkdir()
    for name in ("README.md", "005_image.png", "notes.md", "2024-01-01-day.md", ".006_x.md"):
        (folder / name).write_text(text("No"))
    (folder / "010_link.md").symlink_to(folder / "notes.md")

    found = look(folder)

    assert [document.number for document in found.rows] == [1, 2, 10]
    assert titles(found) == ["One", "Two", "No"]
    assert found.statuses == ("Draft", "Done")
    assert found.problems == ()


def test_order_is_by_number_then_name(folder: Path) -> None:
    """Numbers sort as numbers, however they are written."""
    for name in ("0010_b.md", "10_a.md", "9_x.md"):
        (folder / name).write_text(text(name))

    names = [document.name for document in look(folder).rows]

    assert names == ["001_one.md", "2-two.md", "9_x.md", "0010_b.md", "10_a.md"]


@pytest.mark.usefixtures("settled")
def test_folder_without_numbers_lists_its_markdown(folder: Path) -> None:
    """Where no document has a number all Markdown files are listed, a README and the template not.

    The first number changes that, and its end changes it back.
    """
    for path in folder.iterdir():
        path.rename(folder / path.name.replace("_", "x")[3:])
    for name in ("README.md", "t.md", ".hidden.md", "image.png"):
        (folder / name).write_text(TEMPLATE)
    (folder / "001_folder.md").mkdir()
    template = folder / "t.md"

    first = look(folder, template)
    (folder / "7_new.md").write_text(text("New"))
    second = look(folder, template)
    (folder / "7_new.md").unlink()

    assert [document.number for document in first.rows] == [None, None]
    assert titles(first) == ["Two", "One"]
    assert titles(second) == ["New"]
    assert look(folder, template) == first


@pytest.mark.usefixtures("settled")
def test_second_look_reads_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What did not change is taken from the cache, and says the same."""
    first = look(folder)
    read_no_more(monkeypatch)

    assert look(folder) == first


def test_fresh_files_are_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was written just now is not believed: it may change within the same tick."""
    look(folder)
    path = folder / "001_one.md"
    about = path.stat()
    path.write_text(text("Uno"))
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))

    assert titles(look(folder)) == ["Uno", "Two"]
    read_no_more(monkeypatch)
    with pytest.raises(AssertionError):
        look(folder)


def test_files_of_the_future_are_read_again(folder: Path) -> None:
    """A clock that runs ahead does not make a file old."""
    ahead = time.time_ns() + 10**12
    os.utime(folder / "001_one.md", ns=(ahead, ahead))

    assert [row.stamp for row in look(folder).rows][0] == ""  # noqa: RUF015


Change = Callable[[Path], object]


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda f: (f / "001_one.md").write_text(text("Uno")), ["Uno", "Two"]),
        (lambda f: (f / "001_one.md").unlink(), ["Two"]),
        (lambda f: (f / "001_one.md").rename(f / "3_one.md"), ["Two", "One"]),
        (lambda f: (f / "004_new.md").write_text(text("New")), ["One", "Two", "New"]),
        (lambda f: (f / "2-two.md").replace(f / "001_one.md"), ["Two"]),
    ],
)
def test_every_change_is_seen(folder: Path, change: Change, expected: list[str]) -> None:
    """A document that is edited, deleted, renamed, new or replaced is so in the next look."""
    look(folder)
    change(folder)

    assert titles(look(folder)) == expected
    assert titles(look(folder)) == expected


@pytest.mark.usefixtures("settled")
def test_same_size_and_time_is_not_enough(folder: Path) -> None:
    """An edit that keeps the size and sets the time back is seen all the same."""
    path = folder / "001_one.md"
    os.utime(path, ns=(OLD, OLD))
    look(folder)
    path.write_text(text("Uno"))
    os.utime(path, ns=(OLD, OLD))

    assert titles(look(folder)) == ["Uno", "Two"]


@pytest.mark.usefixtures("settled")
def test_another_template_begins_anew(folder: Path) -> None:
    """Rows are a template's: by another, or the same file with another text, they are others."""
    look(folder)
    (folder.parent / "t.md").write_text(TEMPLATE.replace("[Name]", "T[Name]"))

    assert titles(look(folder)) == ["One", "wo"]
    assert look(folder, folder / "001_one.md").statuses == ()


@pytest.mark.usefixtures("settled")
def test_another_program_begins_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another version of the program wrote is not believed."""
    look(folder)
    monkeypatch.setattr(cache, "fingerprint_program", lambda _: "other")
    read_no_more(monkeypatch)

    with pytest.raises(AssertionError):
        look(folder)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program of two modules, one of them a package deeper, and words in a file of data."""
    for name in ("a.py", "rules/b.py", "rules/words/c.toml", "rules/__pycache__/b.pyc"):
        file = tmp_path / "program" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
        os.utime(file, ns=(OLD, OLD))
    return tmp_path / "program"


@pytest.mark.parametrize(
    "change",
    [
        lambda f: (f / "a.py").write_text("y"),
        lambda f: (f / "rules" / "b.py").write_text("y"),
        lambda f: (f / "rules" / "words" / "c.toml").write_text("longer"),
        lambda f: (f / "rules" / "words" / "new.py").touch(),
        lambda f: (f / "rules" / "b.py").unlink(),
        lambda f: (f / "rules" / "b.py").rename(f / "b.py"),
        lambda f: os.utime(f / "rules" / "b.py", ns=(OLD, OLD + 1)),
    ],
)
def test_a_changed_file_is_another_program(program: Path, change: Change) -> None:
    """A file that is edited, new, gone or moved is noticed, however deep it lies."""
    before = fingerprint_program(program)
    change(program)

    assert fingerprint_program(program) != before


def test_the_same_files_are_the_same_program(program: Path) -> None:
    """What Python compiled changes nothing; another version does, though no file did."""
    before = fingerprint_program(program)
    (program / "rules" / "__pycache__" / "c.pyc").write_text("y")

    assert fingerprint_program(program) == before
    assert fingerprint_program(program, "9.9.9") != before


def test_the_program_is_the_whole_package() -> None:
    """The folder whose files count is the package's own, not that of the module that asks."""
    assert (PACKAGE_FOLDER / "__main__.py").is_file()
    assert (PACKAGE_FOLDER / "cli" / "__init__.py").is_file()


def test_unreadable_documents_are_listed(folder: Path) -> None:
    """One that cannot be read keeps its number and its name, and is named as a problem."""
    (folder / "3_none.md").symlink_to(folder / "gone.md")
    (folder / "4_loop.md").symlink_to(folder / "4_loop.md")
    (folder / "5_nul.md").write_bytes(b"# A\0B\n")
    os.mkfifo(folder / "6_pipe.md")

    found = look(folder)

    assert [document.number for document in found.rows] == [1, 2, 3, 4, 5, 6]
    assert titles(found)[2:] == ["3_none.md", "4_loop.md", "5_nul.md", "6_pipe.md"]
    assert [document.unwritten for document in found.rows] == [0, 0, None, None, None, None]
    assert [name for name, _ in found.problems] == titles(found)[2:]
    assert all(reason for _, reason in found.problems)


@pytest.mark.usefixtures("settled")
def test_interrupted_look_keeps_what_it_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in a long look loses nothing of what was read."""
    read = summary.RowReader._row  # noqa: SLF001

    def tired(self: summary.RowReader, path: Path) -> ledger.DocumentRow | None:
        if path.name.startswith("2"):
            raise KeyboardInterrupt
        return read(self, path)

    monkeypatch.setattr(summary.RowReader, "_row", tired)
    with pytest.raises(KeyboardInterrupt):
        look(folder)

    kept = ledger.read_ledger(cache.find_cache_path("list", folder), _key(folder))
    assert kept is not None
    assert [row.name for row in kept.rows] == ["001_one.md"]


def _key(folder: Path) -> str:
    digest = module._digest_template(folder.parent / "t.md")  # noqa: SLF001
    return f"{digest} {fingerprint_program(PACKAGE_FOLDER)}"


def test_names_that_are_no_text(folder: Path) -> None:
    """A name of odd bytes is listed, and breaks no line."""
    for name in (b"7_\xff.md", b"8_a\tb\nc\x1b.md"):
        with open(os.fsencode(folder) + b"/" + name, "wb"):  # noqa: PTH123
            pass

    found = look(folder)

    assert [document.number for document in found.rows] == [1, 2, 7, 8]
    assert not any(set("\n\t\x1b") & set(row.title) for row in found.rows)
    assert titles(look(folder)) == titles(found)


def test_folder_must_be_there(tmp_path: Path) -> None:
    """A folder that is not there, or is a file, is an error with the way out."""
    (tmp_path / "file").touch()

    with pytest.raises(DraftError, match="no such folder"):
        list_documents(tmp_path / "none", None, lambda _: None)
    with pytest.raises(DraftError, match="no folder"):
        list_documents(tmp_path / "file", None, lambda _: None)


def test_many_documents_are_announced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a long look there is a word."""
    monkeypatch.setattr(module, "_MANY_DOCUMENTS", 2)
    heard: list[str] = []

    list_documents(folder, folder.parent / "t.md", heard.append)

    assert heard == ["reading 2 documents; the next time only those that changed"]


def test_several_processes_say_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many documents are read by several processes: the same rows, problems and cache."""
    for number in range(10, 10 + parallel.MIN_SHARED_ITEMS):
        (folder / f"{number}_x.md").write_text(text(f"No. {number}"))
    (folder / "50_nul.md").write_text("\0")
    (folder / "51_folder.md").mkdir()
    wait_until_settled(folder)  # in truth: processes of their own know nothing of a fixture
    found: list[tuple[Catalog, ledger.Ledger | None]] = []
    for processes in (1, 3):
        monkeypatch.setattr(parallel, "_count_processors", lambda: processes)  # noqa: B023
        place = cache.find_cache_path("list", folder)
        assert place
        place.unlink(missing_ok=True)
        found.append(
            (look(folder), ledger.read_ledger(cache.find_cache_path("list", folder), _key(folder)))
        )

    assert found[0] == found[1]
    assert [name for name, _ in found[1][0].problems] == ["50_nul.md"]
    assert len(found[1][0].rows) == parallel.MIN_SHARED_ITEMS + 3


def test_cache_that_cannot_be_written_is_left_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a place for a cache the documents are listed all the same."""
    (folder.parent / "cache").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder.parent / "cache"))

    assert titles(look(folder)) == ["One", "Two"]
