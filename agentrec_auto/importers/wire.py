"""Loosely kept facts of an exchange → a request and a response as they are recorded.

Bodies are decoded here: what recorders keep under ``content-encoding: gzip`` is compressed as often as it is
not. What they don't keep at all (where the server cut its stream, a URL that was blotted out) is inferred
where the rest tells it, and said to be.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from agentrec_auto import decoding
from agentrec_auto.capture import (
    CapturedChunk,
    CapturedInteraction,
    CapturedRequest,
    Ending,
    Headers,
    first_header,
    headers_without,
)
from agentrec_auto.errors import UndecodableBodyError
from agentrec_auto.importers.addresses import address_of
from agentrec_auto.importers.record import Record, UnreadableError
from agentrec_auto.importers.tracing import recorded_at
from agentrec_auto.providers import sse
from agentrec_auto.providers.endings import Terminator, is_stream
from agentrec_auto.providers.registry import DIALECTS

_EVENT_STREAM = b"application/vnd.amazon.eventstream"
_BLOTTED = re.compile(rb"\W*(redacted|filtered|scrubbed)\W*", re.IGNORECASE)
_EVENT = re.compile(rb".*?(?:\r\n\r\n|\n\n|\r\r)", re.DOTALL)
_CREDENTIAL = re.compile(rb"auth|key|cookie|token|secret", re.IGNORECASE)


def record(
    position: str,
    *,
    method: object,
    url: object,
    request_headers: object,
    request_body: object,
    status: object,
    response_headers: object,
    response_body: object,
    metadata: Mapping[str, Any] | None = None,
    extensions: Mapping[str, Any] | None = None,
    inferred: Iterable[str] = (),
) -> Record:
    """The record of one exchange; `UnreadableError` where it can't be one."""
    told = list(inferred)
    asked_head, asked = _message(headers(request_headers), request_body, "request")
    head, answer = _message(headers(response_headers), response_body, "response")
    metadata = dict(metadata or {})
    if (encoding := _encoding(headers(response_headers))) and encoding != _encoding(head):
        metadata["content_encoding"] = encoding.decode("latin-1")
    address = str(url or "")
    if not address.lower().startswith(("http://", "https://")):
        address, told = _inferred_address(asked, answer), [*told, "url"]
    if not asked and _asks(str(method or "POST"), address, headers(request_headers)):
        raise UnreadableError("the body of its request was not kept: nothing tells what was asked")
    if answer and not _kind(head):
        head, told = [*head, (b"content-type", _kind_of(answer))], [*told, "content-type"]
    chunks = pieces(answer, _kind(head))
    if len(chunks) > 1:
        told.append("chunks")
    metadata["recorded_at"] = recorded_at(metadata.get("recorded_at")) or recorded_at(_date(head))
    metadata.update(_ended(answer, _kind(head)))
    return Record(
        CapturedInteraction(
            request=CapturedRequest(str(method or "POST").upper(), address, asked_head, asked),
            response_status=_status(status),
            response_headers=head,
            response_extensions=dict(extensions or {}),
            chunks=[CapturedChunk(piece) for piece in chunks],
            metadata=metadata,
        ),
        position,
        tuple(told),
    )


def headers(value: object) -> Headers:
    """Header pairs out of an object of names, a list of pairs, or a list of name and value.

    Left out are HTTP/2's pseudo-headers and values that were blotted out, but for credentials: that there was
    one is worth keeping.
    """
    pairs: list[tuple[Any, Any]] = []
    if isinstance(value, Mapping):
        for name, said in value.items():
            pairs += ((name, one) for one in (said if isinstance(said, (list, tuple)) else [said]))
    elif isinstance(value, (list, tuple)):
        for one in value:
            if isinstance(one, Mapping):
                pairs.append((one.get("name"), one.get("value")))
            elif isinstance(one, (list, tuple)) and len(one) == 2:
                pairs.append((one[0], one[1]))
    told = [(_bytes(name), _bytes(said)) for name, said in pairs if name and said is not None]
    return [
        (name, said)
        for name, said in told
        if not name.startswith(b":") and (_CREDENTIAL.search(name) or not _BLOTTED.fullmatch(said))
    ]


def body(value: object) -> bytes:
    """A body in the ways that recorders keep it; what was kept as JSON values is written anew."""
    match value:
        case None:
            return b""
        case bytes():
            return value
        case str():
            return _encoded(value)
        case {"base64_string": str(coded)}:
            return _base64(coded)
        case {"encoding": "base64", "string": str(coded) | bytes(coded)}:
            return _base64(coded)
        case {"string": said, **rest} if not rest or [*rest] == ["encoding"]:
            return body(said)
        case dict() | list() | int() | float():
            return json_bytes(value)
    raise UnreadableError(f"a body of {type(value).__name__}")


