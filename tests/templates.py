"""Templates that the laws are held against: the built-in one, real ones, generated ones."""

import os
from functools import cache
from pathlib import Path

from assistant.template import Template, from_bytes

ROOT = Path(__file__).resolve().parent.parent
BUILT_IN = ROOT / "prompts" / "design_document.md"
REAL = ("kubernetes-enhancements", "openshift-enhancements", "optimism-design-docs", "rust-rfcs")
CORPUS = os.environ.get("DRAFT_CORPUS", "")


@cache
def load(name: str) -> Template:
    """A template by name: `design_document`, or one of `REAL` where there is a corpus."""
    path = BUILT_IN if name == BUILT_IN.stem else Path(CORPUS) / "templates" / f"{name}.md"
    return from_bytes(path.read_bytes(), name)


def known() -> tuple[str, ...]:
    """The names of the templates that can be loaded here."""
    return (BUILT_IN.stem, *(REAL if CORPUS else ()))
