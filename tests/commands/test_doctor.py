"""`draft doctor`: who would answer, whether they can, and where each setting comes from."""

import json
import os
import re
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.display.health import HealthCheck, HealthReport, format_health
from assistant.errors import Exit
from assistant.terminal.style import StreamLook
from tests.support.program import Draft, Ran
from tests.support.scripted import Reply, ScriptedServer, failure

KEY = "sk-very-secret-0123456789"
KNOWN: dict[str, object] = {"data": [{"id": "tiny"}, {"id": "tiny-2"}, {"id": "huge"}]}


def row(ran: Ran, name: str) -> str:
    """The line of a report about something, without its mark's colour."""
    found = re.search(rf"^  (?:ok|no)  {name} .*$", ran.out, re.MULTILINE)
    assert found, ran.out + ran.err
    return " ".join(found[0].split())


@pytest.fixture
def asked(draft: Draft) -> Callable[..., Ran]:
    """The report with a server that lists these models."""

    def run(models: dict[str, object] | None, *words: str, model: str = "tiny") -> Ran:
        with ScriptedServer(lambda _: failure(500, "asked"), models=models) as server:
            ran = draft("doctor", "--base-url", server.url, "--model", model, *words)
            assert server.requests == ()  # no completion is paid for
        return ran

    return run


def test_a_server_that_knows_the_model(asked: Callable[..., Ran]) -> None:
    """Where the server lists the model a draft can work, without a key on this machine."""
    ran = asked(KNOWN)

    assert (ran.code, ran.err) == (0, "")
    assert row(ran, "model") == "ok model tiny"
    assert row(ran, "server").endswith("on this machine, answers, and knows tiny")
    assert row(ran, "key") == "ok key OPENAI_API_KEY is not set"
    assert ran.out.endswith("A draft can work here.\n")


def test_a_server_that_does_not(asked: Callable[..., Ran]) -> None:
    """Where it lists others, none can, and the nearest names are told."""
    ran = asked(KNOWN, model="tiny-3")

    assert ran.code == Exit.FINDINGS
    assert row(ran, "server").startswith("no server")
    assert "It knows tiny-2, tiny, huge: name one with --model." in ran.out
    assert ran.out.endswith("No draft can work here.\n")


@pytest.mark.parametrize(
    "models", [None, {"data": []}, {"data": 3}, {"models": []}, {"data": [{"object": "model"}]}]
)
def test_a_server_without_a_list(
    models: dict[str, object] | None, asked: Callable[..., Ran]
) -> None:
    """A server that lists no models may answer all the same: that is said, and is no fault."""
    ran = asked(models)

    assert ran.code == 0
    assert "lists no models: whether it knows tiny is not known" in row(ran, "server")


def test_a_server_that_takes_any_name(asked: Callable[..., Ran]) -> None:
    """llama.cpp answers with the model it has, whatever it is asked for."""
    ran = asked({"data": [{"id": "qwen.gguf", "owned_by": "llamacpp"}]})

    assert ran.code == 0
    assert "answers with qwen.gguf" in row(ran, "server")


def test_a_closed_port(draft: Draft) -> None:
    """A server that is not there is told with what to do, and no draft can work."""
    ran = draft("doctor", "--base-url", "http://127.0.0.1:9/v1", "--model", "m")

    assert ran.code == Exit.FINDINGS
    assert "cannot be reached" in row(ran, "server")
    assert "--base-url" in ran.out


