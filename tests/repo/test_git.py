"""Git is asked for many objects in one process, and never fetches or waits."""

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
