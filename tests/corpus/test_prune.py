"""``agentrec prune``: what is of no more use goes, and what stays is found as before."""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from corpus.conftest import Agentrec, Kept

from agentrec_auto.store.base import name_of


def age(kept: Kept, name: str, days: float) -> None:
    at = datetime.now(timezone.utc) - timedelta(days=days)
    kept.edit(name, lambda interaction: interaction.metadata.update(recorded_at=at.isoformat()))


def test_older_than(agentrec: Agentrec, either: Kept) -> None:
    """What was recorded longer ago goes; what doesn't say when stays."""
    age(either, either.name("2291"), 31)
    age(either, either.name("Invoice 77"), 29)
    either.edit(either.name("gpt-9"), lambda interaction: interaction.metadata.pop("recorded_at"))
    ran = agentrec("prune", "--older-than", "30d", "--write")
    assert ran.code == 0 and "removed 1 of 10 recordings" in ran.stderr
    assert len(either.names) == 9 and not any(
        b"2291" in either.load(name).request.content for name in either.names
    )


def test_dry_run(agentrec: Agentrec, either: Kept) -> None:
    """Without --write nothing goes."""
    ran = agentrec("prune", "model:gpt-4o*")
    assert (
        "would be removed: 8 of 8 recordings" in ran.stderr and "Nothing was: --write does it" in ran.stderr
    )
    assert len(either.names) == 10


def test_failed(agentrec: Agentrec, either: Kept) -> None:
    """What broke off goes, and transient errors; a permanent one and an abandoned stream are recordings."""
    either.edit(either.name("2291"), lambda interaction: interaction.metadata.update(ending="failed"))
    either.edit(either.name("Invoice 77"), lambda interaction: setattr(interaction, "response_status", 529))
    told = json.loads(agentrec("prune", "--failed", "--write", "--json").stdout)
    assert sorted(one["why"] for one in told["doomed"]) == ["broke off", "status 529"]
    assert len(either.names) == 8


@pytest.mark.parametrize(("keep", "left"), [(1, [3]), (2, [2, 3]), (3, [1, 2, 3])])
def test_keep_takes(agentrec: Agentrec, either: Kept, keep: int, left: list[int]) -> None:
    """The newest takes of each key stay, in their order and without a gap."""
    key = either.name("take2").removesuffix(".take2")
    answers = {take: either.load(name_of(key, take)).body for take in (1, 2, 3)}
    assert agentrec("prune", "--keep-takes", str(keep), "--write").code == 0
    assert [recording.interaction.body for recording in either.store.takes(key)] == [
        answers[take] for take in left
    ]
    assert len(either.names) == 7 + keep


def test_unused(here: Path, kept: Kept, agentrec: Agentrec, run_agentrec: object) -> None:
    """What no run replayed goes: told by the ledger that a run left behind."""
    (here / "one.py").write_text(
        (here / "app.py").read_text().replace("\nsupport()\n", "\n").replace("\nnot_well()\n", "\n")
    )
    environ = {"BASE_URL": "http://127.0.0.1:9", "AGENTREC_RUN_DIR": str(here / "used")}
    ran = run_agentrec("run", "--mode", "replay", "--", sys.executable, "one.py", cwd=here, env=environ)
    assert ran.code == 0, ran.stderr
    pruned = agentrec("prune", "--unused", "--used-by", "used", "--write")
    assert "removed 3 of 10 recordings" in pruned.stderr
    again = run_agentrec("run", "--mode", "replay", "--", sys.executable, "one.py", cwd=here, env=environ)
    assert again.code == 0 and "7 replayed" in again.stderr


def test_answers_of_a_migration_stay(agentrec: Agentrec, kept: Kept, here: Path) -> None:
    """They were paid for and no app replays them: they are unused by no run, and faults to nobody."""
    name = kept.name("2291")
    for made in (f"migration__{name}__to__m", "judge__m__0123456789abcdef"):
        (here / "corpus" / f"{made}.json").write_bytes((here / "corpus" / f"{name}.json").read_bytes())
    (here / "names.txt").write_text(f"{name}\n")
    assert "would be removed: 9 of 12" in agentrec("prune", "--unused", "--used-by", "names.txt").stderr
    assert "would be removed: 1 of 1 " in agentrec("prune", "name:migration__*").stderr
    assert "name" not in agentrec("verify").stdout


def test_used_by_a_list(agentrec: Agentrec, kept: Kept, here: Path) -> None:
    """A list of names, or of files, will do."""
    (here / "names.txt").write_text(f"{kept.name('2291')}.json\n\n{kept.name('gpt-9')}\n")
    assert "would be removed: 8 of 10" in agentrec("prune", "--unused", "--used-by", "names.txt").stderr


def test_all_reasons_hold(agentrec: Agentrec, kept: Kept) -> None:
    """Reasons and filter narrow one another."""
    for word in ("2291", "Invoice 77", "gpt-9"):
        age(kept, kept.name(word), 60)
    assert "would be removed: 2 of 2 " in agentrec("prune", "--older-than", "30d", "model:gpt-4o-mini").stderr
    assert (
        "nothing to remove, of 10 recordings"
        in agentrec("prune", "--older-than", "30d", "--keep-takes", "1").stderr
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "what should go?"),
        (["--unused"], "what was used?"),
        (["--older-than", "soon"], "'soon' is no age"),
        (["--keep-takes", "0"], "keep-takes"),
        (["--used-by", "none"], "can't read none"),
        (["--used-by", "bare"], "bare tells of no recording that was replayed"),
    ],
)
def test_asked_wrongly(agentrec: Agentrec, here: Path, kept: Kept, words: list[str], said: str) -> None:
    """What would take everything away by mistake is refused."""
    (here / "bare").mkdir()
    ran = agentrec("prune", *words, "--write")
    assert ran.code == 2 and said in ran.stderr
    assert len(kept.names) == 10
