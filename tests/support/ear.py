"""Somebody who hears what an engine does."""


class Ear:
    """A watcher that keeps what it hears of an engine, which makes no requests."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.phases: list[tuple[str, int, int]] = []

    def noted(self, text: str) -> None:
        """Keep a sentence."""
        self.notes.append(text)

    def phase(self, text: str, done: int = 0, total: int = 0) -> None:
        """Keep what is done."""
        self.phases.append((text, done, total))

    def received(self, label: str, pieces: int, text: str = "") -> None:
        """Hear of a request."""

    def waiting(self, label: str, seconds: float, reason: str) -> None:
        """Hear of a request."""
