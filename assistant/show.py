"""What commands print alike: paths and words as people type them, numbers of things."""

import os
import re
from contextlib import suppress
from pathlib import Path

_BARE = re.compile(r"[\w@%+=:,./-]+")
_QUOTABLE = re.compile(r'[^"$`\\!]*')


def relative(path: Path) -> str:
    """A path as a person here would type it."""
    with suppress(ValueError, OSError):  # on another drive, or from nowhere
        return os.path.relpath(path)
    return str(path)


def quoted(word: str) -> str:
    """Return a word as a shell takes it, in the quotes that people type."""
    if _BARE.fullmatch(word):
        return word
    if _QUOTABLE.fullmatch(word):
        return f'"{word}"'
    import shlex  # noqa: PLC0415  most words need none of it

    return shlex.quote(word)


def plural(number: int, thing: str) -> str:
    """Return the word for a thing as it stands behind a number."""
    return thing if number == 1 else f"{thing}s"
