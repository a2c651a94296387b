"""Many `draft` processes at once in one folder: numbers, whole files, and nothing paid for lost."""

import os
import random
import re
import signal
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from assistant.template.template import parse_template
from tests.support import at_once
from tests.support.at_once import command, drafted_at_once, numbers
from tests.support.journals import list_left
from tests.support.kept import broken
from tests.support.paths import SMALL
from tests.support.scripted import Reply, Request, ScriptedServer, plausible
from tests.support.templates import SECTIONS
from tests.support.waiting import PATIENCE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="processes part by fork"),
]

MANY = 64
SLOW = pytest.mark.skipif(
    not os.environ.get("CI"), reason="takes 30 s of processor time; runs where CI is set"
)
KILLED = 16
ALL = 1 + SECTIONS


def topic(text: str) -> int:
    found = re.search(r"topic (\d\d) in the login", text)
    assert found
    return int(found[1])


def kept(answers: dict[int, int]) -> dict[int, int]:
    """The answers that journals hold, by topic, of those topics that are asked about."""
    found = {topic(one.about["description"]): one.answers for one in list_left()}
    return {number: found.get(number, 0) for number in answers}


@SLOW
def test_sixty_four(tmp_path: Path) -> None:
    """Of 64 processes at once each saves a whole document; there is no gap, and nothing is left."""
    drafted_at_once(MANY, tmp_path)


class Killer:
    """A script that answers so many requests of each topic, and then says nothing any more.

    A topic that is answered to the end is killed at some moment while its document is saved.
    """

    def __init__(self, answered: dict[int, int]) -> None:
        self.answered = answered
        self.asked: Counter[int] = Counter()
        self.ids: tuple[int, ...] = ()
        self.chance = random.Random(7)  # noqa: S311
        self.timers: list[threading.Timer] = []

    def __call__(self, request: Request) -> Reply:
        """Answer, or hang."""
        number = topic(request.text)
        self.asked[number] += 1
        good = plausible(request)
        if self.asked[number] > self.answered[number]:
            return Reply(text=good.text, hang=0)
        if self.asked[number] == ALL:
            timer = threading.Timer(self.chance.uniform(0.0, 0.2), self.kill, (number,))
            self.timers.append(timer)
            timer.start()
        return good

    def kill(self, number: int) -> None:
        """Kill a topic's process, if it still runs."""
        with suppress(ProcessLookupError):
            os.kill(self.ids[number], signal.SIGKILL)


def test_killed_at_random(tmp_path: Path) -> None:
    """However processes are killed, files are whole, and what was paid for is not paid again."""
    chance = random.Random(11)  # noqa: S311
    answered = {number: chance.choice([1, 2, 3, 4, 5, ALL, ALL]) for number in range(KILLED)}
    hung = {number: count for number, count in answered.items() if count < ALL}
    killer = Killer(answered)
    folder = tmp_path / "memory" / "design"
    with (
        ScriptedServer(killer) as server,
        at_once.started(
            [command(number, server.url) for number in range(KILLED)], tmp_path, tmp_path / "a"
        ) as processes,
    ):
        killer.ids = processes.ids
        end = time.monotonic() + PATIENCE
        while on_disk(hung) != hung or len(killer.timers) < KILLED - len(hung):
            assert time.monotonic() < end
            time.sleep(0.05)
        for number in chance.sample(sorted(hung), len(hung)):
            killer.kill(number)
        for timer in killer.timers:
            timer.join()
        codes = processes.codes()

    template = parse_template(SMALL.read_bytes(), "small")
    saved = list(folder.glob("[0-9]*")) if folder.exists() else []
    assert all(not broken(template, path.read_text("utf-8")) for path in saved)
    assert [path for path in saved if "None yet." not in path.read_text("utf-8")] == []
    done = {topic(path.name.replace("_", " ")) for path in saved}
    assert not done & set(hung)
    assert all(codes[number] == -signal.SIGKILL for number in hung)
    assert kept(hung) == hung

    left = [number for number in range(KILLED) if number not in done]
    again = kept(dict.fromkeys(left, 0))
    with (
        ScriptedServer(plausible) as server,
        at_once.started(
            [command(number, server.url) for number in left], tmp_path, tmp_path / "b"
        ) as processes,
    ):
        assert processes.codes() == [0] * len(left)
        asked = Counter(topic(request.text) for request in server.requests)

    assert {number: asked[number] for number in left} == {n: ALL - again[n] for n in left}
    assert numbers(folder) == list(range(1, KILLED + 1))


def on_disk(topics: dict[int, int]) -> dict[int, int]:
    """The answers of these topics in journals, whoever holds them."""
    found = dict.fromkeys(topics, 0)
    for path in Path(os.environ["XDG_STATE_HOME"]).rglob("*.jsonl"):
        with suppress(OSError):  # a finished one is gone
            text = path.read_text()
            if "topic" in text and topic(text) in found:
                found[topic(text)] = len(re.findall(r'"id": "(?!@)', text))  # `@`: a note
    return found
