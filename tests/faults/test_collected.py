"""SDKs close a stream that was left in a cycle when it is collected: in the midst of our own writing, perhaps."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from loopback import LoopbackServer
from processes import Run

from agentrec_auto.capture import Ending
from agentrec_auto.store.location import open_store

PROGRAM = Path(__file__).parent / "programs" / "collecting.py"


@pytest.mark.parametrize(
    ("store", "function", "module"),
    [
        ("corpus", "replace", "store.file"),
        ("corpus", "write", "flow.ledger"),
        ("sqlite:///corpus.db", "replace", "store.sqlite"),
    ],
    ids=["folder, a take replaced", "ledger", "sqlite, in a transaction"],
)
def test_in_our_midst(
    store: str,
    function: str,
    module: str,
    run_agentrec: Run,
    server: LoopbackServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody waits for a lock that it holds itself; both calls are recorded, the second time as the first."""
    words = ("run", "--mode", "record", "--corpus", store, "--", sys.executable, PROGRAM, server.url)
    if module == "store.file":
        run_agentrec(*words, "none", module)  # whose takes are replaced
    ran = run_agentrec(*words, function, module, env={"OPENAI_API_KEY": "noted by its name"})
    assert ran.code == 0 and "2 recorded, 0 missed ·" in ran.stderr, ran.stderr
    assert ran.stdout.split()[1] == "False", "the collector did not run"
    monkeypatch.chdir(tmp_path)
    kept = open_store(store)
    endings = sorted(kept.load(name).ending.value for name in kept.names())
    assert endings == [Ending.ABANDONED.value, Ending.COMPLETE.value]
