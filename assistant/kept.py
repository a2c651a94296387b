"""The answers of earlier runs on a document: used again where they fit, named when left."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant import journal
from assistant.errors import DraftError
from assistant.journal import Journal, brief_of


@dataclass(slots=True)
class Kept:
    """A journal's answers as a run may use them: only those to just what is asked now.

    `drafted` says that the run makes the whole document that the journal is for, so that an answer
    which is kept under its section's name alone fits as well: so they were kept once.
    """

    journal: Journal
    names: dict[str, str] = field(default_factory=dict)
    drafted: bool = False

    @property
    def entries(self) -> Mapping[str, str]:
        """The answers to this run's requests, by what they are for."""
        found = {own: text for own in self.names if (text := self._text(own))}
        said = brief_of(self.journal.entries)
        return {journal.BRIEF: said, **found} if said else found

    def _text(self, own: str) -> str:
        name, entries = self.names.get(own, own), self.journal.entries
        if name in entries:
            return entries[name]
        # As they were kept before names said what they are for.
        older = [name.partition(":")[2], *([own.partition(":")[2]] if self.drafted else [])]
        return next((entries[one] for one in older if one in entries), "")

    def record(self, entry: str, text: str) -> None:
        """Keep an answer."""
        self.journal.record(self.names.get(entry, entry), text)

    def forget(self, entry: str) -> None:
        """Let an answer that was declined, or a brief that lacks names, be asked for again."""
        if self.entries.get(entry):
            self.record(entry, "")

    def name(self, entry: str, mark: str) -> None:
        """Keep an answer apart from others for the same that were asked for in another way."""
        self.names[entry] = f"{entry} [{mark[:12]}]"

    @property
    def place(self) -> str:
        """Where the answers are, for a person."""
        return str(self.journal.path) if self.journal.path else "memory only"

    def named(self, error: DraftError) -> DraftError:
        """The error with a word on where the answers are."""
        hint = (
            f"{error.hint} The answers are kept in {self.place}: the same command goes on "
            "from them at no cost, with `--output -` to standard output."
        ).strip()
        return DraftError(
            error.message, code=error.code, exit_code=error.exit_code, where=error.where, hint=hint
        )

    def finish(self) -> None:
        """Remove the journal: its answers are in the document."""
        self.journal.finish()

    def close(self) -> None:
        """Leave the journal for another run."""
        self.journal.close()
