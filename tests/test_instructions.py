"""CI's look into the engine's machine code: what a processor with AVX2 does not have is found."""

import importlib.util
import struct
from pathlib import Path

import pytest

from tests.support.paths import ROOT

SCRIPT = ROOT / ".ci" / "instructions.py"
spec = importlib.util.spec_from_file_location("instructions", SCRIPT)
assert spec is not None
assert spec.loader is not None
instructions = importlib.util.module_from_spec(spec)
spec.loader.exec_module(instructions)

OLD = {
    "nop; ret": "90c3",
    "vaddps ymm0, ymm0, ymm1": "c5fc58c1",
    "vfmadd231ps ymm0, ymm1, ymm2": "c4e275b8c2",
    "vmovdqu ymm15, [rdi]": "c57e6f3f",
}
NEW = {
    "vaddps zmm0, zmm0, zmm1": "62f17c4858c1",
    "vpbroadcastq xmm0, rcx": "62f2fd087cc1",  # where the wheel before died
    "vmovdqu64 ymm16, [rdi]": "62e1fe286f07",
    "kmovw k1, eax": "c5f892c8",
    "tilezero tmm0": "c4e27b49c0",
}


@pytest.mark.parametrize("code", OLD.values(), ids=OLD)
def test_what_avx2_has(code: str) -> None:
    """What every processor with AVX2 has is let through."""
    assert instructions.find_newer(bytes.fromhex(code) * 3).total() == 0


@pytest.mark.parametrize("code", NEW.values(), ids=NEW)
def test_what_avx2_lacks(code: str) -> None:
    """What came later is found."""
    assert instructions.find_newer(bytes.fromhex(f"90{code}" + "90" * 8)).total() > 0


def test_pieces_do_not_cut_instructions() -> None:
    """Code that is longer than what is read at once gives each instruction once."""
    count = instructions.CHUNK // 6 * 2
    code = b"\x90" + bytes.fromhex("62f17c4858c1") * count

    assert instructions.find_newer(code).total() == count


def test_code_of_files() -> None:
    """Of an ELF or PE file the sections that are executed are read, of others nothing."""
    section = struct.pack("<IIQQQQIIQQ", 0, 1, 4, 0, 0x40, 2, 0, 0, 0, 0)
    data = struct.pack("<IIQQQQIIQQ", 0, 1, 2, 0, 0x40, 2, 0, 0, 0, 0)
    head = bytearray(0x40)
    head[:4], head[18:20] = b"\x7fELF", b"\x3e\x00"
    struct.pack_into("<Q", head, 0x28, 0x42)
    struct.pack_into("<HH", head, 0x3A, 64, 2)
    elf = bytes(head) + b"\x90\xc3" + section + data

    assert list(instructions.read_code(elf)) == [b"\x90\xc3"]
    assert list(instructions.read_code(b"# text")) == []
    assert list(instructions.read_code(b"\x7fELF" + bytes(60))) == []

    pe = bytearray(0x120)
    pe[:2] = b"MZ"
    struct.pack_into("<I", pe, 0x3C, 0x40)
    struct.pack_into("<HH", pe, 0x44, 0x8664, 1)
    struct.pack_into("<H", pe, 0x54, 0)
    struct.pack_into("<II", pe, 0x58 + 16, 2, 0x100)
    struct.pack_into("<I", pe, 0x58 + 36, 0x60000020)
    pe[0x100:0x102] = b"\x90\xc3"
    assert list(instructions.read_code(bytes(pe))) == [b"\x90\xc3"]


def test_variants_are_left_out(tmp_path: Path) -> None:
    """What is compiled for several processors, one of which is chosen, is no fault; links once."""
    for name in ("libggml-cpu.so", "libggml-cpu-skylakex.so", "ggml-cpu-zen4.dll", "a.so"):
        (tmp_path / name).write_text("x")
    (tmp_path / "b.so").symlink_to(tmp_path / "a.so")

    found = [path.name for path in instructions.find_files([tmp_path])]

    assert found == ["a.so", "libggml-cpu.so"]
