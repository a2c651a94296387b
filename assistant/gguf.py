"""GGUF files: what can be one, and what its head says of the model's shape."""

import struct
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
class Shape:
    """Of a model: the tokens it was trained for and the bytes its cache takes for one token.

    Zero where the file does not say.
    """

    context: int = 0
    token_bytes: int = 0


_NUMBERS: Final = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 7: "?", 10: "Q", 11: "q"}
_FLOATS: Final = {6: "f", 12: "d"}
_STRING: Final = 8


def shape(path: Path) -> Shape:
    """What the head of a GGUF file says, read up to the first list (the tokenizer's)."""
    facts: dict[str, int] = {}
    with suppress(OSError, struct.error, ValueError), path.open("rb") as file:
        _, _, _, count = struct.unpack("<4sIQQ", file.read(24))
        for _ in range(min(count, 200)):
            key = _text(file).split(".", 1)[-1]
            (kind,) = struct.unpack("<I", file.read(4))
            if kind == _STRING:
                _text(file)
                continue
            code = (_NUMBERS | _FLOATS).get(kind)
            if code is None:
                break
            (value,) = struct.unpack(f"<{code}", file.read(struct.calcsize(f"<{code}")))
            if kind in _NUMBERS:
                facts[key] = int(value)
    heads = facts.get("attention.head_count", 0)
    per_head = facts.get("embedding_length", 0) // heads if heads else 0
    width = facts.get("attention.key_length", per_head) + facts.get(
        "attention.value_length", per_head
    )
    layers = facts.get("block_count", 0)
    stored = facts.get("attention.head_count_kv", heads)
    return Shape(context=facts.get("context_length", 0), token_bytes=2 * layers * stored * width)


def _text(file: BinaryIO) -> str:
    (length,) = struct.unpack("<Q", file.read(8))
    if length > 1 << 20:
        raise ValueError(length)
    return file.read(length).decode("utf-8", "replace")
