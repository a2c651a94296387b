"""What git and the disk say of a repository: its files, paths in it, and words in its code."""

import os
import subprocess
from pathlib import Path

import pytest

from assistant.lint.surroundings import KnownRepositories
from assistant.markdown.document import parse_document
from assistant.repo import files as context
from assistant.repo.files import (
    Repository,
    find_occurring_words,
    find_project_root,
    list_markdown_files,
    read_repository,
    read_repository_around,
)
from tests.support.repository import made as made_repository
from tests.support.rules import check_in


def git(where: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(
        ["git", "-C", str(where), *identity, *arguments], check=True, capture_output=True
    )


def written(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"def {path.stem}_here(): pass\n", encoding="utf-8")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with tracked, untracked, ignored and deleted files."""
    root = tmp_path / "project"
    written(root, "src/a.py", "src/gone.py", "docs/001_x.md", "out/built.py")
    (root / ".gitignore").write_text("out/\n", encoding="utf-8")
    git(root.parent, "init", "-q", str(root))
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "x")
    (root / "src/gone.py").unlink()
    written(root, "src/é new.py")
    return root


def test_files_of_git(repository: Path) -> None:
    """Files are what git tracks and what it could; not what it ignores or what was deleted."""
    found = read_repository(repository)

    assert found.files == {".gitignore", "src/a.py", "docs/001_x.md", "src/é new.py"}
    assert found.note == ""


def test_links_and_repositories_inside_are_closed(repository: Path) -> None:
    """Nothing is said of what is behind a link, or in a repository within the repository."""
    (repository / "link").symlink_to(repository.parent)
    written(repository, "inner/x.py")
    git(repository / "inner", "init", "-q")
    git(repository, "add", "link")
    found = read_repository(repository)

    assert found.closed == {"link", "inner"}
    assert found.has("link/any.py")
    assert found.has("inner/any.py")


def test_no_program_of_the_repository_runs(repository: Path) -> None:
    """A file system monitor that the repository's configuration names is not started."""
    monitor = repository / "monitor"
    monitor.write_text(f"#!/bin/sh\ntouch '{repository}/started'\n", encoding="utf-8")
    monitor.chmod(0o755)
    git(repository, "config", "core.fsmonitor", str(monitor))
    read_repository(repository)
    find_occurring_words(repository, ("a_here",))

    assert not (repository / "started").exists()


def test_outside_of_git_the_folder_is_walked(tmp_path: Path) -> None:
    """Without git the files below are looked at, links not followed, packages left out."""
    written(tmp_path, "src/a.py", "node_modules/x.js")
    (tmp_path / "link").symlink_to("/")
    found = read_repository(tmp_path)

    assert found.files == {"src/a.py", "link"}
    assert found.closed == {"link"}


def test_too_many_files_say_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with more entries than a project has is not known, and a note says so."""
    monkeypatch.setattr(context, "MAX_ENTRIES", 2)
    written(tmp_path, "a.py", "b.py", "c.py")
    found = read_repository(tmp_path)

    assert not found.known
    assert "too many files" in found.note


def test_slow_or_broken_git_says_nothing(repository: Path) -> None:
    """Where git takes too long or cannot answer, nothing is known, and a note says why."""
    assert "took longer" in read_repository(repository, seconds=0.0).note
    (repository / ".git/HEAD").unlink()
    broken = read_repository(repository)

    assert not broken.known
    assert "could not list" in broken.note
    assert find_occurring_words(repository, ("a_here",)) == {}


def test_roots(repository: Path, tmp_path: Path) -> None:
    """A document's root is git's, outside of git where the program runs, else its own folder."""
    assert find_project_root(repository / "docs/not/yet", tmp_path) == repository.resolve()
    assert find_project_root(tmp_path / "other/docs", tmp_path) == tmp_path.resolve()
    assert find_project_root(tmp_path / "docs", repository) == (tmp_path / "docs").resolve()
    assert read_repository_around(repository / "docs", tmp_path).known


def test_words_in_code(repository: Path) -> None:
    """Whole words are looked for in code, untracked too, and not in documents."""
    asked = ("a_here", "a_her", "new_here", "001_x_here", "built_here")

    assert find_occurring_words(repository, asked) == {
        "a_here": True,
        "a_her": False,
        "new_here": True,
        "001_x_here": False,
        "built_here": False,
    }
    assert find_occurring_words(repository.parent, asked) == {}


def test_findings(repository: Path, tmp_path: Path) -> None:
    """A document is held against its repository; symbols only where they are asked for."""
    document = parse_document(
        "`src/a.py`, `../src/a.py`, `src/no.py` and `a_here()`, `no_such()`.\n"
    )
    path = repository / "docs/001_x.md"

    assert [f.code for f in check_in(path, document, KnownRepositories(tmp_path))] == ["D801"]
    both = check_in(path, document, KnownRepositories(tmp_path, symbols=True))
    assert [f.code for f in both] == ["D801", "D802"]


def test_repository_is_looked_at_when_needed_and_once(repository: Path, tmp_path: Path) -> None:
    """Documents that name nothing cost no look, and all others share one."""
    surroundings = KnownRepositories(tmp_path)
    path = repository / "docs/001_x.md"
    assert check_in(path, parse_document("Nothing here.\n"), surroundings) == []
    written(repository, "src/late.py")
    assert check_in(path, parse_document("`src/late.py`\n"), surroundings) == []
    written(repository, "src/later.py")

    assert [f.code for f in check_in(path, parse_document("`src/later.py`\n"), surroundings)] == [
        "D801"
    ]
    assert surroundings.notes == ()


HERE = Repository(
    files=frozenset({"a/b/c.py", "a/d.md", "README.md", "link"}), closed=frozenset({"sub", "link"})
)


@pytest.mark.parametrize(
    "path",
    [
        "a/b/c.py",
        "a/b/",
        "a/",
        "b/c.py",
        "./a/d.md",
        "a/x/../d.md",
        "sub/any/thing.c",
        "link/x.py",
        "../../../elsewhere/x.py",
    ],
)
def test_there(path: str) -> None:
    """A path is there from the root or by its end, and where it is not ours to look."""
    assert HERE.has(path, "a")


@pytest.mark.parametrize("path", ["a/c.py", "/c.py", "a/b/c.py/x", "A/b/c.py", "bb/c.py"])
def test_not_there(path: str) -> None:
    """A path is compared whole, by its parts and by their case."""
    assert not HERE.has(path, "a/b")


def test_from_the_documents_folder() -> None:
    """A path may begin where its document stands."""
    assert HERE.has("../d.md", "a/b")
    assert not HERE.has("../e.md", "a/b")


def test_beginnings() -> None:
    """A path begins like ours where any folder is called as its first part is."""
    assert HERE.begins("b/new.py")
    assert HERE.begins("../a/x.py", "a")
    assert not HERE.begins("pkg/new.py")


def test_alike() -> None:
    """The only file of a name is what was meant, maybe; of several none is."""
    assert HERE.alike("x/c.py") == "a/b/c.py"
    assert Repository(files=frozenset({"a/x.py", "b/x.py"})).alike("c/x.py") == ""


def test_nothing_is_known_of_an_empty_one() -> None:
    """A repository without files says nothing about paths."""
    assert not Repository().known
    assert HERE.known


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
    made = made_repository(tmp_path)
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
    made_repository(tmp_path / "own")
    docs = tmp_path / "own" / "docs"

    assert find_project_root(docs, tmp_path) == tmp_path / "own"
    assert find_project_root(tmp_path / "other" / "docs", tmp_path) == tmp_path
    assert find_project_root(tmp_path / "other", docs) == tmp_path / "other"
