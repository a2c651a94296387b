"""Tests of `generate`: what was answered is kept, however the run ends."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.ask import Meter
from assistant.generate import Writer
from assistant.instruct import Subject
from assistant.llm import Completion, Prompt, Usage
from assistant.request import Request, Want

WANT = Want(key="overview", kind="prose", label="", words=40)
ASKED = Request(id="o", title="Overview", path=("T", "Overview"), guidance="", wants=(WANT,))
FLAWED = "This document says that it ends early."


@dataclass(slots=True)
class Halting:
    """A model that says something with a flaw, and then nothing any more; and who hears of it."""

    stop: asyncio.Event
    name: str = "halting"
    entries: dict[str, str] = field(default_factory=dict)
    asked: int = 0

    async def complete(self, prompt: Prompt) -> Completion:
        """The first answer; at the second request the run is stopped."""
        assert prompt.label == ASKED.id
        self.asked += 1
        if self.asked > 1:
            self.stop.set()
            await asyncio.sleep(60)
        return Completion(text=FLAWED, finish="stop", usage=Usage(), seconds=0)

    def record(self, entry: str, text: str) -> None:
        """Keep an answer."""
        self.entries[entry] = text

    def planned(self, labels: Sequence[str]) -> None:
        """Hear of it."""

    def started(self, label: str) -> None:
        """Hear of it."""

    def finished(self, label: str, problem: str) -> None:
        """Hear of it."""

    def received(self, label: str, pieces: int) -> None:
        """Hear of it."""

    def waiting(self, label: str, seconds: float, reason: str) -> None:
        """Hear of it."""

    def noted(self, text: str) -> None:
        """Hear of it."""


def test_answer_is_kept_before_it_is_repaired() -> None:
    """A run that ends during a repair has paid for the first answer, and keeps it."""

    async def run() -> Halting:
        stop = asyncio.Event()
        one = Halting(stop)
        meter = Meter(model=one, estimate=lambda _: 1)
        writer = Writer(meter=meter, progress=one, keeper=one, concurrency=1)
        subject = Subject(description="login timeout", kind="bug")
        [written] = await writer.sections(subject, "", [ASKED], stop)
        assert written.problem == "interrupted"
        return one

    done = asyncio.run(run())

    assert (done.asked, done.entries) == (2, {"o": FLAWED})
