"""The run of `draft fill`: what is unwritten in a document is asked for, and saved into it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.drafting import compose, forecast, merge
from assistant.drafting.merge import (
    FilledDocument,
    GatheredAnswers,
    is_complete,
    save_filled_document,
)
from assistant.drafting.scope import fit_fill_subject
from assistant.drafting.task import (
    FillJob,
    find_known_brief,
    keep_questions,
    name_kept_answers,
    needs_brief,
    open_answers,
    plan_fill,
    take_over_journal,
)
from assistant.errors import DraftError, Exit
from assistant.folder import journal
from assistant.folder.journal import Journal
from assistant.lint.check import check_structure
from assistant.lint.rule import Finding
from assistant.llm.connect import Connection, open_connection
from assistant.llm.model import Usage
from assistant.markdown.document import parse_document
from assistant.parallel import StopSwitch
from assistant.prompting.ask import MeteredModel
from assistant.prompting.brief import Brief
from assistant.prompting.prompts import DocumentSubject
from assistant.prompting.run import (
    Progress,
    ResumableAnswers,
    make_no_answer_error,
    make_stopped_error,
    refuse_above_cap,
)
from assistant.prompting.sections import SectionResult, SectionWriter, ask_for_brief, list_repairs
from assistant.repo import files
from assistant.settings import Settings

SMALLER_FILL_HINT = "name fewer sections with --section"
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
    job: FillJob,
    settings: Settings,
    progress: Progress,
    stop: StopSwitch,
    accept: AcceptChange,
    held: Journal | None = None,
) -> FillOutcome:
    """Fill a document and save it. Raises DraftError where nothing could be filled.

    `held` is the document's journal, where this process has it already.
    """
    empty = Brief(title="")
    forced = job.task.scope.forced.__contains__
    first = plan_fill(job.task, job.document, empty, forced)
    if not first.requests and not needs_brief(job.task):
        return _fill_without_model(job, first, settings, progress, accept, held)
    if job.reading.nothing:
        raise DraftError(
            "nothing is written in this document that says what it is about.",
            code="nothing-to-go-by", exit_code=Exit.USAGE, where=str(job.path),
            hint="Write its title, or say it with --hint.",
        )  # fmt: skip
    kept = _open_kept_answers(job, settings, progress, held)
    try:
        async with open_connection(settings, progress) as connection:
            run = _FillRun(job, settings, connection, progress, stop, kept)
            outcome = await run.answered()
        return _keep_homeless_questions(job, run.saved(outcome, accept))
    finally:
        kept.close()


def _keep_homeless_questions(job: FillJob, outcome: FillOutcome) -> FillOutcome:
    """The outcome with the file that its homeless questions are kept in."""
    asked = outcome.filled.questions
    if not asked:
        return outcome
    if not job.save or (outcome.changed and not outcome.saved):
        # The answers themselves are kept, and say them again when they are put into the document.
        return replace(outcome, asked_in=outcome.journal, new_questions=asked)
    where, new = keep_questions(job.path, asked)
    return replace(outcome, asked_in=where, new_questions=new)


def _open_kept_answers(
    job: FillJob, settings: Settings, progress: Progress, held: Journal | None
) -> ResumableAnswers:
    if held is None:
        return open_answers(job.path, job.content, settings, progress)
    return take_over_journal(held, job.path, job.content, progress)


def _fill_without_model(
    job: FillJob,
    planned: compose.WritingPlan,
    settings: Settings,
    progress: Progress,
    accept: AcceptChange,
    held: Journal | None,
) -> FillOutcome:
    """The outcome where no section is to be asked for: the program's own slots are written."""
    answers = GatheredAnswers(plan=planned, written=(), brief=Brief(title=""))
    filled = merge.put_answers(job.task, job.document, planned, (), answers.brief)
    outcome = FillOutcome(before=job.document.text, text=filled.text, filled=filled)
    if not outcome.changed and held is not None and is_complete(job, outcome.text):
        held.finish()  # somebody wrote by hand what was missing
    if not outcome.changed or not job.save or not accept(outcome.before, outcome.text):
        return outcome
    kept = _open_kept_answers(job, settings, progress, held)
    try:
        filled = save_filled_document(job, answers, filled, kept, progress)
    finally:
        kept.close()
    return replace(outcome, text=filled.text, filled=filled, saved=True)


