"""Addresses and keys."""

import pytest

from assistant.errors import DraftError, Exit
from assistant.server import Server, check_base_url, check_key, is_loopback, scrubbed


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
        ("http://localhost.example.com/v1", False),
        ("http://127.0.0.1.example.com/v1", False),
        ("http://10.0.0.1/v1", False),
        ("http://[::1/v1", False),
    ],
)
def test_loopback(address: str, *, expected: bool) -> None:
    """Loopback is this machine, and nothing that merely looks like it."""
    assert is_loopback(address) == expected


def test_good_key() -> None:
    """Blanks and a line end around a key are dropped."""
    assert check_key(" sk-abc\n") == "sk-abc"


@pytest.mark.parametrize("key", ["sk-a bc", "sk-a\nX: y", "sk-ä", "sk-\x00", "sk-\u200b1"])
def test_bad_key(key: str) -> None:
    """A key that cannot be a header is wrong usage, and is not printed."""
    with pytest.raises(DraftError) as caught:
        check_key(key)

    assert caught.value.exit_code == Exit.USAGE
    assert "sk-" not in str(caught.value)


def test_key_not_shown() -> None:
    """A server's representation does not hold its key."""
    assert "secret" not in repr(Server(base_url="http://a/v1", api_key="secret"))


@pytest.mark.parametrize(
    "text",
    [
        "bad key secret-abcdef-123456!",
        "bad key secret-abc***********456",
        "bad key 'abcdef-123456'",
        "Bearer secret-abcdef-123456",
        "bad\x1b[31m key\nsecret-abcdef-123456",
    ],
)
def test_scrubbed(text: str) -> None:
    """Neither the key nor a good part of it nor a control character stays in foreign text."""
    clean = scrubbed(text, "secret-abcdef-123456")

    assert "abc" not in clean
    assert "123456" not in clean
    assert clean.isprintable()
