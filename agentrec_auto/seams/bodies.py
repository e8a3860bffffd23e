"""Requests of libraries that stand on `http.client`: their headers and bodies as bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agentrec_auto.capture import Headers


def pairs(headers: Mapping[str, Any]) -> Headers:
    """Headers as they are captured."""
    return [(_bytes(name), _bytes(value)) for name, value in headers.items()]


def at_hand(body: Any) -> bytes | None:
    """The body, where it is bytes or text already."""
    if body is None:
        return b""
    return _bytes(body) if isinstance(body, (str, bytes, bytearray)) else None


def read(body: Any) -> tuple[bytes, Any]:
    """The body's bytes, and what is to be sent in its place: a file or an iterable can be read only once."""
    if (known := at_hand(body)) is not None:
        return known, body
    if hasattr(body, "read"):
        begin = body.tell() if hasattr(body, "tell") and hasattr(body, "seek") else None
        content = _bytes(body.read())
        if begin is None:
            return content, content
        body.seek(begin)
        return content, body
    content = b"".join(_bytes(piece) for piece in body)
    return content, [content] if content else b""


def _bytes(value: Any) -> bytes:
    return bytes(value) if isinstance(value, (bytes, bytearray)) else str(value).encode("utf-8", "replace")
