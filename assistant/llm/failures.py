"""Why an attempt failed: whether trying again can help, and what a person is told."""

import json
import os
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from math import isfinite

from assistant.address import advise_on_environment, redact_address
from assistant.errors import DraftError, Exit
from assistant.llm.server import scrub_text

# A server that asks for a longer wait than two minutes is not waited for: a person who sees nothing
# happen for so long ends the program, and may as well be told when to come back. By judgement.
LONGEST_WAIT = 120.0
# Characters of what came instead of an answer: enough to tell a proxy's page from an API's error.
SAMPLE_LENGTH = 80
# httpx2's names for the ends of connections that had been there.
LOST_CONNECTION_ERRORS = frozenset({"ReadError", "WriteError", "RemoteProtocolError"})
# What may pass by itself: 408, 409, 425, 429 and all from 500 on, by their codes below.
PASSING_CODES = frozenset({"rate-limited", "server-failed"})
# The server turned the request away unread, as it would any other at that moment. 529 is
# Anthropic's "overloaded".
BUSY_STATUSES = frozenset({429, 503, 529})
# Servers have no status of their own for these: only their words tell them apart from other errors
# with 400, 404 and 429. The words are those that servers were seen to use, such as OpenAI's
# `insufficient_quota` and llama.cpp's `exceed_context_size_error`.
CONTEXT_EXCEEDED = re.compile(
    r"context[ _](?:length|size|window)|context_length|exceed_context|maximum context"
    r"|prompt is too long|too many (?:input )?tokens|input is too long"
)
NO_QUOTA = re.compile(r"insufficient_quota|exceeded your current quota|billing")
UNKNOWN_MODEL = re.compile(
    r"model_not_found|model.{0,200}(?:not found|not exist|invalid)|invalid model"
)
UNKNOWN_PATH = re.compile(r"invalid url|file not found|unknown (?:url|path|endpoint)|no such path")
# What a person is told of a status that its words don't explain: the statuses, the error's code,
# the message and the hint. KEY_MISSING is for 401 where no key was sent.
KEY_MISSING: tuple[frozenset[int] | range, str, str, str] = (
    frozenset({401}),
    "bad-key",
    "The server wants a key",
    "Set OPENAI_API_KEY, and name the server yourself: with --base-url or OPENAI_BASE_URL.",
)
STATUS_MESSAGES: tuple[tuple[frozenset[int] | range, str, str, str], ...] = (
    (frozenset({401}), "bad-key", "The server does not accept the key", "Check OPENAI_API_KEY."),
    (
        frozenset({403}),
        "forbidden",
        "The key may not do this",
        "Check what OPENAI_API_KEY is allowed, and the model's name.",
    ),
    (frozenset({429}), "rate-limited", "The server limits how often it is asked", "Try later."),
    (frozenset({400, 422}), "bad-request", "The server refuses the request", "Try another model."),
    (
        frozenset({408, 409, 425}) | frozenset(range(500, 600)),
        "server-failed",
        "The server failed",
        "Try again later.",
    ),
)
_ALLOWANCE_KINDS = ("requests", "tokens")  # as OpenAI's headers count them
_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:([\d.]+)s)?(?:([\d.]+)ms)?")


