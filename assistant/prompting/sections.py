"""Sections to prompts, prompts to completions, completions to answers: concurrency and resume."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from assistant.editing.answer import SectionAnswer, find_faulty_keys
from assistant.errors import DraftError, Exit
from assistant.folder import journal
from assistant.folder.journal import Journal, find_brief_entry, name_section_entry
from assistant.llm.model import Watcher
from assistant.parallel import StopSwitch
from assistant.prompting import brief
from assistant.prompting.answer import read_answer
from assistant.prompting.ask import (
    BestAnswer,
    CheckedAnswer,
    MeteredModel,
    ReasonListener,
    RequestFailure,
    ask_model,
    make_no_answer_error,
    merge_answers,
)
from assistant.prompting.brief import Brief
from assistant.prompting.names import list_named_groups
from assistant.prompting.request import SectionRequest
from assistant.prompting.subject import (
    BRIEF_LABEL,
    DocumentSubject,
    make_brief_prompt,
    make_section_prompt,
)
from assistant.template.template import Template

T = TypeVar("T")

# Errors after which no other request can succeed, and how many of any kind in a row say so too.
FINAL_ERRORS = frozenset({"bad-key", "forbidden", "no-quota", "unknown-model", "bad-base-url"})
MAX_FAILURES = 3


class Progress(Watcher, Protocol):
    """Hears which sections are asked for and how they end."""

    def planned(self, sections: Mapping[str, int]) -> None:
        """These sections will be asked for, each with the words that are expected of it."""

    def started(self, label: str) -> None:
        """A section's request is on its way."""

    def repairing(self, label: str, reasons: Sequence[str]) -> None:
        """A section is asked for again, because of `reasons`: sentences about its last answer."""

    def finished(self, label: str, problem: str) -> None:
        """A section is written, or `problem` says why it is not."""


