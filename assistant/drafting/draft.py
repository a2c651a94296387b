"""`draft DESCRIPTION`: a new numbered document from one line."""

import asyncio
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

from assistant import files as disk
from assistant.drafting import compose, forecast
from assistant.drafting.task import name_kept_answers
from assistant.drafting.unfinished import BegunDraft, open_draft_journal
from assistant.editing import assemble
from assistant.errors import DraftError, Exit
from assistant.folder import journal, store
from assistant.folder.journal import fingerprint_content
from assistant.folder.numbers import parse_name as numbered
from assistant.folder.numbers import slugify_title
from assistant.lint.check import check_structure
from assistant.lint.rule import UNWRITTEN, Finding
from assistant.llm.connect import Connection, open_connection
from assistant.llm.model import Usage
from assistant.llm.server import mask_key
from assistant.llm.tokens import TokenCounter, shorten_to_fit
from assistant.markdown.document import encode_text, parse_document
from assistant.parallel import StopSwitch
from assistant.prompting.ask import MeteredModel
from assistant.prompting.brief import Brief
from assistant.prompting.language import guess_language, name_language
from assistant.prompting.prompts import DocumentSubject
from assistant.prompting.run import (
    Progress,
    ResumableAnswers,
    make_no_answer_error,
    refuse_above_cap,
)
from assistant.prompting.sections import SectionWriter, ask_for_brief, list_repairs
from assistant.repo import files
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
    title: str
    path: Path | None
    findings: tuple[Finding, ...]
    unwritten: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    usage: Usage
    seconds: float
    repairs: int
    resumed: int
    model: str
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
    """What identifies a run, so that an unfinished one is found again."""
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
        raise make_interruption_error(stop) from None


def make_interruption_error(stop: StopSwitch) -> DraftError:
    """The error for a run that was stopped before any section was answered."""
    return DraftError(
        "stopped before any section was written; nothing was saved.",
        code="interrupted",
        exit_code=Exit(stop.code),
        hint="The same command goes on from what was answered.",
    )


async def _draft_connected(
    job: DraftJob,
    settings: Settings,
    progress: Progress,
    stop: StopSwitch,
    begun: BegunDraft | None,
) -> DraftOutcome:
    async with open_connection(settings, progress) as connection:
        if begun is None:
            identity = identify_run(job, settings, connection.name)
            kept = open_draft_journal(identity, job.description, settings, progress, save=job.save)
        else:
            begun.held.tell(progress.noted)
            kept = ResumableAnswers(begun.held, drafted=True)
        try:
            return await _DraftRun(job, settings, connection, progress, stop, kept, begun).run()
        finally:
            if begun is None:
                kept.close()


