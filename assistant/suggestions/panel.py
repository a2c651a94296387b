"""Several reviewers of one document, asked side by side; each answer kept as it arrives."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.errors import DraftError
from assistant.folder.journal import name_view_entry
from assistant.llm.model import Prompt
from assistant.prompting.ask import CheckedAnswer, MeteredModel, RequestFailure, ask_model
from assistant.prompting.run import Outage, Progress, ResumableAnswers, finish_tasks
from assistant.suggestions import answer
from assistant.suggestions.ground import Ground
from assistant.suggestions.suggestion import Opinion, PointOfView, WantedKinds

# Words of one point of view's answer, as `Progress.planned` wants them; since all are alike, only
# that they are no sections of a few words matters.
VIEW_WORDS = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerResult:
    """What came of one point of view: an opinion, or the problem for which there is none."""

    view: PointOfView
    opinion: Opinion | None = None
    problem: str = ""
    repairs: int = 0
    reasons: tuple[str, ...] = ()
    resumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """A point of view with the request that it is asked by."""

    view: PointOfView
    prompt: Prompt


@dataclass(slots=True)
class Panel:
    """The reviewers of one document; `ground` is what they must rest on.

    `concurrency` is how many may be asked at once, None for all.
    """

    ground: Ground
    kinds: WantedKinds
    meter: MeteredModel
    progress: Progress
    kept: ResumableAnswers
    concurrency: int | None
    outage: Outage = field(default_factory=Outage)

    async def ask_reviewers(
        self, reviewers: Sequence[Reviewer], stop: asyncio.Event
    ) -> tuple[ReviewerResult, ...]:
        """Return every reviewer's result, in order; those that `stop` cut off say so."""
        self.progress.planned({one.view.title: VIEW_WORDS for one in reviewers})
        gate = asyncio.Semaphore(self.concurrency or len(reviewers) or 1)
        tasks = [asyncio.create_task(self._ask_reviewer(reviewer, gate)) for reviewer in reviewers]
        await finish_tasks(tasks, stop)
        return tuple(
            ReviewerResult(view=one.view, problem="interrupted")
            if task.cancelled()
            else task.result()
            for one, task in zip(reviewers, tasks, strict=True)
        )

    async def _ask_reviewer(self, reviewer: Reviewer, gate: asyncio.Semaphore) -> ReviewerResult:
        view = reviewer.view
        hearing = _ReviewerAnswers(reviewer, self.ground, self.kinds, self.kept)
        if hearing.read_kept():
            self.progress.finished(view.title, "")
            return ReviewerResult(view=view, opinion=hearing.opinion, resumed=True)
        async with gate:
            if self.outage.gone:
                heard = ReviewerResult(view=view, problem=self.outage.gone)
            else:
                self.progress.started(view.title)
                heard = await self._ask(hearing, reviewer.prompt)
            self.progress.finished(view.title, heard.problem)
            return heard

    async def _ask(self, hearing: "_ReviewerAnswers", prompt: Prompt) -> ReviewerResult:
        try:
            done = await ask_model(
                self.meter,
                prompt,
                hearing.check,
                lambda reasons: self.progress.repairing(hearing.view.title, reasons),
            )
        except RequestFailure as failure:
            return hearing.make_result(failure.reason)
        except DraftError as error:
            return hearing.make_result(self.outage.take_failure(error))
        self.outage.failures = 0
        heard = hearing.make_result(" ".join(fault.sentence for fault in done.errors)[:300])
        return replace(heard, repairs=done.repairs, reasons=done.reasons)


class _ReviewerAnswers:
    """What one reviewer says, repairs included: what rests on something is kept of every answer."""

    def __init__(
        self, reviewer: Reviewer, ground: Ground, kinds: WantedKinds, kept: ResumableAnswers
    ) -> None:
        self.view = reviewer.view
        self.told = next((one.content for one in reviewer.prompt.messages), "")
        self.ground = ground
        self.kinds = kinds
        self.kept = kept
        self.usable = False
        self.opinion = Opinion()
        self._raws: list[str] = []
        self._last: Opinion | None = None

    def read_kept(self) -> bool:
        """Return whether an earlier run has the answer."""
        known = self.kept.entries.get(name_view_entry(self.view.name))
        if known is None:
            return False
        try:
            raws = json.loads(known)
        except ValueError:
            return False
        for raw in raws if isinstance(raws, list) else ():
            self._read(str(raw))
        return self.usable

    def check(self, raw: str) -> CheckedAnswer[Opinion]:
        """Return an answer as read. It is kept at once: the run may end before it is repaired."""
        before = self._last
        found = self._last = self._read(raw)
        if self.usable:
            self.kept.record(
                name_view_entry(self.view.name), json.dumps(self._raws, ensure_ascii=False)
            )
        if before is not None and len(found.errors) >= len(before.errors):
            # It was told what is wrong, and no less is wrong now: it knows no better.
            return CheckedAnswer(result=found)
        return CheckedAnswer(
            result=found,
            errors=found.errors,
            flaws=found.flaws,
            keys=answer.select_opinion_keys(found, self.kinds),
        )

    def make_result(self, problem: str) -> ReviewerResult:
        """Return the opinion so far, or the problem if there is none."""
        if self.usable:
            return ReviewerResult(view=self.view, opinion=self.opinion)
        return ReviewerResult(view=self.view, problem=problem or "no answer")

    def _read(self, raw: str) -> Opinion:
        found = answer.read_opinion(raw, self.ground, self.kinds, self.view, self.told)
        self._raws.append(raw)
        # What is no JSON says nothing; empty lists say that there is nothing to say.
        self.usable = self.usable or found.said
        self.opinion = replace(
            found,
            risks=tuple(dict.fromkeys((*self.opinion.risks, *found.risks))),
            questions=tuple(dict.fromkeys((*self.opinion.questions, *found.questions))),
        )
        return found
