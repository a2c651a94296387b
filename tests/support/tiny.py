"""A language model of 400 kB with weights by chance: it says nonsense as a large one would.

`python -m tests.support.tiny FILE` writes it. Its matrices are Q4_K as our own weights are, so
that what it takes to run it is what it takes to run them.
"""

import random
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

WIDTH = 256
HEADS = 4
U32, F32, STRING, ARRAY, I32 = 4, 6, 8, 9, 5
PLAIN, Q4_K = 0, 12
ALIGNMENT = 32

Value = int | float | str | Sequence[int | float | str]


def _text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def _one(kind: int, value: object) -> bytes:
    if kind == STRING:
        return _text(str(value))
    return struct.pack({U32: "<I", F32: "<f", I32: "<i"}[kind], value)


def _fact(key: str, kind: int, value: Value) -> bytes:
    head = _text(key)
    if isinstance(value, int | float | str):
        return head + struct.pack("<I", kind) + _one(kind, value)
    inner = struct.pack("<IIQ", ARRAY, kind, len(value))
    return head + inner + b"".join(_one(kind, one) for one in value)


def _matrix(chance: random.Random, rows: int) -> bytes:
    """A matrix of rows of WIDTH numbers, a block of Q4_K each: two scales, and what they scale."""
    block = struct.Struct("<ee140s")
    return b"".join(block.pack(0.002, 0.01, chance.randbytes(140)) for _ in range(rows))


def model() -> bytes:
    """The file's bytes."""
    chance = random.Random(1)  # noqa: S311  not for secrets
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    tokens += [f"▁w{number}" for number in range(512 - len(tokens))]
    facts = [
        _fact("general.architecture", STRING, "llama"),
        _fact("general.name", STRING, "tiny"),
        _fact("llama.context_length", U32, 8192),
        _fact("llama.embedding_length", U32, WIDTH),
        _fact("llama.block_count", U32, 1),
        _fact("llama.feed_forward_length", U32, WIDTH),
        _fact("llama.attention.head_count", U32, HEADS),
        _fact("llama.attention.layer_norm_rms_epsilon", F32, 1e-5),
        _fact("llama.rope.dimension_count", U32, WIDTH // HEADS),
        _fact("tokenizer.ggml.model", STRING, "llama"),
        _fact("tokenizer.ggml.tokens", STRING, tokens),
        _fact("tokenizer.ggml.scores", F32, [-float(place) for place in range(len(tokens))]),
        _fact("tokenizer.ggml.token_type", I32, [2, 3, 3, *[6] * 256, *[1] * (len(tokens) - 259)]),
        _fact("tokenizer.ggml.bos_token_id", U32, 1),
        _fact("tokenizer.ggml.eos_token_id", U32, 2),
        _fact("tokenizer.chat_template", STRING, "{{ messages[0]['content'] }}"),
    ]
    ones = struct.pack("<f", 1.0) * WIDTH
    matrices = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"]
    tensors = [
        ("token_embd.weight", Q4_K, len(tokens), _matrix(chance, len(tokens))),
        ("output_norm.weight", PLAIN, 0, ones),
        ("output.weight", Q4_K, len(tokens), _matrix(chance, len(tokens))),
        ("blk.0.attn_norm.weight", PLAIN, 0, ones),
        ("blk.0.ffn_norm.weight", PLAIN, 0, ones),
        *((f"blk.0.{name}.weight", Q4_K, WIDTH, _matrix(chance, WIDTH)) for name in matrices),
    ]
    infos, data = b"", b""
    for name, kind, rows, content in tensors:
        sizes = [WIDTH, rows] if rows else [WIDTH]
        infos += _text(name) + struct.pack("<I", len(sizes))
        infos += struct.pack(f"<{len(sizes)}Q", *sizes) + struct.pack("<IQ", kind, len(data))
        data += content + bytes(-len(content) % ALIGNMENT)
    head = struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(facts)) + b"".join(facts) + infos
    return head + bytes(-len(head) % ALIGNMENT) + data


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(model())
