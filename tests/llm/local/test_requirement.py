"""What the embedded model needs of a machine, and what a person is told to do."""

import platform
import sys
from pathlib import Path

import pytest

from assistant.errors import DraftError, Exit
from assistant.llm.local import machine, requirement
from assistant.llm.local.requirement import Requirement
from tests.support.fake_engine import write_model

GB = 1024**3


def test_missing_says_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without engine and weights, both are named."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "path", [str(tmp_path)])

    said = requirement.describe_missing()

    assert said == "no engine is installed and the model's weights are not installed"
    assert not requirement.is_embedded_available()


def test_requirements_before_anything_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a machine must have is told before the extra is there; what lacks has a hint."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "path", [str(tmp_path)])

    found = {needed.name: needed for needed in requirement.list_requirements()}

    assert {"python", "processor", "libgomp", "engine", "weights", "disk", "memory"} == set(found)
    assert not found["engine"].ok
    assert not found["weights"].ok
    assert all(needed.hint for needed in found.values() if not needed.ok)
    assert "GB are needed" in found["disk"].detail


def test_requirements_where_memory_is_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a model cannot fit, the numbers and a cure are told; a small one fits there."""
    monkeypatch.setattr(machine, "measure_free_memory", lambda: GB)
    monkeypatch.setattr(machine, "measure_free_swap", lambda: 0)
    monkeypatch.setattr(requirement, "find_cached_weights", lambda: None)

    (ours,) = (needed for needed in requirement.list_requirements() if needed.name == "memory")
    (small,) = (
        n for n in requirement.list_requirements(write_model(tmp_path)) if n.name == "memory"
    )

    assert not ours.ok
    assert ours.detail == "1.1 GB free, 1.5 GB are needed"
    assert "Close other programs" in ours.hint
    assert small.ok
    monkeypatch.setattr(requirement, "list_requirements", lambda _model: (ours,))
    with pytest.raises(DraftError, match=r"memory: 1\.1 GB free, 1\.5 GB are needed"):
        requirement.check_requirements()


def test_ways_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has no model is shown three ways, a line each; one that this machine rules out is not."""
    monkeypatch.setattr(machine, "find_missing_features", lambda _features: ())
    first, *ways = requirement.describe_ways_on().splitlines()
    monkeypatch.setattr(machine, "find_missing_features", lambda _features: ("avx2",))
    old = requirement.describe_ways_on().splitlines()

    assert first == "Three ways to go on:"
    assert [way.split(":")[0].strip() for way in ways] == ["OpenAI", "a server", "neither"]
    assert "pip install" in ways[2]
    assert "brew" not in "".join(ways)
    if platform.machine() == "x86_64":
        assert "x86_64 without AVX2" in old[3]
        assert "pip install" not in old[3]


def test_full_disk_is_told_before_joining(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too small a disk is a folder's fault, with the numbers, before a byte is written."""
    monkeypatch.setattr(requirement, "find_cached_weights", lambda: None)
    monkeypatch.setattr(
        requirement, "_check_weights", lambda: Requirement(name="x", ok=True, detail="")
    )
    monkeypatch.setattr(requirement, "_check_engine", lambda *_, **__: requirement._check_weights())  # noqa: SLF001
    monkeypatch.setattr(machine, "measure_disk_room", lambda _folder: 600_000_000)

    with pytest.raises(DraftError, match=r"0\.6 GB free in .*, 1\.2 GB are needed") as caught:
        requirement.check_requirements()

    assert (caught.value.code, caught.value.exit_code) == ("no-space", Exit.FILE)
