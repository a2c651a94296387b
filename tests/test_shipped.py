"""Tests of `shipped`: the files beside the package are found, read once, and only when needed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assistant import shipped
from assistant.shipped import find_shipped_folder, load_grammar, load_openings, load_topic_titles

GRAMMARS = sorted(path.stem for path in (find_shipped_folder() / "grammars").iterdir())


@pytest.mark.parametrize("name", GRAMMARS)
def test_grammar_is_sent_without_its_comments(name: str) -> None:
    """A grammar's rules are kept as they stand, and nothing that explains them is sent."""
    text = (find_shipped_folder() / "grammars" / f"{name}.gbnf").read_text("utf-8")

    assert text.startswith("# ")
    assert all("::=" in line for line in load_grammar(name).split("\n"))
    assert text.endswith(f"{load_grammar(name)}\n")


def test_word_lists_are_texts() -> None:
    """Every topic has a pattern, every opening a text: nothing in the lists is left out unread."""
    lines = [
        line
        for name in ("topics", "openings")
        for line in (find_shipped_folder() / f"{name}.toml").read_text("utf-8").splitlines()
        if " = " in line and not line.startswith("#")
    ]
    every = [text for own in load_openings().values() for texts in own.values() for text in texts]

    assert len(lines) == len(load_topic_titles()) + sum(map(len, load_openings().values()))
    assert all((*every, *load_topic_titles().values()))


def test_nothing_is_read_before_it_is_asked_for() -> None:
    """Modules that use the word lists and grammars load none of them when they are imported."""
    program = (
        "from assistant import shipped\n"
        "from assistant.prompting import prompts, request\n"
        "loads = shipped.load_grammar, shipped.load_openings, shipped.load_topic_titles\n"
        "print(sum(one.cache_info().currsize for one in loads))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )

    assert ran.stdout == "0\n"


@pytest.mark.parametrize("inside", [True, False])
def test_folder_is_found_from_any_depth(tmp_path: Path, *, inside: bool) -> None:
    """Where the module stands in the package is no matter, in a checkout and when installed."""
    package = tmp_path / "assistant"
    deep = package / "one" / "two"
    deep.mkdir(parents=True)
    for folder in (package, deep.parent, deep):
        (folder / "__init__.py").write_text("")
    shutil.copy(shipped.__file__, deep / "moved.py")
    expected = package / "_prompts" if inside else tmp_path / "prompts"
    expected.mkdir()

    program = "from assistant.one.two import moved; print(moved.find_shipped_folder())"
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    )

    assert Path(ran.stdout.strip()) == expected.resolve()
