"""A cassette file's JSON ⇄ an interaction.

The format is that of the ``agentrec`` library, extended by metadata (`agentrec_auto.flow.keeping` says
which). Laid out to be read in a diff: one line a header, one line a chunk. Written a piece at a time;
``json.dumps(indent=2)`` would fall to the standard library's slow encoder.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any
from urllib.parse import urlsplit

from agentrec_auto import compiled
from agentrec_auto.capture import CapturedChunk, CapturedInteraction, CapturedRequest, Ending, Headers
from agentrec_auto.errors import BrokenRecordingError

_encode = json.JSONEncoder(ensure_ascii=False).encode
_escaped = json.encoder.encode_basestring
_decoder = json.JSONDecoder()
_HEAD = "{\n  "
_METADATA = '"metadata": '
_SUMMARY = '"summary": '
_OPENS_SUMMARY = (_HEAD + _SUMMARY).encode()
_OPENS_METADATA = f"\n  {_METADATA}".encode()
_LONGEST_SUMMARY = 1 << 15

FORMAT_VERSION = 1
"""Of the file; told in its metadata. `cassette.schema.json` beside this file describes it."""

_LONG = 256
"""Characters from which on it pays to have a text escaped by `compiled.dumps`."""

_TOGETHER = 512
_TOGETHER_BYTES = 1 << 18
"""Chunks that are written at once, and their bytes."""

_COMPLETE = Ending.COMPLETE.value
_DROPPED_EXTENSIONS = ("network_stream", "trailers")
"""Live objects, of no meaning once the connection is gone."""


def dumps(interaction: CapturedInteraction, *, summary: Mapping[str, Any] | None = None) -> bytes:
    """The file's bytes: see `pieces`."""
    return b"".join(pieces(interaction, summary=summary))


def pieces(interaction: CapturedInteraction, *, summary: Mapping[str, Any] | None = None) -> Iterator[bytes]:
    """The file's bytes, one after the other: UTF-8, ending in a newline.

    ``summary`` stands first, for people. Unless given it is ``metadata["summary"]``, where whoever recorded
    the interaction left it, or made anew; it is never read back.
    """
    request = interaction.request
    metadata = dict(interaction.metadata)
    left = metadata.pop("summary", None)
    if summary is None and isinstance(left, dict):
        summary = left
    if summary is None:
        from agentrec_auto.providers.summary import build_summary  # here: replay writes nothing

        summary = build_summary(interaction)
    lines = [
        "{",
        *([f"  {_SUMMARY}{_block(summary, '  ')},"] if summary else []),
        f"  {_METADATA}{_block(metadata, '  ')},",
        '  "request": {',
        f'    "method": {_encode(request.method)},',
        f'    "url": {_encode(request.url)},',
        '    "headers": ' + _rows([_header(pair) for pair in request.headers], "    ") + ",",
        f'    "content": {_blob(request.content)}',
        "  },",
        f'  "response_status": {interaction.response_status},',
        '  "response_headers": '
        + _rows([_header(pair) for pair in interaction.response_headers], "  ")
        + ",",
        f'  "response_extensions": {_encode(_extensions(interaction.response_extensions))},',
        '  "chunks": [',
    ]
    yield "\n".join(lines).encode("utf-8", "surrogatepass")
    chunks = interaction.chunks
    for place, some in enumerate(_together(chunks)):
        # Many at once: to have each written by itself takes ten times as long. Inside a string, a quote has
        # a backslash before it, so that nothing there is taken for the end of a chunk.
        told = compiled.dumps(_told_chunks(some))
        yield b",\n    " if place else b"\n    "
        yield told[1:-1].replace(b'},{"data":', b'},\n    {"data":')
    yield b"\n  ]\n}\n" if chunks else b"]\n}\n"


