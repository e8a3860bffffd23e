"""Amazon's binary event stream (``application/vnd.amazon.eventstream``): events of a recorded body.

A message, by the AWS SDK specification "event stream encoding": total length, length of the headers and
CRC-32 of these two (4 bytes each), the headers, the payload, and CRC-32 of all before. Length and checksum
tell where a body was torn; what stands before is given.
"""

from __future__ import annotations

import json
import struct
import zlib
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agentrec_auto.providers.sse import Event

_PRELUDE = struct.Struct(">III")
_MOST = 24 * 1024 * 1024
_FIXED = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
"""Header types without a length of their own, and how many bytes their value has."""


def events(body: bytes) -> Iterator[Event]:
    """The events of a body, in order: name and JSON. An exception's name begins with ``exception:``.

    InvokeModel's ``chunk`` events are opened: their document is that of the model's own event.
    """
    for message in messages(body):
        yield _event(_headers(message.headers), message.payload)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a body."""

    end: int
    """Where in the body it ends."""

    headers: bytes
    payload: bytes


def messages(body: bytes) -> Iterator[Message]:
    """The messages of a body, up to where it is torn or was never one."""
    at = 0
    while len(body) - at >= 16:
        length, header_length, checksum = _PRELUDE.unpack_from(body, at)
        if not 16 <= length <= _MOST or zlib.crc32(body[at : at + 8]) != checksum:
            return
        message = body[at : at + length]
        if zlib.crc32(message[:-4]) != int.from_bytes(message[-4:], "big"):
            return
        at += length
        yield Message(at, message[12 : 12 + header_length], message[12 + header_length : -4])


def framed(headers: bytes, payload: bytes) -> bytes:
    """A message with these headers and this payload, its lengths and checksums right."""
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + zlib.crc32(prelude).to_bytes(4, "big") + headers + payload
    return message + zlib.crc32(message).to_bytes(4, "big")


def _event(headers: dict[str, str], payload: bytes) -> Event:
    try:
        document: Any = json.loads(payload) if payload else {}
    except ValueError:
        document = {"message": payload.decode("utf-8", "replace")}
    if headers.get(":message-type") in ("exception", "error"):
        kind = headers.get(":exception-type") or headers.get(":error-code") or "error"
        return Event(f"exception:{kind}", document)
    name = headers.get(":event-type", "")
    if name == "chunk" and isinstance(document, dict) and isinstance(inner := document.get("bytes"), str):
        document = json.loads(b64decode(inner))
    return Event(name, document)


def _headers(data: bytes) -> dict[str, str]:
    """The text headers; others are stepped over."""
    told: dict[str, str] = {}
    at = 0
    while at < len(data):
        end = at + 1 + data[at]
        name, kind = data[at + 1 : end].decode("utf-8", "replace"), data[end]
        at = end + 1
        if kind in _FIXED:
            at += _FIXED[kind]
            continue
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        if kind == 7:
            told[name] = data[start:at].decode("utf-8", "replace")
    return told
