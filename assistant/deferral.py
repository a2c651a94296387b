"""Packages that run only when something in them is asked for.

Of the 500 modules that `import openai` loads, 350 describe the answers of APIs that nobody here
asks: half of its processor time, before anything is sent.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType


class _Later(Loader):
    """Loads a package without running it: the first name that it lacks does that."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def exec_module(self, module: ModuleType) -> None:
        """Let the package be there; its modules can be imported already."""

        def absent(name: str) -> object:
            if name.startswith("__"):  # the import system looks whether some of these are there
                raise AttributeError(name)
            del module.__dict__["__getattr__"]
            self._loader.exec_module(module)
            return getattr(module, name)

        module.__dict__["__getattr__"] = absent


class _Finder(MetaPathFinder):
    def __init__(self, package: str) -> None:
        self._package = package

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The place of a package that is to run later; of anything else none."""
        if f"{fullname}.".startswith(f"{self._package}."):
            spec = PathFinder.find_spec(fullname, path, target)
            if spec and spec.loader and spec.submodule_search_locations is not None:
                spec.loader = _Later(spec.loader)
                return spec
        return None


@contextmanager
def defer(package: str) -> Iterator[None]:
    """Within the block, let the package and those inside of it be imported without being run."""
    finder = _Finder(package)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
