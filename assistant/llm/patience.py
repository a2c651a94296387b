"""How often a request is tried, how long in between, and how long silence is borne."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import inf

import tenacity

from assistant.errors import DraftError
from assistant.llm.faults import FailedAttempt, read_allowance

# How often in a row a server may turn away all that it is sent.
MOST_REFUSALS = 5
# A server that never answered is more likely a wrong address than one that is just starting.
MOST_FIRST_REFUSALS = 2
LONGEST_BACKOFF = 30.0

Sleep = Callable[[float], Awaitable[None]]


def compute_backoff(attempt: int) -> float:
    """Return how many seconds to wait after so many failures where the server names no time."""
    # The chance in it keeps several programs from coming back at the same moment.
    return float(min(LONGEST_BACKOFF, 0.5 * 2 ** (attempt - 1))) + random.random() / 2  # noqa: S311


@dataclass(slots=True)
class Turn:
    """A request that may be sent: the how manieth it is, and whether the server took it on."""

    number: int
    accepted: bool = False


class Brake:
    """Lets the requests of a run go to one server, and slows all of them by what it answers.

    Refused, at most half of those in flight go on being sent, though never fewer than it is just
    answering; each answer makes room for a part of one more. While it cannot be reached, one at a
    time finds out whether it is back. A wait that the server names is waited for by all.
    """

    def __init__(self, sleep: Sleep = asyncio.sleep) -> None:
        self._sleep = sleep
        self.heard = False
        self._over: DraftError | None = None
        self._limit = inf
        self._away = False  # one request at a time finds out whether the server is back
        self._running = 0
        self._answering = 0
        self._sent = 0
        self._known = 0  # a refusal of a request before this one is no news
        self._refusals = 0
        self._until = 0.0
        self._pause: asyncio.Task[None] | None = None
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def over(self) -> bool:
        """Whether the server was given up."""
        return self._over is not None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Turn]:
        """Wait until a request may be sent. Raises DraftError where the server was given up."""
        while not self._is_free():
            waiter = asyncio.get_running_loop().create_future()
            self._waiting.append(waiter)
            await waiter
        turn = Turn(self._sent)
        self._sent += 1
        self._running += 1
        try:
            yield turn
            self._limit += 1 / self._limit  # of infinity nothing changes
        finally:
            self._running -= 1
            self._answering -= turn.accepted
            self._wake()

    def accept(self, turn: Turn, headers: Mapping[str, str]) -> None:
        """Take in that the server answers a request, and what it says of those to come."""
        turn.accepted = self.heard = True
        self._answering += 1
        self._refusals = 0
        self._away = False
        wait = read_allowance(headers)
        if wait is not None:
            self._hold(wait)
        self._wake()

    def refuse(self, turn: Turn, fault: FailedAttempt) -> float | None:
        """Take in that the server turned a request away, for how long there are no others now.

        None where that is no news, or where the server is given up.
        """
        if turn.number < self._known and fault.again:
            if fault.wait is not None:
                self._hold(fault.wait)
            return None
        self._known = self._sent
        if fault.reached:
            self._limit = max(1, self._answering, self._running // 2)
        self._away = not fault.reached
        # A server that is answering others is busy, not gone: these wait until it has room.
        self._refusals += not self._answering
        if not fault.again or self._refusals >= (
            MOST_REFUSALS if self.heard else MOST_FIRST_REFUSALS
        ):
            self._over = fault.error
            self._wake()
            return None
        wait = compute_backoff(max(1, self._refusals)) if fault.wait is None else fault.wait
        self._hold(wait)
        return wait

    def close(self) -> None:
        """Let nothing of it go on."""
        if self._pause is not None:
            self._pause.cancel()

    def _is_free(self) -> bool:
        if self._over is not None:
            raise self._over
        return self._pause is None and self._running + 1 <= (1 if self._away else self._limit)

    def _hold(self, seconds: float) -> None:
        """Send nothing for so long; a longer wait that was named before stays."""
        until = asyncio.get_running_loop().time() + seconds
        if self._pause is not None:
            if until <= self._until:
                return
            self._pause.cancel()
        self._until = until
        self._pause = asyncio.create_task(self._paused(seconds))

    async def _paused(self, seconds: float) -> None:
        await self._sleep(seconds)
        self._pause = None
        self._wake()

    def _wake(self) -> None:
        """Let all that wait look again, in their order."""
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(None)


MOST_ATTEMPTS = 5
ALIVE_INTERVAL = 0.5

AliveCheck = Callable[[], bool]
WaitListener = Callable[[FailedAttempt, float], None]


def build_retrying(
    sleep: Sleep, given_up: Callable[[], bool], told: WaitListener
) -> tenacity.AsyncRetrying:
    """Return what calls a coroutine again after each `Fault` that may pass.

    One that any other request would have met too is no attempt of this one: then `given_up` says
    when it is enough, and the wait is all requests' own. `told` hears of each wait before it
    begins.
    """
    failures = 0

    def count(state: tenacity.RetryCallState) -> None:
        nonlocal failures
        fault = find_last_failure(state)
        failures += fault is not None and not fault.shared

    def enough(state: tenacity.RetryCallState) -> bool:
        fault = find_last_failure(state)
        if fault is not None and fault.shared:
            return given_up()
        return failures >= MOST_ATTEMPTS

    def pause(state: tenacity.RetryCallState) -> float:
        fault = find_last_failure(state)
        if fault is None or fault.shared:
            return 0.0
        return compute_backoff(failures) if fault.wait is None else fault.wait

    def announce(state: tenacity.RetryCallState) -> None:
        fault = find_last_failure(state)
        if fault is not None:
            told(fault, state.upcoming_sleep)

    async def wait(seconds: float) -> None:
        if seconds:
            await sleep(seconds)

    return tenacity.AsyncRetrying(
        sleep=wait,
        after=count,
        stop=enough,
        wait=pause,
        retry=tenacity.retry_if_exception(lambda one: isinstance(one, FailedAttempt) and one.again),
        before_sleep=announce,
        reraise=True,
    )


def find_last_failure(state: tenacity.RetryCallState) -> FailedAttempt | None:
    """Return the fault that ended the last attempt."""
    fault = state.outcome.exception() if state.outcome else None
    return fault if isinstance(fault, FailedAttempt) else None


@asynccontextmanager
async def set_deadline(
    seconds: float | None, alive: AliveCheck | None
) -> AsyncIterator[asyncio.Timeout]:
    """End the block with TimeoutError after `seconds`, unless it is put off.

    Without `seconds` the block waits for as long as `alive` says yes, or until one is set.
    """
    async with asyncio.timeout(seconds) as limit:
        watch = (
            asyncio.create_task(watch_server(limit, alive)) if seconds is None and alive else None
        )
        try:
            yield limit
        finally:
            if watch is not None:
                watch.cancel()


async def watch_server(limit: asyncio.Timeout, alive: AliveCheck) -> None:
    """End a wait for a server that is gone."""
    while limit.when() is None:
        await asyncio.sleep(ALIVE_INTERVAL)
        try:
            living = alive()
        except DraftError:
            living = False
        if not living and limit.when() is None:
            limit.reschedule(asyncio.get_running_loop().time())
