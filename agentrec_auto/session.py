"""One client, many cassettes: clients of httpx whose calls are recorded or replayed as a scope says.

    client = agentrec.async_client()                      # once, for any SDK that takes an httpx client

    async with agentrec.cassette(FileStore("corpus")):    # or @agentrec.cassette(…) on a function
        await client.post(…)

Outside of a scope its calls go out as ever. `sync_client` and ``with`` are the same for synchronous code; for
httpx2 see `agentrec_auto.httpx2`.
"""

from __future__ import annotations

from typing import Any

import httpx

from agentrec_auto.explicit.cassette import cassette
from agentrec_auto.transport import DynamicTransport, SyncDynamicTransport

__all__ = ["DynamicTransport", "SyncDynamicTransport", "async_client", "cassette", "sync_client"]


def async_client(*, inner: httpx.AsyncBaseTransport | None = None, **httpx_kwargs: Any) -> httpx.AsyncClient:
    """An ``httpx.AsyncClient`` that obeys the cassette in whose scope a call is made.

    ``inner`` is the real transport (``httpx.AsyncHTTPTransport()``); the rest goes to the client.
    """
    return httpx.AsyncClient(transport=DynamicTransport(inner), **httpx_kwargs)


def sync_client(*, inner: httpx.BaseTransport | None = None, **httpx_kwargs: Any) -> httpx.Client:
    """An ``httpx.Client`` that obeys the cassette in whose scope a call is made."""
    return httpx.Client(transport=SyncDynamicTransport(inner), **httpx_kwargs)
