"""A folder of documents as its rules are given it: what is asked of it is looked up once."""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from assistant.elsewhere import Elsewhere, look_elsewhere
from assistant.number import Entry, listing
from assistant.register import Entry as Row


class Shelf:
    """The folder at `path`; `noted` hears where other branches could not be looked at.

    `rows` gives what an index of the folder in the file that it is handed ought to hold; None where
    nobody asked for the folder as a whole.
    """

    def __init__(
        self,
        path: Path,
        noted: Callable[[str], None] | None = None,
        rows: Callable[[Path], Sequence[Row]] | None = None,
    ) -> None:
        self.path = path
        self.rows = rows
        self._noted = noted

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The numbered documents; none where the folder can't be listed."""
        try:
            return tuple(one for one in listing(self.path) if one.suffix and not one.folder)
        except OSError:
            return ()  # whoever asked for the folder has been told

    @cached_property
    def others(self) -> Elsewhere:
        """The numbers on other branches, and the worktrees that have the folder too."""
        found = look_elsewhere(self.path)
        if found.note and self._noted:
            self._noted(found.note)
        return found
