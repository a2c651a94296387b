"""The words of prompts and completions."""

from assistant.llm.model import Prompt, Usage, allow_another_attempt


def test_a_sum_of_usages() -> None:
    """All numbers add up, and a sum with one estimate in it is an estimate."""
    one = Usage(prompt=10, completion=2, cached=5, wasted=1)
    other = Usage(prompt=1, completion=1, cached=1, wasted=1, requests=3, estimated=True)

    total = one + other

    assert total == Usage(prompt=11, completion=3, cached=6, wasted=2, requests=4, estimated=True)
    assert not (one + one).estimated


def test_who_hears_of_failures_is_no_part_of_a_prompt() -> None:
    """Two prompts that ask for the same are equal, whoever hears of their failures."""
    one = Prompt(label="a", messages=(), max_tokens=1)
    other = Prompt(label="a", messages=(), max_tokens=1, allow_retry=lambda _: False)

    assert one == other
    assert one.allow_retry is allow_another_attempt