def test_a_server_that_says_nothing(draft: Draft) -> None:
    """A server that takes a connection and never answers is given up after a short while."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        ran = draft("doctor", "--base-url", f"http://127.0.0.1:{port}/v1", "--timeout", "2")

    assert ran.code == Exit.FINDINGS
    assert "sent nothing for 2 seconds" in row(ran, "server")


def test_a_key_is_never_shown(asked: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether there is a key is told, and never the key, whatever names it has elsewhere."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("DRAFT_LANGUAGE", KEY)
    ran = asked({"data": [{"id": KEY}]})
    body = asked({"data": [{"id": KEY}]}, "--json").out

    assert row(ran, "key") == "ok key OPENAI_API_KEY is set"
    assert "set  [environment OPENAI_API_KEY]" in ran.out
    assert KEY not in ran.out + body


@pytest.mark.parametrize(
    ("key", "words"), [("", "needs a key"), ("sk-a b", "The key holds white space")]
)
def test_a_key_that_will_not_do(
    key: str, words: str, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server elsewhere wants a key that can be sent; it is not asked without one."""
    monkeypatch.setenv("OPENAI_API_KEY", key)
    ran = draft("doctor", "--base-url", "https://example.invalid/v1")

    assert ran.code == Exit.FINDINGS
    assert words in row(ran, "key")
    assert ran.out.count(" key ") >= 1


def test_a_server_that_only_the_project_names(
    draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key is not sent where only a project's file says so, and that is what is told."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with ScriptedServer(lambda _: failure(500, "asked"), models=KNOWN) as server:
        Path(".draft.toml").write_text('base-url = "https://example.invalid/v1"\n')
        refused = draft("doctor")
        Path(".draft.toml").write_text(f'base-url = "{server.url}"\nmodel = "tiny"\n')
        own = draft("doctor")
        sent = [request.headers.get("authorization") for request in server.every_request]

    assert refused.code == Exit.FINDINGS
    assert "the project wants your key sent to" in row(refused, "server")
    assert "not sent to a server that only the project names" in row(refused, "key")
    assert "[project .draft.toml]" in refused.out
    assert (own.code, sent) == (0, ["Bearer none"])
    assert "not sent: only the project names the server" in row(own, "key")


def test_where_each_setting_comes_from(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each setting is told with its value and the place that says it."""
    monkeypatch.setenv("DRAFT_LANGUAGE", "de")
    Path(".draft.toml").write_text('dir = "docs"\ntimeout = 9\nlanguage = "fr"\nauthor = "A"\n')
    body = json.loads(draft("doctor", "--json", "--concurrency", "3").out)

    said = {one["name"]: (one["value"], one["source"], one["where"]) for one in body["settings"]}
    assert said["dir"] == ("docs", "project", ".draft.toml")
    assert said["timeout"] == ("9", "project", ".draft.toml")
    assert said["language"] == ("de", "environment", "DRAFT_LANGUAGE")
    assert said["concurrency"] == ("3", "option", "--concurrency")
    assert said["max-tokens-total"][1:] == ("default", "")
    assert said["key"] == ("not set", "default", "")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("--template", "none.md"), "template"),
        (("--dir", "file"), "folder"),
        (("--model", "none.gguf"), "model"),
        (("--base-url", "nonsense"), "server"),
    ],
)
def test_what_is_in_the_way(words: tuple[str, ...], name: str, draft: Draft) -> None:
    """A template, folder, file or address that will not do is told as what it is."""
    Path("file").write_text("x")
    where = () if words[0] in ("--model", "--base-url") else ("--base-url", "http://127.0.0.1:9/v1")
    ran = draft("doctor", *words, *where)

    assert ran.code == Exit.FINDINGS
    assert row(ran, name).startswith("no ")


@pytest.mark.parametrize("text", ["modle = 1", "= broken", "concurrency = 0"])
def test_a_configuration_with_mistakes(text: str, draft: Draft) -> None:
    """A configuration that will not do is told with its file, in place of all the rest."""
    Path(".draft.toml").write_text(text)
    ran = draft("doctor")

    assert ran.code == Exit.FINDINGS
    assert ".draft.toml" in row(ran, "settings")


@pytest.mark.skipif(sys.platform != "linux", reason="the folder has another name elsewhere")
def test_prices_with_nonsense_stop_nothing(asked: Callable[..., Ran]) -> None:
    """What is wrong with the prices is told with file and key, and a draft works all the same."""
    file = Path(os.environ["XDG_CONFIG_HOME"]) / "draft" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text("[prices.tiny]\ninput = 'x'\noutput = 1\n")
    ran = asked(KNOWN)

    assert ran.code == 0
    assert "`input` must be a number" in row(ran, "prices")
    assert f"[user {file}]" in ran.out


def test_nothing_is_written(asked: Callable[..., Ran], tmp_path: Path) -> None:
    """A report writes nothing, neither the folder nor anything in it."""
    assert "not there yet" in row(asked(KNOWN), "folder")
    assert list(tmp_path.iterdir()) == []


def test_what_the_embedded_model_needs(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the embedded model can run is told; it is in the way only where it would answer."""
    monkeypatch.setattr(
        "assistant.llm.local.requirement.list_requirements", lambda _=None: (LACKING,)
    )
    embedded = draft("doctor")
    other = draft("doctor", "--base-url", "http://127.0.0.1:9/v1", "--quiet")

    assert embedded.code == Exit.FINDINGS
    assert row(embedded, "memory") == "no memory 0.1 GB free"
    assert "close other programs" in embedded.out
    assert "memory" not in other.out


class LACKING:
    """A machine with too little memory."""

    name, ok, detail, hint = "memory", False, "0.1 GB free", "close other programs"


@pytest.mark.parametrize("columns", [39, 79, 119])
def test_lines_fit(columns: int) -> None:
    """No line is wider than the terminal, and none ends in mid-word."""
    long = "words that go on and on " * 9
    checks = (
        HealthCheck(group="Model", name="server", ok=False, detail=long, hint=f"{long}\nand so"),
    )

    lines = list(format_health(HealthReport(checks=checks), StreamLook(columns=columns)))
    assert max(map(len, lines)) <= columns
    assert set(" ".join(lines).split()) <= {
        *long.split(),
        "so",
        "server",
        "no",
        "Model",
        "No",
        "draft",
        "can",
        "work",
        "here.",
    }


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(raw=b"<!doctype html><p>Login"), "is no list of models. It starts: <!doctype html>"),
        (Reply(status=302, headers={"Location": "/login"}, raw=b""), "elsewhere (302): to /login"),
        (failure(401, "no"), "The server wants a key (401): no"),
    ],
)
def test_an_address_that_is_no_api(reply: Reply, words: str, draft: Draft) -> None:
    """What answers in place of an API is said, and no draft can work with it."""
    with ScriptedServer(models=reply) as server:
        ran = draft("doctor", "--base-url", server.url)

    assert ran.code == Exit.FINDINGS
    assert words in row(ran, "server")


