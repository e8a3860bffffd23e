"""Chunked transfer coding (RFC 9112 §7.1), undone piece by piece."""

from __future__ import annotations


class Dechunker:
    """Takes the bytes of a body as they come off the wire, and gives its chunks, each whole."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._left: int | None = None
        """What is still to come of the chunk under way; None between chunks."""

        self._in_trailer = False
        self.is_over = False
        """Whether the last chunk and its trailer have passed."""

        self.is_broken = False
        """Whether something else came where a chunk should begin: nothing after it is believed."""

    def feed(self, data: bytes) -> list[bytes]:
        """The chunks that ``data`` completes."""
        buffer, chunks = self._buffer, []
        buffer += data
        while not (self.is_over or self.is_broken):
            if self._left is not None:
                if len(buffer) < self._left + 2:
                    break
                chunks.append(bytes(buffer[: self._left]))
                del buffer[: self._left + 2]
                self._left = None
                continue
            end = buffer.find(b"\n")
            if end < 0:
                break
            line = bytes(buffer[:end]).strip()
            del buffer[: end + 1]
            if self._in_trailer:
                self.is_over = not line
            else:
                self._begin(line)
        return chunks

    def rest(self) -> bytes:
        """What has come of a chunk that isn't whole."""
        if self._left is None:
            return b""
        partly, self._left = bytes(self._buffer[: self._left]), None
        return partly

    def _begin(self, line: bytes) -> None:
        try:
            size = int(line.partition(b";")[0], 16)
        except ValueError:
            size = -1
        if size < 0:
            self.is_broken = True
        elif size:
            self._left = size
        else:
            self._in_trailer = True
