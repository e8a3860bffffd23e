"""Whether recordings stand under their key, and what puts them there: ``agentrec rekey`` and ``annotate``.

The key recomputed from a file equals its name. It stops being so when a key rule changes, when a newer
version of us makes keys otherwise, when a request is edited by hand, and for files of other tools.
"""

from __future__ import annotations

import re
from dataclasses import replace
from enum import Enum
from typing import Any

from agentrec_auto.corpus.changing import Remade
from agentrec_auto.corpus.held import Corpus, Held
from agentrec_auto.errors import BrokenRecordingError
from agentrec_auto.keying.cassette_id import fingerprint_of
from agentrec_auto.keying.identity import KEY_VERSION, Identity
from agentrec_auto.keying.semantic import SEMANTIC_KEY_VERSION
from agentrec_auto.store.base import OF_MIGRATION, split_name
from agentrec_auto.store.document import FORMAT_VERSION

_KEY = re.compile(r"[A-Za-z0-9.-]+_[A-Za-z0-9._-]+_[0-9a-f]{16}")


class Standing(Enum):
    """How the name of a recording and its key stand to each other."""

    TRUE = "true"
    STALE = "stale"
    """Replay looks for it under another name, and won't find it."""

    LIBRARY = "library"
    """It is called by its cassette id, as the agentrec library names: explicit transports find it, patched
    libraries don't."""

    GIVEN = "given"
    """The name was given to it (a cassette with an id, a migration's answer), and is its own affair."""


def standing(held: Held, identity: Identity) -> Standing:
    """How a recording's name stands to the key of its request."""
    key = split_name(held.name)[0]
    if key == identity.key:
        return Standing.TRUE
    if key == fingerprint_of(held.interaction).cassette_id:
        return Standing.LIBRARY
    if "id" in held.interaction.metadata or key.startswith(OF_MIGRATION) or _KEY.fullmatch(key) is None:
        return Standing.GIVEN
    return Standing.STALE


def standing_of(corpus: Corpus, held: Held) -> Standing | None:
    """The same, worked out; None for a request made to be unreadable."""
    try:
        return standing(held, corpus.identify(held.interaction.request))
    except BrokenRecordingError:
        return None


def rekeyed(corpus: Corpus, held: Held) -> Remade:
    """The recording under its present key, its metadata saying so; untouched where all is true already.

    Raises `BrokenRecordingError` for one that a newer version of us has keyed.
    """
    before = held.interaction.metadata
    version = before.get("key_version")
    if isinstance(version, int) and version > KEY_VERSION:
        why = f"its key is of version {version}, and this agentrec knows {KEY_VERSION}: upgrade agentrec-auto"
        raise BrokenRecordingError(held.name, why)
    identity = corpus.identify(held.interaction.request)
    if standing(held, identity) is Standing.GIVEN:
        return Remade(held.interaction, split_name(held.name)[0])
    after = {**before, **said_by(identity)}
    if identity.model is None:
        after.pop("model", None)
    interaction = held.interaction if after == before else replace(held.interaction, metadata=after)
    return Remade(interaction, identity.key, _why(held, identity))


def annotated(corpus: Corpus, held: Held, tags: dict[str, str]) -> Remade:
    """The recording with metadata that it lacked, and with ``tags``; what it says otherwise stays."""
    before = held.interaction.metadata
    identity = corpus.identify(held.interaction.request)
    said = said_by(identity)
    if standing(held, identity) is not Standing.TRUE:  # it would say of a name that it is a key
        del said["key"], said["key_version"]
    if "semantic_key" in before:  # made by another algorithm, if it doesn't say by which
        del said["semantic_key_version"]
    after = {**said, **before}
    tags = dict(tags)
    if category := tags.pop("category", None):
        after["category"] = category
    if tags:
        there = after.get("tags")
        after["tags"] = {**(there if isinstance(there, dict) else {}), **tags}
    key = split_name(held.name)[0]
    return Remade(held.interaction if after == before else replace(held.interaction, metadata=after), key)


def said_by(identity: Identity) -> dict[str, Any]:
    """What metadata says of an identity."""
    told = {
        "format_version": FORMAT_VERSION,
        "provider": identity.provider,
        "model": identity.model,
        "semantic_key": identity.semantic_key,
        "semantic_key_version": SEMANTIC_KEY_VERSION,
        "key": identity.key,
        "key_version": KEY_VERSION,
        "dialect": identity.dialect,
        "stream": identity.stream,
    }
    return {name: value for name, value in told.items() if value is not None}


def _why(held: Held, identity: Identity) -> str:
    """What made the key another."""
    before = held.interaction.metadata
    if standing(held, identity) is Standing.LIBRARY:
        return "it was called by its cassette id"
    if "key" not in before:
        return "it didn't say its key"
    if before.get("key_version") != KEY_VERSION:
        return f"keys are of version {KEY_VERSION} now"
    if before["key"] != identity.key:
        return "the rules for keys, or its request, have changed"
    return "it was called otherwise than its key"
