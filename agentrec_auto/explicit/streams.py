"""Streams that write what was recorded to a program's own store, as chunks pass and when they are closed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import cache
from types import ModuleType
from typing import Any

from agentrec_auto.explicit.bridge import waited
from agentrec_auto.explicit.mirror import Mirror


def flushing(H: ModuleType, response: Any, mirror: Mirror) -> Any:
    """The response, its body in such a stream; ``H`` is its library."""
    if not response.is_stream_consumed:
        plain, asynchronous = _made_for(H)
        is_async = isinstance(response.stream, H.AsyncByteStream)
        response.stream = (asynchronous if is_async else plain)(response.stream, mirror)
    return response


@cache
def _made_for(H: Any) -> tuple[Any, Any]:
    class Flushing(H.SyncByteStream):  # type: ignore[misc]
        def __init__(self, inner: Any, mirror: Mirror) -> None:
            self._inner = inner
            self._mirror = mirror

        def __iter__(self) -> Iterator[bytes]:
            for chunk in self._inner:
                self._flush()
                yield chunk
            self._flush()

        def close(self) -> None:
            self._inner.close()
            self._flush()

        def _flush(self) -> None:
            if self._mirror.is_behind:
                waited(self._mirror.flush())

    class AsyncFlushing(H.AsyncByteStream):  # type: ignore[misc]
        def __init__(self, inner: Any, mirror: Mirror) -> None:
            self._inner = inner
            self._mirror = mirror

        async def __aiter__(self) -> AsyncIterator[bytes]:
            async for chunk in self._inner:
                await self._flush()
                yield chunk
            await self._flush()

        async def aclose(self) -> None:
            await self._inner.aclose()
            await self._flush()

        async def _flush(self) -> None:
            if self._mirror.is_behind:
                await self._mirror.flush()

    return Flushing, AsyncFlushing
