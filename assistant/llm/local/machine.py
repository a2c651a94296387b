"""What this machine has to give: memory, cores, disk, libraries, what its processor can do."""

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

if sys.platform != "win32":
    import resource

_CGROUP: Final = Path("/sys/fs/cgroup")
_MEMINFO: Final = Path("/proc/meminfo")
_CPUINFO: Final = Path("/proc/cpuinfo")
_OWN_CGROUP: Final = Path("/proc/self/cgroup")
# IsProcessorFeaturePresent's numbers. Every processor with AVX2 that Windows 10 runs on has the
# others; Windows has no number for them.
_WINDOWS_FEATURES: Final = {"avx2": 40}
# What version 1 of control groups says where there is no limit is more than any machine has.
_NO_LIMIT: Final = 1 << 60


def measure_free_memory(
    cgroup: Path = _CGROUP, meminfo: Path = _MEMINFO, own: Path = _OWN_CGROUP
) -> int:
    """Return the bytes that may be used without swapping, or 0 where the system does not say."""
    free = [
        left
        for folder in _walk_cgroups(cgroup, own)
        if (left := _measure_cgroup_room(folder)) is not None
    ]
    if known := _read_meminfo(meminfo, "MemAvailable"):
        free.append(known)
    if not free:
        free += [found for found in (_measure_windows_memory(), _measure_unix_memory()) if found]
    if (limit := _read_address_limit()) is not None:
        free.append(limit)
    return min(free, default=0)


def measure_free_swap(
    cgroup: Path = _CGROUP, meminfo: Path = _MEMINFO, own: Path = _OWN_CGROUP
) -> int:
    """Return the bytes of swap space that other programs could be moved to; 0 in a container."""
    if any(_measure_cgroup_room(folder) is not None for folder in _walk_cgroups(cgroup, own)):
        return 0
    return _read_meminfo(meminfo, "SwapFree")


def count_allowed_cores(cgroup: Path = _CGROUP, own: Path = _OWN_CGROUP) -> int:
    """Return the cores we may use where they are fewer than the machine has, else 0.

    The engine counts the machine's physical cores well, but knows nothing of limits, and more
    threads than cores make it many times slower.
    """
    cores = os.cpu_count() or 1
    allowed = cores
    if sys.platform == "linux":
        allowed = len(os.sched_getaffinity(0))
    for folder in _walk_cgroups(cgroup, own):
        with suppress(OSError, ValueError):
            quota, period = (folder / "cpu.max").read_text(encoding="ascii").split()
            allowed = min(allowed, max(int(quota) // int(period), 1))  # "max": no limit, no number
    return allowed if allowed < cores else 0


def find_missing_features(features: Sequence[str], cpuinfo: Path = _CPUINFO) -> tuple[str, ...]:
    """Return which of these features the processor lacks, as far as the system tells.

    They are named as Linux's /proc/cpuinfo names them; every core must have them.
    """
    if sys.platform == "win32":
        present = ctypes.windll.kernel32.IsProcessorFeaturePresent
        known = {name: bool(present(number)) for name, number in _WINDOWS_FEATURES.items()}
        return tuple(name for name in features if not known.get(name, True))
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    cores = [
        set(line.partition(":")[2].split())
        for line in lines
        if line.partition(":")[0].strip() in ("flags", "Features")
    ]
    if not cores:
        return ()
    return tuple(name for name in features if not all(name in core for core in cores))


def has_library(name: str) -> bool:
    """Return whether the system's loader finds a shared library, by letting it load it."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def measure_disk_room(folder: Path) -> int:
    """Return the free bytes of the disk on which a folder stands, or will stand once made."""
    for place in (folder, *folder.parents):
        with suppress(OSError):
            return shutil.disk_usage(place).free
    return 0


def _walk_cgroups(cgroup: Path, own: Path) -> Iterator[Path]:
    """Yield our control groups, innermost first: each may have a limit (versions 2 and 1)."""
    lines: list[str] = []
    with suppress(OSError):
        lines = own.read_text(encoding="utf-8", errors="replace").splitlines()
    for line in lines:
        _, kinds, path = [*line.split(":", 2), "", "", ""][:3]
        if kinds not in ("", "memory"):
            continue
        # Version 2 has one tree of groups, version 1 one for each kind of limit.
        root = cgroup / kinds
        parts = [part for part in path.split("/") if part not in ("", "..")]
        while parts:
            yield root.joinpath(*parts)
            parts.pop()
    yield cgroup
    yield cgroup / "memory"


def _measure_cgroup_room(folder: Path) -> int | None:
    """Return what a control group has left; what it keeps of files can be given up at any time."""
    for names in (
        ("memory.max", "memory.current", "inactive_file"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ):
        with suppress(OSError, ValueError):
            limit = int((folder / names[0]).read_text(encoding="ascii"))  # "max": no limit
            if limit >= _NO_LIMIT:
                continue
            used = int((folder / names[1]).read_text(encoding="ascii"))
            return max(limit - used + _read_number(folder / "memory.stat", names[2]), 1)
    return None


def _read_number(file: Path, name: str) -> int:
    """Return the number behind a name, in a file of one name and number a line; 0 without it."""
    with suppress(OSError, ValueError, IndexError):
        for line in file.read_text(encoding="ascii").splitlines():
            words = line.split()
            if words[:1] == [name]:
                return int(words[1])
    return 0


def _read_meminfo(file: Path, name: str) -> int:
    """Return the bytes that /proc/meminfo has under a name; 0 without it."""
    return _read_number(file, f"{name}:") * 1024


def _read_address_limit() -> int | None:
    """Return the limit of `ulimit -v`, which a child takes over, where there is one."""
    if sys.platform == "win32":
        return None
    soft = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if soft == resource.RLIM_INFINITY else soft


def _measure_unix_memory() -> int:
    """Return half of all memory, where the system says no more: how much is free is unknown."""
    if sys.platform == "win32":
        return 0
    with suppress(OSError, ValueError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    return 0


def _measure_windows_memory() -> int:
    """Return the free memory that Windows says; 0 elsewhere."""
    if sys.platform != "win32":
        return 0

    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("total", "free", "a", "b", "c", "d", "e")),
        )

    status = Status(length=ctypes.sizeof(Status))
    done = ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
    return int(status.free) if done else 0
