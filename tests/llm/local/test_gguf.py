"""GGUF files: told from others, read, and fitted into memory."""

from pathlib import Path

import pytest

from assistant.errors import DraftError, Exit
from assistant.llm.local.gguf import (
    ModelShape,
    check_gguf,
    estimate_least_memory,
    plan_slots,
    read_model_shape,
)

GB = 1024**3


def test_gguf_is_recognised(tmp_path: Path) -> None:
    """A file that starts as GGUF files do is taken."""
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF\3\0\0\0")

    check_gguf(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "no such file"), ("folder", "no regular file"), (b"", "no GGUF"), (b"GGML", "no GGUF")],
)
def test_gguf_is_refused(tmp_path: Path, content: bytes | str | None, words: str) -> None:
    """What cannot be a model is refused with its reason."""
    path = tmp_path / "model.gguf"
    if content == "folder":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)

    with pytest.raises(DraftError) as caught:
        check_gguf(path)

    assert (caught.value.code, caught.value.exit_code) == ("bad-gguf", Exit.FILE)
    assert words in caught.value.message


def _text(text: str) -> bytes:
    return len(text).to_bytes(8, "little") + text.encode()


def _number(key: str, value: int) -> bytes:
    return _text(key) + (4).to_bytes(4, "little") + value.to_bytes(4, "little")


HEAD = (
    b"GGUF"
    + (3).to_bytes(4, "little")
    + (0).to_bytes(8, "little")
    + (7).to_bytes(8, "little")
    + _text("general.architecture")
    + (8).to_bytes(4, "little")
    + _text("small")
    + _number("small.context_length", 4096)
    + _number("small.embedding_length", 64)
    + _number("small.block_count", 3)
    + _number("small.attention.head_count", 4)
    + _number("small.attention.head_count_kv", 2)
    + _text("tokenizer.ggml.tokens")
    + (9).to_bytes(4, "little")
)


def test_shape(tmp_path: Path) -> None:
    """A model's head says its context, and what a token takes: layers x heads x both x 2 bytes."""
    path = tmp_path / "model.gguf"
    path.write_bytes(HEAD)

    assert read_model_shape(path) == ModelShape(context=4096, token_bytes=3 * 2 * (16 + 16) * 2)


@pytest.mark.parametrize("length", [0, 3, 20, 60, 100])
def test_shape_of_a_cut_off_file(tmp_path: Path, length: int) -> None:
    """A head that is cut off says nothing, and is no error here: the engine will have its say."""
    path = tmp_path / "model.gguf"
    path.write_bytes(HEAD[:length])

    assert read_model_shape(path).token_bytes == 0


@pytest.mark.parametrize(
    ("shape", "free", "expected"),
    [
        (ModelShape(), 0, (8, 8192)),
        (ModelShape(context=32768, token_bytes=28672), 23 * GB, (8, 8192)),
        (ModelShape(context=2048, token_bytes=28672), 23 * GB, (8, 2048)),
        (ModelShape(context=32768, token_bytes=28672), 3 * GB, (6, 8192)),
        (ModelShape(context=32768, token_bytes=28672), 1 * GB, (1, 4096)),
    ],
)
def test_plan(shape: ModelShape, free: int, expected: tuple[int, int]) -> None:
    """Slots are given up where memory is short, and no model is asked beyond its training."""
    planned = plan_slots(shape, GB, free, slots=8, context=8192)

    assert planned == expected


def test_least_memory() -> None:
    """The least a model takes is its weights with one slot of few tokens."""
    shape = ModelShape(context=32768, token_bytes=28672)

    assert estimate_least_memory(shape, GB) == int(GB * 1.25) + 4096 * 28672
    assert estimate_least_memory(ModelShape(context=512, token_bytes=10), 0) == 5120
