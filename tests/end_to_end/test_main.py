"""The program's beginning: what it does before a command line is read."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from assistant.errors import Exit
from tests.support.paths import ROOT

SCRIPT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]["draft"]
MODULE, _, FUNCTION = SCRIPT.partition(":")
WAYS = {
    "module": ("-m", "assistant"),
    "script": ("-c", f"import sys; from {MODULE} import {FUNCTION}; sys.exit({FUNCTION}())"),
}
HEARD, IGNORED = "signal.default_int_handler", "signal.SIG_IGN"
TYPER = "import os, signal, sys\nos.kill(os.getpid(), signal.SIGINT)\nsys.exit(7)\n"


def interrupted(way: str, folder: Path, handler: str) -> subprocess.CompletedProcess[str]:
    """The program, started by a parent that set `handler`, with Ctrl-C while it loads typer."""
    (folder / "sitecustomize.py").write_text(
        f"import signal\nsignal.signal(signal.SIGINT, {handler})\n"
    )
    (folder / "typer.py").write_text(TYPER)
    path = f"{folder}{os.pathsep}{ROOT}"
    return subprocess.run(
        [sys.executable, *WAYS[way], "--help"],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it has no signals to send")


@pytest.mark.parametrize("way", WAYS)
def test_an_interrupt_while_libraries_load(way: str, tmp_path: Path) -> None:
    """Ctrl-C before the command line is read ends the program with 130, and nothing is said."""
    ran = interrupted(way, tmp_path, HEARD)

    assert (ran.returncode, ran.stdout, ran.stderr) == (Exit.INTERRUPTED, "", "")


@pytest.mark.parametrize("way", WAYS)
def test_an_interrupt_that_is_to_be_ignored(way: str, tmp_path: Path) -> None:
    """Where a parent has interrupts ignored, as `nohup` may, they are while the program loads."""
    assert interrupted(way, tmp_path, IGNORED).returncode == 7
