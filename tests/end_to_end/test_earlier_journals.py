"""Journals that an earlier version of the program left are taken up, and only the rest is paid for.

Those in `tests/data/journals` were written by commit f98dafc, when the modules still lay flat, in
the folder `/srv/docs`, for answers of the scripted server: a draft that was killed after two of its
three sections, one that saved its document without the third, and a fill that was killed likewise.
"""

import json
import os
from hashlib import sha256
from pathlib import Path

import pytest

from assistant.errors import Exit
from tests.support.paths import DATA
from tests.support.program import Draft
from tests.support.scripted import Request, ScriptedServer

JOURNALS = DATA / "journals"
TEMPLATE = JOURNALS / "template.md"
RECORDED = "/srv/docs"
DOCUMENT = Path("memory/design/001_login_timeout.md")
WORDS = ("--model", "tiny", "--template", str(TEMPLATE))
NEW = ("bug: login timeout",)


def key_of_draft(folder: str) -> str:
    """Return the key that f98dafc gave to the draft, had it run in this folder."""
    template = TEMPLATE.read_text("utf-8")
    parts = ("draft", "login timeout", "bug", template, f"{folder}/memory/design", "", "tiny")
    return sha256(json.dumps(parts).encode()).hexdigest()


def leave_behind(name: str) -> dict[str, str]:
    """Put a journal, and its document if it has one, where such a run here would have left them.

    Returns its entries.
    """
    here = os.path.realpath(".")
    text = (JOURNALS / f"{name}.jsonl").read_text("utf-8").replace(RECORDED, here)
    text = text.replace(key_of_draft(RECORDED), key_of_draft(here))
    lines = [json.loads(line) for line in text.splitlines() if line]
    stem = sha256(lines[0]["key"].encode()).hexdigest()[:32]
    folder = Path(os.environ["XDG_STATE_HOME"]) / "draft" / "journal"
    folder.mkdir(parents=True)
    (folder / f"{stem}-0123456789abcdef.jsonl").write_text(text, "utf-8")
    DOCUMENT.parent.mkdir(parents=True)
    if (JOURNALS / f"{name}.md").exists():
        DOCUMENT.write_bytes((JOURNALS / f"{name}.md").read_bytes())
    return {line["id"]: line["text"] for line in lines[1:]}


def asked_for(request: Request) -> str:
    """Return the section that a request is for."""
    return request.text.rpartition("# Task: ")[2].partition("\n")[0]


def test_the_key_is_known() -> None:
    """The recorded drafts have the key that this module makes, so that it may make another."""
    for name in ("draft_killed", "draft_saved"):
        first = (JOURNALS / f"{name}.jsonl").read_text("utf-8").split("\n")[1]

        assert json.loads(first)["key"] == key_of_draft(RECORDED)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("draft_killed", NEW),
        ("draft_saved", NEW),
        ("draft_saved", ("fill", "1")),
        ("fill_killed", ("fill", "1")),
    ],
)
def test_only_what_is_missing_is_asked_for(draft: Draft, name: str, words: tuple[str, ...]) -> None:
    """The same command, or `fill`, asks for the third section and keeps the answers of then."""
    entries = leave_behind(name)
    with ScriptedServer() as server:
        ran = draft(*words, *WORDS, "--base-url", server.url)
        asked = [asked_for(request) for request in server.requests]

    assert (ran.code, ran.out) == (Exit.DONE, f"{DOCUMENT}\n"), ran.err
    assert asked == ["Risks"]
    text = DOCUMENT.read_text("utf-8")
    answers = [entries[one] for one in entries if one.startswith("section:")]
    assert [answer in text for answer in answers] == [True, True]
    assert "[Risk 1]" not in text
    assert [path.name for path in DOCUMENT.parent.iterdir()] == [DOCUMENT.name]
    assert not list(Path(os.environ["XDG_STATE_HOME"]).rglob("*.jsonl"))