def test_a_list_that_is_not_there_may_be_a_wrong_address(draft: Draft) -> None:
    """Where a server has no list at an address without /v1, that is what to look at first."""
    with ScriptedServer(models=Reply(status=404, raw=b"404 page not found")) as server:
        ran = draft("doctor", "--base-url", server.url.removesuffix("/v1"))

        plain = draft("doctor", "--base-url", server.url)

    assert (ran.code, plain.code) == (Exit.DONE, Exit.DONE)
    assert "it usually ends in /v1" in ran.out
    assert "That is a plain 404: check that an OpenAI-compatible server is there." in plain.out


def test_a_name_as_long_as_a_path_is_known(asked: Callable[..., Ran]) -> None:
    """A model whose name is a long path is known where the server lists it."""
    name = f"/models/{'a' * 300}/m"

    assert asked({"data": [{"id": name}, {"id": "other"}]}, model=name).code == Exit.DONE


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 100])
def test_what_goes_on_has_its_column(columns: int) -> None:
    """At 60 columns and more all that is said of a thing stands in one column, hints too."""
    words = "some words that go on and on until there is no more place for them in the line"
    one = HealthCheck(group="Model", name="server", ok=False, detail=words, hint=words)

    lines = list(format_health(HealthReport(checks=(one,)), StreamLook(columns=columns)))[1:-2]

    assert max(map(len, lines)) <= columns
    starts = {len(line) - len(line.lstrip()) for line in lines[1:]}
    assert columns < 60 or starts == {lines[0].index("some")}
