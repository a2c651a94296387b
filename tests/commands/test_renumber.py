"""`draft renumber`: shown first, asked for, refused where the number is somebody's."""

import io
import json
from pathlib import Path

import jsonschema
import pytest

from assistant.errors import Exit
from tests.support import repository
from tests.support.program import Draft, Terminal, saved
from tests.support.schemas import schema

TEXT = "# ADR-007: X\n\nText.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "memory" / "design"
    made.mkdir(parents=True)
    (made / "007_x.md").write_text(TEXT)
    (made / "009_y.md").write_text("[ADR-007](007_x.md)\n")
    (tmp_path / "README.md").write_text("[x](memory/design/007_x.md)\nmemory/design/009_y.md\n")
    return made


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_next_free_number(draft: Draft, folder: Path, tmp_path: Path) -> None:
    """Without a number it is the next one; stdout holds the new path alone, stderr what changed."""
    ran = draft("renumber", "7", "--yes")

    assert (ran.code, ran.out) == (0, "memory/design/010_x.md\n"), ran.err
    assert names(folder) == ["009_y.md", "010_x.md"]
    assert (folder / "010_x.md").read_text() == TEXT.replace("007", "010")
    assert (folder / "009_y.md").read_text() == "[ADR-010](010_x.md)\n"
    assert (tmp_path / "README.md").read_text().startswith("[x](memory/design/010_x.md)\n")
    assert "README.md:1: [x](memory/design/007_x.md) -> [x](memory/design/010_x.md)" in ran.err
    assert "3 places in 3 files" in ran.err


def test_dry_run(draft: Draft, folder: Path, tmp_path: Path) -> None:
    """--dry-run shows every file and line on stdout, and changes nothing."""
    before = {path: path.read_bytes() for path in saved(tmp_path)}
    ran = draft("renumber", str(folder / "007_x.md"), "3", "--dry-run")

    assert ran.code == 0
    assert ran.out.splitlines() == [
        "memory/design/007_x.md -> memory/design/003_x.md",
        "README.md:1: [x](memory/design/007_x.md) -> [x](memory/design/003_x.md)",
        "memory/design/007_x.md:1: # ADR-007: X -> # ADR-003: X",
        "memory/design/009_y.md:1: [ADR-007](007_x.md) -> [ADR-003](003_x.md)",
    ]
    assert {path: path.read_bytes() for path in saved(tmp_path)} == before


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 2), ("", 2)])
def test_it_asks(
    answer: str, code: int, draft: Draft, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal it asks, and anything but yes changes nothing."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(io, "TextIOWrapper", Terminal)

    ran = draft("renumber", "7", stdin=answer.encode())

    assert ran.code == code
    assert "Rewrite 3 places in 3 files? [y/N]" in ran.err
    if not answer:  # a terminal shows the line break that is typed
        assert ran.err.endswith(" nothing was changed.\n")
    assert names(folder)[0] == ("009_y.md" if code == 0 else "007_x.md")


def test_no_terminal(draft: Draft, folder: Path) -> None:
    """Without a terminal it is refused without --yes."""
    ran = draft("renumber", "7")

    assert (ran.code, ran.out) == (Exit.USAGE, "")
    assert "--yes" in ran.err
    assert names(folder) == ["007_x.md", "009_y.md"]


def test_the_same_number(draft: Draft, folder: Path) -> None:
    """The number that a document has is no change, and it says so."""
    ran = draft("renumber", "7", "007", "--yes")

    assert (ran.code, ran.out) == (0, "memory/design/007_x.md\n")
    assert "007_x.md has the number 7 already" in ran.err
    assert names(folder) == ["007_x.md", "009_y.md"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("7", "9"), Exit.USAGE, "the number 9 is 009_y.md's"),
        (("7", "x"), Exit.USAGE, "no number"),
        (("7", "-1"), Exit.USAGE, ""),
        (("7", "12345678"), Exit.USAGE, "no number"),
        (("8",), Exit.FILE, "no document has the number 8"),
        (("README.md",), Exit.FILE, "no number in its name"),
        (("memory/design",), Exit.FILE, "is a folder"),
        (("none.md",), Exit.FILE, "is not there"),
        (("011_link.md",), Exit.FILE, "symbolic link"),
        (("012_binary.md",), Exit.FILE, "not a text file"),
    ],
)
def test_refusals(
    words: tuple[str, ...], code: Exit, said: str, draft: Draft, folder: Path, tmp_path: Path
) -> None:
    """What cannot be renumbered is an error of one or two lines, and nothing changes."""
    (tmp_path / "011_link.md").symlink_to(folder / "009_y.md")
    (tmp_path / "012_binary.md").write_bytes(b"\0")
    before = {path: path.read_bytes() for path in saved(tmp_path)}

    ran = draft("renumber", *words, "--yes")

    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) <= 2
    assert {path: path.read_bytes() for path in saved(tmp_path)} == before


