"""The library's transports and clients in each of their forms, in the same words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from seams.twins import CHAT, Twin, question, settled, sleeps, told

import agentrec_auto
import agentrec_auto.httpx2

__all__ = ["CHAT", "Kit", "question", "settled", "sleeps", "told"]


@dataclass(frozen=True)
class Kit(Twin):
    """One of the libraries, used one of the ways, with what we have for it."""

    @property
    def home(self) -> Any:
        """Where its transports are."""
        return agentrec_auto.httpx2 if self.H.__name__ == "httpx2" else agentrec_auto

    def transport(self, name: str, *args: Any, **options: Any) -> Any:
        """``kit.transport("Recording", inner, store)``: the transport of that name in this form."""
        prefix = "" if self.is_async else "Sync"
        return getattr(self.home, f"{prefix}{name}Transport")(*args, **options)

    def inner(self) -> Any:
        """A real transport."""
        return self.Transport(verify=False, trust_env=False)

    def scoped_client(self, **options: Any) -> Any:
        """A client that obeys cassettes."""
        make = self.home.async_client if self.is_async else self.home.sync_client
        return make(**{"inner": self.inner(), **options})

    @asynccontextmanager
    async def recording(self, store: Any, **options: Any) -> AsyncIterator[Any]:
        """A client whose transport records."""
        async with self.opened(self.transport("Recording", self.inner(), store, **options)) as client:
            yield client

    @asynccontextmanager
    async def replaying(self, store: Any, **options: Any) -> AsyncIterator[Any]:
        """A client whose transport replays."""
        async with self.opened(self.transport("Replay", store, **options)) as client:
            yield client

    @asynccontextmanager
    async def auto(self, store: Any, **options: Any) -> AsyncIterator[Any]:
        """A client whose transport does either."""
        async with self.opened(self.transport("Auto", self.inner(), store, **options)) as client:
            yield client

    @asynccontextmanager
    async def opened(self, transport: Any) -> AsyncIterator[Any]:
        """A client on a transport, closed afterwards."""
        client = self.Client(transport=transport)
        try:
            yield client
        finally:
            await self.close(client)

    @asynccontextmanager
    async def on(self, cassette: Any) -> AsyncIterator[Any]:
        """In the scope of a cassette, entered as this form enters it."""
        if self.is_async:
            async with cassette:
                yield cassette
        else:
            with cassette:
                yield cassette
