"""Images, sounds and files in a body: what kind, how large, and which; their bytes stay where they are."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import replace
from typing import Any

from agentrec_auto.providers.conversation import Media, MediaKind

_KINDS: dict[str, MediaKind] = {"image": "image", "audio": "audio", "video": "video"}


def kind_of(media_type: str | None) -> MediaKind:
    """The kind that a media type is of; ``file`` for what is none of the others."""
    return _KINDS.get((media_type or "").partition("/")[0], "file")


def from_base64(kind: MediaKind, media_type: str | None, data: Any, name: str | None = None) -> Media:
    """What is sent as base64 within the body."""
    if not isinstance(data, str):
        return _made(kind, media_type, b"", name, None)
    return _made(kind, media_type, _decoded(data), name, data)


def from_bytes(kind: MediaKind, media_type: str | None, data: bytes, name: str | None = None) -> Media:
    """What is sent within the body as it is."""
    return _made(kind, media_type, data, name, base64.b64encode(data).decode("ascii"))


def from_url(
    kind: MediaKind | None, url: Any, name: str | None = None, media_type: str | None = None
) -> Media:
    """What a URL leads to, a ``data:`` URL's own bytes included; ``kind`` None: whatever its type says."""
    if not isinstance(url, str) or not url.startswith("data:"):
        return Media(
            kind or kind_of(media_type), media_type, url=url if isinstance(url, str) else None, name=name
        )
    head, _, data = url[5:].partition(",")
    media_type = head.partition(";")[0] or media_type
    return from_base64(kind or kind_of(media_type), media_type, data, name)


def looked_at(media: Media, detail: Any) -> Media:
    """The image, to be looked at as closely as ``detail`` says."""
    return replace(media, detail=detail) if isinstance(detail, str) and detail else media


def _made(kind: MediaKind, media_type: str | None, data: bytes, name: str | None, coded: str | None) -> Media:
    digest = hashlib.sha256(data).hexdigest()[:32]
    return Media(kind, media_type, size=len(data), name=name, digest=digest, data=coded)


def _decoded(data: str) -> bytes:
    try:
        return binascii.a2b_base64(data)
    except (binascii.Error, ValueError):  # cut or redacted: still the same for the same text
        return data.encode("utf-8", "surrogatepass")
