"""A document among the files of its folder."""

from pathlib import Path

import pytest

from assistant.lint.check import check_neighbours
from assistant.lint.neighbours import PlacedDocument
from assistant.lint.surroundings import FolderListing, read_folder_listing
from assistant.markdown.document import parse_document
from tests.support.rules import check_beside


def found(path: Path, text: str) -> list[tuple[str, int, int]]:
    return [(f.code, f.line, f.column) for f in check_beside(path, text)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    own = tmp_path / "docs"
    own.mkdir()
    (tmp_path / ".git").mkdir()
    (own / "001_one.md").write_text("# One\n\n## Part\n", encoding="utf-8")
    (own / "002_two.md").write_text("# Two\n", encoding="utf-8")
    return own


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](001_one.md#part)", []),
        ("[a](001_one.md#PART)", []),
        ("[a](./001_one.md#user-content-part)", []),
        ("[a](001_one.md#L3)", []),
        ("[a](../docs/)", []),
        ("[a](../../elsewhere/x.md)", []),
        ("[a](001_one.md?raw=1)", []),
        ("[a](http://example.com/x.md) [b](mailto:a@b.c) [c](//host/x) [d](/x.md)", []),
        ("[a](#two)", [("D504", 3, 5)]),
        ("[a](#title)", []),
        ("[a](001_one.md#parts)", [("D504", 3, 5)]),
        ("[a](one.md)", [("D503", 3, 5)]),
        ("[a](%30%301_one.md)", []),
        ("see 001_one.md and docs/002_two.md", []),
        ("see 009_nine.md.", [("D505", 3, 5)]),
        ("see https://example.com/009_nine.md", []),
        ("`009_nine.md`", []),
        ("- **Supersedes:** 1, 9", [("D505", 3, 22)]),
        ("- **Supersedes:** the old one", []),
    ],
)
def test_links_and_numbers_are_looked_up(
    folder: Path, text: str, expected: list[tuple[str, int, int]]
) -> None:
    """What is named is there, or is reported where it stands."""
    path = folder / "003_three.md"
    path.write_text("", encoding="utf-8")

    assert found(path, f"# Title\n\n{text}\n") == expected


@pytest.mark.parametrize(
    ("title", "wrong"),
    [
        ("ADR-003: Three", False),
        ("ADR-004: Three", True),
        ("3. Three", False),
        ("4. Three", True),
        ("004 Three", True),
        ("RFC 4 - Three", True),
        ("4 ways to go", False),
        ("UTF-8: everywhere", False),
        ("Design 2.0 of all", False),
        ("HTTP/2: support", False),
        ("2026 plans", False),
    ],
)
def test_number_in_the_title_is_the_files(folder: Path, title: str, *, wrong: bool) -> None:
    """A title that gives its document's number gives the one in the file's name."""
    path = folder / "003_three.md"
    path.write_text("", encoding="utf-8")

    assert [code for code, _, _ in found(path, f"# {title}\n")] == (["D502"] if wrong else [])


def test_number_is_used_once(folder: Path) -> None:
    """Both of two documents with one number hear of it; a folder of that number is none."""
    (folder / "002-again.md").write_text("# Again\n", encoding="utf-8")
    (folder / "001-files").mkdir()

    assert found(folder / "002_two.md", "# Two\n") == [("D501", 1, 1)]
    assert found(folder / "001_one.md", "# One\n") == []


def test_document_elsewhere_has_no_number_here(folder: Path) -> None:
    """A file of the same name in another folder shares nothing with this one."""
    path = folder.parent / "002_two.md"
    path.write_text("# ADR-009: Two\n", encoding="utf-8")

    about = PlacedDocument(path, parse_document("# ADR-009: Two\n"), read_folder_listing(folder))
    assert check_neighbours(about) == ()


def test_what_cannot_be_read_is_not_judged(folder: Path) -> None:
    """Anchors in a file that is no text are not looked for; a loop of links is not there."""
    (folder / "x.md").write_bytes(b"\0")
    (folder / "loop.md").symlink_to("loop.md")
    path = folder / "001_one.md"

    assert found(path, "# A\n[a](x.md#y)\n") == []
    assert found(path, "# A\n[a](loop.md)\n") == [("D503", 2, 5)]
    assert found(path, f"# A\n[a]({'x' * 5000}) [b](a%00b)\n") == [
        ("D503", 2, 5),
        ("D503", 2, 5011),
    ]


def test_folder_that_is_not_there_has_no_documents(tmp_path: Path) -> None:
    """A folder that cannot be listed is an empty one."""
    assert read_folder_listing(tmp_path / "none").entries == ()


def test_values_of_the_front_matter() -> None:
    """Each key stands with its value, without quotes, and with where that begins."""
    text = "---\nnumber: 7\ntitle: 'A title'\n---\n# A\n"
    placed = PlacedDocument(Path("x.md"), parse_document(text), FolderListing(Path()))

    assert [(key, value) for key, value, _ in placed.front_values()] == [
        ("number", "7"),
        ("title", "A title"),
    ]
    assert [text[at] for _, _, at in placed.front_values()] == ["7", "'"]


def test_a_number_that_is_there_is_a_hint(folder: Path) -> None:
    """Of a file that is not there, the document with its number is told, if there is one."""
    listing = read_folder_listing(folder)
    placed = PlacedDocument(folder / "x.md", parse_document("# A\n"), listing)

    assert placed.hint_at_number("2_other.md") == " Number 2 is 002_two.md."
    assert placed.hint_at_number("9_other.md") == ""
    assert placed.hint_at_number("other.md") == ""
