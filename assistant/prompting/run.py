"""What all runs of several requests share: who watches, what is kept, how they stop and end."""

import asyncio
import signal
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from assistant.errors import DraftError, Exit
from assistant.folder import journal
from assistant.folder.journal import Journal, find_brief_entry
from assistant.llm.connect import Connection
from assistant.llm.model import Prompt, Watcher
from assistant.llm.tokens import TokenCounter
from assistant.prompting.ask import MeteredModel
from assistant.settings import Settings

T = TypeVar("T")
# Errors after which no other request can succeed.
FINAL_ERRORS = frozenset({"bad-key", "forbidden", "no-quota", "unknown-model", "bad-base-url"})
# So many errors of any kind in a row say so too: each has been retried already. By judgement.
MAX_FAILURES = 3


def make_no_answer_error(reason: str, hint: str = "") -> DraftError:
    """Return the error for a run in which nothing came about, with a `hint` for its reason."""
    return DraftError(
        reason,
        code="no-answer",
        exit_code=Exit.MODEL,
        hint=f"Nothing was written. {hint or 'Try again, or try another model.'}",
    )


def refuse_above_cap(
    prompts: Iterable[Prompt], settings: Settings, counter: TokenCounter, hint: str
) -> None:
    """Raise DraftError (exit code 2) if a run's estimate is above its cap.

    `hint` says what would make the run smaller; without a cap no prompt is made.
    """
    cap = settings.max_tokens_total
    if cap is None:
        return
    expected = sum(counter.count_prompt(prompt) + prompt.max_tokens // 2 for prompt in prompts)
    if expected > cap:
        raise DraftError(
            f"this run would take about {expected:,} tokens; --max-tokens-total allows {cap:,}.",
            code="over-cap",
            exit_code=Exit.USAGE,
            hint=f"Nothing was sent. Raise the cap, or {hint}.",
        )


class Progress(Watcher, Protocol):
    """Hears which sections are asked for and how they end."""

    def planned(self, sections: Mapping[str, int]) -> None:
        """Hear which sections will be asked for, each with the number of words expected of it."""

    def started(self, label: str) -> None:
        """Hear that a section's request is on its way."""

    def repairing(self, label: str, reasons: Sequence[str]) -> None:
        """Hear that a section is asked for again, for `reasons`, which are sentences."""

    def finished(self, label: str, problem: str) -> None:
        """Hear that a section is written, or by `problem` why it is not."""


class AnswerKeeper(Protocol):
    """Keeps answers as they arrive."""

    @property
    def entries(self) -> Mapping[str, str]:
        """Return the kept answers by their entries in the journal."""

    def record(self, entry: str, text: str) -> None:
        """Keep an answer."""


@dataclass(slots=True)
class Outage:
    """How a server fails: why the rest need not be asked for, and what to do about the last time.

    `failures` are how many requests in a row came to nothing.
    """

    gone: str = ""
    hint: str = ""
    failures: int = 0

    def take_failure(self, error: DraftError) -> str:
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
class StopSwitch:
    """Whether a run is to stop, and the exit code to end with.

    `gathering` says that there are answers to be saved: then the run ends itself, else it is ended.
    """

    event: asyncio.Event = field(default_factory=asyncio.Event)
    code: int = 0
    gathering: bool = False

    def stop(self, code: int) -> None:
        """Stop, and end with this exit code."""
        self.code = self.code or code
        self.event.set()

    def listen(self) -> None:
        """Let Ctrl-C and SIGTERM stop the run; the second of a kind ends the process at once."""
        loop = asyncio.get_running_loop()

        def stop_once(number: int, code: int) -> None:
            self.stop(code)
            loop.remove_signal_handler(number)

        for number, code in ((signal.SIGINT, Exit.INTERRUPTED), (signal.SIGTERM, Exit.TERMINATED)):
            with suppress(NotImplementedError):  # Windows has no such handlers
                loop.add_signal_handler(number, stop_once, number, code)


async def finish_tasks(tasks: Sequence[asyncio.Task[T]], stop: asyncio.Event) -> None:
    """Wait until every task has ended; those under way when `stop` is set are cancelled."""
    stopping = asyncio.create_task(stop.wait())
    pending: set[asyncio.Task[T]] = set(tasks)
    try:
        while pending and not stop.is_set():
            _, left = await asyncio.wait({*pending, stopping}, return_when=asyncio.FIRST_COMPLETED)
            pending = {task for task in tasks if task in left}
    finally:  # also if this wait itself is cancelled: nobody else would end the tasks
        for task in (*tasks, stopping):
            task.cancel()
        await asyncio.gather(*tasks, stopping, return_exceptions=True)


def make_stopped_error(stop: StopSwitch) -> DraftError:
    """Return the error for a run that was stopped before there was anything to save."""
    return DraftError(
        "stopped before anything was written; nothing was saved.",
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
        """Return the answers to this run's requests, by the requests' entries."""
        found = {own: text for own in self.names if (text := self._get_text(own))}
        said = find_brief_entry(self.journal.entries)
        return {journal.BRIEF_ENTRY: said, **found} if said else found

    def _get_text(self, own: str) -> str:
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

    def bind_entry(self, entry: str, mark: str) -> None:
        """Keep an answer apart from others for the same that were asked for in another way."""
        self.names[entry] = f"{entry} [{mark[:12]}]"

    @property
    def place(self) -> str:
        """Return where the answers are kept, in words for a person."""
        return str(self.journal.path) if self.journal.path else "memory only"

    def add_journal_hint(self, error: DraftError) -> DraftError:
        """Return the error with a hint that says where the answers are kept."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSession:
    """A model that is connected, and what one run of it may use and has to obey.

    `kept` are the answers of an earlier run, to which those of this one are added.
    """

    settings: Settings
    connection: Connection
    progress: Progress
    stop: StopSwitch
    kept: ResumableAnswers

    def refuse_above_cap(self, prompts: Iterable[Prompt], hint: str) -> None:
        """Raise DraftError (exit code 2) where these prompts would take more than is allowed."""
        refuse_above_cap(prompts, self.settings, self.connection.counter, hint)

    def make_meter(self) -> MeteredModel:
        """Return the model with a count of its tokens, which stops at the run's cap."""
        return MeteredModel(
            model=self.connection.model,
            estimate=self.connection.counter.count_prompt,
            cap=self.settings.max_tokens_total,
            learned=lambda name: self.kept.record(journal.MODEL_ENTRY, name),
        )
