"""Which model answers: the server that was named, OpenAI's, or the embedded one."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from assistant import config
from assistant.address import check_base_url, format_host, is_loopback
from assistant.errors import DraftError, Exit
from assistant.llm.client import Client
from assistant.llm.local import gguf, requirement
from assistant.llm.local import model as local_model
from assistant.llm.local import weights as local_weights
from assistant.llm.model import Message, Watcher
from assistant.llm.server import Server, check_key
from assistant.llm.tokens import TokenCounter
from assistant.settings import Settings, is_gguf_path, needs_embedded_model

EMBEDDED_MODEL_NAME = "qwen2.5-coder-1.5b-instruct"
# Tokens that a model is taken to read where its server does not say: what every model of the last
# years can, and what OpenAI's can.
COMMON_WINDOW = 8192
OPENAI_WINDOW = 128_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A model that answers, how many requests it takes at once, and the tokens of its window.

    `place` is where it is: its server's host, or nothing for the embedded model. `concurrency` is
    None where as many as there are may be sent: the client slows them down by what the server
    answers. A server on this machine (llama.cpp's, ollama, vLLM) keeps a queue itself.
    """

    model: Client
    name: str
    place: str
    concurrency: int | None
    window: int
    counter: TokenCounter
    embedded: local_model.EmbeddedModel | None = None

    async def share_prefix(self, messages: Sequence[Message]) -> None:
        """Tell the embedded model what all coming requests begin with; others see it themselves."""
        if self.embedded is not None:
            await self.embedded.share_prefix(messages)


def require_model_name(settings: Settings) -> str:
    """Return the name of the model that will answer. Raises DraftError where none can."""
    if needs_embedded_model(settings):
        if is_gguf_path(settings.model):
            gguf.check_gguf(Path(settings.model))
            return Path(settings.model).stem
        if not requirement.is_embedded_available():
            raise DraftError(
                f"no model can be asked: no key, no server, and {requirement.describe_missing()}.",
                code="no-model",
                exit_code=Exit.USAGE,
                hint=requirement.describe_ways_on(),
            )
        return settings.model or EMBEDDED_MODEL_NAME
    address = check_base_url(settings.server_url)
    if not settings.api_key and not is_loopback(address):
        raise DraftError(
            "this server needs a key, and OPENAI_API_KEY is not set.",
            code="no-key",
            exit_code=Exit.USAGE,
            where=address,
            hint="Set OPENAI_API_KEY, or name a server on this machine with --base-url.",
        )
    check_key(settings.api_key)
    return settings.server_model


def describe_connection(settings: Settings, name: str) -> str:
    """Return who will answer, and where, in one line: it is said before anything is sent there."""
    if is_gguf_path(settings.model):
        return f"asking {name}, on this machine ({settings.model})"
    if needs_embedded_model(settings):
        return "no key and no server given: the embedded model answers (slowly, on this CPU)"
    address = check_base_url(settings.server_url)
    where = ", on this machine" if is_loopback(address) else ""
    return f"asking {name} at {format_host(address)}{where}"


def find_model_name(settings: Settings) -> str:
    """Return the name of the model that would answer, even if none can yet: for a rehearsal."""
    try:
        return require_model_name(settings)
    except DraftError:
        return settings.model


def assume_context_window(settings: Settings) -> int:
    """Return how many tokens a model is taken to read where its server does not say."""
    if needs_embedded_model(settings):
        return local_model.CONTEXT_TOKENS
    address = settings.server_url.rstrip("/")
    return OPENAI_WINDOW if address == config.DEFAULT_BASE_URL else COMMON_WINDOW


@asynccontextmanager
async def open_connection(settings: Settings, watcher: Watcher) -> AsyncIterator[Connection]:
    """Yield a connection for the time of a command. Raises DraftError where there can be none."""
    name = require_model_name(settings)
    watcher.noted(describe_connection(settings, name))
    if needs_embedded_model(settings):
        async with _open_embedded(settings, name, watcher) as connection:
            yield connection
        return
    address = check_base_url(settings.server_url)
    server = Server(base_url=address, api_key=settings.api_key or "none", timeout=settings.timeout)
    client = Client(server, model=name, watcher=watcher)
    try:
        told = await client.context_window() if is_loopback(address) else None
        yield Connection(
            model=client,
            name=name,
            place=format_host(address),
            concurrency=settings.concurrency,
            window=told or assume_context_window(settings),
            counter=TokenCounter(name),
        )
    finally:
        await client.close()


async def _prepare_model_file(settings: Settings, watcher: Watcher) -> Path:
    """Return the file of the embedded model, once this machine is known to be able to run it."""
    file = Path(settings.model) if is_gguf_path(settings.model) else None
    try:
        await asyncio.to_thread(requirement.check_requirements, file)
        if file is not None:
            return file
        joining = partial(watcher.phase, "joining the model's weights")
        return await asyncio.to_thread(local_weights.prepare_weights, joining)
    finally:
        watcher.phase("")


@asynccontextmanager
async def _open_embedded(
    settings: Settings, name: str, watcher: Watcher
) -> AsyncIterator[Connection]:
    """Yield a connection to the embedded model, whose weights are joined at the first use."""
    path = await _prepare_model_file(settings, watcher)
    engine = local_model.EmbeddedModel(path, watcher)
    try:
        await asyncio.to_thread(engine.start)
        server = Server(
            base_url=engine.base_url,
            api_key=engine.api_key,
            timeout=settings.timeout,
            queueing=True,
            llama=True,
            alive=engine.alive,
        )
        client = Client(server, model=name, watcher=watcher, temperature=local_model.TEMPERATURE)
        try:
            yield Connection(
                model=client,
                name=name,
                place="",
                concurrency=min(settings.concurrency or engine.slots, engine.slots) or 1,
                window=engine.context,
                counter=TokenCounter(),
                embedded=engine,
            )
        finally:
            with suppress(OSError):
                await client.close()
    finally:
        engine.stop()
