"""Connections to a server, and the library behind them, which runs as late as it can."""

import asyncio
import errno
import os
import socket
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from assistant.errors import DraftError, Exit
from assistant.llm.client import Client
from assistant.llm.failures import FailedAttempt
from assistant.llm.server import Server
from assistant.llm.transport import Transport, defer_package
from tests.support.asking import KEY, PROMPT, Heard, ask
from tests.support.scripted import Reply, ScriptedServer, always


def test_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key none is sent, also not one that the environment holds."""
    monkeypatch.setenv("OPENAI_API_KEY", "env-key")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "env-key")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: env-key\nX-Key: env-key")

    [request] = ask(always("a"), key="").requests

    assert "env-key" not in str(request.headers)
    assert "authorization" not in request.headers


def test_custom_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key in the library's environment does not replace the one that was given."""
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: env-key")

    [request] = ask(always("a")).requests

    assert request.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_no_proxy_for_loopback(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A proxy in the environment never sees a request to loopback."""
    with ScriptedServer(always("from the proxy")) as proxy:
        monkeypatch.setenv(name, proxy.url.removesuffix("/v1"))

        asked = ask(always("direct"))

    assert asked.completions[0].text == "direct"
    assert not proxy.every_request


def test_loopback_is_not_left() -> None:
    """A server on this machine cannot send a prompt on to another one."""
    with ScriptedServer(always("It is said.")) as other:
        there = f"{other.url}/chat/completions"
        reply = Reply(status=307, headers={"Location": there}, raw=b"")
        with pytest.raises(DraftError) as caught:
            ask(lambda _: reply)

    assert caught.value.code == "not-an-api"
    assert other.every_request == ()


def test_impossible_host() -> None:
    """A host that only the library finds wrong is wrong usage."""
    client = Client(Server(base_url="http://\u00b2/v1", api_key=KEY), model="m", watcher=Heard())

    with pytest.raises(DraftError) as caught:
        asyncio.run(client.complete(PROMPT))

    assert (caught.value.code, caught.value.exit_code) == ("bad-base-url", Exit.USAGE)


def test_why_a_server_cannot_be_reached() -> None:
    """A port that nobody listens on is said in the system's words."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = Server(base_url=f"http://127.0.0.1:{free.getsockname()[1]}/v1", api_key=KEY)
    transport = Transport(server, model="tiny")

    async def list_models() -> None:
        try:
            await transport.list_models()
        finally:
            await transport.close()

    with pytest.raises(FailedAttempt, match=os.strerror(errno.ECONNREFUSED)):
        asyncio.run(list_models())


RAN = "import sys\nsys.ran = getattr(sys, 'ran', []) + [__name__]\n"


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The modules that ran so far of a package with another one inside of it."""
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "outer" / "__init__.py").write_text(RAN + "from outer import inner\nname = 1\n")
    (inner / "__init__.py").write_text(RAN + "from outer.inner.leaf import leaf\n")
    (inner / "leaf.py").write_text(RAN + "leaf = 2\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    seen: list[str] = []
    monkeypatch.setattr(sys, "ran", seen, raising=False)

    class Seen:
        """What `sys.ran` is by now."""

        def __iter__(self) -> Iterator[str]:
            return iter(sys.ran)  # type: ignore[attr-defined]

    yield Seen()  # type: ignore[misc]
    for name in [name for name in sys.modules if name.partition(".")[0] == "outer"]:
        del sys.modules[name]


def test_nothing_runs_before_it_is_needed(ran: list[str]) -> None:
    """A package imported in the block has not run; the first name that it lacks runs it."""
    with defer_package("outer.inner"):
        outer = import_module("outer")
    assert list(ran) == ["outer"]

    assert outer.inner.leaf == 2
    assert list(ran) == ["outer", "outer.inner", "outer.inner.leaf"]
    with pytest.raises(AttributeError):
        _ = outer.inner.nothing


def test_a_module_inside_runs_alone(ran: list[str]) -> None:
    """A module of a package that has not run can be imported, and leaves the package as it is."""
    with defer_package("outer"):
        leaf = import_module("outer.inner.leaf")

    assert leaf.leaf == 2
    assert list(ran) == ["outer.inner.leaf"]


def test_other_imports_are_as_ever(ran: list[str]) -> None:
    """Outside of the block, and for other packages in it, nothing is put off."""
    before = list(sys.meta_path)
    with defer_package("another"):
        import_module("outer")

    assert list(ran) == ["outer", "outer.inner", "outer.inner.leaf"]
    assert sys.meta_path == before
