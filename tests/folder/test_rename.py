"""File names as slugs."""

from pathlib import Path

import pytest

from assistant.errors import DraftError, Exit
from assistant.folder.numbers import NameStyle
from assistant.folder.renumber import find_mentioning_files, make_proper_path, rename_document
from tests.support.repository import made


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("001_x.md", "001_x.md"),
        ("001_use x & y.md", "001_use_x_y.md"),
        ("001 - R&D.markdown", "001_R_D.markdown"),
        ("7_x!.md", "7_x.md"),
        ("001_漢字?.md", "001_漢字.md"),
        ("notes & more.md", "notes & more.md"),
        ("001_???.md", "001_???.md"),
        ("001_" + "a b " * 30 + ".md", "001_" + "a b " * 30 + ".md"),
    ],
)
def test_proper(name: str, expected: str) -> None:
    """A numbered name is a slug in the folder's style; its number and suffix stay."""
    assert make_proper_path(Path("docs") / name, NameStyle()).name == expected
    assert make_proper_path(Path("docs") / expected, NameStyle()).name == expected


def test_the_folders_style() -> None:
    """Separator and joiner are the folder's."""
    style = NameStyle(separator="-", joiner="-", width=4)

    assert make_proper_path(Path("0001-use x.md"), style).name == "0001-use-x.md"
    spaced = NameStyle(separator=" - ", joiner=" ")
    assert make_proper_path(Path("001 - use x.md"), spaced).name == "001_use_x.md"


def test_rename(tmp_path: Path) -> None:
    """A document gets its name, its bytes and its mode as they were."""
    old, new = tmp_path / "001_a b.md", tmp_path / "001_a_b.md"
    old.write_bytes(b"\xff\r\n")
    old.chmod(0o640)

    rename_document(old, new, tmp_path / "state")

    assert not old.exists()
    assert new.read_bytes() == b"\xff\r\n"
    assert new.stat().st_mode & 0o777 == 0o640


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A name that is taken, be it by a broken link, stays whose it is."""
    old, new = tmp_path / "001_a b.md", tmp_path / "001_a_b.md"
    old.write_text("mine")
    new.symlink_to("nowhere")

    with pytest.raises(DraftError) as caught:
        rename_document(old, new, tmp_path / "state")

    assert (caught.value.code, caught.value.exit_code) == ("name-taken", Exit.FILE)
    assert old.read_text() == "mine"
    assert new.is_symlink()


def test_gone_meanwhile(tmp_path: Path) -> None:
    """A document that is gone is an error, and makes no other."""
    with pytest.raises(DraftError):
        rename_document(tmp_path / "001_a b.md", tmp_path / "001_a_b.md", tmp_path / "state")
    assert not (tmp_path / "001_a_b.md").exists()


def test_mentions(tmp_path: Path) -> None:
    """Who names a file, as it is or as a URI, is found in the whole repository, or the folder."""
    document = tmp_path / "docs" / "001_a b.md"
    document.parent.mkdir()
    document.write_text("# X\n")
    assert find_mentioning_files(document) == ()
    (tmp_path / "README.md").write_text("[x](docs/001_a%20b.md)\n")
    (tmp_path / "docs" / "002_y.md").write_text("see `001_a b.md`\n")
    (tmp_path / "docs" / "003_z.md").write_text("see 001_a_b.md\n")
    (tmp_path / "docs" / "code.py").write_text("001_a b.md\n")
    assert find_mentioning_files(document) == ("002_y.md",)
    repository = made(tmp_path)
    assert set(find_mentioning_files(document)) == {"README.md", "docs/002_y.md"}
    repository.commit()
    assert set(find_mentioning_files(document)) == {"README.md", "docs/002_y.md"}
