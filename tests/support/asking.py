"""A client that asks a scripted server, and what came of it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.llm.client import Client
from assistant.llm.model import Completion, Message, Prompt
from assistant.llm.server import Server
from tests.support.scripted import Request, Script, ScriptedServer
from tests.support.virtual import run_virtually

KEY = "sk-very-secret-abcdefwxyz"


PROMPT = Prompt(label="goals", messages=(Message(role="user", content="Say it."),), max_tokens=50)


@dataclass
class Heard:
    """A watcher, and a sleep that takes no time; both keep what they were told."""

    pieces: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    waits: list[tuple[str, float, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    def received(self, label: str, pieces: int, text: str = "") -> None:
        """Keep how much is here."""
        assert label
        self.pieces.append(pieces)
        self.texts.append(text)

    def waiting(self, label: str, seconds: float, reason: str) -> None:
        """Keep why and how long."""
        self.waits.append((label, seconds, reason))

    def noted(self, text: str) -> None:
        """Keep the note."""
        self.notes.append(text)

    def phase(self, text: str, done: int = 0, total: int = 0) -> None:
        """A client has none."""

    async def sleep(self, seconds: float) -> None:
        """Keep how long, and take no time."""
        self.slept.append(seconds)


@dataclass
class Asked:
    """What came of some prompts."""

    heard: Heard
    requests: tuple[Request, ...]
    completions: list[Completion]
    seconds: float  # by the clock of the loop


def ask(
    script: Script,
    *prompts: Prompt,
    timeout: float = 5.0,
    queueing: bool = False,
    alive: Callable[[], bool] | None = None,
    key: str = KEY,
    llama: bool = False,
) -> Asked:
    """Ask a scripted server, all prompts at once, in a loop whose clock never waits."""
    heard = Heard()
    scripted = ScriptedServer(script)

    async def run(url: str) -> list[Completion]:
        server = Server(
            base_url=url,
            api_key=key,
            timeout=timeout,
            queueing=queueing,
            llama=llama,
            alive=alive,
        )
        client = Client(server, model="tiny", watcher=heard, sleep=heard.sleep)
        try:
            return await asyncio.gather(*(client.complete(one) for one in prompts or (PROMPT,)))
        finally:
            await client.close()

    async def serve() -> tuple[list[Completion], float]:
        async with scripted.serve():
            completions = await run(scripted.url)
        return completions, asyncio.get_running_loop().time()

    completions, seconds = run_virtually(serve())
    return Asked(heard, scripted.requests, completions, seconds)
