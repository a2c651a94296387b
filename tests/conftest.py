"""What all tests share: a machine of their own, the program run in this process, hypothesis."""

import contextlib
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from vcr import VCR  # type: ignore[import-untyped]

from assistant import cli
from assistant.llm import patience
from tests.support import recording
from tests.support.program import Draft, Ran
from tests.support.scripted import ScriptedServer
from tests.support.starting import Starter

# No deadline: a slow machine is no counterexample.
settings.register_profile(
    "laws", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("quick", settings.get_profile("laws"), max_examples=5)
settings.register_profile("long", settings.get_profile("laws"), max_examples=3000)
settings.load_profile("laws")

_VARIABLES = (
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "DRAFT_DIR",
    "DRAFT_TEMPLATE",
    "DRAFT_MODEL",
    "DRAFT_CONCURRENCY",
    "DRAFT_LANGUAGE",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_AUTHOR_NAME",
    "NO_COLOR",
    "FORCE_COLOR",
    "CLICOLOR_FORCE",
    "VISUAL",
    "EDITOR",
)


def pytest_recording_configure(config: pytest.Config, vcr: VCR) -> None:  # noqa: ARG001
    """Let cassettes be kept and matched as `recording` says."""
    vcr.register_serializer("yaml", recording)
    vcr.register_matcher("content", recording.same_content)


@pytest.fixture(autouse=True)
def machine(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A home of its own for each test: no key, no server, no journal, no git of whoever runs it."""
    if request.node.get_closest_marker("embedded"):  # its weights stay where they are
        return
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    for name in ("CACHE", "STATE", "CONFIG", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Draft:
    """The program, run in this process in the empty `tmp_path`, never waiting to try again."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Ada")
    monkeypatch.setattr(patience, "compute_backoff", lambda _attempt: 0.0)

    def run(*words: str, stdin: bytes = b"") -> Ran:
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        monkeypatch.setattr(sys, "argv", ["draft", *words])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            pytest.raises(SystemExit) as ended,
        ):
            cli.run_program()
        code = ended.value.code
        return Ran(int(code or 0), _text(out), _text(err))

    return run


@pytest.fixture(scope="session")
def starter() -> Iterator[Starter]:
    """One process for all tests that starts the program in odd circumstances, with a server."""
    with ScriptedServer() as server:
        made = Starter(server.url)
        yield made
        made.process.communicate()


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8", "surrogateescape")
