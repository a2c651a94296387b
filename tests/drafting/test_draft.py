"""Drafting against a scripted server: any model, any template."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import Exit
from assistant.template.template import parse_template
from tests.support import templates
from tests.support.kept import broken
from tests.support.paths import ROOT, SMALL
from tests.support.program import MAIN, Draft, Ran, saved
from tests.support.scripted import (
    Reply,
    Request,
    Script,
    ScriptedServer,
    asked_schema,
    failure,
    is_brief,
    plausible,
)
from tests.support.templates import SECTIONS
from tests.support.waiting import PATIENCE, wait_for


def sections_only(change: Callable[[Request, Reply], Reply]) -> Script:
    """A good brief, and then what `change` makes of good answers."""

    def script(request: Request) -> Reply:
        good = plausible(request)
        return good if is_brief(request) else change(request, good)

    return script


def said(change: Callable[[str], str]) -> Script:
    """Answers whose words are changed, the brief's too."""
    return lambda request: Reply(text=change(plausible(request).text))


def inside(words: str) -> Script:
    """Good answers with `words` in every text, the brief's too."""

    def spoiled(value: object, key: str = "") -> object:
        if isinstance(value, dict):
            return {name: spoiled(one, name) for name, one in value.items()}
        if isinstance(value, list):
            return [spoiled(one, key) for one in value]
        fixed = key in ("impact", "option", "section") or not isinstance(value, str)
        return value if fixed else f"{value}{words}"

    def script(request: Request) -> Reply:
        text = plausible(request).text
        if asked_schema(request.body) is None:
            return Reply(text=text + words)
        return Reply(text=json.dumps(spoiled(json.loads(text))))

    return script


@pytest.fixture
def ask(draft: Draft) -> Callable[..., Ran]:
    """A draft of the small template by a server that follows a script."""

    def run(script: Script, *more: str, template: Path = SMALL) -> Ran:
        with ScriptedServer(script) as server:
            return draft(
                "bug: login timeout",
                "--base-url",
                server.url,
                "--model",
                "tiny",
                "--template",
                str(template),
                *more,
            )

    return run


def test_good(ask: Callable[..., Ran], tmp_path: Path) -> None:
    """A model that answers well gives a valid document, and stdout holds its path alone."""
    ran = ask(plausible)

    assert (ran.code, ran.out) == (0, "memory/design/001_login_timeout.md\n"), ran.err
    [path] = saved(tmp_path)
    text = path.read_text("utf-8")
    assert not broken(parse_template(SMALL.read_bytes(), "small"), text)
    assert "[Risk]" not in text
    assert "Option A" not in text


@pytest.mark.parametrize("name", templates.known())
def test_templates(name: str, draft: Draft, tmp_path: Path) -> None:
    """Every template becomes a document with its structure, and nothing but that document."""
    text = templates.load(name).text
    Path("t.md").write_bytes(text.encode("utf-8", "surrogateescape"))
    with ScriptedServer(plausible) as server:
        ran = draft(
            "feature: export", "--base-url", server.url, "--model", "m", "--template", "t.md"
        )

    assert ran.code in (0, 1), ran.err
    paths = [path for path in saved(tmp_path) if path.name != "t.md"]
    assert [path.name for path in paths] == ["001_export.md"]
    assert not broken(templates.load(name), paths[0].read_text("utf-8"))
    assert "D504" not in draft("check", "--template", "t.md", str(paths[0])).out


CONTENTS = """\
# [Name] RFC

{0}
- [[Name] RFC](#name-rfc)
- [Goals](#goals)
- [Options](#options)
  - [Option A](#option-a)
  - [Option B](#option-b)
{1}

## Goals

## Options

### Option A

### Option B
"""


@pytest.mark.parametrize("around", [("<!-- toc -->", "<!-- /toc -->"), ("", "")])
def test_contents(around: tuple[str, str], draft: Draft, tmp_path: Path) -> None:
    """A template's list of its headings becomes one of the document's, and no model is asked."""
    Path("t.md").write_text(CONTENTS.format(*around), "utf-8")
    with ScriptedServer(plausible) as server:
        asked = ("--base-url", server.url, "--model", "m", "--template", "t.md")
        ran = draft("feature: export", *asked)

    assert ran.code == 0, ran.err
    [path] = saved(tmp_path / "memory")
    text = path.read_text("utf-8")
    entries = dict(re.findall(r"^ *- \[(.+)\]\(#(.+)\)$", text, re.MULTILINE))
    assert list(entries) == re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    assert "Option A" not in entries
    assert draft("check", "--template", "t.md", str(path)).code == 0