class FailedAttempt(Exception):  # noqa: N818 -- it becomes an error only when nothing helps
    """Says why one attempt failed.

    `error` is what a person is told if it was the last attempt. `again` says that the same request
    may succeed later, in `wait` seconds where the server said when. `reached` says that there is a
    server, `shared` that it would have failed any other request too. `status` is that of HTTP where
    the server answered with one, `text` its message, and `param` an optional parameter that it does
    not take.
    """

    def __init__(self, error: DraftError, *, again: bool, reached: bool = True) -> None:
        super().__init__(error.message)
        self.error = error
        self.again = again
        self.reached = reached
        self.shared = False
        self.wait: float | None = None
        self.text = ""
        self.param = ""
        self.status = 0

    @property
    def busy(self) -> bool:
        """Whether the server, if there is one, has no room for the request just now."""
        return not self.reached or self.status in BUSY_STATUSES

    @property
    def paid(self) -> bool:
        """Whether the server had the prompt, so that its tokens are lost."""
        return self.reached and not self.shared


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureReporter:
    """Words what went wrong at one server with one model; never with the key."""

    base_url: str
    api_key: str
    model: str

    def make_error(self, code: str, message: str, hint: str) -> DraftError:
        """Return an error that names this server."""
        return DraftError(
            scrub_text(message, self.api_key, 600),
            code=code,
            exit_code=Exit.MODEL,
            where=scrub_text(redact_address(self.base_url), self.api_key),
            hint=hint,
        )

    def explain_not_an_api(self, sample: str, wanted: str = "chat completion") -> DraftError:
        """Return the error for an answer that is not what was `wanted`."""
        start = scrub_text(sample, self.api_key, SAMPLE_LENGTH) or "nothing"
        return self.make_error(
            "not-an-api",
            f"What answered is no {wanted}. It starts: {start}",
            "Check the address (it usually ends in /v1) and whether a proxy answers in its place.",
        )

    def explain_response(
        self, status: int, headers: Mapping[str, str], content: bytes
    ) -> FailedAttempt:
        """Return the failure for a response with an error's status."""
        body, target = read_error_body(content), headers.get("location", "")
        if target and status in range(300, 400):
            error = self._explain_redirect(status, target)
        else:
            error = self._explain_status(status, body)
        failure = FailedAttempt(error, again=error.code in PASSING_CODES)
        failure.status, failure.text, failure.param = status, body.message, body.param
        failure.wait = read_retry_after(headers)
        if failure.wait is None and status in BUSY_STATUSES:
            failure.wait = read_allowance(headers)
        if failure.again and failure.wait is not None and failure.wait > LONGEST_WAIT:
            failure.again = False
            error.hint = f"It asks to wait {failure.wait:.0f} seconds. Try again then."
        return failure

    def explain_event(self, event: Mapping[str, object]) -> FailedAttempt:
        """Return the failure for an error inside an answer whose status was 200."""
        content = json.dumps(event).encode()
        status = read_error_status(event.get("error")) or read_error_status(event)
        if status:
            return self.explain_response(status, {}, content)
        body = read_error_body(content)
        if CONTEXT_EXCEEDED.search(body.words):
            return self.explain_response(HTTPStatus.BAD_REQUEST, {}, content)
        said = scrub_text(body.message, self.api_key, SAMPLE_LENGTH)
        hint = "This is the server's own error; its log may say more."
        message = f"The server broke off its answer with an error: {said}"
        return FailedAttempt(self.make_error("not-an-api", message, hint), again=False)

    def _explain_status(self, status: int, body: "ErrorBody") -> DraftError:
        """Return the error for a status and what the server said with it."""
        text, words = body.message, body.words
        said = scrub_text(text, self.api_key)
        too_large = status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        if too_large or (status in (400, 422) and CONTEXT_EXCEEDED.search(words)):
            hint = "Shorten the description, or use a model with a larger context window."
            return self.make_error("context-exceeded", f"The prompt is too long: {said}", hint)
        limited = status == HTTPStatus.TOO_MANY_REQUESTS
        if status == HTTPStatus.PAYMENT_REQUIRED or (limited and NO_QUOTA.search(words)):
            hint = "The account has no credit left at this server."
            return self.make_error("no-quota", f"The server wants payment: {said}", hint)
        if body.is_api and status in (400, 404) and UNKNOWN_MODEL.search(words):
            return self._explain_unknown_model(said)
        if body.is_api and status == HTTPStatus.NOT_FOUND and not UNKNOWN_PATH.search(words):
            return self._explain_unknown_model(said)
        keyless = self.api_key in ("", "none")
        messages = (KEY_MISSING, *STATUS_MESSAGES) if keyless else STATUS_MESSAGES
        for statuses, code, message, hint in messages:
            if status in statuses:
                return self.make_error(code, f"{message} ({status}): {said}", hint)
        return self.explain_not_an_api(text if text.startswith(f"{status}") else f"{status} {text}")

    def _explain_redirect(self, status: int, target: str) -> DraftError:
        """Return the error for a server that sends elsewhere."""
        message = f"The server sends elsewhere ({status}): to {redact_address(target)}"
        return self.make_error("not-an-api", message, "If that is right, name it with --base-url.")

    def _explain_unknown_model(self, said: str) -> DraftError:
        """Return the error for a model that the server does not have."""
        message = f"The server does not know the model {self.model}: {said}"
        return self.make_error("unknown-model", message, "Name one that it has with --model.")

    def explain_silence(self, seconds: float) -> FailedAttempt:
        """Return the failure for a server that sent nothing for too long."""
        message = f"The server sent nothing for {seconds:g} seconds."
        hint = "Try again, or allow more with --timeout."
        return FailedAttempt(self.make_error("stalled", message, hint), again=True)

    def explain_cut(self) -> FailedAttempt:
        """Return the failure for a connection that ended in the middle of an answer."""
        message = "The connection ended in the middle of an answer."
        return FailedAttempt(self.make_error("cut-off", message, "Try again."), again=True)

    def explain_wrong_host(self) -> DraftError:
        """Return the error for an address whose host cannot be one."""
        error = self.make_error(
            "bad-base-url", "The address has a wrong host.", "Check --base-url."
        )
        error.exit_code = Exit.USAGE
        return error

    def explain_stop(self) -> DraftError:
        """Return the error for a server of our own that is gone."""
        return self.make_error("unreachable", "The server has stopped.", "Try again.")

    def explain_lost_connection(self, cause: BaseException | None) -> FailedAttempt:
        """Return the failure for a connection that failed before an answer began."""
        if type(cause).__name__ in LOST_CONNECTION_ERRORS:
            return self.explain_cut()
        return self.explain_unreachable(_find_innermost_reason(cause))

    def explain_unreachable(self, reason: str) -> FailedAttempt:
        """Return the failure for a server that cannot be connected to."""
        if "WRONG_VERSION_NUMBER" in reason or "RECORD_LAYER_FAILURE" in reason:
            message = "The server cannot be reached: it does not speak https."
            hint = "If it is meant to speak http, write http:// in its address."
            return FailedAttempt(
                self.make_error("unreachable", message, hint), again=False, reached=False
            )
        again = "certificate" not in reason.lower()
        message = f"The server cannot be reached: {reason or 'no connection'}"
        hint = "Check the address (--base-url), and that the server runs."
        hint = f"{hint} {advise_on_environment(self.base_url, certificate=not again)}".rstrip()
        return FailedAttempt(
            self.make_error("unreachable", message, hint), again=again, reached=False
        )


