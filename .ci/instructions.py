"""Whether the embedded engine's wheel runs on every processor that it is meant for.

`python .ci/instructions.py [FOLDER...]` disassembles the libraries and programs in the folders, by
default those of the installed `xllamacpp`, and refuses what an x86-64 processor with AVX2 does not
have: AVX-512 in all its sizes, masks, matrix tiles. So it says the same on every machine. What is
compiled in several variants, of which one is chosen when it is loaded (`libggml-cpu-skylakex.so`),
is left out. The wheel for Windows fails it for 122 vpmullq: a test of the processor, which
Microsoft's compiler puts there, stands shortly before 114 of them; 8 were not traced.
"""

import platform
import re
import struct
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path

import capstone

# Mask registers and tiles are coded as AVX2 is; all else that is newer begins with a byte of its
# own (EVEX), behind prefixes that are rare. What the disassembler does not know it gives as bytes,
# and what it does not know of the encoding of AVX2 is newer as well (AMX, with capstone 5).
NEWER = re.compile(r"\bk[0-7]\b|\btmm\d")
NAMES = re.compile(r"^(?:tile|tdp|vpdp|vpmadd52|ldtilecfg|sttilecfg)")
UNKNOWN = (0x62, 0xC4, 0xC5)
EVEX = 0x62
PREFIXES = b"\x26\x2e\x36\x3e\x64\x65\x67"
VARIANT = re.compile(r"^(?:lib)?ggml-cpu-\w+\.(?:so|dll)")
CHUNK = 1 << 20
LONGEST = 15
PE_X86_64, PE_CODE = 0x8664, 0x20000000
ELF_X86_64 = b"\x3e\x00"


def find_newer(code: bytes) -> Counter[str]:
    """Count the instructions that AVX2 does not have, by their mnemonics."""
    machine = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)
    machine.skipdata = True
    found: Counter[str] = Counter()
    place = 0
    while place < len(code):
        end = place
        for address, size, name, operands in machine.disasm_lite(
            code[place : place + CHUNK + LONGEST], place
        ):
            if address >= place + CHUNK:
                break
            end = address + size
            first = code[address : address + size].lstrip(PREFIXES)[:1]
            known = name != ".byte"
            if (
                (known and first == bytes([EVEX]))
                or (not known and code[address] in UNKNOWN)
                or NEWER.search(operands)
                or NAMES.match(name)
            ):
                found[name] += 1
        place = max(end, place + 1)
    return found


def read_code(data: bytes) -> Iterator[bytes]:
    """Yield the machine code in an x86-64 ELF or PE file, section by section; else nothing."""
    if data[:4] == b"\x7fELF" and data[18:20] == ELF_X86_64:
        (start,) = struct.unpack_from("<Q", data, 0x28)
        size, count = struct.unpack_from("<HH", data, 0x3A)
        for number in range(count):
            _, kind, flags, _, offset, length = struct.unpack_from(
                "<IIQQQQ", data, start + number * size
            )
            if kind == 1 and flags & 4:  # in the file, and executable
                yield data[offset : offset + length]
    elif data[:2] == b"MZ":
        (head,) = struct.unpack_from("<I", data, 0x3C)
        machine, count = struct.unpack_from("<HH", data, head + 4)
        (optional,) = struct.unpack_from("<H", data, head + 20)
        for number in range(count if machine == PE_X86_64 else 0):
            section = head + 24 + optional + 40 * number
            length, offset = struct.unpack_from("<II", data, section + 16)
            (flags,) = struct.unpack_from("<I", data, section + 36)
            if flags & PE_CODE:
                yield data[offset : offset + length]


def find_files(folders: list[Path]) -> Iterator[Path]:
    """Yield the libraries and programs, each once however many names it has."""
    seen = set()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            real = path.resolve()
            if path.is_file() and not VARIANT.match(path.name) and real not in seen:
                seen.add(real)
                yield path


def main() -> int:
    """Print what was found in each file; 1 where something is too new, or nothing was read."""
    folders = [Path(word) for word in sys.argv[1:]]
    if not folders:
        spec = PathFinder.find_spec("xllamacpp")
        places = [] if spec is None else list(spec.submodule_search_locations or [])
        folders = [Path(place) for place in places]
    read = wrong = 0
    for path in find_files(folders):
        pieces = list(read_code(path.read_bytes()))
        if not pieces:
            continue
        read += 1
        found = sum((find_newer(piece) for piece in pieces), Counter[str]())
        wrong += bool(found)
        often = ", ".join(f"{name} {count}" for name, count in found.most_common(5))
        print(
            f"{path.name}: {sum(map(len, pieces)):,} bytes of code, {found.total():,} too new"
            f"{': ' if often else ''}{often}"
        )
    if not read:
        print("no x86-64 code was found")
    # Where the processor is another one, the wheel is for that one too.
    expected = platform.machine().lower() in {"x86_64", "amd64"}
    return 1 if wrong or (expected and not read) else 0


if __name__ == "__main__":
    sys.exit(main())
