"""Bodies of requests, and the parameters that a server may refuse."""

import json
from dataclasses import replace

import pytest

from assistant.llm.model import Message, Prompt
from assistant.llm.payload import (
    DRY_SETTINGS,
    Parameters,
    build_skeleton,
    find_refused_parameter,
)

PROMPT = Prompt(label="goals", messages=(Message(role="user", content="Say it."),), max_tokens=50)
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
ASKING_DATA = replace(PROMPT, schema=json.dumps(SCHEMA))
ALL = Parameters(temperature=0.3)


def build(parameters: Parameters, prompt: Prompt = PROMPT) -> dict[str, object]:
    """Return the body of a request as a server reads it."""
    body: dict[str, object] = json.loads(parameters.build_body("tiny", prompt))
    return body


def test_a_body_has_what_the_server_takes() -> None:
    """A parameter without a value is not sent, and a limit goes by the name that it has there."""
    none = Parameters(format="", limit="", stream_options=False)

    assert set(build(none)) == {"model", "messages", "stream"}
    assert build(replace(none, limit="max_completion_tokens"))["max_completion_tokens"] == 50


def test_only_llama_gets_a_grammar() -> None:
    """Ends, grammar and DRY sampler are in a body for llama.cpp alone, and where there are any."""
    prompt = replace(PROMPT, stop=("\n#",), grammar='root ::= "a"', dry=True)
    extra = {"stop", "grammar", *DRY_SETTINGS}

    assert extra <= set(build(replace(ALL, llama=True), prompt))
    assert not extra & set(build(ALL, prompt))
    assert not extra & set(build(replace(ALL, llama=True)))


@pytest.mark.parametrize(
    ("text", "param", "expected"),
    [
        ("'temperature' is not supported", "", "temperature"),
        ("use max_completion_tokens in place of max_tokens", "", "limit"),
        ("temperature is wrong", "stream_options", "stream_options"),
        ("Structured Output is not supported", "", "format"),
        ("no such thing", "", ""),
    ],
)
def test_what_a_refusal_is_about(text: str, param: str, expected: str) -> None:
    """A refusal is about the parameter that it names, else about the first in its message."""
    assert find_refused_parameter(text, param) == expected


def test_a_format_is_given_up_by_steps() -> None:
    """A schema that is refused becomes plain JSON, and that becomes nothing but the prompt."""
    second = ALL.without("format", ALL, formatted=True)
    assert second == replace(ALL, format="json_object")
    third = second.without("format", second, formatted=True)
    assert third == replace(ALL, format="")

    assert third.without("format", third, formatted=True) is None


def test_both_names_of_the_limit_are_tried() -> None:
    """A limit that is refused is sent by its other name, and then not at all."""
    other = ALL.without("limit", ALL, formatted=False)
    assert other == replace(ALL, limit="max_completion_tokens", swapped=True)

    assert other.without("limit", other, formatted=False) == replace(other, limit="")


def test_a_refusal_that_others_had_before() -> None:
    """A request that was sent before the parameters changed is sent again with the new ones."""
    now = replace(ALL, limit="max_completion_tokens", swapped=True)

    assert now.without("limit", ALL, formatted=False) == now


@pytest.mark.parametrize("refused", ["format", "temperature", "stream_options"])
def test_a_refusal_of_what_was_not_sent(refused: str) -> None:
    """Where a request held no such parameter, there is nothing to leave out."""
    sent = Parameters(stream_options=False)

    assert sent.without(refused, sent, formatted=False) is None


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (ALL, ""),
        (replace(ALL, temperature=None), "does not take temperature: left out from now on."),
        (replace(ALL, limit="max_x"), "does not take max_tokens: max_x is sent instead from now"),
        (replace(ALL, format="json_object"), "response_format json_schema: json_object is sent"),
    ],
)
def test_a_change_is_a_sentence(now: Parameters, expected: str) -> None:
    """A person is told what the server does not take, and what it is sent instead."""
    said = now.describe_change(ALL)

    assert expected in said
    assert bool(said) is (now != ALL)


def test_form_of_a_schema() -> None:
    """A schema's form has every key, one item for each list, and the values of an enumeration."""
    level = {"type": "string", "enum": ["High", "Low"]}
    row = {"type": "object", "properties": {"risk": {"type": "string"}, "impact": level}}
    whole = {"type": "object", "properties": {"rows": {"type": "array", "items": row}}}

    assert build_skeleton(whole) == {"rows": [{"risk": "...", "impact": "High | Low"}]}