def _together(chunks: Sequence[CapturedChunk]) -> Iterator[list[CapturedChunk]]:
    """The chunks in runs that are written at once; gone through once, for they may come from a file."""
    some: list[CapturedChunk] = []
    size = 0
    for chunk in chunks:
        some.append(chunk)
        size += len(chunk.data)
        if size >= _TOGETHER_BYTES or len(some) >= _TOGETHER:
            yield some
            some, size = [], 0
    if some:
        yield some


def loads(data: bytes, where: str, *, in_one: bool = False) -> CapturedInteraction:
    """The interaction in a file's bytes; `BrokenRecordingError` names ``where`` and what is wrong.

    ``in_one``: its body is to be one chunk.
    """
    try:
        document = _without_summary(data) or compiled.loads(data)
    except (ValueError, RecursionError) as error:
        raise BrokenRecordingError(where, f"not JSON ({error or type(error).__name__})") from error
    return read(document, where, in_one=in_one)


def _without_summary(data: bytes) -> Any:
    """The JSON of a file laid out as `pieces` does, but for the summary: it is never read, and of a short
    question and answer half of the file. None for any other."""
    if not data.startswith(_OPENS_SUMMARY):
        return None
    at = data.find(_OPENS_METADATA, len(_OPENS_SUMMARY), _LONGEST_SUMMARY)
    if at < 0:
        return None
    try:
        return compiled.loads(b"{" + data[at:])
    except (ValueError, RecursionError):
        return None


def read(document: Any, where: str, *, in_one: bool = False) -> CapturedInteraction:
    """The interaction in a file's JSON, parsed; ``in_one`` and errors as of `loads`."""
    try:
        return _interaction(document, _in_one if in_one else _chunks)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        why = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise BrokenRecordingError(where, f"not a cassette ({why})") from error


def metadata(head: bytes) -> dict[str, Any] | None:
    """The metadata at the beginning of a file, of which ``head`` is the first piece.

    None where it isn't all there, or the file isn't laid out as `dumps` does.
    """
    text, at = head.decode("utf-8", "ignore"), len(_HEAD)
    if not text.startswith(_HEAD):
        return None
    try:
        if text.startswith(_SUMMARY, at):
            _, at = _decoder.raw_decode(text, at + len(_SUMMARY))
            at += len(",\n  ")
        if not text.startswith(_METADATA, at):
            return None
        value, _ = _decoder.raw_decode(text, at + len(_METADATA))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _interaction(
    document: dict[str, Any], chunks_of: Callable[[Any], list[CapturedChunk]]
) -> CapturedInteraction:
    request = document["request"]
    metadata = document.get("metadata", {})
    if not isinstance(metadata, dict):
        raise TypeError("metadata is no object")
    interaction = CapturedInteraction(
        request=CapturedRequest(
            method=_text(request["method"], "request.method"),
            url=_text(request["url"], "request.url"),
            headers=_read_headers(request.get("headers", [])),
            content=_read_blob(request.get("content", "")),
        ),
        response_status=int(document["response_status"]),
        response_headers=_read_headers(document.get("response_headers", [])),
        response_extensions=_read_extensions(document.get("response_extensions", {})),
        chunks=chunks_of(document["chunks"]),
        metadata=metadata,
    )
    urlsplit(interaction.request.url)  # what is no URL (``http://[``) is a ValueError here, not at a look-up
    if not 100 <= interaction.response_status <= 999:
        raise ValueError(f"response_status {interaction.response_status} is no HTTP status")
    if metadata.get("ending") != _COMPLETE:
        _ = interaction.ending  # an unknown ending is a ValueError here, not at replay
    return interaction


def _rows(rows: list[str], indent: str) -> str:
    """A JSON array, one element a line."""
    if not rows:
        return "[]"
    return f"[\n{indent}  " + f",\n{indent}  ".join(rows) + f"\n{indent}]"


def _block(value: Mapping[str, Any], indent: str) -> str:
    """A JSON object, one member a line."""
    if not value:
        return "{}"
    members = [f"{_escaped(name)}: {_told(member)}" for name, member in value.items()]
    return f"{{\n{indent}  " + f",\n{indent}  ".join(members) + f"\n{indent}}}"


