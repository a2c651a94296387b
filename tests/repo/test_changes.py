"""Which documents git says are changed."""

import os
from pathlib import Path

import pytest

from assistant.errors import DraftError, Exit
from assistant.repo.changes import find_changed_paths
from tests.support.repository import Repository, made

ODD = ("a b.md", 'q"uote.md', "é漢.md", "new\nline.md", "-dash.md", "*.md", "[x].md", ":(top).md")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository with two documents and a commit."""
    found = made(tmp_path / "repository")
    found.commit("docs/001_a.md", "docs/002_b.md")
    return found


def names(repository: Repository, since: str = "", folder: str = "docs") -> list[str]:
    paths = sorted((repository.root / folder).iterdir())
    return sorted(path.name for path in find_changed_paths(paths, since))


def test_every_kind_of_change(repository: Repository) -> None:
    """Staged, unstaged, untracked and renamed documents are changed; deleted ones are gone."""
    repository.commit(*(f"docs/{number:03}_x.md" for number in range(3, 9)))
    repository.write("docs/003_x.md", "# unstaged\n")
    repository.write("docs/004_x.md", "# staged\n")
    repository.git("add", "docs/004_x.md")
    repository.write("docs/009_new.md")
    repository.git("mv", "docs/005_x.md", "docs/005_renamed.md")
    repository.git("rm", "-q", "docs/006_x.md")
    (repository.root / "docs/007_x.md").unlink()

    assert names(repository) == ["003_x.md", "004_x.md", "005_renamed.md", "009_new.md"]


def test_staged_and_taken_back_is_changed(repository: Repository) -> None:
    """What is staged differs from HEAD, also where the file itself was taken back."""
    repository.write("docs/001_a.md", "# staged\n")
    repository.git("add", "-A")
    repository.write("docs/001_a.md")

    assert names(repository) == ["001_a.md"]


def test_nothing_changed(repository: Repository) -> None:
    """A clean work tree has no changed documents, and ignored files are none."""
    repository.commit()
    repository.write(".gitignore", "docs/*.tmp.md\n")
    repository.write("docs/003_x.tmp.md")

    assert names(repository) == []


def test_odd_names(repository: Repository) -> None:
    """Names with quotes, line breaks, other scripts or pathspec magic are found as they are."""
    for name in ODD:
        repository.write(f"docs/{name}")

    assert names(repository) == sorted(ODD)


def test_a_name_that_is_no_text(repository: Repository) -> None:
    """A name whose bytes are no UTF-8 is found."""
    path = Path(os.fsdecode(os.fsencode(repository.root) + b"/docs/003_\xff.md"))
    try:
        path.write_bytes(b"# X\n")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")

    assert find_changed_paths([path]) == {path}


def test_a_folder_that_looks_like_a_pattern(repository: Repository) -> None:
    """A folder's name is taken literally."""
    repository.write("[d]*/001_x.md")

    assert names(repository, folder="[d]*") == ["001_x.md"]


def test_no_commit_yet(tmp_path: Path) -> None:
    """Where there is no commit, everything differs from it."""
    repository = made(tmp_path / "repository")
    repository.write("docs/001_a.md")
    repository.git("add", "-A")
    repository.write("docs/002_b.md")

    assert names(repository) == ["001_a.md", "002_b.md"]


def test_since_counts_from_the_merge_base(repository: Repository) -> None:
    """What changed on this branch counts, committed or not; what changed on the other does not."""
    repository.git("switch", "-q", "-c", "mine")
    repository.commit("docs/003_mine.md")
    repository.git("switch", "-q", "main")
    repository.write("docs/001_a.md", "# theirs\n")
    repository.commit()
    repository.git("switch", "-q", "mine")
    repository.write("docs/004_new.md")

    assert names(repository, "main") == ["003_mine.md", "004_new.md"]
    assert names(repository) == ["004_new.md"]


@pytest.mark.parametrize("since", ["nowhere", "--all", "HEAD:docs/001_a.md", "HEAD~99", "", "\n"])
def test_bad_revision(since: str, repository: Repository) -> None:
    """A revision that is none is wrong usage, and never an option of git's."""
    if not since:
        assert names(repository, since) == []
        return
    with pytest.raises(DraftError) as caught:
        names(repository, since)

    assert caught.value.code == "no-such-revision"
    assert caught.value.exit_code == Exit.USAGE


def test_no_common_history(repository: Repository) -> None:
    """Histories without a common commit are refused, with what a shallow clone has to do."""
    repository.git("switch", "-q", "--orphan", "other")
    repository.commit("docs/001_a.md")

    with pytest.raises(DraftError, match="fetch-depth: 0") as caught:
        names(repository, "main")
    assert caught.value.exit_code == Exit.USAGE


def test_no_repository(tmp_path: Path) -> None:
    """Outside of a repository nothing tells what changed."""
    path = tmp_path / "001_x.md"
    path.touch()

    with pytest.raises(DraftError) as caught:
        find_changed_paths([path])
    assert (caught.value.code, caught.value.exit_code) == ("no-repository", Exit.FILE)


def test_no_git(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without git the error says so."""
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(DraftError) as caught:
        names(repository)
    assert (caught.value.code, caught.value.exit_code) == ("no-git", Exit.FILE)


def test_broken_repository(repository: Repository) -> None:
    """A repository that git refuses is an error with git's own words."""
    (repository.root / ".git" / "HEAD").write_text("nonsense\n")

    with pytest.raises(DraftError) as caught:
        names(repository)
    assert caught.value.exit_code == Exit.FILE


def test_other_repositories_are_asked_of_their_own(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Documents of two repositories are each held against their own HEAD, also inside a hook."""
    other = made(tmp_path / "other")
    other.commit("001_x.md")
    other.write("002_x.md")
    repository.write("docs/003_x.md")
    monkeypatch.setenv("GIT_DIR", str(repository.root / ".git"))
    paths = [*other.root.glob("*.md"), *(repository.root / "docs").iterdir()]

    assert {path.name for path in find_changed_paths(paths)} == {"002_x.md", "003_x.md"}


def test_links(repository: Repository, tmp_path: Path) -> None:
    """A path through a linked folder is the document it leads to."""
    (tmp_path / "link").symlink_to(repository.root / "docs")
    repository.write("docs/003_x.md")

    assert find_changed_paths([tmp_path / "link" / "003_x.md", tmp_path / "link" / "001_a.md"]) == {
        tmp_path / "link" / "003_x.md"
    }


def test_another_users_repository(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git's own remedy is the hint where it does not trust the repository."""
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")

    with pytest.raises(DraftError) as caught:
        names(repository)

    assert "git config --global --add safe.directory" in caught.value.hint
