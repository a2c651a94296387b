"""Templates that the laws are held against: the built-in one, real ones, generated ones."""

import os
from functools import cache
from pathlib import Path

import pytest

from assistant.template.template import Template, parse_template
from tests.support.paths import BUILT_IN

SECTIONS = 5  # of SMALL that a model is asked for
REAL = ("kubernetes-enhancements", "openshift-enhancements", "optimism-design-docs", "rust-rfcs")
CORPUS = os.environ.get("DRAFT_CORPUS", "")
needs_corpus = pytest.mark.skipif(
    not CORPUS, reason="DRAFT_CORPUS names no folder of real documents"
)


@cache
def load(name: str) -> Template:
    """A template by name: `design_document`, or one of `REAL` where there is a corpus."""
    path = BUILT_IN if name == BUILT_IN.stem else Path(CORPUS) / "templates" / f"{name}.md"
    return parse_template(path.read_bytes(), name)


def known() -> tuple[str, ...]:
    """The names of the templates that can be loaded here."""
    return (BUILT_IN.stem, *(REAL if CORPUS else ()))


def real_documents() -> list[Path]:
    """The real documents, where there are any."""
    folder = Path(CORPUS) if CORPUS else None
    return sorted(p for name in REAL for p in folder.glob(f"{name}/*.md")) if folder else []


def corpus_files() -> list[Path]:
    """Every real document, where there is a folder of them."""
    return sorted(Path(CORPUS).rglob("*.md")) if CORPUS else []
