"""What this machine has to give a model: cores, memory, disk, what its processor can do."""

import ctypes
import os
import shutil
import struct
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from assistant.errors import DraftError, Exit


def check_gguf(path: Path) -> None:
    """Refuse what cannot be a GGUF file."""
    problem = ""
    try:
        if not path.exists():
            problem = "there is no such file"
        elif not path.is_file():
            problem = "this is no regular file"
        else:
            with path.open("rb") as file:
                if file.read(4) != b"GGUF":
                    problem = "this is no GGUF file (it does not start with GGUF)"
    except OSError as error:
        problem = f"cannot be read ({error.strerror or error})"
    if problem:
        raise DraftError(
            problem,
            code="bad-gguf",
            exit_code=Exit.FILE,
            where=str(path),
            hint="--model takes a model's name at a server, or the path of a GGUF file",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelShape:
    """Of a model: the tokens it was trained for and the bytes its cache takes for one token.

    Zero where the file does not say.
    """

    context: int = 0
    token_bytes: int = 0


_INTEGER_CODES: Final = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 7: "?", 10: "Q", 11: "q"}
_FLOAT_CODES: Final = {6: "f", 12: "d"}
_STRING_KIND: Final = 8


def read_model_shape(path: Path) -> ModelShape:
    """What the head of a GGUF file says, read up to the first list (the tokenizer's)."""
    facts: dict[str, int] = {}
    with suppress(OSError, struct.error, ValueError), path.open("rb") as file:
        _, _, _, count = struct.unpack("<4sIQQ", file.read(24))
        for _ in range(min(count, 200)):
            key = _read_string(file).split(".", 1)[-1]
            (kind,) = struct.unpack("<I", file.read(4))
            if kind == _STRING_KIND:
                _read_string(file)
                continue
            code = (_INTEGER_CODES | _FLOAT_CODES).get(kind)
            if code is None:
                break
            (value,) = struct.unpack(f"<{code}", file.read(struct.calcsize(f"<{code}")))
            if kind in _INTEGER_CODES:
                facts[key] = int(value)
    heads = facts.get("attention.head_count", 0)
    per_head = facts.get("embedding_length", 0) // heads if heads else 0
    width = facts.get("attention.key_length", per_head) + facts.get(
        "attention.value_length", per_head
    )
    layers = facts.get("block_count", 0)
    stored = facts.get("attention.head_count_kv", heads)
    return ModelShape(
        context=facts.get("context_length", 0), token_bytes=2 * layers * stored * width
    )


def _read_string(file: BinaryIO) -> str:
    (length,) = struct.unpack("<Q", file.read(8))
    if length > 1 << 20:
        raise ValueError(length)
    return file.read(length).decode("utf-8", "replace")


if sys.platform != "win32":
    import resource

# What our own process and the system still need beside the engine.
_SPARE_BYTES: Final = 256 * 1024 * 1024
# Measured: 1.12 GB of weights, repacked for the processor, and the engine's buffers are 1.36 GB
# resident before the cache (Q4_K_M, October 2026).
_WORK_FACTOR: Final = 1.25
# A request is a prompt of about 1,200 tokens and an answer of 200, or a few times that.
_LEAST_CONTEXT: Final = 4096

_CGROUP: Final = Path("/sys/fs/cgroup")
_MEMINFO: Final = Path("/proc/meminfo")
_CPUINFO: Final = Path("/proc/cpuinfo")
_OWN_CGROUP: Final = Path("/proc/self/cgroup")
# IsProcessorFeaturePresent's numbers. Every processor with AVX2 that Windows 10 runs on has the
# others; Windows has no number for them.
_WINDOWS_FEATURES: Final = {"avx2": 40}


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


def plan_slots(
    shape: ModelShape, size: int, free: int, slots: int, context: int
) -> tuple[int, int]:
    """Return the slots, and the tokens for each, that fit: at most what is asked.

    Slots are given up before tokens. `size` is the weights' in bytes. What does not say its own
    size is taken as asked.
    """
    if shape.context:
        context = min(context, shape.context)
    if not free or not shape.token_bytes:
        return slots, context
    room = free - int(size * _WORK_FACTOR) - _SPARE_BYTES
    while slots > 1 and slots * context * shape.token_bytes > room:
        slots -= 1
    if context * shape.token_bytes > room:
        context = min(context, _LEAST_CONTEXT)
    return slots, context


def estimate_least_memory(shape: ModelShape, size: int) -> int:
    """Return the bytes without which a model of this shape and size cannot run at all."""
    context = min(_LEAST_CONTEXT, shape.context or _LEAST_CONTEXT)
    return int(size * _WORK_FACTOR) + context * shape.token_bytes


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
        root = cgroup if not kinds else cgroup / "memory" if kinds == "memory" else None
        parts = [part for part in path.split("/") if part not in ("", "..")]
        while root is not None and parts:
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
            if limit >= 1 << 60:  # what version 1 says for no limit
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
    return _read_number(file, f"{name}:") * 1024


def _read_address_limit() -> int | None:
    """Return the limit of `ulimit -v`, which a child takes over, where there is one."""
    if sys.platform == "win32":
        return None
    soft = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if soft == resource.RLIM_INFINITY else soft


def _measure_unix_memory() -> int:
    if sys.platform == "win32":
        return 0
    with suppress(OSError, ValueError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    return 0


def _measure_windows_memory() -> int:
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
