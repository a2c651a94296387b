"""How a run ends: what needs eyes, what it cost, what to type next; and `--edit`."""

import contextlib
import io
import json
import os
import re
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.display.ending import (
    NamedDocument,
    NextStep,
    build_unwritten_fields,
    describe_answerer,
    make_remarks,
    show_costs,
    show_next_steps,
    show_remarks,
)
from assistant.errors import Exit
from assistant.lint.rule import Finding
from assistant.llm.model import Usage
from assistant.markdown.document import load_document
from assistant.settings import SettingOptions, resolve_settings
from assistant.terminal.report import OutputStyle, print_proposal
from assistant.terminal.style import quote_word
from tests.support.paths import SMALL
from tests.support.program import Draft
from tests.support.scripted import Reply, Request, ScriptedServer, plausible

MANNER = OutputStyle()


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        """It is."""
        return True


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """What is printed on a terminal of so many columns, 0 for none, as lines."""

    def run(columns: int, speak: Callable[[], None]) -> list[str]:
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("NO_COLOR", "1")
        stream = Terminal() if columns else io.StringIO()
        with contextlib.redirect_stderr(stream):
            speak()
        return stream.getvalue().splitlines()

    return run


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A run that ended."""

    usage: Usage = Usage(requests=3, prompt=1000, cached=400, completion=50)  # noqa: RUF009
    seconds: float = 2.0
    repairs: int = 1
    resumed: int = 0
    model: str = "gpt"
    answered: tuple[str, ...] = ("gpt-2026-08-07",)
    place: str = "api.example.com"
    repaired: tuple[tuple[str, tuple[str, ...]], ...] = (("A > Goals", ("too long.", "no list.")),)


def found(code: str, severity: str, line: int, section: str) -> Finding:
    return Finding(
        code=code,
        severity=severity,  # type: ignore[arg-type]
        line=line,
        section=section,
        message=f'"{section}" is so.',
    )


FINDINGS = (
    found("D202", "warning", 98, "POST"),
    found("D201", "note", 101, "Request"),
    found("D201", "note", 140, "Risks"),
    found("D203", "note", 3, "Author"),
)


def test_findings_stand_under_the_documents_name(shown: Callable[..., list[str]]) -> None:
    """What needs eyes is grouped under the file, by line; one cause of several is one line."""
    failed = (("T > Risks", "no answer."), ("T > Goals", "no answer."))
    remarks = make_remarks(FINDINGS, failed, ("read it.",))

    assert shown(0, lambda: show_remarks("007_x.md: X", remarks, MANNER)) == [
        "007_x.md: X",
        "  warning: unwritten: Risks, Goals: no answer.",
        '  line 98: warning: D202 "POST" is so.',
        '  line 101: note: D201 "Request" is so.',
        "  note: read it.",
    ]


def test_many_remarks_are_a_few_lines(shown: Callable[..., list[str]]) -> None:
    """Of a document with very much to say the first lines stand there, and who has the rest."""
    remarks = make_remarks([found("D301", "error", n, "X") for n in range(40)], (), ())

    lines = shown(0, lambda: show_remarks("x.md", remarks, MANNER))
    assert len(lines) == 14
    assert "28 more" in lines[-1]


def test_unwritten_is_what_list_counts() -> None:
    """With --json each slot that is unwritten is named once, and what kept its old text too."""
    failed = (("T > Risks", "no answer."), ("T > Goals", "would have changed the structure."))

    assert build_unwritten_fields(FINDINGS, failed) == [
        {"section": "Request", "reason": '"Request" is so.'},
        {"section": "T > Risks", "reason": "no answer."},
        {"section": "T > Goals", "reason": "would have changed the structure."},
    ]


def test_costs_are_one_line(shown: Callable[..., list[str]]) -> None:
    """Requests, repairs, tokens, time and who answered are one line; reasons with --verbose."""
    (line,) = shown(0, lambda: show_costs(Ended(), MANNER))
    more = shown(0, lambda: show_costs(Ended(), OutputStyle(verbose=True)))

    assert line == (
        "3 requests, 1 repair, 1,000 tokens in (400 of them cached), 50 out, 2.0 s, "
        "gpt-2026-08-07 for gpt at api.example.com"
    )
    assert more == ["asked again: Goals: too long. no list.", line]


@pytest.mark.parametrize(
    ("answered", "place", "words"),
    [
        ((), "", "gpt"),
        (("gpt",), "h", "gpt at h"),
        (("gpt-1", "gpt-2"), "h", "gpt-1, gpt-2 for gpt at h"),
    ],
)
def test_who_answered(answered: tuple[str, ...], place: str, words: str) -> None:
    """The name that the server says stands before the one that was asked for, if it is another."""
    assert describe_answerer(Ended(answered=answered, place=place)) == words


def configured(text: str) -> Path:
    """The person's own configuration with this text."""
    file = Path(os.environ["XDG_CONFIG_HOME"]) / "draft" / "config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.skipif(sys.platform != "linux", reason="the folder has another name elsewhere")
