"""The engines that can serve a GGUF model: how each is started, and why one ended."""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Final, Literal, Protocol

from assistant.llm.local import child

# How threads wait for one another. By default they spin, and on a machine where something else
# runs as well they spin against it: at a load of 5 on 2 cores, 24 tokens took 44 s of wall and 20 s
# of processor time, and 5 s and 4 s where threads sleep. The other turns off a way to multiply that
# is for many tokens at once: with 8 sequences it costs 0.115 s of processor time a token against
# 0.080, with 16 0.093 against 0.081. (memory/design/018_engine_everywhere.md)
_TUNING_VARIABLES: Final = {"OMP_WAIT_POLICY": "PASSIVE", "GGML_CPU_TILED_MM": "0"}
# Tokens read at once. After each batch the engine says how far it is, and writes on in the answers
# that are under way: at most 512, of which 10 s passed in silence on a busy machine.
_BATCH_TOKENS: Final = 256
# Loading takes 0.2 s: after so long, on however busy a machine, it is taken to hang.
_TRIAL_SECONDS: Final = 60.0
_X86_NAMES: Final = ("x86_64", "amd64")
# The systems and processors that xllamacpp has wheels for, as pyproject.toml has them.
_WHEEL_PLATFORMS: Final = {
    ("linux", "x86_64"),
    ("linux", "aarch64"),
    ("darwin", "arm64"),
    ("win32", "AMD64"),
}

# What a process that did not end by itself returns: signals on POSIX, status codes on Windows.
_OLD_PROCESSOR_CODES: Final = {-4, 0xC000001D, 0xC0000096}
_CRASH_CODES: Final = {
    *(-5, -6, -7, -8, -10, -11),
    3,  # abort() on Windows
    *(0xC0000005, 0xC0000094, 0xC00000FD, 0xC0000374, 0xC0000409, 0x80000003),
}
_KILLED_CODE: Final = -9
_NO_MEMORY_CODES: Final = {_KILLED_CODE, 0xC0000017, 0xC000012D}
_NO_LIBRARY_CODES: Final = {0xC0000135, 0xC0000139, 0xC000007B}

_MEMORY_WORDS: Final = (
    "failed to allocate",
    "out of memory",
    "bad_alloc",
    "cannot allocate",
    "memoryerror",
    "failed to create_context",
    "unable to allocate",
)
_NO_PROGRAM_WORDS: Final = ("filenotfounderror", "permissionerror", "exec format error")
_PORT_WORDS: Final = ("couldn't bind", "failed to bind", "address already in use")
_MISSING_LIBRARY: Final = re.compile(r"(lib[\w.+-]+\.so[\d.]*): cannot open shared object")
_OLD_LIBC: Final = re.compile(r"version [`']?(GLIBC[\w.]*)'? not found")
_UNREADABLE_MODEL: Final = re.compile(
    r"error loading model:? *(.*)|failed to load model", re.IGNORECASE
)

