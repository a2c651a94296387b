"""What went wrong with a request: whether trying again can help, and what a person is told."""

import json
import os
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite

from assistant.address import advise_on_environment, redact_address
from assistant.errors import DraftError, Exit
from assistant.llm.server import scrub_text

LONGEST_WAIT = 120.0
SAMPLE_LENGTH = 80
# httpx2's names for connections that had been there.
LOST_CONNECTION_ERRORS = frozenset({"ReadError", "WriteError", "RemoteProtocolError"})
RETRIED_STATUSES = frozenset({408, 409, 425, 429})
# The server turned the request away unread, as it would any other at that moment.
BUSY_STATUSES = frozenset({429, 503, 529})
CONTEXT_EXCEEDED = re.compile(
    r"context[ _](?:length|size|window)|context_length|exceed_context|maximum context"
    r"|prompt is too long|too many (?:input )?tokens|input is too long"
)
NO_QUOTA = re.compile(r"insufficient_quota|exceeded your current quota|billing")
UNKNOWN_MODEL = re.compile(
    r"model_not_found|model.{0,200}(?:not found|not exist|invalid)|invalid model"
)
UNKNOWN_PATH = re.compile(r"invalid url|file not found|unknown (?:url|path|endpoint)|no such path")


class FailedAttempt(Exception):  # noqa: N818 -- it becomes an error only when nothing helps
    """One attempt that failed.

    `again` says that the same request may succeed later, in `wait` seconds where the server said
    when. `reached` says that there is a server, `shared` that it would have failed any other
    request too. `param` is an optional parameter that the server does not take.
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

    def error(self, code: str, message: str, hint: str) -> DraftError:
        """Return an error that names this server."""
        return DraftError(
            scrub_text(message, self.api_key, 600),
            code=code,
            exit_code=Exit.MODEL,
            where=scrub_text(redact_address(self.base_url), self.api_key),
            hint=hint,
        )

    def not_an_api(self, sample: str, wanted: str = "chat completion") -> DraftError:
        """Return the error for an answer that is not what was `wanted`."""
        start = scrub_text(sample, self.api_key, SAMPLE_LENGTH) or "nothing"
        return self.error(
            "not-an-api",
            f"What answered is no {wanted}. It starts: {start}",
            "Check the address (it usually ends in /v1) and whether a proxy answers in its place.",
        )

    def answered(self, status: int, headers: Mapping[str, str], content: bytes) -> FailedAttempt:
        """Return the fault for a response with an error's status."""
        text, param, code, known = read_error_body(content)
        if 300 <= status < 400 and headers.get("location"):  # noqa: PLR2004
            return FailedAttempt(self.redirected(status, headers.get("location", "")), again=False)
        fault = FailedAttempt(self.worded(status, f"{code} {text}", text, known=known), again=False)
        fault.status, fault.text, fault.param = status, text, param
        fault.again = (status in RETRIED_STATUSES or status >= 500) and fault.error.code in (  # noqa: PLR2004
            "rate-limited",
            "server-failed",
        )
        fault.wait = read_retry_after(headers)
        if fault.wait is None and status in BUSY_STATUSES:
            fault.wait = read_allowance(headers)
        if fault.again and fault.wait is not None and fault.wait > LONGEST_WAIT:
            fault.again = False
            fault.error.hint = f"It asks to wait {fault.wait:.0f} seconds. Try again then."
        return fault

    def event(self, body: Mapping[str, object]) -> FailedAttempt:
        """Return the fault for an error inside an answer whose status was 200."""
        content = json.dumps(body).encode()
        status = read_error_status(body.get("error")) or read_error_status(body)
        if status:
            return self.answered(status, {}, content)
        text, _, code, _ = read_error_body(content)
        if CONTEXT_EXCEEDED.search(f"{code} {text}".lower()):
            return self.answered(400, {}, content)
        said = scrub_text(text, self.api_key, SAMPLE_LENGTH)
        hint = "This is the server's own error; its log may say more."
        message = f"The server broke off its answer with an error: {said}"
        return FailedAttempt(self.error("not-an-api", message, hint), again=False)

    def worded(self, status: int, kinds: str, text: str, *, known: bool) -> DraftError:
        """Return the error for a status, where `kinds` is all that the server said, in any case."""
        said = scrub_text(text, self.api_key)
        kinds = kinds.lower()
        quota = "The account has no credit left at this server."
        if status in (400, 413, 422) and (CONTEXT_EXCEEDED.search(kinds) or status == 413):  # noqa: PLR2004
            hint = "Shorten the description, or use a model with a larger context window."
            return self.error("context-exceeded", f"The prompt is too long: {said}", hint)
        if status == 402 or (status == 429 and NO_QUOTA.search(kinds)):  # noqa: PLR2004
            return self.error("no-quota", f"The server wants payment: {said}", quota)
        if status in (400, 404) and known and UNKNOWN_MODEL.search(kinds):
            return self.unknown_model(said)
        if status == 404 and known and not UNKNOWN_PATH.search(kinds):  # noqa: PLR2004
            return self.unknown_model(said)
        keyless = self.api_key in ("", "none")
        for statuses, code, message, hint in (
            (KEY_MISSING, *STATUS_MESSAGES) if keyless else STATUS_MESSAGES
        ):
            if status in statuses:
                return self.error(code, f"{message} ({status}): {said}", hint)
        return self.not_an_api(text if text.startswith(f"{status}") else f"{status} {text}")

    def redirected(self, status: int, target: str) -> DraftError:
        """Return the error for a server that sends elsewhere."""
        message = f"The server sends elsewhere ({status}): to {redact_address(target)}"
        return self.error("not-an-api", message, "If that is right, name it with --base-url.")

    def unknown_model(self, said: str) -> DraftError:
        """Return the error for a model that the server does not have."""
        message = f"The server does not know the model {self.model}: {said}"
        return self.error("unknown-model", message, "Name one that it has with --model.")

    def stalled(self, seconds: float) -> FailedAttempt:
        """Return the fault for a server that sent nothing for too long."""
        message = f"The server sent nothing for {seconds:g} seconds."
        hint = "Try again, or allow more with --timeout."
        return FailedAttempt(self.error("stalled", message, hint), again=True)

    def cut(self) -> FailedAttempt:
        """Return the fault for a connection that ended in the middle of an answer."""
        message = "The connection ended in the middle of an answer."
        return FailedAttempt(self.error("cut-off", message, "Try again."), again=True)

    def wrong_host(self) -> DraftError:
        """Return the error for an address whose host cannot be one."""
        error = self.error("bad-base-url", "The address has a wrong host.", "Check --base-url.")
        error.exit_code = Exit.USAGE
        return error

    def stopped(self) -> DraftError:
        """Return the error for a server of our own that is gone."""
        return self.error("unreachable", "The server has stopped.", "Try again.")

    def unconnected(self, cause: BaseException | None) -> FailedAttempt:
        """Return the fault for a connection that failed before an answer began."""
        if type(cause).__name__ in LOST_CONNECTION_ERRORS:
            return self.cut()
        return self.unreachable(_find_innermost_reason(cause))

    def unreachable(self, reason: str) -> FailedAttempt:
        """Return the fault for a server that cannot be connected to."""
        if "WRONG_VERSION_NUMBER" in reason or "RECORD_LAYER_FAILURE" in reason:
            message = "The server cannot be reached: it does not speak https."
            hint = "If it is meant to speak http, write http:// in its address."
            return FailedAttempt(
                self.error("unreachable", message, hint), again=False, reached=False
            )
        again = "certificate" not in reason.lower()
        message = f"The server cannot be reached: {reason or 'no connection'}"
        hint = "Check the address (--base-url), and that the server runs."
        hint = f"{hint} {advise_on_environment(self.base_url, certificate=not again)}".rstrip()
        return FailedAttempt(self.error("unreachable", message, hint), again=again, reached=False)


