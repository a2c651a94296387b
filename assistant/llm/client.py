"""The only door to the library openai: asks an OpenAI-compatible server, and tries again.

A streamed answer is read from the raw response: measured for 21 answers of 200 pieces at 60 a
second, the library's own chunk objects took 1.3 s of processor time, raw lines 0.55 s, and raw
lines read in bursts (`TICK`) 0.25 s.
"""

import asyncio
import ssl
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from math import inf
from types import ModuleType
from typing import TYPE_CHECKING

from assistant.address import (
    find_proxy,
    is_loopback,
    make_certificates_error,
    make_proxy_error,
)
from assistant.errors import DraftError
from assistant.llm.faults import FailedAttempt, FailureReporter
from assistant.llm.model import Completion, Prompt, Watcher
from assistant.llm.patience import AliveCheck, Brake, Sleep, Turn, build_retrying, set_deadline
from assistant.llm.payload import Parameters, PromptCost, find_refused_parameter
from assistant.llm.server import (
    LONGEST_SHOWN_NAME,
    Server,
    advise_model,
    choose_headers,
    mask_begun_key,
    mask_key,
    read_context_window,
    read_model_names,
    scrub_text,
)
from assistant.llm.stream import ErrorEvent, NotAnApi, StreamedAnswer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx2
    import openai


class _DeferredLoader(Loader):
    """Loads a package without running it: the first name that it lacks does that."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def exec_module(self, module: ModuleType) -> None:
        """Let the package be there; its modules can be imported already."""

        def absent(name: str) -> object:
            if name.startswith("__"):  # the import system looks whether some of these are there
                raise AttributeError(name)
            del module.__dict__["__getattr__"]
            self._loader.exec_module(module)
            return getattr(module, name)

        module.__dict__["__getattr__"] = absent


class _DeferringFinder(MetaPathFinder):
    def __init__(self, package: str) -> None:
        self._package = package

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The place of a package that is to run later; of anything else none."""
        if f"{fullname}.".startswith(f"{self._package}."):
            spec = PathFinder.find_spec(fullname, path, target)
            if spec and spec.loader and spec.submodule_search_locations is not None:
                spec.loader = _DeferredLoader(spec.loader)
                return spec
        return None


@contextmanager
def defer_package(package: str) -> Iterator[None]:
    """Within the block, let the package and those inside of it be imported without being run."""
    finder = _DeferringFinder(package)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


CONNECT_TIMEOUT = 15.0
LIST_TIMEOUT = 10.0
HINT_TIMEOUT = 3.0  # for the names in an error that is there already
# All answers are read at the same moments: most of the cost is waking up, not reading.
READ_INTERVAL = 0.08
WAKE_SECONDS = 0.0005
# What still comes after the end of an answer are its token counts.
USAGE_TIMEOUT = 5.0


def import_openai() -> None:
    """Import openai without what describes other answers than ours: for a thread, or at last."""
    if "openai" not in sys.modules:
        with defer_package("openai.types"):
            import openai  # noqa: F401, PLC0415 -- lazy on purpose