SERVER_INSTEAD: Final = "set OPENAI_API_KEY or --base-url to use a server instead"
LIBGOMP_HINT: Final = (
    "Install it: apt-get install libgomp1 (Debian, Ubuntu), dnf install libgomp (Fedora),"
    " pacman -S gcc-libs (Arch)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchOptions:
    """What an engine is to serve, and how.

    `context` is the tokens of one slot, `threads` 0 where the engine is to count them itself,
    `folder` where it may save slots, and `more` are settings in the engine's own words.
    """

    model: Path
    port: int
    slots: int
    context: int
    folder: str
    threads: int = 0
    repeat_penalty: float = 1.0
    more: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFailure:
    """Why an engine failed, as the end of a sentence about it, and what to do about it.

    `kind` says whether something else may do better: another engine, more memory, another port or
    another model.
    """

    kind: Literal["engine", "memory", "port", "model"]
    why: str
    hint: str = ""


class Engine(Protocol):
    """A program that serves a GGUF model as llama.cpp's server does."""

    @property
    def name(self) -> str:
        """What people know it by, with where it is."""

    @property
    def features(self) -> tuple[str, ...]:
        """What it needs of a processor, in the words of Linux's /proc/cpuinfo."""

    @property
    def libraries(self) -> tuple[str, ...]:
        """Which of the system's libraries it needs that may well be missing."""

    def command(self, launch: LaunchOptions) -> list[str]:
        """Return the command that serves."""

    def environment(self, key: str) -> dict[str, str]:
        """Return the variables with which it serves who knows the key."""

    def trial(self) -> list[str]:
        """Return a command that shows within a second whether the engine can be loaded at all."""


class LlamaServer:
    """llama.cpp's own `llama-server`, which a person has installed.

    It may be older or newer than the one measured. So what can be is set by variables: it ignores
    one that it does not know, where an option would end it.
    """

    features = ()  # it was built for this machine, or chooses by itself
    libraries = ()

    def __init__(self, binary: Path) -> None:
        self.binary = binary

    @property
    def name(self) -> str:
        """What people know it by, with where it is."""
        return f"llama-server ({self.binary})"

    def command(self, launch: LaunchOptions) -> list[str]:
        """Return the command that serves."""
        command = [str(self.binary), "--model", str(launch.model), "--host", "127.0.0.1"]
        command += ["--port", str(launch.port), "--parallel", str(launch.slots)]
        command += ["--ctx-size", str(launch.slots * launch.context)]
        command += ["--slot-save-path", launch.folder + os.sep]
        command += ["--repeat-penalty", str(launch.repeat_penalty)]
        command += ["--alias", launch.model.stem]  # else it says the file's whole path
        if launch.threads:
            command += ["--threads", str(launch.threads)]
        for option, value in (launch.more or {}).items():
            command += [option, str(value)]
        return command

    def environment(self, key: str) -> dict[str, str]:
        """Return the variables with which it serves who knows the key."""
        # A command line can be read by every user of the machine, an environment only by ours.
        return child.build_child_environment(
            _TUNING_VARIABLES
            | {
                "LLAMA_API_KEY": key,
                "LLAMA_ARG_LOAD_MODE": "none",  # mapped pages were reclaimed: 122 s to an answer
                "LLAMA_ARG_NO_MMAP": "1",  # the same, as older engines call it
                "LLAMA_ARG_CACHE_RAM": "0",  # a second copy of what the slots hold; of no use here
                "LLAMA_ARG_UI": "0",
                "LLAMA_ARG_NO_WEBUI": "1",
                "LLAMA_ARG_OFFLINE": "1",
            }
        )

    def trial(self) -> list[str]:
        """Return a command that shows within a second whether the engine can be loaded at all."""
        return [str(self.binary), "--version"]


class XllamacppEngine:
    """llama.cpp's server as the wheel `xllamacpp` has it, in a Python of its own.

    `folder` is where the package lies, which is not imported here.
    """

    # Its x86 wheel is compiled for these and nothing above (.ci/instructions.py looks).
    features = ("avx2", "fma", "f16c", "bmi2") if platform.machine().lower() in _X86_NAMES else ()
    libraries = ("libgomp.so.1",) if sys.platform == "linux" else ()

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def name(self) -> str:
        """What people know it by, with where it is."""
        return f"xllamacpp ({self.folder / 'xllamacpp'})"

    def command(self, launch: LaunchOptions) -> list[str]:
        """Return the command that serves."""
        settings: dict[str, object] = {
            "model.path": str(launch.model),
            "model_alias": [launch.model.stem],  # else it says the file's whole path
            "hostnames": ["127.0.0.1"],
            "port": launch.port,
            "n_parallel": launch.slots,
            "n_ctx": launch.slots * launch.context,
            "slot_save_path": launch.folder + os.sep,
            "sampling.penalty_repeat": launch.repeat_penalty,
            "load_mode": 0,  # read, not mapped: mapped pages were reclaimed, 122 s to an answer
            "n_batch": _BATCH_TOKENS,
            "n_ubatch": _BATCH_TOKENS,
            "cache_ram_mib": 0,  # a second copy of what the slots hold; of no use here
            "cache_idle_slots": False,
            "ui": False,
            "offline": True,
        }
        if launch.threads:
            settings |= {
                "cpuparams.n_threads": launch.threads,
                "cpuparams_batch.n_threads": launch.threads,
            }
        settings |= launch.more or {}
        return [*self.trial(), json.dumps(settings)]

    def environment(self, key: str) -> dict[str, str]:
        """Return the variables with which it serves who knows the key."""
        return child.build_child_environment(
            _TUNING_VARIABLES | {"LLAMA_API_KEY": key, "PYTHONUTF8": "1"}
        )

    def trial(self) -> list[str]:
        """Return a command that shows within a second whether the engine can be loaded at all."""
        program = Path(__file__).with_name("serve.py")
        return [sys.executable, "-I", "-S", str(program), str(self.folder)]


def find_engines() -> tuple[Engine, ...]:
    """Return the engines that are there, the best first; no package is executed.

    A person's own `llama-server` comes before the wheel's: it may be built for a graphics card.
    """
    found: list[Engine] = []
    if on_path := shutil.which("llama-server"):
        found.append(LlamaServer(Path(on_path).absolute()))
    spec = PathFinder.find_spec("xllamacpp")
    found += [
        XllamacppEngine(Path(place).parent.absolute())
        for place in ([] if spec is None else list(spec.submodule_search_locations or []))
    ]
    return tuple(found)


def has_wheel(
    system: str = sys.platform,
    processor: str = "",
    implementation: str = sys.implementation.name,
    libc: str | None = None,
) -> bool:
    """Return whether the extra brings an engine to a system; by default to this one."""
    if libc is None:
        libc = platform.libc_ver()[0] if system == "linux" else ""
    known = (
        system,
        processor or platform.machine(),
    ) in _WHEEL_PLATFORMS and implementation == "cpython"
    return known and (system != "linux" or libc == "glibc")


def try_engine(engine: Engine) -> EngineFailure | None:
    """Return why an engine cannot even be loaded here, or None where it can; takes 0.2 s."""
    try:
        done = subprocess.run(
            engine.trial(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=engine.environment("none"),
            timeout=_TRIAL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return EngineFailure(kind="engine", why="it hangs as soon as it is started")
    except OSError as error:
        return explain_start_error(error)
    said = done.stdout.decode("utf-8", "replace")
    return explain_end(done.returncode, said) if done.returncode else None


def explain_start_error(error: OSError) -> EngineFailure:
    """Return why an engine could not be started at all."""
    return EngineFailure(kind="engine", why=f"it cannot be started ({error.strerror or error})")


def explain_end(code: int | None, said: str) -> EngineFailure:  # noqa: PLR0911 -- a table of kinds
    """Return why an engine ended, judging by its return code and what it said."""
    words = said.lower()
    if code is not None and code < -255:  # noqa: PLR2004 -- a status code of Windows, as signed
        code &= 0xFFFFFFFF
    if any(word in words for word in _PORT_WORDS):
        return EngineFailure(kind="port", why="another program took its port", hint="Try again.")
    if lack := _explain_lack(code, said):
        return lack
    if code in _OLD_PROCESSOR_CODES:
        why = "it was built for a newer processor than this machine's"
        return EngineFailure(kind="engine", why=why)
    if code in _NO_MEMORY_CODES or any(word in words for word in _MEMORY_WORDS):
        hint = f"Close other programs, or {SERVER_INSTEAD}."
        killed = "it was killed, most likely because memory ran out"
        why = killed if code == _KILLED_CODE else "it ran out of memory"
        return EngineFailure(kind="memory", why=why, hint=hint)
    if code in _CRASH_CODES:
        return EngineFailure(kind="engine", why="it crashed")
    if model := _UNREADABLE_MODEL.search(said):
        reason = f" ({model[1].strip()})" if model[1] else ""
        hint = (
            "The file may be cut off, or of a kind that the engine does not know: try another one."
        )
        return EngineFailure(kind="model", why=f"it cannot read this model{reason}", hint=hint)
    return EngineFailure(kind="engine", why="it ended by itself")


def _explain_lack(code: int | None, said: str) -> EngineFailure | None:
    """Return what the system or the package lacks for an engine to be loaded at all."""
    words = said.lower()
    if missing := _MISSING_LIBRARY.search(said):
        hint = LIBGOMP_HINT if "gomp" in missing[1] else "Install the package that has it."
        return EngineFailure(kind="engine", why=f"it needs the system's {missing[1]}", hint=hint)
    if missing := _OLD_LIBC.search(said):
        why = f"it needs a newer C library than this system has ({missing[1]})"
        return EngineFailure(kind="engine", why=why)
    if code in _NO_LIBRARY_CODES or "dll load failed" in words:
        why = "it needs Microsoft's Visual C++ runtime"
        return EngineFailure(kind="engine", why=why, hint="Install the Visual C++ Redistributable.")
    if any(word in words for word in _NO_PROGRAM_WORDS):
        return EngineFailure(kind="engine", why="it is no program that this system can run")
    if "no module named 'xllamacpp" in words:
        return EngineFailure(kind="engine", why="its package is damaged, or for another Python")
    return None
