"""The engines: which are there, how they are started, and what their ends mean."""

import sys
from pathlib import Path

import pytest

from assistant.llm.local import engine
from assistant.llm.local.engine import LlamaServer, XllamacppEngine, explain_end, try_engine
from tests.support.fake_engine import write_engine
from tests.support.paths import ROOT


@pytest.mark.parametrize(
    ("code", "said", "words"),
    [
        (0xC000001D, "", "newer processor"),
        (-1073741795, "", "newer processor"),  # the same, signed
        (0xC0000005, "", "it crashed"),
        (-7, "", "it crashed"),
        (-6, "GGML_ASSERT(x) failed", "it crashed"),
        (0xC0000017, "", "ran out of memory"),
        (1, "MemoryError: std::bad_alloc", "ran out of memory"),
        (0xC0000135, "", "Visual C++"),
        (1, "ImportError: DLL load failed while importing xllamacpp", "Visual C++"),
        (1, "ImportError: libgomp.so.1: cannot open shared object file", "libgomp.so.1"),
        (127, "libcurl.so.4: cannot open shared object file", "libcurl.so.4"),
        (1, "/lib/libc.so.6: version `GLIBC_2.38' not found", "GLIBC_2.38"),
        (1, "error loading model: unknown architecture: 'x'", "unknown architecture: 'x'"),
        (1, "failed to load model, 'cut.gguf'", "cannot read this model"),
        (1, "No module named 'xllamacpp.xllamacpp'", "for another Python"),
    ],
)
def test_ends_are_told_apart(code: int, said: str, words: str) -> None:
    """Each kind of end has its own words, on Windows too."""
    why = explain_end(code, said).why

    assert words in why
    assert code in {1, 127} or str(code) not in why


def test_engine_on_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that a person installed comes before the wheel's, and neither is executed."""
    package = tmp_path / "site" / "xllamacpp"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site")])

    (only,) = engine.find_engines()
    assert isinstance(only, XllamacppEngine)
    assert only.folder == tmp_path / "site"

    binary = write_engine(tmp_path, "good").binary
    assert [type(found) for found in engine.find_engines()] == [LlamaServer, XllamacppEngine]
    assert str(binary) in engine.find_engines()[0].name


def test_trial(tmp_path: Path) -> None:
    """An engine is tried without a model: one that cannot be loaded says why."""
    (tmp_path / "xllamacpp").mkdir()
    init = tmp_path / "xllamacpp" / "__init__.py"
    wheel = XllamacppEngine(tmp_path)

    init.write_text("class CommonParams: pass\n")
    assert try_engine(wheel) is None
    init.write_text("raise ImportError('libgomp.so.1: cannot open shared object file')\n")
    failure = try_engine(wheel)
    assert failure is not None
    assert "libgomp.so.1" in failure.why
    assert "apt-get install libgomp1" in failure.hint
    init.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGILL)\n")
    failure = try_engine(wheel)
    assert failure is not None
    assert "newer processor" in failure.why
    assert try_engine(LlamaServer(tmp_path / "none")) is not None


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (("linux", "x86_64", "cpython", "glibc"), True),
        (("linux", "x86_64", "cpython", ""), False),  # musl
        (("linux", "aarch64", "cpython", "glibc"), True),
        (("linux", "armv7l", "cpython", "glibc"), False),
        (("linux", "x86_64", "pypy", "glibc"), False),
        (("darwin", "arm64", "cpython", ""), True),
        (("darwin", "x86_64", "cpython", ""), False),
        (("win32", "AMD64", "cpython", ""), True),
        (("win32", "ARM64", "cpython", ""), False),
    ],
)
def test_systems_with_a_wheel(place: tuple[str, str, str, str], *, expected: bool) -> None:
    """The extra is advised where it brings an engine, and a llama-server where it does not."""
    assert engine.has_wheel(*place) is expected


def test_systems_are_those_of_the_extra() -> None:
    """The systems with a wheel are those that the extra asks for one on."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    line = next(line for line in text.splitlines() if '"xllamacpp==' in line)

    for system, processor in engine._WHEEL_PLATFORMS:  # noqa: SLF001
        assert f"sys_platform == '{system}'" in line
        assert f"platform_machine == '{processor}'" in line
