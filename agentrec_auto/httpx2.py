"""The transports and clients of `agentrec_auto.transport` and `agentrec_auto.session`, for httpx2.

anthropic from 1.0 on refuses httpx clients, and openai from 3.0 on stands on httpx2; cassettes and stores are
the same for both.
"""

from __future__ import annotations

from typing import Any

import httpx2

from agentrec_auto.explicit import transports
from agentrec_auto.explicit.cassette import cassette

__all__ = [
    "AutoTransport",
    "DynamicTransport",
    "RecordingTransport",
    "ReplayTransport",
    "SyncAutoTransport",
    "SyncDynamicTransport",
    "SyncRecordingTransport",
    "SyncReplayTransport",
    "async_client",
    "cassette",
    "sync_client",
]


class RecordingTransport(transports.Recording, transports.Async, httpx2.AsyncBaseTransport):
    """`agentrec_auto.transport.RecordingTransport`, for httpx2."""

    library = httpx2


class ReplayTransport(transports.Replaying, transports.Async, httpx2.AsyncBaseTransport):
    """`agentrec_auto.transport.ReplayTransport`, for httpx2."""

    library = httpx2


class AutoTransport(transports.Auto, transports.Async, httpx2.AsyncBaseTransport):
    """`agentrec_auto.transport.AutoTransport`, for httpx2."""

    library = httpx2


class DynamicTransport(transports.Dynamic, transports.Async, httpx2.AsyncBaseTransport):
    """`agentrec_auto.transport.DynamicTransport`, for httpx2."""

    library = httpx2
    real = httpx2.AsyncHTTPTransport


class SyncRecordingTransport(transports.Recording, transports.Sync, httpx2.BaseTransport):
    """`agentrec_auto.transport.SyncRecordingTransport`, for httpx2."""

    library = httpx2


class SyncReplayTransport(transports.Replaying, transports.Sync, httpx2.BaseTransport):
    """`agentrec_auto.transport.SyncReplayTransport`, for httpx2."""

    library = httpx2


class SyncAutoTransport(transports.Auto, transports.Sync, httpx2.BaseTransport):
    """`agentrec_auto.transport.SyncAutoTransport`, for httpx2."""

    library = httpx2


class SyncDynamicTransport(transports.Dynamic, transports.Sync, httpx2.BaseTransport):
    """`agentrec_auto.transport.SyncDynamicTransport`, for httpx2."""

    library = httpx2
    real = httpx2.HTTPTransport


def async_client(
    *, inner: httpx2.AsyncBaseTransport | None = None, **httpx_kwargs: Any
) -> httpx2.AsyncClient:
    """An ``httpx2.AsyncClient`` that obeys the cassette in whose scope a call is made."""
    return httpx2.AsyncClient(transport=DynamicTransport(inner), **httpx_kwargs)


def sync_client(*, inner: httpx2.BaseTransport | None = None, **httpx_kwargs: Any) -> httpx2.Client:
    """An ``httpx2.Client`` that obeys the cassette in whose scope a call is made."""
    return httpx2.Client(transport=SyncDynamicTransport(inner), **httpx_kwargs)