@dataclass(slots=True)
class _DraftRun:
    """One run, from the brief to the saved file."""

    job: DraftJob
    settings: Settings
    connection: Connection
    progress: Progress
    stop: StopSwitch
    kept: ResumableAnswers
    begun: BegunDraft | None = None

    async def run(self) -> DraftOutcome:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        job = self.job
        meter = MeteredModel(
            model=self.connection.model,
            estimate=self.connection.counter.count_prompt,
            cap=self.settings.max_tokens_total,
            learned=lambda name: self.kept.record(journal.MODEL_ENTRY, name),
        )
        own = self.connection
        around = files.read_repository_around(self.settings.dir, Path.cwd())
        if around.note:
            self.progress.noted(around.note)
        subject = make_draft_subject(job, self.settings.language, own.window, own.counter)
        if subject.description != job.description:
            self.progress.noted(DESCRIPTION_CUT)
        subject = replace(subject, repository=around)
        refuse_above_cap(
            forecast.forecast_draft_prompts(subject, job.template),
            self.settings,
            own.counter,
            SMALLER_DRAFT_HINT,
        )
        writer = SectionWriter(
            meter=meter,
            progress=self.progress,
            keeper=self.kept,
            concurrency=self.connection.concurrency,
            called=self.job.description,
        )
        brief = await ask_for_brief(writer, subject, job.template, self.stop)
        document = compose.begin_document(job.template, brief)
        planned = compose.plan_requests(job.template, document, brief, subject)
        name_kept_answers(self.kept, planned.requests, subject, own.name)
        if len(planned.requests) > 1:
            await self.connection.share_prefix(subject.make_messages(planned.shared, ""))
        self.stop.gathering = True
        written = await compose.gather_answers(planned, writer, subject, self.stop.event)
        if not any(done.answer for done in written):
            if self.stop.code:
                raise make_interruption_error(self.stop)
            reasons = [done.problem for done in written if done.problem]
            raise make_no_answer_error(
                f"no section could be written: {reasons[0] if reasons else 'nothing to write'}",
                writer.outage.hint,
            )
        facts = assemble.DocumentFacts(
            title=brief.title,
            author=job.author,
            date=job.date,
            slug=slugify_title(self._name(brief)),
            references=job.references,
        )
        made = compose.compose_document(planned, written, brief, subject, facts)
        made = replace(made, text=mask_key(made.text, self.settings.api_key))
        path, lost = None, ""
        try:
            path, text = self._saved(brief, made, subject)
            made = replace(made, text=text)
        except DraftError as error:
            if self.kept.journal.durable:
                error.hint = (
                    f"{error.hint} The answers are kept: the same command uses them.".strip()
                )
                raise
            lost = f"{error.where}: {error.message}"
        return DraftOutcome(
            text=made.text, title=brief.title, path=path,
            findings=check_structure(job.template, parse_document(made.text)),
            unwritten=made.unwritten, notes=made.notes, usage=meter.usage,
            seconds=loop.time() - begun,
            repairs=writer.repairs + sum(done.repairs for done in written),
            resumed=sum(done.resumed for done in written),
            model=self.connection.name, stopped=self.stop.code, lost=lost,
            repaired=list_repairs(writer, written), answered=meter.answered, place=own.place,
            kept=self.kept.journal.durable,
        )  # fmt: skip

    def _name(self, brief: Brief) -> str:
        """What the file is called after: a short description itself, else the brief's title."""
        own = self.job.description
        return (
            own
            if "\n" not in own and len(own) <= MAX_FILE_NAME and any(c.isalnum() for c in own)
            else brief.title
        )

    def _saved(
        self, brief: Brief, made: compose.Composition, subject: DocumentSubject
    ) -> tuple[Path | None, str]:
        """The file, and what it holds: the text with the number that it was given."""
        path, text = None, made.text
        if self.job.save:
            path, text = self._written(brief, text, subject)
        if not made.unwritten and (self.job.save or self.begun is None):
            self.kept.finish()
        elif path is not None:
            self.kept.record(journal.DOCUMENT_ENTRY, os.path.realpath(path))
        return path, text

    def _numbered(self, path: Path, text: str) -> str:
        """The text with its number, where the template has a word for that in its title."""
        entry = numbered(path.name)
        return assemble.put_number(self.job.template, text, entry.digits) if entry else text

    def _written(self, brief: Brief, text: str, subject: DocumentSubject) -> tuple[Path, str]:
        """Where the document is saved (under a new number, or where it was begun), and its text."""
        if self.begun is None:
            return self._created(brief, text, subject)
        path = self.begun.path
        text = self._numbered(path, text)
        data, before = encode_text(text), disk.read_document_bytes(path)
        if not self.begun.wrote(before):
            raise ForeignEdit
        self._described(data, subject)
        try:
            store.replace_or_save_beside(path, before, data)
        except disk.FileChanged:
            raise ForeignEdit from None
        return path, text

    def _created(self, brief: Brief, text: str, subject: DocumentSubject) -> tuple[Path, str]:
        data = encode_text(text)
        self._described(data, subject)
        gone = self.kept.journal.entries.get(journal.DOCUMENT_ENTRY, "")
        path = store.save_new_document(
            self.settings.dir, self._name(brief), data,
            noted=self.progress.noted, above=_number_in_name(gone),
        )  # fmt: skip
        own = self._numbered(path, text)
        if own != text:
            try:
                store.replace_file(path, data, encode_text(own))
            except (DraftError, disk.FileChanged):
                return path, text  # it is saved, and what is left of the template is reported
            self._described(encode_text(own), subject)
        return path, own

    def _described(self, data: bytes, subject: DocumentSubject) -> None:
        """Keep what `fill` needs to go on with this document, wherever it is by then."""
        about = {
            "description": subject.description,
            "kind": subject.kind,
            "language": subject.language,
        }
        self.kept.record(journal.SUBJECT_ENTRY, json.dumps(about))
        for entry in (journal.CONTENT_ENTRY, journal.COMPOSED_ENTRY):
            self.kept.record(entry, fingerprint_content(data))


def _number_in_name(document: str) -> int:
    """The number in a document's name; 0 where there is none."""
    entry = numbered(os.path.basename(document))  # noqa: PTH119  a path as it was kept
    return entry.number if entry else 0


def make_draft_subject(
    job: DraftJob, language: str, window: int, counter: TokenCounter
) -> DocumentSubject:
    """The subject, its description cut to what the model can read beside all the rest."""
    # The brief's instruction, the outline and the longest answer share the window with it.
    description = shorten_to_fit(job.description, max(256, window // 2), counter)
    own, guess = name_language(language), guess_language(job.description[:4000])
    return DocumentSubject(
        description=description,
        kind=job.kind,
        language=own or guess.name,
        foreign=not own and not guess.english,
    )
