"""A local LLM endpoint: enough of OpenAI's and Anthropic's API to stand in for them.

    with Endpoint(speak=lambda question: f"You asked {question!r}.") as endpoint:
        OpenAI(base_url=endpoint.openai_url, api_key="any")
        Anthropic(base_url=endpoint.url, api_key="any")

It takes its time like a model, so much to begin with and so much a token: a plain answer comes when the last
token would have, a streamed one token by token, each event a chunk of its own. It listens on 127.0.0.1 only
and asks nobody for a key. How each dialect is worded stands in `wording`.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from types import TracebackType
from typing import Any

from agentrec_auto.demo import wording

Speak = Callable[[str], str]
"""From the last question of a conversation to the answer."""

FIRST_TOKEN_S, TOKEN_S = 0.4, 0.025
"""Until the first token, and for each: what a hosted model of middling size takes."""


class Endpoint:
    """Listens from the start to `stop`; a context manager."""

    def __init__(
        self, speak: Speak, *, port: int = 0, first_token_s: float = FIRST_TOKEN_S, token_s: float = TOKEN_S
    ) -> None:
        self.speak = speak
        self.first_token_s = first_token_s
        self.token_s = token_s
        self.answered = 0
        """How many questions were answered."""

        self.busy_s = 0.0
        """Seconds spent on answers so far."""

        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.endpoint = self
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.openai_url = f"{self.url}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Endpoint:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Close the port; answers under way are finished by their own threads."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def note(self, seconds: float) -> None:
        """Count one answer."""
        with self._lock:
            self.answered += 1
            self.busy_s += seconds


class _Server(ThreadingTCPServer):
    """Not http.server's own: that one looks up its host name, which stalls where no name server answers."""

    endpoint: Endpoint
    daemon_threads = True
    block_on_close = False  # a client that keeps its connection open must not keep us from stopping

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keep-alive and chunks
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        """Answer a question."""
        started = time.monotonic()
        sent = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            self._answer(sent)
        except ConnectionError:
            self.close_connection = True  # the client has heard enough
        finally:
            self.server.endpoint.note(time.monotonic() - started)

    def do_GET(self) -> None:
        """Nothing here is to be had by GET."""
        self._json(404, wording.failure(f"no such path here: GET {self.path}"))

    def log_message(self, format: str, *args: object) -> None:
        """Keep still: stderr belongs to whoever started us."""

    def _answer(self, sent: bytes) -> None:
        worded = wording.DIALECTS.get(self.path.partition("?")[0])
        if worded is None:
            known = " and ".join(wording.DIALECTS)
            self._json(404, wording.failure(f"no such path here: POST {self.path}: expected {known}"))
            return
        try:
            asked = json.loads(sent)
            question = wording.question(asked)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            self._json(400, wording.failure(f"not a conversation: {error}"))
            return
        tokens = wording.tokens(self.server.endpoint.speak(question))
        time.sleep(self.server.endpoint.first_token_s)
        if asked.get("stream"):
            self._stream(worded.events(asked, tokens))
        else:
            self._think(len(tokens))
            self._json(200, worded.whole(asked, tokens))

    def _stream(self, events: wording.Events) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for event, is_token in events:
            if is_token:
                self._think(1)
            self.wfile.write(b"%x\r\n%b\r\n" % (len(event), event))
        self.wfile.write(b"0\r\n\r\n")

    def _json(self, status: int, body: dict[str, Any]) -> None:
        written = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    def _think(self, tokens: int) -> None:
        time.sleep(tokens * self.server.endpoint.token_s)
