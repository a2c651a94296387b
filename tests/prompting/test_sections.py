"""Tests of `sections`: what was answered is kept, however the run ends."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import pytest

from assistant.editing.answer import Fault, SectionAnswer
from assistant.errors import DraftError, Exit
from assistant.folder import journal
from assistant.llm.model import Completion, Prompt, Usage
from assistant.prompting.ask import MeteredModel
from assistant.prompting.brief import Brief, read_brief
from assistant.prompting.prompts import BRIEF_LABEL, DocumentSubject
from assistant.prompting.request import SectionRequest, Want
from assistant.prompting.run import StopSwitch
from assistant.prompting.sections import (
    SectionResult,
    SectionWriter,
    ask_for_brief,
    list_repairs,
    select_repair_keys,
)
from assistant.template.template import load_template

WANT = Want(key="overview", kind="prose", label="", words=40)
ASKED = SectionRequest(id="o", title="Overview", path=("T", "Overview"), guidance="", wants=(WANT,))
FLAWED = "This document says that it ends early."


@dataclass(slots=True)
class Halting:
    """A model that says something with a flaw, and then nothing any more; and who hears of it."""

    stop: asyncio.Event
    name: str = "halting"
    entries: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    answers: tuple[str, ...] = (FLAWED,)
    told: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    prompts: list[Prompt] = field(default_factory=list)

    async def complete(self, prompt: Prompt) -> Completion:
        """The answers in turn; at the request behind them the run is stopped."""
        assert prompt.label in (ASKED.id, BRIEF_LABEL)
        self.asked += 1
        self.prompts.append(prompt)
        if self.asked > len(self.answers):
            self.stop.set()
            await asyncio.sleep(60)
        text = self.answers[self.asked - 1]
        return Completion(text=text, finish="stop", usage=Usage(), seconds=0)

    def record(self, entry: str, text: str) -> None:
        """Keep an answer."""
        self.entries[entry] = text

    def planned(self, sections: Mapping[str, int]) -> None:
        """Hear of it."""

    def started(self, label: str) -> None:
        """Hear of it."""

    def finished(self, label: str, problem: str) -> None:
        """Hear of it."""

    def received(self, label: str, pieces: int, text: str = "") -> None:
        """Hear of it."""

    def waiting(self, label: str, seconds: float, reason: str) -> None:
        """Hear of it."""

    def noted(self, text: str) -> None:
        """Hear of it."""

    def phase(self, text: str, done: int = 0, total: int = 0) -> None:
        """Hear of it."""

    def repairing(self, label: str, reasons: Sequence[str]) -> None:
        """Hear of it, and keep it."""
        self.told.append((label, tuple(reasons)))


def writer(one: Halting, called: str = "") -> SectionWriter:
    meter = MeteredModel(model=one, estimate=lambda _: 1)
    return SectionWriter(meter=meter, progress=one, keeper=one, concurrency=1, called=called)


def test_answer_is_kept_before_it_is_repaired() -> None:
    """A run that ends during a repair has paid for the first answer, and keeps it."""

    async def run() -> Halting:
        stop = asyncio.Event()
        one = Halting(stop)
        subject = DocumentSubject(description="login timeout", kind="bug")
        [written] = await writer(one).write_sections(subject, "", [ASKED], stop)
        assert written.problem == "interrupted"
        return one

    done = asyncio.run(run())

    assert (done.asked, done.entries) == (2, {"section:o": FLAWED})


OPTIONS = Want(
    key="options",
    kind="group",
    label="",
    words=10,
    names=("A", "B", "C"),
    fields=(
        Want(key="pros", kind="text", label="", words=9),
        Want(key="cons", kind="text", label="", words=9),
    ),
)


def test_every_better_answer_is_kept() -> None:
    """What was said for one item is paid for too, and outlives a run that ends at the next."""
    texts = {name: {"pros": "keeps all sessions as they are", "cons": name} for name in "ABC"}
    item = {"options": {"B": {"pros": "needs no server at all", "cons": "x"}}}

    async def run() -> Halting:
        stop = asyncio.Event()
        one = Halting(stop, answers=(json.dumps({"options": texts}), json.dumps(item)))
        request = replace(ASKED, wants=(OPTIONS,))
        subject = DocumentSubject(description="login timeout", kind="bug")
        [written] = await writer(one).write_sections(subject, "", [request], stop)
        assert written.problem == "interrupted"
        return one

    kept = json.loads(asyncio.run(run()).entries["section:o"])["options"]

    assert kept["B"] == {"pros": "needs no server at all", "cons": "B"}
    assert kept["A"] == texts["A"]


def test_reasons_of_repairs_reach_who_watches_and_the_end() -> None:
    """Why a section was asked for again is told before it is, and kept with what came of it."""
    good = "A session ends after thirty days, and the person signs in again."

    async def run() -> tuple[Halting, SectionWriter, tuple[SectionResult, ...]]:
        one = Halting(asyncio.Event(), answers=("", "", good))
        subject = DocumentSubject(description="login timeout", kind="bug")
        own = writer(one)
        return one, own, await own.write_sections(subject, "", [ASKED], asyncio.Event())

    one, own, (written,) = asyncio.run(run())

    assert [label for label, _ in one.told] == ["o", "o"]
    assert written.reasons == tuple(reason for _, reasons in one.told for reason in reasons)
    assert written.repairs == len(one.told)
    assert list_repairs(own, [written]) == (("o", written.reasons),)


def test_brief_is_kept_with_the_title_it_was_given() -> None:
    """`fill` reads the journal without the description: the brief has to be whole there."""
    said = '{"title": "", "approach": "Renew the session."}'

    async def run() -> tuple[Brief, Halting]:
        one = Halting(asyncio.Event(), answers=(said,) * 3)
        subject = DocumentSubject(description="login timeout", kind="bug")
        return await writer(one, "login timeout").write_brief(subject, load_template(None)), one

    found, one = asyncio.run(run())

    assert found.title == "login timeout"
    assert (
        read_brief(one.entries[journal.BRIEF_ENTRY], load_template(None))[0].title
        == "login timeout"
    )


@dataclass(slots=True)
class Failing(Halting):
    """A model whose server fails at the requests whose numbers are in `fails`, from 0."""

    fails: frozenset[int] = frozenset()

    async def complete(self, prompt: Prompt) -> Completion:
        """An answer, or the server's failure."""
        assert prompt.messages
        self.asked += 1
        if self.asked - 1 in self.fails:
            raise DraftError("The server failed.", code="server-failed", exit_code=Exit.MODEL)
        return Completion(text="Sessions end early.", finish="stop", usage=Usage(), seconds=0)


