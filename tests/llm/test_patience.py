"""Requests of a run share one brake: what a server says to one of them counts for all."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from types import MappingProxyType

import pytest

from assistant.errors import DraftError, Exit
from assistant.llm.failures import FailedAttempt
from assistant.llm.patience import MOST_REFUSALS, Brake, compute_backoff

GONE = "gone"


def fault(status: int = 429, *, wait: float | None = None, again: bool = True) -> FailedAttempt:
    """What comes of a request that is turned away; without a status nobody is there."""
    error = DraftError(GONE, code="x", exit_code=Exit.MODEL)
    made = FailedAttempt(error, again=again, reached=bool(status))
    made.status, made.wait = status, wait
    return made


@dataclass(slots=True)
class Server:
    """Takes so many requests at a time, and turns the others away; time passes by steps."""

    room: float
    brake: Brake = field(init=False)
    slept: list[float] = field(default_factory=list)
    wait: float | None = None
    status: int = 429
    running: int = 0
    most: int = 0
    sent: int = 0
    steps: int = 9  # that an answer takes

    def __post_init__(self) -> None:
        self.brake = Brake(self.sleep)

    async def sleep(self, seconds: float) -> None:
        """Let others go on."""
        self.slept.append(seconds)
        await asyncio.sleep(0)

    async def ask(self) -> bool:
        """One request, sent until it is answered; False where the server is given up."""
        while True:
            try:
                async with self.brake.turn() as turn:
                    self.sent += 1
                    await asyncio.sleep(0)
                    if self.running >= self.room:
                        self.brake.refuse(turn, fault(self.status, wait=self.wait))
                        raise fault()
                    self.brake.accept(turn, MappingProxyType({}))
                    self.running += 1
                    self.most = max(self.most, self.running)
                    for _ in range(self.steps):
                        await asyncio.sleep(0)
                    self.running -= 1
                    return True
            except FailedAttempt:
                continue
            except DraftError:
                return False


def at_once(ask: Callable[[], Coroutine[None, None, bool]], count: int) -> list[bool]:
    """What comes of so many requests at once."""

    async def run() -> list[bool]:
        return await asyncio.gather(*(ask() for _ in range(count)))

    return asyncio.run(run())


def test_nothing_slows_down_a_server_that_takes_all() -> None:
    """Without a refusal as many are in flight as there are."""
    server = Server(room=99)

    assert all(at_once(server.ask, 22))
    assert (server.most, server.sent, server.slept) == (22, 22, [])


@pytest.mark.parametrize("room", [1, 2, 5, 21])
def test_all_are_answered_by_a_server_that_takes_few(room: int) -> None:
    """Of 22 requests none is given up, and none is sent as often as it may be by itself."""
    server = Server(room=room)

    assert all(at_once(server.ask, 22))
    assert server.most == room
    assert server.sent <= 4 * 22


def test_a_server_that_is_answering_is_not_given_up() -> None:
    """However often others are turned away during one long answer, the server is busy, not gone."""
    server = Server(room=1, steps=200)

    assert all(at_once(server.ask, 150))
    assert server.sent > MOST_REFUSALS + 150


def test_room_grows_again() -> None:
    """A server that has room again is sent more again."""
    server = Server(room=2)
    assert all(at_once(server.ask, 8))
    server.room, server.most = 99, 0

    assert all(at_once(server.ask, 40))
    assert server.most > 4


def test_half_of_them_go_on_after_a_refusal() -> None:
    """Where the server takes none of those in flight, half as many are sent from then on."""

    async def run() -> int:
        async def sleep(_seconds: float) -> None:
            await asyncio.sleep(0)

        brake = Brake(sleep)

        async def be_refused() -> None:
            async with brake.turn() as turn:
                await asyncio.sleep(0)
                brake.refuse(turn, fault())
                raise fault()

        await asyncio.gather(*(be_refused() for _ in range(8)), return_exceptions=True)
        turns = [brake.turn() for _ in range(8)]
        again = [asyncio.create_task(turn.__aenter__()) for turn in turns]
        for _ in range(20):
            await asyncio.sleep(0)
        sent = sum(task.done() for task in again)
        for task in again:
            task.cancel()
        brake.close()
        return sent

    assert asyncio.run(run()) == 4


def test_a_named_wait_is_one_for_all() -> None:
    """What the server asks for is waited for once, by all together, and the longest counts."""

    async def run() -> list[float]:
        slept: list[float] = []
        brake = Brake()

        async def sleep(seconds: float) -> None:
            slept.append(seconds)
            await asyncio.sleep(0)

        brake = Brake(sleep)

        async def one(number: int) -> None:
            async with brake.turn() as turn:
                await asyncio.sleep(0)
                brake.refuse(turn, fault(wait=5.0 + number))
            async with brake.turn():
                assert slept == [7.0]

        await asyncio.gather(*(one(number) for number in range(3)))
        return slept

    assert asyncio.run(run()) == [7.0]


def test_a_server_that_is_gone_is_given_up_once() -> None:
    """One request at a time finds out whether it is back, and all others hear of it."""
    server = Server(room=0, status=0)
    server.brake.heard = True

    assert at_once(server.ask, 22) == [False] * 22
    assert server.sent == 22 + MOST_REFUSALS - 1
    assert server.brake.over
    assert at_once(server.ask, 1) == [False]
    assert server.sent == 22 + MOST_REFUSALS - 1


def test_an_address_that_never_answered_is_given_up_sooner() -> None:
    """Where nothing was ever heard, two turns are enough."""
    server = Server(room=0, status=0)

    assert at_once(server.ask, 3) == [False] * 3
    assert server.sent == 4


def test_a_server_that_is_back_gets_all() -> None:
    """After it was away, a server is sent as many as before."""
    server = Server(room=0, status=0)
    server.brake.heard = True

    async def back(seconds: float) -> None:
        server.room = 99
        await server.sleep(seconds)

    server.brake._sleep = back  # noqa: SLF001  the server returns while it is waited for

    assert all(at_once(server.ask, 22))
    assert server.most > 9


def test_what_cannot_get_better_is_not_waited_for() -> None:
    """A refusal that no later request can escape ends all at once."""

    async def run() -> None:
        brake = Brake()
        async with brake.turn() as turn:
            assert brake.refuse(turn, fault(again=False)) is None
        with pytest.raises(DraftError, match=GONE):
            async with brake.turn():
                pass

    asyncio.run(run())


def test_a_request_that_is_cancelled_leaves_its_place() -> None:
    """What waits when a run is stopped holds nobody up."""

    async def run() -> None:
        brake = Brake()
        async with brake.turn() as turn:
            brake.refuse(turn, fault(wait=60))
            waiting = asyncio.create_task(brake.turn().__aenter__())
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        brake.close()

    asyncio.run(run())


def test_an_allowance_that_is_used_up_is_waited_for() -> None:
    """OpenAI's headers say when the next request will be taken, before one is turned away."""
    headers = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6s"}

    async def run() -> list[float]:
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        brake = Brake(sleep)
        async with brake.turn() as turn:
            brake.accept(turn, headers)
        async with brake.turn():
            pass
        return slept

    assert asyncio.run(run()) == [6.0]


def test_backoff_grows_and_ends() -> None:
    """Each failure is waited for longer, but never much longer than half a minute."""
    assert 0.5 <= compute_backoff(1) <= 1 <= compute_backoff(2) <= 1.5
    assert 30 <= compute_backoff(99) <= 30.5
