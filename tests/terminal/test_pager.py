"""Long results on a terminal go through a pager, and are seen whatever becomes of it."""

import io
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.lint.registry import RULES
from assistant.terminal import pager
from tests.support.program import Draft
from tests.support.typist import Shown, in_terminal

SIZE = (100, 20)
LAST = list(RULES)[-1]
Page = Callable[..., Shown]


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

    assert pager.choose_pager(stream, {"PAGER": "sh -c x", **path}) == ["sh", "-c", "x"]
    assert pager.choose_pager(stream, {"PAGER": "a | b", **path}) == ("sh", "-c", "a | b")
    assert pager.choose_pager(stream, {"DRAFT_PAGER": "sh", "PAGER": "cat", **path}) == ["sh"]
    assert pager.choose_pager(None, {"PAGER": "sh", **path}) == ()


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
        tmp_path, "check", "--list", size=SIZE,
        environ={"PAGER": "trap '' INT; cat > /dev/null; kill -INT 0; echo over"},
    )  # fmt: skip

    assert (shown.code, "over" in shown.text) == (0, True)
    assert signal.getsignal(signal.SIGINT) == before
