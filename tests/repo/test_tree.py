"""The Markdown files of a project are those that git would track, or those that are there."""

import os
from pathlib import Path

from assistant.repo.files import find_paths_root, list_markdown_files
from tests.support import repository


def fill(top: Path) -> None:
    for name in ("a.md", "docs/b.MD", "docs/deep/数.markdown", "c.txt", "ignored/d.md", ".h/e.md"):
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    (top / "docs" / "link.md").symlink_to("../a.md")
    (top / "docs" / "circle.md").symlink_to("circle.md")
    os.mkfifo(top / "docs" / "pipe.md")


def test_what_git_would_track(tmp_path: Path) -> None:
    """Tracked and new files count, ignored and deleted ones and links do not."""
    made = repository.made(tmp_path)
    made.put("gone.md")
    made.put(".gitignore", "ignored\n")
    fill(tmp_path)
    (tmp_path / "gone.md").unlink()

    found = list_markdown_files(tmp_path, tmp_path / "docs")

    assert found == (".h/e.md", "a.md", "docs/b.MD", "docs/deep/数.markdown")
    assert list_markdown_files(tmp_path, tmp_path / "ignored") == tuple(
        sorted((*found, "ignored/d.md"))
    )


def test_what_is_there_without_git(tmp_path: Path) -> None:
    """Without git every folder is walked but hidden ones, and so is one that git refuses."""
    fill(tmp_path)
    expected = ("a.md", "docs/b.MD", "docs/deep/数.markdown", "ignored/d.md")

    assert list_markdown_files(tmp_path, tmp_path / "docs") == expected
    (tmp_path / ".git").write_text("gitdir: nowhere\n")
    assert list_markdown_files(tmp_path, tmp_path / "docs") == expected
    assert list_markdown_files(tmp_path / "none", tmp_path / "none") == ()


def test_where_paths_begin(tmp_path: Path) -> None:
    """Paths begin at the repository, else where the program runs, else at the folder itself."""
    repository.made(tmp_path / "own")
    docs = tmp_path / "own" / "docs"

    assert find_paths_root(docs, tmp_path) == tmp_path / "own"
    assert find_paths_root(tmp_path / "other" / "docs", tmp_path) == tmp_path
    assert find_paths_root(tmp_path / "other", docs) == tmp_path / "other"
