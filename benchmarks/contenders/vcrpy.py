"""vcrpy: as people set it up for APIs (YAML, bodies matched), and its fastest way (JSON, raw bodies)."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from benchmarks.asking import client_of
from benchmarks.contenders.base import Contender, recorded_all
from benchmarks.job import Corpus
from benchmarks.workload import Cell, answer, events, question

YAML_MATCH = ["method", "scheme", "host", "port", "path", "query", "body"]


def _vcr(serializer: str, mode: str) -> Any:
    import vcr

    made = vcr.VCR(
        serializer=serializer, record_mode=mode, match_on=YAML_MATCH, filter_headers=["authorization"]
    )
    if serializer == "json":
        made.register_matcher("raw", lambda one, other: one.body == other.body)
        made.match_on = ["method", "uri", "raw"]
    return made


@contextmanager
def cassette(serializer: str, cell: Cell, path: str, mode: str) -> Iterator[Any]:
    """A client in a cassette."""
    client = client_of(cell)
    with _vcr(serializer, mode).use_cassette(f"{path}.{serializer}", allow_playback_repeats=mode == "none"):
        yield client


def replaying(serializer: str, cell: Cell, corpus: Corpus) -> Any:
    """From one file."""
    return cassette(serializer, cell, corpus.path, "none")


def recording(serializer: str, cell: Cell, path: str) -> Any:
    """To one file."""
    return cassette(serializer, cell, path, "all")


def fill(serializer: str, corpus: Corpus) -> None:
    """Record one, and let it save that as often as is asked for: it looks all over for each it records."""
    from vcr.persisters.filesystem import FilesystemPersister
    from vcr.serializers import jsonserializer, yamlserializer

    chosen = jsonserializer if serializer == "json" else yamlserializer
    cell = Cell("httpx2", "sync")
    one = Corpus(corpus.path + "-one", corpus.url, 1, corpus.kind)
    recorded_all(recording(serializer, cell, one.path), cell, one)
    file = f"{one.path}.{serializer}"
    requests, responses = FilesystemPersister.load_cassette(file, chosen)
    many: dict[str, list[Any]] = {"requests": [], "responses": []}
    for number in range(corpus.count):
        request, response = copy.copy(requests[0]), copy.deepcopy(responses[0])
        request.body = question(number, corpus.kind)
        content = answer(number) if corpus.kind == "json" else b"".join(events(number))
        was = response["body"]["string"] if "body" in response else response["content"]
        said: Any = content if isinstance(was, bytes) else content.decode()
        if "body" in response:
            response["body"]["string"] = said
        else:
            response["content"] = said
        many["requests"].append(request)
        many["responses"].append(response)
    FilesystemPersister.save_cassette(f"{corpus.path}.{serializer}", many, chosen)
    os.remove(file)


def prepare(cell: Cell, corpus: Corpus) -> None:
    """Import it."""
    import vcr.stubs.httpx_stubs  # noqa: F401


def _contender(name: str, serializer: str, says: str) -> Contender:
    return Contender(
        name,
        says,
        replaying=partial(replaying, serializer),
        recording=partial(recording, serializer),
        fill=partial(fill, serializer),
        prepare=prepare,
        distribution="vcrpy",
        modules=("vcr",),
        scans=True,
    )


VCRPY = _contender("vcrpy", "yaml", "vcrpy: YAML, its default, bodies matched")
VCRPY_JSON = _contender("vcrpy-json", "json", "vcrpy: its fastest settings: JSON file, raw bodies matched")
