"""`draft list`."""

import contextlib
import io
import json
import os
import re
from pathlib import Path

import pytest

from assistant.commands import list as list_command
from assistant.text import measure_width
from tests.support.program import Draft

TEMPLATE = (
    "# [Name]\n\n- **Status:** [Draft | In Review | Done]\n- **Created:** \n- **Updated:** \n\n"
    "## Why\n\n## Open Questions\n"
)
HEADER = "NUMBER\tSTATUS\tTITLE\tCREATED\tUPDATED\tUNWRITTEN\tQUESTIONS"


def text(title: str, status: str, day: str, why: str = "", questions: str = "None known.") -> str:
    return (
        f"# {title}\n\n- **Status:** {status}\n- **Created:** 2026-01-{day}\n- **Updated:** \n\n"
        f"## Why\n{why}\n\n## Open Questions\n{questions}\n"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three documents in the folder where documents are."""
    (tmp_path / ".draft.toml").write_text('template = "t.md"\n')
    (tmp_path / "t.md").write_text(TEMPLATE)
    made = tmp_path / "memory" / "design"
    made.mkdir(parents=True)
    (made / "001_b.md").write_text(text("Bees", "Done", "03", "Honey, STRASSE and\nwax."))
    (made / "002_a.md").write_text(text("Ants", "Draft", "02", questions="- Who?\n- When?"))
    (made / "010_c.md").write_text(text("蜜蜂 and cats", "In Review", "01", "Fur."))
    return made


def numbers(out: str) -> list[str]:
    return [line.split("\t")[0] for line in out.splitlines()[1:]]


def test_a_line_for_each_document(draft: Draft, folder: Path) -> None:
    """Into a pipe: a header, then tabs between the columns; nothing else is said."""
    (folder / "README.md").write_text("# Not one\n")

    done = draft("list")

    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        HEADER,
        "001\tDone\tBees\t2026-01-03\t\t0\t0",
        "002\tDraft\tAnts\t2026-01-02\t\t1\t2",
        "010\tIn Review\t蜜蜂 and cats\t2026-01-01\t\t0\t0",
    ]
    assert draft("list") == done


def test_terminal_gets_columns(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal columns line up, wide characters counted, and no line is too long."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    (folder / "002_a.md").write_text(text("Ants " * 30, "Draft", "02"))
    out = Terminal(io.BytesIO(), "utf-8")

    with contextlib.redirect_stdout(out):
        list_command.run_list(list_command.ListOptions())

    lines = out.buffer.getvalue().decode().splitlines()  # type: ignore[attr-defined]
    head = lines[0].split()
    assert head == ["NUMBER", "STATUS", "TITLE", "UPDATED", "UNWRITTEN", "QUESTIONS"]
    assert len({measure_width(line) for line in lines}) == 1
    assert all(measure_width(line) <= 80 for line in lines)
    assert "Ants\u2026 " in lines[2]


def test_terminal_gets_colours(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The head and the numbers stand out; without the colours the lines are the same."""
    monkeypatch.chdir(tmp_path)
    shown: list[str] = []
    for term in ("xterm", "dumb"):
        monkeypatch.setenv("TERM", term)
        out = Terminal(io.BytesIO(), "utf-8")
        with contextlib.redirect_stdout(out):
            list_command.run_list(list_command.ListOptions())
        shown.append(out.buffer.getvalue().decode())  # type: ignore[attr-defined]

    painted, plain = shown
    assert painted.startswith("\x1b[1mNUMBER")
    assert "\x1b[36m   001\x1b[0m " in painted
    assert re.sub(r"\x1b\[\d*m", "", painted) == plain
    assert folder.is_dir()


class Terminal(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), ["001", "002", "010"]),
        (("--reverse",), ["010", "002", "001"]),
        (("--sort", "title"), ["002", "001", "010"]),
        (("--sort", "STATUS"), ["002", "010", "001"]),
        (("--sort", "created"), ["010", "002", "001"]),
        (("--sort", "questions"), ["001", "010", "002"]),
        (("--sort", "unwritten", "--reverse"), ["002", "010", "001"]),
        (("--status", "dOnE"), ["001"]),
        (("--status", "in review", "--status", "draft"), ["002", "010"]),
        (("--search", "bEES"), ["001"]),
        (("--search", "straße  and wax"), ["001"]),
        (("--search", "蜜"), ["010"]),
        (("--search", "who?", "--status", "draft"), ["002"]),
    ],
)
@pytest.mark.usefixtures("folder")
def test_sorted_and_chosen(draft: Draft, words: tuple[str, ...], expected: list[str]) -> None:
    """Documents are sorted by a column, and chosen by status and by what they say, case aside."""
    assert numbers(draft("list", *words).out) == expected


