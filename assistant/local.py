"""The embedded model: llama.cpp's server as a child of ours, on loopback, while we run."""

import asyncio
import os
import platform
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from assistant import engine, loopback, machine
from assistant.engine import Child
from assistant.errors import DraftError, Exit
from assistant.gguf import check_gguf, shape
from assistant.install import command_for_extra
from assistant.llm import Message
from assistant.weights import MARGIN, QWEN, QWEN_SHAPE, cached, folder, parts, weights

__all__ = [
    "Embedded",
    "Requirement",
    "available",
    "check_gguf",
    "missing",
    "requirements",
    "ways_to_go_on",
    "weights",
]

# Measured on 2 cores with benchmarks/embedded.py (memory/design/005_embedded_model.md has the
# table). Decoding 8 sequences at once gives 1.6 times the tokens/s of one, 16 give 2 times for
# twice the memory. 8 is also what --concurrency is by default.
# A small model loses its thread at a higher one, and repeats itself at a lower one.
TEMPERATURE: Final = 0.2
REPEAT_PENALTY: Final = 1.1
SLOTS: Final = 8
# A request is a prompt of about 1,200 tokens and an answer of 200; a long description may fill
# the rest. Each slot has its own (no --kv-unified): sharing one pool was no faster, and there one
# long request can starve the others.
CONTEXT: Final = 8192
READY_SECONDS: Final = 120.0
_ATTEMPTS: Final = 3
# What no installing changes.
_MACHINE: Final = ("processor", "memory")
# What the engine's wheel was compiled for, in the words of Linux's /proc/cpuinfo.
FEATURES: Final = ("avx2", "fma", "f16c", "bmi2")
_SIGKILL: Final = 9
_PREFIX_SECONDS: Final = 300.0

