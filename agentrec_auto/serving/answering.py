"""What becomes of one request to the server: played, refused, or let through to the real API."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from agentrec_auto.capture import CapturedRequest, Headers
from agentrec_auto.flow.ledger import say, warn_once
from agentrec_auto.flow.miss import STATUS
from agentrec_auto.flow.plan import PASS, Pass, Plan, Record, Refuse, Replay, never
from agentrec_auto.flow.tap import Tap
from agentrec_auto.serving.doors import Doors
from agentrec_auto.serving.lanes import LaneRecorder, Lanes
from agentrec_auto.serving.listening import Fault, Handler, Listener

if TYPE_CHECKING:  # an HTTP client, which replay needs none of
    from agentrec_auto.serving.upstream import Upstream

OURS = "/_agentrec/"
"""Paths of the server itself: ``status`` and ``reset``."""

LANE = b"x-agentrec-lane"
LIBRARY = "agentrec serve"

_OF_A_CONNECTION = frozenset(
    {
        *(b"connection", b"keep-alive", b"proxy-connection", b"proxy-authenticate", b"proxy-authorization"),
        *(b"te", b"trailer", b"transfer-encoding", b"upgrade"),
    }
)
"""Headers that mean one connection only (RFC 9110 §7.6.1)."""

_OF_THE_HOST = frozenset({b"strict-transport-security", b"alt-svc", b"expect-ct", b"nel", b"report-to"})
"""What a host says of itself, and would be believed of this one."""


class Server(Listener):
    """Answers from a corpus, and in modes that go live from the API behind it."""

    def __init__(
        self, host: str, port: int, lanes: Lanes, doors: Doors, upstream: Upstream | None, *, tells: bool
    ) -> None:
        """``tells``: whether each request is told on stderr."""
        self.lanes = lanes
        self.doors = doors
        self.upstream = upstream
        self.tells = tells
        super().__init__(host, port, Answering)
        self.base = upstream.url if upstream else self.url
        """What stands before the path in the URL that keys and rules see."""

    def status(self) -> dict[str, Any]:
        """What it has done so far."""
        tally, settings = self.lanes.ledger.tally, self.lanes.settings
        return {
            "mode": settings.mode,
            "corpus": settings.corpus,
            **{kind: tally.counts[kind] for kind in ("replayed", "recorded", "missed")},
            "misses": list(dict.fromkeys(str(event.get("text")) for event in tally.misses)),
        }


class Answering(Handler):
    """One connection."""

    server: Server

    def answer(self) -> None:
        """Read the request, see that it may be asked, and answer it."""
        body = self.read_body()
        # Through a proxy (``HTTP_PROXY``) the whole URL is asked for, and its host is another's.
        is_absolute = self.path.startswith(("http://", "https://"))
        host = None if is_absolute else self.headers.get("host")
        if why := self.server.doors.refusal(host, self.headers.get("origin")):
            warn_once(self.server.lanes.ledger, f"turned away: {why}")
            raise Fault(403, why)
        if self.path.startswith(OURS):
            self._ours()
        elif self.command == "OPTIONS" and "access-control-request-method" in self.headers:
            self._preflight()
        elif "upgrade" in self.headers:
            raise Fault(501, "an upgrade was asked for: WebSockets can't be recorded, nor replayed")
        elif not is_absolute and not self.path.startswith("/"):
            raise Fault(400, f"bad request target {self.path!r}: expected a path")
        else:
            self._call(self._captured(body, is_absolute=is_absolute))

    def do_CONNECT(self) -> None:
        """A client takes us for its proxy to a TLS host."""
        why = f"can't answer for {self.path!r} under TLS: point base_url at {self.server.url} instead"
        self.close_connection = True
        self.send_fault(501, why)

    def _captured(self, body: bytes, *, is_absolute: bool) -> CapturedRequest:
        """The request as the real API is asked."""
        base = self.server.upstream.url if self.server.upstream else self.server.base
        url = self.path if is_absolute and self.server.upstream is None else base + _target(self.path)
        dropped = _named_by(self.headers.get("connection")) | _OF_A_CONNECTION | {LANE, b"host"}
        sent = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in self.headers.items()]
        host = url.split("/", 3)[2].rpartition("@")[2].encode("latin-1")
        headers = [(b"host", host), *(pair for pair in sent if pair[0].lower() not in dropped)]
        return CapturedRequest(self.command, url, headers, body)

    def _call(self, request: CapturedRequest) -> None:
        recorder = self.server.lanes.recorder(self.headers.get(LANE.decode()) or "")
        plan = self._planned(recorder, request)
        if self.server.tells:
            say(f"{request.method} {_target(self.path).partition('?')[0]}: {_told(plan)}")
        match plan:
            case Replay():
                self._play(plan)
            case Record(tap):
                self._forward(request, tap)
            case Pass():
                self._forward(request, None)
            case Refuse(miss):
                self.send(STATUS, miss.reason, [*miss.headers, *self._cors()], [miss.body])
            case _:
                never(plan)

    def _planned(self, recorder: LaneRecorder, request: CapturedRequest) -> Plan:
        """As every seam asks, but that out of scope there is nowhere to go in replay."""
        goes_live = self.server.lanes.settings.mode != "replay"
        try:
            if goes_live:
                is_ours = recorder.concerns(request.method, request.url, lambda: request.content)
                return recorder.plan(request, LIBRARY) if is_ours else PASS
            if recorder.is_foreign(request):
                what = f"{request.method} {_target(self.path).partition('?')[0]}"
                why = f"{what} is no LLM call, and nothing is recorded of it (not counted as a miss)"
                if self.server.tells or request.method not in ("GET", "HEAD", "OPTIONS"):
                    say(why)
                raise Fault(404, why)
            return recorder.plan(request, LIBRARY)
        except Fault:
            raise
        except Exception as error:  # ours: the app's call goes on where it can
            why = f"{type(error).__name__}: {error}"
            if not goes_live:
                return recorder.refuse(f"agentrec: can't answer {request.method} {request.url}: {why}")
            warn_once(self.server.lanes.ledger, f"calls go through unrecorded ({why})")
            return PASS

    def _play(self, play: Replay) -> None:
        reel = play.reel
        name = reel.name.encode("ascii", "replace")
        headers = [*self._passed_on(reel.headers), (b"x-agentrec-recording", name), *self._cors()]
        self.send(reel.status, reel.reason, headers, _pieces(play))

    def _forward(self, request: CapturedRequest, tap: Tap | None) -> None:
        assert self.server.upstream is not None  # without one, the mode is replay

        def send(status: int, reason: bytes, headers: Headers, pieces: Iterator[bytes]) -> None:
            self.send(status, reason, [*self._passed_on(headers), *self._cors()], pieces)

        try:
            self.server.upstream.forward(request, tap, send)
        except Fault as fault:
            say(str(fault))
            raise

    def _ours(self) -> None:
        what = self.path.removeprefix(OURS).partition("?")[0]
        if what == "reset":
            if self.command != "POST":
                raise Fault(405, f"{self.command} {self.path}: expected POST")
            self.server.lanes.reset()
        elif what != "status":
            raise Fault(404, f"no such path here: {self.path}: expected {OURS}status or {OURS}reset")
        body = json.dumps(self.server.status(), indent=2).encode() + b"\n"
        self.send_bytes(200, "application/json", body, self._cors())

    def _preflight(self) -> None:
        granted: Headers = [(b"access-control-max-age", b"600")]
        for asked, allowed in (
            ("method", b"methods"),
            ("headers", b"headers"),
            ("private-network", b"private-network"),
        ):
            if value := self.headers.get(f"access-control-request-{asked}"):
                granted.append((b"access-control-allow-" + allowed, value.encode("latin-1")))
        self.send(204, b"No Content", [*granted, *self._cors()], ())

    def _cors(self) -> Headers:
        """What lets the page that asked read the answer; `Doors` has let it in."""
        origin = self.headers.get("origin")
        if origin is None:
            return []
        return [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-expose-headers", b"*"),
            (b"vary", b"origin"),
        ]

    def _passed_on(self, headers: Headers) -> Headers:
        """Headers of an answer but for those of its connection and host, and of who may read it."""
        return [
            pair
            for pair in headers
            if (name := pair[0].lower()) not in _OF_A_CONNECTION
            and name not in _OF_THE_HOST
            and not name.startswith(b"access-control-")
        ]


def _pieces(play: Replay) -> Iterator[bytes]:
    for wait, chunk in play.pieces():
        if wait:
            time.sleep(wait)
        yield chunk
    if (text := play.falls_short()) is not None:
        raise ConnectionAbortedError(text)  # the client sees it break off


def _target(path: str) -> str:
    """Path and query of what was asked for, without the host that a proxy is told."""
    if not path.startswith(("http://", "https://")):
        return path
    return "/" + path.split("//", 1)[1].partition("/")[2]


def _named_by(connection: str | None) -> frozenset[bytes]:
    """The headers that ``Connection`` says are of this connection only."""
    return frozenset(name.strip().lower().encode("latin-1") for name in (connection or "").split(","))


def _told(plan: Plan) -> str:
    match plan:
        case Replay(reel):
            return f"replayed {reel.name}"
        case Record():
            return "live, to be recorded"
        case Pass():
            return "live, unrecorded"
        case Refuse():
            return "missed"
    never(plan)
