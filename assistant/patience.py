"""How often a request is tried, how long in between, and how long silence is borne."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import tenacity

from assistant import brake
from assistant.brake import Sleep
from assistant.errors import DraftError
from assistant.fault import Fault

ATTEMPTS = 5
ALIVE_EVERY = 0.5

Alive = Callable[[], bool]
Told = Callable[[Fault, float], None]


def retrying(sleep: Sleep, given_up: Callable[[], bool], told: Told) -> tenacity.AsyncRetrying:
    """Return what calls a coroutine again after each `Fault` that may pass.

    One that any other request would have met too is no attempt of this one: then `given_up` says
    when it is enough, and the wait is all requests' own. `told` hears of each wait before it
    begins.
    """
    failures = 0

    def count(state: tenacity.RetryCallState) -> None:
        nonlocal failures
        fault = last(state)
        failures += fault is not None and not fault.shared

    def enough(state: tenacity.RetryCallState) -> bool:
        fault = last(state)
        if fault is not None and fault.shared:
            return given_up()
        return failures >= ATTEMPTS

    def pause(state: tenacity.RetryCallState) -> float:
        fault = last(state)
        if fault is None or fault.shared:
            return 0.0
        return brake.backoff(failures) if fault.wait is None else fault.wait

    def announce(state: tenacity.RetryCallState) -> None:
        fault = last(state)
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
        retry=tenacity.retry_if_exception(lambda one: isinstance(one, Fault) and one.again),
        before_sleep=announce,
        reraise=True,
    )


def last(state: tenacity.RetryCallState) -> Fault | None:
    """Return the fault that ended the last attempt."""
    fault = state.outcome.exception() if state.outcome else None
    return fault if isinstance(fault, Fault) else None


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
