"""What a person sees: the program in a terminal, against a slow server that also makes mistakes."""

import os
import re
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.paths import ROOT

pytest.importorskip("fcntl")  # a terminal of our own is POSIX's

from assistant.errors import Exit
from tests.support.paths import SMALL
from tests.support.scripted import (
    Reply,
    Request,
    Script,
    ScriptedServer,
    asked_schema,
    failure,
    is_brief,
    plausible,
)
from tests.support.terminal import Act, Recording, breaks, falls, record

pytestmark = pytest.mark.slow

SPINNER = set("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")
DELAY, RATE = 0.3, 80.0


def slow(request: Request) -> Reply:
    """A good answer, in its time."""
    return replace(plausible(request), delay=DELAY, rate=RATE)


def faulty() -> Script:
    """Slow answers; the first section is refused for two seconds, another is half an object."""
    seen: list[str] = []

    def script(request: Request) -> Reply:
        if is_brief(request):
            return slow(request)
        good = slow(request)
        if not seen:
            seen.append("limit")
            return replace(failure(429, "too many requests"), headers={"Retry-After": "2"})
        if len(seen) == 1 and asked_schema(request.body):
            seen.append("half of an object")
            return replace(good, text=good.text[: len(good.text) // 2])
        return good

    return script


Seen = Callable[..., Recording]


@pytest.fixture
def seen(tmp_path: Path) -> Seen:
    """The program in a terminal; `more` are variables that it has besides the usual ones."""

    def run(
        script: Script,
        *words: str,
        columns: int = 80,
        rows: int = 24,
        acts: tuple[Act, ...] = (),
        piped: str = "",
        **more: str,
    ) -> Recording:
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ["HOME"],
            "PYTHONPATH": str(ROOT),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "XTERM_VERSION": "no line breaks anew",
            "GIT_AUTHOR_NAME": "Ada",
            "XDG_STATE_HOME": str(tmp_path / "state"),
            **more,
        }
        work = tmp_path / "work"
        work.mkdir(exist_ok=True)
        shutil.copy(SMALL, work / "small.md")
        with ScriptedServer(script) as server:
            server_words = ["--base-url", server.url, "--model", "scripted"]
            return record(
                [sys.executable, "-m", "assistant", *words, *server_words],
                environ=environ,
                cwd=work,
                columns=columns,
                rows=rows,
                acts=acts,
                piped=piped,
            )

    return run


DRAFT = ("new", "login timeout", "--template", "small.md")


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_a_draft(seen: Seen, columns: int) -> None:
    """Each phase is shown, no count goes down, no word is broken, nothing stays behind.

    So it is through a wait that the server asked for, and through a repair. How often the picture
    moves is a matter of the machine: `benchmarks/screen.py` measures it.
    """
    recording = seen(faulty(), *DRAFT, columns=columns)

    frames = list(recording.frames())
    assert recording.code in {Exit.DONE, Exit.FINDINGS}, frames[-1].text
    assert not falls(frames)
    assert not breaks(frames)
    told = "\n".join(frame.text for frame in frames)
    for words in ("starting", "asking for the brief", "writing the brief", "the model reads"):
        assert words in told
    assert re.search(r"trying again in [12] s", told)
    assert "asking again for" in told
    assert re.search(r"\d/5", told)
    last = frames[-1]
    assert not set(last.text) & (SPINNER | set("━╸"))
    assert last.cursor[0] == 0
    assert "001_login_timeout.md" in last.text
    assert not last.lines[last.cursor[1]]


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, Exit.INTERRUPTED), (signal.SIGTERM, Exit.TERMINATED)]
)
def test_a_stop_leaves_the_terminal_as_it_was(
    seen: Seen, number: signal.Signals, code: Exit
) -> None:
    """Ctrl-C and SIGTERM take the picture away: the next line is the shell's, lines break again."""
    recording = seen(slow, *DRAFT, acts=(("/5", lambda terminal: terminal.kill(number)),))

    last = list(recording.frames())[-1]
    assert recording.code == code
    assert not set(last.text) & (SPINNER | set("━╸"))
    assert last.cursor[0] == 0
    assert b"\x1b[?25l" not in recording.written
    assert recording.written.rindex(b"\x1b[?7h") > recording.written.rindex(b"\x1b[?7l")


def test_a_kill_leaves_a_line_for_the_shell(seen: Seen) -> None:
    """Whatever ends the program, the cursor can be seen and stands on an empty line."""
    acts = (("/5", lambda terminal: terminal.kill(signal.SIGKILL)),)
    recording = seen(slow, *DRAFT, acts=acts)

    last = list(recording.frames())[-1]
    assert recording.code == -signal.SIGKILL
    assert last.cursor[0] == 0
    assert not last.lines[last.cursor[1]]
    assert b"\x1b[?25l" not in recording.written


def test_resize(seen: Seen) -> None:
    """Whatever size the terminal gets, the picture fits, and nothing of it stays behind."""
    sizes = ((40, 24), (20, 24), (100, 2), (100, 1), (12, 5), (90, 24))
    acts = tuple(
        ("/5" if size == sizes[0] else "\x1b[?7h", lambda terminal, s=size: terminal.resize(*s))
        for size in sizes
    )
    recording = seen(slow, *DRAFT, columns=100, acts=acts)

    frames = list(recording.frames())
    assert {frame.columns for frame in frames} == {size[0] for size in sizes} | {100}
    assert not falls(frames)
    assert not set(frames[-1].text) & (SPINNER | set("━╸"))
    assert recording.code in {Exit.DONE, Exit.FINDINGS}


def test_no_colour_and_a_poor_encoding(seen: Seen) -> None:
    """With NO_COLOR there is none, and in ASCII the picture is drawn with what there is."""
    recording = seen(slow, *DRAFT, NO_COLOR="1", PYTHONIOENCODING="ascii")

    told = "\n".join(frame.text for frame in recording.frames())
    assert not re.search(rb"\x1b\[[0-9;]*[39][0-7]\b[0-9;]*m", recording.written)
    assert told.isascii()
    assert re.search(r"^  #+-+ \d/5 sections", told, re.MULTILINE)


def test_streams_apart(seen: Seen) -> None:
    """A pipe for results has only the path; a pipe for progress has no control characters."""
    out = seen(slow, *DRAFT, piped="out")
    err = seen(slow, *DRAFT, piped="err")

    assert out.piped == "memory/design/001_login_timeout.md\n"
    assert any("writing" in frame.text for frame in out.frames())
    assert err.written == b"memory/design/002_login_timeout.md\r\n"
    assert "\x1b" not in err.piped
    assert "asking for 5 sections\n" in err.piped
    assert "5/5 sections" in err.piped


def test_fill_and_suggest(seen: Seen, tmp_path: Path) -> None:
    """The other commands that ask a model show what happens likewise."""
    blank = SMALL.read_text("utf-8").replace("[Name]", "Login timeout")
    (tmp_path / "001_x.md").write_text(blank, "utf-8")
    document = ("../001_x.md", "--template", "small.md")
    filled = seen(slow, "fill", *document)
    advised = seen(slow, "suggest", *document)

    told = "\n".join(frame.text for frame in filled.frames())
    assert "writing the brief" in told
    assert "writing 5 sections" in told
    told = "\n".join(frame.text for frame in advised.frames())
    assert "writing 5 points of view" in told
    assert not falls(list(advised.frames()))
