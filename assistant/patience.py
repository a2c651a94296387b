"""How often a request is tried, how long in between, and how long silence is borne."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import tenacity

from assistant.errors import DraftError
from assistant.fault import Fault

ATTEMPTS = 5
# A server that never answered is more likely a wrong address than one that is just starting.
FIRST_ATTEMPTS = 2
BACKOFF = tenacity.wait_exponential(multiplier=0.5, max=30) + tenacity.wait_random(0, 0.5)
ALIVE_EVERY = 0.5

Alive = Callable[[], bool]
Sleep = Callable[[float], Awaitable[None]]
Told = Callable[[Fault, float], None]


def retrying(sleep: Sleep, heard: Callable[[], bool], told: Told) -> tenacity.AsyncRetrying:
    """Return what calls a coroutine again after each `Fault` that may pass.

    `heard` says whether the server ever answered, `told` hears of each wait before it begins.
    """

    def enough(state: tenacity.RetryCallState) -> bool:
        fault = last(state)
        strange = fault is not None and not fault.reached and not heard()
        return state.attempt_number >= (FIRST_ATTEMPTS if strange else ATTEMPTS)

    def announce(state: tenacity.RetryCallState) -> None:
        fault = last(state)
        if fault is not None:
            told(fault, state.upcoming_sleep)

    return tenacity.AsyncRetrying(
        sleep=sleep,
        stop=enough,
        wait=pause,
        retry=tenacity.retry_if_exception(lambda one: isinstance(one, Fault) and one.again),
        before_sleep=announce,
        reraise=True,
    )


def last(state: tenacity.RetryCallState) -> Fault | None:
    """Return the fault that ended the last attempt."""
    fault = state.outcome.exception() if state.outcome else None
    return fault if isinstance(fault, Fault) else None


def pause(state: tenacity.RetryCallState) -> float:
    """Return how long to wait before the next attempt: what the server asked for, else longer."""
    fault = last(state)
    return fault.wait if fault is not None and fault.wait is not None else BACKOFF(state)


@asynccontextmanager
async def deadline(seconds: float | None, alive: Alive | None) -> AsyncIterator[asyncio.Timeout]:
    """End the block with TimeoutError after `seconds`, unless it is put off.

    Without `seconds` the block waits for as long as `alive` says yes, or until one is set.
    """
    async with asyncio.timeout(seconds) as limit:
        watch = asyncio.create_task(watching(limit, alive)) if seconds is None and alive else None
        try:
            yield limit
        finally:
            if watch is not None:
                watch.cancel()


async def watching(limit: asyncio.Timeout, alive: Alive) -> None:
    """End a wait for a server that is gone."""
    while limit.when() is None:
        await asyncio.sleep(ALIVE_EVERY)
        try:
            living = alive()
        except DraftError:
            living = False
        if not living and limit.when() is None:
            limit.reschedule(asyncio.get_running_loop().time())
