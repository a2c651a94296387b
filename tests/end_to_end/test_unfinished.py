"""The same command after a run that came to no end goes on in the document that was saved."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import Exit
from assistant.folder import journal
from tests.support import paths
from tests.support.journals import list_left
from tests.support.killer import Killer, answers
from tests.support.program import Draft, Ran
from tests.support.scripted import Reply, Request, ScriptedServer, failure, plausible
from tests.support.waiting import PATIENCE

SMALL = paths.SMALL
WORDS = ("bug: login timeout", "--model", "tiny", "--template", str(SMALL))
FIRST = Path("memory/design/001_login_timeout.md")
OTHER = "# Old\n\n## References\n\n- None yet.\n"


def task(request: Request) -> str:
    """The section that a request is for."""
    return request.text.rpartition("# Task: ")[2].partition("\n")[0]


def without(*titles: str) -> Callable[[Request], Reply]:
    """Plausible answers for all sections but these."""
    return lambda request: (
        failure(400, "no") if task(request).startswith(titles) else plausible(request)
    )


@pytest.fixture
def begun(draft: Draft) -> Callable[..., Ran]:
    """The same command each time; the first run leaves a section unwritten, the others do not."""
    runs: list[Ran] = []

    def run(*more: str) -> Ran:
        with ScriptedServer(plausible if runs else without("Risks")) as server:
            runs.append(draft(*WORDS, "--base-url", server.url, *more))
            run.asked = [task(request) for request in server.requests]  # type: ignore[attr-defined]
        return runs[-1]

    first = run()
    assert (first.code, first.out) == (Exit.FINDINGS, f"{FIRST}\n"), first.err
    return run


def asked(begun: Callable[..., Ran]) -> list[str]:
    """What the last run asked for."""
    found = begun.asked  # type: ignore[attr-defined]
    assert isinstance(found, list)
    return found


def documents() -> list[str]:
    """The documents that are there."""
    return sorted(path.name for path in FIRST.parent.iterdir())


def test_the_same_document(begun: Callable[..., Ran]) -> None:
    """The second run writes what is missing, says where in one line, and makes no other one."""
    again = begun()

    assert (again.code, again.out) == (Exit.DONE, f"{FIRST}\n"), again.err
    assert again.err.count(f"going on in {FIRST}") == 1
    assert asked(begun) == ["Risks"]
    assert documents() == [FIRST.name]
    assert "[Risk]" not in FIRST.read_text("utf-8")
    assert not list_left()


def test_nothing_shows_that_it_was_interrupted(begun: Callable[..., Ran], draft: Draft) -> None:
    """The document of two runs is, byte for byte, the one of a run that was not interrupted."""
    begun()
    with ScriptedServer() as server:
        whole = draft(*WORDS, "--base-url", server.url, "--dir", "whole")

    assert FIRST.read_bytes() == Path(whole.out.strip()).read_bytes()


def test_somebody_writes_while_it_goes_on(begun: Callable[..., Ran], draft: Draft) -> None:
    """What is written while the second run asks stays, and its answers get their places."""

    def script(request: Request) -> Reply:
        text = FIRST.read_text("utf-8")
        FIRST.write_text(text.replace("## Schema", "Mine.\n\n## Schema", 1), "utf-8")
        return plausible(request)

    with ScriptedServer(script) as server:
        again = draft(*WORDS, "--base-url", server.url)

    assert (again.code, again.out) == (Exit.DONE, f"{FIRST}\n"), again.err
    assert len(server.requests) == 1
    assert "Mine.\n\n## Schema" in FIRST.read_text("utf-8")
    assert "[Risk]" not in FIRST.read_text("utf-8")
    assert begun().out == "memory/design/002_login_timeout.md\n"


def test_what_was_filled_is_not_made_anew(begun: Callable[..., Ran], draft: Draft) -> None:
    """After `fill` saved a person's words with its own, the same command leaves both."""
    text = FIRST.read_text("utf-8").replace("## Schema", "Mine.\n\n## Schema", 1)
    place = text.index("## Overview")
    end = text.index("## ", place + 3)
    FIRST.write_text(f"{text[:place]}## Overview\n\n{text[end:]}", "utf-8")
    with ScriptedServer(without("Risks")) as server:
        assert draft("fill", "1", "--base-url", server.url, *WORDS[1:]).code == Exit.FINDINGS
    filled = FIRST.read_text("utf-8")

    assert begun().code == Exit.DONE
    assert asked(begun) == ["Risks"]
    assert FIRST.read_text("utf-8").startswith(filled.partition("## Risks")[0])
    assert "Mine." in filled