def test_numbers_elsewhere(draft: Draft, folder: Path, tmp_path: Path) -> None:
    """A number of another branch's or worktree's is refused with who has it; its own is not."""
    made = repository.made(tmp_path)
    made.put("a")
    made.git("checkout", "-q", "-b", "side")
    made.put("memory/design/020_side.md")
    made.git("mv", "memory/design/007_x.md", "memory/design/021_x.md")
    made.put("b")
    made.git("checkout", "-q", "main")
    other = tmp_path.parent / f"{tmp_path.name}-other"
    made.git("worktree", "add", "-q", "--detach", str(other))
    (other / "memory/design/030_loose.md").write_text("")

    branch = draft("renumber", "7", "20", "--yes")
    worktree = draft("renumber", "7", "30", "--yes")
    own = draft("renumber", "7", "21", "--yes")
    following = draft("renumber", "9", "--yes")

    assert (branch.code, worktree.code) == (Exit.USAGE, Exit.USAGE)
    assert "the number 20 is 020_side.md's on the branch side" in branch.err
    assert f"030_loose.md's in the worktree {other}" in worktree.err
    assert own.out == "memory/design/021_x.md\n", own.err
    assert following.out == "memory/design/031_y.md\n"
    assert names(folder) == ["021_x.md", "031_y.md"]


def test_two_documents_with_one_number(draft: Draft, folder: Path) -> None:
    """Of two documents with a number the one named by its path gets another, with its links."""
    (folder / "007_z.md").write_text("[own](007_z.md) [other](007_x.md)\n")

    both = draft("renumber", "7", "--yes")
    one = draft("renumber", str(folder / "007_z.md"), "--yes")

    assert both.code == Exit.FILE
    assert "007_x.md and 007_z.md" in both.err
    assert one.out == "memory/design/010_z.md\n"
    assert (folder / "010_z.md").read_text() == "[own](010_z.md) [other](007_x.md)\n"
    assert (folder / "007_x.md").read_text() == TEXT


def test_a_run_that_was_cut_off(draft: Draft, folder: Path) -> None:
    """Where a run left the document under both names, the same command goes on."""
    (folder / "012_x.md").hardlink_to(folder / "007_x.md")

    ran = draft("renumber", "7", "12", "--yes")

    assert (ran.code, ran.out) == (0, "memory/design/012_x.md\n"), ran.err
    assert names(folder) == ["009_y.md", "012_x.md"]
    assert (folder / "009_y.md").read_text() == "[ADR-012](012_x.md)\n"


@pytest.mark.parametrize("words", [("--yes",), ("--dry-run",)])
def test_json(words: tuple[str, ...], draft: Draft, folder: Path) -> None:
    """--json gives what changes, whether it was done, and what is left alone."""
    (folder / "009_y.md").write_text("https://example.org/memory/design/007_x.md\n")

    body = json.loads(draft("renumber", "7", "--json", *words).out)

    jsonschema.validate(body, schema())
    assert (body["ok"], body["number"], body["done"]) == (True, 10, words == ("--yes",))
    assert (body["was"], body["path"]) == ("memory/design/007_x.md", "memory/design/010_x.md")
    assert [(one["path"], one["line"]) for one in body["changes"]] == [
        ("README.md", 1),
        ("memory/design/007_x.md", 1),
    ]
    assert [one["path"] for one in body["left"]] == ["memory/design/009_y.md"]


def test_what_a_terminal_must_not_see(draft: Draft, folder: Path) -> None:
    """Control characters of a file are not printed."""
    (folder / "009_y.md").write_text("\x1b[31m007_x.md\x07\n")

    ran = draft("renumber", "7", "--dry-run")

    assert "\x1b" not in ran.out
    assert "\x07" not in ran.out


def test_a_name_alone_is_changed_unasked(draft: Draft, folder: Path) -> None:
    """Where nothing refers to a document, its new name is said and nothing is asked or counted."""
    (folder / "012_alone.md").write_text("# Alone\n\nNothing refers to this.\n")
    ran = draft("renumber", "12", "20")

    assert (ran.code, ran.out) == (0, "memory/design/020_alone.md\n")
    assert ran.err == "memory/design/012_alone.md -> memory/design/020_alone.md\n"


def test_what_would_be_rewritten_is_not_without_an_answer(draft: Draft, folder: Path) -> None:
    """Without a terminal more than a name is refused, and it is said what it would have been."""
    before = names(folder)
    ran = draft("renumber", "7")

    assert (ran.code, names(folder)) == (2, before)
    assert "3 places in 3 files would be rewritten, and there is no terminal" in ran.err
    assert "--yes" in ran.err
