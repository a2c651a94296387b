"""The only door to the library openai: asks an OpenAI-compatible server, and tries again.

A streamed answer is read from the raw response: measured for 21 answers of 200 pieces at 60 a
second, the library's own chunk objects took 1.3 s of processor time, raw lines 0.55 s, and raw
lines read in bursts (`TICK`) 0.25 s.
"""

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import tenacity

from assistant.errors import DraftError
from assistant.fault import Fault, Reporter
from assistant.llm import Completion, Prompt, Watcher
from assistant.payload import Parameters, refused
from assistant.server import Server, check_base_url, check_key, is_loopback
from assistant.stream import Answer, ErrorEvent, NotAnApi, estimate, number

if TYPE_CHECKING:
    import httpx2
    import openai

__all__ = ["Client", "Server", "check_base_url", "check_key", "is_loopback", "preload"]

ATTEMPTS = 5
# A server that never answered is more likely a wrong address than one that is just starting.
FIRST_ATTEMPTS = 2
BACKOFF = tenacity.wait_exponential(multiplier=0.5, max=30) + tenacity.wait_random(0, 0.5)
CONNECT_TIMEOUT = 15.0
LOOK_TIMEOUT = 10.0
# All answers are read at the same moments: most of the cost is waking up, not reading.
TICK = 0.08
AWOKEN = 0.0005
# What still comes after the end of an answer are its token counts.
LAST_WORDS = 5.0
ALIVE_EVERY = 0.5
WINDOWS = ("n_ctx", "max_model_len", "context_length", "context_window", "n_ctx_train")
# Nothing of the environment (organisations, headers meant for another server) travels along.
HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "host",
        "user-agent",
    }
)

Alive = Callable[[], bool]
Sleep = Callable[[float], Awaitable[None]]


def preload() -> None:
    """Import openai, which takes half a second: for a thread, while other work is done."""
    import openai.resources.chat.completions  # noqa: F401, PLC0415 -- lazy on purpose


class Tally:
    """What one prompt has cost so far."""

    def __init__(self, prompt: Prompt) -> None:
        self.size = sum(estimate(one.content) for one in prompt.messages)
        self.requests = 0
        self.wasted = 0