@dataclass(slots=True)
class _FillRun:
    """One run, from the brief to the saved file."""

    job: FillJob
    settings: Settings
    connection: Connection
    progress: Progress
    stop: StopSwitch
    kept: ResumableAnswers
    brief: Brief = Brief(title="")  # noqa: RUF009  it is frozen
    plan: compose.WritingPlan | None = None
    written: tuple[SectionResult, ...] = ()

    async def answered(self) -> FillOutcome:
        """Ask for everything, and put the answers into the document as it was read."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        job = self.job
        around = files.read_repository_around(job.path.parent, Path.cwd())
        if around.note:
            self.progress.noted(around.note)
        subject = fit_fill_subject(job.reading, self.connection, self.settings.language)
        subject = replace(subject, repository=around)
        job = self.job = replace(job, task=replace(job.task, subject=subject))
        meter = MeteredModel(
            model=self.connection.model,
            estimate=self.connection.counter.count_prompt,
            cap=self.settings.max_tokens_total,
            learned=lambda name: self.kept.record(journal.MODEL_ENTRY, name),
        )
        prompts = forecast.forecast_fill_prompts(job.task, subject, self.kept.journal.entries)
        refuse_above_cap(prompts, self.settings, self.connection.counter, SMALLER_FILL_HINT)
        writer = SectionWriter(
            meter=meter, progress=self.progress, keeper=self.kept,
            concurrency=self.connection.concurrency,
        )  # fmt: skip
        self.brief = await self._brief(writer, subject)
        planned = plan_fill(job.task, job.document, self.brief, job.task.scope.forced.__contains__)
        self.plan = planned
        before = job.document.text if job.task.scope.forced else ""
        name_kept_answers(self.kept, planned.requests, subject, self.connection.name, before)
        if len(planned.requests) > 1:
            await self.connection.share_prefix(subject.make_messages(planned.shared, ""))
        self.written = await compose.gather_answers(planned, writer, subject, self.stop.event)
        if planned.requests and not any(done.answer for done in self.written):
            if self.stop.code:
                raise make_stopped_error(self.stop)
            reason = f"no section could be written: {self.written[0].problem}"
            raise make_no_answer_error(reason, writer.outage.hint)
        filled = merge.put_answers(job.task, job.document, planned, self.written, self.brief)
        return FillOutcome(
            before=job.document.text, text=filled.text, filled=filled, usage=meter.usage,
            findings=self._findings(filled.text), seconds=loop.time() - begun,
            repairs=writer.repairs + sum(done.repairs for done in self.written),
            resumed=sum(done.resumed for done in self.written),
            model=self.connection.name, stopped=self.stop.code, journal=self.kept.place,
            repaired=list_repairs(writer, self.written),
            answered=meter.answered, place=self.connection.place,
        )  # fmt: skip

    async def _brief(self, writer: SectionWriter, subject: DocumentSubject) -> Brief:
        known = find_known_brief(self.kept.journal.entries, self.job.task)
        if known is not None:
            return known
        task = self.job.task
        first = plan_fill(task, task.document, Brief(title=""), task.scope.forced.__contains__)
        if len(first.requests) < 2 and not needs_brief(task):  # noqa: PLR2004
            # One section knows all that there is from the document itself.
            return Brief(title="")
        self.kept.forget(journal.BRIEF_ENTRY)
        return await ask_for_brief(writer, subject, first.template, self.stop)

    def _findings(self, text: str) -> tuple[Finding, ...]:
        """What is wrong with the document now and was not before."""
        template = self.job.task.template
        if template is None:
            return ()
        before = {(f.code, f.message) for f in check_structure(template, self.job.document)}
        now = check_structure(template, parse_document(text))
        return tuple(finding for finding in now if (finding.code, finding.message) not in before)

    def saved(self, outcome: FillOutcome, accept: AcceptChange) -> FillOutcome:
        """Put the answers into the file, where they are wanted there."""
        if not self.job.save or not outcome.changed or self.plan is None:
            return outcome
        if not accept(outcome.before, outcome.text):
            for done in self.written:
                self.kept.forget(journal.name_section_entry(done.asked.id))
            return outcome
        answers = GatheredAnswers(plan=self.plan, written=self.written, brief=self.brief)
        filled = save_filled_document(self.job, answers, outcome.filled, self.kept, self.progress)
        return replace(outcome, text=filled.text, filled=filled, saved=True)
