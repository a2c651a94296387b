"""A document gets its number and its name on the disk whole or not at all."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant import files
from assistant.errors import DraftError, Exit
from assistant.files import FileChanged
from assistant.folder import journal
from assistant.folder.elsewhere import NumbersElsewhere, look_elsewhere
from assistant.folder.numbers import NameStyle
from assistant.folder.renumber import (
    carry_out_plan,
    find_free_number,
    find_holders,
    find_mentioning_files,
    has_begun,
    make_move,
    make_proper_path,
    plan_renumbering,
    rename_document,
)
from assistant.repo import files as tree
from tests.support import repository
from tests.support.disk import failing, layer
from tests.support.paths import ROOT
from tests.support.renumbering import renumbered
from tests.support.repository import made

FILES = {
    "docs/007-x.md": "# ADR-007: X\r\n\r\n[own](007-x.md)\r\n",
    "docs/008-y.md": "Supersedes [ADR-007](007-x.md)\n",
    "README.md": "\ufeff[x](docs/007-x.md) \udcff no newline",
    "other.md": "number 7\n",
}
AFTER = {
    "docs/012-x.md": "# ADR-012: X\r\n\r\n[own](012-x.md)\r\n",
    "docs/008-y.md": "Supersedes [ADR-012](012-x.md)\n",
    "README.md": "\ufeff[x](docs/012-x.md) \udcff no newline",
    "other.md": "number 7\n",
}
KILLED = """
import os, sys
from pathlib import Path
from types import SimpleNamespace
from assistant import files
from tests.support.renumbering import renumbered
left = [int(sys.argv[2])]
def dying(step):
    def act(*words, **named):
        left[0] -= 1
        if not left[0]:
            os._exit(9)
        return getattr(os, step)(*words, **named)
    return act
steps = ("link", "replace", "unlink")
files.os = SimpleNamespace(**{**vars(os), **{step: dying(step) for step in steps}})
renumbered(Path(sys.argv[1]))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project" / "docs").mkdir(parents=True)
    for name, text in FILES.items():
        (tmp_path / "project" / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    return tmp_path / "project"


def texts(project: Path) -> dict[str, str]:
    paths = (path for path in project.rglob("*") if path.is_file())
    return {
        path.relative_to(project).as_posix(): path.read_bytes().decode("utf-8", "surrogateescape")
        for path in paths
    }


def test_everything_and_nothing_else(project: Path) -> None:
    """The name and every reference change, and all other bytes of all files stay."""
    renumbered(project)

    assert texts(project) == AFTER


@pytest.mark.parametrize("step", ["link", "replace", "write"])
def test_a_disk_that_fails(step: str, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever step fails, however late, every file is as it was before."""
    for nth in range(1, 20):
        error = OSError(errno.ENOSPC, "full")
        with monkeypatch.context() as patch:
            patch.setattr(files, "os", failing(step, nth, error))
            try:
                renumbered(project)
            except DraftError:
                assert texts(project) == FILES
            else:
                break
    assert nth > 1
    assert texts(project) == AFTER


def test_ctrl_c_in_between(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C before the end leaves every file as it was before."""
    monkeypatch.setattr(files, "os", failing("replace", 2, KeyboardInterrupt()))

    with pytest.raises(KeyboardInterrupt):
        renumbered(project)

    assert texts(project) == FILES


@pytest.mark.parametrize("nth", [1, 2, 3, 5, 7])
def test_a_kill_in_between(nth: int, project: Path) -> None:
    """After kill -9 at any step no link leads nowhere, and the same again gets to the end."""
    place = ROOT
    environ = {**os.environ, "PYTHONPATH": str(place)}
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(project), str(nth)], env=environ, check=False
    )
    assert done.returncode in (0, 9)

    left = texts(project)
    for name in ("docs/007-x.md", "docs/012-x.md"):
        assert name in left or not any(name[5:] in text for text in left.values())
    if "docs/007-x.md" in left:
        renumbered(project)
    for path in project.rglob(".draft-*"):  # a dead process's; a later save sweeps them
        path.unlink()
    assert texts(project) == AFTER


