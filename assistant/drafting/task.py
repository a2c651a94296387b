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
from assistant.drafting.compose import WritingPlan
from assistant.drafting.scope import (
    FillBasis,
    extract_written_text,
    find_rewritable_sections,
    match_template,
    select_sections,
)
from assistant.editing import prepare
from assistant.editing.assemble import DocumentFacts
from assistant.editing.guard import FillScope
from assistant.editing.prepare import (
    GivenNames,
    SectionFilter,
    add_missing_headings,
    begin_items,
    empty_sections,
    find_unbegun_groups,
    is_untitled,
    make_own_template,
    make_section_keys,
    name_headings,
)
from assistant.errors import DraftError, Exit
from assistant.files import find_state_folder
from assistant.folder import journal, store
from assistant.folder.journal import (
    CONTENT_ENTRY,
    DOCUMENT_ENTRY,
    SUBJECT_ENTRY,
    Journal,
    find_brief_entry,
    fingerprint_content,
    name_section_entry,
)
from assistant.folder.numbers import slugify_title
from assistant.markdown.document import Document, load_document
from assistant.prompting.brief import Brief, ground_brief, read_brief
from assistant.prompting.form import make_answer_schema
from assistant.prompting.prompts import DocumentSubject
from assistant.prompting.request import SectionRequest as Request_of_request
from assistant.prompting.run import Progress, ResumableAnswers
from assistant.settings import Settings
from assistant.template.align import Alignment, align_document, find_group_items
from assistant.template.fields import ListItems
from assistant.template.template import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class FillTask:
    """What is to be filled, and by which rules.

    `template` is None for a document without one. `drafted` says that the document is a draft of
    ours that goes on, so that a section nobody touched loses its guidance.
    """

    template: Template | None
    document: Document
    facts: DocumentFacts
    subject: DocumentSubject
    references: str = ""
    scope: FillScope = field(default_factory=FillScope)
    drafted: bool = False


def plan_fill(
    task: FillTask, document: Document, brief: Brief, forced: SectionFilter
) -> WritingPlan:
    """What is to be asked for; its document is the one with headings added and named."""
    template = task.template or make_own_template(document, forced)
    base = add_missing_headings(template, document) if task.scope.missing else document
    base = empty_sections(template, base, forced)
    base = begin_items(template, base, task.scope.wanted)
    base = name_headings(template, base, _given_names(brief), task.scope.wanted)
    names = make_section_keys(base)
    # A slot that the template calls optional is left alone, unless somebody named its section.
    return compose.plan_requests(
        template,
        base,
        prefer_document_names(brief, align_document(template, base)),
        task.subject,
        lambda match: task.scope.wanted(names[match.index]),
        optional=bool(task.scope.chosen),
    )


def _given_names(brief: Brief) -> GivenNames:
    return GivenNames(
        title=brief.title,
        groups=dict(brief.names),
        absent=brief.none,
        aside={section for section, _ in brief.not_applicable},
    )


def prefer_document_names(brief: Brief, alignment: Alignment) -> Brief:
    """The brief with the names that the document has already: they win."""
    names = dict(brief.names)
    for key in alignment.template.groups:
        found = tuple(item.title for item in find_group_items(alignment, key) if item.touched)
        if found:
            names[key] = found
    for match in alignment.matches:
        for group in match.body.fields:
            if isinstance(group, ListItems) and group.written:
                names[" > ".join(match.spec.path)] = tuple(
                    item.name for item in group.items if item.touched and item.name
                )
    tops = [section for section in alignment.document.sections if section.level == 1]
    title = brief.title if not tops or is_untitled(alignment) else tops[0].title
    return replace(brief, title=title, names=tuple(names.items()))


def keep_questions(path: Path, questions: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Keep questions that a document has no place for; return the file, and those that are new.

    Each document has one file, a list in Markdown to be copied from. Where none can be written, the
    file is empty and all are new.
    """
    document = os.path.realpath(path)
    try:
        folder = find_state_folder() / "questions"
        file = folder / f"{path.stem[:60]}-{journal.digest_parts(document)[:12]}.md"
        before = file.read_text("utf-8") if file.exists() else f"# Open questions of {document}\n\n"
        known = before.splitlines()
        new = tuple(text for text in questions if f"- {text}" not in known)
        if new:
            files.make_private_folder(folder)
            data = (before + "".join(f"- {text}\n" for text in new)).encode("utf-8", "replace")
            with files.write_temporary(folder, data) as ready:
                files.swap_file(ready, file)
    except (OSError, ValueError):
        return "", tuple(questions)
    return str(file), new


def name_kept_answers(
    kept: ResumableAnswers,
    requests: Sequence[Request_of_request],
    subject: DocumentSubject,
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
        kept.bind_entry(
            name_section_entry(asked.id),
            journal.digest_parts(*keys, make_answer_schema(asked), *how),
        )


def open_answers(
    path: Path, content: str, settings: Settings, progress: Progress
) -> ResumableAnswers:
    """Return the journal of an earlier run on a document with this `content`, or a new one."""
    document = str(Path(os.path.realpath(path)))
    secrets = (settings.api_key,)
    found = journal.find_document_journal(Path(document), content, secrets=secrets)
    if found is None:
        about = {"command": "fill", "document": document}
        found = Journal.open(journal.digest_parts("fill", document), about, secrets=secrets)
    return take_over_journal(found, path, content, progress)


def take_over_journal(
    found: Journal, path: Path, content: str, progress: Progress
) -> ResumableAnswers:
    """Return a journal that is held as that of a document with this `content`, there by now."""
    found.tell(progress.noted)
    for entry, text in ((DOCUMENT_ENTRY, os.path.realpath(path)), (CONTENT_ENTRY, content)):
        if found.entries.get(entry, "") != text:
            found.record(entry, text)
    return ResumableAnswers(found)


def read_kept_subject(entries: Mapping[str, str]) -> Mapping[str, str]:
    """Return description, kind and language of a journal's document; nothing where unknown."""
    try:
        found = json.loads(entries.get(SUBJECT_ENTRY, ""))
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(name): str(text) for name, text in found.items()}


