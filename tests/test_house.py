"""The shape of the tests: what they share is in `tests/support`, none imports another."""

import ast
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
