"""The run of `draft fill`: what is unwritten in a document is asked for, and saved into it."""

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant import files
from assistant.drafting import compose, merge
from assistant.drafting.merge import (
    FilledDocument,
    GatheredAnswers,
    is_complete,
    save_filled_document,
)
from assistant.drafting.plan import (
    find_known_brief,
    forecast_fill_prompts,
    needs_brief,
    plan_fill,
)
from assistant.drafting.session import DraftingSession, measure_subject_room
from assistant.drafting.task import FillJob, FillTask, make_fill_subject
from assistant.drafting.unfinished import open_answers, take_over_journal
from assistant.errors import DraftError, Exit
from assistant.files import find_state_folder
from assistant.folder import journal
from assistant.lint.check import check_structure
from assistant.lint.rule import Finding
from assistant.llm.connect import open_connection
from assistant.llm.model import Usage
from assistant.markdown.document import parse_document
from assistant.prompting.brief import Brief
from assistant.prompting.run import Progress, ResumableAnswers, StopSwitch
from assistant.prompting.sections import SectionWriter, ask_for_brief, list_repairs
from assistant.settings import Settings

SMALLER_FILL_HINT = "name fewer sections with --section"
_NO_BRIEF = Brief(title="")
_MAX_STEM = 60  # letters of a document's name in that of its questions: a digest makes it unique

# Whether a person takes the change from one text to another.
AcceptChange = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class FillOutcome:
    """What a run came to: the text before and after; `saved` says whether the file has it.

    `repaired` are the sections that were asked for again, with the sentences why. `answered` are
    the names by which the server, which is at `place`, says that the model answered. `asked_in` is
    the file with the open questions that the document has no place for; `new_questions` were not
    there before.
    """

    before: str
    text: str
    filled: FilledDocument
    findings: tuple[Finding, ...] = ()
    usage: Usage = Usage(requests=0)  # noqa: RUF009  it is frozen
    seconds: float = 0.0
    repairs: int = 0
    resumed: int = 0
    model: str = ""
    stopped: int = 0
    saved: bool = False
    journal: str = ""
    asked_in: str = ""
    new_questions: tuple[str, ...] = ()
    repaired: tuple[tuple[str, tuple[str, ...]], ...] = ()
    answered: tuple[str, ...] = ()
    place: str = ""

    @property
    def changed(self) -> bool:
        """Whether there is anything new."""
        return self.text != self.before

    @property
    def exit_code(self) -> int:
        """The command's exit code."""
        if self.stopped:
            return self.stopped
        bad = any(finding.severity == "error" for finding in self.findings)
        return Exit.FINDINGS if self.filled.unwritten or (bad and self.changed) else Exit.DONE


async def fill_document(
    job: FillJob, settings: Settings, progress: Progress, stop: StopSwitch, accept: AcceptChange
) -> FillOutcome:
    """Fill a document and save it. Raises DraftError where nothing could be filled."""
    first = _plan_with(job.task, _NO_BRIEF)
    if not first.requests and not needs_brief(job.task):
        return _fill_without_model(job, first, settings, progress, accept)
    if job.basis.is_empty:
        raise DraftError(
            "nothing is written in this document that says what it is about.",
            code="nothing-to-go-by",
            exit_code=Exit.USAGE,
            where=str(job.path),
            hint="Write its title, or say it with --hint.",
        )
    kept = _open_kept_answers(job, settings, progress)
    try:
        async with open_connection(settings, progress) as connection:
            session = DraftingSession(
                settings=settings, connection=connection, progress=progress, stop=stop, kept=kept
            )
            run = _FillRun(job, session)
            outcome = await run.ask()
        return _keep_homeless_questions(job, run.save(outcome, accept))
    finally:
        kept.close()


def _plan_with(task: FillTask, brief: Brief) -> compose.WritingPlan:
    """Return what is to be asked for in a task's document as it was read, with these names."""
    return plan_fill(task, task.document, brief, task.scope.forced.__contains__)


def _open_kept_answers(job: FillJob, settings: Settings, progress: Progress) -> ResumableAnswers:
    if job.held is None:
        return open_answers(job.path, job.fingerprint, settings, progress)
    return take_over_journal(job.held, job.path, job.fingerprint, progress)


def _fill_without_model(
    job: FillJob,
    planned: compose.WritingPlan,
    settings: Settings,
    progress: Progress,
    accept: AcceptChange,
) -> FillOutcome:
    """Write the program's own slots, where no section is to be asked for."""
    answers = GatheredAnswers(plan=planned, written=(), brief=_NO_BRIEF)
    filled = merge.put_answers(job.task, job.document, answers)
    outcome = FillOutcome(before=job.document.text, text=filled.text, filled=filled)
    if not outcome.changed and job.held is not None and is_complete(job, outcome.text):
        job.held.finish()  # somebody wrote by hand what was missing
    if not outcome.changed or not job.save or not accept(outcome.before, outcome.text):
        return outcome
    kept = _open_kept_answers(job, settings, progress)
    try:
        filled = save_filled_document(job, answers, filled, kept, progress)
    finally:
        kept.close()
    return replace(outcome, text=filled.text, filled=filled, saved=True)