def _told(value: object) -> str:
    """A member's JSON. An encoder takes a microsecond to begin, and most members are numbers."""
    if type(value) is str:
        return _quoted(value)
    if type(value) is int or (type(value) is float and isfinite(value)):
        return repr(value)
    if type(value) is bool:
        return "true" if value else "false"
    return _encode(value)


def _quoted(text: str) -> str:
    """A text's JSON; a long one by what is quicker for those."""
    return _escaped(text) if len(text) < _LONG else compiled.dumps(text).decode("utf-8", "surrogatepass")


def _header(pair: tuple[bytes, bytes]) -> str:
    name, value = pair
    return f"[{_escaped(name.decode('latin-1'))}, {_escaped(value.decode('latin-1'))}]"


def _read_headers(pairs: list[list[str]]) -> Headers:
    try:
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
    except AttributeError:
        raise TypeError("header is no text") from None


def _told_chunks(chunks: list[CapturedChunk]) -> list[dict[str, object]]:
    try:  # most are texts, and to call a function for each takes as long as all else
        return [
            {"data": chunk.data.decode(), "timestamp_offset": round(chunk.timestamp_offset, 6)}
            for chunk in chunks
        ]
    except UnicodeDecodeError:
        return [
            {"data": spelled(chunk.data), "timestamp_offset": round(chunk.timestamp_offset, 6)}
            for chunk in chunks
        ]


def _read_chunk(chunk: Any) -> CapturedChunk:
    data, offset = chunk["data"], chunk.get("timestamp_offset", 0.0)
    if type(data) is not str or not data.isascii():
        return CapturedChunk(_read_blob(data), float(offset))
    return CapturedChunk(data.encode(), offset if type(offset) is float else float(offset))


def _chunks(told: Any) -> list[CapturedChunk]:
    return [_read_chunk(chunk) for chunk in told]


def _in_one(told: Any) -> list[CapturedChunk]:
    """The chunks as one, at the time of the last; none where there are none."""
    try:
        text = "".join([chunk["data"] for chunk in told])
        last = max([chunk.get("timestamp_offset", 0.0) for chunk in told], default=None)
    except TypeError:  # bytes, or what is no chunk
        chunks = _chunks(told)
        return [CapturedChunk(b"".join([chunk.data for chunk in chunks]), chunks[-1].timestamp_offset)]
    return [] if last is None else [CapturedChunk(text.encode("utf-8", "surrogatepass"), float(last))]


def spelled(data: bytes) -> str | dict[str, str]:
    """Bytes as JSON has them: text where they are UTF-8, else base64 that says so."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return {"__b64__": base64.b64encode(data).decode("ascii")}


def _blob(data: bytes) -> str:
    told = spelled(data)
    return _quoted(told) if isinstance(told, str) else _encode(told)


def _read_blob(value: object) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, dict) and isinstance(coded := value.get("__b64__"), str):
        return base64.b64decode(coded, validate=True)
    raise TypeError(f"a body is text or {{'__b64__': …}}, not {type(value).__name__}")


def _extensions(extensions: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, value in extensions.items():
        if name in _DROPPED_EXTENSIONS:
            continue
        if isinstance(value, bytes):
            try:
                told[name] = {"__bytes__": value.decode("ascii")}
            except UnicodeDecodeError:
                told[name] = {"__b64__": base64.b64encode(value).decode("ascii")}
        elif value is None or isinstance(value, (str, int, float, bool)):
            told[name] = value
        else:
            told[name] = str(value)
    return told


def _read_extensions(told: dict[str, Any]) -> dict[str, Any]:
    extensions: dict[str, Any] = {}
    for name, value in told.items():
        if isinstance(value, dict) and isinstance(text := value.get("__bytes__"), str):
            extensions[name] = text.encode("ascii")
        elif isinstance(value, dict) and "__b64__" in value:
            extensions[name] = _read_blob(value)
        else:
            extensions[name] = value
    return extensions


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{what} is no text")
    return value
