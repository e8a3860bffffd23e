"""Can a corpus be trusted: do its files load, are its keys true, is everything whole, is no secret in it."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from agentrec_auto.capture import Ending, first_header
from agentrec_auto.compiled import loads
from agentrec_auto.corpus.held import Broken, Corpus, Held
from agentrec_auto.corpus.identity import Standing, standing
from agentrec_auto.corpus.scanning import Scan
from agentrec_auto.errors import BrokenRecordingError
from agentrec_auto.keying.identity import KEY_VERSION
from agentrec_auto.providers.endings import is_stream
from agentrec_auto.store.base import OF_MIGRATION, name_of, split_name
from agentrec_auto.store.document import newer_format
from agentrec_auto.store.file import FolderStore

_LEFT_OVER_S = 60
_AGAIN = "record it again with AGENTREC_MODE=refresh"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that isn't as it should be."""

    name: str
    kind: str
    """broken, left-over, key, version, take, cut-off, secret, or failed."""

    text: str
    cure: str
    is_fault: bool = True
    """Whether the answer is no; else it is worth knowing, and by design."""


def problems(corpus: Corpus, scan: Scan) -> Iterator[Problem]:
    """What is wrong, file by file, then what is wrong with all of them."""
    takes: dict[str, set[int]] = defaultdict(set)
    for held in corpus.read():
        key, take = split_name(held.name)
        takes[key].add(take)
        if isinstance(held, Broken):
            yield Problem(held.name, "broken", f"can't be read: {held.why}", "restore it, or delete it")
            continue
        yield from _of_summary(corpus, held)
        yield from _of_version(held)
        yield from _of_key(corpus, held)
        yield from _of_ending(held)
        for finding in scan.recording(held.interaction, held.name):
            text = f"holds a secret at {finding.path}: {finding.kind}"
            yield Problem(held.name, "secret", text, "`agentrec scrub --write`")
    yield from _of_takes(takes)
    yield from _left_over(corpus)


def _of_summary(corpus: Corpus, held: Held) -> Iterator[Problem]:
    """No reader of ours looks at the summary, and people and their tools do."""
    if not isinstance(corpus.store, FolderStore):
        return
    try:
        with open(os.path.join(corpus.where, f"{held.name}.json"), "rb") as opened:
            loads(opened.read())
    except OSError:
        return  # it was taken away meanwhile
    except (ValueError, RecursionError) as error:
        text = f"is replayed, but its summary is not JSON ({error})"
        yield Problem(held.name, "broken", text, "mend it, or restore it")


def _of_version(held: Held) -> Iterator[Problem]:
    if (told := newer_format(held.interaction.metadata)) is not None:
        yield Problem(held.name, "version", f"is of {told}", "upgrade agentrec-auto")
    version = held.interaction.metadata.get("key_version")
    if version is None or version == KEY_VERSION:
        return
    if isinstance(version, int) and version < KEY_VERSION:
        text = f"its key is of version {version}, and keys are of version {KEY_VERSION} now"
        yield Problem(held.name, "version", text, "`agentrec rekey --write`")
    else:
        text = f"its key is of version {version!r}, and this agentrec knows {KEY_VERSION}"
        yield Problem(held.name, "version", text, "upgrade agentrec-auto")


def _of_key(corpus: Corpus, held: Held) -> Iterator[Problem]:
    try:
        identity = corpus.identify(held.interaction.request)
    except BrokenRecordingError as error:
        yield Problem(held.name, "broken", f"can't be replayed: {error.why}", "delete it")
        return
    told = held.interaction.metadata.get("key")
    match standing(held, identity):
        case Standing.STALE:
            text = f"isn't under its key, {identity.key}: replay won't find it"
            yield Problem(held.name, "key", text, "`agentrec rekey --write`")
        case Standing.TRUE if told not in (None, identity.key):
            text = f"says that its key is {told}"
            yield Problem(held.name, "key", text, "`agentrec rekey --write`")
        case Standing.LIBRARY:
            text = "is called by its cassette id: explicit transports find it, patched libraries don't"
            yield Problem(held.name, "key", text, "`agentrec rekey --write`", is_fault=False)
        case Standing.GIVEN if not held.name.startswith(OF_MIGRATION):
            text = "was given its name, and is not found by its key"
            yield Problem(held.name, "key", text, "", is_fault=False)


def _of_ending(held: Held) -> Iterator[Problem]:
    interaction = held.interaction
    told = interaction.metadata
    if interaction.ending is Ending.FAILED:
        text = "broke off, and is never replayed"
        yield Problem(held.name, "failed", text, "`agentrec prune --failed`", is_fault=False)
        return
    if interaction.ending is not Ending.COMPLETE or interaction.response_status >= 400:
        return
    kind = first_header(interaction.response_headers, b"content-type") or b""
    if told.get("whole") is False and is_stream(kind):
        text = "is a stream without the event that ends it, and was taken to be complete"
        yield Problem(held.name, "cut-off", text, _AGAIN, is_fault=False)
    length = first_header(interaction.response_headers, b"content-length")
    is_encoded = first_header(interaction.response_headers, b"content-encoding") is not None
    size = sum(len(chunk.data) for chunk in interaction.chunks)
    if length is not None and length.isdigit() and not is_encoded and int(length) > size:
        is_edited = "content_encoding" in told or interaction.request.method.upper() == "HEAD"
        if not is_edited:
            text = f"holds {size} bytes of an answer of {int(length)}"
            yield Problem(held.name, "cut-off", text, _AGAIN)


def _of_takes(takes: dict[str, set[int]]) -> Iterator[Problem]:
    for key, numbers in takes.items():
        missing = sorted(set(range(1, max(numbers))) - numbers)
        if missing:
            behind = sum(number > missing[0] for number in numbers)
            text = f"is not there: replay never comes to the {behind} behind it"
            yield Problem(name_of(key, missing[0]), "take", text, "`agentrec rekey --write`")


def _left_over(corpus: Corpus) -> Iterator[Problem]:
    """Files that a writer left when it was killed; young ones may still be at work."""
    if not isinstance(corpus.store, FolderStore):
        return
    from time import time

    with os.scandir(corpus.where) as entries:
        names = [
            entry.name
            for entry in entries
            if entry.name.endswith(".tmp")
            and entry.is_file(follow_symlinks=False)
            and time() - entry.stat(follow_symlinks=False).st_mtime > _LEFT_OVER_S
        ]
    for name in sorted(names):
        text = "is what a writer left that was killed; its recording is not in the corpus"
        yield Problem(name, "left-over", text, "delete it")
