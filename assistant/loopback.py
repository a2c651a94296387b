"""The few calls to the engine that are not a model's: by the standard library, past any proxy."""

import asyncio
import json
import socket
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPException
from typing import Final

_DIRECT: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_OK: Final = 200
_LINE: Final = 1 << 22


def get(port: int, path: str, key: str) -> dict[str, object] | None:
    """What the server on this machine answers to a GET, or None where it does not, or not yet."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {key}"}
    )
    try:
        with _DIRECT.open(request, timeout=5) as answer:
            found = json.loads(answer.read())
    except (urllib.error.URLError, HTTPException, OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


async def post(
    port: int, path: str, key: str, body: object, heard: Callable[[bytes], None] | None = None
) -> bool:
    """Return whether a POST of JSON succeeded. Cancelling it closes the connection at once.

    `heard` hears the lines of the answer as they come.
    """
    data = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=_LINE)
    try:
        writer.write(head.encode("ascii") + data)
        await writer.drain()
        words = (await reader.readline()).split()
        while line := await reader.readline():
            if heard is not None:
                heard(line)
    finally:
        writer.close()
    return words[1:2] == [str(_OK).encode()]


def free_port() -> int:
    """A port nobody listens on; somebody may before we do."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
