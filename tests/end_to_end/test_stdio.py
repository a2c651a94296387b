"""The standard streams: closed, full, blocked, or open the wrong way, for every command."""

import errno
import io
import json
import os
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer

from assistant.cli.app import app
from assistant.errors import DraftError, Exit
from assistant.terminal import streams as stdio
from tests.support.paths import ROOT, SMALL
from tests.support.program import saved
from tests.support.starter import Stream
from tests.support.starting import Starter, begun, heard

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="a shell's redirections are Unix's"),
]

CLOSED_IN, CLOSED_OUT, CLOSED_ERR = (0, "<", "-"), (1, ">", "-"), (2, ">", "-")
FULL_OUT, FULL_ERR = (1, ">", "/dev/full"), (2, ">", "/dev/full")
STREAMS: dict[str, tuple[Stream, ...]] = {
    "usual": (),
    "stdin closed": (CLOSED_IN,),
    "stdin for writing": ((0, ">", "/dev/null"),),
    "stdout closed": (CLOSED_OUT,),
    "stdout for reading": ((1, "<", "/dev/null"),),
    "stdout full": (FULL_OUT,),
    "stderr closed": (CLOSED_ERR,),
    "stderr for reading": ((2, "<", "/dev/null"),),
    "stderr full": (FULL_ERR,),
    "all closed": (CLOSED_IN, CLOSED_OUT, CLOSED_ERR),
    "stdout and stderr full": (FULL_OUT, FULL_ERR),
}
SAID = re.compile("^(?:error|warning|note|draft|hint): ", re.MULTILINE)  # for people
PROGRAM = (sys.executable, "-m", "assistant")
MODEL = ("--model", "tiny", "--template", str(SMALL))
# The command, and whether it has something to say on stdout.
COMMANDS = {
    "help": (("--help",), True),
    "version": (("--version",), True),
    "help of a command": (("fill", "--help"), True),
    "no command": ((), False),
    "no such option": (("--nonsense", "x"), False),
    "no such option, as JSON": (("--json", "--nonsense", "x"), True),
    "new": (("bug: login timeout", *MODEL), True),
    "new, from stdin": (("-", *MODEL), False),
    "new, as JSON": (("--json", "bug: login timeout", *MODEL), True),
    "new, to stdout": (("--output", "-", "bug: login timeout", *MODEL), True),
    "new, rehearsed": (("--dry-run", "bug: login timeout", *MODEL), True),
    "fill": (("fill", "2", "--hint", "logins that end", *MODEL), True),
    "fill, without a terminal": (("fill", "2", "--force", "--section", "Overview", *MODEL), False),
    "suggest": (("suggest", "1", "--model", "tiny"), True),
    "check": (("check",), True),
    "check, as JSON": (("check", "--json"), True),
    "check of nothing": (("check", "none.md"), False),
    "check's rules": (("check", "--list"), True),
    "list": (("list",), True),
    "status": (("status", "1", "in review"), True),
    "renumber": (("renumber", "1", "--yes"), True),
    "renumber, where nothing is asked": (("renumber", "2"), True),
    "index": (("index",), True),
    "init": (("init", "--dry-run"), True),
    "doctor": (("doctor", "--model", "tiny"), True),
    "help command": (("help", "fill"), True),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_meets_every_stream(command: str, starter: Starter, tmp_path: Path) -> None:
    """A stream that can't be used changes nothing but what is said; only a full stdout is 4."""
    words, speaks = COMMANDS[command]
    codes = {}
    for name, streams in STREAMS.items():
        project = begun(tmp_path / name)
        codes[name] = starter.run(project, streams, *words)
        out, err = heard(project)
        assert "Traceback" not in out + err, name
        assert "bug of ours" not in out + err, name
        assert not SAID.search(out), name

    usual = codes["usual"]
    full = {name for name in STREAMS if FULL_OUT in STREAMS[name]}
    assert usual in {Exit.DONE, Exit.FINDINGS, Exit.USAGE, Exit.FILE}
    assert codes == {name: Exit.FILE if name in full and speaks else usual for name in STREAMS}, (
        heard(tmp_path / "usual" / "project")
    )


def test_no_command_is_left_out() -> None:
    """Every command of the program meets the streams above."""
    tried = {words[0] for words, _ in COMMANDS.values() if words}

    assert {"new"} ^ set(typer.main.get_group(app).commands) <= tried


@pytest.mark.parametrize("streams", [(CLOSED_ERR,), (FULL_ERR,), (CLOSED_OUT,), (FULL_OUT,)])
def test_the_work_is_done(streams: tuple[Stream, ...], starter: Starter, tmp_path: Path) -> None:
    """A document is drafted and saved whoever can hear of it, and nothing but it is written."""
    project = begun(tmp_path)

    starter.run(project, streams, "bug: login timeout", *MODEL)

    made = project / "memory" / "design" / "004_login_timeout.md"
    assert made in saved(project)
    assert made.read_text("utf-8").startswith("# ")
    assert not SAID.search(made.read_text("utf-8"))


def test_a_full_stdout_is_said(starter: Starter, tmp_path: Path) -> None:
    """A result that can't be written is said in one line, once."""
    project = begun(tmp_path)

    assert starter.run(project, (FULL_OUT,), "list") == Exit.FILE

    assert heard(project)[1] == ("error: standard output: it cannot be written: the disk is full\n")


def test_a_reader_that_went_away(tmp_path: Path) -> None:
    """A closed pipe ends the program with 141, in silence, on stdout and on stderr."""
    for name, words in (("stdout", ("check", "--list")), ("stderr", ("list",))):
        read, write = os.pipe()
        os.close(read)
        process = subprocess.Popen(
            [*PROGRAM, *words],
            cwd=tmp_path,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=write if name == "stdout" else subprocess.PIPE,
            stderr=write if name == "stderr" else subprocess.PIPE,
        )
        os.close(write)
        said = [text for text in process.communicate() if text]
        assert (process.returncode, said) == (Exit.PIPE, [])


def test_a_pipe_that_does_not_wait(tmp_path: Path) -> None:
    """All of a long result arrives through a pipe that takes nothing while it is full."""
    folder = tmp_path / "memory" / "design"
    folder.mkdir(parents=True)
    for number in range(600):
        (folder / f"{number:03}_{'x' * 150}.md").write_text(f"# {'title ' * 20}\n", "utf-8")
    read, write = os.pipe()
    os.set_blocking(write, False)
    process = subprocess.Popen(
        [*PROGRAM, "list", "--json"],
        cwd=tmp_path,
        stdout=write,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        select.select([pipe], [], [])
        time.sleep(0.3)  # let it fill
        text = pipe.read()

    assert process.wait() == Exit.DONE
    assert len(json.loads(text)["documents"]) == 600


@pytest.mark.parametrize("shell", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-", ">/dev/full"])
def test_a_real_shell(shell: str, tmp_path: Path) -> None:
    """What the tests above imitate holds for a program that a shell has started so."""
    begun(tmp_path)
    ran = subprocess.run(
        ["sh", "-c", f'"$@" {shell}', "sh", *PROGRAM, "check", "none.md"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == Exit.FILE
    assert ran.stdout == ""
    assert ran.stderr.startswith("error: none.md: ") == ("2>&-" not in shell)


def test_a_standard_input_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Input that can't be read is said in words, with exit code 4."""

    class Broken(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, _: object) -> int:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(Broken())))

    with pytest.raises(DraftError) as caught:
        stdio.read_stdin()

    assert caught.value.exit_code == Exit.FILE
    assert str(caught.value) == "standard input: it cannot be read: input/output error"
    assert stdio.ask_question("Well? ") == ""


@pytest.fixture(scope="module")
def latin(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a Latin-1 locale, made here."""
    folder = tmp_path_factory.mktemp("locales")
    command = ["localedef", "-i", "de_DE", "-f", "ISO-8859-1", str(folder / "de_DE.ISO-8859-1")]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no locale can be made here")
    return {"LOCPATH": str(folder), "LC_ALL": "de_DE.ISO-8859-1"}


@pytest.mark.parametrize("place", ["C", "Latin-1"])
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_other_locales(
    place: str, encoding: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """In another locale names are UTF-8, results too, and words are what the locale says."""
    environ = request.getfixturevalue("latin") if place == "Latin-1" else {"LC_ALL": "C"}
    environ = environ | {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONPATH": str(ROOT)}
    folder = tmp_path / "memory" / "design"
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "memory" / "design" / "001_layers.md", folder / "001_größe.md")

    def run(*words: bytes) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*PROGRAM, *words],
            cwd=tmp_path,
            env={**os.environ, **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )

    checked = run(b"check", b"--fix", b"--json")
    said = run("bug: die Größe der Rechnung".encode(encoding), b"--dry-run", b"--model", b"tiny")

    findings = json.loads(checked.stdout.decode("utf-8"))["findings"]
    assert [path.name for path in folder.iterdir()] == ["001_größe.md"]
    assert {found["path"] for found in findings} == {"memory/design/001_größe.md"}
    assert "D506" not in {found["code"] for found in findings}  # a bad name
    if (place, encoding) == ("C", "latin-1"):
        assert said.returncode == Exit.USAGE
        assert b"no text in UTF-8" in said.stderr
    else:
        assert said.returncode == Exit.DONE, said.stderr
        assert "die Größe der Rechnung" in said.stdout.decode()


def test_a_terminal_of_another_encoding(latin: dict[str, str], tmp_path: Path) -> None:
    """What is said on a Latin-1 terminal is said in Latin-1; a file gets UTF-8."""
    import pty  # noqa: PLC0415  Unix has it

    ours, theirs = pty.openpty()
    environ = {**os.environ, **latin, "PYTHONPATH": str(ROOT)}
    words = [*PROGRAM, "check", "größe.md"]
    subprocess.run(words, cwd=tmp_path, env=environ, stderr=theirs, check=False)
    os.close(theirs)
    shown = os.read(ours, 4096)
    os.close(ours)
    written = subprocess.run(words, cwd=tmp_path, env=environ, capture_output=True, check=False)

    assert "größe.md".encode("latin-1") in shown
    assert "größe.md".encode() in written.stderr


def test_what_is_said_comes_at_once(tmp_path: Path) -> None:
    """A line on stderr is not held back until the end, into a pipe as well."""
    script = (
        "import os, sys; from assistant.terminal import streams; streams.prepare_streams(); "
        "print('said', file=sys.stderr); os._exit(0)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    assert ran.stderr == "said\n"
