"""What the embedded model needs of this machine, and what to do where that is not there."""

import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.errors import DraftError, Exit
from assistant.install import build_install_command
from assistant.llm.local import machine
from assistant.llm.local.engine import (
    LIBGOMP_HINT,
    Engine,
    EngineFailure,
    XllamacppEngine,
    find_engines,
    has_wheel,
    try_engine,
)
from assistant.llm.local.gguf import estimate_least_memory, read_model_shape
from assistant.llm.local.weights import (
    DISK_MARGIN,
    QWEN_RECIPE,
    QWEN_SHAPE,
    SPACE_HINT,
    find_cached_weights,
    find_weight_parts,
    find_weights_folder,
)

_PATH_HINT: Final = "put llama.cpp's llama-server on PATH"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One thing that the embedded model needs of this machine, and whether it is there.

    `detail` says what was found, as a phrase; `hint` what to do where `ok` is false.
    """

    name: str
    ok: bool
    detail: str
    hint: str = ""


def list_requirements(model: Path | None = None) -> tuple[Requirement, ...]:
    """Return what the embedded model needs here, in the order in which a person would mend it.

    Nothing is loaded, joined or downloaded to find out (an engine that is there is asked whether it
    can start at all), and nothing needs to be installed: what a machine must have is told before
    the extra is there as well. `model` is a GGUF file in place of our own weights.
    """
    engines = find_engines()
    needed = _choose_engine(engines)
    return (
        _check_python(needed),
        _check_processor(needed),
        *(_check_library(name) for name in needed.libraries),
        _check_engine(engines, tried=True),
        *([] if model else [_check_weights(), _check_disk()]),
        _check_memory(model),
    )


def check_requirements(model: Path | None = None) -> None:
    """Raise a DraftError for what the embedded model lacks, before anything is joined or loaded."""
    # Once the weights are joined all the rest was there once, and is found out by the start itself.
    is_first_start = model is not None or find_cached_weights() is None
    for lack in list_requirements(model) if is_first_start else (_check_memory(model),):
        if not lack.ok:
            raise DraftError(
                f"the embedded model cannot run here: {lack.name}: {lack.detail}.",
                code="no-space" if lack.name == "disk" else "no-embedded-model",
                exit_code=Exit.FILE if lack.name == "disk" else Exit.MODEL,
                hint=lack.hint,
            )


def is_embedded_available() -> bool:
    """Return whether an engine and the weights are there, so that the embedded model can answer."""
    return not describe_missing()


def describe_missing() -> str:
    """Return what is not installed that the embedded model needs, as a sentence, or nothing."""
    needed = (_check_engine(find_engines()), _check_weights())
    return " and ".join(one.detail for one in needed if not one.ok)


def describe_ways_on() -> str:
    """Return what to do where no model can be asked: the three ways, a line each."""
    engines = find_engines()
    # What no installing changes.
    needed = (_check_processor(_choose_engine(engines)), _check_memory())
    if lacks := [one for one in needed if not one.ok]:
        without = f"not on this machine: {lacks[0].name}: {lacks[0].detail}"
    elif not has_wheel() and not engines:
        without = f"{_PATH_HINT}, and {build_install_command()} for the weights"
    else:
        without = f"{build_install_command()} (1.1 GB, answers slowly)"
    return (
        "Three ways to go on:\n"
        "  OpenAI:      set OPENAI_API_KEY\n"
        "  a server:    --base-url URL, such as http://127.0.0.1:11434/v1 for ollama\n"
        f"  neither:     {without}"
    )


def _choose_engine(engines: Sequence[Engine]) -> Engine:
    """Return the engine that will be used; what the extra would bring where there is none yet."""
    return engines[0] if engines else XllamacppEngine(Path())


def _check_python(engine: Engine) -> Requirement:
    """Return whether this Python is one that the engine's wheel is for."""
    name = sys.implementation.name
    return Requirement(
        name="python",
        ok=name == "cpython" or not isinstance(engine, XllamacppEngine),
        detail=f"{'CPython' if name == 'cpython' else name} {platform.python_version()}",
        hint="The engine's wheel is for CPython: run draft with it, or put llama.cpp's"
        " llama-server on PATH.",
    )


