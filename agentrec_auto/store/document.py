"""A cassette file's JSON ⇄ an interaction.

The format is that of the ``agentrec`` library, extended by metadata (`agentrec_auto.flow.keeping` says
which). Laid out to be read in a diff: one line a header, one line a chunk. Written a piece at a time;
``json.dumps(indent=2)`` would fall to the standard library's slow encoder.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from math import isfinite
from typing import Any
from urllib.parse import urlsplit

from agentrec_auto import compiled
from agentrec_auto.capture import CapturedChunk, CapturedInteraction, CapturedRequest, Ending
from agentrec_auto.errors import BrokenRecordingError
from agentrec_auto.store.chunks import read_chunks, read_columns, read_in_one, spelled_chunks, together
from agentrec_auto.store.spelling import (
    read_blob,
    read_extensions,
    read_headers,
    spelled,
    spelled_extensions,
)

_encode = json.JSONEncoder(ensure_ascii=False).encode
_escaped = json.encoder.encode_basestring
_decoder = json.JSONDecoder()
_HEAD = "{\n  "
_METADATA = '"metadata": '
_SUMMARY = '"summary": '
_OPENS_SUMMARY = (_HEAD + _SUMMARY).encode()
_OPENS_METADATA = f"\n  {_METADATA}".encode()
_CLOSES = b"\n  },"  # an object that is a member of the file: what is inside it stands further to the right
_OPENS_REQUEST = b'\n  "request": {'
_OPENS_STATUS = b'\n  "response_status": '
_LONGEST_SUMMARY = 1 << 15

FORMAT_VERSION = 1
"""Of the file; told in its metadata. `cassette.schema.json` beside this file describes it."""

_LONG = 256
"""Characters from which on it pays to have a text escaped by `compiled.dumps`."""

_COMPLETE = Ending.COMPLETE.value

_CONFLICT = (
    "two branches recorded it, and their merge is unfinished: take the whole file of one, by "
    "`git checkout --ours FILE` or `--theirs FILE`"
)


def newer_format(metadata: Mapping[str, Any]) -> str | None:
    """What to say of a file's format, where it is none that we know; None for those that we do.

    Such a file is read as far as it is understood, and never written: what isn't understood would be lost.
    """
    version = metadata.get("format_version", FORMAT_VERSION)
    if version == FORMAT_VERSION or (isinstance(version, int) and version < FORMAT_VERSION):
        return None
    return f"file format {version!r}, and this agentrec knows {FORMAT_VERSION}"


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
        f'    "method": {_escaped(request.method)},',
        f'    "url": {_escaped(request.url)},',
        '    "headers": ' + _rows([_header(pair) for pair in request.headers], "    ") + ",",
        f'    "content": {_blob(request.content)}',
        "  },",
        f'  "response_status": {interaction.response_status},',
        '  "response_headers": '
        + _rows([_header(pair) for pair in interaction.response_headers], "  ")
        + ",",
        f'  "response_extensions": {_told(spelled_extensions(interaction.response_extensions))},',
        '  "chunks": [',
    ]
    yield "\n".join(lines).encode("utf-8", "surrogatepass")
    chunks = interaction.chunks
    for place, some in enumerate(together(chunks)):
        # Many at once: to have each written by itself takes ten times as long. Inside a string, a quote has
        # a backslash before it, so that nothing there is taken for the end of a chunk.
        told = compiled.dumps(spelled_chunks(some))
        yield b",\n    " if place else b"\n    "
        yield told[1:-1].replace(b'},{"data":', b'},\n    {"data":')
    yield b"\n  ]\n}\n" if chunks else b"]\n}\n"


def loads(data: bytes, where: str, *, in_one: bool = False) -> CapturedInteraction:
    """The interaction in a file's bytes; `BrokenRecordingError` names ``where`` and what is wrong.

    ``in_one``: its body is to be one chunk.
    """
    try:
        document = _without_summary(data) or compiled.loads(data)
    except (ValueError, RecursionError) as error:
        why = _CONFLICT if b"\n<<<<<<< " in data else f"not JSON ({error or type(error).__name__})"
        raise BrokenRecordingError(where, why) from error
    return read(document, where, in_one=in_one)


def _without_summary(data: bytes) -> Any:
    """The JSON of a file laid out by `pieces`, without the summary, which is never read and may be half of a
    short file; None if it is laid out in another way."""
    at = _metadata_in(data)
    if at <= 1:
        return None
    try:
        return compiled.loads(b"{" + memoryview(data)[at:])
    except (ValueError, RecursionError):
        return None


def _metadata_in(data: bytes) -> int:
    """Where the line of the metadata begins, if nothing but a summary stands before it; else 0."""
    has_summary = data.startswith(_OPENS_SUMMARY)
    at = data.find(_CLOSES, 0, _LONGEST_SUMMARY) + len(_CLOSES) if has_summary else 1
    return at if data.startswith(_OPENS_METADATA, at) else 0


def answer(data: bytes, where: str) -> CapturedInteraction:
    """The same for a replay, which has no use for the request: that is parsed, and what is wrong with it
    raised, only if somebody asks for it. The chunks are `Columns`.
    """
    at = _metadata_in(data)
    begins = data.find(_OPENS_REQUEST, at)
    ends = data.find(_CLOSES, begins) + len(_CLOSES)
    if not 0 < at < begins < ends or not data.startswith(_OPENS_STATUS, ends):
        return loads(data, where)  # in an order of its own, or somebody's JSON
    view = memoryview(data)
    try:
        told = compiled.loads(b"".join((b"{", view[at:begins], view[ends:])))
        return _Answered(_answer(told, read_columns), data, where)
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError, OverflowError):
        return loads(data, where)  # which says what is wrong, where it is


class _Answered(CapturedInteraction):
    """An interaction whose request is parsed at first access."""

    def __init__(self, told: dict[str, Any], data: bytes, where: str) -> None:
        self.__dict__.update(told)
        self._source = (data, where)

    def __getattr__(self, name: str) -> Any:
        if name != "request":
            raise AttributeError(name)
        self.request = loads(*self._source).request
        del self._source
        return self.request


def read(document: Any, where: str, *, in_one: bool = False) -> CapturedInteraction:
    """The interaction in a file's JSON, parsed; ``in_one`` and errors as of `loads`."""
    try:
        return _interaction(document, read_in_one if in_one else read_chunks)
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
    document: dict[str, Any], chunks_of: Callable[[Any], Sequence[CapturedChunk]]
) -> CapturedInteraction:
    told = document["request"]
    request = CapturedRequest(
        method=_text(told["method"], "request.method"),
        url=_text(told["url"], "request.url"),
        headers=read_headers(told.get("headers", [])),
        content=read_blob(told.get("content", "")),
    )
    urlsplit(request.url)  # what is no URL (``http://[``) is a ValueError here, not at a look-up
    return CapturedInteraction(request=request, **_answer(document, chunks_of))


