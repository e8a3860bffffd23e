"""A tap sees one response pass, chunk by chunk, and settles once what became of it.

Theory of operation. The seam opens a tap when it lets a request through, tells it of the response head,
and then of each chunk *as it hands it on*: nothing is held back. The tap is settled at the first of

    the last byte (`finished`)                                     → complete
    the event that ends a stream of its dialect, seen in a chunk   → complete
    an error event in a stream                                     → failed
    the caller closing early (`closed`) or dropping the response   → abandoned
    the response breaking off (`broke`)                            → failed

SDKs close right at the last event (OpenAI's at ``[DONE]``), or never (litellm's Anthropic streams), so an
end of file is not waited for. What still comes after the last event is kept too: the tap then asks for
its interaction to be written once more, longer.

A response that is garbage-collected unread only drops its tap into a queue: no file is written from a
finaliser, which may run anywhere. The recorder empties the queue at its next call and at exit.

A body that becomes long is no longer held: see `agentrec_auto.spool`.

Nothing of ours may reach the app: a tap that fails goes mute, and says so once through ``Outlet.failed``.
What the app itself raises meanwhile (see `agentrec_auto.interrupts`) goes on to it: its response broke off.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from time import perf_counter
from typing import Protocol

from agentrec_auto.capture import CapturedChunk, Ending, Headers, first_header
from agentrec_auto.decoding import StreamDecoder, stream_decoder
from agentrec_auto.errors import UndecodableBodyError
from agentrec_auto.interrupts import Muffled, interruption, let_through
from agentrec_auto.providers.endings import Terminator, is_stream
from agentrec_auto.spool import LONG, WINDOW, Spool

_NEVER = sys.maxsize


class Outlet(Protocol):
    """What a tap reports to."""

    def settled(self, tap: Tap, ending: Ending) -> None:
        """The response came to its end; called once."""

    def spool(self, tap: Tap) -> Spool | None:
        """The body has become long: a spool that takes over its chunks, or None to hold them in memory."""

    def extended(self, tap: Tap) -> None:
        """Chunks came after the end that was reported; called at most once."""

    def dropped(self, tap: Tap) -> None:
        """The response was garbage-collected unfinished. Called from a finaliser: may only queue."""

    def failed(self, tap: Tap, error: Exception) -> None:
        """The tap itself failed and sees nothing more."""


def _harmless(method: Callable[..., None]) -> Callable[..., None]:
    """A method of a tap whose failure mutes the tap and goes no further."""

    @wraps(method)
    def guarded(tap: Tap, *args: object) -> None:
        try:
            if not tap.muted:
                method(tap, *args)
        except Exception as error:  # ours, whatever it is: the app's call goes on
            tap.fails(error)

    return guarded


class Tap:
    """Collects one response and reports to its outlet."""

    __slots__ = (
        "__weakref__",
        "_arrived",
        "_decoder",
        "_due",
        "_entered",
        "_expected",
        "_seen",
        "_settled_at",
        "_terminator",
        "chunks",
        "ending",
        "error",
        "extensions",
        "headers",
        "is_parents",
        "latency_s",
        "muted",
        "outlet",
        "started",
        "status",
        "whole",
    )

    def __init__(self, outlet: Outlet) -> None:
        self.outlet = outlet
        self.muted = False
        self.is_parents = False
        """Whether it was opened before this process was forked: leaving it here means nothing, for the parent
        may read on."""

        self._entered = False
        self._settled_at: int | None = None
        self._terminator: Terminator | None = None
        self._decoder: StreamDecoder | None = None
        self._expected: int | None = None
        self._seen = 0
        self._due = LONG
        """How many bytes must have come before the spool is asked again."""

        self._arrived = 0.0
        self.started = perf_counter()
        self.status = 0
        self.headers: Headers = []
        self.extensions: dict[str, object] = {}
        self.chunks: list[CapturedChunk] | Spool = []
        self.ending: Ending | None = None
        self.error: str | None = None
        """The name of what the body raised, which itself may keep alive whatever it passed."""

        self.latency_s = 0.0
        """From the request to the end of the response."""
        self.whole: bool | None = None
        """Whether the dialect's last event passed; None where the answer is no stream."""

    @_harmless
    def head(self, status: int, headers: Headers, extensions: dict[str, object]) -> None:
        """The response head arrived: chunk offsets count from here."""
        self._arrived = perf_counter()
        self.status, self.headers, self.extensions = status, headers, extensions
        length = first_header(headers, b"content-length")
        if length is not None and length.isdigit():
            self._expected = int(length)
        content_type = first_header(headers, b"content-type") or b""
        if is_stream(content_type):
            self.whole = False
            self._terminator = Terminator(content_type)
            encoding = first_header(headers, b"content-encoding")
            if encoding:
                try:
                    self._decoder = stream_decoder(encoding)
                except UndecodableBodyError:
                    self._terminator = None

    @property
    def latency_head_s(self) -> float:
        """From the request to the response head."""
        return self._arrived - self.started

    def enters(self) -> bool:
        """True for the first pass over the body; later ones see the same chunks again, or none."""
        first, self._entered = not self._entered, True
        return first

    def see(self, data: bytes) -> None:
        """A chunk is about to be handed on. Guards itself, not by `_harmless`: nothing is called as often."""
        if self.muted:
            return
        try:
            self.chunks.append(CapturedChunk(data, perf_counter() - self._arrived))
            self._seen += len(data)
            if self._seen >= self._due:
                self._spool()
            if self._terminator is not None and self._settled_at is None:
                ending = (
                    self._terminator.feed(data)
                    if self._decoder is None
                    else self._ending_with(data, self._decoder, self._terminator)
                )
                if ending is not None:
                    self.whole = ending is Ending.COMPLETE
                    self._end(ending)
        except Exception as error:
            self.fails(error)

    def fails(self, error: Exception) -> None:
        """The tap failed, and sees nothing more; or the app broke off in the midst of it."""
        try:
            if interruption(error) is not None:
                self.broke(error)
                let_through(error)
            self.muted = True
            with Muffled():  # to tell of a failure may fail, too
                self.outlet.failed(self, error)
        finally:
            del error  # see `let_through`

    @_harmless
    def finished(self) -> None:
        """The last byte was handed on."""
        self._end(self._ending_at_end())
        self._wind_up()

    @_harmless
    def closed(self) -> None:
        """The caller closed the response, at its end or before."""
        complete = self._expected is not None and self._seen >= self._expected
        self._end(Ending.COMPLETE if complete else Ending.ABANDONED)
        self._wind_up()

    @_harmless
    def broke(self, error: BaseException) -> None:
        """The body raised ``error`` instead of a chunk; a cancellation is the caller's doing."""
        self.error = type(error).__name__
        self._end(Ending.FAILED if isinstance(error, Exception) else Ending.ABANDONED)
        self._wind_up()

    def dropped(self) -> None:
        """The response was garbage-collected. Called from a finaliser: touches no file and no lock."""
        if self._settled_at is None and not self.muted:
            self.outlet.dropped(self)

    def _ending_at_end(self) -> Ending:
        # Without a length or chunked framing, the end of the connection is the end of the body: a stream
        # that lacks its last event was then cut off. With framing, it is what the server meant to say.
        framed = self._expected is not None or first_header(self.headers, b"transfer-encoding") is not None
        http_1 = self.extensions.get("http_version") in (b"HTTP/1.0", b"HTTP/1.1")
        return Ending.FAILED if self.whole is False and http_1 and not framed else Ending.COMPLETE

    def _ending_with(self, data: bytes, decoder: StreamDecoder, terminator: Terminator) -> Ending | None:
        """The ending that encoded ``data`` brings; a body that can't be decoded is no longer looked at."""
        try:
            return terminator.feed(decoder.feed(data))
        except UndecodableBodyError:
            self._terminator = None
            return None

    def _end(self, ending: Ending) -> None:
        if self._settled_at is not None or (self.is_parents and ending is not Ending.COMPLETE):
            return
        self._settled_at = len(self.chunks)
        self.ending = ending
        self.latency_s = perf_counter() - self.started
        self._look_at_rest()
        self.outlet.settled(self, ending)

    def _wind_up(self) -> None:
        """Nothing more comes. If chunks came after the last event, have the recording written anew."""
        if self._settled_at is not None and len(self.chunks) > self._settled_at:
            self._settled_at = len(self.chunks)
            self._look_at_rest()
            self.outlet.extended(self)
        # Let go: the app may keep the response for long, and so our file open.
        if isinstance(self.chunks, Spool):
            self.chunks, self._due = [], _NEVER

    def _spool(self) -> None:
        """Of a long body, hold no more than has to be."""
        if not isinstance(self.chunks, Spool):
            spool = self.outlet.spool(self)
            if spool is None:
                self._due = _NEVER
                return
            self.chunks = spool
        if self.chunks.goes_on(self._seen):
            self._due = self._seen + WINDOW // 2
        else:
            self._hold()

    def _look_at_rest(self) -> None:
        """Have a spool look at what it has not seen yet; hold the body if that isn't clean."""
        if isinstance(self.chunks, Spool) and not self.chunks.ends():
            self._hold()

    def _hold(self) -> None:
        """Have all of the body in memory, for good."""
        self.chunks, self._due = list(self.chunks), _NEVER
