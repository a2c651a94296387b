"""Tokens without a network."""

import pytest

from assistant.llm.tokens import TokenCounter, overestimate_tokens, shorten_to_fit


def test_known_model_is_counted() -> None:
    """A model that tiktoken knows is counted by its own encoding, offline."""
    count = TokenCounter("gpt-4o")

    assert not count.estimated
    assert count.count("hello world") == 2


def test_unknown_model_is_estimated() -> None:
    """A model that tiktoken does not know gets an estimate that says so."""
    assert TokenCounter("qwen2.5-coder-1.5b-instruct").estimated
    assert overestimate_tokens("four words and more") >= 4


def test_long_run_is_counted_in_linear_time() -> None:
    """A megabyte without a space is counted, and not for minutes."""
    assert TokenCounter("gpt-4o").count("a" * 1_000_000) > 1000


@pytest.mark.parametrize("room", [50, 200, 1000])
def test_fitted_text_keeps_its_ends(room: int) -> None:
    """A text that is too long keeps its beginning and end, and says what was left out."""
    count = TokenCounter()
    text = "begin " + "word " * 5000 + "finish"
    fitted = shorten_to_fit(text, room, count)

    assert overestimate_tokens(fitted) <= room
    assert fitted.startswith("begin ")
    assert fitted.endswith("finish")
    assert "characters left out" in fitted


def test_short_text_is_left_alone() -> None:
    """A text that fits is not touched."""
    assert shorten_to_fit("short", 10, TokenCounter()) == "short"
