"""Work that several processes share, in order and with bounded memory."""

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import chain, islice
from typing import Any, TypeVar

from assistant.errors import DraftError, Exit

T = TypeVar("T")
R = TypeVar("R")

# Fewer items are not worth a second process, by judgement: to begin one takes longer than some
# documents do.
MIN_SHARED_ITEMS = 32
_BATCH_ITEMS = 8  # items that a process is given at a time; by judgement
_BATCHES_AHEAD = 2  # times as many are given out as are being worked on, so that nobody waits
_MAX_PROCESSES = 8  # more would wait for the one that prints


def map_in_processes(
    function: Callable[[T], R], items: Iterable[T], *, processes: int | None = None
) -> Generator[R, None, None]:
    """Yield `function` of each item, in order; what it raises for one is raised in that one's turn.

    Few items, or a machine with one processor, are worked on in this process. Else the function,
    items and results must be such as can be pickled; the function is, once for each process.
    """
    rest = iter(items)
    first = list(islice(rest, MIN_SHARED_ITEMS))
    number = processes or min(_count_processors(), _MAX_PROCESSES)
    every = chain(first, rest)
    if len(first) < MIN_SHARED_ITEMS or number == 1:
        yield from map(function, every)
    else:
        yield from _map_over_pool(function, every, number)


def _map_over_pool(
    function: Callable[[T], R], items: Iterator[T], number: int
) -> Generator[R, None, None]:
    """Yield `function` of each item in order, worked out by a number of processes."""
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415  40 ms, seldom needed
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415
    from multiprocessing import get_context  # noqa: PLC0415

    pool = ProcessPoolExecutor(
        number,
        mp_context=get_context(_choose_start_method()),
        initializer=_prepare_process,
        initargs=(function,),
    )
    batches = iter(lambda: tuple(islice(items, _BATCH_ITEMS)), ())
    try:
        given = deque(
            pool.submit(_work_on_batch, batch) for batch in islice(batches, number * _BATCHES_AHEAD)
        )
        while given:
            results, error = given.popleft().result()
            given.extend(pool.submit(_work_on_batch, batch) for batch in islice(batches, 1))
            yield from results
            if error:
                raise error
    except BrokenProcessPool as error:
        raise DraftError(
            "one of the processes that shared the work was killed.",
            code="killed",
            exit_code=Exit.FILE,
            where="this machine",
            hint="It may be short of memory: name fewer documents at a time.",
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _count_processors() -> int:
    """Return how many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _choose_start_method() -> str:
    """Return how a process begins: as a copy of this one, where that is quick and safe."""
    return "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"


_function: Callable[[Any], Any] | None = None


def _prepare_process(function: Callable[[Any], Any]) -> None:
    """Make a process ready for its work: it leaves Ctrl-C to its parent, and ends with it."""
    global _function  # noqa: PLW0603  what a process is for, told once
    _function = function
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Wait for the end of the parent, and end then: a thread of each process does."""
    from multiprocessing import parent_process  # noqa: PLC0415

    parent = parent_process()
    if parent:
        parent.join()
        os._exit(0)


def _work_on_batch(batch: tuple[Any, ...]) -> tuple[list[Any], DraftError | None]:
    """Return the results up to an item that cannot be used, and what is wrong with that one."""
    assert _function is not None  # noqa: S101  a process begins with it
    results: list[Any] = []
    for item in batch:
        try:
            results.append(_function(item))
        except DraftError as error:
            return results, error
    return results, None
