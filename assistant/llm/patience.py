"""How patient we are with a server: who may send when, how often one request is tried, how long.

What any other request would have met as well (the server has no room, or is not there) is the
affair of the `Brake`, which all requests of a run share. What concerns one request alone (a stream
that broke, a status 500) is tried again by `build_retrying`; silence is ended by `set_deadline`.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import inf

import tenacity

from assistant.errors import DraftError
from assistant.llm.failures import FailedAttempt, read_allowance

# How often one request is tried for reasons of its own, and how often in a row a server may turn
# away all that it is sent: with the waits in between about 8 seconds. By judgement.
MOST_ATTEMPTS = 5
MOST_REFUSALS = 5
# A server that never answered is more likely a wrong address than one that is just starting.
MOST_FIRST_REFUSALS = 2
# Seconds of the first wait, which doubles with each failure, and those of the longest one.
SHORTEST_BACKOFF = 0.5
LONGEST_BACKOFF = 30.0
# Seconds between two looks at whether a server of our own still runs.
ALIVE_INTERVAL = 0.5

AliveCheck = Callable[[], bool]
Sleep = Callable[[float], Awaitable[None]]
WaitListener = Callable[[FailedAttempt, float], None]


def compute_backoff(attempt: int) -> float:
    """Return how many seconds to wait after so many failures where the server names no time."""
    wait = min(LONGEST_BACKOFF, SHORTEST_BACKOFF * 2 ** (attempt - 1))
    # The chance in it keeps several programs from coming back at the same moment.
    return float(wait) + random.random() / 2  # noqa: S311 -- no secret


@dataclass(slots=True)
class Turn:
    """A request that may be sent: the how manieth it is, and whether the server took it on."""

    number: int
    accepted: bool = False


class Brake:
    """Lets the requests of a run go to one server, and slows all of them by what it answers.

    Refused, at most half of those in flight go on being sent, though never fewer than it is just
    answering; each answer makes room for a part of one more. While it cannot be reached, one at a
    time finds out whether it is back. A wait that the server names is waited for by all. `heard`
    says whether the server ever answered. (memory/design/020_requests_in_flight.md)
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
            self._wake_waiting()

    def accept(self, turn: Turn, headers: Mapping[str, str]) -> None:
        """Take in that the server answers a request, and what it says of those to come."""
        turn.accepted = self.heard = True
        self._answering += 1
        self._refusals = 0
        self._away = False
        wait = read_allowance(headers)
        if wait is not None:
            self._hold(wait)
        self._wake_waiting()

    def refuse(self, turn: Turn, failure: FailedAttempt) -> float | None:
        """Take in that the server turned a request away; return for how long none is sent now.

        None where that is no news, or where the server is given up.
        """
        if turn.number < self._known and failure.again:
            if failure.wait is not None:
                self._hold(failure.wait)
            return None
        self._known = self._sent
        if failure.reached:
            self._limit = max(1, self._answering, self._running // 2)
        self._away = not failure.reached
        # A server that is answering others is busy, not gone: these wait until it has room.
        self._refusals += not self._answering
        most = MOST_REFUSALS if self.heard else MOST_FIRST_REFUSALS
        if not failure.again or self._refusals >= most:
            self._over = failure.error
            self._wake_waiting()
            return None
        wait = compute_backoff(max(1, self._refusals)) if failure.wait is None else failure.wait
        self._hold(wait)
        return wait

    def close(self) -> None:
        """End the pause, if there is one, without waking anybody."""
        if self._pause is not None:
            self._pause.cancel()

    def _is_free(self) -> bool:
        """Return whether one more may be sent. Raises DraftError where the server was given up."""
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
        self._pause = asyncio.create_task(self._end_pause_after(seconds))

    async def _end_pause_after(self, seconds: float) -> None:
        await self._sleep(seconds)
        self._pause = None
        self._wake_waiting()

    def _wake_waiting(self) -> None:
        """Let all that wait look again, in their order."""
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(None)


@dataclass(slots=True)
class OwnFailures:
    """Decides after each failed attempt of one request whether, and when, there is another one.

    A failure that any other request would have met too is none of its own: then `given_up` says
    when it is enough, and all requests wait together.
    """

    given_up: Callable[[], bool]
    announce: WaitListener
    count: int = 0

    def add(self, state: tenacity.RetryCallState) -> None:
        """Count a failed attempt."""
        failure = find_last_failure(state)
        self.count += failure is not None and not failure.shared

    def are_enough(self, state: tenacity.RetryCallState) -> bool:
        """Return whether there is to be no other attempt."""
        failure = find_last_failure(state)
        if failure is not None and failure.shared:
            return self.given_up()
        return self.count >= MOST_ATTEMPTS

    def choose_wait(self, state: tenacity.RetryCallState) -> float:
        """Return the seconds until the next attempt."""
        failure = find_last_failure(state)
        if failure is None or failure.shared:
            return 0.0
        return compute_backoff(self.count) if failure.wait is None else failure.wait

    def announce_wait(self, state: tenacity.RetryCallState) -> None:
        """Tell of a wait before it begins."""
        failure = find_last_failure(state)
        if failure is not None:
            self.announce(failure, state.upcoming_sleep)


def build_retrying(
    sleep: Sleep, given_up: Callable[[], bool], announce: WaitListener
) -> tenacity.AsyncRetrying:
    """Return what calls a coroutine again after each `FailedAttempt` that may pass.

    `given_up` says whether the server was given up by all, and `announce` hears of each wait.
    """
    failures = OwnFailures(given_up, announce)

    async def wait(seconds: float) -> None:
        if seconds:
            await sleep(seconds)

    return tenacity.AsyncRetrying(
        sleep=wait,
        after=failures.add,
        stop=failures.are_enough,
        wait=failures.choose_wait,
        retry=tenacity.retry_if_exception(may_pass),
        before_sleep=failures.announce_wait,
        reraise=True,
    )


def may_pass(error: BaseException) -> bool:
    """Return whether the same request may succeed later."""
    return isinstance(error, FailedAttempt) and error.again


def find_last_failure(state: tenacity.RetryCallState) -> FailedAttempt | None:
    """Return the failure of the last attempt; None where it did not fail, or by another error."""
    failure = state.outcome.exception() if state.outcome else None
    return failure if isinstance(failure, FailedAttempt) else None


@asynccontextmanager
async def set_deadline(
    seconds: float | None, alive: AliveCheck | None
) -> AsyncIterator[asyncio.Timeout]:
    """End the block with TimeoutError after `seconds`, unless it is put off.

    Without `seconds` the block waits for as long as `alive` says yes, or until one is set.
    """
    async with asyncio.timeout(seconds) as limit:
        watch = None
        if seconds is None and alive is not None:
            watch = asyncio.create_task(watch_server(limit, alive))
        try:
            yield limit
        finally:
            if watch is not None:
                watch.cancel()


async def watch_server(limit: asyncio.Timeout, alive: AliveCheck) -> None:
    """End a wait for a server of our own that is gone, as `alive` says."""
    while limit.when() is None:
        await asyncio.sleep(ALIVE_INTERVAL)
        try:
            living = alive()
        except DraftError:
            living = False
        if not living and limit.when() is None:
            limit.reschedule(asyncio.get_running_loop().time())
