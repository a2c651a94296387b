"""Calls to the running engine that are not a model's, by the standard library, past any proxy.

It is asked whether it is ready and what it has, and its slots are told what all requests begin
with.
"""

import asyncio
import json
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from typing import Final

from assistant.llm.model import Message

_DIRECT_OPENER: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))
# Seconds for an answer that costs the engine nothing: while it reads a prompt it may take some.
_ANSWER_SECONDS: Final = 5.0
# Bytes of one line of an answer; a saved state or a list of settings is one line.
_LONGEST_LINE: Final = 1 << 22
# The shared beginning takes 13 s to read here, and minutes on a slow or busy machine.
_PREFIX_SECONDS: Final = 600.0
# The name of the file in which a slot's state is saved, in the folder that the engine was given.
PREFIX_FILE: Final = "prefix"

PrefixListener = Callable[[int, int], None]


def find_free_port() -> int:
    """Return a port on which nobody listens; somebody else may before we do."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def get_json(port: int, path: str, key: str) -> dict[str, object] | None:
    """Return what the engine answers to a GET, or None where it does not, or not yet."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {key}"}
    )
    try:
        with _DIRECT_OPENER.open(request, timeout=_ANSWER_SECONDS) as answer:
            found = json.loads(answer.read())
    except (urllib.error.URLError, HTTPException, OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


async def post_json(
    port: int, path: str, key: str, body: object, listen: Callable[[bytes], None] | None = None
) -> bool:
    """Return whether a POST of JSON succeeded. Cancelling it closes the connection at once.

    `listen` hears the lines of the answer as they come. The standard library's own client would go
    on in a thread when it is cancelled, so the few lines of HTTP are written here.
    """
    data = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=_LONGEST_LINE)
    try:
        writer.write(head.encode("ascii") + data)
        await writer.drain()
        words = (await reader.readline()).split()
        while line := await reader.readline():
            if listen is not None:
                listen(line)
    finally:
        writer.close()
    return words[1:2] == [str(HTTPStatus.OK.value).encode()]


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """What a running engine says of itself: its slots, and the tokens of each; 0 where unsaid."""

    slots: int = 0
    context: int = 0


def read_engine_facts(port: int, key: str) -> EngineFacts | None:
    """Return what a ready engine says of itself, or None where it is not ready, or not ours.

    Its settings are told only to who knows the key: not what somebody else's server on that port
    would do.
    """
    if get_json(port, "/health", key) is None or (facts := get_json(port, "/props", key)) is None:
        return None
    defaults = facts.get("default_generation_settings")
    sizes = defaults if isinstance(defaults, Mapping) else {}
    slots, context = (
        size if isinstance(size, int) and size > 0 else 0
        for size in (facts.get("total_slots"), sizes.get("n_ctx"))
    )
    return EngineFacts(slots, context)


async def copy_prefix(
    port: int, key: str, slots: int, messages: Sequence[Message], listen: PrefixListener
) -> bool:
    """Let all slots know the beginning of coming requests, at the price of reading it once.

    `messages` are those requests' messages up to where they differ. One slot reads them, its state
    is saved as `PREFIX_FILE`, which holds the prompt, and the other slots take it over from there.
    `listen` hears how many tokens of how many are read. Return whether the engine could.
    """

    def hear(line: bytes) -> None:
        with suppress(ValueError, KeyError, TypeError):
            progress = json.loads(line.removeprefix(b"data: "))["prompt_progress"]
            listen(int(progress["processed"]), int(progress["total"]))

    ask = {
        "messages": [{"role": message.role, "content": message.content} for message in messages],
        "max_tokens": 1,
        "cache_prompt": True,
        "id_slot": 0,
        "stream": True,
        "return_progress": True,  # engines that don't know it send nothing in between
    }
    copy = {"filename": PREFIX_FILE}
    try:
        async with asyncio.timeout(_PREFIX_SECONDS):
            if not await post_json(port, "/v1/chat/completions", key, ask, hear):
                return False
            if not await post_json(port, "/slots/0?action=save", key, copy):
                return False
            for slot in range(1, slots):
                if not await post_json(port, f"/slots/{slot}?action=restore", key, copy):
                    return False
    except (OSError, TimeoutError, ValueError):
        return False
    return True
