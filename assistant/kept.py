"""The answers of earlier runs on a document: found, used again where they fit, named when left."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant import brief, disk, journal
from assistant.align import align
from assistant.brief import Brief
from assistant.errors import DraftError
from assistant.generate import Progress
from assistant.instruct import Subject
from assistant.journal import CONTENT, DOCUMENT, SUBJECT, Journal, brief_of, of_section
from assistant.request import Request, schema
from assistant.settings import Settings
from assistant.shape import own, unbegun, untitled
from assistant.task import Task
from assistant.userfolder import state_folder


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

    def know(
        self, requests: Sequence[Request], subject: Subject, model: str, before: str = ""
    ) -> None:
        """Under which names the answers to these requests are kept.

        `before` is the text of a document in which something is to be written anew.
        """
        for asked in requests:
            keys = [want.key for want in asked.wants]
            # An answer to other slots, another hint or a text that was changed is another answer.
            how = (subject.hint, subject.language, model, before)
            self.name(of_section(asked.id), journal.digest(*keys, schema(asked), *how))

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


def keep_questions(path: Path, questions: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Keep questions that a document has no place for; the file, and those that it did not have.

    Each document has one file, a list in Markdown to be copied from. Where none can be written, the
    file is empty and all are new.
    """
    document = os.path.realpath(path)
    try:
        folder = state_folder() / "questions"
        file = folder / f"{path.stem[:60]}-{journal.digest(document)[:12]}.md"
        before = file.read_text("utf-8") if file.exists() else f"# Open questions of {document}\n\n"
        known = before.splitlines()
        new = tuple(text for text in questions if f"- {text}" not in known)
        if new:
            disk.private(folder)
            data = (before + "".join(f"- {text}\n" for text in new)).encode("utf-8", "replace")
            with disk.written(folder, data) as ready:
                disk.swap(ready, file)
    except (OSError, ValueError):
        return "", tuple(questions)
    return str(file), new


def opened(path: Path, content: str, settings: Settings, progress: Progress) -> Kept:
    """The journal of an earlier run on a document with this `content`, or a new one."""
    document = str(Path(os.path.realpath(path)))
    secrets = (settings.api_key,)
    found = journal.of_document(Path(document), content, secrets=secrets)
    if found is None:
        about = {"command": "fill", "document": document}
        found = Journal.open(journal.digest("fill", document), about, secrets=secrets)
    return taken_over(found, path, content, progress)


def taken_over(found: Journal, path: Path, content: str, progress: Progress) -> Kept:
    """A journal that is held, as that of a document with this `content` which is there by now."""
    found.tell(progress.noted)
    for entry, text in ((DOCUMENT, os.path.realpath(path)), (CONTENT, content)):
        if found.entries.get(entry, "") != text:
            found.record(entry, text)
    return Kept(found)


def about(entries: Mapping[str, str]) -> Mapping[str, str]:
    """What a journal's document is about: description, kind and language; nothing where unknown."""
    try:
        found = json.loads(entries.get(SUBJECT, ""))
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(name): str(text) for name, text in found.items()}


def peeked(path: Path, content: str) -> Mapping[str, str]:
    """What the journal of a document holds, without keeping it."""
    found = journal.of_document(Path(os.path.realpath(path)), content)
    if found is None:
        return {}
    entries = dict(found.entries)
    found.close()
    return entries


def known_brief(entries: Mapping[str, str], task: Task) -> Brief | None:
    """A journal's brief, where it has every name that the document still needs."""
    said = brief_of(entries)
    if not said:
        return None
    template = task.template or own(task.document)
    found, _ = brief.read(said, template)
    if not found.title:
        return None
    aside = {section for section, _ in found.not_applicable}
    for key in unbegun(align(template, task.document), task.scope.wanted):
        if not (found.of(key) or key in found.none or key.partition(" > ")[2] in aside):
            return None
    # As when it was new, so that the sections are asked for with the same outline.
    return brief.grounded(found, task.subject.description)


def needs_brief(task: Task) -> bool:
    """Whether the document has a title or heading groups that only a brief can name."""
    if task.template is None:
        return False
    alignment = align(task.template, task.document)
    return bool(unbegun(alignment, task.scope.wanted)) or (
        untitled(alignment) and not task.scope.chosen
    )
