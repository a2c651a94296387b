"""Reviewers side by side: answers kept as they arrive, repairs, failures that cost one of them."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.errors import DraftError, Exit
from assistant.folder.journal import Journal, name_view_entry
from assistant.llm.model import Completion, Prompt, Usage
from assistant.markdown.document import parse_document
from assistant.prompting.ask import MeteredModel
from assistant.prompting.run import ResumableAnswers
from assistant.suggestions.ground import Ground
from assistant.suggestions.panel import Panel, Reviewer, ReviewerResult
from assistant.suggestions.prompt import load_views
from assistant.suggestions.suggestion import WantedKinds
from tests.support.reviewing import DOCUMENT, Said

VIEWS = load_views(None)
GOOD = Said("The nightly job runs twice", "What if it stops early?").json()
BAD = Said(
    "The nightly job runs twice", "Why is it so?", quote="words that nobody ever wrote"
).json()


@dataclass(slots=True)
class Model:
    """Says what `script` says, and counts how many requests run at once."""

    script: Callable[[Prompt, int], str]
    prompts: list[Prompt] = field(default_factory=list)
    running: int = 0
    most: int = 0
    name: str = "scripted"

    async def complete(self, prompt: Prompt) -> Completion:  # noqa: D102
        self.prompts.append(prompt)
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0)
        self.running -= 1
        text = self.script(prompt, len(prompt.messages))
        return Completion(text=text, finish="stop", usage=Usage(prompt=1), seconds=0.0)


@dataclass(slots=True)
class Heedless:
    """Hears of progress, and keeps what was finished."""

    ended: dict[str, str] = field(default_factory=dict)

    def planned(self, sections: object) -> None: ...  # noqa: D102
    def started(self, label: str) -> None: ...  # noqa: D102
    def received(self, label: str, pieces: int, text: str = "") -> None: ...  # noqa: D102
    def repairing(self, label: str, reasons: object) -> None: ...  # noqa: D102
    def phase(self, text: str, done: int = 0, total: int = 0) -> None: ...  # noqa: D102
    def waiting(self, label: str, seconds: float, reason: str) -> None: ...  # noqa: D102
    def noted(self, text: str) -> None: ...  # noqa: D102
    def finished(self, label: str, problem: str) -> None:  # noqa: D102
        self.ended[label] = problem


def keeping() -> ResumableAnswers:
    """A journal for the answers of every point of view."""
    return ResumableAnswers(
        Journal.open("k", {}),
        {name_view_entry(view.name): name_view_entry(view.name) for view in VIEWS},
    )


def panel(model: Model, kept: ResumableAnswers | None = None, concurrency: int = 8) -> Panel:
    """A panel over the scripted document."""
    return Panel(
        ground=Ground(parse_document(DOCUMENT), None),
        kinds=WantedKinds(),
        meter=MeteredModel(model=model, estimate=lambda _: 1),
        progress=Heedless(),
        kept=kept or keeping(),
        concurrency=concurrency,
    )


def heard(own: Panel, stop: asyncio.Event | None = None) -> tuple[ReviewerResult, ...]:
    """What comes of every point of view."""
    reviewers = [
        Reviewer(view=v, prompt=Prompt(label=v.title, messages=(), max_tokens=9)) for v in VIEWS
    ]

    async def run() -> tuple[ReviewerResult, ...]:
        return await own.ask_reviewers(reviewers, stop or asyncio.Event())

    return asyncio.run(run())


def test_all_at_once() -> None:
    """Every point of view is asked, as many at once as may be, and the answers keep their order."""
    model = Model(lambda *_: GOOD)
    found = heard(panel(model))

    assert [one.view for one in found] == list(VIEWS)
    assert all(one.opinion and one.opinion.risks[0].views == (one.view.title,) for one in found)
    assert model.most == len(VIEWS)
    second = Model(lambda *_: GOOD)
    heard(panel(second, concurrency=2))
    assert second.most == 2


def alone(model: Model) -> ReviewerResult:
    """What comes of one point of view."""
    prompt = Prompt(label="x", messages=(), max_tokens=9, schema='{"properties": {}}')
    reviewer = Reviewer(view=VIEWS[0], prompt=prompt)
    [found] = asyncio.run(panel(model).ask_reviewers([reviewer], asyncio.Event()))
    return found


def test_repairs() -> None:
    """A wrong quote goes back with its words, at most twice, and what is still wrong is dropped."""
    wrong = Said("", "Why is it so?", quote="other words that nobody wrote").json()
    others = json.dumps({**json.loads(GOOD), "questions": json.loads(wrong)["questions"]})
    answers = iter((BAD, others, GOOD, GOOD))
    model = Model(lambda *_: next(answers))
    found = alone(model)

    said = model.prompts[1].messages[-1].content
    assert '"words that nobody ever wrote"' in said
    assert "at least 4 words in a row" in said
    assert '"other words that nobody wrote"' in model.prompts[2].messages[-1].content
    assert found.opinion is not None
    assert (found.repairs, found.opinion.dropped, len(found.opinion.risks)) == (2, 0, 1)


def test_a_model_that_knows_no_better_is_left_alone() -> None:
    """An answer that is no better than the one before is not sent back again."""
    model = Model(lambda *_: BAD)
    found = alone(model)

    assert len(model.prompts) == 2
    assert found.opinion is not None
    assert (found.opinion.risks, found.opinion.dropped) == ((), 2)


def test_what_is_good_is_kept_of_every_answer() -> None:
    """A suggestion of the first answer stays where the second does not say it again."""
    mixed = json.dumps(
        {
            "risks": json.loads(GOOD)["risks"],
            "questions": json.loads(BAD)["questions"],
        }
    )
    second = Said("Another risk of the job", "What if it stops early?").json()
    model = Model(lambda _prompt, turns: mixed if not turns else second)

    found = heard(panel(model))[0].opinion

    assert found is not None
    assert found.risks[0].text == "The nightly job runs twice"
    assert [question.text for question in found.questions] == ["What if it stops early?"]


def test_answers_are_kept_and_used_again() -> None:
    """An answer is in the journal when it is there, and the second run asks only for the rest."""
    kept = keeping()

    def script(prompt: Prompt, _: int) -> str:
        if prompt.label == "Reliability":
            raise DraftError("no", code="bad-request", exit_code=Exit.MODEL)
        return GOOD

    first = heard(panel(Model(script), kept))
    again = Model(lambda *_: GOOD)
    second = heard(panel(again, kept))

    assert [one.problem for one in first] == ["no", "", "", "", ""]
    assert [prompt.label for prompt in again.prompts] == ["Reliability"]
    assert [one.resumed for one in second] == [False, True, True, True, True]
    assert all(one.opinion and one.opinion.risks for one in second)


def test_spoilt_entries_are_asked_again() -> None:
    """What stands in the journal and is no answer of ours is not used."""
    for spoilt in ("", "{", "[3]", '"x"', '["no json"]'):
        kept = keeping()
        kept.record(name_view_entry("reliability"), spoilt)
        model = Model(lambda *_: GOOD)

        assert heard(panel(model, kept))[0].resumed is False
        assert len(model.prompts) == len(VIEWS)


def test_a_server_that_is_gone_is_not_asked_on() -> None:
    """After an error that no other request can escape, the rest are not sent."""

    def script(*_: object) -> str:
        raise DraftError("bad key", code="bad-key", exit_code=Exit.MODEL)

    model = Model(script)
    found = heard(panel(model, concurrency=1))

    assert len(model.prompts) == 1
    assert {one.problem for one in found} == {"bad key"}


def test_stop() -> None:
    """Points of view that were not asked when the run was stopped are said to be interrupted."""
    stop = asyncio.Event()

    def script(*_: object) -> str:
        stop.set()
        return GOOD

    found = heard(panel(Model(script), concurrency=1), stop)

    assert found[0].opinion is not None
    assert found[-1].problem == "interrupted"
