"""The engine's process: it sees little of us, cannot outlive us, and is not reached by Ctrl-C."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.llm.local.child import ChildProcess, build_child_environment
from tests.support.fake_engine import make_embedded, process_ends, write_engine
from tests.support.paths import ROOT
from tests.support.waiting import wait_for

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /proc")


@linux
def test_key_is_not_on_the_command_line(tmp_path: Path) -> None:
    """Nobody else on the machine can read the key, and the engine's own words do not show it."""
    with make_embedded(tmp_path) as server:
        command = Path(f"/proc/{server.pid}/cmdline").read_text()

        assert "llama-server" in command
        assert "--alias\0model\0" in command
        assert server.api_key not in command
        assert server.api_key[-4:] not in server.tail()


def test_environment_is_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine is told its own key and nothing of ours: no other key, no proxy, no token."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-ours")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:1")
    monkeypatch.setenv("http_proxy", "http://proxy.invalid:1")
    monkeypatch.setenv("GITHUB_TOKEN", "token")

    with make_embedded(tmp_path) as server:
        seen = json.loads((tmp_path / "env").read_text())

        assert seen["LLAMA_API_KEY"] == server.api_key
        assert "PATH" in seen
        assert seen["OMP_WAIT_POLICY"] == "PASSIVE"  # spinning took three times as long under load
        assert not {"OPENAI_API_KEY", "HTTP_PROXY", "http_proxy", "GITHUB_TOKEN"} & set(seen)


@linux
def test_own_process_group(tmp_path: Path) -> None:
    """A terminal's Ctrl-C does not reach the engine, so that answers under way can be saved."""
    with make_embedded(tmp_path) as server:
        assert os.getpgid(server.pid) != os.getpgid(0)


PARENT = """
import sys, time
from pathlib import Path
from assistant.llm.local.child import ChildProcess, build_child_environment
binary = Path(sys.argv[1])
command = [str(binary), "--port", "0", "--slot-save-path", "x"]
child = ChildProcess(command, build_child_environment({{}}), watched={watched})
print(child.pid, flush=True)
time.sleep(60)
"""


@linux
@pytest.mark.parametrize("watched", [False, True])
@pytest.mark.parametrize("mode", ["quiet", "stubborn"])
def test_killed_parent_takes_the_engine_along(tmp_path: Path, mode: str, *, watched: bool) -> None:
    """Kill -9 of the command ends the engine, by Linux's means and by the watchdog's."""
    binary = write_engine(tmp_path, mode).binary
    program = PARENT.format(watched=watched)
    with subprocess.Popen(
        [sys.executable, "-c", program, str(binary)],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(ROOT)},
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        wait_for((tmp_path / "up").exists)

        parent.kill()

    assert process_ends(pid)


def test_watchdog_ends_with_the_engine(tmp_path: Path) -> None:
    """The watchdog of other systems lets go when the engine was stopped in order."""
    binary = write_engine(tmp_path, "quiet").binary
    child = ChildProcess([str(binary)], build_child_environment({}), watched=True)

    child.stop()

    assert child.code is not None
    assert not child.has_watchdog()