def test_money_where_the_price_is_known(shown: Callable[..., list[str]]) -> None:
    """What the model costs by the person's table is in the line; nonsense is a warning."""
    configured('[prices."gpt-2026-08-07"]\ninput = 100\noutput = 200\ncurrency = "EUR"\n')
    (line,) = shown(0, lambda: show_costs(Ended(), MANNER))
    file = configured("[prices.gpt]\ninput = 'much'\noutput = 1\n")
    wrong, rest = shown(0, lambda: show_costs(Ended(), MANNER))

    assert ", 50 out, 0.11 EUR, 2.0 s, " in line
    assert wrong.startswith(f'warning: {file}: `prices."gpt"` counts for nothing: `input`')
    assert "EUR" not in rest


STEPS = (
    NextStep(command='draft fill 18 --section "Goals of it" --force --hint "..."', why="one again"),
    NextStep(command="draft suggest 18", why="risks and questions that it lacks"),
)


@pytest.mark.parametrize("columns", [0, 40, 60, 80, 120])
def test_commands_can_be_typed_at_any_width(columns: int, shown: Callable[..., list[str]]) -> None:
    """However narrow the terminal is, a command is one to its shell, and no line is too long."""
    lines = shown(columns, lambda: show_next_steps(STEPS, MANNER))

    assert lines[0] == "next:"
    assert not columns or all(len(line) < columns for line in lines)
    joined = "\n".join(lines).replace("\\\n", " ")
    for step in STEPS:
        words = shlex.split(step.command)
        assert any(shlex.split(line)[: len(words)] == words for line in joined.splitlines())


def test_words_in_quotes() -> None:
    """A word is in no quotes, in those that people type, or in those that a shell needs."""
    words = ("fill", "Goals of it", "a `b` $c", 'say "so"', "it's", "")

    assert [quote_word(word) for word in words[:2]] == ["fill", '"Goals of it"']
    assert shlex.split(" ".join(map(quote_word, words))) == list(words)


def test_the_next_command_is_about_this_document(tmp_path: Path) -> None:
    """A document is named by its number where that means it, with the options it was made with."""

    def named(path: Path, options: SettingOptions) -> str:
        known = resolve_settings(options, {"HOME": str(tmp_path)}, tmp_path, tmp_path / "none")
        return NamedDocument(path=path, settings=known, options=options).command("fill")

    folder = tmp_path / "memory" / "design"
    assert named(folder / "018_x.md", SettingOptions()) == "draft fill 18"
    assert named(folder / "018_x.md", SettingOptions(template="a b.md", model="m")) == (
        'draft fill 18 --template "a b.md" --model m'
    )
    assert named(tmp_path / "018_x.md", SettingOptions()).endswith("018_x.md")
    assert named(folder / "x.md", SettingOptions()).endswith("/x.md")


WHERE = ("--template", str(SMALL))


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that is named by the environment, so that commands are short."""
    monkeypatch.setenv("DRAFT_MODEL", "tiny")
    monkeypatch.setenv("DRAFT_TEMPLATE", str(SMALL))


@pytest.mark.usefixtures("here")
def test_a_drafts_end(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    """A draft ends with the document, its title, what it cost, and commands that work."""
    with ScriptedServer(plausible) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        ran = draft("bug: login timeout")
        commands = re.findall(
            r"^  draft (.+?)(?:  |$)", ran.err.partition("next:")[2], re.MULTILINE
        )
        codes = {line: draft(*shlex.split(line), *_sure(line)).code for line in commands}

    assert ran.out == "memory/design/001_login_timeout.md\n"
    assert re.search(r"^001_login_timeout\.md: \S", ran.err, re.MULTILINE)
    assert re.search(r'open questions? under "', ran.err)
    assert f"scripted for tiny at 127.0.0.1:{server.port}" in ran.err
    assert len(commands) >= 2
    assert set(codes.values()) <= {Exit.DONE, Exit.FINDINGS}, codes


def test_a_rejection_is_not_what_comes_next(
    draft: Draft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document that is ready is offered the next status on its way, not one that ends it."""
    template = tmp_path / "t.md"
    template.write_text("# [Title]\n\n- Status: {proposed | rejected | accepted}\n\n## Context\n")
    monkeypatch.setenv("DRAFT_MODEL", "tiny")
    with ScriptedServer(plausible) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        ran = draft("login timeout", "--template", str(template))

    assert "draft status 1 accepted" in ran.err
    assert "rejected" not in ran.err


def without_risks(request: Request) -> Reply:
    """Answer all but one section, which is refused for ever."""
    return Reply(refusal="No.") if "Task: Risks" in request.text else plausible(request)


def _sure(line: str) -> tuple[str, ...]:
    return ("--yes",) if "--force" in line else ()


