"""Tests of `kept`: the journal of a document is found again, and is nobody else's."""

from pathlib import Path

from assistant.errors import Exit
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
