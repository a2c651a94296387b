"""`draft suggest`: what it prints, what it puts in, what it costs, and input that is no good."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from assistant.commands import suggest
from assistant.errors import Exit
from assistant.suggestions.suggestion import Suggestions, format_as_markdown, format_for_terminal
from tests.support.program import Draft, Ran
from tests.support.reviewing import DOCUMENT, Said, reviewer, task
from tests.support.schemas import schema
from tests.support.scripted import Reply, Request, Script, ScriptedServer, failure
from tests.support.suggestions import question, risk

MODEL = ("--model", "scripted")
RISK = "The nightly job runs twice and removes records in use"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The scripted document, in a file."""
    made = tmp_path / "doc.md"
    made.write_text(DOCUMENT)
    return made


def run(draft: Draft, *words: str, script: Script = reviewer) -> tuple[Ran, tuple[Request, ...]]:
    """What `draft suggest doc.md` does, and what it asked."""
    with ScriptedServer(script) as server:
        ran = draft("suggest", "doc.md", "--base-url", server.url, *MODEL, *words)
        return ran, server.requests


def test_markdown(draft: Draft, path: Path) -> None:
    """What was found is Markdown on stdout, the cost on stderr, and the file is as it was."""
    ran, requests = run(draft)

    assert ran.code == 0, ran.err
    assert ran.out.startswith("## Risks\n\n| Risk | Impact |")
    assert ran.out.count("\n| ") == 2 * (2 + 5)
    assert f"| {RISK} | High | Low |" in ran.out
    assert "5 requests" in ran.err
    assert {task(request) for request in requests} >= {"Reliability", "Users and product"}
    assert path.read_text() == DOCUMENT


def test_json(draft: Draft, path: Path) -> None:
    """--json prints one object by the schema, with quotes that stand in the document."""
    ran, _ = run(draft, "--json", "-n", "2")

    body = json.loads(ran.out)
    jsonschema.validate(body, schema())
    assert (body["ok"], body["path"], body["saved"], body["text"]) == (True, "doc.md", False, None)
    assert (len(body["risks"]), len(body["questions"])) == (2, 2)
    for one in body["risks"] + body["questions"]:
        assert one["quote"] in path.read_text()
        assert one["section"] == "Detailed Design"


@pytest.mark.parametrize(("word", "kind"), [("--risks", "risks"), ("--questions", "questions")])
@pytest.mark.usefixtures("path")
def test_one_kind(word: str, kind: str, draft: Draft) -> None:
    """Of one kind alone, the other is neither asked for nor shown."""
    ran, requests = run(draft, word, "--json")

    body = json.loads(ran.out)
    assert [name for name in ("risks", "questions") if body[name]] == [kind]
    wanted = json.loads(json.dumps(requests[0].body))["response_format"]["json_schema"]["schema"]
    assert list(wanted["properties"]) == [kind]


def test_apply(draft: Draft, path: Path) -> None:
    """--apply adds rows and items and changes nothing else; a second time it adds nothing."""
    ran, _ = run(draft, "--apply")
    once = path.read_text()
    again, _ = run(draft, "--apply")

    assert ran.code == again.code == 0, ran.err
    assert "added 5 risks and 5 questions to doc.md" in ran.err
    rows = [line for line in once.splitlines() if line not in DOCUMENT.splitlines()]
    assert len(rows) == 10
    assert [line for line in once.splitlines() if line not in rows] == DOCUMENT.splitlines()
    assert path.read_text() == once
    assert "nothing new to say" in again.err
    assert again.out == ""


def test_some_are_applied_by_number(draft: Draft, path: Path) -> None:
    """Numbers choose among what was shown; the rest keeps its numbers and is not paid for again."""
    shown, _ = run(draft, "--json")
    every = {
        one["number"]: one.get("risk") or one["question"]
        for kind in ("risks", "questions")
        for one in json.loads(shown.out)[kind]
    }
    assert sorted(every) == list(range(1, 11))

    ran, requests = run(draft, "--apply", "2, 7", "9-10")
    once = path.read_text()
    again, more = run(draft, "--json")
    left = {
        one["number"]: one.get("risk") or one["question"]
        for kind in ("risks", "questions")
        for one in json.loads(again.out)[kind]
    }
    last, none = run(draft, "--apply", "1")

    assert (ran.code, again.code, last.code) == (0, 0, 0), ran.err + last.err
    assert len(requests) == len(more) == len(none) == 0
    assert "added 1 risk and 3 questions to doc.md; 6 left" in ran.err
    for number, text in every.items():
        assert (text.rstrip("?.") in once) == (number in (2, 7, 9, 10))
    assert left == {number: every[number] for number in (1, 3, 4, 5, 6, 8)}
    assert every[1] in path.read_text()
    assert f"| {every[2]} |" in ran.out
    assert every[3] not in ran.out


