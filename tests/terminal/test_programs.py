"""The programs on a person's terminal: an editor after `--edit`, and a pager for long results."""

import io
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.lint.registry import RULES
from assistant.terminal import programs
from assistant.terminal.programs import find_editor, format_open_command, split_editor_command
from tests.support.paths import ROOT, SMALL
from tests.support.program import Draft
from tests.support.scripted import ScriptedServer, plausible
from tests.support.typist import Shown, in_terminal

OPEN = """\
import os, sys
from pathlib import Path
from assistant.terminal.programs import open_document
from assistant.terminal.report import OutputStyle
sys.exit(not open_document(Path(sys.argv[1]), os.environ, OutputStyle()))
"""
SIZE = (100, 20)
LAST = list(RULES)[-1]
Page = Callable[..., Shown]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it has no such terminals")


def opened(path: Path, *, pipe: bool = False, **environ: str) -> tuple[int, str]:
    """Open a document on a terminal: whether it failed, and what the terminal shows.

    With `pipe`, standard output goes elsewhere.
    """
    ours, theirs = os.openpty()
    base = {name: said for name, said in os.environ.items() if name not in ("VISUAL", "EDITOR")}
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(path)],
        stdin=theirs,
        stderr=theirs,
        stdout=subprocess.PIPE if pipe else theirs,
        check=False,
        env=base | {"PYTHONPATH": str(ROOT), "COLUMNS": "300", "NO_COLOR": "1"} | environ,
    )
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


@pytest.fixture
def page(tmp_path: Path) -> Page:
    """The list of all rules on a terminal that it does not fit on, with a pager of a test's own.

    It writes what it got to a file, and ends as it is told.
    """

    def run(*words: str, code: int = 0, size: tuple[int, int] = SIZE, **environ: str) -> Shown:
        own = tmp_path / "own-pager"
        own.write_text(f"#!/bin/sh\necho paged; cat > {tmp_path}/got; exit {code}\n")
        own.chmod(0o755)
        named = {"PAGER": str(own), **environ}
        return in_terminal(tmp_path, *(words or ("check", "--list")), environ=named, size=size)

    return run


def test_a_long_text_is_paged(page: Page, tmp_path: Path) -> None:
    """A text that does not fit goes to the pager, whole, and nowhere else."""
    shown = page()

    assert (shown.code, shown.text) == (0, "paged\r\n")
    got = (tmp_path / "got").read_text("utf-8")
    assert [line.split()[0] for line in got.splitlines() if line[0] == "D"] == list(RULES)


@pytest.mark.parametrize("words", [("check", "--explain", "D104"), ("--dry-run", "a bug")])
def test_what_is_paged(words: tuple[str, ...], page: Page, tmp_path: Path) -> None:
    """A rule's page, on a small terminal, and a rehearsal go the same way."""
    server = ("--base-url", "http://127.0.0.1:9/v1", "--model", "x") if "--dry-run" in words else ()

    assert "paged" in page(*words, *server, size=(40, 4)).text
    assert (tmp_path / "got").exists()


@pytest.mark.parametrize(
    "environ",
    [
        {"PAGER": ""},
        {"PAGER": "cat"},
        {"PAGER": "/nowhere/pager --option"},
        {"PAGER": "no-such-pager"},
        {"PAGER": "no-such-pager $OPTIONS"},
        {"PAGER": "less '"},
        {"PAGER": "false"},
        {"PAGER": "."},
        {"TERM": "dumb"},
        {"DRAFT_PAGER": "cat"},
        {"DRAFT_PAGER": ""},
    ],
)
def test_no_pager(environ: dict[str, str], page: Page) -> None:
    """Without a pager, or with one that can't be started, the text is printed, with code 0."""
    shown = page(**environ)

    assert shown.code == 0
    assert f"\n{LAST}  " in shown.text
    assert "paged" not in shown.text


def test_a_pager_that_fails(page: Page) -> None:
    """What a pager that ends with an error may not have shown is printed."""
    shown = page(code=1)

    assert shown.code == 0
    assert f"\n{LAST}  " in shown.text


@pytest.mark.parametrize(("how", "printed"), [("SEGV", True), ("ABRT", True), ("TERM", False)])
@pytest.mark.parametrize("through", ["", "sh -c "])
def test_a_pager_that_a_signal_ends(
    how: str,
    printed: bool,  # noqa: FBT001
    through: str,
    page: Page,
    tmp_path: Path,
) -> None:
    """What a pager that crashes may not have shown is printed; one that somebody ended was seen."""
    crash = tmp_path / "crash"
    crash.write_text(f"#!/bin/sh\nkill -{how} $$\n")
    crash.chmod(0o755)
    shown = page(PAGER=f"{through}{crash}")

    assert shown.code == 0
    assert (f"\n{LAST}  " in shown.text) is printed


def test_a_screenful_is_not_paged(page: Page) -> None:
    """A text that fits on the screen is printed there, and so is JSON, whatever its length."""
    assert "paged" not in page(size=(200, 200)).text
    assert "paged" not in page("check", "--list", "--json").text


def test_into_a_pipe(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no terminal gets the text as it is, one line for each rule."""
    monkeypatch.setenv("PAGER", "false")

    assert len(draft("check", "--list").out.splitlines()) == len(RULES)


@pytest.mark.parametrize("command", ["head -n 1", "exec <&-; echo closed; exit 0"])
def test_an_early_end(command: str, page: Page) -> None:
    """Who closes the pager before the end has seen enough: that is no error."""
    shown = page(PAGER=command)

    assert (shown.code, len(shown.text.splitlines())) == (0, 1)


@pytest.mark.skipif(shutil.which("less") is None, reason="no such shell here: less")
def test_less(tmp_path: Path) -> None:
    """The pager that nobody named is less, which ends with q and leaves the code alone."""
    shown = in_terminal(tmp_path, "check", "--list", environ={}, keys="q", size=SIZE)

    assert shown.code == 0
    assert f"\n{LAST}  " not in shown.text


def test_shared_with_others() -> None:
    """A variable of draft's own speaks first; less is told what it is told by git."""
    stream = io.StringIO()
    stream.isatty = lambda: True  # type: ignore[method-assign]
    path = {"PATH": "/usr/bin:/bin"}

    assert programs.choose_pager(stream, {"PAGER": "sh -c x", **path}) == ["sh", "-c", "x"]
    assert programs.choose_pager(stream, {"PAGER": "a | b", **path}) == ("sh", "-c", "a | b")
    assert programs.choose_pager(stream, {"DRAFT_PAGER": "sh", "PAGER": "cat", **path}) == ["sh"]
    assert programs.choose_pager(None, {"PAGER": "sh", **path}) == ()


def test_settings(page: Page, tmp_path: Path) -> None:
    """A person's own settings of less are kept."""

    def told(**environ: str) -> str:
        page(PAGER=f'echo "<$LESS>" > {tmp_path}/less; cat', **environ)
        return (tmp_path / "less").read_text().strip()

    assert told() == "<FRX>"
    assert told(LESS="S") == "<S>"


def test_interrupting_is_the_pagers(tmp_path: Path) -> None:
    """Ctrl-C while a pager shows something is not the end of the program."""
    before = signal.getsignal(signal.SIGINT)
    shown = in_terminal(
        tmp_path,
        "check",
        "--list",
        size=SIZE,
        environ={"PAGER": "trap '' INT; cat > /dev/null; kill -INT 0; echo over"},
    )

    assert (shown.code, "over" in shown.text) == (0, True)
    assert signal.getsignal(signal.SIGINT) == before
