"""A socket that listens, and requests read whole off it.

On the standard library's ``http.server``, a thread a connection: what decides is synchronous here, a paced
stream is a thread that sleeps, and no server library is among our dependencies. What that server doesn't do
is done here: bodies that come in chunks, faults told as JSON, an end that waits for answers under way.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any

from agentrec_auto.capture import Headers
from agentrec_auto.corpus.inert import inert
from agentrec_auto.phrases import phrase_of

MOST_BYTES = 512 * 1024 * 1024
"""Of a request body: it is held in memory."""

IDLE_S = 300.0
"""A connection on which nothing comes for so long is closed."""

_A_LINE = 64 * 1024


class Fault(Exception):
    """A request that can't be answered: its status, and why."""

    def __init__(self, status: int, why: str) -> None:
        self.status = status
        super().__init__(why)


class Listener(ThreadingTCPServer):
    """Listens on one port; answers are given by its handlers.

    Not http.server's own: that one looks up its host name, which stalls where no name server answers.
    """

    allow_reuse_address = sys.platform != "win32"
    daemon_threads = True
    block_on_close = False  # a client that keeps its connection open must not keep us from stopping
    request_queue_size = 512

    def __init__(self, host: str, port: int, handler: type[Handler]) -> None:
        """OSError where nobody can listen there."""
        if ":" in host:
            self.address_family = socket.AF_INET6
        self._under_way = 0
        self._idle = threading.Condition()
        super().__init__((host, port), handler)
        self.host = host
        self.port: int = self.server_address[1]
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Where it is reached from this machine."""
        name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host)
        return f"http://{name or (f'[{self.host}]' if ':' in self.host else self.host)}:{self.port}"

    def start(self) -> None:
        """Answer, on a thread of its own."""
        self._thread.start()

    def stop(self, patience_s: float) -> None:
        """Close the port, and wait so long for answers under way."""
        self.shutdown()
        self.server_close()
        self._thread.join()
        with self._idle:
            self._idle.wait_for(lambda: not self._under_way, patience_s)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Around the answer to one request: `stop` waits for it."""
        with self._idle:
            self._under_way += 1
        try:
            yield
        finally:
            with self._idle:
                self._under_way -= 1
                self._idle.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """Reads requests of one connection, and writes what `answer` gives."""

    protocol_version = "HTTP/1.1"  # keep-alive and chunks
    disable_nagle_algorithm = True
    timeout = IDLE_S
    server: Listener

    def answer(self) -> None:
        """Answer the request that was read."""
        raise NotImplementedError

    def handle_any(self) -> None:
        """Answer a request, whatever its method; what is wrong with it is told."""
        with self.server.answering():
            try:
                self.answer()
            except Fault as fault:
                self.close_connection = True  # what is left of the request is not read
                self.send_fault(fault.status, str(fault))
            except (ConnectionError, TimeoutError):
                self.close_connection = True  # the client has heard enough

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_any

    def read_body(self) -> bytes:
        """The body, whole; `Fault` for one that is malformed or too long."""
        coding = (self.headers.get("transfer-encoding") or "").strip().lower()
        if coding == "chunked":
            return b"".join(self._chunks())
        if coding:
            raise Fault(501, f"a body under transfer-encoding {coding!r}: expected chunked, or a length")
        said = (self.headers.get("content-length") or "0").strip()
        if not (said.isascii() and said.isdigit()):
            raise Fault(400, f"bad content-length {said!r}: expected a number")
        return self._read(int(said))

    def send(self, status: int, reason: bytes, headers: Headers, pieces: Iterable[bytes]) -> None:
        """Write an answer, each piece when it comes, in a chunk of its own where there is no length."""
        has_body = self.command != "HEAD" and status >= 200 and status not in (204, 304)
        has_length = any(name.lower() == b"content-length" for name, _ in headers)
        is_chunked = has_body and not has_length and self.request_version != "HTTP/1.0"
        framing = [(b"transfer-encoding", b"chunked")] if is_chunked else []
        if (has_body and not has_length and not is_chunked) or self.close_connection:
            self.close_connection = True
            framing.append((b"connection", b"close"))
        elif self.request_version == "HTTP/1.0":
            framing.append((b"connection", b"keep-alive"))
        self.wfile.write(_head(status, reason, [*headers, *framing]))
        if not has_body:
            return
        for piece in pieces:
            if piece:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if is_chunked else piece)
        if is_chunked:
            self.wfile.write(b"0\r\n\r\n")

    def send_bytes(self, status: int, kind: str, body: bytes, headers: Headers | None = None) -> None:
        """Write an answer that is at hand."""
        head = [(b"content-type", kind.encode()), (b"content-length", b"%d" % len(body)), *(headers or [])]
        self.send(status, phrase_of(status).encode(), head, [body])

    def send_fault(self, status: int, why: str) -> None:
        """Say what is wrong, as SDKs read it."""
        error = {"type": "agentrec_error", "code": "agentrec_error", "message": f"agentrec: {why}"}
        body = json.dumps({"type": "error", "message": error["message"], "error": error}).encode()
        self.send_bytes(status, "application/json", body, [(b"x-should-retry", b"false")])

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What http.server finds wrong with a request, told like the rest."""
        self.command = getattr(self, "command", None) or "GET"
        self.close_connection = True
        try:
            self.send_fault(int(code), inert(message or phrase_of(int(code))))
        except OSError:  # it is gone already
            return

    def log_message(self, format: str, *args: object) -> None:
        """Keep still: what is worth telling is told elsewhere."""

    def _chunks(self) -> Iterator[bytes]:
        left = MOST_BYTES
        while True:
            line = self.rfile.readline(_A_LINE).strip().partition(b";")[0]
            try:
                size = int(line, 16) if line.isalnum() else -1
            except ValueError:
                size = -1
            if not 0 <= size <= left:
                raise Fault(400, f"bad chunk of a body: {line[:20]!r} is no size in hex, or too large")
            left -= size
            if not size:
                break
            yield self._read(size)
            self.rfile.readline(_A_LINE)
        while self.rfile.readline(_A_LINE).strip():  # the trailer
            pass

    def _read(self, size: int) -> bytes:
        if size > MOST_BYTES:
            raise Fault(413, f"a body of {size:,} bytes: {MOST_BYTES:,} are the most")
        data = self.rfile.read(size) if size else b""
        if len(data) < size:
            raise ConnectionError("the client left in the midst of its request")
        return data


def _head(status: int, reason: bytes, headers: Headers) -> bytes:
    """A response's head. What would begin another line is left out: recordings may come from anywhere."""
    lines = [b"HTTP/1.1 %d %b" % (status, _one_line(reason))]
    lines += [b"%b: %b" % (name, value) for name, value in headers if _is_one_line(name + value)]
    return b"\r\n".join([*lines, b"", b""])


def _is_one_line(text: bytes) -> bool:
    return not any(sign in text for sign in (b"\r", b"\n", b"\0"))


def _one_line(text: bytes) -> bytes:
    return b" ".join(text.replace(b"\0", b" ").split())
