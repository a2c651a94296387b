"""A document's brief and sections, asked of a model side by side and taken up again."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from assistant.editing.answer import SectionAnswer, find_faulty_keys
from assistant.errors import DraftError
from assistant.folder import journal
from assistant.folder.journal import name_section_entry
from assistant.prompting.answer import read_answer
from assistant.prompting.ask import (
    BestAnswer,
    CheckedAnswer,
    MeteredModel,
    ReasonListener,
    RequestFailure,
    ask_model,
    merge_answers,
)
from assistant.prompting.brief import (
    FIXED_BRIEF_KEYS,
    Brief,
    ensure_brief_title,
    ground_brief,
    read_brief,
)
from assistant.prompting.names import list_named_groups
from assistant.prompting.prompts import (
    BRIEF_LABEL,
    DocumentSubject,
    make_brief_prompt,
    make_section_prompt,
)
from assistant.prompting.request import SectionRequest
from assistant.prompting.run import (
    AnswerKeeper,
    Outage,
    Progress,
    StopSwitch,
    finish_tasks,
    make_no_answer_error,
    make_stopped_error,
)
from assistant.template.template import Template

T = TypeVar("T")


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

    async def write_brief(self, subject: DocumentSubject, template: Template) -> Brief:
        """Return the brief. Raises RequestFailure or DraftError if there is none."""
        kept = self.keeper.entries.get(journal.BRIEF_ENTRY)
        if kept is not None:
            found = ensure_brief_title(read_brief(kept, template)[0], self.called, template)
            if found.title:
                return ground_brief(found, subject.description)
        prompt = make_brief_prompt(subject, template)
        self.progress.started(BRIEF_LABEL)
        try:
            asked = await ask_model(
                self.meter, prompt, _make_brief_check(template), self._make_listener(BRIEF_LABEL)
            )
        except (RequestFailure, DraftError) as error:
            self.progress.finished(BRIEF_LABEL, str(error).split("\n")[0])
            raise
        self.repairs, self.reasons = asked.repairs, asked.reasons
        found = ensure_brief_title(asked.result, self.called, template)
        if not found.title:
            said = [fault.sentence for fault in asked.errors]
            self.progress.finished(BRIEF_LABEL, said[0] if said else "no title")
            raise RequestFailure("the brief could not be used: " + " ".join(said))
        named = json.dumps({"title": found.title}, ensure_ascii=False)
        own = asked.result.title == found.title
        whole = asked.raw if own else merge_answers(asked.raw, named)
        self.keeper.record(journal.BRIEF_ENTRY, whole)
        self.progress.finished(BRIEF_LABEL, "")
        return ground_brief(found, subject.description)

    async def write_sections(
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
            asked.id: asyncio.create_task(self._write_when_free(subject, shared, asked, gate))
            for asked in ordered
        }
        tasks = [begun[asked.id] for asked in requests]
        await finish_tasks(tasks, stop)
        return tuple(
            SectionResult(asked=asked, problem="interrupted") if task.cancelled() else task.result()
            for asked, task in zip(requests, tasks, strict=True)
        )

    async def _write_when_free(
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
                written = await self._write_section(subject, shared, asked)
            if written.answer is None and found is not None and found.values:
                # A part is better than nothing, and it was paid for.
                written = replace(written, answer=found)
            self.progress.finished(asked.id, written.problem)
            return written

    async def _write_section(
        self, subject: DocumentSubject, shared: str, asked: SectionRequest
    ) -> SectionResult:
        prompt = make_section_prompt(subject, shared, asked)
        try:
            known = subject.description + shared
            checker = _make_section_check(asked, known, subject)
            keeping = self._make_keeping_check(asked, checker)
            done = await ask_model(self.meter, prompt, keeping, self._make_listener(asked.id))
        except RequestFailure as failure:
            return SectionResult(asked=asked, problem=failure.reason)
        except DraftError as error:
            return SectionResult(asked=asked, problem=self.outage.take_failure(error))
        self.outage.failures = 0
        return self._make_result(asked, done)

    def _make_listener(self, label: str) -> ReasonListener:
        """Return what tells why a request is asked again."""
        return lambda reasons: self.progress.repairing(label, reasons)

    def _make_keeping_check(
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

    def _make_result(self, asked: SectionRequest, done: BestAnswer[SectionAnswer]) -> SectionResult:
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


def _make_brief_check(template: Template) -> Callable[[str], CheckedAnswer[Brief]]:
    def check(raw: str) -> CheckedAnswer[Brief]:
        found, errors = read_brief(raw, template)
        keys = (*(group.key for group in list_named_groups(template)), *FIXED_BRIEF_KEYS)
        wrong = find_faulty_keys(errors, keys)
        return CheckedAnswer(result=found, errors=errors, keys=wrong, empty=not found.title)

    return check


def select_repair_keys(found: SectionAnswer, asked: SectionRequest) -> tuple[str, ...]:
    """Return the keys of a JSON answer to be said again; none if all of it must be."""
    if asked.plain:
        return ()
    keys = tuple(want.key for want in asked.wants)
    wrong = find_faulty_keys((*found.errors, *found.flaws), keys)
    # A recommendation names one of the options: it is said anew if they are.
    return tuple(w.key for w in asked.wants if w.key in wrong or w.choice_of in wrong)


async def ask_for_brief(
    writer: SectionWriter, subject: DocumentSubject, template: Template, stop: StopSwitch
) -> Brief:
    """Return the brief of a run. Raises DraftError without one: there is nothing to save then."""
    asking = asyncio.create_task(writer.write_brief(subject, template))
    await finish_tasks((asking,), stop.event)
    if asking.cancelled():
        raise make_stopped_error(stop)
    try:
        return asking.result()
    except RequestFailure as failure:
        raise make_no_answer_error(f"the brief failed: {failure.reason}") from None
