"""The built-in template, and where the files that ship with the package are."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.template import Template


def folder() -> Path:
    """The folder of prompts: beside the package in a checkout, inside it when installed."""
    here = Path(__file__).resolve().parent
    inside = here / "_prompts"
    return inside if inside.is_dir() else here.parent / "prompts"


def source(path: Path | None) -> bytes:
    """The bytes of the template at `path`, or of the built-in one. Raises DraftError (code 4)."""
    if path is None:
        return (folder() / "design_document.md").read_bytes()
    from assistant import disk  # noqa: PLC0415  loads locks, which a list from the cache needs not

    return disk.read(path, "Name another with --template, or none for the built-in one.")


def chosen(path: Path | None) -> "Template":
    """The template at `path`, or the built-in one. Raises DraftError (exit code 4)."""
    from assistant import template  # noqa: PLC0415  likewise

    return template.from_bytes(source(path), str(path) if path else "built-in template")
