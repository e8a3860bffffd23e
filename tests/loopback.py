"""A real LLM server on 127.0.0.1 that answers, streams, stalls, drops and lies as a test asks it to.

    with LoopbackServer() as server:
        client = OpenAI(base_url=server.at("stall-after=2") + "/v1", api_key="k")
        …
        assert server.hits == 1

The same in a process of its own is `ServerProcess`; by hand, ``python tests/loopback.py --port 0
--ready-file F``. What is said, and in which dialect, is decided in `loopback_dialects`, and how it goes over
the wire in `loopback_wire`. Standard library only, so that it runs under any interpreter; nothing sleeps but
what is asked.

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
    redirect           307 to the same place without this word; redirect=PATH: 303 to PATH
    bad-length         say a longer content-length than comes
    malformed          JSON that breaks off, in the body or in the second event
    set-cookie         send a cookie
    say=TEXT           the text to answer         token=N  characters a token (4)
    mib=N              a text of so many MiB
    calls=N            how many of the tools offered are called (1)

A plain body is one event. In a request through a proxy (``POST http://host/path``) the host is left out.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from dataclasses import replace
from types import TracebackType
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from loopback_dialects import Answer, Ask, answer, failure
from loopback_wire import Controls, Player, Seen, plain_json, read_request

WORDS = frozenset(
    "pace stall-after slow-head drop-after reset-after hang-up no-done split join gzip deflate br zstd "
    "status times echo-key redirect bad-length malformed set-cookie say mib token calls".split()
)


class LoopbackServer:
    """The server, in threads of this process; a context manager."""

    def __init__(self, port: int = 0) -> None:
        self.requests: list[Seen] = []
        """What arrived, in order of arrival."""

        self.gone: list[int] = []
        """Numbers of the requests whose client closed before the answer was over."""

        self.stalled = threading.Event()
        """Set once an answer waits for `release`."""

        self._left = threading.Event()
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

    def wait_until_stalled(self, timeout: float = 60.0) -> None:
        """Return once an answer waits for `release`."""
        if not self.stalled.wait(timeout):
            raise TimeoutError("no answer came to a stall")

    def wait_until_left(self, timeout: float = 60.0) -> None:
        """Return once a client closed before its answer was over."""
        if not self._left.wait(timeout):
            raise TimeoutError("no client left early")

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
            with contextlib.suppress(OSError):  # its client closed first
                line.shutdown(socket.SHUT_RDWR)
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
                while (arrived := read_request(incoming, connection)) and self._reply(line, arrived):
                    pass
        except (OSError, ValueError):
            pass  # the client is gone, or what it sent isn't HTTP
        finally:
            with self._lock:
                self._lines.pop(threading.current_thread(), None)

    def _reply(self, line: socket.socket, arrived: Seen) -> bool:
        """Answer one request; whether the connection is good for another."""
        if arrived.path.startswith("/__"):
            line.sendall(plain_json(self._admin(arrived)))
            return True
        with self._lock:
            arrived = replace(arrived, number=len(self.requests) + 1)
            self.requests.append(arrived)
        ask = asked(arrived)
        player = Player(line, self._wait, ask.controls)
        try:
            return player.play(self._answer(ask, arrived))
        except ConnectionError:
            self.gone.append(arrived.number)
            self._left.set()
            return False

    def _answer(self, ask: Ask, arrived: Seen) -> Answer:
        controls = ask.controls
        if "redirect" in controls:
            rest = ",".join(f"{w}={quote(v, safe='')}" for w, v in controls.items() if w != "redirect")
            back = (f"/{rest}" if rest else "") + ask.path + (f"?{ask.query}" if ask.query else "")
            to = controls["redirect"]
            return Answer(303 if to else 307, headers=(("location", to or back),))
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
        journal = self._get("/__journal")["requests"]
        for seen in journal:
            seen["headers"] = [tuple(pair) for pair in seen["headers"]]
            seen["body"] = base64.b64decode(seen["body"])
        return [Seen(**seen) for seen in journal]

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
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()

    def _get(self, path: str) -> dict[str, Any]:
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(self.url + path, timeout=60) as response:
            read: dict[str, Any] = json.load(response)
        return read


def at(url: str, *words: str, **values: object) -> str:
    """``url`` with control words; an underscore in a name stands for a hyphen."""
    valued = [f"{name.replace('_', '-')}={quote(str(value), safe='')}" for name, value in values.items()]
    if unknown := {word.partition("=")[0] for word in (*words, *valued)} - WORDS:
        raise ValueError(f"unknown control {', '.join(unknown)}: expected {', '.join(sorted(WORDS))}")
    return f"{url}/{','.join((*words, *valued))}" if words or valued else url


def asked(arrived: Seen) -> Ask:
    """A request as the dialects see it: control words taken off, header and path put together."""
    target = urlsplit(arrived.path)  # absolute, in a request through a proxy
    path, query = target.path, target.query
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
    if options.ready_file:
        partly = options.ready_file + ".part"
        with open(partly, "w") as file:
            file.write(server.url)
        os.replace(partly, options.ready_file)
    print(f"READY {server.url}", flush=True)
    if options.until_stdin_closes:
        sys.stdin.read()
    else:
        threading.Event().wait()
    server.stop()


if __name__ == "__main__":
    main()
