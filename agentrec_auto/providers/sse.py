"""Events in a stream's body: server-sent events, JSON by the line, or a JSON array written bit by bit.

Works on the whole body: a chunk may end anywhere, also within a character.
Server-sent events as in the WHATWG HTML standard, §9.2.6.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, NamedTuple

from agentrec_auto.compiled import loads
from agentrec_auto.errors import DecodeError
from agentrec_auto.event_runs import laid_together, without_padding

_BLANK = re.compile(r"\r\n\r\n|\n\n|\r\r|\n\r\n")
_NEWLINE = re.compile(r"\r\n|\n|\r")
_MOST_AT_ONCE = 1 << 20
"""Bytes of a stream whose events are all parsed before the first is looked at."""

_FEW = 8
"""Events of a stream that are parsed one by one: to look for runs in fewer takes as long."""

_LINE_TYPES = frozenset({"application/x-ndjson", "application/jsonl", "application/stream+json"})


class Event(NamedTuple):
    """One event of a stream; a named tuple, for streams have thousands."""

    name: str
    """Of the event, where the stream says it apart from the data; else empty."""

    document: Any
    """Its data as JSON; ``"[DONE]"`` as it stands."""


def is_sse(content_type: str, body: bytes) -> bool:
    """Whether a body is server-sent events, by its type or, should that be untrue, its first line."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "text/event-stream" or body.lstrip()[:6] in (b"data: ", b"event:", b"data:{")


def is_lines(content_type: str, body: bytes) -> bool:
    """Whether a body is JSON by the line."""
    if content_type.partition(";")[0].strip().lower() in _LINE_TYPES:
        return True
    return body[:1] == b"{" and re.search(rb"\}\r?\n\{", body) is not None


def blocks(body: bytes) -> Iterator[tuple[str, str, bool]]:
    """Name, data and whether the closing blank line is there, of each event that has data.

    Lines of data within one event are joined by a newline.
    """
    text = body.decode("utf-8", "replace").removeprefix("\ufeff")
    *whole, rest = _BLANK.split(text) if "\r" in text else text.split("\n\n")
    for block in whole:
        yield from _block(block, True)
    yield from _block(rest, rest.endswith(("\n", "\r")))


def _block(block: str, is_closed: bool) -> Iterator[tuple[str, str, bool]]:
    if block.startswith("data: ") and "\n" not in block and "\r" not in block:  # most are
        yield "", block[6:], is_closed
        return
    name, data = "", []
    for line in _NEWLINE.split(block):
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif line.startswith("event:"):
            name = line[6:].strip()
    if data:
        yield name, "\n".join(data), is_closed


def sse_data_lines(payload: bytes) -> list[str]:
    """The data of each server-sent event in a whole body."""
    return [data for _, data, _ in blocks(payload)]


def events(body: bytes, piece: re.Pattern[str] | None = None) -> Iterator[Event]:
    """The events of a body of server-sent events, read as JSON.

    What is no JSON is a `DecodeError`; at the very end, where a stream was torn, it is passed over. Where
    ``piece`` is given, events may come `laid_together`.
    """
    found = _at_once(body, piece)
    return found if found is not None else _one_by_one(body)


def _one_by_one(body: bytes) -> Iterator[Event]:
    for name, data, is_closed in blocks(body):
        if data.strip() == "[DONE]":
            yield Event(name, "[DONE]")
            continue
        if not data:
            continue
        try:
            document = loads(data)
        except (ValueError, RecursionError) as error:
            if is_closed:
                raise DecodeError(f"malformed event {_shown(data)}: {error}") from error
            return
        yield Event(name, document)


def _at_once(body: bytes, piece: re.Pattern[str] | None) -> Iterator[Event] | None:
    """The events of a stream laid out as most are, its JSON parsed in one go: a third of the time.

    None where it must be looked at more closely.
    """
    if len(body) > _MOST_AT_ONCE or b"\r" in body:
        return None
    text = body.decode("utf-8", "replace")
    *whole, rest = (text if piece is None else without_padding(text)[0]).split("\n\n")
    is_done = bool(whole) and whole[-1] == "data: [DONE]"
    if rest or not whole:
        return None
    if is_done:
        del whole[-1]
    if piece is not None and len(whole) >= _FEW:
        whole = laid_together(whole, piece)
    names, data = [], []
    for block in whole:
        name = ""
        if block.startswith("event: "):
            name, _, block = block[7:].partition("\n")
        if not block.startswith("data: ") or "\n" in block:
            return None
        names.append(name)
        data.append(block[6:])
    try:
        documents = loads(f"[{','.join(data)}]")
    except (ValueError, RecursionError):
        return None
    if len(documents) != len(data):  # two values in one event, which is no JSON by itself
        return None
    found = map(Event, names, documents)
    return chain(found, (Event("", "[DONE]"),)) if is_done else found


def lines(body: bytes) -> Iterator[Event]:
    """The events of a body with JSON on each line; a last line that was torn is passed over."""
    *whole, rest = body.decode("utf-8", "replace").split("\n")
    for line in whole:
        if line.strip():
            try:
                yield Event("", loads(line))
            except (ValueError, RecursionError) as error:
                raise DecodeError(f"malformed line {_shown(line)}: {error}") from error
    if rest.strip():
        try:
            yield Event("", loads(rest))
        except (ValueError, RecursionError):
            return


def elements(body: bytes) -> Iterator[Event]:
    """The elements of a JSON array (Gemini without ``alt=sse``), as far as they are there."""
    text = body.decode("utf-8", "replace").strip()
    decoder, at = json.JSONDecoder(), 1
    while (at := _skipped(text, at)) < len(text) and text[at] != "]":
        try:
            document, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        yield Event("", document)


def _skipped(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at


def _shown(data: str) -> str:
    return repr(data if len(data) <= 60 else data[:60] + "…")
