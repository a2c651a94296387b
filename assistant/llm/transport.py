"""The only door to the library openai: imports it late, connects, and words its errors as ours."""

import asyncio
import ssl
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import TYPE_CHECKING

from assistant.address import (
    find_proxy,
    is_loopback,
    make_certificates_error,
    make_proxy_error,
)
from assistant.llm.failures import FailureReporter
from assistant.llm.server import Server, choose_headers

if TYPE_CHECKING:
    import httpx2
    import openai

# Seconds for a connection to be made, as long as the timeout is not shorter. By judgement: a host
# that takes longer is down or behind a firewall that drops what it does not let through.
CONNECT_TIMEOUT = 15.0
# Seconds for a server to list its models, before the first request: without the list a run begins
# all the same, with a context window that is assumed.
LIST_TIMEOUT = 10.0


class _DeferredLoader(Loader):
    """Loads a package without running it: the first name that it lacks does that."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def exec_module(self, module: ModuleType) -> None:
        """Let the package be there; its modules can be imported already."""

        def run_and_get(name: str) -> object:
            if name.startswith("__"):  # the import system looks whether some of these are there
                raise AttributeError(name)
            del module.__dict__["__getattr__"]
            self._loader.exec_module(module)
            return getattr(module, name)

        module.__dict__["__getattr__"] = run_and_get


class _DeferringFinder(MetaPathFinder):
    """Finds a package, and those inside of it, with a loader that does not run them yet."""

    def __init__(self, package: str) -> None:
        self._package = package

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the place of a package that is to run later; of anything else None."""
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


def import_openai() -> None:
    """Import openai without what describes other answers than ours, 350 of its 500 modules.

    All of it took half of the time before a draft's first request.
    """
    if "openai" not in sys.modules:
        with defer_package("openai.types"):
            import openai  # noqa: F401, PLC0415 -- lazy on purpose


class Transport:
    """Connects to one server, and sends it no header but those that a completion needs.

    Whatever goes wrong is raised as a `FailedAttempt`, worded by `report`; a `DraftError` says that
    the address or the environment is wrong, so that no attempt can succeed.
    """

    def __init__(self, server: Server, *, model: str) -> None:
        self.report = FailureReporter(base_url=server.base_url, api_key=server.api_key, model=model)
        self._server = server
        self._openai: openai.AsyncOpenAI | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._openai is not None:
            await self._openai.close()
            self._openai = None

    @asynccontextmanager
    async def post_completion(self, body: bytes) -> AsyncIterator["httpx2.Response"]:
        """Send a request for a completion; within the block the response is read as it comes."""
        import_openai()
        import httpx2  # noqa: PLC0415 -- comes with openai, lazily as it does
        import openai  # noqa: PLC0415 -- lazy on purpose

        with self._reporting():
            response = await self._connect().post(
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

    async def list_models(self, seconds: float = LIST_TIMEOUT) -> bytes:
        """Return the server's list of its models as it sent it; nothing is paid for that.

        Raises `FailedAttempt` where there is none within so many seconds.
        """
        import_openai()
        import httpx2  # noqa: PLC0415 -- comes with openai, lazily as it does
        import openai  # noqa: PLC0415 -- lazy on purpose

        try:
            with self._reporting():
                async with asyncio.timeout(seconds):
                    response = await self._connect().get("/models", cast_to=httpx2.Response)
        except TimeoutError:
            raise self.report.explain_silence(seconds) from None
        except openai.OpenAIError:
            raise self.report.explain_cut() from None
        return response.content

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        """Within the block, raise the library's errors of connections and statuses as ours."""
        import httpx2  # noqa: PLC0415 -- comes with openai, lazily as it does
        import openai  # noqa: PLC0415 -- lazy on purpose

        try:
            yield
        except openai.APIStatusError as error:
            response = error.response
            raise self.report.explain_response(
                response.status_code, response.headers, response.content
            ) from None
        except openai.APIConnectionError as error:
            raise self.report.explain_lost_connection(error.__cause__) from None
        except httpx2.HTTPError:
            raise self.report.explain_cut() from None

    def _connect(self) -> "openai.AsyncOpenAI":
        """Return the library's client for the server, made at the first request."""
        if self._openai is None:
            import httpx2  # noqa: PLC0415 -- comes with openai, lazily as it does
            import openai  # noqa: PLC0415 -- lazy on purpose

            server = self._server
            try:
                self._openai = openai.AsyncOpenAI(
                    api_key=server.api_key or "none",
                    base_url=server.base_url,
                    max_retries=0,
                    timeout=self._limit_connecting(),
                    http_client=self._make_http_client(),
                )
            except httpx2.InvalidURL:
                # A few hosts are names to `check_base_url` and none to the library.
                raise self.report.explain_wrong_host() from None
        return self._openai

    def _limit_connecting(self) -> "httpx2.Timeout":
        """Return the limit for a connection to be made; the rest is limited by who asks."""
        import httpx2  # noqa: PLC0415 -- comes with openai, lazily as it does

        return httpx2.Timeout(None, connect=min(CONNECT_TIMEOUT, self._server.timeout))

    def _make_http_client(self) -> "httpx2.AsyncClient":
        """Return a client for HTTP; on this machine it takes no proxy and follows no redirect."""
        import httpx2  # noqa: PLC0415 -- comes with openai, lazily as it does
        import openai  # noqa: PLC0415 -- lazy on purpose

        url = self._server.base_url
        local = is_loopback(url)
        certificates = self._load_certificates()

        def make(*, proxies: bool) -> httpx2.AsyncClient:
            return openai.DefaultAsyncHttpxClient(
                trust_env=proxies,
                verify=certificates,
                follow_redirects=not local,
                timeout=self._limit_connecting(),
                event_hooks={"request": [self._strip_headers]},
            )

        try:
            return make(proxies=not local)
        except (ImportError, ValueError, httpx2.InvalidURL):
            # It looks at every proxy that is named, whether it is this server's or not.
            if find_proxy(url)[0]:
                raise make_proxy_error(url) from None
            return make(proxies=False)

    def _load_certificates(self) -> ssl.SSLContext:
        """Return the certificates that are trusted. Raises DraftError where none can be read."""
        import httpx2  # noqa: PLC0415 -- comes with openai, lazily as it does

        url = self._server.base_url
        if is_loopback(url) and url.startswith("http:"):
            # Reading the certificates takes a while, and plain http has no use for them.
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            return httpx2.create_ssl_context()
        except OSError as error:
            raise make_certificates_error(error) from None

    async def _strip_headers(self, request: "httpx2.Request") -> None:
        """Leave only the headers that a completion needs, and no key but ours."""
        for name, value in choose_headers(request.headers, self._server.api_key).items():
            if value:
                request.headers[name] = value
            else:
                del request.headers[name]
