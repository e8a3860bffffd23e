"""Responses of httpx and httpx2 that play a reel, made for the one or the other.

Until it is read, a response has a ``read`` of ours: the library's goes through four generators, to undo an
encoding and to cut to a size, and takes as long as the rest of a replay. Here neither is needed, for what is
played was decoded before it was stored. Once read, or closed, the response is of the library's own class, and
just as the library's ``read`` leaves it. If somebody has replaced that ``read``, or an iterator that it uses,
to watch or to fake, then theirs is called.

`H` is httpx or httpx2.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import dataclass
from operator import attrgetter
from types import FunctionType
from typing import Any

from agentrec_auto.flow.plan import Replay


@dataclass(frozen=True, slots=True, eq=False)
class Player:
    """Makes responses of a library out of replays."""

    library: Any
    Stream: Any
    Unread: Any
    """The class of responses with a ``read`` of ours; the library's own class if `_if_alike` says so."""

    def response(self, play: Replay) -> Any:
        """What the app gets."""
        reel = play.reel
        ready = reel.ready.get(self)
        if ready is None:
            # Made once for each reel: the library copies headers of its own in a tenth of the time.
            headers = self.library.Headers(reel.headers)
            is_quick = play.is_plain and "content-encoding" not in headers
            ready = reel.ready[self] = (self.Unread if is_quick else self.library.Response, headers)
        made, headers = ready
        return made(reel.status, headers=headers, stream=self.Stream(play), extensions=dict(reel.extensions))


class _Steps:
    """The methods by which a library reads a response, and whether somebody replaced one."""

    def __init__(self, library: Any, *names: str) -> None:
        self._names = frozenset(names)
        self._of = attrgetter(*names)
        self._library = library
        self._own = self._of(library)

    def are_replaced(self, response: Any) -> bool:
        """Whether one was replaced since we first looked, on the class or on this response."""
        return self._of(self._library) != self._own or not self._names.isdisjoint(response.__dict__)

    @property
    def are_the_librarys(self) -> bool:
        """Whether none was replaced before we first looked."""
        package = self._library.__module__.partition(".")[0]
        return all(isinstance(step, FunctionType) and _package(step) == package for step in self._own)


class _Unread:
    """What sync and async unread responses share."""

    _library: Any
    _request: Any
    is_closed: bool
    is_stream_consumed: bool

    def _broke(self, error: Any) -> None:
        if self._request is not None:
            error.request = self._request

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Copied and pickled, it is the library's own."""
        self.__class__ = self._library
        return self.__reduce_ex__(protocol)


def sync_player(H: Any) -> Player:
    """For clients of ``H``."""

    class ReplayedStream(H.SyncByteStream):  # type: ignore[misc]
        """Plays a reel, once."""

        def __init__(self, play: Replay) -> None:
            self._pieces = iter(play.reel.chunks) if play.is_plain else self._played(play)

        def __iter__(self) -> Iterator[bytes]:
            return self._pieces

        def _played(self, play: Replay) -> Iterator[bytes]:
            for wait, chunk in play.pieces():
                if wait:
                    time.sleep(wait)
                yield chunk
            if (text := play.falls_short()) is not None:
                raise H.ReadError(text)

    steps = _Steps(H.Response, "read", "iter_bytes", "iter_raw")

    class Response(_Unread, H.Response):  # type: ignore[misc]
        _library = H.Response

        def read(self) -> bytes:
            if self.is_stream_consumed or self.is_closed or steps.are_replaced(self):
                return super().read()  # type: ignore[no-any-return]
            self.is_stream_consumed = True
            try:
                content = b"".join(self.stream)
            except H.RequestError as error:
                self._broke(error)
                raise
            finally:
                self.close()
            return _noted(self, content)

        def close(self) -> None:
            super().close()
            self.__class__ = H.Response

    def read(made: Any) -> None:
        made.read()

    return Player(H, ReplayedStream, _if_alike(H, Response, steps, H.ByteStream, read))


def async_player(H: Any) -> Player:
    """For async clients of ``H``."""

    class AsyncReplayedStream(H.AsyncByteStream):  # type: ignore[misc]
        """Plays a reel, once."""

        def __init__(self, play: Replay) -> None:
            self._pieces = _each(iter(play.reel.chunks)) if play.is_plain else self._played(play)

        def __aiter__(self) -> AsyncIterator[bytes]:
            return self._pieces

        async def _played(self, play: Replay) -> AsyncIterator[bytes]:
            for wait, chunk in play.pieces():
                if wait:
                    await _sleep(wait)
                yield chunk
            if (text := play.falls_short()) is not None:
                raise H.ReadError(text)

    steps = _Steps(H.Response, "aread", "aiter_bytes", "aiter_raw")

    class Response(_Unread, H.Response):  # type: ignore[misc]
        _library = H.Response

        async def aread(self) -> bytes:
            if self.is_stream_consumed or self.is_closed or steps.are_replaced(self):
                return await super().aread()  # type: ignore[no-any-return]
            self.is_stream_consumed = True
            try:
                content = b"".join([chunk async for chunk in self.stream])
            except H.RequestError as error:
                self._broke(error)
                raise
            finally:
                await self.aclose()
            return _noted(self, content)

        async def aclose(self) -> None:
            await super().aclose()
            self.__class__ = H.Response

    def read(made: Any) -> None:
        _at_once(made.aread())

    return Player(H, AsyncReplayedStream, _if_alike(H, Response, steps, H.ByteStream, read))


def _noted(response: Any, content: bytes) -> bytes:
    """``content``, after noting on the response what the library's ``read`` notes there."""
    response._num_bytes_downloaded = len(content)
    response._content = content
    return content


def _if_alike(H: Any, unread: Any, steps: _Steps, stream: Any, read: Any) -> Any:
    """The class of unread responses if reading one leaves just what the library's own ``read`` leaves, else
    the library's class: a future version may note something else on a response. Also the library's class if
    its methods were replaced before us, so that theirs are called."""
    if not steps.are_the_librarys:
        return H.Response
    left = []
    for kind in (unread, H.Response):
        response = kind(200, headers={"content-type": "text/plain"}, stream=stream(b"chunk"))
        read(response)
        books = dict(vars(response))
        del books["stream"]
        books.pop("_decoder", None)  # of no use to anybody once all is read
        left.append((type(response), response.content, books))
    return unread if left[0] == left[1] else H.Response


def _package(function: FunctionType) -> str:
    """The package whose source has it; not by ``__module__``, which a wrapper copies from what it wraps."""
    return str(function.__globals__.get("__name__")).partition(".")[0]


def _at_once(coroutine: Coroutine[Any, Any, Any]) -> None:
    """Run a coroutine that waits for nothing, with or without an event loop."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()


async def _each(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def _sleep(seconds: float) -> None:
    import anyio  # here: a dependency of httpx and httpx2, needed only where replay is paced

    await anyio.sleep(seconds)