def test_what_is_next_is_true(draft: Draft) -> None:
    """That the same command goes on is said where it does: not where no answer could be kept."""
    said = "the same command does so too"
    with ScriptedServer(without("Risks")) as server:
        kept = draft(*WORDS, "--base-url", server.url)
        Path(os.environ["XDG_STATE_HOME"]).rename("elsewhere")
        Path(os.environ["XDG_STATE_HOME"]).write_text("no folder", "utf-8")
        lost = draft(*WORDS, "--base-url", server.url)
    with ScriptedServer() as server:
        whole = draft(*WORDS, "--base-url", server.url, "--dir", "whole")

    assert [said in ran.err for ran in (kept, lost, whole)] == [True, False, False]
    assert (kept.code, lost.code, whole.code) == (Exit.FINDINGS, Exit.FINDINGS, Exit.DONE)


def test_a_complete_run_is_over(begun: Callable[..., Ran]) -> None:
    """The same description again, after its document is complete, is another document."""
    begun()
    third = begun()

    assert third.out == "memory/design/002_login_timeout.md\n", third.err
    assert "going on" not in third.err
    assert len(asked(begun)) > 1


def test_what_a_person_wrote_stays(begun: Callable[..., Ran]) -> None:
    """What was written meanwhile is not asked for, and is the same byte for byte."""
    text = FIRST.read_text("utf-8")
    begins = text.index("## Schema")
    mine = text[:begins] + "## Mine\n\nAs  *it is*.\n\n" + text[begins:]
    FIRST.write_text(mine, "utf-8")

    begun()

    assert asked(begun) == ["Risks"]
    before, _, after = mine.partition("## Risks")
    assert FIRST.read_text("utf-8").startswith(before)
    assert "As  *it is*." in before
    assert after


def test_what_somebody_completed_is_over(begun: Callable[..., Ran]) -> None:
    """A document that was completed by hand is named once more, and the next one is new."""
    text = FIRST.read_text("utf-8")
    lines = [line for line in text.splitlines(keepends=True) if "[Risk]" not in line]
    row = "| It is slow | Low | Measure it |\n"
    place = next(n for n, line in enumerate(lines) if line.startswith("|--"))
    FIRST.write_text("".join((*lines[: place + 1], row, *lines[place + 1 :])), "utf-8")

    second, third = begun(), begun()

    assert (second.code, second.out) == (Exit.DONE, f"{FIRST}\n"), second.err
    assert "nothing to write" in second.err
    assert third.out == "memory/design/002_login_timeout.md\n"


@pytest.mark.parametrize(
    "where", ["memory/design/007_login_timeout.md", "memory/design/001_other.md", "docs/x.md"]
)
def test_a_document_that_was_moved(begun: Callable[..., Ran], where: str) -> None:
    """A document under another name, or in another folder, is the same document."""
    Path(where).parent.mkdir(exist_ok=True)
    FIRST.rename(where)

    again = begun()

    assert (again.code, again.out) == (Exit.DONE, f"{where}\n"), again.err
    assert asked(begun) == ["Risks"]


def test_a_document_with_another_number(begun: Callable[..., Ran], draft: Draft) -> None:
    """A document that `draft renumber` moved is followed, whatever was written in it before."""
    FIRST.write_text(FIRST.read_text("utf-8") + "\nMine.\n", "utf-8")
    assert draft("renumber", "1", "5", "--yes").code == Exit.DONE

    again = begun()

    assert (again.code, again.out) == (Exit.DONE, "memory/design/005_login_timeout.md\n")
    assert asked(begun) == ["Risks"]