# Of 401, where no key was sent.
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


def _find_innermost_reason(cause: BaseException | None) -> str:
    """Return why a connection failed, in the system's own words where it has any."""
    said, deeper = str(cause or ""), cause
    while deeper is not None:
        if isinstance(deeper, OSError) and deeper.errno and not isinstance(deeper, ssl.SSLError):
            named = isinstance(deeper, socket.gaierror)
            said = str(deeper.strerror) if named else os.strerror(deeper.errno)
        deeper = deeper.__cause__ or deeper.__context__
    return said


def read_error_body(content: bytes) -> tuple[str, str, str, bool]:
    """Return an error body's message, parameter and code, and whether it is an API's error."""
    text = content[:100_000].decode("utf-8", "replace")
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return text, "", "", False
    if not isinstance(body, dict):
        return text, "", "", False
    if isinstance(body.get("detail"), list):
        # FastAPI repeats the whole request in `input`: only the place and the message count.
        details = [one for one in body["detail"] if isinstance(one, dict)]
        places = [".".join(str(part) for part in one.get("loc", ())) for one in details]
        return "; ".join(str(one.get("msg", "")) for one in details), " ".join(places), "", True
    error = body.get("error", body if body.get("object") == "error" else None)
    if isinstance(error, str):
        return error, "", "", True
    if not isinstance(error, dict):
        return text, "", "", False
    codes = " ".join(str(error.get(name) or "") for name in ("code", "type"))
    return str(error.get("message") or text), str(error.get("param") or ""), codes, True


def read_error_status(error: object) -> int:
    """Return the HTTP status that an error's body names, or 0."""
    code = error.get("code") or error.get("status") if isinstance(error, dict) else None
    if isinstance(code, str) and code.isdecimal():
        code = int(code)
    return code if isinstance(code, int) and 400 <= code < 600 else 0  # noqa: PLR2004


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


_ALLOWANCE_KINDS = ("requests", "tokens")
_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:([\d.]+)s)?(?:([\d.]+)ms)?")


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
