"""Bytes, headers and extensions as the JSON of a cassette has them, and back."""

from __future__ import annotations

import base64
from typing import Any

from agentrec_auto.capture import Headers

_DROPPED = ("network_stream", "trailers")
"""Extensions that are live objects, of no meaning once the connection is gone."""


def spelled(data: bytes) -> str | dict[str, str]:
    """Bytes as JSON has them: text where they are UTF-8, else base64 that says so."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return {"__b64__": base64.b64encode(data).decode("ascii")}


def read_blob(value: object) -> bytes:
    """The bytes that `spelled` told; TypeError, or ValueError, for anything else."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, dict) and isinstance(coded := value.get("__b64__"), str):
        return base64.b64decode(coded, validate=True)
    raise TypeError(f"a body is text or {{'__b64__': …}}, not {type(value).__name__}")


def spelled_extensions(extensions: dict[str, Any]) -> dict[str, Any]:
    """Response extensions as JSON has them: bytes marked as such, objects as their text."""
    told: dict[str, Any] = {}
    for name, value in extensions.items():
        if name in _DROPPED:
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


def read_extensions(told: dict[str, Any]) -> dict[str, Any]:
    """What `spelled_extensions` told."""
    extensions: dict[str, Any] = {}
    for name, value in told.items():
        if isinstance(value, dict) and isinstance(text := value.get("__bytes__"), str):
            extensions[name] = text.encode("ascii")
        elif isinstance(value, dict) and "__b64__" in value:
            extensions[name] = read_blob(value)
        else:
            extensions[name] = value
    return extensions


def read_headers(pairs: list[list[str]]) -> Headers:
    """Header pairs out of JSON; TypeError, or ValueError, for anything else."""
    try:
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
    except AttributeError:
        raise TypeError("header is no text") from None
