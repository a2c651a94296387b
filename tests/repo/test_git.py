"""Git as a process that never fetches or waits, and refs and worktrees as its files have them."""

import time
from pathlib import Path

import pytest

from assistant.repo import git
from tests.support import repository


def test_one_process_answers_for_many_objects(tmp_path: Path) -> None:
    """Files, trees and commits are read in turn; what is not there is no error."""
    made = repository.made(tmp_path)
    made.put("docs/a b.md", "one\ntwo")

    with git.ObjectReader(tmp_path, time.monotonic() + 20) as objects:
        answers = [objects.read(name) for name in ("main:docs/a b.md", "main:no", "main:docs")]

    assert [kind for kind, _, _ in answers] == ["blob", "", "tree"]
    assert answers[0][2] == b"one\ntwo"
    assert len(answers[2][1]) == 40


def test_no_repository_and_no_time(tmp_path: Path) -> None:
    """Where git reads nothing that is said, and where time is up that is another error."""
    with (
        git.ObjectReader(tmp_path, time.monotonic() + 20) as objects,
        pytest.raises(ValueError, match="g"),
    ):
        objects.read("main:")
    with git.ObjectReader(tmp_path, time.monotonic()) as objects, pytest.raises(TimeoutError):
        objects.read("main:")


def test_hooks_point_git_nowhere_else() -> None:
    """What a hook inherits does not lead to another repository, and nothing asks or downloads."""
    environ = git.build_git_environment({"GIT_DIR": "/else", "PATH": "p"})

    assert "GIT_DIR" not in environ
    assert environ["PATH"] == "p"
    assert environ["GIT_NO_LAZY_FETCH"] == "1"
    assert "protocol.allow=never" in git.build_git_command(Path(), ("status",))


def test_another_users_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where git does not trust a repository it says so, and what to do about it."""
    repository.made(tmp_path).put("a.md")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")

    with (
        git.ObjectReader(tmp_path, time.monotonic() + 20) as objects,
        pytest.raises(ValueError, match=r"dubious ownership.*--global --add safe\.directory "),
    ):
        objects.read("main:")


def test_branches_are_those_that_git_tells(tmp_path: Path) -> None:
    """Loose and packed refs, local and remote, are git's own; an alias and a lock are none."""
    made = repository.made(tmp_path)
    made.put("a")
    for name in ("side/one", "old"):
        made.git("branch", name)
    made.git("update-ref", "refs/remotes/origin/far", "HEAD")
    made.git("pack-refs", "--all")
    made.put("b")
    made.git("branch", "-f", "old", "HEAD")
    made.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/far")
    made.git("tag", "v1")
    (tmp_path / ".git/refs/heads/main.lock").write_text("0" * 40)

    found = git.list_branches(tmp_path / ".git")

    lines = made.git(
        "for-each-ref", "--format=%(refname) %(objectname) %(symref)", *git.BRANCH_PREFIXES
    )
    told = {parts[0]: parts[1] for parts in map(str.split, lines.splitlines()) if len(parts) < 3}
    assert found == told
    assert list(found)[-1] == "refs/remotes/origin/far"
    assert [git.shorten_branch(name) for name in found][-1] == "origin/far"


def test_worktrees_are_those_that_git_tells(tmp_path: Path) -> None:
    """Each worktree has its root, and its commit where it is on no branch."""
    made = repository.made(tmp_path / "own")
    made.put("a")
    made.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side of it"))
    made.git("worktree", "add", "-q", "--detach", str(tmp_path / "loose"))

    found = {tree.root: tree.commit for tree in git.list_worktrees(made.root / ".git")}

    head = made.git("rev-parse", "HEAD").strip()
    told = made.git("worktree", "list", "--porcelain").splitlines()
    roots = [line.removeprefix("worktree ") for line in told if line.startswith("worktree ")]
    assert sorted(map(str, found)) == sorted(roots)
    assert found[tmp_path / "loose"] == head
    assert found[tmp_path / "side of it"] == ""


def test_what_keeps_its_refs_elsewhere_says_so(tmp_path: Path) -> None:
    """A repository with reftable is told from one with files, and from none at all."""
    made = repository.made(tmp_path / "own")

    assert git.keeps_refs_in_files(made.root / ".git")
    (made.root / ".git/reftable").mkdir()
    assert not git.keeps_refs_in_files(made.root / ".git")
    with pytest.raises(ValueError, match="no git repository"):
        git.keeps_refs_in_files(tmp_path)