@pytest.mark.usefixtures("here")
def test_an_unwritten_section_is_next(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing is the next thing to write, and --json names it as `list` counts it."""
    with ScriptedServer(without_risks) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        ran = draft("login timeout")
        body = json.loads(draft("login timeout", "--json", "--dir", "other").out)
        listed = json.loads(draft("list", "--json", "--dir", "other").out)

    assert "  draft fill 1   " in ran.err
    assert "--section Risks" not in ran.err
    assert "  draft fill 1 --section " in ran.err
    assert "draft suggest" not in ran.err
    assert len(body["unwritten"]) == listed["documents"][0]["unwritten"] > 0
    codes = [one["code"] for one in body["findings"]]
    assert codes.count("D201") == len(body["unwritten"])
    assert (body["model"], body["answered_by"]) == ("tiny", ["scripted"])


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("words", [("--quiet",), ("--json",)])
def test_who_wants_little_gets_no_commands(
    words: tuple[str, ...], draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --quiet nothing stands on stderr, and with --json no command does."""
    with ScriptedServer(plausible) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        ran = draft("login timeout", *words)

    assert "next:" not in ran.err
    assert ran.err == "" or words == ("--json",)


@pytest.mark.usefixtures("here")
def test_what_is_written_is_written_anew_by_force(
    draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks for one section that is written is told the way."""
    with ScriptedServer(plausible) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        draft("login timeout")
        title = next(
            s.title
            for s in load_document(
                Path("memory/design/001_login_timeout.md").read_bytes(), ""
            ).sections
            if s.level == 2
        )
        ran = draft("fill", "1", "--section", title, "--hint", "say why")

    assert f'hint: `draft fill 1 --section {quote_word(title)} --force --hint "say why"`' in ran.err


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("words", [("--json",), ("--output", "-"), ("--dry-run",)])
def test_what_is_not_saved_is_not_edited(words: tuple[str, ...], draft: Draft) -> None:
    """--edit with what saves nothing, or is for machines, is wrong usage, and asks nobody."""
    with ScriptedServer(plausible) as server:
        ran = draft("x", "--edit", "--base-url", server.url, *words)

    assert (ran.code, server.every_request) == (Exit.USAGE, ())
    assert "--edit" in ran.err


@pytest.mark.usefixtures("here")
def test_the_journal_knows_who_answered(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is not finished keeps the name by which the server said it answered."""
    with ScriptedServer(without_risks) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        draft("login timeout")
        again = draft("login timeout", "--dir", "other")

    journals = [p.read_text() for p in Path(os.environ["XDG_STATE_HOME"]).rglob("*.jsonl")]
    (kept,) = [text for text in journals if '"login timeout"' in text and "other" not in text]
    assert json.dumps({"id": "@model", "text": "scripted"}) in kept
    assert again.code == Exit.FINDINGS


def test_a_server_that_says_the_key_as_its_name(
    draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that a server gives as its model's name is in no output and no file."""
    key = "sk-very-secret-0123456789"
    monkeypatch.setenv("OPENAI_API_KEY", key)

    def script(request: Request) -> Reply:
        text = plausible(request).text
        choice = {"message": {"content": text}, "finish_reason": "stop"}
        return Reply(raw=json.dumps({"model": f"x {key}", "choices": [choice]}).encode())

    with ScriptedServer(script) as server:
        ran = draft("login timeout", "--json", "--base-url", server.url, "--model", "m", *WHERE)

    assert key not in ran.out + ran.err
    assert json.loads(ran.out)["answered_by"] == ["x [key]"]
    files = [path for path in Path(os.environ["HOME"]).rglob("*") if path.is_file()]
    assert not [path for path in files if key.encode() in path.read_bytes()]


def test_a_diff_that_is_asked_about_is_not_wrapped(shown: Callable[..., list[str]]) -> None:
    """A diff before a question keeps its lines, however long, and commands no terminal."""
    text = f"--- x\n+++ x\n@@ -1 +1 @@\n-{'long ' * 30}\n+\x1b[31mx\n"

    lines = shown(40, lambda: print_proposal(text, MANNER))
    assert lines[1:6] == ["--- x", "+++ x", "@@ -1 +1 @@", f"-{'long ' * 30}", "+\ufffd[31mx"]
    assert shown(40, lambda: print_proposal(text, OutputStyle(quiet=True))) == []


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 200])
@pytest.mark.parametrize(
    "title",
    [
        "A heading of a great many words, which is wider than most terminals are, and goes on",
        "Über 見出し 長い 見出し 見出し 見出し 見出し 見出し 見出し 見出し 見出し 見出し",
        "What $(touch x) and `id` do",
        'It\'s "quoted" here, and a \\ ends it \\',
        "!bang !! #hash ~home *?[x] a;b|c&d",
    ],
)
def test_a_command_means_the_same_however_narrow(
    columns: int, title: str, shown: Callable[..., list[str]]
) -> None:
    """A command that is pasted from a terminal means what it says: no line ends within quotes."""
    words = ("draft", "fill", "7", "--section", title, "--force", "--template", "my docs/t e.md")
    step = NextStep(command=" ".join(map(quote_word, words)), why="x")

    head, *lines, _ = shown(columns, lambda: show_next_steps((step,), MANNER))

    assert head == "next:"
    assert tuple(shlex.split("\n".join(lines).replace("\\\n", " "))) == words
