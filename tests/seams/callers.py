"""Each library that a seam stands in, used in its own manner, in the same words."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from agentrec_auto.seams.table import SEAMS

JSON = {"content-type": "application/json"}


@dataclass
class Answer:
    """What came back, read as the caller chose."""

    status: int
    headers: dict[str, str]
    """Names in lower case."""

    pieces: AsyncIterator[bytes]
    hops: int = 0
    seen: list[bytes] = field(default_factory=list)

    async def next(self) -> bytes:
        """The next piece, as the library hands it on."""
        self.seen.append(await self.pieces.__anext__())
        return self.seen[-1]

    async def read(self) -> bytes:
        """The rest of it."""
        return b"".join([piece async for piece in self.pieces])


async def _each(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


class Caller:
    """A library, used one way."""

    name = ""
    modules: tuple[str, ...] = ()
    """What its seam is put into."""

    timeout: tuple[type[Exception], ...] = (Exception,)

    def patch(self) -> None:
        for name in self.modules:
            import_module(SEAMS[name]).patch(import_module(name))

    def unpatch(self) -> None:
        for name in self.modules:
            import_module(SEAMS[name]).unpatch(import_module(name))

    @asynccontextmanager
    async def open(
        self, url: str, body: Any, *, timeout: float = 10, **headers: str
    ) -> AsyncIterator[Answer]:
        """Ask, and give the answer while its body is still to come. ``headers``: underscores for hyphens."""
        named = {**JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}
        content = json.dumps(body).encode()
        async with self._opened(url, content, named, timeout) as answer:
            yield answer

    async def ask(self, url: str, body: Any, **options: Any) -> tuple[int, bytes]:
        """Status and body of an answer."""
        async with self.open(url, body, **options) as answer:
            return answer.status, await answer.read()

    def _opened(self, url: str, content: bytes, headers: dict[str, str], timeout: float) -> Any:
        raise NotImplementedError

    def __str__(self) -> str:
        return self.name


class Httpx(Caller):
    def __init__(self, module: str) -> None:
        self.name, self.modules = module, (module,)
        self._H = import_module(module)

    @asynccontextmanager
    async def _opened(self, url: str, content: bytes, headers: dict[str, str], timeout: float) -> Any:
        options = {"verify": False, "trust_env": False, "follow_redirects": True, "timeout": timeout}
        with (
            self._H.Client(**options) as client,
            client.stream("POST", url, content=content, headers=headers) as got,
        ):
            yield Answer(got.status_code, lowered(got.headers), _each(got.iter_bytes()), len(got.history))


class HttpxAsync(Httpx):
    def __init__(self, module: str) -> None:
        super().__init__(module)
        self.name = f"{module}-async"

    @asynccontextmanager
    async def _opened(self, url: str, content: bytes, headers: dict[str, str], timeout: float) -> Any:
        options = {"verify": False, "trust_env": False, "follow_redirects": True, "timeout": timeout}
        async with (
            self._H.AsyncClient(**options) as client,
            client.stream("POST", url, content=content, headers=headers) as got,
        ):
            yield Answer(got.status_code, lowered(got.headers), got.aiter_bytes(), len(got.history))


class Aiohttp(Caller):
    name, modules = "aiohttp", ("aiohttp",)

    @asynccontextmanager
    async def _opened(self, url: str, content: bytes, headers: dict[str, str], timeout: float) -> Any:
        import aiohttp

        limits = aiohttp.ClientTimeout(total=None, sock_read=timeout)
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=content, headers=headers, timeout=limits) as got,
        ):
            yield Answer(got.status, lowered(got.headers), got.content.iter_any(), len(got.history))


class Requests(Caller):
    name, modules = "requests", ("urllib3",)

    @asynccontextmanager
    async def _opened(self, url: str, content: bytes, headers: dict[str, str], timeout: float) -> Any:
        import requests

        with (
            requests.Session() as session,
            session.post(url, data=content, headers=headers, stream=True, timeout=timeout) as got,
        ):
            pieces = _each(got.iter_content(None))
            yield Answer(got.status_code, lowered(got.headers), pieces, len(got.history))


class Urllib3(Caller):
    name, modules = "urllib3", ("urllib3",)

    @asynccontextmanager
    async def _opened(self, url: str, content: bytes, headers: dict[str, str], timeout: float) -> Any:
        import urllib3

        with urllib3.PoolManager() as pool:
            got = pool.request(
                "POST", url, body=content, headers=headers, preload_content=False, timeout=timeout, retries=2
            )
            try:
                hops = len(got.retries.history) if got.retries else 0
                yield Answer(
                    got.status, lowered(got.headers), _each(got.stream(None, decode_content=True)), hops
                )
            finally:
                got.close()


class Urllib3Preloaded(Urllib3):
    name = "urllib3-preloaded"

    @asynccontextmanager
    async def _opened(self, url: str, content: bytes, headers: dict[str, str], timeout: float) -> Any:
        import urllib3

        with urllib3.PoolManager() as pool:
            got = pool.request("POST", url, body=content, headers=headers, timeout=timeout, retries=2)
            hops = len(got.retries.history) if got.retries else 0
            yield Answer(got.status, lowered(got.headers), _each([got.data]), hops)


class Urllib(Caller):
    name, modules = "urllib", ("urllib.request",)

    @asynccontextmanager
    async def _opened(self, url: str, content: bytes, headers: dict[str, str], timeout: float) -> Any:
        from urllib.error import HTTPError
        from urllib.request import ProxyHandler, Request, build_opener

        request = Request(url, data=content, headers=headers, method="POST")
        try:
            got = build_opener(ProxyHandler({})).open(request, timeout=timeout)
        except HTTPError as error:
            got = error
        with got:
            yield Answer(got.status, lowered(got.headers), _each(iter(got.readline, b"")))


class Lm15(Caller):
    name, modules = "lm15", ("lm15.transports._sync",)

    @asynccontextmanager
    async def _opened(self, url: str, content: bytes, headers: dict[str, str], timeout: float) -> Any:
        from lm15.transports._sync import StdlibTransport
        from lm15.transports._types import TransportRequest

        asked = TransportRequest("POST", url, list(headers.items()), content, read_timeout=timeout)
        with StdlibTransport(trust_env=False) as transport, transport.stream(asked) as got:
            yield Answer(got.status, lowered(dict(got.headers)), _each(got))


class Lm15Async(Caller):
    name, modules = "lm15-async", ("lm15.transports._async",)

    @asynccontextmanager
    async def _opened(self, url: str, content: bytes, headers: dict[str, str], timeout: float) -> Any:
        from lm15.transports._async import StdlibAsyncTransport
        from lm15.transports._types import TransportRequest

        asked = TransportRequest("POST", url, list(headers.items()), content, read_timeout=timeout)
        async with StdlibAsyncTransport(trust_env=False) as transport, transport.stream(asked) as got:
            yield Answer(got.status, lowered(dict(got.headers)), got.__aiter__())


def lowered(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _there() -> list[Caller]:
    """Those whose library is installed: older ones are tested without the rest."""
    made: list[Caller] = []
    for make in (
        lambda: Httpx("httpx"),
        lambda: HttpxAsync("httpx2"),
        Aiohttp,
        Requests,
        Urllib3,
        Urllib3Preloaded,
        Urllib,
        Lm15,
        Lm15Async,
    ):
        try:
            caller = make()
            for name in (*caller.modules, *(["requests"] if isinstance(caller, Requests) else [])):
                import_module(name)
        except ImportError:
            continue
        made.append(caller)
    return made


CALLERS = _there()
NEW = [caller for caller in CALLERS if not isinstance(caller, Httpx)]
STREAMING = [caller for caller in NEW if not isinstance(caller, Urllib3Preloaded)]
FOLLOWING = [caller for caller in NEW if not isinstance(caller, (Lm15, Lm15Async, Urllib))]
"""Those that follow the redirect of a POST by themselves."""

UNPACKING = FOLLOWING
"""Those that undo a content-encoding."""

PLAIN = ("lm15", "lm15-async", "urllib")
"""Those that don't."""
