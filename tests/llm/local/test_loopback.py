"""Calls to an engine: what it says of itself, and what its slots are told."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from assistant.llm.local.loopback import (
    EngineFacts,
    copy_prefix,
    find_free_port,
    get_json,
    post_json,
    read_engine_facts,
)
from assistant.llm.model import Message

KEY = "key"
MESSAGES = (Message(role="system", content="Be short."), Message(role="user", content="Brief"))


@dataclass(slots=True)
class Engine:
    """What an engine answers to a GET of a path and to each POST, and what it was asked."""

    answers: dict[str, object] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    fails_at: str = "nowhere"
    port: int = 0
    asked: list[tuple[str, object]] = field(default_factory=list)


@contextmanager
def serve(engine: Engine) -> Iterator[Engine]:
    """Let an engine answer on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        """Answers as the engine says, and nothing to who has another key."""

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def answer(self, status: int, data: bytes) -> None:
            """Send a whole response."""
            if self.headers["Authorization"] != f"Bearer {KEY}":
                status, data = 401, b"{}"
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self) -> None:
            """Answer with what there is for the path."""
            found = engine.answers.get(self.path)
            self.answer(200 if found is not None else 503, json.dumps(found).encode())

        def do_POST(self) -> None:
            """Keep what was asked, and answer with the lines."""
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            engine.asked.append((self.path, body))
            self.answer(
                501 if engine.fails_at in self.path else 200, "\n".join(engine.lines).encode()
            )

    server = HTTPServer(("127.0.0.1", 0), Handler)
    engine.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield engine
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("props", "expected"),
    [
        ({"total_slots": 3, "default_generation_settings": {"n_ctx": 4096}}, EngineFacts(3, 4096)),
        ({"total_slots": 0, "default_generation_settings": {"n_ctx": "many"}}, EngineFacts()),
        ({"default_generation_settings": [1]}, EngineFacts()),
        ({}, EngineFacts()),
    ],
)
def test_facts(props: object, expected: EngineFacts) -> None:
    """A ready engine says its slots and tokens; what is no number says nothing."""
    with serve(Engine({"/health": {"status": "ok"}, "/props": props})) as engine:
        assert read_engine_facts(engine.port, KEY) == expected


def test_an_engine_that_is_not_ready() -> None:
    """While an engine loads, and where somebody else's server does not know the key, it is none."""
    with serve(Engine({"/props": {}})) as engine:
        assert read_engine_facts(engine.port, KEY) is None
    with serve(Engine({"/health": {}, "/props": {}})) as engine:
        assert read_engine_facts(engine.port, "another") is None


@pytest.mark.parametrize("answer", [[1], "words", 7])
def test_json_that_is_no_object(answer: object) -> None:
    """What is no object is no answer, and nor is one where nobody listens."""
    with serve(Engine({"/props": answer})) as engine:
        assert get_json(engine.port, "/props", KEY) is None
    assert get_json(find_free_port(), "/props", KEY) is None


def test_a_free_port_can_be_taken() -> None:
    """Whoever asks for a free port can listen on it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", find_free_port()))


def test_lines_of_an_answer_are_heard() -> None:
    """Who posts hears each line; what is not answered well has failed."""
    heard: list[bytes] = []
    with serve(Engine(lines=("one", "two"), fails_at="/bad")) as engine:
        assert asyncio.run(post_json(engine.port, "/good", KEY, {"a": 1}, heard.append))
        assert not asyncio.run(post_json(engine.port, "/bad", KEY, {}))

    assert engine.asked[0] == ("/good", {"a": 1})
    assert b"".join(heard).endswith(b"one\ntwo")


def test_progress_of_reading_is_told() -> None:
    """How much of the beginning is read is told as the engine says it; other lines say nothing."""
    told: list[tuple[int, int]] = []
    progress = {"prompt_progress": {"processed": 256, "total": 1050}}
    lines = ("data: {broken", f"data: {json.dumps(progress)}", "data: []", "")
    with serve(Engine(lines=lines)) as engine:
        shared = copy_prefix(engine.port, KEY, 2, MESSAGES, lambda *size: told.append(size))
        assert asyncio.run(shared)

    assert told == [(256, 1050)]
    assert [path for path, _ in engine.asked] == [
        "/v1/chat/completions",
        "/slots/0?action=save",
        "/slots/1?action=restore",
    ]


@pytest.mark.parametrize("place", ["completions", "save", "slots/2"])
def test_an_engine_that_cannot_copy(place: str) -> None:
    """Where any of the steps fails, the rest is left out and nothing is raised."""
    with serve(Engine(fails_at=place)) as engine:
        assert not asyncio.run(copy_prefix(engine.port, KEY, 4, MESSAGES, lambda *_: None))

    assert place in engine.asked[-1][0]


def test_nobody_to_copy_for() -> None:
    """An engine that is gone is one that cannot copy."""
    port = find_free_port()

    assert not asyncio.run(copy_prefix(port, KEY, 2, MESSAGES, lambda *_: None))
