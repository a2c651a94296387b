"""Which documents a command looks at."""

import errno
import os
from pathlib import Path
from typing import NoReturn

import pytest

from assistant.errors import DraftError, Exit
from assistant.folder.store import DocumentChoice, select_documents
from tests.support.repository import made


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


def names(folder: Path, *words: str) -> list[str]:
    return [str(path) for path in select_documents(folder, DocumentChoice(names=words))]


def test_all_of_the_folder(folder: Path) -> None:
    """Without names it is the folder's numbered documents, in the order of their numbers."""
    assert names(folder) == [str(folder / "002_a.md"), str(folder / "010_b.md")]


def test_a_folder_without_numbers(folder: Path) -> None:
    """A folder that numbers nothing has its Markdown files for documents."""
    other = folder / "rfcs"
    other.mkdir()
    for name in ("b.md", "a.markdown", ".hidden.md", "x.txt"):
        (other / name).touch()

    assert names(folder, "docs/rfcs") == ["docs/rfcs/a.markdown", "docs/rfcs/b.md"]


def test_named(folder: Path) -> None:
    """Numbers, paths and folders are taken in their order, each document once."""
    found = names(folder, "10", "docs/README.md", "docs", "./docs/010_b.md", "docs/none.md")

    assert found == [
        str(folder / "010_b.md"), "docs/README.md", "docs/002_a.md", "docs/none.md"
    ]  # fmt: skip


@pytest.mark.parametrize("word", ["7", "002_a.md\0", "\ud800.md", "x" * 5000])
def test_what_is_not_there(word: str, folder: Path) -> None:
    """A number without a document is an error at once; a path is left for whoever reads it."""
    if word == "7":
        with pytest.raises(DraftError) as caught:
            names(folder, word)
        assert caught.value.exit_code == Exit.FILE
    else:
        assert names(folder, word) == [word]


def test_no_folder(tmp_path: Path) -> None:
    """A folder that is not there, or is none, is an error."""
    (tmp_path / "file").touch()
    for name, code in (("none", "no-folder"), ("file", "not-a-folder")):
        with pytest.raises(DraftError) as caught:
            names(tmp_path / name)
        assert (caught.value.code, caught.value.exit_code) == (code, Exit.FILE)


def test_empty_folder(tmp_path: Path) -> None:
    """A folder without documents has none, also where only what changed is asked for."""
    assert select_documents(tmp_path, DocumentChoice()) == ()
    assert select_documents(tmp_path, DocumentChoice(changed=True)) == ()


def test_closed_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that may not be listed is an error."""

    def refused(_: object) -> NoReturn:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(
        "assistant.folder.numbers.list_entries", refused
    )  # root may list every folder
    with pytest.raises(DraftError) as caught:
        names(folder)
    assert caught.value.code == "not-permitted"


def test_links_are_documents_of_their_own(folder: Path) -> None:
    """A broken link is a document too, so that somebody says that it is broken."""
    (folder / "011_link.md").symlink_to("nowhere.md")

    assert names(folder)[-1] == str(folder / "011_link.md")


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
