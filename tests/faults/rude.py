"""Servers that don't behave, and clients that don't wait: one script a server, one manner a client.

A script is what goes over the wire, byte for byte, once a request has arrived: pieces, and between them
`GO`, where the server waits for the client to have had what came before; `RST` and `FIN` end the connection.
"""

from __future__ import annotations

import contextlib
import gzip
import socket
import struct
import threading
from dataclasses import dataclass
from typing import Literal

from loopback_wire import read_request

Word = bytes | Literal["GO", "RST", "FIN"]

EVENTS = [b'data: {"choices":[{"delta":{"content":"%d"}}]}\n\n' % number for number in range(4)]
DONE = b"data: [DONE]\n\n"
JSON = b'{"choices":[{"message":{"role":"assistant","content":"hello"}}]}'
_CHUNKED = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n%s\r\n"
_PACKED = gzip.compress(b"".join(EVENTS) + DONE)
_LIAR = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"


def chunk(data: bytes) -> bytes:
    """One chunk of a chunked body."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def chunked(*events: bytes, more: bytes = b"") -> bytes:
    """A head and some chunks, in one piece."""
    return _CHUNKED % more + b"".join(map(chunk, events))


END = b"0\r\n\r\n"


@dataclass(frozen=True)
class Script:
    """What a server does, and what is to be found in the corpus afterwards."""

    words: tuple[Word, ...]
    whole: bool = False
    """Whether the server says, by how it frames it, that this is all: it may be stored as complete. Whether it is
    all that there should be is told apart, by the dialect's last event."""


SCRIPTS = {
    "well": Script((chunked(*EVENTS, DONE) + END,), whole=True),
    "slowly": Script((chunked(EVENTS[0]), "GO", chunk(EVENTS[1]), chunk(DONE) + END), whole=True),
    "drops-between-chunks": Script((chunked(*EVENTS[:2]), "FIN")),
    "drops-in-a-chunk": Script((chunked(EVENTS[0]) + b"%x\r\n" % len(EVENTS[1]) + EVENTS[1][:9], "FIN")),
    "resets": Script((chunked(*EVENTS[:2]), "GO", "RST")),
    "resets-after-done": Script((chunked(*EVENTS, DONE), "GO", "RST"), whole=True),
    "no-last-chunk": Script((chunked(*EVENTS, DONE), "FIN"), whole=True),
    "no-done": Script((chunked(*EVENTS) + END,), whole=True),
    "bad-chunk-size": Script((chunked(EVENTS[0]) + b"zz\r\n" + EVENTS[1],)),
    "huge-chunk-size": Script((chunked(EVENTS[0]) + b"f" * 40 + b"\r\n" + EVENTS[1], "FIN")),
    "no-crlf-behind-chunk": Script((chunked(EVENTS[0])[:-2] + chunk(EVENTS[1]) + END, "FIN")),
    "bytes-behind-the-end": Script(
        (chunked(*EVENTS, DONE) + END + b"HTTP/1.1 what is this\r\n\r\n",), whole=True
    ),
    "trailers": Script((chunked(*EVENTS, DONE) + b"0\r\nx-checksum: 7\r\nx-more: 8\r\n\r\n",), whole=True),
    "early-hints": Script(
        (b"HTTP/1.1 103 Early Hints\r\nlink: </s.css>\r\n\r\n" + chunked(*EVENTS, DONE) + END,), whole=True
    ),
    "too-long-a-length": Script((_LIAR % (len(JSON) + 9) + JSON, "FIN")),
    "too-short-a-length": Script((_LIAR % (len(JSON) - 9) + JSON,), whole=True),
    "two-lengths": Script(
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 64\r\n\r\n" + JSON, "FIN")
    ),
    "no-length": Script(
        (b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n" + JSON, "FIN"), whole=True
    ),
    "no-length-cut-stream": Script(
        (b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" + b"".join(EVENTS[:2]), "FIN")
    ),
    "gzip": Script((chunked(_PACKED, more=b"content-encoding: gzip\r\n") + END,), whole=True),
    "gzip-cut-short": Script((chunked(_PACKED[:-20], more=b"content-encoding: gzip\r\n") + END,), whole=True),
    "gzip-dropped": Script((chunked(_PACKED[:30], more=b"content-encoding: gzip\r\n"), "FIN")),
    "gzip-is-none": Script((chunked(*EVENTS, DONE, more=b"content-encoding: gzip\r\n") + END,)),
    "no-head": Script((b"HTTP/1.1 200 OK\r\ncontent-ty", "FIN")),
    "no-http": Script((b"\x16\x03\x01 what?\r\n\r\n", "FIN")),
    "nothing": Script(("FIN",)),
    "reset-at-once": Script(("RST",)),
    "empty": Script((b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",), whole=True),
    "no-content": Script((b"HTTP/1.1 204 No Content\r\n\r\n",), whole=True),
    "stalls": Script((chunked(*EVENTS[:2]), "GO", "GO")),
    "stalls-after-done": Script((chunked(*EVENTS, DONE), "GO", "GO"), whole=True),
    "stalls-before-the-head": Script(("GO", "GO")),
    "old": Script((b"HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n" + JSON, "FIN"), whole=True),
}


class RudeServer:
    """Plays one script to each request; a context manager."""

    def __init__(self) -> None:
        self.script: tuple[Word, ...] = ()
        self.connections = 0
        self.go = threading.Semaphore(0)
        """Released once for each `GO`: by the client, when it has read so far."""

        self.waits = threading.Event()
        """Set once a script stands at a `GO`."""

        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._lines: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> RudeServer:
        return self

    def __exit__(self, *failure: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()

    def play(self, script: Script) -> None:
        """From now on this one, to new connections."""
        self.hang_up()
        self.script, self.connections, self.go = script.words, 0, threading.Semaphore(0)
        self.waits = threading.Event()

    def hang_up(self) -> None:
        """Close what is open, and end whoever waits."""
        for _ in range(9):
            self.go.release()
        lines, self._lines = self._lines, []
        for line in lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._lines.append(line)
            threading.Thread(
                target=self._serve, args=(line, self.script, self.go, self.waits), daemon=True
            ).start()

    def _serve(
        self, line: socket.socket, script: tuple[Word, ...], go: threading.Semaphore, waits: threading.Event
    ) -> None:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError, ValueError), line, line.makefile("rb") as incoming:
            while read_request(incoming, 0):
                for word in script:
                    if word == "GO":
                        waits.set()
                        go.acquire(timeout=60)
                    elif word == "RST":
                        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                        incoming.close()
                        return
                    elif word == "FIN":
                        line.shutdown(socket.SHUT_RDWR)
                        return
                    else:
                        line.sendall(word)
