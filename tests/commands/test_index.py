"""`draft index`."""

import json
from pathlib import Path

import pytest

from assistant import files
from assistant.commands import index
from tests.support.program import Draft


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder where documents are, with one."""
    made = tmp_path / "memory" / "design"
    made.mkdir(parents=True)
    (made / "001_a.md").write_text("# A Design Document\n\n## Metadata\n- **Status:** Draft\n")
    return made


def test_index_is_written_and_renewed(draft: Draft, folder: Path) -> None:
    """A new file, then nothing to do, then a new row; what people wrote around it stays."""
    first = draft("index")
    path = folder / "README.md"
    path.write_text("Before.\r\n" + path.read_text() + "After.", newline="")
    again = draft("index")
    (folder / "002_b.md").write_text("# B\n")
    renewed = draft("index")

    assert [one.code for one in (first, again, renewed)] == [0, 0, 0]
    assert {one.out for one in (first, again, renewed)} == {"memory/design/README.md\n"}
    assert "is new" in first.err
    assert "up to date" in again.err
    assert "renewed" in renewed.err
    text = path.read_bytes().decode()
    assert text.startswith("Before.\r\n# Design documents\n")
    assert text.endswith("After.")
    assert "| [002](002_b.md) | B |" in text


def test_markers_are_added_at_the_end(draft: Draft, folder: Path) -> None:
    """A file without markers gets them at its end, which is said."""
    (folder / "README.md").write_bytes(b"# Ours\r\n\r\nNo end")

    done = draft("index")

    data = (folder / "README.md").read_bytes()
    assert "at the end" in done.err
    assert data.startswith(b"# Ours\r\n\r\nNo end\r\n\r\n<!-- draft:index -->\r\n")
    assert data.count(b"\n") == data.count(b"\r\n")


def test_check_and_diff_write_nothing(draft: Draft, folder: Path) -> None:
    """Both end with 1 where something would change, and with 0 where not."""
    check, diff = draft("index", "--check"), draft("index", "--diff")
    missing = not (folder / "README.md").exists()
    draft("index")

    assert missing
    assert (check.code, diff.code) == (1, 1)
    assert "stale" in check.err
    assert "+| [001](001_a.md) | A | Draft |  |" in diff.out
    assert (draft("index", "--check").code, draft("index", "--diff").code) == (0, 0)
    assert draft("index", "--diff").out == ""


def test_file_is_chosen(draft: Draft, tmp_path: Path) -> None:
    """The table goes to the file that is named, from here."""
    (tmp_path / "memory" / "design").mkdir(parents=True)

    done = draft("index", "--file", "INDEX.md")

    assert done.out == "INDEX.md\n"
    assert "No documents yet." in (tmp_path / "INDEX.md").read_text()


@pytest.mark.usefixtures("folder")
def test_json_says_what_was_done(draft: Draft) -> None:
    """Whether it was stale, and whether it was written."""
    seen = [json.loads(draft("index", *more, "--json").out) for more in (("--check",), (), ())]

    assert [one["ok"] for one in seen] == [False, True, True]
    assert [one["stale"] for one in seen] == [True, True, False]
    assert [one["written"] for one in seen] == [False, True, False]


@pytest.mark.parametrize("data", [b"<!-- draft:index -->\n", b"a\0b", b"x" * (4 * 2**20 + 1)])
def test_unusable_file_is_an_error(draft: Draft, folder: Path, data: bytes) -> None:
    """A file with half a pair, one that is no text or too large stays as it is."""
    (folder / "README.md").write_bytes(data)

    done = draft("index")

    assert done.code == 4
    assert "README.md" in done.err
    assert (folder / "README.md").read_bytes() == data


def test_change_meanwhile_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody writes while we work is kept, a file that they make meanwhile too."""
    monkeypatch.chdir(folder.parents[1])
    path = folder / "README.md"
    written = files.write_temporary
    others = [b"Theirs too.\n", b"Theirs.\n"]

    def slow(*arguments: object) -> object:
        if others and folder in arguments:
            with path.open("ab") as file:
                file.write(others.pop())
        return written(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(files, "write_temporary", slow)

    assert index.run_index(index.IndexOptions()) == 0
    text = path.read_text()
    assert text.startswith("Theirs.\nTheirs too.\n")
    assert "001_a.md" in text
