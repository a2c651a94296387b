"""The file that holds a folder's index."""

from pathlib import Path

import pytest

from assistant.errors import DraftError
from assistant.folder import index
from assistant.folder.catalog import Catalog, list_documents
from assistant.lint.check import check_folder
from assistant.lint.neighbours import DocumentFolder
from assistant.lint.rule import Finding


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one document."""
    made = tmp_path / "docs" / "design"
    made.mkdir(parents=True)
    (made / "001_a.md").write_text("# A Design Document\n\n## Metadata\n- **Status:** Draft\n")
    return made


def look(folder: Path) -> Catalog:
    return list_documents(folder, None, lambda _: None)


def test_new_file_has_a_heading(folder: Path) -> None:
    """Where there is no file, one with a heading and the table is to be."""
    found = index.read_index(folder / "README.md", look(folder))

    assert (found.before, found.changed) == (None, True)
    assert found.after.startswith("# Design documents\n\n<!-- draft:index -->\n")
    assert "| [001](001_a.md) | A | Draft |  |\n" in found.after


@pytest.mark.parametrize(
    ("file", "link"),
    [("docs/README.md", "design/001_a.md"), ("x/y.md", "../docs/design/001_a.md")],
)
def test_links_lead_from_the_file(folder: Path, file: str, link: str) -> None:
    """A file elsewhere links the documents from where it is."""
    found = index.read_index(folder.parents[1] / file, look(folder))

    assert f"[001]({link})" in found.after


def test_file_is_not_in_its_own_table(folder: Path) -> None:
    """A numbered file that holds the index is no row of it."""
    path = folder / "000_index.md"
    path.write_text("# Index\n\nOurs.\n")

    found = index.read_index(path, look(folder))

    assert "000_index.md" not in found.after
    assert not found.marked


def test_broken_markers_name_the_file(folder: Path) -> None:
    """An error says which file it is about."""
    path = folder / "README.md"
    path.write_text("<!-- draft:index -->\n")

    with pytest.raises(DraftError) as caught:
        index.read_index(path, look(folder))

    assert caught.value.where == str(path)


def stale(folder: Path) -> tuple[tuple[Path, Finding], ...]:
    shelf = DocumentFolder(folder, rows=lambda path: index.list_index_rows(path, look(folder)))
    return check_folder(shelf, beside=True)


def test_stale_index_is_found(folder: Path) -> None:
    """For `check`: a README with markers is held against the folder, one without is not."""
    path = folder / "README.md"
    assert stale(folder) == ()
    path.write_text("# Ours\n")
    assert stale(folder) == ()
    path.write_text(index.read_index(path, look(folder)).after)
    assert stale(folder) == ()

    (folder / "002_b.md").write_text("# B\n")

    ((where, finding),) = stale(folder)
    assert (where, finding.code, finding.severity, finding.line) == (path, "D903", "warning", 3)

    path.write_text(f"{index.BEGIN_MARKER}\n")
    ((_, finding),) = stale(folder)
    assert "not one pair" in finding.message
