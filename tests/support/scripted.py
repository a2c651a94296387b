"""A scripted OpenAI-compatible server on 127.0.0.1: what it says, when, and where it breaks.

`python -m tests.support.scripted --port 0` prints its address and answers plausibly until it
is stopped.
"""

import argparse
import asyncio
import contextlib
import hashlib
import json
import re
import sys
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, cast

JsonObject = dict[str, object]
PIECE = re.compile(r"\s*\S+|\s+")
REASONS = {200: "OK", 307: "Temporary Redirect", 400: "Bad Request", 401: "Unauthorized"}
PROSE = (
    "The session service keeps one record for each login and renews it on every request.",
    "A request that finds no record is answered with 401 and sends the person to the login page.",
    "The renewal runs before the handler, so a slow handler cannot outlive its session.",
    "Records are removed by a nightly job, which logs how many it found.",
    "The change is behind a flag, so it can be switched off without a deployment.",
    "Metrics count renewals, refusals and the age of a record when it is used.",
)


def spun(number: int) -> str:
    """Return a sentence of two halves, so that two are seldom alike."""
    first, second = (
        PROSE[part % len(PROSE)].split() for part in divmod(number % len(PROSE) ** 2, len(PROSE))
    )
    return " ".join((*first[: len(first) // 2], *second[len(second) // 2 :]))


THINGS = ("Session", "Renewal", "Login", "Token", "Expiry", "Refusal", "Cookie", "Audit")
CODE_ASKED = re.compile(
    r"^Code: (\w+)|^Diagram in", re.MULTILINE
)  # as in prompts/draft/section.md.j2
CODE = {
    "sql": "ALTER TABLE sessions ADD COLUMN renewed_at TIMESTAMP;",
    "python": "def renew(session):\n    session.touch()\n    return session",
    "json": '{"session": "a1"}',
    "mermaid": "flowchart LR\n  a[Browser] -->|request| b[Session service]",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client sent; `count` is how many completions were asked for before this one."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: JsonObject
    count: int

    @property
    def text(self) -> str:
        """The contents of all messages, one after another."""
        messages = cast("list[JsonObject]", self.body.get("messages", []))
        return "\n".join(str(message.get("content", "")) for message in messages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is said, and how it goes wrong.

    `pieces` are the streamed parts (of `text`, when empty); `delay` is the seconds before the first
    one and `rate` how many follow in a second (0: all at once). `cut` drops the connection and
    `hang` stops sending after that many parts. `finish` None leaves the stream without an end.
    `usage` is prompt, completion and cached tokens. `raw` replaces the body, sent `slices` bytes at
    a time, and may lie about its length in `headers`; with `cut` the connection is dropped after
    it. `whole` ignores that a stream was asked for.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    thinking: str = ""
    refusal: str = ""
    pieces: tuple[str, ...] = ()
    finish: str | None = "stop"
    delay: float = 0.0
    rate: float = 0.0
    cut: int | None = None
    hang: int | None = None
    usage: tuple[int, int, int] | None = (100, 20, 0)
    raw: bytes | None = None
    content_type: str = "application/json"
    slices: int = 0
    whole: bool = False


Script = Callable[[Request], Reply]


def failure(status: int, message: str, *, param: str = "", code: str = "") -> Reply:
    """Return an error as OpenAI words it."""
    error = {"message": message, "type": "error", "param": param or None, "code": code or None}
    return Reply(status=status, raw=json.dumps({"error": error}).encode())


def always(text: str) -> Script:
    """Return the same text for every request."""
    return lambda _: Reply(text=text)


def sequence(*replies: Reply) -> Script:
    """Return one reply after another, the last one for ever."""
    return lambda request: replies[min(request.count, len(replies) - 1)]


def plausible(request: Request) -> Reply:
    """Return an instance of the schema asked for, else prose; the same for the same words."""
    schema = asked_schema(request.body)
    seed = hashlib.sha256(request.text.encode()).hexdigest()
    if schema is None:
        text = said(request.text, seed)
    else:
        text = json.dumps(Inventor(schema, seed).value(schema, "answer"), ensure_ascii=False)
    size = len(request.text) // 4
    return Reply(text=text, usage=(size, len(PIECE.findall(text)), 0))


def said(asked: str, seed: str) -> str:
    """Return code where code is asked for, a list where a list is, else prose."""
    task = asked.rsplit("\n# Task", 1)[-1]
    code = CODE_ASKED.search(task)
    if code:
        return CODE.get((code[1] or "mermaid").lower(), "# Sessions are renewed before they end.")
    start = int(seed[:8], 16)
    sentences = [PROSE[(start + step) % len(PROSE)] for step in range(3)]
    return "- " + "\n- ".join(sentences) if " list of " in task.lower() else " ".join(sentences)


def asked_schema(body: JsonObject) -> JsonObject | None:
    """Return the JSON Schema in a request's `response_format`."""
    wanted = body.get("response_format")
    if not isinstance(wanted, dict) or wanted.get("type") != "json_schema":
        return None
    return cast("JsonObject", wanted["json_schema"]["schema"])


class Inventor:
    """Makes up instances of a JSON Schema, the same ones for the same seed."""

    def __init__(self, root: JsonObject, seed: str) -> None:
        self.root = root
        self.seed = seed
        self.texts = 0

    def value(self, schema: JsonObject, path: str) -> object:
        """Return an instance of `schema`; `path` says where it stands."""
        if "$ref" in schema:
            return self.value(self.resolved(str(schema["$ref"])), path)
        for name in ("anyOf", "oneOf", "allOf"):
            if name in schema:
                return self.value(cast("list[JsonObject]", schema[name])[0], path)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            choices = cast("list[object]", schema["enum"])
            return choices[self.number(path) % len(choices)]
        kind = schema.get("type", "object" if "properties" in schema else "string")
        kind = kind[0] if isinstance(kind, list) else kind
        return self.of_kind(str(kind), schema, path)

    def of_kind(self, kind: str, schema: JsonObject, path: str) -> object:
        """Return an instance of a schema whose type is `kind`."""
        if kind == "object":
            properties = cast("dict[str, JsonObject]", schema.get("properties", {}))
            if not properties and schema.get("minProperties"):
                return {"session": f"a{self.number(path) % 100}"}
            return {name: self.value(each, f"{path}.{name}") for name, each in properties.items()}
        if kind == "array":
            return self.items(schema, path)
        if kind == "string":
            return self.string(schema, path)
        if kind in ("integer", "number"):
            return schema.get("minimum", 3)
        return {"boolean": True, "null": None}[kind]

    def items(self, schema: JsonObject, path: str) -> list[object]:
        """Return as many items as the schema wants at least, two where it does not say."""
        least, most = cast("int", schema.get("minItems", 2)), schema.get("maxItems")
        count = min(least, cast("int", most)) if most is not None else least
        each = cast("JsonObject", schema.get("items", {"type": "string"}))
        if path.endswith(".not_applicable"):
            return []
        # A document of all its sections: the built-in template then has 21 to be asked for.
        named = "pattern" in each or path.endswith((".tables", ".screens"))
        named = named or each.get("minLength") == 2 or each.get("type") == "object"
        if named and most is not None:
            count = min(2, cast("int", most))
        return [self.value(each, f"{path}.{place}") for place in range(max(count, least))]

    def string(self, schema: JsonObject, path: str) -> str:
        """Return words about the property's name, or the example that comes with a pattern."""
        examples = [schema.get("example"), *cast("list[object]", schema.get("examples", []))]
        for example in examples:
            if isinstance(example, str):
                return example
        names = [part for part in path.split(".") if not part.isdecimal()]
        name = re.sub(r"[^A-Za-z]+", " ", names[-1]).strip().lower() or "text"
        self.texts += 1
        sentence = spun(self.number("") + self.texts * (len(PROSE) + 1))
        places = [int(part) for part in path.split(".") if part.isdecimal()]
        place = places[-1] if places else 0
        if cast("int", schema.get("minLength", 0)) == 2:  # a name for the brief
            thing = THINGS[(self.number(names[-1]) + place) % len(THINGS)]
            return f"POST /api/v1/{thing.lower()}" if "pattern" in schema else f"{thing} keeper"
        text = f"{name.capitalize()} {self.number(path) % 1000}"
        if not re.search("name|title|slug|id$", name):
            text = f"{text}: {sentence}"
        pattern = str(schema.get("pattern", ""))
        candidates = (text, text.lower(), "session_renewal", "session-renewal", "1", "1.0")
        text = next((one for one in candidates if re.search(pattern, one)), text)
        text = text.ljust(cast("int", schema.get("minLength", 0)), ".")
        return text[: cast("int", schema.get("maxLength", len(text)))]

    def resolved(self, reference: str) -> JsonObject:
        """Return what a `#/$defs/name` reference names."""
        found: object = self.root
        for name in reference.removeprefix("#/").split("/"):
            found = cast("JsonObject", found)[name]
        return cast("JsonObject", found)

    def number(self, path: str) -> int:
        """Return a number that belongs to this seed and place."""
        return int(hashlib.sha256(f"{self.seed} {path}".encode()).hexdigest()[:8], 16)


def is_brief(request: Request) -> bool:
    """Whether a request asks for the brief."""
    return "# Task: the brief" in request.text


class ScriptedServer:
    """The server, running in a thread of its own as long as the context lasts.

    `models` is the body of `GET /v1/models`, or all of its answer; without it that path is answered
    with 404.
    """

    def __init__(
        self,
        script: Script = plausible,
        *,
        models: JsonObject | Reply | None = None,
        port: int = 0,
    ) -> None:
        self.script = script
        self.models = models
        self.port = port
        self._requests: list[Request] = []
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._open: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    @contextlib.asynccontextmanager
    async def serve(self) -> AsyncIterator[Self]:
        """Run in the loop of whoever asks, without a thread: its clock is the server's then."""
        server = await self._listen()
        try:
            yield self
        finally:
            await self._close(server)

    @property
    def url(self) -> str:
        """The address to give to a client."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def requests(self) -> tuple[Request, ...]:
        """The completions asked for so far, in order of arrival."""
        with self._lock:
            return tuple(one for one in self._requests if one.method == "POST")

    @property
    def every_request(self) -> tuple[Request, ...]:
        """All that was asked so far, the list of models included."""
        with self._lock:
            return tuple(self._requests)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        server = await self._listen()
        self._ready.set()
        await self._stop.wait()
        await self._close(server)

    async def _listen(self) -> asyncio.Server:
        server = await asyncio.start_server(self._connected, "127.0.0.1", self.port, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _close(self, server: asyncio.Server) -> None:
        server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._open.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._exchange(reader, writer):
                    pass
        finally:
            self._open.discard(task)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False where the connection is to be dropped."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        pairs = (line.split(":", 1) for line in head[1:] if line)
        headers = {name.lower(): value.strip() for name, value in pairs}
        content = await reader.readexactly(int(headers.get("content-length", "0")))
        body = json.loads(content) if content else {}
        request = self._kept(method, path, headers, body)
        if method == "GET":
            reply = failure(404, "no such path")
            if self.models is not None:
                listed = self.models
                raw = listed if isinstance(listed, Reply) else None
                reply = raw or Reply(raw=json.dumps(listed).encode())
        else:
            reply = self.script(request)
        return await send(writer, reply, streamed=bool(body.get("stream")))

    def _kept(
        self, method: str, path: str, headers: Mapping[str, str], body: JsonObject
    ) -> Request:
        with self._lock:
            count = sum(one.method == "POST" for one in self._requests)
            request = Request(method=method, path=path, headers=headers, body=body, count=count)
            self._requests.append(request)
        return request


async def send(writer: asyncio.StreamWriter, reply: Reply, *, streamed: bool) -> bool:
    """Send a reply; False where the connection is to be dropped."""
    if reply.raw is not None and reply.slices:
        writer.write(head(reply, reply.content_type, "Transfer-Encoding: chunked"))
        for start in range(0, len(reply.raw), reply.slices):
            writer.write(framed(reply.raw[start : start + reply.slices]))
            await writer.drain()
            await asyncio.sleep(0)
        writer.write(b"0\r\n\r\n")
    elif reply.raw is not None or not streamed or reply.whole:
        if reply.delay:
            await asyncio.sleep(reply.delay)
        body = json.dumps(completion(reply)).encode() if reply.raw is None else reply.raw
        writer.write(head(reply, reply.content_type, f"Content-Length: {len(body)}") + body)
    else:
        return await stream(writer, reply)
    await writer.drain()
    return reply.cut is None


async def stream(writer: asyncio.StreamWriter, reply: Reply) -> bool:
    """Send a reply as server-sent events, each part at its time."""
    loop = asyncio.get_running_loop()
    writer.write(head(reply, "text/event-stream", "Transfer-Encoding: chunked"))
    begun = loop.time() + reply.delay
    for place, delta in enumerate(deltas(reply)):
        if place == reply.cut:
            await writer.drain()
            return False
        if place == reply.hang:
            await asyncio.Event().wait()
        pause = begun + (place / reply.rate if reply.rate else 0) - loop.time()
        if pause > 0:
            await asyncio.sleep(pause)
        writer.write(event(chunk({"delta": delta, "finish_reason": None})))
    if reply.finish is not None:
        writer.write(event(chunk({"delta": {}, "finish_reason": reply.finish})))
        if reply.usage is not None:
            writer.write(event({"choices": [], "usage": counted(reply.usage)}))
        writer.write(framed(b"data: [DONE]\n\n"))
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    return True


def head(reply: Reply, content_type: str, length: str) -> bytes:
    """Return the status line and the headers."""
    fields = {"Content-Type": content_type, **reply.headers}
    lines = [f"HTTP/1.1 {reply.status} {REASONS.get(reply.status, 'Status')}"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    if "Content-Length" not in fields:
        lines.append(length)
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def deltas(reply: Reply) -> list[JsonObject]:
    """Return the streamed parts of a reply."""
    parts: list[JsonObject] = [{"reasoning_content": one} for one in PIECE.findall(reply.thinking)]
    parts += [{"content": one} for one in reply.pieces or PIECE.findall(reply.text)]
    parts += [{"refusal": one} for one in PIECE.findall(reply.refusal)]
    return parts


def chunk(choice: JsonObject) -> JsonObject:
    """Return one streamed part as OpenAI words it."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1700000000,
        "model": "scripted",
        "choices": [{"index": 0, **choice}],
    }


def completion(reply: Reply) -> JsonObject:
    """Return a whole reply as OpenAI words it when no stream was asked for."""
    message: JsonObject = {"role": "assistant", "content": "".join(reply.pieces) or reply.text}
    if reply.thinking:
        message["reasoning_content"] = reply.thinking
    if reply.refusal:
        message["refusal"] = reply.refusal
    choice = {"index": 0, "message": message, "finish_reason": reply.finish}
    usage = {} if reply.usage is None else {"usage": counted(reply.usage)}
    return {"id": "chatcmpl-1", "object": "chat.completion", "choices": [choice], **usage}


def counted(usage: tuple[int, int, int]) -> JsonObject:
    """Return token counts as OpenAI words them."""
    prompt, said, cached = usage
    return {
        "prompt_tokens": prompt,
        "completion_tokens": said,
        "total_tokens": prompt + said,
        "prompt_tokens_details": {"cached_tokens": cached},
    }


def event(data: JsonObject) -> bytes:
    """Return one server-sent event in a chunk of its own."""
    return framed(f"data: {json.dumps(data)}\n\n".encode())


def framed(data: bytes) -> bytes:
    """Return a chunk of HTTP's chunked encoding."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def main() -> None:
    """Serve plausible answers until standard input closes or a signal comes."""
    parser = argparse.ArgumentParser(description="A scripted OpenAI-compatible server.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds to the first token")
    parser.add_argument("--rate", type=float, default=0.0, help="tokens per second")
    parser.add_argument("--tokens", type=int, default=0, help="answer with this many words")
    options = parser.parse_args()

    def script(request: Request) -> Reply:
        answer = plausible(request)
        text, usage = answer.text, answer.usage
        if options.tokens and asked_schema(request.body) is None:
            text, usage = "word " * options.tokens, (len(request.text) // 4, options.tokens, 0)
        return Reply(text=text, usage=usage, delay=options.delay, rate=options.rate)

    with ScriptedServer(script, port=options.port) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