ODD: dict[str, Script] = {
    "wrapped in fences": said(
        lambda text: f"```{'json' if text[0] == '{' else 'markdown'}\n{text}\n```"
    ),
    "wrapped in a bare fence": said(lambda text: f"```\n{text}\n```"),
    "fence left open": said(lambda text: f"```markdown\n{text}"),
    "headings of every level": inside("".join(f"\n\n{'#' * n} Level\n\nx" for n in range(1, 7))),
    "underlined headings": inside("\n\nOut\n===\n\nOut\n---\n"),
    "comments": inside("\n<!-- hidden -->\n<!-- open"),
    "HTML": inside("\n\n<script>alert(1)</script>\n\n<div>\n\nx <b>y</b>"),
    "reference definitions": inside("\n\n[metadata]: https://example.org 'x'\n\n[^1]: note"),
    "escape sequences": inside("\x1b[31mred\x1b[0m\x1b]0;t\x07\u202eevil\u202c\0\ufeff"),
    "front matter": said(lambda text: f"---\nstatus: done\n---\n{text}"),
    "table rows": inside("\n| a | b |\n|---|---|\n| c | d |"),
    "thoughts": said(lambda text: f"<think>\n## Hm\n</think>\n{text}"),
    "the template's labels": inside("\n\n**Context:** x\n- Pros: x\n## Metadata\n- **Status:** x"),
    "half": said(lambda text: text[: len(text) // 2]),
    "nothing": said(lambda _text: ""),
    "white space": said(lambda _text: " \n\t\n"),
    "broken JSON": said(lambda text: text.replace(":", "", 1) if text.startswith("{") else text),
    "JSON of another kind": said(lambda text: "[1, 2]" if text.startswith("{") else text),
    "deep JSON": said(lambda text: '{"a":' * 5000 if text.startswith("{") else text),
    "prose for JSON": said(lambda _text: "I would rather tell you about it."),
    "one word": said(lambda _text: "word"),
    "not applicable": sections_only(lambda _r, _g: Reply(text="Not applicable: there is none.")),
    "refusals": sections_only(lambda r, g: Reply(refusal="I can't.") if r.count % 2 else g),
    "429 now and then": lambda r: failure(429, "slow down") if r.count % 3 == 1 else plausible(r),
    "500 now and then": lambda r: failure(500, "oops") if r.count % 3 == 0 else plausible(r),
    "503 in HTML": lambda r: (
        Reply(status=503, raw=b"<html>busy</html>", content_type="text/html")
        if r.count % 3 == 0
        else plausible(r)
    ),
    "cut now and then": lambda r: Reply(text="a b c", cut=2) if r.count % 3 == 1 else plausible(r),
    "no end now and then": lambda r: (
        Reply(text="a b", finish=None) if r.count % 3 == 1 else plausible(r)
    ),
    "cut off now and then": lambda r: (
        Reply(text=plausible(r).text[:9], finish="length") if r.count % 4 == 1 else plausible(r)
    ),
    "no json_schema": lambda r: (
        failure(400, "not supported", param="response_format")
        if "response_format" in r.body
        else plausible(r)
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_any_model(name: str, ask: Callable[..., Ran], tmp_path: Path) -> None:
    """Whatever a model says, there is a document with the template's structure, or an error."""
    ran = ask(ODD[name])

    paths = saved(tmp_path)
    assert "Traceback" not in ran.err
    if ran.code in (0, 1):
        assert [str(path.relative_to(tmp_path)) for path in paths] == [ran.out.strip()]
        text = paths[0].read_bytes().decode("utf-8")
        assert not broken(parse_template(SMALL.read_bytes(), "small"), text)
        assert not {"\x1b", "\0", "\u202e", "\x07"} & set(text)
        assert ("unwritten:" in ran.err or "D2" in ran.err or "D3" in ran.err) == (ran.code == 1)
    else:
        assert (ran.code, ran.out, paths) == (Exit.MODEL, "", [])
        assert ran.err.splitlines()[-1]


@pytest.mark.parametrize(
    "name",
    [
        "wrapped in fences",
        "wrapped in a bare fence",
        "thoughts",
        "429 now and then",
        "500 now and then",
        "cut now and then",
        "no end now and then",
        "cut off now and then",
    ],
)
def test_harmless(name: str, ask: Callable[..., Ran]) -> None:
    """What is only wrapped, late or cut off once costs nothing of the document."""
    assert ask(ODD[name]).code == 0


FATAL: dict[str, tuple[Script, str]] = {
    "401": (lambda _: failure(401, "wrong key"), "wants a key"),
    "404": (
        lambda _: failure(404, "model tiny not found", code="model_not_found"),
        "know the model",
    ),
    "500 for ever": (lambda _: failure(500, "oops"), "failed"),
    "cut for ever": (lambda _: Reply(text="a b c", cut=1), "in the middle"),
    "hang": (lambda _: Reply(text="a b c", hang=1), "sent nothing"),
    "HTML": (
        lambda _: Reply(raw=b"<html>Login</html>", content_type="text/html"),
        "no chat completion",
    ),
    "refusal": (lambda _: Reply(refusal="I can't help."), "I can't help."),
    "length for ever": (lambda _: Reply(text="a", finish="length"), "cut off"),
    "nothing": (lambda _: Reply(text=""), "brief"),
    "no section": (sections_only(lambda _r, _g: Reply(refusal="No.")), "No section".lower()),
    "no section, 500": (sections_only(lambda _r, _g: failure(500, "oops")), "no section"),
}


@pytest.mark.parametrize("name", FATAL)
def test_fatal(name: str, ask: Callable[..., Ran], tmp_path: Path) -> None:
    """Where nothing can be drafted the exit code is 3, nothing is saved, and it says why."""
    script, words = FATAL[name]
    # Only where nothing comes may a busy machine be taken for a silent server.
    ran = ask(script, *(("--timeout", "0.2") if name == "hang" else ()))

    assert (ran.code, ran.out) == (Exit.MODEL, "")
    assert words in ran.err
    assert saved(tmp_path) == []


def test_a_dead_server_is_left(ask: Callable[..., Ran]) -> None:
    """A key that is refused half-way is not tried for every section."""
    asked: list[Request] = []

    def script(request: Request) -> Reply:
        asked.append(request)
        return plausible(request) if request.count < 2 else failure(401, "expired")

    ran = ask(script, "--concurrency", "1")

    assert ran.code == Exit.FINDINGS
    assert len(asked) == 3
    told = [line for line in ran.err.splitlines() if line.startswith("  warning: unwritten: ")]
    assert len(told) == 1
    assert "wants a key" in told[0]
    assert told[0].count(", ") == SECTIONS - 2


def test_a_stopped_server_is_said_once(
    ask: Callable[..., Ran], draft: Draft, tmp_path: Path
) -> None:
    """That nobody is there is one error with one hint, whichever command finds it out."""
    assert ask(sections_only(lambda r, g: failure(400, "no") if r.count % 2 else g)).code == 1
    [path] = saved(tmp_path)
    gone = ("--base-url", "http://127.0.0.1:9/v1", "--model", "tiny", "--template", str(SMALL))

    for words in (("bug: another",), ("fill", str(path)), ("suggest", str(path))):
        ran = draft(*words, *gone)

        assert (ran.code, ran.out) == (Exit.MODEL, "")
        assert ran.err.count("cannot be reached") == 1, ran.err
        assert "trying again" not in ran.err
        assert "--base-url" in ran.err


def test_one_section_fails(ask: Callable[..., Ran], tmp_path: Path) -> None:
    """One failed section costs one section: the rest is saved, and the way on is named."""
    ran = ask(sections_only(lambda r, g: Reply(refusal="No.") if "Task: Risks" in r.text else g))

    assert ran.code == Exit.FINDINGS
    assert "unwritten: Risks: the model refused: No." in ran.err
    assert "  draft fill 1 " in ran.err
    [path] = saved(tmp_path)
    assert "| [Risk] | High/Med/Low | [How we handle it] |" in path.read_text("utf-8")
    assert path.read_text("utf-8").count("<!-- What problem") == 0


def test_no_json_schema(ask: Callable[..., Ran], tmp_path: Path) -> None:
    """A server that refuses json_schema is asked without it, and the document is the same."""
    answers: dict[str, str] = {}

    def remembers(request: Request) -> Reply:
        reply = plausible(request)
        answers[request.text] = reply.text
        return reply

    assert ask(remembers, "--dir", "one").code == 0
    refused: list[Request] = []

    def script(request: Request) -> Reply:
        wanted = request.body.get("response_format")
        if isinstance(wanted, dict) and wanted["type"] == "json_schema":
            refused.append(request)
            return failure(400, "json_schema is not supported", param="response_format")
        # The form that the schema would have given stands at the end.
        return Reply(text=answers[request.text.partition("\n\nAnswer with JSON of this form")[0]])

    ran = ask(script, "--dir", "two")

    assert ran.code == 0, ran.err
    assert len(refused) == 1
    one, two = saved(tmp_path)
    assert one.read_bytes() == two.read_bytes()


def test_resume(ask: Callable[..., Ran]) -> None:
    """A run that could not be saved goes on with the same command, paying for nothing twice."""
    counts: list[int] = []

    def script(request: Request) -> Reply:
        counts.append(request.count)
        return plausible(request)

    Path("memory").mkdir()
    real = os.link
    broken_disk = pytest.MonkeyPatch()

    def full(*_words: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    broken_disk.setattr(os, "link", full)
    first = ask(script)
    broken_disk.undo()
    assert os.link is real
    assert (first.code, first.out) == (Exit.FILE, ""), first.err
    assert "same command" in first.err
    assert len(counts) == 1 + SECTIONS

    second = ask(script)

    assert second.code == 0
    assert len(counts) == 1 + SECTIONS
    assert "6 answers are kept" in second.err


def test_words_of_a_server_stay_words(ask: Callable[..., Ran]) -> None:
    """What a model said of itself commands no terminal, in the first run and in the next one."""

    def script(request: Request) -> Reply:
        refused = "# Task: Risks" in request.text
        return Reply(refusal="No \x1b[31m\x9b.") if refused else plausible(request)

    first, second = ask(script), ask(script)

    assert (first.code, second.code) == (Exit.FINDINGS, Exit.FINDINGS)
    for ran in (first, second):
        assert "refused: No" in ran.err
        assert not set(ran.err) & set("\x1b\x9b")


def test_answers_are_for_what_was_asked(
    ask: Callable[..., Ran], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Kept answers are used for the same template, folder, language and model only."""
    other = tmp_path_factory.mktemp("other") / "other.md"
    other.write_bytes(SMALL.read_bytes() + b"\n## Other\n")
    alone = sections_only(lambda _, good: replace(good, finish="length"))  # only the brief is kept
    assert ask(alone).code == Exit.MODEL

    runs = [
        ask(alone, "--dir", "elsewhere"),
        ask(alone, "--language", "German"),
        ask(alone, "--model", "other"),
        ask(alone, template=other),
    ]

    assert not any("going on" in ran.err for ran in runs)
    assert "1 answer is kept" in ask(alone).err


def test_cap(ask: Callable[..., Ran], tmp_path: Path) -> None:
    """A run whose estimate is above its cap is refused before anything is sent."""
    asked: list[Request] = []

    def script(request: Request) -> Reply:
        asked.append(request)
        return plausible(request)

    ran = ask(script, "--max-tokens-total", "500")

    assert (ran.code, ran.out, asked, saved(tmp_path)) == (Exit.USAGE, "", [], [])
    assert "--max-tokens-total allows 500" in ran.err


def test_cap_on_the_way(ask: Callable[..., Ran]) -> None:
    """A cap that holds for the estimate stops a run that gets dearer, and saves the rest."""
    expensive = sections_only(lambda _r, g: Reply(text=g.text, usage=(9000, 9000, 0)))

    ran = ask(expensive, "--max-tokens-total", "30000", "--concurrency", "1")

    assert ran.code == Exit.FINDINGS
    assert "the cap of 30,000 tokens" in ran.err


# Signals go to a process of its own.


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts the program in a process of its own, in `tmp_path`."""
    running: list[subprocess.Popen[str]] = []

    def start(*words: str, first: str = "") -> subprocess.Popen[str]:
        environ = {
            **os.environ,
            "GIT_AUTHOR_NAME": "Ada",
            "PYTHONPATH": str(ROOT),
        }
        process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                first + MAIN,
                "login timeout",
                "--model",
                "tiny",
                "--template",
                str(SMALL),
                *words,
            ],
            cwd=tmp_path,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def halfway(request: Request) -> Reply:
    """The brief and two sections; the rest never comes."""
    good = plausible(request)
    return good if request.count < 3 else Reply(text=good.text, hang=0)


def answers(folder: Path) -> int:
    """How many answers journals hold."""
    lines = [line for path in folder.rglob("*.jsonl") for line in path.read_text().split("\n")]
    return sum('"id"' in line and '"@' not in line for line in lines)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, Exit.INTERRUPTED), (signal.SIGTERM, Exit.TERMINATED)]
)
def test_signals(
    number: signal.Signals,
    code: Exit,
    started: Callable[..., subprocess.Popen[str]],
    tmp_path: Path,
) -> None:
    """What was answered before Ctrl-C or SIGTERM is saved, and the rest is as in the template."""
    state = Path(os.environ["XDG_STATE_HOME"])
    with ScriptedServer(halfway) as server:
        process = started("--base-url", server.url)
        wait_for(lambda: answers(state) == 3 and len(server.requests) == 1 + SECTIONS, process)
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)

    assert (process.returncode, out) == (code, "memory/design/001_login_timeout.md\n"), err
    assert "  draft fill 1 " in err
    [path] = saved(tmp_path)
    assert not broken(parse_template(SMALL.read_bytes(), "small"), path.read_text("utf-8"))


@pytest.mark.parametrize("pause", [0.0, 0.02, 0.05])
def test_ctrl_c_twice(pause: float, started: Callable[..., subprocess.Popen[str]]) -> None:
    """Who presses Ctrl-C again while answers are being saved meets no traceback."""
    state = Path(os.environ["XDG_STATE_HOME"])
    with ScriptedServer(halfway) as server:
        process = started("--base-url", server.url)
        wait_for(lambda: answers(state) == 3 and len(server.requests) == 1 + SECTIONS, process)
        process.send_signal(signal.SIGINT)
        time.sleep(pause)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE)

    assert process.returncode in (Exit.INTERRUPTED, -signal.SIGINT)
    assert "Traceback" not in err
    assert answers(state) == 3


