"""Whatever stands where something else should stand, costs its record at most."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from importers.conftest import Agentrec
from importers.test_other_tools import CASSETTER_JSON, entry
from importers.test_vcr import ANSWER, ASKED, URL
from importers.traces import SHAPES

MESSAGE = {"headers": {"content-type": ["application/json"], "content-encoding": ["gzip"]}}
PAIR = {
    "request": {"method": "POST", "uri": URL, "body": ASKED, **MESSAGE},
    "response": {"status": {"code": 200, "message": "OK"}, "body": {"string": json.dumps(ANSWER)}, **MESSAGE},
    "recorded_at": "2026-11-23T06:00:00Z",
}
OURS = {
    "name": "x",
    "metadata": {"provider": "openai"},
    "request": {"method": "POST", "url": URL, "headers": [["a", "b"]], "content": ASKED},
    "response_status": 200,
    "response_headers": [["content-type", "text/event-stream"]],
    "response_extensions": {},
    "chunks": [{"data": "data: [DONE]", "timestamp_offset": 0.1}],
}
DOCUMENTS = {
    **{name: document for name, (_, document) in SHAPES.items()},
    "vcr": {"version": 1, "interactions": [PAIR]},
    "langchain": {"requests": [PAIR["request"]], "responses": [PAIR["response"]]},
    "cassetter": CASSETTER_JSON,
    "har": {"log": {"entries": [entry()]}},
    "agentrec": OURS,
}
ODD = (None, 7, -1e300, "x", "\ud800", [], {}, [[]], {"a": [1]}, [None])


def with_oddities(document: Any) -> list[Any]:
    """The document with each of its values in turn replaced by something odd."""
    found: list[Any] = []

    def walk(value: Any, put: Any) -> None:
        found.extend(put(odd) for odd in ODD)
        if isinstance(value, dict):
            for name, inner in value.items():
                walk(inner, lambda odd, name=name: put({**value, name: odd}))
        elif isinstance(value, list):
            for at, inner in enumerate(value):
                walk(inner, lambda odd, at=at: put([*value[:at], odd, *value[at + 1 :]]))

    walk(document, lambda odd: odd)
    return found


@pytest.mark.parametrize("name", DOCUMENTS)
def test_in_every_place(agentrec: Agentrec, name: str) -> None:
    """Each odd document is imported, or skipped for a reason in words; nothing is an accident."""
    lines = [json.dumps(one) for one in with_oddities(DOCUMENTS[name])]
    Path("odd.jsonl").write_text("\n".join(lines))
    ran = agentrec("import", "odd.jsonl")
    assert ran.code == 0 and not re.search(r"[a-z]Error: ", ran.stderr), ran.stderr
    said = agentrec("verify", "--json")
    faults = json.loads(said.stdout)["faults"] if said.stdout else []
    assert [fault for fault in faults if fault["kind"] in ("broken", "key", "version")] == []
