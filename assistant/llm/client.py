"""A model at an OpenAI-compatible server: a prompt is sent, tried again, and its answer streamed.

A streamed answer is read from the raw response: measured for 21 answers of 200 pieces at 60 a
second, the library's own chunk objects took 1.3 s of processor time, raw lines 0.55 s, and raw
lines read in bursts (`READ_INTERVAL`) 0.25 s.
"""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf

from assistant.errors import DraftError
from assistant.llm.failures import FailedAttempt
from assistant.llm.model import Completion, Prompt, Watcher
from assistant.llm.patience import Brake, Sleep, Turn, build_retrying, set_deadline
from assistant.llm.payload import Parameters, find_refused_parameter
from assistant.llm.server import (
    LONGEST_SHOWN_NAME,
    Server,
    advise_model,
    mask_begun_key,
    mask_key,
    read_context_window,
    read_model_names,
    scrub_text,
)
from assistant.llm.stream import ErrorEvent, NotAnApi, StreamedAnswer, estimate_tokens
from assistant.llm.transport import Transport, import_openai

# Seconds for the names in an error that is there already: a person waits for it.
HINT_TIMEOUT = 3.0
# All answers are read at the same moments, so many seconds apart: most of the cost is waking up,
# not reading.
READ_INTERVAL = 0.08
# Whatever is handed over within so many seconds was already here and had not to be waited for.
WAKE_SECONDS = 0.0005
# Seconds for what still comes after the end of an answer: its token counts.
USAGE_TIMEOUT = 5.0


