"""Saving: whatever ends a fill, a file is the old or the new one; nothing is lost."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import files
from assistant.errors import Exit
from tests.support import paths
from tests.support.disk import layer
from tests.support.killer import Killer, answers
from tests.support.program import Draft
from tests.support.scripted import Reply, Request, ScriptedServer, asked_schema, plausible
from tests.support.waiting import PATIENCE

BEGUN = (
    "# Login\n\n## Overview\nmine: the Gatekeeper\n\n## Goals\n\n## Proposed Solution\n\n"
    "### High-Level Approach\n"
)
ASKED = 3  # the brief and two sections
STRIDE = 1 if os.environ.get("CI") else 4  # each call of a run takes half a second to try


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def killer(server: ScriptedServer) -> Iterator[Killer]:
    own = Killer(server.url)
    yield own
    own.process.communicate(timeout=PATIENCE)


def place(folder: Path) -> Path:
    """A document that somebody began, in a folder of its own."""
    (folder / "docs").mkdir(parents=True)
    path = folder / "docs" / "x.md"
    path.write_text(BEGUN)
    return path


@pytest.mark.slow
def test_a_kill_at_any_point(killer: Killer, server: ScriptedServer, tmp_path: Path) -> None:
    """Whichever call is a fill's last, the file is the old or the new one, whole.

    The next fill pays for what is missing only, and leaves nothing in the folder but the document.
    """
    path = place(tmp_path / "whole")
    assert killer.run(0, tmp_path / "whole", "fill", "x.md") == Exit.DONE
    new = path.read_text()
    assert len(server.requests) == ASKED
    olds = 0
    for at in range(1, 1000, STRIDE):
        folder = tmp_path / str(at)
        path = place(folder)
        ended = killer.run(at, folder, "fill", "x.md")
        if ended == Exit.DONE:
            break
        assert ended == -signal.SIGKILL
        text, kept, sent = path.read_text(), answers(folder), len(server.requests)
        assert text in (BEGUN, new)
        olds += text == BEGUN
        for left in path.parent.glob(".*"):
            os.utime(left, (left.stat().st_mtime - 2,) * 2)

        assert killer.run(0, folder, "fill", "x.md") == Exit.DONE
        assert path.read_text() == new
        assert [one.name for one in path.parent.iterdir()] == ["x.md"]
        assert len(server.requests) - sent == (0 if text == new else ASKED - kept)
    assert 2 * ASKED < olds * STRIDE < at - STRIDE


def begun(server: ScriptedServer, folder: Path) -> "subprocess.Popen[str]":
    """A process that fills the document in a folder."""
    environ = {
        **os.environ,
        "OPENAI_BASE_URL": server.url,
        "GIT_AUTHOR_NAME": "Ada",
        "PYTHONPATH": str(paths.ROOT),
        "XDG_STATE_HOME": str(folder / "state"),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "assistant", "fill", "x.md"],
        cwd=folder / "docs",
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_an_edit_meanwhile(server: ScriptedServer, tmp_path: Path) -> None:
    """Edits elsewhere are merged; one in the same slot wins, and our answer is kept and named."""
    path = place(tmp_path)
    theirs = BEGUN.replace("mine:", "mine, again:").replace("## Goals\n", "## Goals\n\nTheirs.\n")

    def script(request: Request) -> Reply:
        path.write_text(theirs + "\n## More\nat the end")
        return plausible(request)

    server.script = script
    process = begun(server, tmp_path)
    _, said = process.communicate(timeout=PATIENCE)

    text = path.read_text()
    assert process.returncode == Exit.DONE
    assert text.startswith(theirs + "\n")
    assert text.endswith("\n\n## More\nat the end")
    assert text[len(theirs) : text.index("## More")].strip()
    kept = said.split("our answer is kept in ")[1].split("\n")[0]
    assert "Login > Goals" in Path(kept).read_text()


def test_two_fills_at_once(server: ScriptedServer, tmp_path: Path) -> None:
    """Both end, the document is filled once, and every answer is in it or in a journal."""
    path = place(tmp_path)
    said: list[str] = []

    def script(request: Request) -> Reply:
        if asked_schema(request.body):
            return plausible(request)
        said.append(f"The answer is number {request.count} of them.")
        return Reply(text=said[-1], delay=0.5)

    server.script = script
    both = [begun(server, tmp_path) for _ in range(2)]
    for process in both:
        process.communicate(timeout=PATIENCE)

    assert [process.returncode for process in both] == [Exit.DONE] * 2
    text = path.read_text()
    journals = (tmp_path / "state" / "draft" / "journal").glob("*.jsonl")
    kept = text + "".join(one.read_text() for one in journals)
    assert [answer for answer in said if answer not in kept] == []
    assert sum(text.count(answer) for answer in said) == ASKED - 1
    assert [one.name for one in path.parent.iterdir()] == ["x.md"]


def test_a_read_only_document(
    server: ScriptedServer, draft: Draft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The filled document is beside one that can't be written, and named; nothing is paid twice."""
    path, beside = tmp_path / "x.md", tmp_path / "x.md.filled"
    path.write_text(BEGUN)
    with monkeypatch.context() as patch:
        patch.setattr("os.access", lambda *_: False)
        for _ in range(2):
            ran = draft("fill", "x.md", "--base-url", server.url)
            assert ran.code == Exit.FILE
            assert "saved as x.md.filled." in ran.err
            assert ran.out == ""
    assert path.read_text() == BEGUN
    assert sorted(one.name for one in tmp_path.glob("x*")) == ["x.md", "x.md.filled"]

    assert draft("fill", "x.md", "--base-url", server.url).code == Exit.DONE
    assert path.read_text() == beside.read_text()
    assert len(server.requests) == ASKED


