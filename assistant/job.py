"""One document to be filled: what a person asked for, and what is in the file."""

from dataclasses import dataclass
from datetime import date
from os import environ
from pathlib import Path

from assistant import disk, settings, shape, store
from assistant.addition import completed
from assistant.align import align
from assistant.assemble import Facts
from assistant.document import Document, load
from assistant.errors import DraftError, Exit
from assistant.guard import Scope
from assistant.instruct import Subject
from assistant.journal import Journal, fingerprint
from assistant.number import slug
from assistant.pick import picked, rewritable
from assistant.reading import Reading, template_of, written
from assistant.settings import Settings
from assistant.task import Task, peek_answers, read_subject
from assistant.template import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person wants written in a document: which sections, and how."""

    sections: tuple[str, ...] = ()
    hint: str = ""
    force: bool = False
    add_missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One document to be filled. `save` is false where the result is only shown."""

    path: Path
    data: bytes
    task: Task
    reading: Reading
    save: bool = True

    @property
    def document(self) -> Document:
        """The document as it was read."""
        return self.task.document

    @property
    def content(self) -> str:
        """What the document is known by, should it be renamed; nothing where all may hold it."""
        return "" if self.reading.nothing else fingerprint(self.data)


def job_of(
    path: Path, wanted: Request, resolved: Settings, *, save: bool, kept: Journal | None = None
) -> Job:
    """What is to be done to a document. Raises DraftError where it can't be used.

    `kept` is the document's journal, where that is held already.
    """
    data = disk.read(path, store.WHICH)
    if not data.strip():
        raise DraftError(
            "the document is empty.", code="empty-document", exit_code=Exit.FILE, where=str(path),
            hint='`draft "..."` writes a new one.',
        )  # fmt: skip
    document = load(data, str(path))
    template = template_of(document, resolved.template)
    entries = kept.entries if kept else peek_answers(path, fingerprint(data))
    known = read_subject(entries)
    own = template or shape.own(document)
    base = completed(own, document) if wanted.add_missing else document
    chosen = picked(base, wanted.sections, own)
    forced = _forced(template, base, chosen) if wanted.force else frozenset()
    alignment = align(own, document)
    text = written(alignment) if template else document.text
    reading = Reading(
        description=known.get("description", ""), kind=known.get("kind", "change"),
        language=known.get("language", ""), hint=wanted.hint, text=text,
    )  # fmt: skip
    tops = [section.title for section in document.sections if section.level == 1]
    facts = Facts(
        title="" if shape.untitled(alignment) or not tops else tops[0],
        author=settings.find_author(resolved, environ, Path.cwd()),
        date=date.today().isoformat(),  # noqa: DTZ011  a document's date is the author's own day
        slug=slug(path.stem.lstrip("0123456789-_. ") or path.stem),
    )
    task = Task(
        template=template, document=document, facts=facts,
        subject=Subject(description="", kind=reading.kind),
        references=f"{reading.description}\n{wanted.hint}",
        scope=Scope(chosen=chosen, forced=forced, missing=wanted.add_missing),
        drafted=bool(known),
    )  # fmt: skip
    return Job(path=path, data=data, task=task, reading=reading, save=save)


def _forced(
    template: Template | None, document: Document, chosen: tuple[shape.Key, ...]
) -> frozenset[shape.Key]:
    scope = Scope(chosen=chosen)
    found = rewritable(document, chosen, template or shape.own(document, scope.wanted))
    if not found:
        raise DraftError(
            "none of these sections is one that a model writes.",
            code="not-rewritable", exit_code=Exit.USAGE, where="--force",
            hint="Metadata, open questions and references are the program's; what the template "
            "does not know is yours.",
        )  # fmt: skip
    return found
