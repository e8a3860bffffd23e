"""An LLM server that speaks HTTP/2 over plain TCP (by prior knowledge, RFC 9113 section 3.3), with h2 4."""

from __future__ import annotations

import socket
import threading

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived, StreamEnded

EVENTS = [b'data: {"choices":[{"delta":{"content":"h2"}}]}\n\n', b"data: [DONE]\n\n"]


class H2Server:
    """Answers each request with the same two events."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        """The paths asked for."""

        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        """Accept no more."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        connection = H2Connection(H2Configuration(client_side=False))
        connection.initiate_connection()
        with line:
            line.sendall(connection.data_to_send())
            while data := line.recv(65536):
                for event in connection.receive_data(data):
                    if isinstance(event, RequestReceived):
                        self.requests.append(dict(event.headers or [])[b":path"].decode())
                    if isinstance(event, StreamEnded):
                        self._answer(line, connection, event.stream_id)
                line.sendall(connection.data_to_send())

    def _answer(self, line: socket.socket, connection: H2Connection, stream: int) -> None:
        connection.send_headers(stream, [(":status", "200"), ("content-type", "text/event-stream")])
        for event in EVENTS:
            connection.send_data(stream, event)
            line.sendall(connection.data_to_send())
        connection.end_stream(stream)
