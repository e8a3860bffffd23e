"""The server that recordings are made from: as little of one as HTTP/1.1 allows, in a process of its own.

What the request's path and body ask for: a plain answer, or a stream if the body says so. A query says more:

    ?pace=MS           that long between the chunks, each with the monotonic clock of its sending in it
    ?mib=N&chunk=B     so many MiB, in chunks of so many bytes
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import parse_qsl, urlsplit

from benchmarks import ROOT, speaking, workload
from benchmarks.workload import number_in

PLAIN = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
_LENGTH = re.compile(rb"(?i)^content-length: *(\d+)")

TIMED = 40
"""Chunks of a paced stream."""


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """The URL of a server that is gone afterwards, and its port with it."""
    environ = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": ROOT}
    command = [sys.executable, "-m", "benchmarks.server"]
    process = subprocess.Popen(
        command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None and process.stdin is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def main() -> None:
    """Serve until stdin closes."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    threading.Thread(target=_accept, args=(listener,), daemon=True).start()
    sys.stdin.read()


def _accept(listener: socket.socket) -> None:
    while True:
        line, _ = listener.accept()
        threading.Thread(target=_serve, args=(line,), daemon=True).start()


def _serve(line: socket.socket) -> None:
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with line, line.makefile("rb") as incoming, contextlib.suppress(ConnectionError):
        while (target := _target(incoming)) is not None:
            _answer(line, *target)


def _target(incoming: BinaryIO) -> tuple[str, bytes] | None:
    first = incoming.readline().split()
    if len(first) < 2:
        return None
    length = 0
    while (header := incoming.readline().strip()) != b"":
        if found := _LENGTH.match(header):
            length = int(found[1])
    return first[1].decode(), incoming.read(length)


def _answer(line: socket.socket, target: str, body: bytes) -> None:
    asked = {name: int(value) for name, value in parse_qsl(urlsplit(target).query)}
    spoken = speaking if urlsplit(target).path == speaking.PATH else workload
    if "mib" in asked:
        _send(line, _long(asked["mib"] * 2**20, asked["chunk"]))
    elif "pace" in asked:
        _send(line, _timed(asked["pace"] / 1000))
    elif b'"stream":true' in body:
        # Not all at once: a client reads pieces of 64 KiB, and would see two chunks where one is cut. Not
        # one by one: the client's processor time would be that of waiting.
        _send(line, spoken.events(number_in(body)), together=50)
    else:
        content = spoken.answer(number_in(body))
        line.sendall(PLAIN % len(content) + content)


def _send(line: socket.socket, chunks: list[bytes] | Iterator[bytes], together: int = 1) -> None:
    line.sendall(CHUNKED)
    held: list[bytes] = []
    for chunk in chunks:
        held.append(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        if len(held) == together:
            line.sendall(b"".join(held))
            held.clear()
            if together > 1:
                time.sleep(0.001)  # what was sent is read before more comes: no chunk is cut
    line.sendall(b"".join(held) + b"0\r\n\r\n")


def _long(size: int, chunk: int) -> Iterator[bytes]:
    data = b"data: " + b"x" * (chunk - 8) + b"\n\n"
    for _ in range(size // chunk - 1):
        yield data
    yield b"data: " + b"x" * (chunk - 22) + b"\n\n" + b"data: [DONE]\n\n"


def _timed(seconds: float) -> Iterator[bytes]:
    due = time.monotonic()
    for place in range(TIMED):
        due += seconds
        time.sleep(max(0.0, due - time.monotonic()))
        yield b'data: {"sent":%.6f,"n":%d}\n\n' % (time.monotonic(), place)


if __name__ == "__main__":
    main()
