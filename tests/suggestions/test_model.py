"""Points of view: those that ship, a project's own, and folders that must not be trusted."""

from pathlib import Path

import pytest

from assistant.errors import DraftError, Exit
from assistant.suggestions.model import MAX_VIEW_LENGTH, MAX_VIEWS, load_views

SHIPPED = 5


def test_shipped() -> None:
    """Reliability, security, data, operations and product ship, each with an instruction."""
    found = load_views(None)

    assert [view.name for view in found] == [
        "reliability", "security", "data", "operations", "product",
    ]  # fmt: skip
    assert all(view.title and len(view.text) > 100 for view in found)


def test_own(tmp_path: Path) -> None:
    """A project's file joins the others, replaces that of its name, or leaves it out."""
    (tmp_path / "law.md").write_text("# Law\n\nLook for what is forbidden.\n")
    (tmp_path / "data.md").write_text("Look for data that is ours.\n")
    (tmp_path / "product.md").write_text("\n")
    (tmp_path / "notes.txt").write_text("no point of view")

    found = {view.name: view for view in load_views(tmp_path)}

    assert list(found) == ["reliability", "security", "data", "operations", "law"]
    assert (found["law"].title, found["law"].text) == ("Law", "Look for what is forbidden.")
    assert (found["data"].title, found["data"].text) == ("data", "Look for data that is ours.")


def test_nothing_is_rendered(tmp_path: Path) -> None:
    """What looks like a Jinja template is text; what a terminal would obey is gone."""
    (tmp_path / "own.md").write_text("# {{ x }}\n\n{% for a in b %} {{ 1/0 }} \x1b[31m\n")

    own = load_views(tmp_path)[-1]

    assert own.title == "{{ x }}"
    assert own.text == "{% for a in b %} {{ 1/0 }}"


def link(folder: Path) -> None:
    (folder / "x").mkdir()
    (folder / "secret.md").write_text("a key")
    (folder / "x" / "own.md").symlink_to(folder / "secret.md")


def many(folder: Path) -> None:
    (folder / "x").mkdir()
    for number in range(MAX_VIEWS + 1):
        (folder / "x" / f"{number}.md").write_text("# A\n\nb\n")


def content(data: bytes) -> object:
    def made(folder: Path) -> None:
        (folder / "x").mkdir()
        (folder / "x" / "own.md").write_bytes(data)

    return made


@pytest.mark.parametrize(
    "make",
    [
        lambda _: None,
        link,
        many,
        content(b"# Only a heading\n"),
        content(b"\0"),
        content(b"x" * (MAX_VIEW_LENGTH + 1)),
    ],
)
def test_unusable(make: object, tmp_path: Path) -> None:
    """A folder that is missing, a link out of it, too many, too long, or no text is refused."""
    assert callable(make)
    make(tmp_path)

    with pytest.raises(DraftError) as caught:
        load_views(tmp_path / "x")

    assert caught.value.exit_code == Exit.FILE
    assert str(tmp_path) in caught.value.where


def test_none_left(tmp_path: Path) -> None:
    """A project cannot leave every point of view out."""
    for view in load_views(None):
        (tmp_path / f"{view.name}.md").write_text("")

    with pytest.raises(DraftError, match="no point of view left"):
        load_views(tmp_path)
