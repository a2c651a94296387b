"""How cassettes are kept: small, scrubbed, in one order, and matched by what was asked.

A streamed answer of 300 tokens is 90 kB of events that say the same names again and again. Its
events are merged into one before they are kept: what is replayed has the same words, the same end
and the same counts, and no identity of the machine that it came from. How a stream is cut into
pieces is what the tests of `stream` and of `client` are for.
"""

import hashlib
import json
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlsplit

import yaml
from vcr.request import Request  # type: ignore[import-untyped]

SENT = frozenset({"accept", "content-type"})
ANSWERED = frozenset({"content-type"})
HOST = "http://model.invalid"
DROPPED = frozenset({"id", "created", "model", "system_fingerprint", "timings"})

Response = dict[str, Any]  # vcr's own
Cassette = dict[str, Any]


def kept_request(request: Request) -> Request:
    """A request without the machine's address, the key, and whatever else the library adds."""
    parts = urlsplit(request.uri)
    request.uri = f"{HOST}{parts.path}" + (f"?{parts.query}" if parts.query else "")
    request.headers = {
        name: value for name, value in request.headers.items() if name.lower() in SENT
    }
    return request


def kept_response(response: Response) -> Response:
    """A response without its identity, a stream as one event."""
    headers = {name.lower(): value for name, value in response["headers"].items()}
    kind = "".join(headers.get("content-type", [""]))
    body: bytes = response["body"]["string"] or b""
    if "event-stream" in kind:
        body = merged(body)
    elif "json" in kind:
        body = plain(body)
    return {
        "status": response["status"],
        "headers": {name: value for name, value in headers.items() if name in ANSWERED},
        "body": {"string": body},
    }


def merged(stream: bytes) -> bytes:
    """A stream of events with all that was said in one of them."""
    said: dict[str, str] = {}
    last: list[dict[str, Any]] = []
    for line in stream.decode("utf-8").splitlines():
        data = line.removeprefix("data: ")
        if not data.startswith("{"):
            continue
        event = {name: value for name, value in json.loads(data).items() if name not in DROPPED}
        choice = (event.get("choices") or [{}])[0]
        for name, value in (choice.get("delta") or {}).items():
            if isinstance(value, str) and name != "role":
                said[name] = said.get(name, "") + value
        if choice.get("finish_reason") or not event.get("choices"):
            last.append(event)
    first = {"choices": [{"index": 0, "delta": said, "finish_reason": None}]}
    lines = [json.dumps(event, ensure_ascii=False) for event in (first, *last)]
    return "".join(f"data: {line}\n\n" for line in (*lines, "[DONE]")).encode()


def plain(body: bytes) -> bytes:
    """A JSON answer; of a list of models only how much they read."""
    try:
        data = json.loads(body)
    except ValueError:
        return body
    if isinstance(data, dict) and data.get("object") == "list":
        models = [
            {"id": "model", "meta": {"n_ctx": one.get("meta", {}).get("n_ctx")}}
            for one in data["data"]
        ]
        data = {"object": "list", "data": models}
    return json.dumps(data, ensure_ascii=False).encode()


@lru_cache(maxsize=4096)
def digest(body: bytes) -> str:
    """A body's hash: comparing all with all takes 20 times as long."""
    return hashlib.sha256(body).hexdigest()


def same_content(one: Request, other: Request) -> None:
    """Raise AssertionError, as vcr wants it, where two requests ask for different things."""
    # Not an `assert`, which pytest would explain at length, for each of n times n comparisons.
    if digest(_body(one)) != digest(_body(other)):
        raise AssertionError


def _body(request: Request) -> bytes:
    body = request.body or b""
    return body.encode() if isinstance(body, str) else bytes(body)


class _Dumper(yaml.SafeDumper):
    """YAML that shows words of several lines as such."""


def _shown(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _shown)


def serialize(cassette: Cassette) -> str:
    """A cassette as YAML, sorted: requests that run side by side arrive in any order."""
    found = sorted(cassette["interactions"], key=_order)
    content = {**cassette, "interactions": found}
    text: str = yaml.dump(content, Dumper=_Dumper, width=1_000_000, allow_unicode=True)
    return text


def deserialize(text: str) -> Cassette:
    """A cassette from YAML."""
    return cast("Cassette", yaml.safe_load(text))


def _order(interaction: dict[str, Any]) -> tuple[str, str]:
    request = interaction["request"]
    return str(request["uri"]), str(request["body"])
