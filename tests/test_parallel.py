"""Tests of `parallel`: a function of many items, in several processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import pytest

from assistant.errors import DraftError, Exit
from assistant.parallel import MIN_SHARED_ITEMS, map_in_processes
from tests.support.paths import ROOT

MANY = 10 * MIN_SHARED_ITEMS
# A program that works in two processes, says which, and never ends by itself.
ENDLESS = """
import os, sys, time
from assistant.parallel import map_in_processes

def work(item):
    os.write(1, b"%d\\n" % os.getpid())  # in one piece
    time.sleep(0.01)

def main():
    for _ in map_in_processes(work, iter(int, 1), processes=2):
        pass

if __name__ == "__main__":
    main()
"""


def double(item: int) -> int:
    return 2 * item


def process(_: int) -> int:
    time.sleep(0.001)
    return os.getpid()


def picky(bad: int, item: int) -> int:
    if item == bad:
        raise DraftError("no.", code="c", exit_code=Exit.FILE, where="w", hint="h")
    return item


def buggy(item: int) -> int:
    raise KeyError(item)


def test_results_come_in_order() -> None:
    """Results come in the order of the items, whichever process was first."""
    found = list(map_in_processes(double, range(MANY), processes=3))

    assert found == [2 * item for item in range(MANY)]


def test_many_items_are_shared_out() -> None:
    """Many items are worked on by other processes, as many as were asked for at most."""
    found = set(map_in_processes(process, range(MANY), processes=2))

    assert os.getpid() not in found
    assert 1 <= len(found) <= 2


@pytest.mark.parametrize("number", [0, 1, MIN_SHARED_ITEMS - 1])
def test_few_items_are_worked_on_here(number: int) -> None:
    """Few items start no process."""
    assert set(map_in_processes(process, range(number), processes=2)) <= {os.getpid()}


def test_one_processor_starts_no_process() -> None:
    """Where there is one processor, all is done here."""
    assert set(map_in_processes(process, range(MANY), processes=1)) == {os.getpid()}


@pytest.mark.parametrize("processes", [1, 2])
def test_an_error_is_raised_in_its_turn(processes: int) -> None:
    """An item that cannot be used is an error, as it was, after the results of those before it."""
    results = map_in_processes(partial(picky, 101), range(MANY), processes=processes)

    assert list(islice(results, 101)) == list(range(101))
    with pytest.raises(DraftError) as caught:
        next(results)
    error = caught.value
    assert str(error) == "w: no.\nh"
    assert (error.code, error.exit_code) == ("c", Exit.FILE)


def test_a_bug_is_a_bug_here_too() -> None:
    """An unexpected error of another process is raised here, for its report."""
    with pytest.raises(KeyError):
        list(map_in_processes(buggy, range(MANY), processes=2))


def test_items_are_taken_as_they_are_needed() -> None:
    """Memory stays flat: items are not taken long before their results are."""
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for item in range(100 * MIN_SHARED_ITEMS):
            taken += 1
            yield item

    results = map_in_processes(double, items(), processes=2)
    next(results)

    assert taken < 4 * MIN_SHARED_ITEMS
    results.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_other_processes_end_with_this_one(tmp_path: Path) -> None:
    """However a run is ended, kill -9 included, nothing of it goes on."""
    (tmp_path / "endless.py").write_text(ENDLESS, encoding="utf-8")
    root = ROOT
    with subprocess.Popen(
        [sys.executable, str(tmp_path / "endless.py")],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    ) as run:
        assert run.stdout is not None
        others = {int(run.stdout.readline()) for _ in range(50)}
        run.kill()
        # Standard output ends when the last process that has it does.
        run.stdout.read()

    assert run.pid not in others


def killed(item: int) -> int:
    if item == MANY // 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def test_a_killed_process_is_no_bug_of_ours() -> None:
    """Where the system kills a process, that is said, and what to do."""
    with pytest.raises(DraftError, match="killed"):
        list(map_in_processes(killed, range(MANY), processes=2))
