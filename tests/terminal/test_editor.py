"""`--edit`: the person's editor on the saved document, whatever is wrong with the editor."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.terminal.pager import find_editor, format_open_command, split_editor_command
from tests.support.paths import ROOT, SMALL
from tests.support.program import Draft
from tests.support.scripted import ScriptedServer, plausible

OPEN = """\
import os, sys
from pathlib import Path
from assistant.terminal.pager import open_document
from assistant.terminal.report import Manner
sys.exit(not open_document(Path(sys.argv[1]), os.environ, Manner()))
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it has no such terminals")


def opened(path: Path, *, pipe: bool = False, **environ: str) -> tuple[int, str]:
    """Open a document on a terminal: whether it failed, and what the terminal shows.

    With `pipe`, standard output goes elsewhere.
    """
    ours, theirs = os.openpty()
    base = {name: said for name, said in os.environ.items() if name not in ("VISUAL", "EDITOR")}
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(path)], stdin=theirs, stderr=theirs,
        stdout=subprocess.PIPE if pipe else theirs, check=False,
        env=base | {"PYTHONPATH": str(ROOT), "COLUMNS": "300", "NO_COLOR": "1"} | environ,
    )  # fmt: skip
    os.close(theirs)
    assert not done.stdout
    shown = b""
    while True:
        try:
            part = os.read(ours, 65_536)
        except OSError:  # Linux says so that nobody is left to write
            break
        if not part:
            break
        shown += part
    os.close(ours)
    return done.returncode, shown.decode()


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A document whose name has a blank."""
    path = tmp_path / "001 x.md"
    path.write_text("# X\n")
    return path


def test_an_editor_with_arguments(document: Path) -> None:
    """An editor is words as a shell has them, and gets the document as its last one."""
    assert opened(document, EDITOR="""sh -c 'echo "edited $1" >> "$1"' editor""") == (0, "")
    assert document.read_text() == f"# X\nedited {document}\n"


@pytest.mark.parametrize("pipe", [False, True])
def test_the_editor_gets_the_terminal(document: Path, *, pipe: bool) -> None:
    """An editor has the terminal to write on, also where our own output is piped elsewhere."""
    code, shown = opened(document, pipe=pipe, EDITOR="sh -c 'test -t 0 && test -t 1 && echo here'")

    assert (code, shown) == (0, "here\r\n")


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, "no editor is named"),
        ({"EDITOR": " "}, "no editor is named"),
        ({"EDITOR": "no-such-editor -w"}, "EDITOR is `no-such-editor -w`, which cannot be started"),
        ({"VISUAL": "/"}, "VISUAL is `/`, which cannot be started"),
        ({"EDITOR": "vi 'x"}, "EDITOR is `vi 'x`, which cannot be started"),
        ({"EDITOR": "''"}, "EDITOR is `''`, which cannot be started"),
        ({"EDITOR": "false"}, "the editor (false) ended with code 1"),
    ],
)
def test_an_editor_that_is_none(environ: dict[str, str], words: str, document: Path) -> None:
    """Whatever is wrong with an editor is one warning, with what to set where that helps."""
    code, shown = opened(document, pipe=False, **environ)

    assert code == 1
    assert f"warning: {words}" in shown
    assert "export EDITOR=" in shown or "ended with code" in shown
    assert shown.count("\n") == 1
    assert document.read_text() == "# X\n"


def test_visual_comes_first() -> None:
    """VISUAL is asked before EDITOR, but on a terminal that only prints lines, as git has it."""
    both = {"VISUAL": "code -w", "EDITOR": "ed"}

    assert find_editor(both) == ("VISUAL", "code -w")
    assert find_editor(both | {"TERM": "dumb"}) == ("EDITOR", "ed")
    assert find_editor({}) == ("", "")


def test_a_command_to_open_a_document() -> None:
    """What opens a document can be typed, whatever its name has in it."""
    assert shlex.split(format_open_command("a b.md", {"EDITOR": "nano -w"})) == [
        "nano",
        "-w",
        "a b.md",
    ]
    assert format_open_command("x.md", {}).endswith(" x.md")


def test_an_editor_that_is_none_changes_no_exit_code(
    draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A draft that is saved is done, whether or not it could be opened."""
    where = ("--model", "tiny", "--template", str(SMALL))
    with ScriptedServer(plausible) as server:
        monkeypatch.setenv("EDITOR", "no-such-editor")
        ran = draft("login timeout", "--edit", "--base-url", server.url, *where)
        monkeypatch.delenv("EDITOR")
        more = draft("login timeout", "--edit", "--base-url", server.url, *where)

    assert (ran.code, more.code) == (0, 0)
    assert ran.out == "memory/design/001_login_timeout.md\n"
    assert "note: there is no terminal to edit on" in ran.err
    assert "warning: no editor is named" in more.err


@pytest.mark.parametrize("word", ["--diff", "--dry-run", "--json"])
def test_a_fill_that_saves_nothing_is_not_edited(word: str, draft: Draft) -> None:
    """--edit of a fill that saves nothing is wrong usage."""
    ran = draft("fill", "1", "--edit", word)

    assert (ran.code, "--edit" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("code --wait", ["code", "--wait"]),
        ("~/bin/ed -n", ["/home/me/bin/ed", "-n"]),
        ("$TOOLS/ed", ["/opt/tools/ed"]),
        ("'/opt/my tools/ed' -n", ["/opt/my tools/ed", "-n"]),
        ("ed; rm x", ["ed;", "rm", "x"]),
    ],
)
def test_the_words_of_an_editor(
    said: str, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An editor's command has arguments, quotes, a home and variables; nothing in it is run."""
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("TOOLS", "/opt/tools")

    assert split_editor_command(said, windows=False) == words


def test_the_words_of_an_editor_on_windows() -> None:
    """There a backslash parts folders, and quotes around a path with blanks are left out."""
    said = r'"C:\Program Files\Ed\ed.exe" -n'

    assert split_editor_command(said, windows=True) == [r"C:\Program Files\Ed\ed.exe", "-n"]


def test_a_path_with_blanks_that_nobody_quoted(document: Path, tmp_path: Path) -> None:
    """An editor whose path has blanks is started, if it is there, and shown as it can be typed."""
    editor = tmp_path / "my bin" / "ed it"
    editor.parent.mkdir()
    editor.write_text('#!/bin/sh\necho "edits $1"\n')
    editor.chmod(0o755)

    assert opened(document, EDITOR=str(editor)) == (0, f"edits {document}\r\n")
    shown = format_open_command("a.md", {"EDITOR": str(editor)})
    assert shlex.split(shown) == [str(editor), "a.md"]


def test_an_editor_that_is_killed(document: Path, tmp_path: Path) -> None:
    """An editor that something stopped has the signal's name in the warning, and no number."""
    editor = tmp_path / "dies"
    editor.write_text("#!/bin/sh\nkill -9 $$\n")
    editor.chmod(0o755)

    failed, shown = opened(document, EDITOR=str(editor))

    assert failed
    assert "was stopped (SIGKILL)" in shown


@pytest.mark.parametrize("said", ["'ed it", '"', "vi"])
def test_what_is_shown_can_be_typed(said: str) -> None:
    """The command for opening a document is one that a shell takes, whatever EDITOR says."""
    assert shlex.split(format_open_command("-a b.md", {"EDITOR": said}))[-1] == "./-a b.md"
