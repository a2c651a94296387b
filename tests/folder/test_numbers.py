"""Slugs, names and habits of a folder; numbers on branches and worktrees."""

import os
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import DraftError, Exit
from assistant.folder.elsewhere import look_elsewhere, read_blobs
from assistant.folder.numbers import (
    LARGEST_NUMBER,
    NameStyle,
    NumberedEntry,
    detect_style,
    list_entries,
    make_file_name,
    parse_name,
    slugify_title,
    strip_number,
    survey_folder,
)
from assistant.repo.git import find_position, identify_folder

NAMES = st.one_of(
    st.from_regex(r"[0-9]{0,8}[-_. ]{0,2}[a-zA-Z0-9_. -]{0,12}(\.md|\.MD|\.png|)", fullmatch=True),
    st.from_regex(r"[0-9]{3,5}[-_.][0-9]{2}[-_.][0-9]{2,3}(-x|)(\.md|\.txt|)", fullmatch=True),
).filter(lambda name: name not in {"", ".", ".."})


def git(where: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(where), *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "A",
        "GIT_AUTHOR_EMAIL": "a@example.com",
        "GIT_COMMITTER_NAME": "A",
        "GIT_COMMITTER_EMAIL": "a@example.com",
    }.items():
        monkeypatch.setenv(name, value)
    root = tmp_path / "repository"
    (root / "docs of design").mkdir(parents=True)
    git(root, "init", "-q", "-b", "main")
    put(root, "001_first.md")
    return root


def put(root: Path, name: str) -> None:
    (root / "docs of design" / name).write_text("x")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", name)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("login timeout", "login_timeout"),
        ("R&D", "r_d"),
        ("数据库迁移", "数据库迁移"),
        ("../../etc", "etc"),
        ("a | b", "a_b"),
        ("🎉🎉", "untitled"),
        ("?!", "untitled"),
        ("", "untitled"),
        ("CON", "con_file"),
        ("com1", "com1_file"),
        ("a\u202eb\u0000c\nd", "a_b_c_d"),
        ("\u3164", "untitled"),
        ("ﬁle №5", "file_no5"),
        ("नमस्ते दुनिया", "नमस्ते_दुनिया"),
        ("a \u0301 b", "a_b"),
        ("\u0301", "untitled"),
        ("word " * 40, "_".join(["word"] * 12)),
        ("x" * 300, "x" * 60),
        ("数" * 300, "数" * 50),
    ],
)
def test_titles_become_readable_names(title: str, expected: str) -> None:
    """A title's letters and digits are kept in any script, and nothing else is."""
    assert expected == slugify_title(title)


def test_a_word_is_cut_only_where_it_must() -> None:
    """A title that is too long ends with a whole word."""
    assert slugify_title("an extraordinarily long title about " + "s" * 40) == (
        "an_extraordinarily_long_title_about"
    )


@given(st.text(), st.sampled_from(["_", "-", " "]), st.booleans())
def test_slugs_are_always_safe_names(title: str, separator: str, lower: bool) -> None:  # noqa: FBT001
    """A slug is never empty, holds only what is safe, keeps its bounds, and is its own slug."""
    made = slugify_title(title, separator, lower=lower)

    assert made
    assert len(made.encode()) <= 155
    assert len(made) <= 65
    kinds = {unicodedata.category(one)[0] for one in made.replace(separator, "")}
    assert kinds <= {"L", "N", "M"}
    assert made == made.strip(separator)
    assert separator * 2 not in made
    assert slugify_title(made, separator, lower=lower) == made


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("001_x.md", 1),
        ("0001-x.md", 1),
        ("7-x.md", 7),
        ("1000_x.md", 1000),
        ("12.md", 12),
        ("001 - A title.md", 1),
        ("0005-foo", 5),
        ("2024-roadmap.md", 2024),
        ("001_x.MD", 1),
        ("README.md", None),
        ("template.md", None),
        ("2024-01-01-notes.md", None),
        ("2024_01_01.md", None),
        ("20240101-notes.md", None),
        ("003_diagram.png", None),
        ("3D-model.md", None),
        ("001_x.md~", None),
        (".001_x.md.swp", None),
        ("٣_x.md", None),
    ],
)
def test_names_have_numbers_or_none(name: str, number: int | None) -> None:
    """A document's name has the number it starts with; dates, images and other files have none."""
    entry = parse_name(name)

    assert number == (entry.number if entry else None)


