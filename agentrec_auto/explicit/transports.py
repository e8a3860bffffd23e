"""The explicit transports, whatever library they are for: their classes inherit from here and from its base.

class RecordingTransport(transports.Recording, transports.Async, httpx.AsyncBaseTransport):
    library = httpx
"""

from __future__ import annotations

import os
from types import ModuleType
from typing import Any

from agentrec_auto.explicit.asking import Asking
from agentrec_auto.explicit.bridge import waited
from agentrec_auto.explicit.desk import AnyStore, Desk
from agentrec_auto.explicit.scope import ExtraMetadata, KeyLike, Scope, current
from agentrec_auto.explicit.streams import flushing
from agentrec_auto.seams.httpx_transports import family_of


class Explicit:
    """What carries requests for a client: the transport it stands before, and the scope that holds."""

    library: ModuleType
    """httpx or httpx2."""

    _inner: Any = None
    _scope: Scope | None = None

    @property
    def agentrec_takes_over(self) -> bool:
        """Whether this transport answers for a call itself, so that a patched client leaves it alone."""
        return self._holding() is not None

    def _begin(
        self,
        mode: str,
        store: AnyStore,
        key: KeyLike,
        simulate_timing: bool = False,
        extra_metadata: ExtraMetadata = None,
    ) -> None:
        """In this mode for life."""
        desk = Desk(store, mode=mode, simulate_timing=simulate_timing)
        self._scope = Scope(desk.recorder(os.urandom(8).hex()), key, extra_metadata)

    def _holding(self) -> Scope | None:
        """The scope of a call that is made now."""
        return self._scope


class Async(Explicit):
    """For asynchronous clients."""

    async def handle_async_request(self, request: Any) -> Any:
        """Replay the response, or record the one that the inner transport gives."""
        scope = self._holding()
        if scope is None:
            return await self._inner.handle_async_request(request)
        await request.aread()
        asking = Asking(scope, request)
        if asking.mirror is not None:
            await asking.mirror.fetch(asking.names)
        with asking.acting():
            transport = family_of(self.library).AsyncTransport(self._inner, asking.find)
            response = await transport.handle_async_request(request)
        if asking.mirror is not None:
            await asking.mirror.flush()
            response = flushing(self.library, response, asking.mirror)
        if asking.error is not None:
            raise asking.error
        return response

    async def aclose(self) -> None:
        """Close the inner transport."""
        if self._inner is not None:
            await self._inner.aclose()


class Sync(Explicit):
    """For synchronous clients."""

    def handle_request(self, request: Any) -> Any:
        """Replay the response, or record the one that the inner transport gives."""
        scope = self._holding()
        if scope is None:
            return self._inner.handle_request(request)
        request.read()
        asking = Asking(scope, request)
        if asking.mirror is not None:
            waited(asking.mirror.fetch(asking.names))
        with asking.acting():
            transport = family_of(self.library).Transport(self._inner, asking.find)
            response = transport.handle_request(request)
        if asking.mirror is not None:
            waited(asking.mirror.flush())
            response = flushing(self.library, response, asking.mirror)
        if asking.error is not None:
            raise asking.error
        return response

    def close(self) -> None:
        """Close the inner transport."""
        if self._inner is not None:
            self._inner.close()


class Recording(Explicit):
    """Always live; what comes back is kept."""

    def __init__(
        self, inner: Any, store: AnyStore, key: KeyLike = None, extra_metadata: ExtraMetadata = None
    ) -> None:
        self._inner = inner
        self._begin("record", store, key, extra_metadata=extra_metadata)


class Replaying(Explicit):
    """Never live; what nobody recorded is a KeyError that names the nearest recording."""

    def __init__(self, store: AnyStore, key: KeyLike = None, simulate_timing: bool = False) -> None:
        self._begin("replay", store, key, simulate_timing)


class Auto(Explicit):
    """Replays what is recorded, records the rest."""

    def __init__(
        self,
        inner: Any,
        store: AnyStore,
        key: KeyLike = None,
        simulate_timing: bool = False,
        extra_metadata: ExtraMetadata = None,
    ) -> None:
        self._inner = inner
        self._begin("auto", store, key, simulate_timing, extra_metadata)


class Dynamic(Explicit):
    """Does as the cassette says in whose scope a call is made; outside of any, lets it through."""

    real: type[Any]
    """The transport of the library that is made where none is given."""

    def __init__(self, inner: Any = None) -> None:
        self._inner = inner if inner is not None else self.real()

    def _holding(self) -> Scope | None:
        return current()
