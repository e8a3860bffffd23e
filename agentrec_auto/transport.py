"""Transports for httpx clients that record and replay: give one to a client, and the client to an SDK.

    client = httpx.AsyncClient(transport=RecordingTransport(httpx.AsyncHTTPTransport(), FileStore("corpus")))

``key`` names recordings: one id for all, a function of the request, or None for `default_key`. Repeated
requests of one transport are takes: kept, and replayed, in order. For httpx2 see `agentrec_auto.httpx2`.
"""

from __future__ import annotations

import httpx

from agentrec_auto.explicit import transports


class RecordingTransport(transports.Recording, transports.Async, httpx.AsyncBaseTransport):
    """Always goes to ``inner``; what comes back is kept in ``store``, in the place of what was there."""

    library = httpx


class ReplayTransport(transports.Replaying, transports.Async, httpx.AsyncBaseTransport):
    """Answers from ``store``, and never goes live: what nobody recorded is a KeyError.

    ``simulate_timing`` plays chunks at the pace they were recorded at.
    """

    library = httpx


class AutoTransport(transports.Auto, transports.Async, httpx.AsyncBaseTransport):
    """Answers from ``store`` what was recorded there before; what wasn't goes to ``inner`` and is kept."""

    library = httpx


class DynamicTransport(transports.Dynamic, transports.Async, httpx.AsyncBaseTransport):
    """Does as the cassette says in whose scope a call is made; outside of any it is ``inner``."""

    library = httpx
    real = httpx.AsyncHTTPTransport


class SyncRecordingTransport(transports.Recording, transports.Sync, httpx.BaseTransport):
    """`RecordingTransport`, for ``httpx.Client``."""

    library = httpx


class SyncReplayTransport(transports.Replaying, transports.Sync, httpx.BaseTransport):
    """`ReplayTransport`, for ``httpx.Client``."""

    library = httpx


class SyncAutoTransport(transports.Auto, transports.Sync, httpx.BaseTransport):
    """`AutoTransport`, for ``httpx.Client``."""

    library = httpx


class SyncDynamicTransport(transports.Dynamic, transports.Sync, httpx.BaseTransport):
    """`DynamicTransport`, for ``httpx.Client``."""

    library = httpx
    real = httpx.HTTPTransport
