"""A GGUF file: whether it is one, what its head says, and the memory that its model takes."""

import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from assistant.errors import DraftError, Exit

# The kinds of a value in the head, by their numbers in the format, and how `struct` reads them.
_INTEGER_CODES: Final = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 7: "?", 10: "Q", 11: "q"}
_FLOAT_CODES: Final = {6: "f", 12: "d"}
_STRING_KIND: Final = 8
# What no head has: of more values, or of longer texts, the file is not what it says.
_MOST_VALUES: Final = 200
_LONGEST_STRING: Final = 1 << 20

# Bytes that our own process and the system still need beside the engine. By judgement.
_SPARE_BYTES: Final = 256 * 1024 * 1024
# Measured: 1.12 GB of weights, repacked for the processor, and the engine's buffers are 1.36 GB
# resident before the cache (Q4_K_M, October 2026).
_WORK_FACTOR: Final = 1.25
# A request is a prompt of about 1,200 tokens and an answer of 200, or a few times that.
_LEAST_CONTEXT: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelShape:
    """The tokens that a model was trained for, and the bytes that its cache takes for one token.

    Zero where the file does not say.
    """

    context: int = 0
    token_bytes: int = 0


def check_gguf(path: Path) -> None:
    """Raise a DraftError for what cannot be a GGUF file."""
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


def read_model_shape(path: Path) -> ModelShape:
    """Return what the head of a GGUF file says of its model, as far as it can be read."""
    facts = _read_head(path)
    heads = facts.get("attention.head_count", 0)
    per_head = facts.get("embedding_length", 0) // heads if heads else 0
    key = facts.get("attention.key_length", per_head)
    value = facts.get("attention.value_length", per_head)
    stored = facts.get("block_count", 0) * facts.get("attention.head_count_kv", heads)
    # A number of the cache takes 2 bytes.
    token_bytes = 2 * stored * (key + value)
    return ModelShape(context=facts.get("context_length", 0), token_bytes=token_bytes)


def _read_head(path: Path) -> dict[str, int]:
    """Return the whole numbers of a file's head up to the first list, which is the tokenizer's.

    They go by their keys without the architecture's name, as in `context_length`.
    """
    facts: dict[str, int] = {}
    with suppress(OSError, struct.error, ValueError), path.open("rb") as file:
        _, _, _, count = struct.unpack("<4sIQQ", file.read(24))
        for _ in range(min(count, _MOST_VALUES)):
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
    return facts


def _read_string(file: BinaryIO) -> str:
    """Return the text that stands next in the head. Raises ValueError where it is too long."""
    (length,) = struct.unpack("<Q", file.read(8))
    if length > _LONGEST_STRING:
        raise ValueError(length)
    return file.read(length).decode("utf-8", "replace")


def plan_slots(
    shape: ModelShape, size: int, free: int, slots: int, context: int
) -> tuple[int, int]:
    """Return the slots, and the tokens for each, that fit: at most what is asked.

    Slots are given up before tokens. `size` is the weights' and `free` the memory's in bytes. A
    model that does not say what its cache takes gets what is asked.
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
