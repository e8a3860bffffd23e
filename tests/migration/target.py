"""A target on 127.0.0.1 that behaves as a test says, and remembers everything it was asked.

    with Target() as target:
        target.script = lambda ask: answer(ask) if ask.number > 2 else Reply(529, b"overloaded")

Speaks OpenAI Chat Completions, streamed.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Ask:
    """One request."""

    number: int
    """From 1, in order of arrival."""

    nth: int
    """How often this very question has come, this time included."""

    path: str
    headers: Mapping[str, str]
    body: dict

    @property
    def text(self) -> str:
        """What the user said last."""
        content = self.body["messages"][-1]["content"]
        return content if isinstance(content, str) else content[-1]["text"]


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    torn: bool = False
    """Whether the connection breaks off in the middle of the body."""


def answer(ask: Ask, text: str | None = None, *, model: str | None = None, done: bool = True) -> Reply:
    """A whole stream that says ``text`` (default: what was asked, in capitals)."""
    said = ask.text.upper() if text is None else text
    name = model or ask.body["model"]
    half = len(said) // 2
    pieces = [{"role": "assistant", "content": said[:half]}, {"content": said[half:]}]
    events = [_event(name, [{"index": 0, "delta": piece, "finish_reason": None}]) for piece in pieces]
    events.append(_event(name, [{"index": 0, "delta": {}, "finish_reason": "stop"}]))
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    events.append(_event(name, [], usage=usage))
    lines = [f"data: {json.dumps(event)}\n\n" for event in events] + (["data: [DONE]\n\n"] if done else [])
    return Reply(200, "".join(lines).encode(), {"content-type": "text/event-stream"})


def _event(model: str, choices: list, **more: object) -> dict:
    return {"id": "c", "object": "chat.completion.chunk", "model": model, "choices": choices, **more}


class Target:
    """The server, in threads of this process; a context manager."""

    def __init__(self) -> None:
        self.asked: list[Ask] = []
        self.most_at_once = 0
        self.script: Callable[[Ask], Reply] = answer
        self._inside = 0
        self._lock = threading.Lock()
        self._counted: Counter[str] = Counter()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self) -> Target:
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def repeated(self) -> dict[str, int]:
        """Questions that came more than once."""
        return {text: count for text, count in self._counted.items() if count > 1}

    def _took(self, path: str, headers: Mapping[str, str], body: dict) -> Ask:
        with self._lock:
            self._inside += 1
            self.most_at_once = max(self.most_at_once, self._inside)
            said = json.dumps([body["model"], body.get("messages", body.get("input"))])
            self._counted[said] += 1
            ask = Ask(len(self.asked) + 1, self._counted[said], path, headers, body)
            self.asked.append(ask)
            return ask

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        target = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                ask = target._took(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
                try:
                    reply = target.script(ask)
                finally:
                    with target._lock:
                        target._inside -= 1
                self._send(reply)

            def _send(self, reply: Reply) -> None:
                try:
                    self.send_response(reply.status)
                    for name, value in reply.headers.items():
                        self.send_header(name, value)
                    self.send_header("content-length", str(len(reply.body)))
                    self.end_headers()
                    self.wfile.write(reply.body[: len(reply.body) // 2] if reply.torn else reply.body)
                except ConnectionError:
                    self.close_connection = True  # the client has hung up
                if reply.torn:
                    self.close_connection = True

            def log_message(self, *words: object) -> None:
                """Say nothing."""

        return Handler


def torn(ask: Ask) -> Reply:
    """A stream that breaks off."""
    return Reply(200, answer(ask).body, {"content-type": "text/event-stream"}, torn=True)
