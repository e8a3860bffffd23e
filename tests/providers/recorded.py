"""Recorded traffic of other projects: the interactions in cassettes that their source distributions ship."""

from __future__ import annotations

import gzip
import hashlib
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.importers.importing import found_in
from agentrec_auto.importers.record import Record, UnreadableError

CASSETTE = re.compile(r"\.(ya?ml(\.gz)?|json|jsonl|har|toml)$")


@dataclass(frozen=True)
class Recorded:
    """One interaction, and the cassette it comes from."""

    where: str
    interaction: CapturedInteraction


def interactions(folder: Path) -> Iterator[Recorded]:
    """Every interaction in the source distributions (``*.tar.gz``) of a folder, each once."""
    seen = set()
    for archive in sorted(folder.glob("*.tar.gz")):
        with tarfile.open(archive) as tar:
            for member in tar:
                if CASSETTE.search(member.name) and (file := tar.extractfile(member)):
                    for record in _records(member.name, file.read()):
                        if (digest := _digest(record.interaction)) not in seen:
                            seen.add(digest)
                            yield Recorded(member.name, record.interaction)


def _records(name: str, data: bytes) -> Iterator[Record]:
    try:
        found = list(found_in(gzip.decompress(data) if name.endswith(".gz") else data, name))
    except UnreadableError:  # a file of another kind
        return
    yield from (one for _, one in found if isinstance(one, Record))


def _digest(interaction: CapturedInteraction) -> str:
    request = interaction.request
    parts = (request.method.encode(), request.url.encode(), request.content, interaction.body)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()