def test_all_that_was_left_ends_it(draft: Draft, path: Path) -> None:
    """Once all are picked nothing is kept, and a number names nothing any more."""
    run(draft)
    run(draft, "--apply", "1-9")
    run(draft, "--apply", "10")

    ran, requests = run(draft, "--apply", "10")

    assert (ran.code, len(requests)) == (Exit.USAGE, 0)
    assert "nothing was for this document as it is now" in ran.err
    assert path.read_text().count("|") > DOCUMENT.count("|")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--apply", "11"), "no suggestion has the number 11"),
        (("--apply", "0"), '"0" is no number'),
        (("--apply", "3-1"), '"3-1" is no number'),
        (("--apply", "one"), '"one" is no number'),
        (("1",), "numbers choose what --apply adds"),
    ],
)
def test_numbers_that_name_nothing(
    words: tuple[str, ...], said: str, draft: Draft, path: Path
) -> None:
    """A number that was not shown is wrong usage, and nothing is written."""
    run(draft)

    ran, requests = run(draft, *words)

    assert (ran.code, len(requests)) == (Exit.USAGE, 0)
    assert said in ran.err
    assert path.read_text() == DOCUMENT


def test_nothing_was_shown_yet(draft: Draft, path: Path) -> None:
    """A number without a list that it is from is refused before anything is asked."""
    ran, requests = run(draft, "--apply", "1")

    assert (ran.code, len(requests)) == (Exit.USAGE, 0)
    assert "nothing was for this document" in ran.err
    assert path.read_text() == DOCUMENT


def test_answers_are_paid_for_once(draft: Draft, path: Path) -> None:
    """What was printed is applied without asking again; a changed document is asked about anew."""
    run(draft)
    ran, requests = run(draft, "--apply")

    assert requests == ()
    assert "5 answers kept from before" in ran.err
    assert RISK in path.read_text()


def test_one_that_failed_is_asked_again_alone(draft: Draft, path: Path) -> None:
    """A point of view that failed is named, exit code 1; the next run asks for it only."""

    def script(request: Request) -> Reply:
        return failure(400, "no") if task(request) == "Reliability" else reviewer(request)

    ran, _ = run(draft, script=script)
    again, requests = run(draft)

    assert ran.code == Exit.FINDINGS
    assert "point of view of Reliability" in ran.err
    assert RISK not in ran.out
    assert [task(request) for request in requests] == ["Reliability"]
    assert (again.code, RISK in again.out) == (0, True)
    assert path.read_text() == DOCUMENT


def test_dropped(draft: Draft, path: Path) -> None:
    """What rests on nothing is counted and left out; nothing that is left is said to be nothing."""

    def script(_: Request) -> Reply:
        return Reply(
            text=Said("It fails for all", "Why is that?", quote="no such words at all").json()
        )

    ran, requests = run(draft, "--apply", script=script)

    assert (ran.code, ran.out, path.read_text()) == (0, "", DOCUMENT)
    assert "10 suggestions rest on nothing in the document" in ran.err
    assert "nothing new to say" in ran.err
    assert len(requests) == 10


def test_no_place(draft: Draft, path: Path) -> None:
    """A document without places is told, its suggestions are printed, and the exit code is 1."""
    path.write_text(
        DOCUMENT.replace("## Risks & Mitigations", "## More").replace("| Risk ", "| A ")
    )
    before = path.read_text()
    ran, _ = run(draft, "--apply", "--risks")

    assert ran.code == Exit.FINDINGS
    assert "no table, list or section for risks" in ran.err
    assert RISK in ran.out
    assert path.read_text() == before


