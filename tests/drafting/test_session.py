"""What a draft and a fill have in common."""

import asyncio

import pytest

from assistant.drafting.session import DraftingSession, measure_subject_room, name_kept_answers
from assistant.editing.answer import SectionAnswer
from assistant.errors import DraftError, Exit
from assistant.folder.journal import Journal
from assistant.prompting.prompts import DocumentSubject
from assistant.prompting.request import SectionRequest, Want
from assistant.prompting.run import ResumableAnswers, StopSwitch
from assistant.prompting.sections import SectionResult, SectionWriter

ASKED = SectionRequest(
    id="T > Goals",
    title="Goals",
    path=("T", "Goals"),
    guidance="",
    wants=(Want(key="text", kind="text", label="Text"),),
)


def kept() -> ResumableAnswers:
    """A journal of its own."""
    return ResumableAnswers(Journal.open("k", {}))


def entry(**changed: str) -> str:
    """The name under which the answer to one request is kept."""
    answers = kept()
    subject = DocumentSubject(
        description="x", kind="change", hint=changed.get("hint", ""), language="English"
    )
    model, before = changed.get("model", "tiny"), changed.get("before", "")
    name_kept_answers(answers, (ASKED,), subject, model, before)
    [name] = answers.names.values()
    return name


def test_an_answer_is_kept_by_what_was_asked() -> None:
    """Another model, hint or text to be written anew is another answer; the same is the same."""
    others = [entry(model="other"), entry(hint="be short"), entry(before="# Old\n")]

    assert entry() == entry()
    assert len({entry(), *others}) == 4


@pytest.mark.parametrize(("window", "room"), [(100, 256), (4096, 2048), (128_000, 64_000)])
def test_a_subject_has_half_of_the_window(window: int, room: int) -> None:
    """What is asked and what is answered have the other half."""
    assert measure_subject_room(window) == room


def refused(problem: str, code: int = 0, answer: SectionAnswer | None = None) -> DraftError | None:
    """The error for a run in which one section was asked for, if it is one."""

    async def run() -> None:
        stop = StopSwitch()
        stop.code = code
        session = DraftingSession(
            settings=None,  # type: ignore[arg-type]
            connection=None,  # type: ignore[arg-type]
            progress=None,  # type: ignore[arg-type]
            stop=stop,
            kept=kept(),
        )
        writer = SectionWriter(
            meter=None,  # type: ignore[arg-type]
            progress=None,  # type: ignore[arg-type]
            keeper=session.kept,
            concurrency=1,
        )
        writer.outage.hint = "Look at the server."
        results = (SectionResult(asked=ASKED, problem=problem, answer=answer),)
        session.refuse_unanswered(results, writer)

    try:
        asyncio.run(run())
    except DraftError as error:
        return error
    return None


def test_a_run_without_any_answer_is_refused() -> None:
    """The first reason is told with what to do about it, or that somebody stopped the run."""
    failed = refused("the server is down")
    stopped = refused("interrupted", Exit.TERMINATED)

    assert refused("a part is missing", answer=SectionAnswer()) is None
    assert failed is not None
    assert (failed.code, failed.exit_code) == ("no-answer", Exit.MODEL)
    assert "the server is down" in failed.message
    assert "Look at the server." in failed.hint
    assert stopped is not None
    assert (stopped.code, stopped.exit_code) == ("interrupted", Exit.TERMINATED)