_MEMORY_WORDS: Final = ("failed to allocate", "out of memory", "bad_alloc", "cannot allocate")
_PORT_WORDS: Final = ("couldn't bind", "failed to bind", "address already in use")


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One thing that the embedded model needs of this machine, and whether it is there.

    `detail` says what was found, as a phrase; `hint` what to do where `ok` is false.
    """

    name: str
    ok: bool
    detail: str
    hint: str = ""


def requirements(model: Path | None = None) -> tuple[Requirement, ...]:
    """Return what the embedded model needs here, in the order in which a person would mend it.

    Nothing is started, joined or downloaded to find out, and nothing needs to be installed: what a
    machine must have is told before the extra is there as well. `model` is a GGUF file in place of
    our own weights.
    """
    return (
        _python(),
        _processor(),
        _libgomp(),
        _engine(),
        *([] if model else [_weights(), _disk()]),
        _memory(model),
    )


def available() -> bool:
    """Whether an engine and the weights are there, so that the embedded model can answer."""
    return not missing()


def missing() -> str:
    """What has to be installed for the embedded model, as one sentence, or nothing."""
    lacks = [found.detail for found in (_engine(), _weights()) if not found.ok]
    return " and ".join(lacks)


def ways_to_go_on() -> str:
    """Return what to do where no model can be asked: the three ways, a line each."""
    lacks = [found for found in requirements() if found.name in _MACHINE and not found.ok]
    if lacks:
        without = f"not on this machine: {lacks[0].name}: {lacks[0].detail}"
    else:
        without = f"{command_for_extra()} (1.1 GB, answers slowly)"
    return (
        "Three ways to go on:\n"
        "  OpenAI:      set OPENAI_API_KEY\n"
        "  a server:    --base-url URL, such as http://127.0.0.1:11434/v1 for ollama\n"
        f"  neither:     {without}"
    )


def _python() -> Requirement:
    name = sys.implementation.name
    return Requirement(
        name="python",
        ok=name == "cpython",
        detail=f"{'CPython' if name == 'cpython' else name} {platform.python_version()}",
        hint="the engine's wheel is for CPython: run draft with it, or put llama.cpp's"
        " llama-server on PATH",
    )


def _processor() -> Requirement:
    kind = platform.machine() or "unknown"
    lacks = machine.lacking(FEATURES) if kind.lower() in ("x86_64", "amd64") else ()
    words = ", ".join(feature.upper() for feature in lacks)
    return Requirement(
        name="processor",
        ok=not lacks,
        detail=f"{kind} without {words}" if lacks else kind,
        hint="the engine needs a processor with AVX2, as made since about 2013: use a server"
        " (OPENAI_API_KEY or --base-url), or a llama-server on PATH that was built for this one",
    )


def _libgomp() -> Requirement:
    needed = sys.platform == "linux"
    found = not needed or machine.has_library("libgomp.so.1")
    return Requirement(
        name="libgomp",
        ok=found,
        detail="not needed here"
        if not needed
        else f"libgomp.so.1 is {'' if found else 'not '}installed",
        hint="install it: apt-get install libgomp1 (Debian, Ubuntu), dnf install libgomp (Fedora),"
        " pacman -S gcc-libs (Arch)",
    )


def _engine() -> Requirement:
    found = engine.find()
    return Requirement(
        name="engine",
        ok=found is not None,
        detail="no engine is installed" if found is None else str(found),
        hint=f"install it: {command_for_extra()}; or put llama.cpp's llama-server on PATH",
    )


def _weights() -> Requirement:
    joined, pieces = cached(), parts()
    if joined is not None:
        detail = f"{joined} ({QWEN.size / 1e9:.1f} GB)"
    elif pieces:
        detail = f"installed in {len(pieces)} parts, joined at the first use"
    else:
        detail = "the model's weights are not installed"
    return Requirement(
        name="weights",
        ok=joined is not None or bool(pieces),
        detail=detail,
        hint=f"install them (1.1 GB): {command_for_extra()}",
    )


def _disk() -> Requirement:
    if cached() is not None:
        return Requirement(name="disk", ok=True, detail="the weights are joined already")
    try:
        room, needed = machine.disk_room(folder()), QWEN.size + MARGIN
    except DraftError as error:
        return Requirement(name="disk", ok=False, detail=error.message, hint=error.hint)
    return Requirement(
        name="disk",
        ok=room >= needed,
        detail=f"{_gigabytes(room)} free in {folder()}, {_gigabytes(needed)} are needed",
        hint="free some space, or set XDG_CACHE_HOME to a folder on another disk (Linux)",
    )


def _memory(model: Path | None = None) -> Requirement:
    needed = _least_memory(model)
    free, spare = machine.memory(), machine.swap()
    if not free:
        return Requirement(name="memory", ok=True, detail="the system does not say how much")
    swapped = f" and {_gigabytes(spare)} of swap" if spare else ""
    return Requirement(
        name="memory",
        ok=free + spare >= needed,
        detail=f"{_gigabytes(free)}{swapped} free, {_gigabytes(needed)} are needed",
        hint="close other programs, give the container more, or use a server (OPENAI_API_KEY or"
        " --base-url)",
    )


def _least_memory(model: Path | None) -> int:
    if model is not None:
        return machine.least_memory(shape(model), model.stat().st_size)
    head = [file for file in (cached(), *parts()) if file is not None]
    return machine.least_memory(shape(head[0]) if head else QWEN_SHAPE, QWEN.size)


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"


class Embedded:
    """A model's server that lives as long as this command; a context manager.

    `note` hears sentences of progress. After `start`: `base_url`, `api_key`, `slots` (requests
    answered at once) and `context` (tokens of one request with its answer).
    """

    base_url = ""
    slots = 0
    context = 0

    def __init__(
        self, model: Path, note: Callable[[str], None], *, binary: Path | None = None
    ) -> None:
        self.api_key = secrets.token_urlsafe(32)
        self.ready_seconds = READY_SECONDS
        self.grace = 5.0
        self._model = model
        self._note = note
        self._binary = binary
        self._child: Child | None = None
        self.folder = ""
        self._port = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The engine's process id, or 0."""
        return 0 if self._child is None else self._child.pid

    def alive(self) -> bool:
        """Whether the engine runs."""
        return self._child is not None and self._child.code is None

    def tail(self) -> str:
        """The last lines the engine said."""
        return "" if self._child is None else self._child.tail()

    def start(self) -> None:
        """Start the engine and wait until it can answer; a DraftError where it cannot."""
        check_gguf(self._model)
        binary = self._binary or engine.find()
        if binary is None:
            raise DraftError(
                f"the embedded model cannot start: {missing()}",
                code="no-embedded-model",
                exit_code=Exit.MODEL,
            )
        size = self._model.stat().st_size
        slots, context = machine.plan(
            shape(self._model), size, machine.memory(), slots=SLOTS, context=CONTEXT
        )
        self._note(f"starting the embedded model ({self._model.name})")
        try:
            self.folder = tempfile.mkdtemp(prefix="draft-")
            for attempt in range(1, _ATTEMPTS + 1):
                self._launch(binary, slots, context)
                if self._ready(last=attempt == _ATTEMPTS):
                    break
                self._end()
        except OSError as error:
            self.stop()
            raise self._failed(f"it cannot be started ({error})") from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the engine and remove what it left; harmless when repeated."""
        self._end()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = ""

    async def share_prefix(self, messages: Sequence[Message]) -> bool:
        """Let all slots know the beginning of coming requests, at the price of reading it once.

        `messages` are those requests' messages up to where they differ (the last one may be the
        first half of theirs). For a moment when no other request is under way. Where the engine
        cannot, it says False and nothing is lost but time. Each slot would else read the same
        thousand tokens: 13 s, eight times.
        """
        if self.slots < 2:  # noqa: PLR2004 - one slot keeps its prefix by itself
            return False
        turns = [{"role": message.role, "content": message.content} for message in messages]
        ask = {"messages": turns, "max_tokens": 1, "cache_prompt": True, "id_slot": 0}
        copy = {"filename": "prefix"}
        try:
            async with asyncio.timeout(_PREFIX_SECONDS):
                if not await self._post("/v1/chat/completions", ask):
                    return False
                if not await self._post("/slots/0?action=save", copy):
                    return False
                for slot in range(1, self.slots):
                    if not await self._post(f"/slots/{slot}?action=restore", copy):
                        return False
        except (OSError, TimeoutError, ValueError):
            return False
        finally:
            self._forget()
        return True

    def _forget(self) -> None:
        with suppress(OSError):
            Path(self.folder, "prefix").unlink(missing_ok=True)  # it holds the prompt

    def _launch(self, binary: Path, slots: int, context: int) -> None:
        self._port = loopback.free_port()
        command = [str(binary), "--model", str(self._model), "--host", "127.0.0.1"]
        command += ["--port", str(self._port), "--parallel", str(slots)]
        command += ["--ctx-size", str(slots * context), "--slot-save-path", self.folder + os.sep]
        command += ["--repeat-penalty", str(REPEAT_PENALTY)]
        if threads := machine.threads():
            command += ["--threads", str(threads)]
        # A command line can be read by every user of the machine, an environment only by ours.
        extra = engine.SETTINGS | {"LLAMA_API_KEY": self.api_key}
        self._child = Child(command, engine.environment(binary, extra))

    def _ready(self, *, last: bool) -> bool:
        """Wait for the engine; False where its port was taken by somebody else meanwhile."""
        started = said = time.monotonic()
        while time.monotonic() - started < self.ready_seconds:
            if not self.alive():
                return self._explain(last=last)
            if self._get("/health") is not None and (facts := self._get("/props")) is not None:
                self._learn(facts)
                return True
            if time.monotonic() - said >= 5:  # noqa: PLR2004 - seconds
                said = time.monotonic()
                self._note(f"loading the embedded model ({said - started:.0f} s)")
            time.sleep(0.05)
        raise self._failed(f"it was not ready within {self.ready_seconds:.0f} s")

    def _learn(self, facts: dict[str, object]) -> None:
        defaults = facts.get("default_generation_settings")
        context = defaults.get("n_ctx") if isinstance(defaults, dict) else None
        slots = facts.get("total_slots")
        self.slots = slots if isinstance(slots, int) and slots > 0 else 1
        self.context = context if isinstance(context, int) and context > 0 else CONTEXT
        self.base_url = f"http://127.0.0.1:{self._port}/v1"

    def _explain(self, *, last: bool) -> bool:
        child = self._child
        if child is None:
            return False
        child.settle()
        said = child.tail().lower()
        if not last and any(word in said for word in _PORT_WORDS):
            return False
        if "libgomp" in said:
            raise self._failed(
                "it needs the system's libgomp.so.1",
                "install it: apt-get install libgomp1 (Debian, Ubuntu), dnf install libgomp"
                " (Fedora), apk add libgomp (Alpine)",
            )
        if child.code == -_SIGKILL or any(word in said for word in _MEMORY_WORDS):
            raise self._failed("it ran out of memory", "close other programs, or use a server")
        raise self._failed(f"it ended with code {child.code}")

    def _failed(self, why: str, hint: str = "") -> DraftError:
        lines = self.tail().splitlines()[-8:]
        said = "".join(f"\n  {line}" for line in lines)
        return DraftError(
            f"the embedded model failed: {why}{'; its last lines:' if said else ''}{said}",
            code="embedded-failed",
            exit_code=Exit.MODEL,
            hint=hint or "set OPENAI_API_KEY or --base-url to use a server instead",
        )

    def _end(self) -> None:
        if self._child is not None:
            self._child.stop(
                grace=self.grace if self.base_url else 0
            )  # while it loads, it does not listen

    def _get(self, path: str) -> dict[str, object] | None:
        return loopback.get(self._port, path, self.api_key)

    async def _post(self, path: str, body: object) -> bool:
        return await loopback.post(self._port, path, self.api_key, body)
