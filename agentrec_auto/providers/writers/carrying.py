"""What a message carries to another API: media as bytes or URLs, where these are taken, and calls."""

from __future__ import annotations

import base64
from typing import Any

from agentrec_auto.errors import UnsupportedRequestError
from agentrec_auto.providers.conversation import Media, MediaKind, ToolCall

_BEGINNINGS = (
    ("iVBORw0KGgo", "image/png"),
    ("/9j/", "image/jpeg"),
    ("R0lGOD", "image/gif"),
    ("UklGR", "image/webp"),
    ("JVBERi", "application/pdf"),
    ("SUQz", "audio/mpeg"),
)
"""How the base64 of well-known files begins."""

_ENDINGS = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "mp4": "video/mp4",
}
_AUDIO = {"mpeg": "mp3", "mp3": "mp3", "wav": "wav", "x-wav": "wav", "wave": "wav"}
_SAID: dict[MediaKind, str] = {"image": "an image", "audio": "a sound", "video": "a video", "file": "a file"}


def media_type(media: Media) -> str:
    """Its type: as the request says, else by how it begins, else by its name or URL; or it is refused."""
    if media.media_type and "/" in media.media_type:
        return media.media_type
    for beginning, kind in _BEGINNINGS:
        if media.data is not None and media.data.startswith(beginning):
            return kind
    for name in (media.name, media.url):
        ending = (name or "").partition("?")[0].rpartition(".")[2].lower()
        if ending in _ENDINGS:
            return _ENDINGS[ending]
    raise UnsupportedRequestError(f"the request shows {_SAID[media.kind]} without saying of what type it is")


def data_url(media: Media) -> str:
    """Where it lies, or its bytes as a ``data:`` URL."""
    if media.data is None:
        return media.url or ""
    return f"data:{media_type(media)};base64,{media.data}"


def text(media: Media) -> str:
    """The text that its bytes are."""
    try:
        return base64.b64decode(media.data or "").decode("utf-8")
    except ValueError as error:
        raise UnsupportedRequestError("the request shows a text file that is not UTF-8") from error


def audio_format(media: Media, title: str) -> str:
    """``mp3`` or ``wav``."""
    found = _AUDIO.get(media_type(media).partition("/")[2])
    if media.data is None or found is None:
        raise refused(media, title)
    return found


def refused(media: Media, title: str, why: str = "") -> UnsupportedRequestError:
    """The error for what an API doesn't take."""
    at = f" at a URL ({media.url})" if media.data is None else ""
    kind = f" ({media.media_type})" if media.media_type else ""
    return UnsupportedRequestError(
        f"the request shows {_SAID[media.kind]}{kind}{at}, which {why or f'{title} does not take'}"
    )


def arguments(call: ToolCall) -> dict[str, Any]:
    """A call's arguments as an object; `UnsupportedRequestError` where they are none."""
    if not isinstance(call.arguments, dict):
        raise UnsupportedRequestError(f"the arguments of a call of {call.name} are no JSON object")
    return call.arguments
