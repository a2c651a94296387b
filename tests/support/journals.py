"""The journals that unfinished runs left behind, as tests look at them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.folder.journal import hold_unheld


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftJournal:
    """A journal that no live process holds: what it is about, when it began, answers kept."""

    path: Path
    key: str
    about: Mapping[str, str]
    started: float
    answers: int


def list_left(*, state: Path | None = None) -> tuple[LeftJournal, ...]:
    """Return the journals with an answer that no live process holds, newest first."""
    found: list[LeftJournal] = []
    for path, content, lock in hold_unheld(state):
        lock.release()
        if content.answers:
            one = LeftJournal(
                path=path,
                key=content.key,
                about=content.about,
                started=content.started,
                answers=content.answers,
            )
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.started, reverse=True))