def test_ctrl_c_before_the_brief(
    started: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    """Ctrl-C before anything was answered saves nothing, at once."""
    with ScriptedServer(lambda _: Reply(text="a", hang=0)) as server:
        process = started("--base-url", server.url)
        wait_for(lambda: bool(server.requests), process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)

    assert (process.returncode, out) == (Exit.INTERRUPTED, "")
    assert "nothing was saved" in err
    assert "connection" not in err
    assert saved(tmp_path) == []


def test_kill(started: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    """After kill -9 the same command goes on, and pays only for what is missing."""
    state = Path(os.environ["XDG_STATE_HOME"])
    with ScriptedServer(halfway) as server:
        process = started("--base-url", server.url)
        wait_for(lambda: answers(state) == 3, process)
        process.kill()
        process.communicate()
    assert saved(tmp_path) == []

    with ScriptedServer(plausible) as server:
        process = started("--base-url", server.url)
        out, err = process.communicate(timeout=PATIENCE)

    assert (process.returncode, out) == (0, "memory/design/001_login_timeout.md\n"), err
    assert "3 answers are kept" in err
    assert len(server.requests) == SECTIONS - 2
    assert answers(state) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are Unix's")
@pytest.mark.parametrize("words", [(), ("--json",), ("--quiet",)])
def test_nothing_can_be_written(
    words: tuple[str, ...], started: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    """Where neither the document nor its answers can be written, the document goes to stdout."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500)); "
    with ScriptedServer(plausible) as server:
        process = started("--base-url", server.url, *words, first=limit)
        out, err = process.communicate(timeout=PATIENCE)

    text = json.loads(out)["text"] if words == ("--json",) else out
    assert process.returncode == Exit.FILE, err
    assert not broken(parse_template(SMALL.read_bytes(), "small"), text)
    assert "on standard output, and nowhere else" in err
    assert ("answers are not kept" in err) == (words != ("--quiet",))
    assert "answers are kept" not in err
    assert saved(tmp_path) == []