def _find_innermost_reason(cause: BaseException | None) -> str:
    """Return why a connection failed, in the system's own words where it has any."""
    said, deeper = str(cause or ""), cause
    while deeper is not None:
        if isinstance(deeper, OSError) and deeper.errno and not isinstance(deeper, ssl.SSLError):
            named = isinstance(deeper, socket.gaierror)
            said = str(deeper.strerror) if named else os.strerror(deeper.errno)
        deeper = deeper.__cause__ or deeper.__context__
    return said


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorBody:
    """The body of an error: its message, the parameter that it is about, and its codes.

    `is_api` says that it is an error as such APIs send it, so that its words can be relied on; else
    the message is the whole text.
    """

    message: str
    param: str = ""
    codes: str = ""
    is_api: bool = False

    @property
    def words(self) -> str:
        """All that the server said, in small letters."""
        return f"{self.codes} {self.message}".lower()


def read_error_body(content: bytes) -> ErrorBody:
    """Return what the body of an error says, in each of the forms that servers have for it."""
    text = content[:100_000].decode("utf-8", "replace")
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return ErrorBody(message=text)
    if not isinstance(body, dict):
        return ErrorBody(message=text)
    if isinstance(body.get("detail"), list):
        # FastAPI repeats the whole request in `input`: only the place and the message count.
        details = [one for one in body["detail"] if isinstance(one, dict)]
        places = [".".join(str(part) for part in one.get("loc", ())) for one in details]
        message = "; ".join(str(one.get("msg", "")) for one in details)
        return ErrorBody(message=message, param=" ".join(places), is_api=True)
    error = body.get("error", body if body.get("object") == "error" else None)
    if isinstance(error, str):
        return ErrorBody(message=error, is_api=True)
    if not isinstance(error, dict):
        return ErrorBody(message=text)
    return ErrorBody(
        message=str(error.get("message") or text),
        param=str(error.get("param") or ""),
        codes=" ".join(str(error.get(name) or "") for name in ("code", "type")),
        is_api=True,
    )


def read_error_status(error: object) -> int:
    """Return the HTTP status that an error's body names, or 0."""
    code = error.get("code") or error.get("status") if isinstance(error, dict) else None
    if isinstance(code, str) and code.isdecimal():
        code = int(code)
    return code if isinstance(code, int) and code in range(400, 600) else 0


def read_retry_after(headers: Mapping[str, str]) -> float | None:
    """Return how many seconds a server asks to wait, said in seconds or as a date."""
    text = headers.get("retry-after", "").strip()
    try:
        number = float(text)
        return max(number, 0.0) if isfinite(number) else None
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)


def read_allowance(headers: Mapping[str, str]) -> float | None:
    """Return the seconds until an allowance that is used up begins anew, as OpenAI's headers say.

    None where none is used up, or where that would be longer than we wait.
    """
    waits = [
        read_duration(headers.get(f"x-ratelimit-reset-{kind}", ""))
        for kind in _ALLOWANCE_KINDS
        if headers.get(f"x-ratelimit-remaining-{kind}", "").strip() == "0"
    ]
    named = [wait for wait in waits if wait is not None and wait <= LONGEST_WAIT]
    return max(named, default=None)


def read_duration(text: str) -> float | None:
    """Return a duration such as `1s`, `6m0s`, `120ms` or `12` in seconds; None where it is none."""
    found = _DURATION.fullmatch(text.strip() + ("s" if text.strip()[-1:].isdecimal() else ""))
    if found is None or not any(found.groups()):
        return None
    try:
        parts = [float(part or 0) for part in found.groups()]
    except ValueError:
        return None
    return sum(part * unit for part, unit in zip(parts, (3600, 60, 1, 0.001), strict=True))
