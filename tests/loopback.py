"""A real LLM server on 127.0.0.1 that answers, streams, stalls, drops and lies as a test asks it to.

    with LoopbackServer() as server:
        client = OpenAI(base_url=server.at("stall-after=2") + "/v1", api_key="k")
        …
        assert server.hits == 1

The same in a process of its own is `ServerProcess`; by hand, ``python tests/loopback.py --port 0
--ready-file F``. What is said, and in which dialect, is decided in `loopback_dialects`; this file is about
sockets. Standard library only, so that it runs under any interpreter; nothing sleeps but what is asked.

Control words go in front of the path (``/pace=20,no-done/v1/messages``; values URL-encoded; `at` writes
them) or into the header ``x-loopback``, separated by commas:

    pace=MS            wait between the events of a stream
    stall-after=N      after N events (``done``: after the last) wait for `release`
    slow-head[=MS]     the response head comes MS late, or at `release`
    drop-after=N       close in the middle of the event after N (``done``: without the last, empty chunk)
    reset-after=N      the same by RST
    hang-up            close without any answer
    no-done            end the stream cleanly, without the dialect's terminator
    split=N            every N bytes of the body are one chunk       join=N  N events are one chunk
    gzip deflate br zstd   compress the body, flushed after each event
    status=N           an error of the dialect    times=N  only to the first N requests with these words
    echo-key           401, with the key that was sent in the message
    redirect           307 to the same place without this word
    bad-length         say a longer content-length than comes
    malformed          JSON that breaks off, in the body or in the second event
    set-cookie         send a cookie
    say=TEXT           the text to answer         token=N  characters a token (4)
    calls=N            how many of the tools offered are called (1)

A plain body is one event. In a request through a proxy (``POST http://host/path``) the host is left out.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.request
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from types import TracebackType
from typing import Any, BinaryIO
from urllib.parse import quote, unquote, urlsplit

from loopback_dialects import Answer, Ask, answer, failure

WORDS = frozenset(
    "pace stall-after slow-head drop-after reset-after hang-up no-done split join gzip deflate br zstd status "
    "times echo-key redirect bad-length malformed set-cookie say token calls".split()
)
Controls = dict[str, str]


@dataclass(frozen=True)
class Seen:
    """A request that arrived."""

    number: int
    """Which one of the server's requests, from 1; the text of the answer tells it."""

    method: str
    path: str
    """As sent: with control words and query."""

    headers: list[tuple[str, str]]
    body: bytes
    connection: int
    """Which one of the server's connections it came on, from 1."""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        """The first value of a header, in whatever case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class LoopbackServer:
    """The server, in threads of this process; a context manager."""

    def __init__(self, port: int = 0) -> None:
        self.requests: list[Seen] = []
        """What arrived, in order of arrival."""

        self.gone: list[int] = []
        """Numbers of the requests whose client closed before the answer was over."""

        self.stalled = threading.Event()
        """Set once an answer waits for `release`."""

        self._lock = threading.Lock()
        self._told: Counter[str] = Counter()
        self._gate, self._gate_end = socket.socketpair()
        self._lines: dict[threading.Thread, socket.socket] = {}
        self._accepted = 0
        self._stopping = False
        self._listener = socket.create_server(("127.0.0.1", port), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._acceptor = threading.Thread(target=self._accept, name="loopback", daemon=True)
        self._acceptor.start()

    def __enter__(self) -> LoopbackServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def hits(self) -> int:
        """How many requests arrived."""
        return len(self.requests)

    @property
    def connections(self) -> int:
        """How many connections were opened."""
        return self._accepted

    def at(self, *words: str, **values: object) -> str:
        """The server's URL with control words: ``at("no-done", pace=20, stall_after=2, say="hi, you")``."""
        return at(self.url, *words, **values)

    def release(self) -> None:
        """Let go on every answer that stalls, now and from now on."""
        self._gate_end.send(b"\0")

    def wait_until_stalled(self, timeout: float = 10.0) -> None:
        """Return once an answer waits for `release`."""
        if not self.stalled.wait(timeout):
            raise TimeoutError("no answer came to a stall")

    def stop(self) -> None:
        """Close the port and every connection; afterwards nothing listens and no thread of ours runs."""
        with self._lock:
            if self._stopping:
                return
            self._stopping = True
        with socket.create_connection(("127.0.0.1", self.port)):
            pass  # wakes the acceptor on every platform; shutdown() of a listener does only on Linux
        self._acceptor.join()
        self._listener.close()
        with self._lock:
            lines = dict(self._lines)
        for line in lines.values():
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for thread in lines:
            thread.join()
        self._gate.close()
        self._gate_end.close()

    def _accept(self) -> None:
        while True:
            line, _ = self._listener.accept()
            with self._lock:
                if self._stopping:
                    line.close()
                    return
                self._accepted += 1
                number = self._accepted
                thread = threading.Thread(target=self._serve, args=(line, number), daemon=True)
                self._lines[thread] = line
            thread.start()

    def _serve(self, line: socket.socket, connection: int) -> None:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            with line, line.makefile("rb") as incoming:
                while (arrived := _read(incoming, connection)) and self._reply(line, arrived):
                    pass
        except (OSError, ValueError):
            pass  # the client is gone, or what it sent isn't HTTP
        finally:
            with self._lock:
                self._lines.pop(threading.current_thread(), None)

    def _reply(self, line: socket.socket, arrived: Seen) -> bool:
        """Answer one request; whether the connection is good for another."""
        if arrived.path.startswith("/__"):
            line.sendall(_plain(self._admin(arrived)))
            return True
        with self._lock:
            arrived = replace(arrived, number=len(self.requests) + 1)
            self.requests.append(arrived)
        ask = asked(arrived)
        player = _Player(line, self._wait, ask.controls)
        try:
            return player.play(self._answer(ask, arrived))
        except ConnectionError:
            self.gone.append(arrived.number)
            return False

    def _answer(self, ask: Ask, arrived: Seen) -> Answer:
        controls = ask.controls
        if "redirect" in controls:
            rest = ",".join(f"{w}={quote(v, safe='')}" for w, v in controls.items() if w != "redirect")
            path = f"/{rest}{ask.path}" if rest else ask.path
            return Answer(307, headers=(("location", f"{path}?{ask.query}" if ask.query else path),))
        if "echo-key" in controls:
            key = ask.headers.get("authorization") or ask.headers.get("x-api-key") or ""
            return failure(ask, 401, f"Incorrect API key provided: {key.removeprefix('Bearer ')}.")
        if "status" in controls:
            with self._lock:
                self._told[str(sorted(controls.items()))] += 1
                told = self._told[str(sorted(controls.items()))]
            if told <= int(controls.get("times") or told):
                status = int(controls["status"])
                return failure(ask, status, f"loopback answers {status} to request {ask.number}")
        return answer(ask)

    def _wait(self, line: socket.socket, seconds: float | None) -> None:
        """Wait so long, or until `release`; a client that closes meanwhile ends it."""
        watched = [line]
        if seconds is None:
            watched.append(self._gate)
            self.stalled.set()
        until = time.monotonic() + (seconds or 0)
        while True:
            left = None if seconds is None else max(0.0, until - time.monotonic())
            ready, _, _ = select.select(watched, [], [], left)
            if self._gate in ready or not ready:
                return
            if not line.recv(1, socket.MSG_PEEK):
                raise ConnectionAbortedError("the client closed")
            watched.remove(line)  # it sent its next request already: that is no news

    def _admin(self, arrived: Seen) -> dict[str, Any]:
        if arrived.path == "/__release":
            self.release()
        return {
            "connections": self._accepted,
            "gone": self.gone,
            "stalled": self.stalled.is_set(),
            "requests": [
                {**vars(seen), "body": base64.b64encode(seen.body).decode()} for seen in list(self.requests)
            ],
        }


