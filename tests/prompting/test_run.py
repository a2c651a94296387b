"""Tests of `run`: how requests fail and end, which kept answers are used, whose a journal is."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import DraftError, Exit
from assistant.folder.journal import BRIEF_ENTRY, Journal, name_section_entry
from assistant.prompting.run import MAX_FAILURES, Outage, ResumableAnswers, finish_tasks
from tests.support.journals import list_left
from tests.support.program import Draft
from tests.support.scripted import Reply, Request, ScriptedServer, failure, plausible


def no_overview(request: Request) -> Reply:
    """Plausible answers for all but one section."""
    asked = request.text.rpartition("# Task: ")[2]
    return failure(400, "no") if asked.startswith("Overview") else plausible(request)


def drafted(draft: Draft, server: ScriptedServer, folder: Path) -> Path:
    """A draft with one section that could not be written."""
    server.script = no_overview
    ran = draft("bug: login timeout", "--base-url", server.url)
    assert ran.code == Exit.FINDINGS
    server.script = plausible
    return folder / ran.out.strip()


def test_a_renamed_document_finds_its_journal(draft: Draft, tmp_path: Path) -> None:
    """A draft that was given another name goes on for the price of what is missing."""
    with ScriptedServer() as server:
        path = drafted(draft, server, tmp_path)
        sent = len(server.requests)
        renamed = path.rename(path.with_name("9_renamed.md"))

        assert draft("fill", str(renamed), "--base-url", server.url).code == Exit.DONE
        (asked,) = server.requests[sent:]

    assert "login timeout" in asked.text
    assert "# Task: Overview" in asked.text
    assert not list_left()


def test_a_copy_is_another_document(draft: Draft, tmp_path: Path) -> None:
    """A copy does not take the journal of a document that is where it was."""
    with ScriptedServer() as server:
        path = drafted(draft, server, tmp_path)
        copy = path.with_name("9_copy.md")
        copy.write_bytes(path.read_bytes())

        assert draft("fill", str(copy), "--base-url", server.url).code == Exit.DONE
        sent = len(server.requests)
        assert draft("fill", str(path), "--base-url", server.url).code == Exit.DONE

        assert len(server.requests) == sent + 1


def test_another_document_in_its_place(draft: Draft, tmp_path: Path) -> None:
    """A journal found by a document's content is that document's from then on."""
    with ScriptedServer() as server:
        path = drafted(draft, server, tmp_path)
        renamed = path.rename(path.with_name("9_renamed.md"))
        words = ("fill", str(renamed), "--diff", "--base-url", server.url)
        assert draft(*words).code == Exit.FINDINGS
        path.write_text("# Another\n\n## Overview\n")
        sent = len(server.requests)

        draft("fill", str(renamed), "--base-url", server.url)

        assert len(server.requests) == sent


def failing(code: str) -> DraftError:
    """An error of a server, with its hint."""
    return DraftError("it failed\nat length", code=code, exit_code=Exit.MODEL, hint="wait")


def test_an_error_that_stays_ends_the_run_at_once() -> None:
    """After a refused key no other request is sent; the hint of the last failure is kept."""
    outage = Outage()

    assert outage.take_failure(failing("bad-key")) == "it failed"
    assert (outage.gone, outage.hint) == ("it failed", "wait")


def test_errors_in_a_row_end_the_run() -> None:
    """An error that may pass costs its own request, and all the others only when it stays."""
    outage = Outage()
    gone: list[str] = []
    for number in range(2 * MAX_FAILURES - 1):
        if number == MAX_FAILURES - 1:
            outage.failures = 0  # another request was answered
        outage.take_failure(failing("timeout"))
        gone.append(outage.gone)

    assert gone == [""] * (2 * MAX_FAILURES - 2) + ["it failed"]


def test_tasks_under_way_are_cancelled_by_a_stop() -> None:
    """What was done by then stays done, and nothing goes on after the wait."""

    async def wait() -> tuple[bool, bool, int]:
        stop = asyncio.Event()

        async def end_soon() -> int:
            stop.set()
            return 1

        quick = asyncio.create_task(end_soon())
        slow = asyncio.create_task(asyncio.sleep(3600, 2))
        await finish_tasks((quick, slow), stop)
        return quick.done(), slow.cancelled(), quick.result()

    assert asyncio.run(wait()) == (True, True, 1)


SECTION = name_section_entry("Overview")


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Journal]:
    """A journal with nothing in it."""
    journal = Journal.open("key", {}, state=tmp_path)
    yield journal
    journal.finish()


def test_answers_are_those_to_just_what_is_asked(opened: Journal) -> None:
    """An answer that was asked for in another way is kept beside, and not used."""
    before = ResumableAnswers(opened)
    before.bind_entry(SECTION, "one way of asking")
    before.record(SECTION, "kept")
    other = ResumableAnswers(opened)
    other.bind_entry(SECTION, "another way of asking")

    assert before.entries == {SECTION: "kept"}
    assert other.entries == {}
    other.record(SECTION, "new")
    assert before.entries == {SECTION: "kept"}


def test_an_answer_under_its_sections_name_alone_is_a_drafts(opened: Journal) -> None:
    """So answers were kept once, and only for whole documents."""
    opened.record("Overview", "kept")
    for drafted, entries in ((True, {SECTION: "kept"}), (False, {})):
        kept = ResumableAnswers(opened, drafted=drafted)
        kept.bind_entry(SECTION, "a way of asking")
        assert kept.entries == entries


def test_what_is_forgotten_is_asked_for_again(opened: Journal) -> None:
    """A brief that lacks names is none, and one that was never there is not noted."""
    kept = ResumableAnswers(opened)
    kept.forget(BRIEF_ENTRY)
    assert BRIEF_ENTRY not in opened.entries

    kept.record(BRIEF_ENTRY, "a brief")
    assert kept.entries == {BRIEF_ENTRY: "a brief"}
    kept.forget(BRIEF_ENTRY)
    assert kept.entries == {}


def test_an_error_says_where_the_answers_are(opened: Journal) -> None:
    """What was paid for can be found again, and the rest of the error stays."""
    found = ResumableAnswers(opened).add_journal_hint(failing("x"))

    assert found.hint.startswith(f"wait The answers are kept in {opened.path}: ")
    assert (found.message, found.code, found.exit_code) == ("it failed\nat length", "x", Exit.MODEL)
