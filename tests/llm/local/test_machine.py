"""What a machine has: limits of containers and shells, features, disk."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.llm.local import machine

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /proc")


def test_limits_of_a_container(tmp_path: Path) -> None:
    """A container's limits on memory and processors are found, and the smaller number counts."""
    (tmp_path / "memory.max").write_text("3000000\n")
    (tmp_path / "memory.current").write_text("1000000\n")
    (tmp_path / "cpu.max").write_text("100000 100000\n")
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 9 kB\nMemAvailable:    5000 kB\n")

    nowhere = tmp_path / "none"
    assert machine.measure_free_memory(tmp_path, meminfo, nowhere) == 2_000_000
    assert machine.measure_free_memory(nowhere, nowhere, nowhere) >= 0
    assert machine.count_allowed_cores(tmp_path, nowhere) == (1 if (os.cpu_count() or 1) > 1 else 0)


def test_limits_of_an_inner_group(tmp_path: Path) -> None:
    """The group we are in and those around it limit us, in both versions; cached files do not."""
    root = tmp_path / "cgroup"
    inner, old = root / "user.slice" / "ours", root / "memory" / "box"
    inner.mkdir(parents=True)
    old.mkdir(parents=True)
    own = tmp_path / "own"
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemAvailable:    9000 kB\nSwapFree:    70 kB\n")
    own.write_text("4:memory:/elsewhere\n0::/user.slice/ours\n")

    assert machine.measure_free_memory(root, meminfo, own) == 9_216_000
    assert machine.measure_free_swap(root, meminfo, own) == 71_680

    (root / "user.slice" / "memory.max").write_text("3000000\n")
    (root / "user.slice" / "memory.current").write_text("2900000\n")
    (root / "user.slice" / "memory.stat").write_text("anon 5\ninactive_file 1000000\n")
    (inner / "memory.max").write_text("max\n")
    assert machine.measure_free_memory(root, meminfo, own) == 1_100_000
    assert machine.measure_free_swap(root, meminfo, own) == 0

    (old / "memory.limit_in_bytes").write_text("1000000\n")
    (old / "memory.usage_in_bytes").write_text("400000\n")
    own.write_text("4:memory:/box\n0::/\n")
    assert machine.measure_free_memory(root, meminfo, own) == 600_000
    (old / "memory.limit_in_bytes").write_text("9223372036854771712\n")
    assert machine.measure_free_memory(root, meminfo, own) == 9_216_000


@linux
def test_limit_of_a_shell() -> None:
    """A limit by `ulimit -v`, which a child takes over, is memory that is not there."""
    program = "from assistant.llm.local import machine; print(machine.measure_free_memory())"
    command = ["sh", "-c", 'ulimit -v 700000; exec "$@"', "sh", sys.executable, "-c", program]

    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert int(said) <= 700_000 * 1024


@linux
def test_features_of_a_processor(tmp_path: Path) -> None:
    """A feature counts as there where every core has it, and where the system does not tell."""
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(
        "processor : 0\nflags\t\t: fpu avx avx2 fma\n\nprocessor : 1\nflags\t\t: fpu avx fma\n"
    )

    assert machine.find_missing_features(("avx2", "fma", "f16c"), cpuinfo) == ("avx2", "f16c")
    assert machine.find_missing_features(("avx2",), tmp_path / "none") == ()


def test_room_of_a_folder_to_be_made(tmp_path: Path) -> None:
    """The room of a folder that is not there yet is that of the disk on which it will stand."""
    assert machine.measure_disk_room(tmp_path / "not" / "there") > 0
