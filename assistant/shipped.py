"""The files that ship with the package: prompts, grammars, word lists, the built-in template.

They are read when something first asks for them: most commands ask for none.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import assistant


def find_shipped_folder() -> Path:
    """Return the folder of these files: beside the package in a checkout, in it when installed.

    It is found from the package's root, so that this module may stand anywhere below that.
    """
    package = Path(assistant.__file__).resolve().parent
    inside = package / "_prompts"
    return inside if inside.is_dir() else package.parent / "prompts"


def read_template_bytes(path: Path | None) -> bytes:
    """Return the bytes of the template at `path`, or of the built-in one.

    A list from the cache asks for them too, which loads neither Markdown nor locks. Raises
    DraftError (exit code 4).
    """
    if path is None:
        return (find_shipped_folder() / "design_document.md").read_bytes()
    from assistant import files  # noqa: PLC0415  loads locks

    return files.read_document_bytes(
        path, "Name another with --template, or none for the built-in one."
    )


@cache
def load_grammar(name: str) -> str:
    """Return the grammar in `grammars/NAME.gbnf` without its comments, which no server is sent."""
    text = (find_shipped_folder() / "grammars" / f"{name}.gbnf").read_text("utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("#"))


@cache
def load_topic_titles() -> Mapping[str, str]:
    """Return the patterns of the titles of each topic, in the order in which they are tried."""
    found = _load_table("topics")
    return {topic: words for topic, words in found.items() if isinstance(words, str)}


@cache
def load_openings() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return the first words of sections by language, named in English, and then by topic."""
    found = _load_table("openings")
    return {
        language: {topic: tuple(texts) for topic, texts in own.items()}
        for language, own in found.items()
        if isinstance(own, dict)
    }


@cache
def load_english_words() -> frozenset[str]:
    """Return words that are frequent in English messages of programs, and rare in other languages.

    Without them the model that tells languages takes "Tests of fill" for Catalan, "Fix github
    release" for Turkish and "Kafka consumer lag" for Danish.
    """
    return frozenset((find_shipped_folder() / "english_words.txt").read_text("utf-8").split())


def _load_table(name: str) -> dict[str, object]:
    import tomllib  # noqa: PLC0415  only what asks a model reads these

    return tomllib.loads((find_shipped_folder() / f"{name}.toml").read_text("utf-8"))
