"""Secrets in Amazon's binary event stream: looked for in its documents, and framed anew.

A replacement in the bytes themselves would leave lengths and checksums wrong, and a stream that no SDK reads
any more. What a model says lies deeper still in InvokeModel's events: in JSON, in base64, in JSON.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence

from agentrec_auto.providers.eventstream import framed, messages


def redacted(chunks: Sequence[bytes], redact: Callable[[bytes], bytes]) -> Sequence[bytes] | None:
    """The chunks without their secrets, the same object if they have none; None if they are no such stream.

    ``redact`` is given the documents as lines of JSON, in order, for a secret may run over several. A
    message that is changed comes whole, in the chunk in which it ended.
    """
    body = b"".join(chunks)
    found = list(messages(body))
    if not found:
        return None
    opened = [_opened(message.payload) for message in found]
    before = b"\n".join(line for line, _ in opened)
    after, torn = redact(before), body[found[-1].end :]
    lines, rest = after.split(b"\n"), redact(torn) if torn else b""
    if after == before and rest == torn:
        return chunks
    if len(lines) != len(found):
        return None
    pieces = [b""] * len(chunks)
    ends, at = [], 0
    for chunk in chunks:
        at += len(chunk)
        ends.append(at)
    where = 0
    for message, (_, is_wrapped), line in zip(found, opened, lines, strict=True):
        while ends[where] < message.end:
            where += 1
        pieces[where] += framed(message.headers, _closed(line, message.payload) if is_wrapped else line)
    pieces[-1] += rest
    return pieces


def _opened(payload: bytes) -> tuple[bytes, bool]:
    """The document that a message carries, on one line, and whether it lay in ``{"bytes": base64}``."""
    try:
        inner = json.loads(payload)["bytes"]
        document = b64decode(inner, validate=True)
    except (ValueError, KeyError, TypeError):
        return payload.replace(b"\n", b" "), False
    return document.replace(b"\n", b" "), True


def _closed(line: bytes, payload: bytes) -> bytes:
    return json.dumps({**json.loads(payload), "bytes": b64encode(line).decode()}).encode()