def asked_for(one: Halting, *requests: SectionRequest) -> tuple[SectionResult, ...]:
    subject = DocumentSubject(description="login timeout", kind="bug")
    return asyncio.run(writer(one).write_sections(subject, "", requests, one.stop))


def test_a_part_is_better_than_nothing() -> None:
    """What an earlier run was told of a section stays where asking for the rest of it fails."""
    both = replace(ASKED, wants=(replace(WANT, kind="text"), replace(WANT, key="goals")))
    one = Failing(asyncio.Event(), fails=frozenset({0}))
    one.entries["section:o"] = '{"overview": "Sessions end early."}'

    [written] = asked_for(one, both)

    assert written.problem == "The server failed."
    assert written.answer is not None
    assert [value.text for value in written.answer.values] == ["Sessions end early."]


def test_failures_apart_from_each_other_cost_their_sections_only() -> None:
    """Only failures in a row say that the server is gone: one that answers in between is not."""
    one = Failing(asyncio.Event(), fails=frozenset({0, 1, 3, 4, 6, 7}))
    requests = [replace(ASKED, id=f"o{number}") for number in range(9)]

    written = asked_for(one, *requests)

    assert one.asked == 9
    assert [bool(done.answer) for done in written] == [n in (2, 5, 8) for n in range(9)]


def test_failures_in_a_row_end_it() -> None:
    """After three failures in a row the rest is not asked for."""
    one = Failing(asyncio.Event(), fails=frozenset(range(9)))

    written = asked_for(one, *(replace(ASKED, id=f"o{number}") for number in range(9)))

    assert one.asked == 3
    assert {done.problem for done in written} == {"The server failed."}


CHOICE = replace(WANT, key="choice", choice_of="options")
CHOOSING = replace(ASKED, wants=(replace(OPTIONS, names=()), CHOICE, WANT))


@pytest.mark.parametrize(
    ("keys", "again"),
    [
        (("overview",), ("overview",)),
        (("choice",), ("choice",)),
        (("options",), ("options", "choice")),
        (("overview", ""), ()),
        ((), ()),
    ],
)
def test_fault_says_which_keys_are_repaired(keys: tuple[str, ...], again: tuple[str, ...]) -> None:
    """Keys are found from faults in any words; a choice goes with its options, all with a whole."""
    found = SectionAnswer(errors=tuple(Fault(key, "Say how they differ.") for key in keys))

    assert select_repair_keys(found, CHOOSING) == again
    assert select_repair_keys(SectionAnswer(flaws=found.errors), CHOOSING) == again
    assert select_repair_keys(found, ASKED) == ()


def test_brief_is_repaired_in_part() -> None:
    """Of a brief with one wrong part only that part is said again, in the model's next answer."""
    wrong = {
        "title": "Login timeout",
        "approach": "The design document will say it.",
        "key_components": ["Session store", "Login page"],
        "design_considerations": ["Storage of sessions"],
        "api_endpoints": [],
        "services_business_logic": ["Session renewal"],
    }
    one = Halting(asyncio.Event(), answers=(json.dumps(wrong), '{"approach": "It renews it."}'))
    subject = DocumentSubject(description="login timeout", kind="bug")

    found = asyncio.run(writer(one).write_brief(subject, load_template(None)))

    assert json.loads(one.prompts[1].schema)["required"] == ["approach"]
    assert (found.title, found.approach) == ("Login timeout", "It renews it.")


SUBJECT = DocumentSubject(description="login timeout", kind="bug")


class Silent:
    """A writer whose model never answers; `ended` says whether its request was given up."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.ended = False

    async def write_brief(self, _subject: object, _template: object) -> Brief:
        """Wait for an answer, for ever."""
        self.asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended = True
        raise AssertionError


def test_a_request_ends_with_the_wait_for_it() -> None:
    """Where the wait is cancelled the request ends at once, before its connection is closed."""

    async def run() -> bool:
        writer = Silent()
        waiting = asyncio.create_task(
            ask_for_brief(cast("SectionWriter", writer), SUBJECT, load_template(None), StopSwitch())
        )
        await writer.asked.wait()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        return writer.ended

    assert asyncio.run(run())


def test_stopped() -> None:
    """A stop ends the request, and the error has the signal's exit code."""

    async def run() -> bool:
        writer, stop = Silent(), StopSwitch()
        waiting = asyncio.create_task(
            ask_for_brief(cast("SectionWriter", writer), SUBJECT, load_template(None), stop)
        )
        await writer.asked.wait()
        stop.stop(Exit.INTERRUPTED)
        with pytest.raises(DraftError) as caught:
            await waiting
        return writer.ended and caught.value.exit_code == Exit.INTERRUPTED

    assert asyncio.run(run())