def test_changed_meanwhile(draft: Draft, path: Path) -> None:
    """What somebody wrote while the model answered stays, and is not said again."""
    theirs = f"| {RISK} | Low | Low | Mine |\n"

    def script(request: Request) -> Reply:
        text = DOCUMENT.replace("\n## Rollout", f"{theirs}\n## Rollout").replace(
            "keeps one", "has one"
        )
        path.write_text(text)
        return reviewer(request)

    ran, _ = run(draft, "--apply", script=script)
    text = path.read_text()

    assert ran.code == 0, ran.err
    assert "those changes stay" in ran.err
    assert "has one record" in text
    assert text.count(RISK) == 1
    assert theirs in text
    assert "A stolen cookie stays valid" in text


def test_read_only(draft: Draft, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What can't be written is saved beside and kept, as the error says; to stdout it is free."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    ran, _ = run(draft, "--apply")
    beside = path.with_name("doc.md.filled").read_text()
    shown, requests = run(draft, "--output", "-")

    assert ran.code == Exit.FILE
    assert "saved as doc.md.filled." in ran.err
    assert "answers are kept in" in ran.err
    assert path.read_text() == DOCUMENT
    assert requests == ()
    assert shown.out == beside
    assert RISK in shown.out
    assert shown.out.startswith("# Sessions Design Document\n")


def test_link_and_mode_stay(draft: Draft, path: Path, tmp_path: Path) -> None:
    """A link stays a link, and the file that it leads to keeps its mode and gets what is new."""
    real = tmp_path / "elsewhere" / "real.md"
    real.parent.mkdir()
    path.rename(real)
    real.chmod(0o640)
    path.symlink_to("elsewhere/real.md")
    ran, _ = run(draft, "--apply")

    assert ran.code == 0, ran.err
    assert path.is_symlink()
    assert path.readlink() == Path("elsewhere/real.md")
    assert real.stat().st_mode & 0o777 == 0o640
    assert RISK in real.read_text()


def test_two_at_once(draft: Draft, path: Path) -> None:
    """A second review that ends while the first one asks has its rows kept, and none said twice."""
    ended: list[int] = []

    def script(request: Request) -> Reply:
        if not ended:
            ended.append(0)
            words = ("suggest", "doc.md", "--apply", "--base-url", second.url, *MODEL)
            command = [sys.executable, "-m", "assistant", *words]
            ended[0] = subprocess.run(command, cwd=path.parent, check=False).returncode
        return reviewer(request)

    theirs = Said("A backup brings back records of people who left", "Who restores a backup?")
    with ScriptedServer(lambda _: Reply(text=theirs.json())) as second:
        ran, _ = run(draft, "--apply", "--concurrency", "1", script=script)

    text = path.read_text()
    rows = [line for line in text.splitlines() if line not in DOCUMENT.splitlines()]
    assert (ran.code, ended) == (0, [0]), ran.err
    assert len(rows) == len(set(rows)) == 12
    assert theirs.risk in text
    assert theirs.question in text
    assert [line for line in text.splitlines() if line not in rows] == DOCUMENT.splitlines()


def test_crlf_bytes_stay(draft: Draft, path: Path) -> None:
    """Line endings, a BOM and bytes that are no UTF-8 stay, and what is added follows them."""
    before = b"\xef\xbb\xbf" + DOCUMENT.replace("\n", "\r\n").encode() + b"\xff no end"
    path.write_bytes(before)
    ran, _ = run(draft, "--apply", "--questions")
    after = path.read_bytes()

    assert ran.code == 0, ran.err
    assert after.startswith(before[: before.index(b"- Who may")])
    assert b"\xff no end" in after
    assert after.count(b"\n") == after.count(b"\r\n") == before.count(b"\n") + 5


def test_dry_run(draft: Draft, path: Path) -> None:
    """--dry-run shows every prompt, and sends and writes nothing; it is what would be sent."""
    ran, requests = run(draft, "--dry-run", "--json")
    _, sent = run(draft)

    prompts = json.loads(ran.out)["prompts"]
    assert (ran.code, requests, len(prompts)) == (0, (), 5)
    bodies = {task(request): request.body["messages"] for request in sent}
    assert all(bodies[prompt["section"]] == prompt["messages"] for prompt in prompts)
    assert path.read_text() == DOCUMENT


def test_cap(draft: Draft, path: Path) -> None:
    """A run whose estimate is above the cap is refused before anything is sent."""
    ran, requests = run(draft, "--max-tokens-total", "900")

    assert (ran.code, ran.out, requests) == (Exit.USAGE, "", ())
    assert "--max-tokens-total allows 900" in ran.err
    assert path.exists()


def test_server_is_down(draft: Draft, path: Path) -> None:
    """Where nothing could be suggested the exit code is 3, and nothing is printed."""
    ran, _ = run(draft, script=lambda _: failure(401, "no key"))

    assert (ran.code, ran.out) == (Exit.MODEL, "")
    assert path.read_text() == DOCUMENT


def test_own_point_of_view(draft: Draft, path: Path, tmp_path: Path) -> None:
    """A project adds points of view by a folder; what stands in them is never rendered."""
    (tmp_path / ".draft.toml").write_text('points-of-view = "views"\n')
    (tmp_path / "views").mkdir()
    (tmp_path / "views" / "law.md").write_text("# Law {{ 1 }}\n\nLook for {% what %}.\n")
    ran, requests = run(draft)

    assert (ran.code, path.exists()) == (0, True)
    own = next(request for request in requests if task(request) == "Law {{ 1 }}")
    assert "Look for {% what %}." in own.text


def test_point_of_view_of_elsewhere(draft: Draft, path: Path, tmp_path: Path) -> None:
    """A project's file cannot have files from outside of the project sent to a server."""
    (tmp_path / ".draft.toml").write_text('points-of-view = "../elsewhere"\n')
    ran, requests = run(draft)

    assert (ran.code, requests, path.exists()) == (Exit.USAGE, (), True)
    assert "inside of the project" in ran.err


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("none.md", None, "not there"),
        (".", None, "folder"),
        ("7", None, "not there"),
        ("empty.md", b"", "nothing in this document"),
        ("titles.md", b"# A\n\n## B\n", "nothing in this document"),
        ("binary.md", b"# A\0", "not a text file"),
        ("big.md", b"a " * (5 << 19), "larger than 4 MiB"),
    ],
)
def test_bad_input(name: str, data: bytes | None, said: str, draft: Draft, tmp_path: Path) -> None:
    """What can't be reviewed is an error of two lines at most with exit code 4."""
    if data is not None:
        (tmp_path / name).write_bytes(data)

    ran = draft("suggest", name, "--base-url", "http://127.0.0.1:9/v1", *MODEL)

    assert (ran.code, ran.out) == (Exit.FILE, "")
    assert said in ran.err
    assert ran.err.count("\n") <= 2