def test_everything_that_stands_there_counts(tmp_path: Path) -> None:
    """Folders and symbolic links, broken ones too, take a number like any document."""
    (tmp_path / "0005-foo").mkdir()
    (tmp_path / "0006-foo.d").mkdir()
    (tmp_path / "0007-gone.md").symlink_to("nowhere")
    (tmp_path / "0001-x.md").touch()
    (tmp_path / "2024-01-01-notes.md").touch()

    assert tuple(entry.number for entry in list_entries(tmp_path)) == (1, 5, 6, 7)
    assert survey_folder(tmp_path).highest == 7


@given(st.sets(NAMES, max_size=12))
def test_the_quick_pass_agrees_with_the_careful_one(names: set[str]) -> None:
    """The highest number of a survey is the highest number of the listing."""
    import tempfile  # noqa: PLC0415  # a fresh folder for every example

    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for name in names:
            (folder / name).touch()
        found = survey_folder(folder)

        entries = list_entries(folder)
        assert found.highest == max((entry.number for entry in entries), default=0)
        assert found.style == detect_style(entries)


def entries(*names: str) -> tuple[NumberedEntry, ...]:
    return tuple(entry for name in names if (entry := parse_name(name)))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((), "001_two_words.md"),
        (("0001-use-x.md", "0002-use-y.md", "3_z.md"), "0010-two-words.md"),
        (("7-x.md", "8-y.md"), "10-two-words.md"),
        (("01-x.md", "02-y.md", "10-z.md", "11-z.md", "12-z.md"), "10-two-words.md"),
        (("1000_x.md", "1001_y.md"), "010_two_words.md"),
        (("001-login_timeout.md",), "010-two_words.md"),
        (("001 - Some Title.md",), "010 - Two Words.md"),
        (("001-Use-Postgres.md", "002-Use-Kafka.md"), "010-Two-Words.md"),
        (("0001.md",), "0010_two_words.md"),
        (("001_Use_Kafka.md", "002_USE_REDIS.md", "003_RUN_LATER.md"), "010_TWO_WORDS.md"),
    ],
)
def test_new_names_follow_the_folder(names: tuple[str, ...], expected: str) -> None:
    """The commonest separator, width and casing of a folder are those of its next document."""
    number = 10 if names else 1

    assert expected == make_file_name(number, "Two Words", detect_style(entries(*names)))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("001_X.md", "002_Y.md"), "010_the_API_can_t_wait.md"),
        (("001-Use-Kafka.md", "002-Redis.md"), "010-The-API-Can-t-Wait.md"),
        (("001 Use kafka.md", "002 Redis.md"), "010 the API can t wait.md"),
        (("001_USE_KAFKA.md", "002_ADR.md"), "010_THE_API_CAN_T_WAIT.md"),
        (("001_数据.md", "002_Use_数据.md", "003_Use_Kafka.md"), "010_The_API_Can_t_Wait.md"),
    ],
)
def test_new_names_are_capitalized_as_the_folder_does(
    names: tuple[str, ...], expected: str
) -> None:
    """A title gets the capitals that the folder's names agree on, and else keeps its own."""
    assert expected == make_file_name(10, "the API can't wait", detect_style(entries(*names)))


@given(st.integers(1, LARGEST_NUMBER), st.text(max_size=80), st.lists(NAMES, max_size=4))
def test_a_new_name_is_read_back(number: int, title: str, names: list[str]) -> None:
    """Whatever title and style, the number that a new name is given is the one it is read with."""
    made = make_file_name(number, title, detect_style(entries(*names)))

    entry = parse_name(made)
    assert entry is not None
    assert entry.number == number


def test_numbers_come_to_an_end() -> None:
    """Beyond seven digits, which would not be read back, there is a clear error."""
    with pytest.raises(DraftError) as caught:
        make_file_name(LARGEST_NUMBER + 1, "x", NameStyle())

    assert caught.value.exit_code == Exit.FILE


def test_other_branches_are_looked_at(repository: Path) -> None:
    """Numbers on other branches, remote-tracking ones too, are found with their branch's name."""
    git(repository, "checkout", "-q", "-b", "side/one")
    put(repository, "007_side.md")
    git(repository, "update-ref", "refs/remotes/origin/far", "HEAD")
    git(repository, "checkout", "-q", "main")
    git(repository, "branch", "-q", "empty", "main")

    found = look_elsewhere(repository / "docs of design")

    assert found.note == ""
    assert found.highest == 7
    side = next(taken for taken in found.taken if taken.number == 7)
    assert side.name == "007_side.md"
    assert side.where in {"side/one", "origin/far"}


