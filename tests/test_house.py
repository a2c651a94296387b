"""The shape of the tests: what they share is in `tests/support`, none imports another."""

import ast
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.support.paths import ROOT

MODULES = sorted((ROOT / "tests").rglob("*.py"))


def imported_modules(text: str) -> set[str]:
    """Return the dotted names that a module may import: modules, and names out of modules."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = "." * node.level + (node.module or "")
            found |= {start} | {f"{start}.{alias.name}" for alias in node.names}
    return found


def imported_tests(text: str) -> list[str]:
    """Return the imports of test modules and conftests: their names, sorted."""
    return sorted(
        name
        for name in imported_modules(text)
        if any(part.startswith("test_") or part == "conftest" for part in name.split("."))
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from tests.test_x import y", ["tests.test_x", "tests.test_x.y"]),
        ("from tests.llm.test_x import y", ["tests.llm.test_x", "tests.llm.test_x.y"]),
        ("from tests import test_x", ["tests.test_x"]),
        ("from .test_x import y", [".test_x", ".test_x.y"]),
        ("import tests.test_x", ["tests.test_x"]),
        ("from tests.conftest import y", ["tests.conftest", "tests.conftest.y"]),
        ("def f():\n    import tests.test_x as x", ["tests.test_x"]),
        ("from tests.support.scripted import Reply", []),
    ],
)
def test_an_imported_test_is_seen(text: str, found: list[str]) -> None:
    """Each way to import a test module is noticed."""
    assert imported_tests(text) == found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_test_module_is_imported(path: Path) -> None:
    """What tests share stands in `tests/support`, so that a test can be moved or deleted alone."""
    assert imported_tests(path.read_text("utf-8")) == []


def test_every_folder_of_tests_is_a_package() -> None:
    """Two test modules may have one name, as long as their folders are packages."""
    folders = {path.parent for path in MODULES}
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []


# A public name is defined once; each program of its own has a `main`.
SHARED_NAMES = ["main"]
# How often the formatter may be kept away, in all: a table of data that reads better as it stands.
MOST_UNFORMATTED = 9
# Modules in a package. The rules are a catalogue, a file for each, and not kept in mind.
MOST_MODULES = 12
CATALOGUES = ("assistant/lint/rules",)


def defined_names(text: str) -> set[str]:
    """Return the public functions and classes that a module defines."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    nodes = [node for node in ast.parse(text).body if isinstance(node, kinds)]
    return {node.name for node in nodes if not node.name.startswith("_")}


def shared_names(texts: Iterable[str]) -> list[str]:
    """Return the public names that more than one module defines, sorted."""
    count = Counter(name for text in texts for name in defined_names(text))
    return sorted(name for name, times in count.items() if times > 1)


def texts_of(*folders: str) -> list[str]:
    """Return the text of each Python module below folders of the checkout."""
    return [
        path.read_text("utf-8") for one in folders for path in sorted((ROOT / one).rglob("*.py"))
    ]


def test_a_shared_name_is_seen() -> None:
    """Functions and classes count, in whatever module; names of methods and of our own do not."""
    one = "def f(): ...\nasync def g(): ...\nclass H:\n    def m(self): ...\ndef _own(): ...\n"
    other = "class f: ...\ndef g(): ...\nH = 1\ndef m(): ...\ndef _own(): ...\n"
    assert shared_names([one, other]) == ["f", "g"]
    assert shared_names(["def f(): ...\ndef f(): ...\n"]) == []


def test_a_name_is_defined_once() -> None:
    """A public name means one thing, so that a search for it finds what is meant."""
    assert shared_names(texts_of("assistant")) == SHARED_NAMES


def test_the_formatter_is_obeyed() -> None:
    """What keeps the formatter away is rare."""
    mark = "# fmt: " + "skip"  # or this line counted
    texts = texts_of("assistant", "tests", "benchmarks", ".ci")
    assert sum(text.count(mark) for text in texts) <= MOST_UNFORMATTED


def test_a_package_can_be_kept_in_mind() -> None:
    """No package has more modules than one remembers."""
    modules = Counter(path.parent for path in (ROOT / "assistant").rglob("[!_]*.py"))
    large = {
        str(folder.relative_to(ROOT)) for folder, count in modules.items() if count > MOST_MODULES
    }
    assert large == set(CATALOGUES)