class AnswerKeeper(Protocol):
    """Keeps answers as they arrive."""

    @property
    def entries(self) -> Mapping[str, str]:
        """What is kept, by the names of `journal`."""

    def record(self, entry: str, text: str) -> None:
        """Keep an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionResult:
    """What came of one request: an answer, or the reason why there is none.

    `reasons` are the sentences for which it was asked for again.
    """

    asked: SectionRequest
    answer: SectionAnswer | None = None
    problem: str = ""
    repairs: int = 0
    reasons: tuple[str, ...] = ()
    resumed: bool = False


@dataclass(slots=True)
class Outage:
    """How a server fails: why the rest need not be asked for, and what to do about the last time.

    `failures` are how many requests in a row came to nothing.
    """

    gone: str = ""
    hint: str = ""
    failures: int = 0

    def take(self, error: DraftError) -> str:
        """Take in that a request failed, and return what is said of it.

        One failure costs one request, unless none of the others can go better.
        """
        problem = str(error).split("\n")[0]
        self.hint = error.hint
        self.failures += 1
        if error.code in FINAL_ERRORS or self.failures >= MAX_FAILURES:
            self.gone = problem
        return problem


@dataclass(slots=True)
class SectionWriter:
    """Writes a document's sections with a model; `keeper` has what was answered before.

    `concurrency` is how many requests may be in flight, None for as many as there are. `repairs`
    says how often the brief was asked for again, `reasons` why. `called` is a description whose
    first words name a document that its brief does not.
    """

    meter: MeteredModel
    progress: Progress
    keeper: AnswerKeeper
    concurrency: int | None
    called: str = ""
    repairs: int = 0
    reasons: tuple[str, ...] = ()
    outage: Outage = field(default_factory=Outage)

    async def brief(self, subject: DocumentSubject, template: Template) -> brief.Brief:
        """Return the brief. Raises DraftError without one, and Failure where the model fails."""
        kept = self.keeper.entries.get(journal.BRIEF_ENTRY)
        if kept is not None:
            found = brief.ensure_brief_title(
                brief.read_brief(kept, template)[0], self.called, template
            )
            if found.title:
                return brief.ground_brief(found, subject.description)
        prompt = make_brief_prompt(subject, template)
        self.progress.started(BRIEF_LABEL)
        try:
            asked = await ask_model(
                self.meter, prompt, _make_brief_check(template), self._telling(BRIEF_LABEL)
            )
        except (RequestFailure, DraftError) as error:
            self.progress.finished(BRIEF_LABEL, str(error).split("\n")[0])
            raise
        self.repairs, self.reasons = asked.repairs, asked.reasons
        found = brief.ensure_brief_title(asked.result, self.called, template)
        if not found.title:
            said = [fault.sentence for fault in asked.errors]
            self.progress.finished(BRIEF_LABEL, said[0] if said else "no title")
            raise RequestFailure("the brief could not be used: " + " ".join(said))
        named = json.dumps({"title": found.title}, ensure_ascii=False)
        whole = asked.raw if asked.result.title else merge_answers(asked.raw, named)
        self.keeper.record(journal.BRIEF_ENTRY, whole)
        self.progress.finished(BRIEF_LABEL, "")
        return brief.ground_brief(found, subject.description)

    async def sections(
        self,
        subject: DocumentSubject,
        shared: str,
        requests: Sequence[SectionRequest],
        stop: asyncio.Event,
    ) -> tuple[SectionResult, ...]:
        """Return every section's answer, in the order of `requests`.

        Those not begun when `stop` is set, or when the server has gone, have that as their problem.
        """
        self.progress.planned({asked.id: asked.words for asked in requests})
        gate = asyncio.Semaphore(self.concurrency or len(requests) or 1)
        # The longest first: what is begun last must not be what takes longest.
        ordered = sorted(requests, key=lambda asked: -asked.words)
        begun = {
            asked.id: asyncio.create_task(self._gated(subject, shared, asked, gate))
            for asked in ordered
        }
        tasks = [begun[asked.id] for asked in requests]
        await finish_tasks(tasks, stop)
        return tuple(
            SectionResult(asked=asked, problem="interrupted") if task.cancelled() else task.result()
            for asked, task in zip(requests, tasks, strict=True)
        )

    async def _gated(
        self, subject: DocumentSubject, shared: str, asked: SectionRequest, gate: asyncio.Semaphore
    ) -> SectionResult:
        kept = self.keeper.entries.get(name_section_entry(asked.id))
        known = subject.description + shared
        found = None if kept is None else read_answer(kept, asked, known)
        if found is not None and _is_whole(found, asked):
            self.progress.finished(asked.id, "")
            return SectionResult(asked=asked, answer=found, resumed=True)
        async with gate:
            if self.outage.gone:
                written = SectionResult(asked=asked, problem=self.outage.gone)
            else:
                self.progress.started(asked.id)
                written = await self._section(subject, shared, asked)
            if written.answer is None and found is not None and found.values:
                # A part is better than nothing, and it was paid for.
                written = replace(written, answer=found)
            self.progress.finished(asked.id, written.problem)
            return written

    async def _section(
        self, subject: DocumentSubject, shared: str, asked: SectionRequest
    ) -> SectionResult:
        prompt = make_section_prompt(subject, shared, asked)
        try:
            known = subject.description + shared
            checker = _make_section_check(asked, known, subject)
            keeping = self._keeping(asked, checker)
            done = await ask_model(self.meter, prompt, keeping, self._telling(asked.id))
        except RequestFailure as failure:
            return SectionResult(asked=asked, problem=failure.reason)
        except DraftError as error:
            return SectionResult(asked=asked, problem=self.outage.take(error))
        self.outage.failures = 0
        return self._kept(asked, done)

    def _telling(self, label: str) -> ReasonListener:
        """Return what tells why a request is asked again."""
        return lambda reasons: self.progress.repairing(label, reasons)

    def _keeping(
        self, asked: SectionRequest, check: Callable[[str], CheckedAnswer[SectionAnswer]]
    ) -> Callable[[str], CheckedAnswer[SectionAnswer]]:
        """Return a check that keeps the best it is shown, should the run end before a better."""
        least: list[tuple[bool, int, int]] = []
        entry = name_section_entry(asked.id)
        before = entry in self.keeper.entries  # of an earlier run, which may be the better one

        def keeping(raw: str) -> CheckedAnswer[SectionAnswer]:
            checked = check(raw)
            better = checked.badness <= least[0] if least else not before
            new = raw != self.keeper.entries.get(entry)
            if better and new and checked.result.values and any(checked.badness):
                self.keeper.record(entry, raw)
                least[:] = [checked.badness]
            return checked

        return keeping

    def _kept(self, asked: SectionRequest, done: BestAnswer[SectionAnswer]) -> SectionResult:
        found = done.result
        said = bool(found.values or found.not_applicable)
        if said:
            self.keeper.record(name_section_entry(asked.id), done.raw)
        return SectionResult(
            asked=asked,
            answer=found if said else None,
            problem=""
            if said and _is_whole(found, asked)
            else " ".join(fault.sentence for fault in done.errors),
            repairs=done.repairs,
            reasons=done.reasons,
        )


async def finish_tasks(tasks: Sequence[asyncio.Task[T]], stop: asyncio.Event) -> None:
    """Wait until every task has ended; those under way when `stop` is set are cancelled."""
    stopping = asyncio.create_task(stop.wait())
    pending: set[asyncio.Task[T]] = set(tasks)
    while pending and not stop.is_set():
        _, left = await asyncio.wait({*pending, stopping}, return_when=asyncio.FIRST_COMPLETED)
        pending = {task for task in tasks if task in left}
    for task in (*pending, stopping):
        task.cancel()
    await asyncio.gather(*tasks, stopping, return_exceptions=True)


def list_repairs(
    writer: SectionWriter, written: Sequence[SectionResult]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what was asked for again, the brief first, each with the sentences why."""
    sections = ((done.asked.id, done.reasons) for done in written)
    return tuple((name, why) for name, why in ((BRIEF_LABEL, writer.reasons), *sections) if why)


