"""The built-in template, and the one that a person chose instead."""

from pathlib import Path
from typing import TYPE_CHECKING

from assistant.shipped import find_shipped_folder

if TYPE_CHECKING:
    from assistant.template import Template


def source(path: Path | None) -> bytes:
    """Return the bytes of the template at `path`, or of the built-in one.

    Raises DraftError (exit code 4).
    """
    if path is None:
        return (find_shipped_folder() / "design_document.md").read_bytes()
    from assistant import disk  # noqa: PLC0415  loads locks, which a list from the cache needs not

    return disk.read(path, "Name another with --template, or none for the built-in one.")


def chosen(path: Path | None) -> "Template":
    """Return the template at `path`, or the built-in one. Raises DraftError (exit code 4)."""
    from assistant import template  # noqa: PLC0415  likewise

    return template.from_bytes(source(path), str(path) if path else "built-in template")