def test_without_links(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file system knows no links the file is renamed, and back where that fails."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(files, "os", layer(link=refuse, replace=full))
    with pytest.raises(DraftError):
        renumbered(project)
    assert texts(project) == FILES

    monkeypatch.setattr(files, "os", layer(link=refuse))
    renumbered(project)
    assert texts(project) == AFTER


def test_edits_while_it_runs(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody writes into another file meanwhile stays, and the references change in it."""
    edited = []

    def link(*words: str) -> None:
        os.link(*words)
        (project / "README.md").write_text("[x](docs/007-x.md) and more")
        edited.append(words)

    monkeypatch.setattr(files, "os", layer(link=link))
    renumbered(project)

    assert len(edited) == 1
    assert texts(project)["README.md"] == "[x](docs/012-x.md) and more"


def test_the_document_is_edited_while_it_runs(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where somebody saves the document itself meanwhile, that stays, and nothing is renumbered."""

    def link(*words: str) -> None:
        os.link(*words)
        (project / "docs" / "new").write_text("mine")
        (project / "docs" / "new").rename(project / "docs" / "007-x.md")

    monkeypatch.setattr(files, "os", layer(link=link))
    with pytest.raises(FileChanged):
        renumbered(project)

    assert texts(project) == {**FILES, "docs/007-x.md": "mine"}


def test_a_number_taken_in_between(project: Path) -> None:
    """A number that somebody takes after the plan was made is refused, and nothing changes."""
    docs = project / "docs"
    plan = plan_renumbering(
        project, make_move(project, docs / "007-x.md", 12), tree.list_markdown_files(project, docs)
    )
    (docs / "012-z.md").touch()

    with pytest.raises(DraftError, match="taken just now"):
        carry_out_plan(plan)

    assert texts(project) == {**FILES, "docs/012-z.md": ""}


def test_a_file_that_cannot_be_written(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that may not be written is found before anything changes."""
    monkeypatch.setattr(os, "access", lambda *_: False)

    with pytest.raises(DraftError) as caught:
        renumbered(project)

    assert caught.value.code == "not-permitted"
    assert texts(project) == FILES


def test_kept_answers_follow(project: Path) -> None:
    """The answers of an unfinished draft are found under the document's new name."""
    old, new = (os.path.realpath(project / "docs" / name) for name in ("007-x.md", "012-x.md"))
    kept = journal.Journal.open("k", {})
    kept.record("a", "answer")
    kept.record(journal.DOCUMENT_ENTRY, old)
    kept.close()

    renumbered(project)

    found = journal.find_document_journal(Path(new))
    assert found is not None
    assert found.entries["a"] == "answer"
    found.close()


def test_begun_is_told_from_taken(project: Path) -> None:
    """A second name of the document and its copy with the new number are its own, others not."""
    docs = project / "docs"
    move = make_move(project, docs / "007-x.md", 12)
    new = docs / "012-x.md"

    assert not has_begun(project, move)
    texts_of = {FILES["docs/007-x.md"]: True, AFTER["docs/012-x.md"]: True, "": False}
    for content, own in texts_of.items():
        new.write_bytes(content.encode())
        assert has_begun(project, move) == own


@pytest.fixture
def branched(tmp_path: Path) -> repository.Repository:
    made = repository.made(tmp_path / "made")
    made.put("docs/007-x.md")
    made.git("checkout", "-q", "-b", "side")
    made.put("docs/012-side.md")
    made.git("checkout", "-q", "main")
    made.git("worktree", "add", "-q", "-b", "tree", str(tmp_path / "tree"))
    (tmp_path / "tree" / "docs" / "015-loose.md").touch()
    return made


def test_who_has_a_number(branched: repository.Repository, tmp_path: Path) -> None:
    """A number is somebody's in the folder, on a branch, or in another worktree."""
    docs = branched.root / "docs"
    others = look_elsewhere(docs)

    held = {
        number: [(one.name, one.where) for one in find_holders(docs, number, others)]
        for number in (7, 12, 15, 16)
    }

    assert held[12] == [("012-side.md", "side")]
    assert held[15] == [("015-loose.md", str(tmp_path / "tree" / "docs"))]
    assert held[16] == []
    assert ("007-x.md", "") in held[7]
    assert find_free_number(docs, others) == 16
    assert find_free_number(docs, NumbersElsewhere(taken=others.taken)) == 13
    assert find_free_number(docs, NumbersElsewhere()) == 8


def test_a_number_taken_elsewhere_in_between(
    branched: repository.Repository, tmp_path: Path
) -> None:
    """A number that another worktree takes after the plan was made is refused as well."""
    docs = branched.root / "docs"
    move = make_move(branched.root, docs / "007-x.md", 16)
    plan = plan_renumbering(branched.root, move, tree.list_markdown_files(branched.root, docs))
    (tmp_path / "tree" / "docs" / "016-z.md").touch()

    with pytest.raises(DraftError, match="taken just now"):
        carry_out_plan(plan)

    assert [path.name for path in docs.iterdir()] == ["007-x.md"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("001_x.md", "001_x.md"),
        ("001_use x & y.md", "001_use_x_y.md"),
        ("001 - R&D.markdown", "001_R_D.markdown"),
        ("7_x!.md", "7_x.md"),
        ("001_漢字?.md", "001_漢字.md"),
        ("notes & more.md", "notes & more.md"),
        ("001_???.md", "001_???.md"),
        ("001_" + "a b " * 30 + ".md", "001_" + "a b " * 30 + ".md"),
    ],
)
def test_proper(name: str, expected: str) -> None:
    """A numbered name is a slug in the folder's style; its number and suffix stay."""
    assert make_proper_path(Path("docs") / name, NameStyle()).name == expected
    assert make_proper_path(Path("docs") / expected, NameStyle()).name == expected


def test_the_folders_style() -> None:
    """Separator and joiner are the folder's."""
    style = NameStyle(separator="-", joiner="-", width=4)

    assert make_proper_path(Path("0001-use x.md"), style).name == "0001-use-x.md"
    spaced = NameStyle(separator=" - ", joiner=" ")
    assert make_proper_path(Path("001 - use x.md"), spaced).name == "001_use_x.md"


def test_rename(tmp_path: Path) -> None:
    """A document gets its name, its bytes and its mode as they were."""
    old, new = tmp_path / "001_a b.md", tmp_path / "001_a_b.md"
    old.write_bytes(b"\xff\r\n")
    old.chmod(0o640)

    rename_document(old, new, tmp_path / "state")

    assert not old.exists()
    assert new.read_bytes() == b"\xff\r\n"
    assert new.stat().st_mode & 0o777 == 0o640


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A name that is taken, be it by a broken link, stays whose it is."""
    old, new = tmp_path / "001_a b.md", tmp_path / "001_a_b.md"
    old.write_text("mine")
    new.symlink_to("nowhere")

    with pytest.raises(DraftError) as caught:
        rename_document(old, new, tmp_path / "state")

    assert (caught.value.code, caught.value.exit_code) == ("name-taken", Exit.FILE)
    assert old.read_text() == "mine"
    assert new.is_symlink()


def test_gone_meanwhile(tmp_path: Path) -> None:
    """A document that is gone is an error, and makes no other."""
    with pytest.raises(DraftError):
        rename_document(tmp_path / "001_a b.md", tmp_path / "001_a_b.md", tmp_path / "state")
    assert not (tmp_path / "001_a_b.md").exists()


def test_mentions(tmp_path: Path) -> None:
    """Who names a file, as it is or as a URI, is found in the whole repository, or the folder."""
    document = tmp_path / "docs" / "001_a b.md"
    document.parent.mkdir()
    document.write_text("# X\n")
    assert find_mentioning_files(document) == ()
    (tmp_path / "README.md").write_text("[x](docs/001_a%20b.md)\n")
    (tmp_path / "docs" / "002_y.md").write_text("see `001_a b.md`\n")
    (tmp_path / "docs" / "003_z.md").write_text("see 001_a_b.md\n")
    (tmp_path / "docs" / "code.py").write_text("001_a b.md\n")
    assert find_mentioning_files(document) == ("002_y.md",)
    repository = made(tmp_path)
    assert set(find_mentioning_files(document)) == {"README.md", "docs/002_y.md"}
    repository.commit()
    assert set(find_mentioning_files(document)) == {"README.md", "docs/002_y.md"}
