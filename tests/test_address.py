"""Addresses, and what the environment says of connections to them: proxies and certificates."""

import asyncio
import os
from pathlib import Path
from typing import cast

import pytest

from assistant.address import check_base_url, find_proxy, format_host, is_loopback
from assistant.errors import DraftError, Exit
from assistant.llm.failures import FailedAttempt, FailureReporter
from assistant.llm.server import Server
from assistant.llm.transport import Transport
from tests.support.asking import ask
from tests.support.scripted import always

URL = "https://llm.invalid/v1"
_KINDS = ("HTTP", "HTTPS", "ALL", "NO")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test meet the proxies of whoever runs it."""
    for kind in _KINDS:
        for name in (f"{kind}_PROXY", f"{kind}_PROXY".lower()):
            monkeypatch.delenv(name, raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


def failed(url: str) -> DraftError:
    """What a request comes to that cannot succeed."""

    async def run() -> None:
        server = Server(base_url=url, api_key="k-0123456789")
        transport = Transport(server, model="m")
        try:
            await transport.list_models(seconds=60.0)
        finally:
            await transport.close()

    with pytest.raises((DraftError, FailedAttempt)) as caught:
        asyncio.run(run())
    error = caught.value
    return error.error if isinstance(error, FailedAttempt) else cast("DraftError", error)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ALL_PROXY", "socks5://127.0.0.1:1080", "socksio"),
        ("ALL_PROXY", "socks5h://user:secret@127.0.0.1:1080", "socksio"),
        ("all_proxy", "socks://127.0.0.1:1080/", "of the kind socks://"),
        ("HTTPS_PROXY", "socks4://127.0.0.1", "of the kind socks4://"),
        ("https_proxy", "ftp://secret@a", "of the kind ftp://"),
        ("HTTPS_PROXY", "http://[::1", "no address"),
    ],
)
def test_a_proxy_that_cannot_be_used(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused with the variable's name and the way out, and without what it holds."""
    monkeypatch.setenv(name, value)

    error = failed(URL)

    assert (error.exit_code, error.where) == (Exit.USAGE, name)
    assert said in error.message
    assert "secret" not in str(error)
    assert "NO_PROXY" in error.hint


