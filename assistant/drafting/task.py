"""One document to be filled: what a person asked for, and what the file has to go by."""

from dataclasses import dataclass, field
from datetime import date
from os import environ
from pathlib import Path

from assistant import files, settings
from assistant.drafting.scope import require_rewritable_sections, select_sections
from assistant.drafting.unfinished import peek_answers, read_kept_subject
from assistant.editing import prepare
from assistant.editing.assemble import DocumentFacts
from assistant.editing.guard import FillScope
from assistant.errors import DraftError, Exit
from assistant.folder import store
from assistant.folder.journal import Journal, fingerprint_content
from assistant.folder.numbers import slugify_title
from assistant.llm.tokens import TokenCounter, shorten_to_fit
from assistant.markdown.document import Document, load_document
from assistant.markdown.elements import fold_name
from assistant.prompting import prompts
from assistant.prompting.language import choose_language
from assistant.prompting.prompts import DocumentSubject
from assistant.settings import Settings
from assistant.template.align import Alignment, align_document
from assistant.template.pairing import is_untouched
from assistant.template.template import Template, load_template

# Tokens of a document's own text that are read whatever its description takes; by judgement, about
# a hundred words.
_MIN_TEXT_TOKENS = 128
_DESCRIPTION_SHARE = 3  # the part of the room that a description has at most beside the text


@dataclass(frozen=True, slots=True, kw_only=True)
class FillRequest:
    """What a person wants written in a document: which sections, and how."""

    sections: tuple[str, ...] = ()
    hint: str = ""
    force: bool = False
    add_missing: bool = False


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


@dataclass(frozen=True, slots=True, kw_only=True)
class FillBasis:
    """What a model is given to go by.

    That is the description that the document was drafted from, if it was, what a person says of it
    now, and the `text` that people wrote in it.
    """

    description: str
    kind: str
    language: str
    hint: str
    text: str

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to go by."""
        said = (self.description, self.hint, self.text)
        return not any(character.isalnum() for part in said for character in part)


@dataclass(frozen=True, slots=True, kw_only=True)
class FillJob:
    """One document to be filled.

    `save` is false where the result is only shown. `held` is the document's journal, where this
    process has it already.
    """

    path: Path
    data: bytes
    task: FillTask
    basis: FillBasis
    save: bool = True
    held: Journal | None = None

    @property
    def document(self) -> Document:
        """The document as it was read."""
        return self.task.document

    @property
    def fingerprint(self) -> str:
        """What the document is known by if it is renamed; nothing if many may hold the same."""
        return "" if self.basis.is_empty else fingerprint_content(self.data)


def make_fill_job(
    path: Path, wanted: FillRequest, resolved: Settings, *, save: bool, held: Journal | None = None
) -> FillJob:
    """Return what is to be done to a document. Raises DraftError where it can't be used.

    `held` is the document's journal, where this process has it already.
    """
    data = files.read_document_bytes(path, store.NAME_ONE_HINT)
    if not data.strip():
        raise DraftError(
            "the document is empty.",
            code="empty-document",
            exit_code=Exit.FILE,
            where=str(path),
            hint='`draft "..."` writes a new one.',
        )
    document = load_document(data, str(path))
    template = match_template(document, resolved.template)
    own = template or prepare.make_own_template(document)
    alignment = align_document(own, document)
    entries = held.entries if held else peek_answers(path, fingerprint_content(data))
    known = read_kept_subject(entries)
    basis = FillBasis(
        description=known.get("description", ""),
        kind=known.get("kind", "change"),
        language=known.get("language", ""),
        hint=wanted.hint,
        text=extract_written_text(alignment) if template else document.text,
    )
    task = FillTask(
        template=template,
        document=document,
        facts=_collect_facts(path, alignment, resolved),
        subject=DocumentSubject(description="", kind=basis.kind),
        references=f"{basis.description}\n{wanted.hint}",
        scope=_resolve_scope(document, wanted, template),
        drafted=bool(known),
    )
    return FillJob(path=path, data=data, task=task, basis=basis, save=save, held=held)


def match_template(document: Document, named_by: Path | None) -> Template | None:
    """Return the template that was named, or the built-in one if the headings fit it, or None."""
    made = load_template(named_by)
    return made if named_by or prepare.fits_template(made, document) else None


def _resolve_scope(document: Document, wanted: FillRequest, template: Template | None) -> FillScope:
    """Return which sections are meant, and which of them are to be rewritten."""
    own = template or prepare.make_own_template(document)
    base = prepare.add_missing_headings(own, document) if wanted.add_missing else document
    chosen = select_sections(base, wanted.sections, own)
    forced = require_rewritable_sections(base, chosen, template) if wanted.force else frozenset()
    return FillScope(chosen=chosen, forced=forced, missing=wanted.add_missing)


def _collect_facts(path: Path, alignment: Alignment, resolved: Settings) -> DocumentFacts:
    """Return what the program itself writes into a document: title, author, today, file's name."""
    tops = [section.title for section in alignment.document.sections if section.level == 1]
    return DocumentFacts(
        title="" if prepare.is_untitled(alignment) or not tops else tops[0],
        author=settings.find_author(resolved, environ, Path.cwd()),
        date=date.today().isoformat(),  # noqa: DTZ011  a document's date is the author's own day
        slug=slugify_title(path.stem.lstrip("0123456789-_. ") or path.stem),
    )


def extract_written_text(alignment: Alignment) -> str:
    """Return what people wrote in a document: the template's own text is left out."""
    matches = {match.index: match for match in alignment.matches}
    found: list[str] = []
    for index, section in enumerate(alignment.document.sections):
        match = matches.get(index)
        if match is None:
            found.append(section.heading + section.body)
            continue
        renamed = fold_name(section.title) != fold_name(match.spec.title)
        if is_untouched(match):
            if renamed:
                found.append(section.heading)
            continue
        body = section.body
        for start, end in reversed(match.body.guidance):
            body = body[:start] + body[end:]
        found.append(section.heading + body)
    return "\n".join(part.strip() for part in found).strip()


def make_fill_subject(
    basis: FillBasis, room: int, counter: TokenCounter, language: str
) -> DocumentSubject:
    """Return the subject of all requests, in at most `room` tokens.

    `language` is the one that a person wants, or nothing: then it is the one that the draft was
    written in, or else that of what people wrote.
    """
    description, text = basis.description, basis.text
    if not counter.is_within(description + text, room):
        description = shorten_to_fit(description, room // _DESCRIPTION_SHARE, counter)
        left = room - counter.count(description)
        text = shorten_to_fit(text, max(_MIN_TEXT_TOKENS, left), counter)
    chosen = choose_language(language or basis.language, basis.description or basis.text)
    return DocumentSubject(
        description=prompts.write_begun_document(description, basis.hint, text),
        kind=basis.kind,
        language=chosen.name,
        foreign=not chosen.english,
        hint=basis.hint,
    )
