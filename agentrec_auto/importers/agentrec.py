"""Recordings of our own kind, and those of the ``agentrec`` library (0.2, 1.0), one file each.

Ours are kept as they are, under their names. So are those of that library whose name was given to them: a
migration's answers (``migration__…``), a judge's (``judge__…``), and cassettes with an id. Its other ones get
the keys by which patched libraries find them. What holds a secret is redacted in any case: it redacts less.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from agentrec_auto.capture import CapturedInteraction, Ending, first_header
from agentrec_auto.corpus.held import Held
from agentrec_auto.corpus.identity import Standing, standing
from agentrec_auto.decoding import decode_chunks, is_encoded
from agentrec_auto.errors import BrokenRecordingError, UndecodableBodyError
from agentrec_auto.importers.record import Document, Found, Record, Source, Unread
from agentrec_auto.keying.identity import Keyer
from agentrec_auto.providers.endings import Terminator, is_stream
from agentrec_auto.store import document as cassette

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,239}")
_OURS = "format_version"
_LIBRARY = ("semantic_key", "semantic_key_version", "model", "provider")
"""What that library says of a request by its own rules; ours are worked out anew."""


class Agentrec(Source):
    name = "agentrec"

    def recognises(self, document: Document) -> bool:
        match document.value:
            case {"request": {"method": _, "url": _}, "response_status": _, "chunks": list()}:
                return True
        return False

    def records(self, document: Document) -> Iterator[Found]:
        told = dict(document.value)
        name = told.pop("name", None)
        position = document.position
        try:
            interaction = cassette.read(told, document.file)
        except BrokenRecordingError as error:
            yield Unread(position, error.why)
            return
        if not isinstance(name, str):
            name = os.path.basename(document.file).removesuffix(".gz").removesuffix(".json")
        if _NAME.fullmatch(name) is None:
            yield Unread(position, f"{name!r} is no name for a recording")
            return
        yield _record(position, name, interaction)


def _record(position: str, name: str, interaction: CapturedInteraction) -> Record:
    if _OURS in interaction.metadata:
        return Record(interaction, position, name=name)
    if standing(Held(name, interaction), Keyer().identify(interaction.request)) is Standing.GIVEN:
        return Record(interaction, position, name=name)
    kept: dict[str, Any] = {key: value for key, value in interaction.metadata.items() if key not in _LIBRARY}
    metadata = {**kept, **_ended(interaction), "imported_id": name}
    return Record(replace(interaction, metadata=metadata), position)


def _ended(interaction: CapturedInteraction) -> dict[str, Any]:
    """How a response ended: that library keeps a stream that was left early as if it were complete."""
    kind = first_header(interaction.response_headers, b"content-type") or b""
    if "ending" in interaction.metadata or not is_stream(kind):
        return {}
    terminator = Terminator(kind)
    ended = [terminator.feed(piece) for piece in _pieces(interaction)]
    if Ending.FAILED in ended:
        return {"ending": Ending.FAILED.value, "whole": False}
    is_whole = Ending.COMPLETE in ended
    return {"ending": (Ending.COMPLETE if is_whole else Ending.ABANDONED).value, "whole": is_whole}


def _pieces(interaction: CapturedInteraction) -> list[bytes]:
    chunks = [chunk.data for chunk in interaction.chunks]
    encoding = first_header(interaction.response_headers, b"content-encoding") or b""
    try:
        return decode_chunks(chunks, encoding) if is_encoded(encoding) and chunks else chunks
    except UndecodableBodyError:  # refused when it is redacted
        return chunks