class PromptCost:
    """Counts what one prompt has cost so far: requests, and tokens of attempts that failed."""

    def __init__(self, prompt: Prompt) -> None:
        self._allow_retry = prompt.allow_retry
        self.prompt_tokens = sum(estimate_tokens(one.content) for one in prompt.messages)
        self.requests = 0
        self.wasted = 0
        self.pieces = 0  # of the latest attempt's answer

    def add_failure(self, *, paid: bool) -> bool:
        """Count an attempt that came to nothing; return whether there may be another one."""
        tokens = self.prompt_tokens + self.pieces if paid else 0
        self.wasted += tokens
        return self._allow_retry(tokens)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request that was sent, and the answer to it so far."""

    prompt: Prompt
    parameters: Parameters
    turn: Turn
    answer: StreamedAnswer = field(default_factory=StreamedAnswer)


class Client:
    """Asks one model at one server; an `llm.Model`.

    What the server refuses of the optional parameters is left out for the rest of the run. `sleep`
    waits between attempts.
    """

    def __init__(
        self,
        server: Server,
        *,
        model: str,
        watcher: Watcher,
        temperature: float | None = 0.3,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._server = server
        self._model = model
        self._watcher = watcher
        self._sleep = sleep
        self._transport = Transport(server, model=model)
        self._report = self._transport.report
        limit = "max_completion_tokens" if "//api.openai.com" in server.base_url else "max_tokens"
        self._parameters = Parameters(limit=limit, temperature=temperature, llama=server.llama)
        self._brake = Brake(sleep)
        self._queued: set[asyncio.Timeout] = set()
        self._put_off = 0.0

    @property
    def name(self) -> str:
        """The model's name at its server."""
        return self._model

    async def close(self) -> None:
        """Close the connections."""
        self._brake.close()
        await self._transport.close()

    async def complete(self, prompt: Prompt) -> Completion:
        """Return the answer to one prompt. Raises `DraftError` where there can be none."""
        import_openai()
        begun = time.monotonic()
        cost = PromptCost(prompt)

        def announce(failure: FailedAttempt, seconds: float) -> None:
            if not cost.add_failure(paid=failure.paid):
                raise failure.error from None
            if not failure.shared:
                self._watcher.waiting(prompt.label, seconds, failure.error.message)

        attempts = build_retrying(self._sleep, lambda: self._brake.over, announce)
        try:
            answer: StreamedAnswer = await attempts(self._send_adapting, prompt, cost)
        except FailedAttempt as failure:
            cost.add_failure(paid=failure.paid)
            raise await self._with_known_names(failure.error) from None
        text, thinking, finish = answer.result()
        return Completion(
            text=mask_key(text, self._server.api_key),
            thinking=mask_key(thinking, self._server.api_key),
            finish=finish,
            usage=answer.usage(cost.prompt_tokens, cost.requests, cost.wasted),
            seconds=time.monotonic() - begun,
            model=scrub_text(answer.model, self._server.api_key, LONGEST_SHOWN_NAME),
        )

    async def context_window(self) -> int | None:
        """Return how many tokens the model takes, where the server says; never fails."""
        try:
            return read_context_window(await self._transport.list_models(), self._model)
        except (FailedAttempt, DraftError):
            return None

    async def _send_adapting(self, prompt: Prompt, cost: PromptCost) -> StreamedAnswer:
        """Send one request, and again at once without what the server does not take."""
        alive = self._server.alive
        while True:
            sent = self._parameters
            try:
                return await self._send_in_turn(prompt, sent, cost)
            except FailedAttempt as failure:
                if failure.again and alive is not None and not alive():
                    raise self._report.explain_stop() from None
                fewer = self._without_refused(failure, sent, formatted=bool(prompt.schema))
                if fewer is None:
                    raise
                note = fewer.describe_change(self._parameters)
                self._parameters = fewer
                if note:
                    self._watcher.noted(note)

    def _without_refused(
        self, failure: FailedAttempt, sent: Parameters, *, formatted: bool
    ) -> Parameters | None:
        """Return the parameters without the one that was refused; None where it was none."""
        if failure.status not in (400, 422) or failure.error.code != "bad-request":
            return None
        refused = find_refused_parameter(failure.text, failure.param)
        return self._parameters.without(refused, sent, formatted=formatted) if refused else None

    async def _send_in_turn(
        self, prompt: Prompt, sent: Parameters, cost: PromptCost
    ) -> StreamedAnswer:
        """Send one request as soon as it may be; all requests hear of it where it is refused."""
        async with self._brake.turn() as turn:
            attempt = Attempt(prompt, sent, turn)
            cost.requests += 1
            try:
                return await self._receive_answer(attempt)
            except FailedAttempt as failure:
                if failure.busy and not turn.accepted:
                    failure.shared = True
                    seconds = self._brake.refuse(turn, failure)
                    if seconds is not None:
                        self._watcher.waiting(prompt.label, seconds, failure.error.message)
                raise
            finally:
                cost.pieces = attempt.answer.pieces

    async def _receive_answer(self, attempt: Attempt) -> StreamedAnswer:
        """Return the whole answer to a request. Raises `FailedAttempt` where it is not whole."""
        answer = attempt.answer
        self._watcher.received(attempt.prompt.label, 0)  # it is sent, and nothing is here yet
        try:
            first = None if self._server.queueing else self._server.timeout
            async with set_deadline(first, self._server.alive) as limit:
                self._queued.add(limit)
                try:
                    await self._read_stream(attempt, limit)
                finally:
                    self._queued.discard(limit)
                answer.end()
        except FailedAttempt as failure:
            if failure.status:
                self._brake.heard = True
            if not answer.complete:
                raise
        except TimeoutError:
            if not answer.complete:
                raise self._report.explain_silence(self._server.timeout) from None
        except ErrorEvent as error:
            raise self._report.explain_event(error.body) from None
        except NotAnApi as error:
            error_told = self._report.explain_not_an_api(error.sample)
            raise FailedAttempt(error_told, again=False) from None
        if not answer.complete:
            raise self._report.explain_cut()
        return answer

    async def _read_stream(self, attempt: Attempt, limit: asyncio.Timeout) -> None:
        """Read the answer as it comes; `limit` is put off for as long as something comes."""
        now = asyncio.get_running_loop().time
        answer = attempt.answer
        body = attempt.parameters.build_body(self._model, attempt.prompt)
        async with self._transport.post_completion(body) as response:
            self._brake.accept(attempt.turn, response.headers)
            asked = now()
            async for received in response.aiter_bytes():
                answer.feed(received)
                begun = bool(answer.pieces or answer.complete)
                left = min(USAGE_TIMEOUT if answer.complete else inf, self._server.timeout)
                if begun:
                    self._queued.discard(limit)
                if begun or not self._server.queueing:
                    limit.reschedule(now() + left + READ_INTERVAL)
                self._put_off_queued(now())
                # What came at once was already here; what had to be waited for comes one by one.
                if now() - asked > WAKE_SECONDS and not answer.complete:
                    self._tell_progress(attempt)
                    await asyncio.sleep(READ_INTERVAL - now() % READ_INTERVAL)
                asked = now()
        self._tell_progress(attempt)

    def _tell_progress(self, attempt: Attempt) -> None:
        """Tell how much of an answer is here: it is shown as it comes, and may hold the key."""
        text = mask_begun_key(attempt.answer.text, self._server.api_key)
        self._watcher.received(attempt.prompt.label, attempt.answer.pieces, text)

    def _put_off_queued(self, now: float) -> None:
        """Give those that wait for a first word their time anew: the server answers another one.

        A server that takes fewer at a time than it is sent keeps the rest in a queue, and is not
        silent while it says something to any of us.
        """
        if self._server.queueing or now < self._put_off:
            return
        # Often enough that none ends too early by more than a tenth.
        self._put_off = now + self._server.timeout / 10
        for limit in self._queued:
            if not limit.expired():
                limit.reschedule(now + self._server.timeout + READ_INTERVAL)

    async def _with_known_names(self, error: DraftError) -> DraftError:
        """Return the error for a model that the server lacks, with the names that it does know."""
        if error.code == "unknown-model":
            with suppress(FailedAttempt, DraftError):
                names = read_model_names(await self._transport.list_models(HINT_TIMEOUT))
                advice = advise_model(self._model, names, self._server.api_key)
                error.hint = advice or error.hint
        return error
