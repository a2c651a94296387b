"""Refs and worktrees are read from a repository's files as git would tell them."""

from pathlib import Path

import pytest

from assistant.repo import git as ref
from tests.support import repository


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

    found = ref.list_branches(tmp_path / ".git")

    lines = made.git(
        "for-each-ref", "--format=%(refname) %(objectname) %(symref)", *ref.BRANCH_PREFIXES
    )
    told = {parts[0]: parts[1] for parts in map(str.split, lines.splitlines()) if len(parts) < 3}
    assert found == told
    assert list(found)[-1] == "refs/remotes/origin/far"
    assert [ref.shorten_branch(name) for name in found][-1] == "origin/far"


def test_worktrees_are_those_that_git_tells(tmp_path: Path) -> None:
    """Each worktree has its root, and its commit where it is on no branch."""
    made = repository.made(tmp_path / "own")
    made.put("a")
    made.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side of it"))
    made.git("worktree", "add", "-q", "--detach", str(tmp_path / "loose"))

    found = {tree.root: tree.commit for tree in ref.list_worktrees(made.root / ".git")}

    head = made.git("rev-parse", "HEAD").strip()
    told = made.git("worktree", "list", "--porcelain").splitlines()
    roots = [line.removeprefix("worktree ") for line in told if line.startswith("worktree ")]
    assert sorted(map(str, found)) == sorted(roots)
    assert found[tmp_path / "loose"] == head
    assert found[tmp_path / "side of it"] == ""


def test_what_keeps_its_refs_elsewhere_says_so(tmp_path: Path) -> None:
    """A repository with reftable is told from one with files, and from none at all."""
    made = repository.made(tmp_path / "own")

    assert ref.keeps_refs_in_files(made.root / ".git")
    (made.root / ".git/reftable").mkdir()
    assert not ref.keeps_refs_in_files(made.root / ".git")
    with pytest.raises(ValueError, match="no git repository"):
        ref.keeps_refs_in_files(tmp_path)