@dataclass(slots=True)
class _FillRun:
    """One run, from the brief to the saved file; `answers` are there once it has asked."""

    job: FillJob
    session: DraftingSession
    answers: GatheredAnswers | None = None

    async def ask(self) -> FillOutcome:
        """Ask for everything, and put the answers into the document as it was read."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        session = self.session
        task = self._take_subject()
        prompts = forecast_fill_prompts(task, task.subject, session.kept.journal.entries)
        session.refuse_above_cap(prompts, SMALLER_FILL_HINT)
        writer = session.make_writer()
        brief = await self._find_brief(writer)
        planned = _plan_with(task, brief)
        before = task.document.text if task.scope.forced else ""
        written = await session.ask_for_sections(planned, writer, task.subject, before)
        if planned.requests:
            session.refuse_unanswered(written, writer)
        self.answers = GatheredAnswers(plan=planned, written=written, brief=brief)
        outcome = self._sum_up(self.answers, writer)
        return replace(outcome, seconds=loop.time() - begun)

    def _take_subject(self) -> FillTask:
        """Let the task know what it is about, now that the model's window is known."""
        session, job = self.session, self.job
        around = session.read_repository(job.path.parent)
        connection = session.connection
        room = measure_subject_room(connection.window)
        subject = make_fill_subject(job.basis, room, connection.counter, session.settings.language)
        task = replace(job.task, subject=replace(subject, repository=around))
        self.job = replace(job, task=task)
        return task

    async def _find_brief(self, writer: SectionWriter) -> Brief:
        """Return the brief: the one that is kept, a new one, or none where none is needed."""
        kept, task = self.session.kept, self.job.task
        known = find_known_brief(kept.journal.entries, task)
        if known is not None:
            return known
        first = _plan_with(task, _NO_BRIEF)
        if len(first.requests) <= 1 and not needs_brief(task):
            # One section knows all that there is from the document itself.
            return _NO_BRIEF
        kept.forget(journal.BRIEF_ENTRY)
        return await ask_for_brief(writer, task.subject, first.template, self.session.stop)

    def _sum_up(self, answers: GatheredAnswers, writer: SectionWriter) -> FillOutcome:
        """Return what was answered, put into the document as it was read, and what that took."""
        session, job, written = self.session, self.job, answers.written
        filled = merge.put_answers(job.task, job.document, answers)
        return FillOutcome(
            before=job.document.text,
            text=filled.text,
            filled=filled,
            findings=self._find_new_findings(filled.text),
            usage=writer.meter.usage,
            repairs=writer.repairs + sum(done.repairs for done in written),
            resumed=sum(done.resumed for done in written),
            model=session.connection.name,
            stopped=session.stop.code,
            journal=session.kept.place,
            repaired=list_repairs(writer, written),
            answered=writer.meter.answered,
            place=session.connection.place,
        )

    def _find_new_findings(self, text: str) -> tuple[Finding, ...]:
        """Return what is wrong with the document now and was not before."""
        template = self.job.task.template
        if template is None:
            return ()
        before = {(f.code, f.message) for f in check_structure(template, self.job.document)}
        now = check_structure(template, parse_document(text))
        return tuple(finding for finding in now if (finding.code, finding.message) not in before)

    def save(self, outcome: FillOutcome, accept: AcceptChange) -> FillOutcome:
        """Put the answers into the file, if they are wanted there; return what came of it."""
        job, kept, answers = self.job, self.session.kept, self.answers
        if not job.save or not outcome.changed or answers is None:
            return outcome
        if not accept(outcome.before, outcome.text):
            for done in answers.written:
                kept.forget(journal.name_section_entry(done.asked.id))
            return outcome
        filled = save_filled_document(job, answers, outcome.filled, kept, self.session.progress)
        return replace(outcome, text=filled.text, filled=filled, saved=True)


def _keep_homeless_questions(job: FillJob, outcome: FillOutcome) -> FillOutcome:
    """Keep the questions that the document has no place for; the outcome says in which file."""
    asked = outcome.filled.questions
    if not asked:
        return outcome
    if not job.save or (outcome.changed and not outcome.saved):
        # The answers themselves are kept, and say them again when they are put into the document.
        return replace(outcome, asked_in=outcome.journal, new_questions=asked)
    where, new = _keep_questions(job.path, asked)
    return replace(outcome, asked_in=where, new_questions=new)


def _keep_questions(path: Path, questions: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Add questions to a document's own list of them; return the file, and those that are new.

    Each document has one file, a list in Markdown to be copied from. Where none can be written, the
    file is empty and all are new.
    """
    document = os.path.realpath(path)
    try:
        folder = find_state_folder() / "questions"
        file = folder / f"{path.stem[:_MAX_STEM]}-{journal.digest_parts(document)[:12]}.md"
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
