"""What this machine has to give a model: cores and memory, containers' limits counted in."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from assistant.gguf import Shape

_SPARE: Final = 512 * 1024 * 1024
_WORK: Final = 1.25  # weights repacked for this processor, and buffers, over the file's size
_CGROUP: Final = Path("/sys/fs/cgroup")
_MEMINFO: Final = Path("/proc/meminfo")


def memory(cgroup: Path = _CGROUP, meminfo: Path = _MEMINFO) -> int:
    """Bytes that may be used, or 0 where the system does not say."""
    free = []
    with suppress(OSError, ValueError, IndexError):
        lines = meminfo.read_text(encoding="ascii").splitlines()
        line = next((line for line in lines if line.startswith("MemAvailable:")), "")
        free.append(int(line.split()[1]) * 1024)
    with suppress(OSError, ValueError):
        limit = int((cgroup / "memory.max").read_text(encoding="ascii"))
        used = int((cgroup / "memory.current").read_text(encoding="ascii"))
        free.append(max(limit - used, 1))
    if not free and sys.platform == "darwin":
        with suppress(OSError, ValueError):
            free.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2)
    return min(free, default=0)


def threads(cgroup: Path = _CGROUP) -> int:
    """Cores we may use where they are fewer than the machine has, else 0.

    The engine counts the machine's physical cores well, but knows nothing of limits, and more
    threads than cores make it many times slower.
    """
    cores = os.cpu_count() or 1
    allowed = cores
    if sys.platform == "linux":
        allowed = len(os.sched_getaffinity(0))
    with suppress(OSError, ValueError):
        quota, period = (cgroup / "cpu.max").read_text(encoding="ascii").split()
        allowed = min(allowed, max(int(quota) // int(period), 1))  # "max": no limit, no number
    return allowed if allowed < cores else 0


def plan(shape: Shape, size: int, free: int, slots: int, context: int) -> tuple[int, int]:
    """Slots, and tokens for each, that fit: at most what is asked, fewer slots before fewer tokens.

    `size` is the weights' in bytes. What does not say its own size is taken as asked.
    """
    if shape.context:
        context = min(context, shape.context)
    if not free or not shape.token_bytes:
        return slots, context
    room = free - int(size * _WORK) - _SPARE
    while slots > 1 and slots * context * shape.token_bytes > room:
        slots -= 1
    return slots, context