def test_a_document_that_is_gone(begun: Callable[..., Ran]) -> None:
    """After it was deleted there is a new one, under a new number, from the answers kept."""
    FIRST.unlink()

    again = begun()

    assert again.out == "memory/design/002_login_timeout.md\n", again.err
    assert f"{FIRST} is gone" in again.err
    assert asked(begun) == ["Risks"]


@pytest.mark.parametrize(
    "more", [("--model", "other"), ("--language", "German"), ("--dir", "elsewhere")]
)
def test_another_command(begun: Callable[..., Ran], more: tuple[str, ...]) -> None:
    """Another model, language or folder is another command; the first document is named."""
    again = begun(*more)

    assert Path(again.out.strip()) != FIRST, again.err
    assert ("`draft fill" in again.err) == (more[0] != "--dir")
    assert len(asked(begun)) > 1


def test_to_standard_output(begun: Callable[..., Ran]) -> None:
    """With `--output -` the same document is shown as it would be, and the file stays."""
    before = FIRST.read_bytes()

    shown = begun("--output", "-")

    assert shown.code == Exit.DONE
    assert shown.out.startswith("# ")
    assert "[Risk]" not in shown.out
    assert FIRST.read_bytes() == before
    assert begun().out == f"{FIRST}\n"
    assert asked(begun) == []
    assert FIRST.read_bytes() == shown.out.encode()


def test_a_rehearsal(begun: Callable[..., Ran]) -> None:
    """`--dry-run` shows what would be asked in that document, and sends nothing."""
    before = FIRST.read_bytes()

    shown = begun("--dry-run")

    assert (shown.code, asked(begun)) == (Exit.DONE, [])
    assert "1 request" in shown.out
    assert FIRST.read_bytes() == before


def test_json(begun: Callable[..., Ran]) -> None:
    """With `--json` the object is the second run's."""
    value = json.loads(begun("--json").out)

    assert (value["ok"], value["path"]) == (True, str(FIRST))
    assert value["usage"]["requests"] == 1


@pytest.mark.parametrize("killed", [True, False])
@pytest.mark.parametrize("edited", [True, False])
def test_links_are_there_once(draft: Draft, *, killed: bool, edited: bool) -> None:
    """Links to other documents are made by whichever run comes to it, and once."""
    old = FIRST.with_name("001_old.md")
    old.parent.mkdir(parents=True)
    old.write_text(OTHER, "utf-8")
    words = (*WORDS, "--supersedes", "1")
    with ScriptedServer(without("Risks")) as server:
        assert draft(*words, "--base-url", server.url).code == Exit.FINDINGS
        linked = old.read_text("utf-8")
        new = FIRST.with_name("002_login_timeout.md")
        if killed:  # before it got there
            old.write_text(OTHER, "utf-8")
        if edited:
            new.write_text(new.read_text("utf-8") + "\nMine.\n", "utf-8")
        server.script = plausible
        assert draft(*words, "--base-url", server.url).code == Exit.DONE

    assert old.read_text("utf-8") == linked
    assert linked.count("Superseded by") == 1
    assert new.read_text("utf-8").count("Supersedes") == 1


def test_a_run_that_was_killed_behind_its_document(begun: Callable[..., Ran]) -> None:
    """A document whose journal was not told of it is found by what it holds."""
    [left] = list_left()
    lines = left.path.read_text("utf-8").splitlines(keepends=True)
    left.path.write_text("".join(line for line in lines if '"@document"' not in line), "utf-8")

    again = begun()

    assert (again.code, again.out) == (Exit.DONE, f"{FIRST}\n"), again.err
    assert asked(begun) == ["Risks"]


