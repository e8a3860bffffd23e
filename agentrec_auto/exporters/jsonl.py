"""JSON by the line: a recording's file on one line, and its name. Loses nothing, can be imported again."""

from __future__ import annotations

import json

from agentrec_auto.corpus.held import Held
from agentrec_auto.exporters.format import Lines
from agentrec_auto.store import document


class JSONLines(Lines):
    name = "jsonl"

    def line(self, held: Held) -> bytes:
        told = json.loads(document.dumps(held.interaction))
        text = json.dumps({"name": held.name, **told}, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "surrogatepass")