def json_bytes(value: object) -> bytes:
    """A JSON value as SDKs write it."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    except (TypeError, ValueError, RecursionError) as error:
        raise UnreadableError(f"a body that is no JSON ({error})") from error


def pieces(data: bytes, content_type: bytes) -> list[bytes]:
    """A body in the pieces that a server would send: an event each, where it is a stream."""
    kind = content_type.split(b";")[0].strip().lower()
    if not data:
        return []
    if kind == _EVENT_STREAM:
        return _frames(data)
    if kind != b"text/event-stream" and not is_stream(content_type):
        return [data]
    if kind != b"text/event-stream":
        return data.splitlines(keepends=True)
    events = _EVENT.findall(data)
    rest = data[sum(map(len, events)) :]
    return [*events, rest] if rest else events


def _message(head: Headers, value: object, what: str) -> tuple[Headers, bytes]:
    """Headers and body without content-encoding, and without a length that isn't the body's."""
    head, data = _unpacked(head, body(value), value, what)
    length = first_header(head, b"content-length")
    return (head if length == b"%d" % len(data) else headers_without(head, b"content-length")), data


def _unpacked(head: Headers, data: bytes, value: object, what: str) -> tuple[Headers, bytes]:
    """Headers and body without content-encoding, be the body still under it or not."""
    encoding = _encoding(head)
    if not encoding:
        if data[:2] == b"\x1f\x8b" and (text := _undone(data, b"gzip")) is not None:
            return headers_without(head, b"content-encoding"), text
        return head, data
    head = headers_without(head, b"content-encoding")
    if not data:
        return head, data
    if isinstance(value, str) and value[:2] == "\x1f\x8b":
        data = value.encode("latin-1", "replace")
    try:
        return head, decoding.decode(data, encoding)
    except UndecodableBodyError as error:
        if _is_text(data):  # decoded by the recorder, that left the header as it was
            return head, data
        raise UnreadableError(f"the {what}'s body: {error}") from error


def _undone(data: bytes, encoding: bytes) -> bytes | None:
    try:
        return decoding.decode(data, encoding)
    except UndecodableBodyError:
        return None


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return "\ufffd" not in text[:64] and not any(sign < " " and sign not in "\t\r\n" for sign in text[:64])


def _encoding(head: Headers) -> bytes:
    said = b", ".join(value for name, value in head if name.lower() == b"content-encoding")
    return said if decoding.is_encoded(said) else b""


def _kind(head: Headers) -> bytes:
    return first_header(head, b"content-type") or b""


def _kind_of(data: bytes) -> bytes:
    """The content type that a body looks like."""
    if len(data) >= 16 and zlib.crc32(data[:8]) == int.from_bytes(data[8:12], "big"):
        return _EVENT_STREAM
    if sse.is_sse("", data):
        return b"text/event-stream"
    if sse.is_lines("", data):
        return b"application/x-ndjson"
    return b"application/json" if data.lstrip()[:1] in (b"{", b"[") else b"text/plain"


def _asks(method: str, address: str, head: Headers) -> bool:
    """Whether a request must have had a body: it says so, or goes where questions do."""
    length = first_header(head, b"content-length") or b""
    if length.isdigit() and int(length) > 0:
        return True
    path = address.split("?", 1)[0]
    return method.upper() == "POST" and any(line.path.search(path) for line in DIALECTS)


def _inferred_address(asked: bytes, answer: bytes) -> str:
    address = address_of(asked, answer)
    if address is None:
        raise UnreadableError("its URL was blotted out, and its bodies don't tell where it went")
    return address


def _ended(answer: bytes, content_type: bytes) -> dict[str, Any]:
    """How a recorded response ended: a stream without its last event isn't whole."""
    if not is_stream(content_type):
        return {"ending": Ending.COMPLETE.value}
    terminator = Terminator(content_type)
    ending = terminator.feed(answer) or terminator.feed(b"\n\n")  # some recorders strip the last lines
    if ending is Ending.FAILED:
        return {"ending": ending.value, "whole": False}
    return {"ending": Ending.COMPLETE.value, "whole": ending is not None}


def _frames(data: bytes) -> list[bytes]:
    """The messages of an Amazon event stream; each begins with its length."""
    frames, at = [], 0
    while len(data) - at >= 16 and (length := int.from_bytes(data[at : at + 4], "big")) >= 16:
        frames.append(data[at : at + length])
        at += length
    return frames if b"".join(frames) == data else [data]


def _status(value: object) -> int:
    if isinstance(value, Mapping):
        value = value.get("code")
    try:
        status = int(str(value))
    except ValueError:
        status = 0
    if not 100 <= status <= 999:
        raise UnreadableError(f"it has no response (status {value!r})")
    return status


def _date(head: Headers) -> str | None:
    """When the server answered, by its own header."""
    try:
        return parsedate_to_datetime((first_header(head, b"date") or b"").decode("latin-1")).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _base64(coded: str | bytes) -> bytes:
    try:
        return base64.b64decode(coded)
    except (binascii.Error, ValueError) as error:
        raise UnreadableError(f"a body that is no base64 ({error})") from error


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    text = str(value)
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
