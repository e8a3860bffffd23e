"""Who takes part, by name."""

from __future__ import annotations

from benchmarks.contenders.agentrec import AGENTREC
from benchmarks.contenders.base import Contender
from benchmarks.contenders.cassetter import CASSETTER, CASSETTER_TOML
from benchmarks.contenders.limits import BARE, FLOOR, MOCK
from benchmarks.contenders.ours import OURS
from benchmarks.contenders.vcrpy import VCRPY, VCRPY_JSON

CONTENDERS: dict[str, Contender] = {
    one.name: one for one in (MOCK, FLOOR, BARE, OURS, AGENTREC, CASSETTER, CASSETTER_TOML, VCRPY, VCRPY_JSON)
}