class Client:
    """Asks one model at one server; an `llm.Model`.

    `alive` says whether a server of our own still runs, and may raise a `DraftError` that says why
    not, `llama` whether it is llama.cpp's, which takes a prompt's `stop`, `grammar` and `dry`. What
    the server refuses of the optional parameters is left out for the rest of the run. `sleep` waits
    between attempts.
    """

    def __init__(  # noqa: PLR0913 -- all but the first two are options
        self,
        server: Server,
        *,
        model: str,
        watcher: Watcher,
        temperature: float | None = 0.3,
        seed: int | None = None,
        llama: bool = False,
        alive: AliveCheck | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._server = server
        self._model = model
        self._watcher = watcher
        self._alive = alive
        self._sleep = sleep
        self._report = FailureReporter(
            base_url=server.base_url, api_key=server.api_key, model=model
        )
        limit = "max_completion_tokens" if "//api.openai.com" in server.base_url else "max_tokens"
        self._parameters = Parameters(limit=limit, temperature=temperature, seed=seed, llama=llama)
        self._openai: openai.AsyncOpenAI | None = None
        self._brake = Brake(sleep)
        self._queued: set[asyncio.Timeout] = set()
        self._put_off = 0.0

    @property
    def name(self) -> str:
        """The model's name at its server."""
        return self._model

    async def close(self) -> None:
        """Close the connections."""
        self._brake.close()
        if self._openai is not None:
            await self._openai.close()
            self._openai = None

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer one prompt. Raises `DraftError` where there can be no answer."""
        import_openai()
        begun = time.monotonic()
        tally = PromptCost(prompt)

        def told(fault: FailedAttempt, seconds: float) -> None:
            if not tally.lost(paid=fault.paid):
                raise fault.error from None
            if not fault.shared:
                self._watcher.waiting(prompt.label, seconds, fault.error.message)

        attempts = build_retrying(self._sleep, lambda: self._brake.over, told)
        try:
            answer: StreamedAnswer = await attempts(self._adapted, prompt, tally)
        except FailedAttempt as fault:
            tally.lost(paid=fault.paid)
            raise await self._named(fault.error) from None
        text, thinking, finish = answer.result()
        return Completion(
            text=mask_key(text, self._server.api_key),
            thinking=mask_key(thinking, self._server.api_key),
            finish=finish,
            usage=answer.usage(tally.size, tally.requests, tally.wasted),
            seconds=time.monotonic() - begun,
            model=scrub_text(answer.model, self._server.api_key, LONGEST_SHOWN_NAME),
        )

    async def _adapted(self, prompt: Prompt, tally: PromptCost) -> StreamedAnswer:
        """Send one request, and again at once without what the server does not take."""
        while True:
            sent = self._parameters
            try:
                return await self._attempt(prompt, sent, tally)
            except FailedAttempt as fault:
                if fault.again and self._alive is not None and not self._alive():
                    raise self._report.stopped() from None
                less = self._less(fault, sent, formatted=bool(prompt.schema))
                if less is None:
                    raise
                note = less.change(self._parameters)
                self._parameters = less
                if note:
                    self._watcher.noted(note)

    def _less(
        self, fault: FailedAttempt, sent: Parameters, *, formatted: bool
    ) -> Parameters | None:
        if fault.status not in (400, 422) or fault.error.code != "bad-request":
            return None
        about = find_refused_parameter(fault.text, fault.param)
        return self._parameters.without(about, sent, formatted=formatted) if about else None

    async def _attempt(self, prompt: Prompt, sent: Parameters, tally: PromptCost) -> StreamedAnswer:
        """Send one request as soon as it may be; all requests hear of it where it is refused."""
        async with self._brake.turn() as turn:
            try:
                return await self._asked(prompt, sent, tally, turn)
            except FailedAttempt as fault:
                if fault.busy and not turn.accepted:
                    fault.shared = True
                    seconds = self._brake.refuse(turn, fault)
                    if seconds is not None:
                        self._watcher.waiting(prompt.label, seconds, fault.error.message)
                raise

    async def _asked(
        self, prompt: Prompt, sent: Parameters, tally: PromptCost, turn: Turn
    ) -> StreamedAnswer:
        import httpx2  # noqa: PLC0415 -- comes with openai, lazily as it does
        import openai  # noqa: PLC0415 -- lazy on purpose

        tally.requests += 1
        answer = StreamedAnswer()
        self._watcher.received(prompt.label, 0)  # it is sent, and nothing is here yet
        try:
            first = None if self._server.queueing else self._server.timeout
            async with set_deadline(first, self._alive) as limit:
                self._queued.add(limit)
                try:
                    await self._read(prompt, sent, answer, limit, turn)
                finally:
                    self._queued.discard(limit)
                answer.end()
        except openai.APIStatusError as error:
            self._brake.heard = True
            said = error.response
            raise self._report.answered(said.status_code, said.headers, said.content) from None
        except openai.APIConnectionError as error:
            raise self._report.unconnected(error.__cause__) from None
        except TimeoutError:
            if not answer.complete:
                raise self._report.stalled(self._server.timeout) from None
        except httpx2.HTTPError:
            if not answer.complete:
                raise self._report.cut() from None
        except ErrorEvent as error:
            raise self._report.event(error.body) from None
        except NotAnApi as error:
            raise FailedAttempt(self._report.not_an_api(error.sample), again=False) from None
        finally:
            tally.pieces = answer.pieces
        if not answer.complete:
            raise self._report.cut()
        return answer

    async def _read(
        self,
        prompt: Prompt,
        sent: Parameters,
        answer: StreamedAnswer,
        limit: asyncio.Timeout,
        turn: Turn,
    ) -> None:
        now = asyncio.get_running_loop().time
        async with self._response(sent.body(self._model, prompt)) as response:
            self._brake.accept(turn, response.headers)
            asked = now()
            async for received in response.aiter_bytes():
                answer.feed(received)
                left = min(USAGE_TIMEOUT if answer.complete else inf, self._server.timeout)
                if answer.pieces or answer.complete:
                    self._queued.discard(limit)
                if answer.pieces or answer.complete or not self._server.queueing:
                    limit.reschedule(now() + left + READ_INTERVAL)
                self._put_off_queued(now())
                # What came at once was already here; what had to be waited for comes one by one.
                if now() - asked > WAKE_SECONDS and not answer.complete:
                    self._tell(prompt, answer)
                    await asyncio.sleep(READ_INTERVAL - now() % READ_INTERVAL)
                asked = now()
        self._tell(prompt, answer)

    def _tell(self, prompt: Prompt, answer: StreamedAnswer) -> None:
        """Tell how much of an answer is here: it is shown as it comes, and may hold the key."""
        text = mask_begun_key(answer.text, self._server.api_key)
        self._watcher.received(prompt.label, answer.pieces, text)

    def _put_off_queued(self, now: float) -> None:
        """Give those that wait for a first word their time anew: the server answers another one.

        A server that takes fewer at a time than it is sent keeps the rest in a queue, and is not
        silent while it says something to any of us.
        """
        if self._server.queueing or now < self._put_off:
            return
        # Often enough that none ends too early by more than a tenth.
        self._put_off = now + self._server.timeout / 10
        for limit in self._queued:
            if not limit.expired():
                limit.reschedule(now + self._server.timeout + READ_INTERVAL)

    @asynccontextmanager
    async def _response(self, body: bytes) -> "AsyncIterator[httpx2.Response]":
        import httpx2  # noqa: PLC0415 -- comes with openai, lazily as it does
        import openai  # noqa: PLC0415 -- lazy on purpose

        response = await self._connected().post(
            "/chat/completions",
            cast_to=httpx2.Response,
            content=body,
            stream=True,
            stream_cls=openai.AsyncStream[object],
        )
        if not isinstance(response, httpx2.Response):
            raise TypeError(type(response))
        try:
            yield response
        finally:
            await response.aclose()

    def _connected(self) -> "openai.AsyncOpenAI":
        if self._openai is None:
            import httpx2  # noqa: PLC0415 -- comes with openai, lazily as it does
            import openai  # noqa: PLC0415 -- lazy on purpose

            server = self._server
            local = is_loopback(server.base_url)
            connect = min(CONNECT_TIMEOUT, server.timeout)
            certificates = self._certificates()

            def transport(*, proxies: bool) -> httpx2.AsyncClient:
                return openai.DefaultAsyncHttpxClient(
                    trust_env=proxies,
                    verify=certificates,
                    follow_redirects=not local,
                    timeout=httpx2.Timeout(None, connect=connect),
                    event_hooks={"request": [self._stripped]},
                )

            try:
                made = transport(proxies=not local)
            except (ImportError, ValueError, httpx2.InvalidURL):
                # It looks at every proxy that is named, whether it is this server's or not.
                if find_proxy(server.base_url)[0]:
                    raise make_proxy_error(server.base_url) from None
                made = transport(proxies=False)
            try:
                self._openai = openai.AsyncOpenAI(
                    api_key=server.api_key or "none",
                    base_url=server.base_url,
                    max_retries=0,
                    timeout=httpx2.Timeout(None, connect=connect),
                    http_client=made,
                )
            except httpx2.InvalidURL:
                # A few hosts are names to `check_base_url` and none to the library.
                raise self._report.wrong_host() from None
        return self._openai

    def _certificates(self) -> ssl.SSLContext:
        """Return the certificates that are trusted. Raises DraftError where none can be read."""
        import httpx2  # noqa: PLC0415

        url = self._server.base_url
        if is_loopback(url) and url.startswith("http:"):
            # Reading the certificates takes a while, and plain http has no use for them.
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            return httpx2.create_ssl_context()
        except OSError as error:
            raise make_certificates_error(error) from None

    async def _stripped(self, request: "httpx2.Request") -> None:
        """Leave only the headers a completion needs, and no key but ours."""
        for name, value in choose_headers(request.headers, self._server.api_key).items():
            if value:
                request.headers[name] = value
            else:
                del request.headers[name]

    async def context_window(self) -> int | None:
        """Return how many tokens the model takes, where the server says; never fails."""
        try:
            return read_context_window(await self.list_models(), self._model)
        except (FailedAttempt, DraftError):
            return None

    async def list_models(self, seconds: float = LIST_TIMEOUT) -> bytes:
        """Return the server's list of its models as it sent it; nothing is paid for that.

        Raises `Fault` where there is none within so many seconds, `DraftError` for a wrong host.
        """
        import_openai()
        import httpx2  # noqa: PLC0415 -- comes with openai, lazily as it does
        import openai  # noqa: PLC0415 -- lazy on purpose

        try:
            async with asyncio.timeout(seconds):
                response = await self._connected().get("/models", cast_to=httpx2.Response)
        except openai.APIStatusError as error:
            said = error.response
            raise self._report.answered(said.status_code, said.headers, said.content) from None
        except openai.APIConnectionError as error:
            raise self._report.unconnected(error.__cause__) from None
        except TimeoutError:
            raise self._report.stalled(seconds) from None
        except (openai.OpenAIError, httpx2.HTTPError):
            raise self._report.cut() from None
        return response.content

    async def _named(self, error: DraftError) -> DraftError:
        """Return the error for a model that the server lacks, with the names that it does know."""
        if error.code == "unknown-model":
            with suppress(FailedAttempt, DraftError):
                names = read_model_names(await self.list_models(HINT_TIMEOUT))
                advice = advise_model(self._model, names, self._server.api_key)
                error.hint = advice or error.hint
        return error