def _answer(document: dict[str, Any], chunks_of: Callable[[Any], Sequence[CapturedChunk]]) -> dict[str, Any]:
    """What an interaction has beside its request."""
    metadata, status = document.get("metadata", {}), int(document["response_status"])
    if not isinstance(metadata, dict):
        raise TypeError("metadata is no object")
    if not 100 <= status <= 999:
        raise ValueError(f"response_status {status} is no HTTP status")
    if (ending := metadata.get("ending", _COMPLETE)) != _COMPLETE:
        Ending(ending)  # an unknown ending is a ValueError here, not at replay
    return {
        "response_status": status,
        "response_headers": read_headers(document.get("response_headers", [])),
        "response_extensions": read_extensions(document.get("response_extensions", {})),
        "chunks": chunks_of(document["chunks"]),
        "metadata": metadata,
    }


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


def _told(value: Any) -> str:
    """A member's JSON. Plain values are written here: an encoder takes a microsecond to begin with each."""
    if type(value) is str:
        return _quoted(value)
    if type(value) is int or (type(value) is float and isfinite(value)):
        return repr(value)
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is dict and all(type(name) is str for name in value):
        return "{" + ", ".join([f"{_escaped(name)}: {_told(member)}" for name, member in value.items()]) + "}"
    return _encode(value)


def _quoted(text: str) -> str:
    """A text's JSON; a long one by what is quicker for those."""
    return _escaped(text) if len(text) < _LONG else compiled.dumps(text).decode("utf-8", "surrogatepass")


@lru_cache(maxsize=256)  # most of them are those of the last request
def _header(pair: tuple[bytes, bytes]) -> str:
    name, value = pair
    return f"[{_escaped(name.decode('latin-1'))}, {_escaped(value.decode('latin-1'))}]"


def _blob(data: bytes) -> str:
    told = spelled(data)
    return _quoted(told) if isinstance(told, str) else _encode(told)


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{what} is no text")
    return value
