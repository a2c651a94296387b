"""What is to be filled in a document, what a model is asked for it, and what is kept of that."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from assistant import compose, disk, journal
from assistant.addition import completed
from assistant.align import Alignment, align
from assistant.assemble import Facts
from assistant.brief import Brief, grounded, read_brief
from assistant.compose import Plan
from assistant.document import Document
from assistant.example import items
from assistant.field import Items
from assistant.generate import Progress
from assistant.guard import Scope
from assistant.instruct import Subject
from assistant.journal import CONTENT, DOCUMENT, SUBJECT, Journal, brief_of, of_section
from assistant.kept import Kept
from assistant.request import Request, schema
from assistant.settings import Settings
from assistant.shape import (
    GivenNames,
    Wanted,
    begun,
    emptied,
    keys,
    own,
    unbegun,
    untitled,
    with_names,
)
from assistant.template import Template
from assistant.userfolder import state_folder


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
            disk.private(folder)
            data = (before + "".join(f"- {text}\n" for text in new)).encode("utf-8", "replace")
            with disk.written(folder, data) as ready:
                disk.swap(ready, file)
    except (OSError, ValueError):
        return "", tuple(questions)
    return str(file), new


def name_answers(
    kept: Kept, requests: Sequence[Request], subject: Subject, model: str, before: str = ""
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
