"""`draft DESCRIPTION`: a new numbered document from one line."""

import asyncio
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

from assistant import files
from assistant.drafting import compose
from assistant.drafting.plan import forecast_draft_prompts
from assistant.drafting.session import DraftingSession, measure_subject_room
from assistant.drafting.unfinished import BegunDraft, open_draft_journal
from assistant.editing import assemble
from assistant.errors import DraftError, Exit
from assistant.folder import journal, store
from assistant.folder.journal import fingerprint_content
from assistant.folder.numbers import parse_name, slugify_title
from assistant.lint.check import check_structure
from assistant.lint.rule import UNWRITTEN, Finding
from assistant.llm.connect import open_connection
from assistant.llm.model import Usage
from assistant.llm.server import mask_key
from assistant.llm.tokens import TokenCounter, shorten_to_fit
from assistant.markdown.document import encode_text, parse_document
from assistant.prompting.brief import Brief
from assistant.prompting.language import choose_language, name_language
from assistant.prompting.prompts import DocumentSubject
from assistant.prompting.run import Progress, ResumableAnswers, StopSwitch, make_stopped_error
from assistant.prompting.sections import SectionWriter, ask_for_brief, list_repairs
from assistant.settings import Settings
from assistant.template.template import Template

DESCRIPTION_CUT = "the description is longer than the model can read: its middle was left out"
SMALLER_DRAFT_HINT = "use a shorter template or description"
MAX_FILE_NAME = 40  # characters of a description that can be a file's name as it is


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftJob:
    """One document to be drafted: what it is about, by which template, as of which day.

    `references` are items for its list of references, besides the links in the description.
    """

    description: str
    kind: str
    template: Template
    author: str
    date: str
    save: bool = True
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftOutcome:
    """What a run came to.

    `path` is None where nothing was saved, `stopped` is a signal's exit code or 0. `lost` says why
    neither the document nor its answers could be written: then `text` is all that is left.
    `repaired` are the sections that were asked for again, with the sentences why. `answered` are
    the names by which the server, which is at `place`, says that the model answered. `kept` says
    that the answers are on the disk, so that the same command goes on.
    """

    text: str
    path: Path | None
    findings: tuple[Finding, ...]
    unwritten: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    usage: Usage
    repairs: int
    resumed: int
    model: str
    title: str = ""
    seconds: float = 0.0
    stopped: int = 0
    lost: str = ""
    repaired: tuple[tuple[str, tuple[str, ...]], ...] = ()
    answered: tuple[str, ...] = ()
    place: str = ""
    kept: bool = True

    @property
    def exit_code(self) -> int:
        """The command's exit code."""
        if self.lost:
            return Exit.FILE
        if self.stopped:
            return self.stopped
        bad = any(f.severity == "error" or f.code == UNWRITTEN for f in self.findings)
        return Exit.FINDINGS if bad or self.unwritten else Exit.DONE


class ForeignEdit(Exception):  # noqa: N818  no error to a person: the document is filled then
    """Somebody else wrote in the document in which a draft goes on."""


def identify_run(job: DraftJob, settings: Settings, model: str) -> str:
    """Return what identifies a run, so that an unfinished one is found again."""
    return journal.digest_parts(
        "draft",
        job.description,
        job.kind,
        job.template.text,
        str(settings.dir),
        name_language(settings.language),
        model,
    )


