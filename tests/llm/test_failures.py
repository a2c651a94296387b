"""Why attempts fail: what is read of a server's errors and headers, and what a person is told."""

import json
from collections.abc import Mapping

import pytest

from assistant.errors import Exit
from assistant.llm.failures import (
    FailureReporter,
    read_allowance,
    read_duration,
    read_error_body,
    read_error_status,
    read_retry_after,
)

KEY = "sk-very-secret-abcdefwxyz"
REPORT = FailureReporter(base_url="http://me:hunter2@127.0.0.1:8080/v1", api_key=KEY, model="tiny")


@pytest.mark.parametrize(
    ("body", "message", "param"),
    [
        ({"error": {"message": "no", "param": "seed", "code": "c", "type": "t"}}, "no", "seed"),
        ({"error": "no"}, "no", ""),
        ({"object": "error", "message": "no"}, "no", ""),
        ({"detail": [{"loc": ["body", "a"], "msg": "no", "input": {"b": 1}}]}, "no", "body.a"),
    ],
)
def test_forms_of_an_error(body: object, message: str, param: str) -> None:
    """The message and the parameter are found in each form that servers have for an error."""
    found = read_error_body(json.dumps(body).encode())

    assert (found.message, found.param, found.is_api) == (message, param, True)


@pytest.mark.parametrize("text", ["", "<html>no</html>", "[1]", '{"hello": 1}', "[" * 10_000])
def test_what_is_no_error_of_an_api(text: str) -> None:
    """Of anything else the message is the whole text, and its words are not relied on."""
    found = read_error_body(text.encode())

    assert (found.message, found.is_api) == (text, False)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ({"code": 502}, 502),
        ({"status": "429"}, 429),
        ({"code": "context_length_exceeded"}, 0),
        ({"code": 200}, 0),
        ({"code": 600}, 0),
        ({}, 0),
        ("no", 0),
    ],
)
def test_status_inside_of_an_error(error: object, status: int) -> None:
    """A status counts where it is one of an error, as a number or as digits."""
    assert read_error_status(error) == status


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 503, 529, 599])
def test_what_may_pass(status: int) -> None:
    """Timeouts, conflicts, too many requests and failures of the server may pass by themselves."""
    assert REPORT.explain_response(status, {}, b"busy").again


@pytest.mark.parametrize("status", [307, 400, 401, 402, 403, 404, 405, 413, 422, 600])
def test_what_does_not_pass(status: int) -> None:
    """Whatever else a server answers, it would answer again."""
    headers = {"location": "http://elsewhere/v1", "retry-after": "1"}

    assert not REPORT.explain_response(status, headers, b"no").again


def test_no_credit_is_not_waited_for() -> None:
    """A 429 that is about money does not pass, though one about the rate does."""
    body = {"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}

    failure = REPORT.explain_response(429, {}, json.dumps(body).encode())

    assert (failure.error.code, failure.again) == ("no-quota", False)


@pytest.mark.parametrize(
    ("headers", "again", "wait"),
    [({"retry-after": "120"}, True, 120.0), ({"retry-after": "121"}, False, 121.0)],
)
def test_a_wait_of_two_minutes_is_the_longest(
    headers: Mapping[str, str], *, again: bool, wait: float
) -> None:
    """A longer wait is not sat out: the hint says for how long the server asked."""
    failure = REPORT.explain_response(503, headers, b"busy")

    assert (failure.again, failure.wait) == (again, wait)
    assert ("121 seconds" in failure.error.hint) is not again


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"error": {"message": "upstream", "code": 502}}, "server-failed"),
        ({"error": {"message": "prompt is too long"}}, "context-exceeded"),
        ({"error": {"message": f"broke {KEY}"}}, "not-an-api"),
    ],
)
def test_errors_inside_of_an_answer(event: Mapping[str, object], code: str) -> None:
    """An error that comes in the midst of an answer is told by its status or by its words."""
    error = REPORT.explain_event(event).error

    assert error.code == code
    assert KEY not in str(error)


def test_an_error_names_the_server() -> None:
    """An error ends the program as one of the model, and shows neither key nor password."""
    error = REPORT.make_error("x", f"said {KEY}\n\x1b[31m", "hint")

    assert (error.exit_code, error.message) == (Exit.MODEL, "said [key] [31m")
    assert "127.0.0.1:8080" in error.where
    assert "hunter2" not in error.where


def test_a_server_that_does_not_speak_https() -> None:
    """Where nobody could speak https, the hint is to write http, and nothing is tried again."""
    failure = REPORT.explain_unreachable("[SSL: WRONG_VERSION_NUMBER] wrong version number")

    assert (failure.again, failure.reached, failure.paid) == (False, False, False)
    assert "http://" in failure.error.hint


@pytest.mark.parametrize("text", ["", "nan", "inf", "soon"])
def test_a_wait_that_is_no_time(text: str) -> None:
    """What is neither seconds nor a date says nothing."""
    assert read_retry_after({"retry-after": text}) is None


DURATIONS = {
    "1s": 1.0,
    "6m0s": 360.0,
    "120ms": 0.12,
    "1h2m3.5s": 3723.5,
    "12": 12.0,
    "0.5": 0.5,
    "": None,
    "soon": None,
    "1.2.3s": None,
    "-1s": None,
}


@pytest.mark.parametrize(("text", "expected"), DURATIONS.items())
def test_durations(text: str, expected: float | None) -> None:
    """Durations are read as servers write them; anything else is none."""
    assert read_duration(text) == expected


def test_allowances() -> None:
    """Only what is used up is waited for, and not for longer than we wait at all."""
    used = {"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1m"}

    assert read_allowance(used) == 60
    assert read_allowance(used | {"x-ratelimit-reset-tokens": "1h"}) is None
    assert read_allowance(used | {"x-ratelimit-remaining-tokens": "3"}) is None