class ServerProcess:
    """The same server in a process of its own, which ends when ours does; a context manager."""

    def __init__(self, port: int = 0) -> None:
        command = [sys.executable, os.path.abspath(__file__), "--port", str(port), "--until-stdin-closes"]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AGENTREC_")}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().removeprefix("READY ").strip()
        self.port = int(self.url.rpartition(":")[2])

    def __enter__(self) -> ServerProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def at(self, *words: str, **values: object) -> str:
        """As `LoopbackServer.at`."""
        return at(self.url, *words, **values)

    @property
    def requests(self) -> list[Seen]:
        """As `LoopbackServer.requests`."""
        return [
            Seen(**{**seen, "headers": [tuple(pair) for pair in seen["headers"]],
                    "body": base64.b64decode(seen["body"])})
            for seen in self._get("/__journal")["requests"]
        ]

    @property
    def hits(self) -> int:
        """How many requests arrived."""
        return len(self._get("/__journal")["requests"])

    def release(self) -> None:
        """As `LoopbackServer.release`."""
        self._get("/__release")

    def stop(self) -> None:
        """End the process; the port is free afterwards."""
        self.process.kill()
        self.process.communicate()

    def _get(self, path: str) -> dict[str, Any]:
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(self.url + path, timeout=10) as response:
            read: dict[str, Any] = json.load(response)
        return read