class Client:
    """Asks one model at one server; an `llm.Model`.

    `alive` says whether a server of our own still runs, and may raise a `DraftError` that says why
    not. `parameters` are the optional ones to begin with; what the server refuses is left out for
    the rest of the run. `sleep` waits between attempts.
    """

    def __init__(  # noqa: PLR0913 -- all but the first two are options
        self,
        server: Server,
        *,
        model: str,
        watcher: Watcher,
        temperature: float | None = 0.3,
        seed: int | None = None,
        alive: Alive | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._server = server
        self._model = model
        self._watcher = watcher
        self._alive = alive
        self._sleep = sleep
        self._report = Reporter(base_url=server.base_url, api_key=server.api_key, model=model)
        limit = "max_completion_tokens" if "//api.openai.com" in server.base_url else "max_tokens"
        self._parameters = Parameters(limit=limit, temperature=temperature, seed=seed)
        self._openai: openai.AsyncOpenAI | None = None
        self._heard = False

    @property
    def name(self) -> str:
        """The model's name at its server."""
        return self._model

    async def close(self) -> None:
        """Close the connections."""
        if self._openai is not None:
            await self._openai.close()
            self._openai = None

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer one prompt. Raises `DraftError` where there can be no answer."""
        begun = time.monotonic()
        tally = Tally(prompt)
        retrying = tenacity.AsyncRetrying(
            sleep=self._sleep,
            stop=self._enough,
            wait=pause,
            retry=tenacity.retry_if_exception(lambda one: isinstance(one, Fault) and one.again),
            before_sleep=lambda state: self._again(prompt.label, state, tally),
            reraise=True,
        )
        try:
            answer: Answer = await retrying(self._adapted, prompt, tally)
        except Fault as fault:
            raise fault.error from None
        text, thinking, finish = answer.result()
        return Completion(
            text=text,
            thinking=thinking,
            finish=finish,
            usage=answer.usage(tally.size, tally.requests, tally.wasted),
            seconds=time.monotonic() - begun,
        )

    def _enough(self, state: tenacity.RetryCallState) -> bool:
        fault = state.outcome.exception() if state.outcome else None
        strange = isinstance(fault, Fault) and not fault.reached and not self._heard
        return state.attempt_number >= (FIRST_ATTEMPTS if strange else ATTEMPTS)

    def _again(self, label: str, state: tenacity.RetryCallState, tally: Tally) -> None:
        fault = state.outcome.exception() if state.outcome else None
        if isinstance(fault, Fault):
            tally.wasted += tally.size if fault.reached else 0
            self._watcher.waiting(label, state.upcoming_sleep, fault.error.message)

    async def _adapted(self, prompt: Prompt, tally: Tally) -> Answer:
        """Send one request, and again at once without what the server does not take."""
        while True:
            sent = self._parameters
            try:
                return await self._attempt(prompt, sent, tally)
            except Fault as fault:
                if fault.again and self._alive is not None and not self._alive():
                    raise self._report.stopped() from None
                less = self._less(fault, sent, formatted=bool(prompt.schema))
                if less is None:
                    raise
                note = less.change(self._parameters)
                self._parameters = less
                if note:
                    self._watcher.noted(note)

    def _less(self, fault: Fault, sent: Parameters, *, formatted: bool) -> Parameters | None:
        if fault.status not in (400, 422) or fault.error.code != "bad-request":
            return None
        about = refused(fault.text, fault.param)
        return self._parameters.without(about, sent, formatted=formatted) if about else None

    async def _attempt(self, prompt: Prompt, sent: Parameters, tally: Tally) -> Answer:
        import httpx2  # noqa: PLC0415 -- comes with openai, lazily as it does
        import openai  # noqa: PLC0415 -- lazy on purpose

        tally.requests += 1
        answer = Answer()
        try:
            async with self._deadline(answer) as deadline:
                await self._read(prompt, sent, answer, deadline)
                answer.end()
        except openai.APIStatusError as error:
            self._heard = True
            response = error.response
            raise self._report.answered(
                error.status_code, response.headers, response.content
            ) from None
        except openai.APIConnectionError as error:
            raise self._unconnected(error.__cause__) from None
        except TimeoutError:
            if not answer.complete:
                raise self._report.stalled(self._server.timeout) from None
        except httpx2.HTTPError:
            if not answer.complete:
                raise self._report.cut() from None
        except ErrorEvent as error:
            raise self._report.event(error.body) from None
        except NotAnApi as error:
            raise Fault(self._report.not_an_api(error.sample), again=False) from None
        if not answer.complete:
            raise self._report.cut()
        return answer

    def _unconnected(self, cause: BaseException | None) -> Fault:
        import httpx2  # noqa: PLC0415 -- comes with openai, lazily as it does

        if isinstance(cause, (httpx2.ReadError, httpx2.WriteError, httpx2.RemoteProtocolError)):
            return self._report.cut()
        return self._report.unreachable(str(cause or ""))

    async def _read(
        self, prompt: Prompt, sent: Parameters, answer: Answer, deadline: asyncio.Timeout
    ) -> None:
        body = sent.body(self._model, prompt)
        now = asyncio.get_running_loop().time
        async with self._response(body) as response:
            self._heard = True
            asked = now()
            async for received in response.aiter_bytes():
                answer.feed(received)
                left = LAST_WORDS if answer.complete else self._server.timeout
                if answer.pieces or answer.complete or not self._server.queueing:
                    deadline.reschedule(now() + left + TICK)
                # What came at once was already here; what had to be waited for comes one by one.
                if now() - asked > AWOKEN and not answer.complete:
                    self._watcher.received(prompt.label, answer.pieces)
                    await asyncio.sleep(TICK - now() % TICK)
                asked = now()
        self._watcher.received(prompt.label, answer.pieces)

    @asynccontextmanager
    async def _response(self, body: bytes) -> "AsyncIterator[httpx2.Response]":
        import httpx2  # noqa: PLC0415 -- comes with openai, lazily as it does
        import openai  # noqa: PLC0415 -- lazy on purpose

        response = await self._connected().post(
            "/chat/completions",
            cast_to=httpx2.Response,
            content=body,
            stream=True,
            stream_cls=openai.AsyncStream[object],
        )
        if not isinstance(response, httpx2.Response):
            raise TypeError(type(response))
        try:
            yield response
        finally:
            await response.aclose()

    @asynccontextmanager
    async def _deadline(self, answer: Answer) -> AsyncIterator[asyncio.Timeout]:
        """End the block when nothing came for too long, counted from the first byte in a queue."""
        queueing = self._server.queueing
        async with asyncio.timeout(None if queueing else self._server.timeout) as deadline:
            watch = asyncio.create_task(self._queue(answer, deadline)) if queueing else None
            try:
                yield deadline
            finally:
                if watch is not None:
                    watch.cancel()

    async def _queue(self, answer: Answer, deadline: asyncio.Timeout) -> None:
        """End a wait in the queue of a server that is gone."""
        while deadline.when() is None and not answer.pieces:
            await asyncio.sleep(ALIVE_EVERY)
            try:
                alive = self._alive is None or self._alive()
            except DraftError:
                alive = False
            if not alive and deadline.when() is None:
                deadline.reschedule(asyncio.get_running_loop().time())

    def _connected(self) -> "openai.AsyncOpenAI":
        if self._openai is None:
            import httpx2  # noqa: PLC0415 -- comes with openai, lazily as it does
            import openai  # noqa: PLC0415 -- lazy on purpose

            server = self._server
            local = is_loopback(server.base_url)
            connect = min(CONNECT_TIMEOUT, server.timeout)
            transport = openai.DefaultAsyncHttpxClient(
                trust_env=not local,
                # Reading the certificates takes a while, and http has no use for them.
                verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                if local and server.base_url.startswith("http:")
                else True,
                follow_redirects=not local,
                timeout=httpx2.Timeout(None, connect=connect),
                event_hooks={"request": [self._stripped]},
            )
            self._openai = openai.AsyncOpenAI(
                api_key=server.api_key or "none",
                base_url=server.base_url,
                max_retries=0,
                timeout=httpx2.Timeout(None, connect=connect),
                http_client=transport,
            )
        return self._openai

    async def _stripped(self, request: "httpx2.Request") -> None:
        """Leave only the headers a completion needs, and no key but ours."""
        for name in [one for one in request.headers if one not in HEADERS]:
            del request.headers[name]
        if self._server.api_key and request.headers.get("authorization"):
            request.headers["authorization"] = f"Bearer {self._server.api_key}"
        else:
            request.headers.pop("authorization", None)

    async def context_window(self) -> int | None:
        """Return how many tokens the model takes, where the server says; never fails."""
        import httpx2  # noqa: PLC0415 -- comes with openai, lazily as it does
        import openai  # noqa: PLC0415 -- lazy on purpose

        try:
            async with asyncio.timeout(LOOK_TIMEOUT):
                response = await self._connected().get("/models", cast_to=httpx2.Response)
            return window(json.loads(response.content), self._model)
        except (openai.OpenAIError, httpx2.HTTPError, TimeoutError, ValueError, RecursionError):
            return None


def pause(state: tenacity.RetryCallState) -> float:
    """Return how long to wait before the next attempt: what the server asked for, else longer."""
    fault = state.outcome.exception() if state.outcome else None
    if isinstance(fault, Fault) and fault.wait is not None:
        return fault.wait
    return BACKOFF(state)


def window(body: object, model: str) -> int | None:
    """Return the context window that a list of models names for a model, or for its only one."""
    found = body.get("data") if isinstance(body, dict) else None
    models = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    mine = [one for one in models if one.get("id") == model] or models
    if len(mine) != 1:
        return None
    meta = mine[0].get("meta")
    places = (meta if isinstance(meta, dict) else {}, mine[0])
    sizes = (number(place.get(name)) for name in WINDOWS for place in places)
    return next((size for size in sizes if size), None)