@pytest.mark.parametrize("content", [None, "no certificate", "folder"])
def test_certificates_that_cannot_be_read(
    content: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A file of certificates that is not there, is none or a folder is named with its variable."""
    file = tmp_path / "ca.pem"
    if content == "folder":
        file.mkdir()
    elif content:
        file.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))

    error = failed(URL)

    assert (error.exit_code, error.where) == (Exit.USAGE, "SSL_CERT_FILE")
    assert str(file) in error.message


@pytest.mark.parametrize(
    "environ",
    [
        {"ALL_PROXY": "socks5://127.0.0.1:1080", "NO_PROXY": "127.0.0.1"},
        {"ALL_PROXY": "socks5://127.0.0.1:1080"},
        {"HTTPS_PROXY": "socks5://127.0.0.1:1080"},
        {"SSL_CERT_FILE": "/none"},
    ],
)
def test_what_is_not_for_the_server(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken proxy, or certificates, that a server has nothing to do with are no matter."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert ask(always("It is said.")).completions[0].text == "It is said."


def test_a_server_past_a_broken_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server elsewhere that NO_PROXY names is asked, whatever the proxy is."""
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    monkeypatch.setenv("NO_PROXY", "llm.invalid")

    error = failed(URL)

    assert error.code == "unreachable"
    assert "proxy" not in error.hint


@pytest.mark.parametrize(
    ("environ", "variable"),
    [
        ({}, ""),
        ({"HTTP_PROXY": "http://p"}, ""),
        ({"HTTPS_PROXY": "http://p"}, "HTTPS_PROXY"),
        ({"https_proxy": "http://p", "ALL_PROXY": "http://q"}, "https_proxy"),
        ({"ALL_PROXY": "http://q"}, "ALL_PROXY"),
        ({"ALL_PROXY": "http://q", "NO_PROXY": "*"}, ""),
        ({"ALL_PROXY": "http://q", "no_proxy": ".invalid"}, ""),
    ],
)
def test_whose_proxy(
    environ: dict[str, str], variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable that is named is the one that holds for the address."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)

    assert find_proxy(URL)[0] == variable


def test_an_unreachable_server_says_through_what(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that failed through a proxy names its variable; a bad certificate is final."""
    report = FailureReporter(base_url=URL, api_key="k", model="m")
    monkeypatch.setenv("HTTPS_PROXY", "http://p:1")
    through = report.explain_unreachable("refused")
    monkeypatch.setenv("SSL_CERT_FILE", os.devnull)
    untrusted = report.explain_unreachable("certificate verify failed")

    assert through.again
    assert "HTTPS_PROXY" in through.error.hint
    assert not untrusted.again
    assert "SSL_CERT_FILE says which are trusted" in untrusted.error.hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" https://api.openai.com/v1/ ", "https://api.openai.com/v1"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("http://bücher.example/v1", "http://bücher.example/v1"),
    ],
)
def test_good_address(text: str, expected: str) -> None:
    """A good address comes back without blanks and last slash."""
    assert check_base_url(text) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("not a url", "white space"),
        ("localhost:8080", "http://"),
        ("ftp://host/v1", "http://"),
        ("http:///v1", "no host"),
        ("http://host:99999/v1", "port"),
        ("http://host:0/v1", "port"),
        ("http://host:abc/v1", "port"),
        ("http://[::1/v1", "host"),
        ("http://ho<st/v1", "host"),
        ("http://a..b/v1", "host"),
        ("http://me:hunter2@host/v1", "password"),
        ("http://me:hun/ter2@host/v1", "port|password"),
        ("http://host/v1?key=hunter2", "query"),
        ("http://me:hunter2@host:abc/v1", "port|password"),
        ("http://host/v1/chat/completions", "leave out /chat/completions"),
    ],
)
def test_bad_address(text: str, problem: str) -> None:
    """A bad address is wrong usage that says what is wrong and shows no password."""
    with pytest.raises(DraftError, match=problem) as caught:
        check_base_url(text)

    assert (caught.value.code, caught.value.exit_code) == ("bad-base-url", Exit.USAGE)
    assert "hun" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://localhost:1/v1", True),
        ("http://LOCALHOST./v1", True),
        ("http://127.9.9.9/v1", True),
        ("http://[::1]/v1", True),
        ("http://[::ffff:127.0.0.1]/v1", True),
        ("http://0.0.0.0:8000/v1", True),
        ("http://api.localhost/v1", True),
        ("https://[::]:8000/v1", True),
        ("http://localhost.example.com/v1", False),
        ("http://notlocalhost/v1", False),
        ("http://127.0.0.1@example.com/v1", False),
        ("http://example.com\\@127.0.0.1/v1", False),
        ("http://example.com#@127.0.0.1/v1", False),
        ("http://0x7f.1/v1", False),
        ("http://2130706433/v1", False),
        ("127.0.0.1:8080", False),
        ("ftp://127.0.0.1/v1", False),
        ("http://\u2113ocalhost/v1", False),
        ("http://127.0.0.1.example.com/v1", False),
        ("http://10.0.0.1/v1", False),
        ("http://[::1/v1", False),
    ],
)
def test_loopback(address: str, *, expected: bool) -> None:
    """Loopback is this machine, and nothing that merely looks like it."""
    assert is_loopback(address) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://api.openai.com/v1", "api.openai.com"),
        ("http://127.0.0.1:8080/v1", "127.0.0.1:8080"),
        ("http://[::1]:8080/v1", "[::1]:8080"),
    ],
)
def test_host(address: str, expected: str) -> None:
    """A person is told a server's host, and its port where it has one of its own."""
    assert format_host(address) == expected
