"""Paths held against a repository's files."""

import pytest

from assistant.repo.files import Repository

HERE = Repository(
    files=frozenset({"a/b/c.py", "a/d.md", "README.md", "link"}), closed=frozenset({"sub", "link"})
)


@pytest.mark.parametrize(
    "path", ["a/b/c.py", "a/b/", "a/", "b/c.py", "./a/d.md", "a/x/../d.md", "sub/any/thing.c",
             "link/x.py", "../../../elsewhere/x.py"],
)  # fmt: skip
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