def peek_answers(path: Path, content: str) -> Mapping[str, str]:
    """Return what the journal of a document holds, and leave it to others."""
    found = journal.find_document_journal(Path(os.path.realpath(path)), content)
    if found is None:
        return {}
    entries = dict(found.entries)
    found.close()
    return entries


def find_known_brief(entries: Mapping[str, str], task: FillTask) -> Brief | None:
    """Return a journal's brief where it has every name that the document still needs."""
    said = find_brief_entry(entries)
    if not said:
        return None
    template = task.template or make_own_template(task.document)
    found, _ = read_brief(said, template)
    if not found.title:
        return None
    aside = {section for section, _ in found.not_applicable}
    for key in find_unbegun_groups(align_document(template, task.document), task.scope.wanted):
        if not (found.get_names(key) or key in found.none or key.partition(" > ")[2] in aside):
            return None
    # As when it was new, so that the sections are asked for with the same outline.
    return ground_brief(found, task.subject.description)


def needs_brief(task: FillTask) -> bool:
    """Whether the document has a title or heading groups that only a brief can name."""
    if task.template is None:
        return False
    alignment = align_document(task.template, task.document)
    return bool(find_unbegun_groups(alignment, task.scope.wanted)) or (
        is_untitled(alignment) and not task.scope.chosen
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FillRequest:
    """What a person wants written in a document: which sections, and how."""

    sections: tuple[str, ...] = ()
    hint: str = ""
    force: bool = False
    add_missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FillJob:
    """One document to be filled. `save` is false where the result is only shown."""

    path: Path
    data: bytes
    task: FillTask
    reading: FillBasis
    save: bool = True

    @property
    def document(self) -> Document:
        """The document as it was read."""
        return self.task.document

    @property
    def content(self) -> str:
        """What the document is known by, should it be renamed; nothing where all may hold it."""
        return "" if self.reading.nothing else fingerprint_content(self.data)


def make_fill_job(
    path: Path, wanted: FillRequest, resolved: Settings, *, save: bool, kept: Journal | None = None
) -> FillJob:
    """What is to be done to a document. Raises DraftError where it can't be used.

    `kept` is the document's journal, where that is held already.
    """
    data = files.read_document_bytes(path, store.NAME_ONE_HINT)
    if not data.strip():
        raise DraftError(
            "the document is empty.", code="empty-document", exit_code=Exit.FILE, where=str(path),
            hint='`draft "..."` writes a new one.',
        )  # fmt: skip
    document = load_document(data, str(path))
    template = match_template(document, resolved.template)
    entries = kept.entries if kept else peek_answers(path, fingerprint_content(data))
    known = read_kept_subject(entries)
    own = template or prepare.make_own_template(document)
    base = add_missing_headings(own, document) if wanted.add_missing else document
    chosen = select_sections(base, wanted.sections, own)
    forced = _require_rewritable(template, base, chosen) if wanted.force else frozenset()
    alignment = align_document(own, document)
    text = extract_written_text(alignment) if template else document.text
    reading = FillBasis(
        description=known.get("description", ""), kind=known.get("kind", "change"),
        language=known.get("language", ""), hint=wanted.hint, text=text,
    )  # fmt: skip
    tops = [section.title for section in document.sections if section.level == 1]
    facts = DocumentFacts(
        title="" if prepare.is_untitled(alignment) or not tops else tops[0],
        author=settings.find_author(resolved, environ, Path.cwd()),
        date=date.today().isoformat(),  # noqa: DTZ011  a document's date is the author's own day
        slug=slugify_title(path.stem.lstrip("0123456789-_. ") or path.stem),
    )
    task = FillTask(
        template=template, document=document, facts=facts,
        subject=DocumentSubject(description="", kind=reading.kind),
        references=f"{reading.description}\n{wanted.hint}",
        scope=FillScope(chosen=chosen, forced=forced, missing=wanted.add_missing),
        drafted=bool(known),
    )  # fmt: skip
    return FillJob(path=path, data=data, task=task, reading=reading, save=save)


def _require_rewritable(
    template: Template | None, document: Document, chosen: tuple[prepare.SectionKey, ...]
) -> frozenset[prepare.SectionKey]:
    scope = FillScope(chosen=chosen)
    found = find_rewritable_sections(
        document, chosen, template or prepare.make_own_template(document, scope.wanted)
    )
    if not found:
        raise DraftError(
            "none of these sections is one that a model writes.",
            code="not-rewritable", exit_code=Exit.USAGE, where="--force",
            hint="Metadata, open questions and references are the program's; what the template "
            "does not know is yours.",
        )  # fmt: skip
    return found