def test_two_at_once(begun: Callable[..., Ran]) -> None:
    """While one run is at work on the document, another one does not join it."""
    document = Path(os.path.realpath(FIRST))
    held = journal.find_document_journal(document)
    assert held is not None
    again = begun()
    held.close()

    assert again.out == "memory/design/002_login_timeout.md\n", again.err


def test_an_answer_that_was_not_in_the_document_is_not_paid_for_again(draft: Draft) -> None:
    """What the first run was told and could not use yet is read again by the second."""
    with ScriptedServer(without("Risks")) as server:
        assert draft(*WORDS, "--base-url", server.url).code == Exit.FINDINGS
        [left] = list_left()
        held = journal.find_document_journal(Path(os.path.realpath(FIRST)))
        assert held is not None
        names = [name for name in held.entries if name.startswith("section:")]
        held.close()

    assert len(names) == 4
    assert all(name.endswith("]") for name in names)
    assert journal.find_unfinished_documents(left.about) == (os.path.realpath(FIRST),)


def test_a_section_may_be_called_brief(draft: Draft, tmp_path: Path) -> None:
    """A section called as the brief is in the journal gets its own answer, in both runs."""
    (tmp_path / "t.md").write_text("# brief\n\n# goals\n\n# risks\n", "utf-8")
    with ScriptedServer(without("risks")) as server:
        words = ("bug: x", "--template", "t.md", "--base-url", server.url)
        first = draft(*words)
        server.script = plausible
        second = draft(*words)

    assert (first.code, second.code) == (Exit.FINDINGS, Exit.DONE), second.err
    text = (tmp_path / second.out.strip()).read_text("utf-8")
    assert "{" not in text
    assert text.count("# brief") == 1


STRIDE = 1 if os.environ.get("CI") else 17  # each call of a run takes half a second to try


@pytest.mark.slow
def test_a_kill_at_any_point(tmp_path: Path) -> None:
    """Whichever call is a draft's last, the same command makes its document and no second one.

    Only a run whose journal is gone is over: then its document is complete.
    """
    with ScriptedServer() as server:
        killer = Killer(server.url)
        words = ("bug: login timeout", "--template", str(SMALL))

        def made(folder: Path, at: int) -> tuple[int, list[bytes]]:
            (folder / "docs").mkdir(parents=True, exist_ok=True)
            ended = killer.run(at, folder, *words)
            found = sorted((folder / "docs").rglob("*.md"))
            return ended, [path.read_bytes() for path in found]

        code, [whole] = made(tmp_path / "whole", 0)
        assert code == Exit.DONE
        for at in range(1, 1000, STRIDE):
            folder = tmp_path / str(at)
            ended, found = made(folder, at)
            if ended == Exit.DONE:
                break
            assert ended == -signal.SIGKILL
            assert found in ([], [whole])
            if found and not answers(folder):
                continue
            assert made(folder, 0) == (Exit.DONE, [whole])
        killer.process.communicate(timeout=PATIENCE)

    assert at > STRIDE


@pytest.mark.slow
def test_a_kill_while_it_goes_on(tmp_path: Path) -> None:
    """Whichever call is the second run's last, the third one has the document, whole."""
    with ScriptedServer() as server:
        killer = Killer(server.url)
        words = ("bug: login timeout", "--template", str(SMALL))
        path = FIRST
        for at in range(1, 1000, STRIDE):
            folder = tmp_path / str(at)
            (folder / "docs").mkdir(parents=True)
            path = folder / "docs" / FIRST
            server.script = without("Risks")
            assert killer.run(0, folder, *words) == Exit.FINDINGS
            before = path.read_bytes()
            server.script = plausible
            ended = killer.run(at, folder, *words)
            after = path.read_bytes()
            if ended == Exit.DONE:
                break
            assert ended == -signal.SIGKILL
            assert after == before or b"[Risk]" not in after
            if answers(folder):
                assert killer.run(0, folder, *words) == Exit.DONE
            assert b"[Risk]" not in path.read_bytes()
            assert [one.name for one in path.parent.glob("*.md")] == [path.name]
        killer.process.communicate(timeout=PATIENCE)

    assert at > STRIDE
