"""Numbers that two branches would share are found before they are merged, and renames are not."""

from pathlib import Path

import pytest

from assistant.errors import Exit
from assistant.folder.elsewhere import TakenNumber
from assistant.folder.numbers import NumberedEntry, parse_name
from assistant.lint.rules.d901_number_elsewhere import compare_numbers
from tests.support import repository
from tests.support.program import Draft
from tests.support.rules import check_numbers

LONG = "".join(f"Sentence number {one} says something of its own.\n" for one in range(30))


def entries(*names: str) -> list[NumberedEntry]:
    return [entry for name in names if (entry := parse_name(name))]


def taken(*names: str, where: str = "side") -> list[TakenNumber]:
    return [
        TakenNumber(number=entry.number, name=entry.name, where=where) for entry in entries(*names)
    ]


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        (("007_a.md",), ("007_b.md",), [("007_a.md", False)]),
        (("007_a.md",), ("007_a.md",), []),
        (("007_a.md", "007_b.md"), ("007_b.md",), []),
        (("007_a.md", "012_b.md"), ("007_b.md",), []),
        (("007_a.md",), ("007_b.md", "012_a.md"), [("007_a.md", True)]),
        (("007_a.md",), ("007_a.md", "007_b.md"), [("007_a.md", False)]),
        (("007_a.md",), ("008_a.md",), []),
        (("0007-a.md",), ("7-b.md",), [("0007-a.md", False)]),
        (("007_a.md",), ("007_a.txt", "007"), [("007_a.md", False)]),
    ],
)
def test_judgements(
    here: tuple[str, ...], there: tuple[str, ...], expected: list[tuple[str, bool]]
) -> None:
    """One name is one document, a slug under another number has moved, and all else collides."""
    found = compare_numbers(entries(*here), taken(*there), lambda *_: False)

    assert [(one.name, one.doubtful) for one in found] == expected


def test_what_is_the_same_document_is_no_collision() -> None:
    """A document that only has another name there keeps its number, and each branch is named."""
    here, there = entries("007_a.md"), [*taken("007_b.md"), *taken("007_c.md", where="/tree")]

    found = list(compare_numbers(here, there, lambda _, other: other.name == "007_b.md"))

    [hit] = found
    assert hit.message.startswith("the number 7 is also 007_c.md's in the worktree /tree")
    assert not list(compare_numbers(here, there, lambda *_: True))


@pytest.fixture
def made(tmp_path: Path) -> repository.Repository:
    repo = repository.made(tmp_path)
    repo.put("memory/design/007_a.md", f"# Log in\n\n{LONG}")
    repo.git("checkout", "-q", "-b", "side")
    return repo


def codes(folder: Path) -> list[tuple[str, str]]:
    return [(path.name, finding.code) for path, finding in check_numbers(folder)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"# Log in\n\n{LONG}", []),
        (f"# 7. Log in\n\n{LONG}and more", []),
        (f"# Something else\n\n{LONG}", [("007_a.md", "D901")]),
        ("# Log in\n\nNothing of it.\n", [("007_a.md", "D901")]),
    ],
)
def test_a_document_renamed_on_the_other_branch(
    text: str, expected: list[tuple[str, str]], made: repository.Repository
) -> None:
    """Equal content, or one title and most of the words, is the same document under a new name."""
    made.git("rm", "-q", "memory/design/007_a.md")
    made.put("memory/design/007_b.md", text)
    made.git("checkout", "-q", "main")

    assert codes(made.root / "memory/design") == expected


def test_a_cut_off_renumbering(tmp_path: Path) -> None:
    """A document under two numbers is found; another document with the same words is not."""
    (tmp_path / "007_a.md").write_text("# 7. A\n")
    (tmp_path / "012_a.md").write_text("# 12. A\n")
    (tmp_path / "008_b.md").write_text("# B\n")
    (tmp_path / "009_b.md").write_text("# B, again\n")

    [(path, finding)] = check_numbers(tmp_path)

    assert (path.name, finding.code, finding.severity) == ("007_a.md", "D902", "error")
    assert "`draft renumber 7 12` goes on" in finding.message
    assert check_numbers(tmp_path / "none") == []


def test_check_says_which_branch(draft: Draft, made: repository.Repository) -> None:
    """`draft check` names the document and the branch that have the number too."""
    made.put("memory/design/008_side.md", "# Side\n")
    made.git("checkout", "-q", "main")
    made.put("memory/design/008_main.md", "# Main\n")

    ran = draft("check")

    assert "memory/design/008_main.md:1:1: warning: D901" in ran.out
    assert "the number 8 is also 008_side.md's on the branch side" in ran.out
    assert ran.code in (Exit.DONE, Exit.FINDINGS)
    assert "D901" not in draft("check", "7").out


def test_check_says_which_worktree(
    draft: Draft, made: repository.Repository, tmp_path: Path
) -> None:
    """A number that a file in another worktree has, committed or not, is found as well."""
    made.git("checkout", "-q", "main")
    other = tmp_path.parent / f"{tmp_path.name}-other"
    made.git("worktree", "add", "-q", "--detach", str(other))
    made.write("memory/design/008_loose.md", "# Loose\n", where=other)
    made.write("memory/design/008_main.md", "# Main\n")

    ran = draft("check")

    assert f"the number 8 is also 008_loose.md's in the worktree {other}" in ran.out


def test_without_git_check_says_so(
    draft: Draft, made: repository.Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where git is not there, one line says that other branches were not looked at."""
    assert made.root.exists()
    monkeypatch.setenv("PATH", "")

    assert "git is not installed" in draft("check").err


def test_one_document_under_two_numbers(tmp_path: Path) -> None:
    """A document that a killed renumbering left under both names, not yet rewritten, is found."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "007_a.md").write_text("# A\n\nWords.\n")
    (folder / "012_a.md").hardlink_to(folder / "007_a.md")
    [(path, finding)] = check_numbers(folder)

    assert (path.name, finding.code) == ("007_a.md", "D902")
