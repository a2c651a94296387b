"""The files of a repository as data: which paths there are, and how a document may name them."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, kw_only=True)  # without slots: what is derived is worked out once
class Repository:
    """Paths from the repository's root, parted by slashes; without any, nothing is known of it.

    `closed` are submodules and links: what is behind them is not looked at. `absent` are symbols
    that were looked for in vain. `note` says why something could not be looked at.
    """

    files: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    note: str = ""

    @property
    def known(self) -> bool:
        """Whether anything can be said about paths; an empty repository has only proposals."""
        return bool(self.files)

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that a file is in."""
        found: set[str] = set()
        for file in (*self.files, *self.closed):
            folder = posixpath.dirname(file)
            while folder and folder not in found:
                found.add(folder)
                folder = posixpath.dirname(folder)
        return frozenset(found)

    @cached_property
    def _ends(self) -> Mapping[str, tuple[str, ...]]:
        """Files and folders by their last name."""
        found: dict[str, list[str]] = {}
        for path in (*self.files, *self.closed, *self.folders):
            found.setdefault(posixpath.basename(path), []).append(path)
        return {name: tuple(paths) for name, paths in found.items()}

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(name for folder in self.folders for name in folder.split("/"))

    def has(self, path: str, folder: str = "") -> bool:
        """Whether a relative path is there: from the root, from `folder`, or as another's end.

        One that leaves the repository, or goes into a part that is closed, counts as there.
        """
        if path.startswith("/"):
            return False
        from_root, from_folder = _normal(path), _normal(posixpath.join(folder, path))
        if _outside(from_root) and _outside(from_folder):
            return True
        if self._at(from_root) or self._at(from_folder):
            return True
        ends = self._ends.get(posixpath.basename(from_root), ())
        return any(end.endswith("/" + from_root) for end in ends)

    def _at(self, path: str) -> bool:
        if path in self.files or path in self.folders or path in self.closed:
            return True
        parts = path.split("/")
        return any("/".join(parts[:count]) in self.closed for count in range(1, len(parts)))

    def begins(self, path: str, folder: str = "") -> bool:
        """Whether any folder of the repository is called as the path's first part is."""
        found = _normal(path)
        if _outside(found):
            found = _normal(posixpath.join(folder, path))
        return found.split("/")[0] in self._names

    def alike(self, path: str) -> str:
        """The only file of the same name, or an empty string."""
        found = self._ends.get(posixpath.basename(path.rstrip("/")), ())
        return found[0] if len(found) == 1 and found[0] in self.files else ""


def _normal(path: str) -> str:
    """A path without `.`, and with `..` only where it leaves what it begins in."""
    return posixpath.normpath(path)


def _outside(path: str) -> bool:
    return path == ".." or path.startswith("../")