def test_one_git_process_looks_at_all_branches(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many branches and worktrees there are, git is started once."""
    for one in range(8):
        git(repository, "checkout", "-q", "-b", f"b{one}", "main")
        put(repository, f"{one + 10:03}_x.md")
    git(repository, "worktree", "add", "-q", "--detach", str(tmp_path / "other"))
    real, log = shutil.which("git"), tmp_path / "log"
    counting = tmp_path / "bin" / "git"
    counting.parent.mkdir()
    counting.write_text(f'#!/bin/sh\necho "$@" >> "{log}"\nexec {real} "$@"\n')
    counting.chmod(0o755)
    monkeypatch.setenv("PATH", f"{counting.parent}{os.pathsep}{os.environ['PATH']}")

    found = look_elsewhere(repository / "docs of design")

    assert [taken.number for taken in found.taken] == [1, *range(10, 18)]
    assert len(log.read_text().splitlines()) == 1


def test_a_repository_whose_refs_git_alone_reads(repository: Path) -> None:
    """Where refs are not kept in files, git is asked for them."""
    git(repository, "checkout", "-q", "-b", "side")
    put(repository, "007_side.md")
    git(repository, "checkout", "-q", "main")
    (repository / ".git" / "reftable").mkdir()

    assert look_elsewhere(repository / "docs of design").highest == 7


def test_what_other_branches_hold_is_read(repository: Path) -> None:
    """The content of a document on another branch is there for whoever compares."""
    git(repository, "checkout", "-q", "-b", "side")
    put(repository, "007_side.md")
    git(repository, "checkout", "-q", "main")
    folder = repository / "docs of design"
    blob = next(taken.blob for taken in look_elsewhere(folder).taken if taken.number == 7)

    assert read_blobs(folder, [blob, "0" * 40]) == {blob: b"x"}
    assert read_blobs(folder.parent.parent, [blob]) == {}


def test_other_worktrees_are_looked_at(repository: Path, tmp_path: Path) -> None:
    """Other worktrees' folders are named, detached ones' commits are read, the lock is shared."""
    other = tmp_path / "other"
    git(repository, "worktree", "add", "-q", "--detach", str(other))
    put(other, "008_committed.md")

    found = look_elsewhere(repository / "docs of design")

    assert found.worktrees == (other / "docs of design",)
    assert found.highest == 8
    assert identify_folder(repository / "docs of design") == identify_folder(
        other / "docs of design"
    )


@pytest.mark.parametrize("kind", ["folder", "empty repository", "not there yet"])
def test_nothing_elsewhere(kind: str, tmp_path: Path) -> None:
    """A folder in no repository, or in one without a commit, has no numbers elsewhere."""
    folder = tmp_path / "docs" if kind == "not there yet" else tmp_path
    if kind == "empty repository":
        git(tmp_path, "init", "-q")

    found = look_elsewhere(folder)

    assert (found.taken, found.worktrees, found.note) == ((), (), "")


def test_the_root_of_a_repository_is_a_folder_too(repository: Path) -> None:
    """Documents beside `.git` itself have their numbers on other branches found."""
    (repository / "012_top.md").touch()
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "top")

    assert look_elsewhere(repository).highest == 12


def test_without_git_it_goes_on_with_a_note(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where git is not installed, one sentence says what was not looked at."""
    monkeypatch.setenv("PATH", "")

    found = look_elsewhere(repository / "docs of design")

    assert "git is not installed" in found.note


def test_a_slow_git_is_not_waited_for(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A git that hangs costs no more than the time it was given."""
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow.parent}{os.pathsep}{os.environ['PATH']}")

    found = look_elsewhere(repository / "docs of design", seconds=0.3)

    assert "took longer than 0.3 s" in found.note


def test_a_broken_repository_is_a_note(tmp_path: Path) -> None:
    """A `.git` that git does not accept is reported, and does not stop anything."""
    (tmp_path / ".git").write_text("gitdir: nowhere\n")

    assert "were not looked at" in look_elsewhere(tmp_path).note
    assert find_position(tmp_path) is not None


@pytest.mark.parametrize(
    ("title", "name", "expected"),
    [
        ("001 - Login rate limit", "001_a.md", "Login rate limit"),
        ("001 Login", "001_a.md", "Login"),
        ("1. Login", "0001-a.md", "Login"),
        ("ADR-0023: Use it", "0023-a.md", "Use it"),
        ("ADR 23 Use it", "0023-a.md", "Use it"),
        ("7 days", "007_a.md", "7 days"),
        ("7-day limit", "7_a.md", "7-day limit"),
        ("2.5 times", "2_a.md", "2.5 times"),
        ("002 Other", "001_a.md", "002 Other"),
        ("001", "001_a.md", "001"),
        ("001 - One", "a.md", "001 - One"),
    ],
)
def test_title_without_its_own_number(title: str, name: str, expected: str) -> None:
    """A title loses the number that its file has, and no other."""
    assert strip_number(title, parse_name(name)) == expected
