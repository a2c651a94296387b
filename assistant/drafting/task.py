"""One document to be filled: what a person asked for, and what is in the file."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from os import environ
from pathlib import Path

from assistant import files, settings
from assistant.drafting import compose
from assistant.drafting.compose import Plan
from assistant.drafting.scope import Reading, picked, rewritable, template_of, written
from assistant.editing import prepare
from assistant.editing.assemble import Facts
from assistant.editing.guard import Scope
from assistant.editing.prepare import (
    GivenNames,
    Wanted,
    begun,
    completed,
    emptied,
    keys,
    own,
    unbegun,
    untitled,
    with_names,
)
from assistant.errors import DraftError, Exit
from assistant.files import state_folder
from assistant.folder import journal, store
from assistant.folder.journal import (
    CONTENT,
    DOCUMENT,
    SUBJECT,
    Journal,
    brief_of,
    fingerprint,
    of_section,
)
from assistant.folder.numbers import slug
from assistant.markdown.document import Document, load
from assistant.prompting.brief import Brief, grounded, read_brief
from assistant.prompting.request import Request as Request_of_request
from assistant.prompting.request import schema
from assistant.prompting.sections import Kept, Progress
from assistant.prompting.subject import Subject
from assistant.settings import Settings
from assistant.template.align import Alignment, align, items
from assistant.template.fields import Items
from assistant.template.template import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be filled, and by which rules.

    `template` is None for a document without one. `drafted` says that the document is a draft of
    ours that goes on, so that a section nobody touched loses its guidance.
    """

    template: Template | None
    document: Document
    facts: Facts
    subject: Subject
    references: str = ""
    scope: Scope = field(default_factory=Scope)
    drafted: bool = False


def plan(task: Task, document: Document, brief: Brief, forced: Wanted) -> Plan:
    """What is to be asked for; its document is the one with headings added and named."""
    template = task.template or own(document, forced)
    base = completed(template, document) if task.scope.missing else document
    base = emptied(template, base, forced)
    base = begun(template, base, task.scope.wanted)
    base = with_names(template, base, _names(brief), task.scope.wanted)
    names = keys(base)
    # A slot that the template calls optional is left alone, unless somebody named its section.
    return compose.plan(
        template,
        base,
        with_own(brief, align(template, base)),
        task.subject,
        lambda match: task.scope.wanted(names[match.index]),
        optional=bool(task.scope.chosen),
    )


def _names(brief: Brief) -> GivenNames:
    return GivenNames(
        title=brief.title,
        groups=dict(brief.names),
        absent=brief.none,
        aside={section for section, _ in brief.not_applicable},
    )


def with_own(brief: Brief, alignment: Alignment) -> Brief:
    """The brief with the names that the document has already: they win."""
    names = dict(brief.names)
    for key in alignment.template.groups:
        found = tuple(item.title for item in items(alignment, key) if item.touched)
        if found:
            names[key] = found
    for match in alignment.matches:
        for group in match.body.fields:
            if isinstance(group, Items) and group.written:
                names[" > ".join(match.spec.path)] = tuple(
                    item.name for item in group.items if item.touched and item.name
                )
    tops = [section for section in alignment.document.sections if section.level == 1]
    title = brief.title if not tops or untitled(alignment) else tops[0].title
    return replace(brief, title=title, names=tuple(names.items()))


def keep_questions(path: Path, questions: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Keep questions that a document has no place for; return the file, and those that are new.

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
            files.private(folder)
            data = (before + "".join(f"- {text}\n" for text in new)).encode("utf-8", "replace")
            with files.written(folder, data) as ready:
                files.swap(ready, file)
    except (OSError, ValueError):
        return "", tuple(questions)
    return str(file), new


def name_answers(
    kept: Kept,
    requests: Sequence[Request_of_request],
    subject: Subject,
    model: str,
    before: str = "",
) -> None:
    """Say under which names the answers to these requests are kept.

    `before` is the text of a document in which something is to be written anew.
    """
    for asked in requests:
        keys = [want.key for want in asked.wants]
        # An answer to other slots, another hint or a text that was changed is another answer.
        how = (subject.hint, subject.language, model, before)
        kept.name(of_section(asked.id), journal.digest(*keys, schema(asked), *how))


def open_answers(path: Path, content: str, settings: Settings, progress: Progress) -> Kept:
    """Return the journal of an earlier run on a document with this `content`, or a new one."""
    document = str(Path(os.path.realpath(path)))
    secrets = (settings.api_key,)
    found = journal.of_document(Path(document), content, secrets=secrets)
    if found is None:
        about = {"command": "fill", "document": document}
        found = Journal.open(journal.digest("fill", document), about, secrets=secrets)
    return take_over_journal(found, path, content, progress)


def take_over_journal(found: Journal, path: Path, content: str, progress: Progress) -> Kept:
    """Return a journal that is held as that of a document with this `content`, there by now."""
    found.tell(progress.noted)
    for entry, text in ((DOCUMENT, os.path.realpath(path)), (CONTENT, content)):
        if found.entries.get(entry, "") != text:
            found.record(entry, text)
    return Kept(found)


def read_subject(entries: Mapping[str, str]) -> Mapping[str, str]:
    """Return description, kind and language of a journal's document; nothing where unknown."""
    try:
        found = json.loads(entries.get(SUBJECT, ""))
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(name): str(text) for name, text in found.items()}


def peek_answers(path: Path, content: str) -> Mapping[str, str]:
    """Return what the journal of a document holds, and leave it to others."""
    found = journal.of_document(Path(os.path.realpath(path)), content)
    if found is None:
        return {}
    entries = dict(found.entries)
    found.close()
    return entries


def find_known_brief(entries: Mapping[str, str], task: Task) -> Brief | None:
    """Return a journal's brief where it has every name that the document still needs."""
    said = brief_of(entries)
    if not said:
        return None
    template = task.template or own(task.document)
    found, _ = read_brief(said, template)
    if not found.title:
        return None
    aside = {section for section, _ in found.not_applicable}
    for key in unbegun(align(template, task.document), task.scope.wanted):
        if not (found.of(key) or key in found.none or key.partition(" > ")[2] in aside):
            return None
    # As when it was new, so that the sections are asked for with the same outline.
    return grounded(found, task.subject.description)


def needs_brief(task: Task) -> bool:
    """Whether the document has a title or heading groups that only a brief can name."""
    if task.template is None:
        return False
    alignment = align(task.template, task.document)
    return bool(unbegun(alignment, task.scope.wanted)) or (
        untitled(alignment) and not task.scope.chosen
    )


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
    data = files.read(path, store.WHICH)
    if not data.strip():
        raise DraftError(
            "the document is empty.", code="empty-document", exit_code=Exit.FILE, where=str(path),
            hint='`draft "..."` writes a new one.',
        )  # fmt: skip
    document = load(data, str(path))
    template = template_of(document, resolved.template)
    entries = kept.entries if kept else peek_answers(path, fingerprint(data))
    known = read_subject(entries)
    own = template or prepare.own(document)
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
        title="" if prepare.untitled(alignment) or not tops else tops[0],
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
    template: Template | None, document: Document, chosen: tuple[prepare.Key, ...]
) -> frozenset[prepare.Key]:
    scope = Scope(chosen=chosen)
    found = rewritable(document, chosen, template or prepare.own(document, scope.wanted))
    if not found:
        raise DraftError(
            "none of these sections is one that a model writes.",
            code="not-rewritable", exit_code=Exit.USAGE, where="--force",
            hint="Metadata, open questions and references are the program's; what the template "
            "does not know is yours.",
        )  # fmt: skip
    return found