def at(url: str, *words: str, **values: object) -> str:
    """``url`` with control words; an underscore in a name stands for a hyphen."""
    valued = [f"{name.replace('_', '-')}={quote(str(value), safe='')}" for name, value in values.items()]
    unknown = {word.partition("=")[0] for word in (*words, *valued)} - WORDS
    if unknown:
        raise ValueError(f"unknown control word {', '.join(sorted(unknown))}: expected {', '.join(sorted(WORDS))}")
    return f"{url}/{','.join((*words, *valued))}" if words or valued else url


def asked(arrived: Seen) -> Ask:
    """A request as the dialects see it: control words taken off, header and path put together."""
    path, _, query = urlsplit(arrived.path)._replace(scheme="", netloc="", fragment="").geturl().partition("?")
    controls = _controls(arrived.header("x-loopback") or "") or {}
    while (first := path.lstrip("/").partition("/"))[0] and (found := _controls(first[0])) is not None:
        controls.update(found)
        path = "/" + first[2]
    headers = {name.lower(): value for name, value in reversed(arrived.headers)}
    return Ask(arrived.number, arrived.method, path, query, headers, arrived.body, controls)


def _controls(segment: str) -> Controls | None:
    """The control words of a path segment; None when it is an ordinary one."""
    pairs = [word.partition("=") for word in segment.split(",") if word]
    if not all(name in WORDS for name, _, _ in pairs):
        return None
    return {name: unquote(value) for name, _, value in pairs}