def _is_whole(found: SectionAnswer, asked: SectionRequest) -> bool:
    """Return whether an answer leaves nothing of its section unwritten."""
    return bool(found.not_applicable) or len(found.values) == len(asked.wants)


def _make_section_check(
    asked: SectionRequest, known: str, subject: DocumentSubject
) -> Callable[[str], CheckedAnswer[SectionAnswer]]:
    def check(raw: str) -> CheckedAnswer[SectionAnswer]:
        found = read_answer(raw, asked, known, subject.repository, subject.written)
        return CheckedAnswer(
            result=found,
            errors=found.errors,
            flaws=found.flaws,
            keys=select_repair_keys(found, asked),
            empty=not (found.values or found.not_applicable),
            copies=found.copies,
        )

    return check


def _make_brief_check(template: Template) -> Callable[[str], CheckedAnswer[brief.Brief]]:
    def check(raw: str) -> CheckedAnswer[brief.Brief]:
        found, errors = brief.read_brief(raw, template)
        keys = (*(group.key for group in list_named_groups(template)), *brief.FIXED_BRIEF_KEYS)
        wrong = find_faulty_keys(errors, keys)
        return CheckedAnswer(result=found, errors=errors, keys=wrong, empty=not found.title)

    return check


def select_repair_keys(found: SectionAnswer, asked: SectionRequest) -> tuple[str, ...]:
    """Return the keys of a JSON answer to be said again, or none where all of it must be."""
    if asked.plain:
        return ()
    keys = tuple(want.key for want in asked.wants)
    wrong = find_faulty_keys((*found.errors, *found.flaws), keys)
    # A recommendation names one of the options: it is said anew where they are.
    return tuple(w.key for w in asked.wants if w.key in wrong or w.choice_of in wrong)


async def ask_for_brief(
    writer: SectionWriter, subject: DocumentSubject, template: Template, stop: StopSwitch
) -> Brief:
    """The brief. Raises DraftError where there is none: without it there is nothing to save."""
    asking = asyncio.create_task(writer.brief(subject, template))
    stopping = asyncio.create_task(stop.event.wait())
    try:
        await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        answered = asking.done()
    finally:  # also where this wait itself is cancelled: nobody else would end the request
        stopping.cancel()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    if not answered:
        raise make_stopped_error(stop)
    try:
        return asking.result()
    except RequestFailure as failure:
        raise make_no_answer_error(f"the brief failed: {failure.reason}") from None


def make_stopped_error(stop: StopSwitch) -> DraftError:
    """The end of a run that was stopped before there was anything to save."""
    return DraftError(
        "stopped before anything was written.",
        code="interrupted",
        exit_code=Exit(stop.code),
        hint="The same command goes on, for the price of what is missing.",
    )


@dataclass(slots=True)
class ResumableAnswers:
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
        said = find_brief_entry(self.journal.entries)
        return {journal.BRIEF_ENTRY: said, **found} if said else found

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
