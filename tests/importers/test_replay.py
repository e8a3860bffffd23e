"""What another tool recorded is replayed to the same app, in which nothing was changed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from importers.conftest import APP, Agentrec, Tape
from processes import Ran, run


def replayed(tape: Tape, corpus: Path) -> Ran:
    """The app under ``AGENTREC_MODE=replay``, its server gone."""
    words = [sys.executable, "-m", "agentrec_auto", "run", "--mode", "replay", "--corpus", corpus]
    return run(*words, "--", sys.executable, APP, env={"BASE_URL": tape.base_url})


@pytest.mark.parametrize("tape", ["yaml", "json"], indirect=True)
def test_sdks_are_answered_from_what_vcrpy_recorded(tape: Tape, agentrec: Agentrec, here: Path) -> None:
    """openai, anthropic and httpx get the recorded answers: plain, streamed, gzipped, and several in order."""
    said = agentrec("import", tape.path)
    assert said.code == 0, said.stderr
    ran = replayed(tape, here / "corpus")
    assert ran.code == 0, ran.stderr
    assert json.loads(ran.stdout) == tape.told
    assert len(set(tape.told["chat"])) == 3


def test_and_through_other_formats(tape: Tape, agentrec: Agentrec, here: Path) -> None:
    """Out and in again as a cassette, as an archive and as JSON by the line, it still answers the app."""
    before = tape.path
    for form in ("vcr", "har", "jsonl"):
        agentrec("import", before, "--corpus", form)
        before = here / f"again.{form}"
        assert agentrec("export", "--corpus", form, "--format", form, "-o", str(before)).code == 0
    agentrec("import", before)
    assert json.loads(replayed(tape, here / "corpus").stdout) == tape.told