class _Player:
    """Sends one answer over one connection, in the manner that the control words ask for."""

    def __init__(
        self, line: socket.socket, wait: Callable[[socket.socket, float | None], None], controls: Controls
    ) -> None:
        self.line = line
        self.wait = wait
        self.controls = controls

    def play(self, answer: Answer) -> bool:
        """Send it; whether the connection is good for another request."""
        if "hang-up" in self.controls:
            return False
        if "slow-head" in self.controls:
            late = self.controls["slow-head"]
            self.wait(self.line, float(late) / 1000 if late else None)
        events = self._events(answer)
        encode, finish = _encoder(self.controls)
        is_chunked = answer.events is not None or "split" in self.controls or finish is not _nothing
        if is_chunked:
            self.line.sendall(_head(answer, self._headers(), length=None))
        else:
            length = len(events[0]) + (10 if "bad-length" in self.controls else 0)
            head = _head(answer, self._headers(), length=length)
            if self._is_cut_short():
                self.line.sendall(head)
            else:  # head and body in one piece, as servers do
                self.line.sendall(head + events[0])
                return "bad-length" not in self.controls
        for index, event in enumerate(events):
            self._pause(index)
            if self._breaks(index):
                return self._break_off(event, is_chunked)
            for piece in self._cut(encode(event)):
                self.line.sendall(_chunk(piece) if is_chunked else piece)
        self._pause(None)
        if not is_chunked:
            return True
        for piece in self._cut(finish()):
            self.line.sendall(_chunk(piece))
        if self._breaks(None):
            return self._break_off(b"", is_chunked)
        self.line.sendall(b"0\r\n\r\n")
        return True

    def _events(self, answer: Answer) -> list[bytes]:
        if answer.events is None:
            half = answer.body[: len(answer.body) // 2]
            return [half if "malformed" in self.controls else answer.body]
        events = list(answer.events)
        if "no-done" in self.controls:
            events = events[: -answer.closing]
        if "malformed" in self.controls:
            events[1] = events[1][: len(events[1]) // 2] + b"\n\n"
        size = int(self.controls.get("join") or 1)
        return [b"".join(events[i : i + size]) for i in range(0, len(events), size)]

    def _headers(self) -> list[tuple[str, str]]:
        headers = [("set-cookie", "session=loopback-secret; Path=/; HttpOnly")] if "set-cookie" in self.controls else []
        return headers + [("content-encoding", word) for word in self.controls if word in ENCODINGS]

    def _is_cut_short(self) -> bool:
        return bool({"stall-after", "drop-after", "reset-after"} & self.controls.keys())

    def _reached(self, word: str, index: int | None) -> bool:
        """Whether ``word`` is for this point: before event ``index``, or (None) after the last."""
        value = self.controls.get(word)
        return value is not None and (value == "done" if index is None else value == str(index))

    def _pause(self, index: int | None) -> None:
        if index and "pace" in self.controls:
            self.wait(self.line, float(self.controls["pace"]) / 1000)
        if self._reached("stall-after", index):
            self.wait(self.line, None)

    def _breaks(self, index: int | None) -> bool:
        return self._reached("drop-after", index) or self._reached("reset-after", index)

    def _break_off(self, event: bytes, is_chunked: bool) -> bool:
        half = event[: len(event) // 2]
        self.line.sendall(b"%x\r\n%b" % (len(event), half) if is_chunked and event else half)
        if "reset-after" in self.controls:
            self.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    def _cut(self, data: bytes) -> Iterator[bytes]:
        size = int(self.controls.get("split") or len(data) or 1)
        for start in range(0, len(data), size):
            yield data[start : start + size]


def _nothing() -> bytes:
    return b""


def _encoder(controls: Controls) -> tuple[Callable[[bytes], bytes], Callable[[], bytes]]:
    """How to encode an event, flushed so that it can be decoded at once, and how to end."""
    for word in controls:
        if word in ENCODINGS:
            return ENCODINGS[word]()
    return bytes, _nothing


def _zlib(bits: int) -> tuple[Callable[[bytes], bytes], Callable[[], bytes]]:
    encoder = zlib.compressobj(wbits=bits)
    return lambda data: encoder.compress(data) + encoder.flush(zlib.Z_SYNC_FLUSH), encoder.flush


def _brotli() -> tuple[Callable[[bytes], bytes], Callable[[], bytes]]:
    import brotli  # here: only tests that ask for it need it

    encoder = brotli.Compressor(quality=4)
    return lambda data: encoder.process(data) + encoder.flush(), encoder.finish


def _zstd() -> tuple[Callable[[bytes], bytes], Callable[[], bytes]]:
    import zstandard  # here: as above

    encoder = zstandard.ZstdCompressor().compressobj()
    flush = zstandard.COMPRESSOBJ_FLUSH_BLOCK
    return lambda data: encoder.compress(data) + encoder.flush(flush), encoder.flush


ENCODINGS: dict[str, Callable[[], tuple[Callable[[bytes], bytes], Callable[[], bytes]]]] = {
    "gzip": lambda: _zlib(31),
    "deflate": lambda: _zlib(15),
    "br": _brotli,
    "zstd": _zstd,
}


def _read(incoming: BinaryIO, connection: int) -> Seen | None:
    """The next request on a connection; None when the client is done."""
    line = incoming.readline(65537)
    if not line.strip():
        return None
    method, path, _ = line.decode("latin-1").split(" ", 2)
    headers = http.client.parse_headers(incoming)
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = b"".join(_chunks(incoming))
    else:
        body = incoming.read(int(headers.get("content-length") or 0))
    return Seen(0, method, path, [(str(k), str(v)) for k, v in headers.items()], body, connection)


def _chunks(incoming: BinaryIO) -> Iterator[bytes]:
    while size := int(incoming.readline().partition(b";")[0], 16):
        yield incoming.read(size)
        incoming.readline()
    while incoming.readline().strip():
        pass


def _head(answer: Answer, headers: list[tuple[str, str]], *, length: int | None) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} {_phrase(answer.status)}"]
    if answer.status != 204:  # which has no body, and so neither a type nor a length (RFC 9110, 8.6)
        lines.append(f"content-type: {answer.content_type}")
        lines.append("transfer-encoding: chunked" if length is None else f"content-length: {length}")
    lines += [f"{name}: {value}" for name, value in (*answer.headers, *headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def _plain(value: dict[str, Any]) -> bytes:
    body = json.dumps(value).encode()
    return _head(Answer(), [], length=len(body)) + body


def main() -> None:
    """Serve until a signal, or until stdin closes."""
    parser = argparse.ArgumentParser(description="A local LLM server for tests.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--ready-file", help="written once it listens; holds the URL")
    parser.add_argument("--until-stdin-closes", action="store_true")
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))
    server = LoopbackServer(options.port)
    print(f"READY {server.url}", flush=True)
    if options.ready_file:
        partly = options.ready_file + ".part"
        with open(partly, "w") as file:
            file.write(server.url)
        os.replace(partly, options.ready_file)
    if options.until_stdin_closes:
        sys.stdin.read()
    else:
        threading.Event().wait()
    server.stop()


if __name__ == "__main__":
    main()
