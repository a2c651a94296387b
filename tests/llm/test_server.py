"""Addresses and keys."""

import json

import pytest

from assistant.errors import DraftError, Exit
from assistant.llm.server import (
    Server,
    advise_model,
    check_key,
    find_nearest_models,
    knows_model,
    mask_begun_key,
    mask_key,
    read_model_names,
    scrub_text,
)

KEY = "sk-Very-Secret-Key-0123456789abcdef"


def test_names_nearest_first() -> None:
    """A model that a server lacks is answered with those of its names that are most like it."""
    names = ("whisper-1", "gpt-6.1-terra", "gpt-6.1-sol", "tts-1", "gpt-6-astra", "o9", "gpt-6.1")

    nearest = ("gpt-6.1-terra", "gpt-6-astra", "gpt-6.1")
    assert find_nearest_models("gpt-6.1-tera", names, most=3) == nearest
    assert advise_model("gpt-6.1-tera", names, "").startswith(
        "It knows gpt-6.1-terra, gpt-6-astra, "
    )
    assert advise_model("gpt-6.1-tera", names, "").endswith(" and 2 more: name one with --model.")
    assert advise_model("x", (), "") == ""


@pytest.mark.parametrize("name", ["llama3", "llama3:latest", "gemini-9"])
def test_a_name_is_known_with_what_servers_add_to_it(name: str) -> None:
    """A name is known where a server lists it with a tag or a folder of its own."""
    assert knows_model(("llama3:latest", "models/gemini-9"), name)
    assert not knows_model(("llama3:latest", "models/gemini-9"), f"{name}x")


@pytest.mark.parametrize("content", [b"", b"[]", b"<html>", b'{"data": 1}', b'{"data": [1, {}]}'])
def test_what_is_no_list_of_models_names_none(content: bytes) -> None:
    """Whatever a server sends in place of its list of models, there are no names in it."""
    assert read_model_names(content) == ()


def test_only_names_that_can_be_typed_are_offered() -> None:
    """A name that is not printed as it is, is counted and not offered; each is known all the same.

    A blank name is none.
    """
    path = f"/models/{'a' * 300}"
    listed = {"data": [{"id": one} for one in ("ok", "a\x1b[31mb", "c\nd", " ", path, KEY)]}
    names = read_model_names(json.dumps(listed).encode())

    assert knows_model(names, path)
    assert " " not in names
    assert advise_model("x", names, KEY) == "It knows ok and 4 more: name one with --model."


SPELLINGS = (
    KEY,
    f"{KEY[:9]}\u200b{KEY[9:]}",
    f"{KEY[:9]}\x00{KEY[9:]}",
    f"{KEY[:9]} {KEY[9:]}",
    f"{KEY[:9]}\n{KEY[9:]}",
    f"{KEY[:9]}**{KEY[9:]}",
    KEY.replace("-", "\\-"),
    KEY.replace("-", "&#45;"),
    KEY.replace("-", "&#x2D;"),
    KEY.replace("-", "%2d"),
    "".join(f"\\u{ord(one):04x}" for one in KEY),
    "".join(f"\\u{ord(one):04X}" for one in KEY),
    "\u2060".join(KEY),
)


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_a_key_is_masked_however_it_is_spelled(spelled: str) -> None:
    """A key that is split or escaped is read as the key, so it is masked as the key."""
    assert mask_key(f"it is {spelled}.", KEY) == "it is [key]."
    assert mask_begun_key(f"it is {spelled}.", KEY) == "it is [key]."
    assert "[key]" in scrub_text(f"it is {spelled}.", KEY)
    for ascii_only in (True, False):
        said = json.dumps({"a": f"\\ {spelled}."}, ensure_ascii=ascii_only)
        assert json.loads(mask_key(said, KEY)) == {"a": "\\ [key]."}


@pytest.mark.parametrize("key", ["a\\b-c_d*e~f`g-0123", "________________1", "token-abc123"])
def test_every_key_is_masked(key: str) -> None:
    """Whatever characters a key has, it is masked; one as short as a password too."""
    assert mask_key(f"it is {key}.", key) == "it is [key]."


@pytest.mark.parametrize("word", ["none", "ollama", "lm-studio", "not-needed"])
def test_a_word_in_place_of_a_key_is_a_word(word: str) -> None:
    """What some servers want as a key is no secret, and stays where a text says it."""
    assert mask_key(f"it is {word}.", word) == f"it is {word}."


def test_a_key_that_is_still_coming_is_masked() -> None:
    """Of a key in the midst of a stream no more than a few characters are shown."""
    for end in range(len(KEY) + 1):
        shown = mask_begun_key(f"The key is {KEY[:end]}", KEY)
        assert len(shown) < len("The key is ") + 8
    assert mask_begun_key("The key is sk-other-thing", KEY) == "The key is sk-other-thing"


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


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ('"sk-abc-0123"', "in quotes"),
        ("'sk-abc-0123'", "in quotes"),
        ("Bearer sk-abc-0123", "begins with Bearer"),
        ("sk-abc 0123", "white space"),
    ],
)
def test_what_is_wrong_with_a_key(key: str, words: str) -> None:
    """A key with what belongs to its file or its header is told so, and not sent."""
    with pytest.raises(DraftError, match=words):
        check_key(key)


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
    clean = scrub_text(text, "secret-abcdef-123456")

    assert "abc" not in clean
    assert "123456" not in clean
    assert clean.isprintable()
