"""A package that runs only when it is needed is, in all else, the package that it is."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from assistant.llm.client import defer_package

RAN = "import sys\nsys.ran = getattr(sys, 'ran', []) + [__name__]\n"


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The modules that ran so far of a package with another one inside of it."""
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "outer" / "__init__.py").write_text(RAN + "from outer import inner\nname = 1\n")
    (inner / "__init__.py").write_text(RAN + "from outer.inner.leaf import leaf\n")
    (inner / "leaf.py").write_text(RAN + "leaf = 2\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    seen: list[str] = []
    monkeypatch.setattr(sys, "ran", seen, raising=False)

    class Seen:
        """What `sys.ran` is by now."""

        def __iter__(self) -> Iterator[str]:
            return iter(sys.ran)  # type: ignore[attr-defined]

    yield Seen()  # type: ignore[misc]
    for name in [name for name in sys.modules if name.partition(".")[0] == "outer"]:
        del sys.modules[name]


def test_nothing_runs_before_it_is_needed(ran: list[str]) -> None:
    """A package imported in the block has not run; the first name that it lacks runs it."""
    with defer_package("outer.inner"):
        outer = import_module("outer")
    assert list(ran) == ["outer"]

    assert outer.inner.leaf == 2
    assert list(ran) == ["outer", "outer.inner", "outer.inner.leaf"]
    with pytest.raises(AttributeError):
        _ = outer.inner.nothing


def test_a_module_inside_runs_alone(ran: list[str]) -> None:
    """A module of a package that has not run can be imported, and leaves the package as it is."""
    with defer_package("outer"):
        leaf = import_module("outer.inner.leaf")

    assert leaf.leaf == 2
    assert list(ran) == ["outer.inner.leaf"]


def test_other_imports_are_as_ever(ran: list[str]) -> None:
    """Outside of the block, and for other packages in it, nothing is put off."""
    before = list(sys.meta_path)
    with defer_package("another"):
        import_module("outer")

    assert list(ran) == ["outer", "outer.inner", "outer.inner.leaf"]
    assert sys.meta_path == before