@pytest.mark.usefixtures("folder")
def test_nothing_that_fits_is_said(draft: Draft) -> None:
    """No document with that status: nothing on stdout, the statuses that there are on stderr."""
    done = draft("list", "--status", "rejected")

    assert (done.code, done.out) == (0, "")
    assert done.err == ("none of 3 documents is rejected; their statuses: Done, Draft, In Review\n")


@pytest.mark.usefixtures("folder")
def test_a_search_in_vain_speaks_of_the_words(draft: Draft) -> None:
    """Of statuses nothing is said to who asked for none."""
    assert draft("list", "--search", "outbox").err == 'none of 3 documents has "outbox"\n'
    both = draft("list", "--search", "out  box", "--status", "done", "--status", "draft").err
    assert both.startswith('none of 3 documents is done or draft and has "out box"; their')


def test_empty_folder_says_so(draft: Draft, tmp_path: Path) -> None:
    """A folder without documents is no error."""
    (tmp_path / "memory" / "design").mkdir(parents=True)

    done = draft("list")

    assert (done.code, done.out) == (0, "")
    assert done.err == "no documents in memory/design\n"
    assert json.loads(draft("list", "--json").out)["documents"] == []


def test_missing_folder_is_an_error(draft: Draft) -> None:
    """A folder that is not there is said to be missing."""
    done = draft("list", "--dir", "none")

    assert done.code == 4
    assert "no such folder" in done.err


@pytest.mark.usefixtures("folder")
def test_no_such_column(draft: Draft) -> None:
    """A column that there is not is wrong usage, and all are named."""
    done = draft("list", "--sort", "size")

    assert done.code == 2
    assert "unwritten" in done.err


def test_json_has_all_of_it(draft: Draft, folder: Path) -> None:
    """Each document with its path, numbers as numbers, and null for what is not known."""
    (folder / "011_x.md").symlink_to("gone.md")

    done = draft("list", "--json")

    found = json.loads(done.out)["documents"]
    assert found[1] == {
        "number": 2,
        "path": "memory/design/002_a.md",
        "title": "Ants",
        "status": "Draft",
        "created": "2026-01-02",
        "updated": "",
        "unwritten": 1,
        "questions": 2,
    }
    assert (found[3]["title"], found[3]["unwritten"]) == ("011_x.md", None)
    assert done.err.startswith("warning: memory/design/011_x.md: ")


def test_search_reads_no_unreadable_file(draft: Draft, folder: Path) -> None:
    """A file that cannot be read does not stop a search."""
    (folder / "011_x.md").symlink_to("gone.md")

    done = draft("list", "--search", "honey")

    assert (done.code, numbers(done.out)) == (0, ["001"])
    assert "011_x.md" in done.err


def test_terminal_codes_are_not_passed_on(draft: Draft, folder: Path) -> None:
    """A title or a name cannot move the cursor or colour the screen."""
    (folder / "003_x.md").write_text(text("A\x1b[2Jb", "Dr\x1b]0;x\x07aft", "01"))
    with open(os.fsencode(folder) + b"/004_\x1b[2J.md", "wb"):  # noqa: PTH123
        pass

    assert "\x1b" not in draft("list").out