def test_what_stands_beside_is_not_written_over(
    server: ScriptedServer, draft: Draft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the name is taken by another text, the next one is used, and JSON says so too."""
    (tmp_path / "x.md").write_text(BEGUN)
    (tmp_path / "x.md.filled").write_text("somebody's")
    monkeypatch.setattr("os.access", lambda *_: False)

    ran = draft("fill", "x.md", "--json", "--base-url", server.url)

    error = json.loads(ran.out)["error"]
    assert error["code"] == "not-permitted"
    assert "saved as x.md.filled.2." in error["hint"]
    assert (tmp_path / "x.md.filled").read_text() == "somebody's"


def test_a_read_only_folder(
    server: ScriptedServer, draft: Draft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing can be written beside it, the filled document is in the state folder."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "x.md").write_text(BEGUN)

    def opened(path: "os.PathLike[str]", flags: int, mode: int = 0o777) -> int:
        if flags & os.O_CREAT and Path(path).parent.name == "docs":
            raise PermissionError(13, "not here")
        return os.open(path, flags, mode)

    monkeypatch.setattr(files, "os", layer(open=opened))

    ran = draft("fill", "docs/x.md", "--base-url", server.url)

    assert ran.code == Exit.FILE
    place_of_it = Path(ran.err.split("saved as ")[1].split(". The answers")[0])
    assert place_of_it.parent.name == "filled"
    assert "mine: the Gatekeeper" in place_of_it.read_text()
    assert (tmp_path / "docs" / "x.md").read_text() == BEGUN


def test_a_document_that_went_away(server: ScriptedServer, draft: Draft, tmp_path: Path) -> None:
    """Where the file was deleted while the model answered, what it would hold is saved beside."""
    path = tmp_path / "x.md"
    path.write_text(BEGUN)

    def script(request: Request) -> Reply:
        path.unlink(missing_ok=True)
        return plausible(request)

    server.script = script
    ran = draft("fill", "x.md", "--base-url", server.url)

    assert ran.code == Exit.FILE
    assert not path.exists()
    assert (tmp_path / "x.md.filled").read_text().startswith(BEGUN[: BEGUN.index("## Goals")])