def _check_processor(engine: Engine) -> Requirement:
    """Return whether the processor can do what the engine was compiled for."""
    kind = platform.machine() or "unknown"
    lacks = machine.find_missing_features(engine.features)
    words = ", ".join(feature.upper() for feature in lacks)
    return Requirement(
        name="processor",
        ok=not lacks,
        detail=f"{kind} without {words}" if lacks else kind,
        hint="The engine needs what x86 processors have since about 2013: use a server"
        " (OPENAI_API_KEY or --base-url), or a llama-server on PATH that was built for this one.",
    )


def _check_library(name: str) -> Requirement:
    """Return whether the system has a library."""
    found = machine.has_library(name)
    return Requirement(
        name=name.partition(".")[0],
        ok=found,
        detail=f"{name} is {'' if found else 'not '}installed",
        hint=LIBGOMP_HINT,
    )


def _check_engine(engines: Sequence[Engine], *, tried: bool = False) -> Requirement:
    """Return whether there is an engine; with `tried`, whether one of them can be loaded."""
    install = f"{build_install_command()}; or {_PATH_HINT}" if has_wheel() else _PATH_HINT
    if not engines:
        why = "no engine is installed"
        return Requirement(name="engine", ok=False, detail=why, hint=f"To have one: {install}.")
    failures: list[EngineFailure] = []
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


def _check_weights() -> Requirement:
    """Return whether the weights are installed, as parts or joined."""
    joined, pieces = find_cached_weights(), find_weight_parts()
    if joined is not None:
        detail = f"{joined} ({QWEN_RECIPE.size / 1e9:.1f} GB)"
    elif pieces:
        detail = f"installed in {len(pieces)} parts, joined at the first use"
    else:
        detail = "the model's weights are not installed"
    return Requirement(
        name="weights",
        ok=joined is not None or bool(pieces),
        detail=detail,
        hint=f"Install them (1.1 GB): {build_install_command()}",
    )


def _check_disk() -> Requirement:
    """Return whether the disk has room for the joined weights."""
    if find_cached_weights() is not None:
        return Requirement(name="disk", ok=True, detail="the weights are joined already")
    try:
        folder = find_weights_folder()
    except DraftError as error:
        return Requirement(name="disk", ok=False, detail=error.message, hint=error.hint)
    room, needed = machine.measure_disk_room(folder), QWEN_RECIPE.size + DISK_MARGIN
    free = f"{_format_gigabytes(room)} free in {folder}"
    return Requirement(
        name="disk",
        ok=room >= needed,
        detail=f"{free}, {_format_gigabytes(needed)} are needed",
        hint=SPACE_HINT,
    )


def _check_memory(model: Path | None = None) -> Requirement:
    """Return whether the model can run in what memory is free, with other programs swapped out."""
    needed = _estimate_needed_memory(model)
    free, spare = machine.measure_free_memory(), machine.measure_free_swap()
    if not free:
        return Requirement(name="memory", ok=True, detail="the system does not say how much")
    swapped = f" and {_format_gigabytes(spare)} of swap" if spare else ""
    return Requirement(
        name="memory",
        ok=free + spare >= needed,
        detail=f"{_format_gigabytes(free)}{swapped} free, {_format_gigabytes(needed)} are needed",
        hint="Close other programs, give the container more, or use a server (OPENAI_API_KEY or"
        " --base-url).",
    )


def _estimate_needed_memory(model: Path | None) -> int:
    """Return the bytes that a GGUF file needs at least, or our own weights, joined or not."""
    if model is not None:
        return estimate_least_memory(read_model_shape(model), model.stat().st_size)
    head = find_cached_weights() or next(iter(find_weight_parts()), None)
    return estimate_least_memory(read_model_shape(head) if head else QWEN_SHAPE, QWEN_RECIPE.size)


def _format_gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
