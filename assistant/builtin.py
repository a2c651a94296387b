"""The built-in template, and where the files that ship with the package are."""

from pathlib import Path

from assistant import store, template
from assistant.template import Template


def folder() -> Path:
    """The folder of prompts: beside the package in a checkout, inside it when installed."""
    here = Path(__file__).resolve().parent
    inside = here / "_prompts"
    return inside if inside.is_dir() else here.parent / "prompts"


def chosen(path: Path | None) -> Template:
    """The template at `path`, or the built-in one. Raises DraftError (exit code 4)."""
    if path is None:
        built = folder() / "design_document.md"
        return template.from_bytes(built.read_bytes(), "built-in template")
    return template.from_bytes(store.read(path), str(path))