async def draft_document(
    job: DraftJob,
    settings: Settings,
    progress: Progress,
    stop: StopSwitch,
    begun: BegunDraft | None = None,
) -> DraftOutcome:
    """Draft a document and save it. Raises DraftError where nothing could be drafted.

    The document that was `begun` is made anew from the answers that are kept and those to come.
    Raises ForeignEdit where somebody wrote in it by then; the answers are kept.
    """
    if job.save:
        store.check_can_save(settings.dir)
    run = asyncio.create_task(_draft_connected(job, settings, progress, stop, begun))
    stopping = asyncio.create_task(stop.event.wait())
    await asyncio.wait({run, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if stop.code and not stop.gathering:
        run.cancel()
    try:
        return await run
    except asyncio.CancelledError:
        own = asyncio.current_task()
        if own is not None and own.cancelling():  # a second Ctrl-C ends the loop around this
            raise
        raise make_stopped_error(stop) from None


async def _draft_connected(
    job: DraftJob,
    settings: Settings,
    progress: Progress,
    stop: StopSwitch,
    begun: BegunDraft | None,
) -> DraftOutcome:
    """Draft a document with a connection and a journal, both of which are closed at the end."""
    async with open_connection(settings, progress) as connection:
        if begun is None:
            identity = identify_run(job, settings, connection.name)
            kept = open_draft_journal(identity, job.description, settings, progress, save=job.save)
        else:
            begun.held.tell(progress.noted)
            kept = ResumableAnswers(begun.held, drafted=True)
        session = DraftingSession(
            settings=settings, connection=connection, progress=progress, stop=stop, kept=kept
        )
        try:
            return await _draft_in_session(job, session, begun)
        finally:
            if begun is None:
                kept.close()


async def _draft_in_session(
    job: DraftJob, session: DraftingSession, begun: BegunDraft | None
) -> DraftOutcome:
    """Draft a document, from the brief to the saved file."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    subject = _take_subject(job, session)
    prompts = forecast_draft_prompts(subject, job.template)
    session.refuse_above_cap(prompts, SMALLER_DRAFT_HINT)
    writer = session.make_writer(job.description)
    brief = await ask_for_brief(writer, subject, job.template, session.stop)
    document = compose.begin_document(job.template, brief)
    planned = compose.plan_requests(job.template, document, brief, subject)
    written = await session.ask_for_sections(planned, writer, subject)
    session.refuse_unanswered(written, writer)
    saver = _DraftSaver(job, session, begun, subject, _choose_file_name(job, brief))
    facts = assemble.DocumentFacts(
        title=brief.title,
        author=job.author,
        date=job.date,
        slug=slugify_title(saver.name),
        references=job.references,
    )
    made = compose.compose_document(planned, written, brief, subject, facts)
    made = replace(made, text=mask_key(made.text, session.settings.api_key))
    outcome = _sum_up(session, writer, made, saver.save(made))
    return replace(outcome, title=brief.title, seconds=loop.time() - started)


def _sum_up(
    session: DraftingSession, writer: SectionWriter, made: compose.Composition, saved: "_SavedDraft"
) -> DraftOutcome:
    """Return what a run came to, without its title and its time."""
    return DraftOutcome(
        text=saved.text,
        path=saved.path,
        lost=saved.lost,
        findings=check_structure(made.template, parse_document(saved.text)),
        unwritten=made.unwritten,
        notes=made.notes,
        usage=writer.meter.usage,
        repairs=writer.repairs + sum(done.repairs for done in made.written),
        resumed=sum(done.resumed for done in made.written),
        model=session.connection.name,
        stopped=session.stop.code,
        repaired=list_repairs(writer, made.written),
        answered=writer.meter.answered,
        place=session.connection.place,
        kept=session.kept.journal.durable,
    )


def _take_subject(job: DraftJob, session: DraftingSession) -> DocumentSubject:
    """Return what the document is about, as far as the model can read it."""
    around = session.read_repository(session.settings.dir)
    connection = session.connection
    language = session.settings.language
    subject = make_draft_subject(job, language, connection.window, connection.counter)
    if subject.description != job.description:
        session.progress.noted(DESCRIPTION_CUT)
    return replace(subject, repository=around)


def _choose_file_name(job: DraftJob, brief: Brief) -> str:
    """Return what the file is called after: a short description itself, else the brief's title."""
    own = job.description
    short = "\n" not in own and len(own) <= MAX_FILE_NAME and any(c.isalnum() for c in own)
    return own if short else brief.title


@dataclass(frozen=True, slots=True)
class _SavedDraft:
    """Where a document is, if anywhere, and what it holds; `lost` says why it is nowhere."""

    path: Path | None
    text: str
    lost: str = ""


@dataclass(frozen=True, slots=True)
class _DraftSaver:
    """Saves a document as a new file called after `name`, or where an earlier run began it."""

    job: DraftJob
    session: DraftingSession
    begun: BegunDraft | None
    subject: DocumentSubject
    name: str

    def save(self, made: compose.Composition) -> _SavedDraft:
        """Save a document, and keep its answers if it is incomplete.

        Raises DraftError where it can't be saved and its answers are kept.
        """
        kept = self.session.kept
        try:
            return self._save_and_keep(made)
        except DraftError as error:
            if kept.journal.durable:
                error.hint = (
                    f"{error.hint} The answers are kept: the same command uses them.".strip()
                )
                raise
            return _SavedDraft(None, made.text, f"{error.where}: {error.message}")

    def _save_and_keep(self, made: compose.Composition) -> _SavedDraft:
        kept = self.session.kept
        path, text = None, made.text
        if self.job.save:
            path, text = self._replace(text) if self.begun else self._create(text)
        if not made.unwritten and (self.job.save or self.begun is None):
            kept.finish()
        elif path is not None:
            kept.record(journal.DOCUMENT_ENTRY, os.path.realpath(path))
        return _SavedDraft(path, text)

    def _replace(self, text: str) -> tuple[Path, str]:
        """Save the document where it was begun; return where that is, and the text with its number.

        Raises ForeignEdit where somebody else wrote in it.
        """
        assert self.begun is not None  # noqa: S101  else it is created
        path = self.begun.path
        text = self._put_number(path, text)
        data, before = encode_text(text), files.read_document_bytes(path)
        if not self.begun.wrote(before):
            raise ForeignEdit
        self._record_content(data)
        try:
            store.replace_or_save_beside(path, before, data)
        except files.FileChanged:
            raise ForeignEdit from None
        return path, text

    def _create(self, text: str) -> tuple[Path, str]:
        """Save the document under a new number; return its path, and the text with the number."""
        data = encode_text(text)
        self._record_content(data)
        gone = self.session.kept.journal.entries.get(journal.DOCUMENT_ENTRY, "")
        path = store.save_new_document(
            self.session.settings.dir,
            self.name,
            data,
            noted=self.session.progress.noted,
            above=_find_number(gone),
        )
        own = self._put_number(path, text)
        if own != text:
            try:
                store.replace_file(path, data, encode_text(own))
            except (DraftError, files.FileChanged):
                return path, text  # it is saved, and what is left of the template is reported
            self._record_content(encode_text(own))
        return path, own

    def _put_number(self, path: Path, text: str) -> str:
        """Return the text with its number, if the template has a word for that in its title."""
        entry = parse_name(path.name)
        return assemble.put_number(self.job.template, text, entry.digits) if entry else text

    def _record_content(self, data: bytes) -> None:
        """Keep what `fill` needs to go on with this document, wherever it is by then."""
        about = {
            "description": self.subject.description,
            "kind": self.subject.kind,
            "language": self.subject.language,
        }
        kept = self.session.kept
        kept.record(journal.SUBJECT_ENTRY, json.dumps(about))
        for entry in (journal.CONTENT_ENTRY, journal.COMPOSED_ENTRY):
            kept.record(entry, fingerprint_content(data))


def _find_number(document: str) -> int:
    """Return the number in a document's name; 0 where there is none."""
    entry = parse_name(os.path.basename(document))  # noqa: PTH119  a path as it was kept
    return entry.number if entry else 0


def make_draft_subject(
    job: DraftJob, language: str, window: int, counter: TokenCounter
) -> DocumentSubject:
    """Return the subject, its description cut to what the model can read beside all the rest.

    `language` is the one that a person wants, or nothing: then it is the description's.
    """
    description = shorten_to_fit(job.description, measure_subject_room(window), counter)
    chosen = choose_language(language, job.description)
    return DocumentSubject(
        description=description,
        kind=job.kind,
        language=chosen.name,
        foreign=not chosen.english,
    )
