"""What the embedded model needs of this machine, and what to do where that is not there."""

import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.errors import DraftError, Exit
from assistant.install import command_for_extra
from assistant.llm.local import memory as machine
from assistant.llm.local.engine import (
    LIBGOMP_HINT,
    Engine,
    Failure,
    Xllamacpp,
    find_engines,
    has_wheel,
    try_engine,
)
from assistant.llm.local.memory import shape
from assistant.llm.local.weights import MARGIN, QWEN, QWEN_SHAPE, SPACE_HINT, cached, folder, parts

_ON_PATH: Final = "put llama.cpp's llama-server on PATH"


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

    Nothing is loaded, joined or downloaded to find out (an engine that is there is asked whether it
    can start at all), and nothing needs to be installed: what a machine must have is told before
    the extra is there as well. `model` is a GGUF file in place of our own weights.
    """
    engines = find_engines()
    needed = _wanted(engines)
    return (
        _python(needed),
        _processor(needed),
        *(_library(name) for name in needed.libraries),
        _engine(engines, tried=True),
        *([] if model else [_weights(), _disk()]),
        _memory(model),
    )


def check_requirements(model: Path | None = None) -> None:
    """Raise a DraftError for what the embedded model lacks, before anything is joined or loaded."""
    # Once the weights are joined all the rest was there once, and is found out by the start itself.
    found = requirements(model) if model or cached() is None else (_memory(model),)
    for lack in found:
        if not lack.ok:
            raise DraftError(
                f"the embedded model cannot run here: {lack.name}: {lack.detail}.",
                code="no-space" if lack.name == "disk" else "no-embedded-model",
                exit_code=Exit.FILE if lack.name == "disk" else Exit.MODEL,
                hint=lack.hint,
            )


def available() -> bool:
    """Whether an engine and the weights are there, so that the embedded model can answer."""
    return not missing()


def missing() -> str:
    """What has to be installed for the embedded model, as one sentence, or nothing."""
    lacks = [found.detail for found in (_engine(find_engines()), _weights()) if not found.ok]
    return " and ".join(lacks)


def ways_to_go_on() -> str:
    """Return what to do where no model can be asked: the three ways, a line each."""
    engines = find_engines()
    # What no installing changes.
    lacks = [found for found in (_processor(_wanted(engines)), _memory()) if not found.ok]
    if lacks:
        without = f"not on this machine: {lacks[0].name}: {lacks[0].detail}"
    elif not has_wheel() and not engines:
        without = f"{_ON_PATH}, and {command_for_extra()} for the weights"
    else:
        without = f"{command_for_extra()} (1.1 GB, answers slowly)"
    return (
        "Three ways to go on:\n"
        "  OpenAI:      set OPENAI_API_KEY\n"
        "  a server:    --base-url URL, such as http://127.0.0.1:11434/v1 for ollama\n"
        f"  neither:     {without}"
    )


def _wanted(engines: Sequence[Engine]) -> Engine:
    """Return the engine that will be used; what the extra would bring where there is none yet."""
    return engines[0] if engines else Xllamacpp(Path())


def _python(engine: Engine) -> Requirement:
    name = sys.implementation.name
    return Requirement(
        name="python",
        ok=name == "cpython" or not isinstance(engine, Xllamacpp),
        detail=f"{'CPython' if name == 'cpython' else name} {platform.python_version()}",
        hint="The engine's wheel is for CPython: run draft with it, or put llama.cpp's"
        " llama-server on PATH.",
    )


def _processor(engine: Engine) -> Requirement:
    kind = platform.machine() or "unknown"
    lacks = machine.lacking(engine.features)
    words = ", ".join(feature.upper() for feature in lacks)
    return Requirement(
        name="processor",
        ok=not lacks,
        detail=f"{kind} without {words}" if lacks else kind,
        hint="The engine needs what x86 processors have since about 2013: use a server"
        " (OPENAI_API_KEY or --base-url), or a llama-server on PATH that was built for this one.",
    )


def _library(name: str) -> Requirement:
    found = machine.has_library(name)
    return Requirement(
        name=name.partition(".")[0],
        ok=found,
        detail=f"{name} is {'' if found else 'not '}installed",
        hint=LIBGOMP_HINT,
    )


def _engine(engines: Sequence[Engine], *, tried: bool = False) -> Requirement:
    install = f"{command_for_extra()}; or {_ON_PATH}" if has_wheel() else _ON_PATH
    if not engines:
        why = "no engine is installed"
        return Requirement(name="engine", ok=False, detail=why, hint=f"To have one: {install}.")
    failures: list[Failure] = []
    for engine in engines:
        failure = try_engine(engine) if tried else None
        if failure is None:
            return Requirement(name="engine", ok=True, detail=engine.name)
        failures.append(failure)
    return Requirement(
        name="engine",
        ok=False,
        detail=f"{engines[0].name} does not start: {failures[0].why}",
        hint=failures[0].hint or f"To have another: {install}.",
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
        hint=f"Install them (1.1 GB): {command_for_extra()}",
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
        hint=SPACE_HINT,
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
        hint="Close other programs, give the container more, or use a server (OPENAI_API_KEY or"
        " --base-url).",
    )


def _least_memory(model: Path | None) -> int:
    if model is not None:
        return machine.least_memory(shape(model), model.stat().st_size)
    head = cached() or next(iter(parts()), None)
    return machine.least_memory(shape(head) if head else QWEN_SHAPE, QWEN.size)


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
