"""The real API behind a server that records: each chunk is handed on when it comes, and shown to the tap."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx

from agentrec_auto.capture import CapturedRequest, Headers
from agentrec_auto.errors import ConfigError
from agentrec_auto.flow.tap import Tap
from agentrec_auto.phrases import phrase_of
from agentrec_auto.serving.listening import Fault

CONNECT_S = 30.0

Send = Callable[[int, bytes, Headers, Iterator[bytes]], None]
"""Writes an answer: status, reason, headers, and pieces as they come."""


class Upstream:
    """Where requests go that are not replayed."""

    def __init__(self, url: str) -> None:
        """``url``: what comes before the path that the app asks for."""
        self.url = checked(url)
        # How long an answer may take is for the app to say: it hangs up.
        self._client = httpx.Client(
            timeout=httpx.Timeout(None, connect=CONNECT_S),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=64),
        )

    def forward(self, request: CapturedRequest, tap: Tap | None, send: Send) -> None:
        """Ask, and hand the answer on by ``send``; `Fault` where there is none.

        Bytes go through as they are: not decoded, no redirect followed.
        """
        asked = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        try:
            response = self._client.send(asked, stream=True, auth=None)
        except BaseException as error:
            if tap is not None:
                tap.broke(error)
            if isinstance(error, (httpx.HTTPError, httpx.InvalidURL)):
                raise Fault(
                    502,
                    f"{self.url} gave no answer: {error or type(error).__name__}; the call was not recorded",
                ) from error
            raise
        headers = response.headers.raw
        if tap is not None:
            tap.head(response.status_code, headers, response.extensions)
        reason = response.extensions.get("reason_phrase") or phrase_of(response.status_code).encode()
        try:
            send(response.status_code, reason, headers, _shown(response, tap))
        finally:
            response.close()
            if tap is not None:
                tap.closed()  # left early, if it wasn't over

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def checked(url: str) -> str:
    """A URL that requests can be sent to, without its last slash; `ConfigError` for another."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ConfigError(f"bad URL {url!r}", where="--upstream", expected="https://HOST, with a path or not")
    return url.rstrip("/")


def _shown(response: httpx.Response, tap: Tap | None) -> Iterator[bytes]:
    length = response.headers.get("content-length", "")
    left = int(length) if length.isdecimal() else None
    try:
        for chunk in response.iter_raw():
            if tap is not None:
                tap.see(chunk)
                if left is not None and (left := left - len(chunk)) <= 0:
                    tap.finished()  # kept before the app has all of it, and may end us
            yield chunk
    except httpx.HTTPError as error:
        if tap is not None:
            tap.broke(error)
        raise ConnectionAbortedError(str(error)) from error  # so that the client sees it break off, too
    if tap is not None:
        tap.finished()