def test_number_of_two(draft: Draft, tmp_path: Path) -> None:
    """Of a number that two files have, both are named."""
    folder = tmp_path / "memory" / "design"
    folder.mkdir(parents=True)
    for name in ("007_a.md", "007_b.md"):
        (folder / name).write_text(DOCUMENT)

    ran = draft("suggest", "7", *MODEL)

    assert ran.code == Exit.FILE
    assert "007_a.md and 007_b.md" in ran.err


@pytest.mark.parametrize("words", [("-n", "0"), ("--output", "x.md"), ("-n", "many")])
def test_wrong_usage(words: tuple[str, ...], draft: Draft, path: Path) -> None:
    """A number below one, or a file for the output, is wrong usage."""
    ran, requests = run(draft, *words)

    assert (ran.code, requests, path.exists()) == (Exit.USAGE, (), True)


def test_terminal() -> None:
    """A terminal gets columns, a pipe Markdown."""
    found = Suggestions(risks=(risk(),), questions=(question(),))

    assert suggest.lay_out_suggestions(found, terminal=True) == format_for_terminal(found)
    assert suggest.lay_out_suggestions(found, terminal=False) == format_as_markdown(found)


def test_nothing_to_review(draft: Draft, path: Path) -> None:
    """A document of headings alone is refused, and the command that writes it names it."""
    path.write_text("# X\n\n## Overview\n")
    ran, _ = run(draft)

    assert ran.code == 4
    assert f"`draft fill {path.name}`" in " ".join(ran.err.split())
