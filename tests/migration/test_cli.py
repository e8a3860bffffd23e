"""`agentrec migrate` and `agentrec report` as commands."""

import json
import sys
from pathlib import Path

import pytest
from processes import called, run

from agentrec_auto.cli import main
from agentrec_auto.pricing.asked import PriceLibrary

from .recorded import corpus, interaction, numbered, put
from .target import Reply, Target, answer


@pytest.fixture
def target():
    with Target() as server:
        yield server


def agentrec(folder: Path, *words: object, **more):
    return called(*map(str, words), cwd=folder, **more)


def migrated(folder: Path, target: Target, *words: object, **more):
    return agentrec(folder, "migrate", "--target", "m", "--target-url", target.url, *words, **more)


def test_migrate_then_report_offline(tmp_path, target):
    """The report is made again with the target gone, and says the same."""
    corpus(tmp_path / "corpus", numbered(5))
    first = migrated(tmp_path, target, "--out", "one", "--format", "md")
    assert first.code == 0, first.stderr
    assert first.stdout.startswith(
        "Migration report: 5 prompts -> m (0 cached, 5 live, 0 skipped, 0 errors)\n"
    )
    assert "Report written: one.md" in first.stdout
    words = [
        "report",
        "--target",
        "m",
        "--target-url",
        "http://127.0.0.1:9/v1",
        "--out",
        "two",
        "--format",
        "md",
    ]
    second = agentrec(tmp_path, *words)
    assert second.code == 0, second.stderr
    assert "(5 cached, 0 live, 0 skipped, 0 errors)" in second.stdout
    assert len(target.asked) == 5


def test_report_makes_no_http_client(tmp_path, target):
    """Offline not even the library is imported."""
    corpus(tmp_path / "corpus", ["hi"])
    assert migrated(tmp_path, target, "--format", "md").code == 0
    code = (
        "import sys; from agentrec_auto.cli import main\n"
        "code = main(['report', '--target', 'm', '--target-url', 'http://127.0.0.1:9/v1'])\n"
        "loaded = {'httpx', 'httpx2', 'tenacity', 'openai'} & set(sys.modules)\n"
        "assert not loaded, loaded; sys.exit(code)"
    )
    ran = run(sys.executable, "-c", code, cwd=tmp_path)
    assert ran.code == 0, ran.stderr


def test_no_key_asks_nobody(tmp_path, target):
    """Where the key of one target is missing, no other is asked, no report says nothing, and it is named."""
    corpus(tmp_path / "corpus", numbered(2))
    words = ["--target", "claude-haiku-4-5", "--target", "m"]
    (tmp_path / "agentrec.toml").write_text(
        f'[target.m]\nmodel = "m"\nurl = "{target.url}"\ndialect = "openai_chat"\n'
    )
    ran = agentrec(tmp_path, "migrate", *words)
    assert ran.code == 2
    assert ran.stderr == "agentrec: ANTHROPIC_API_KEY is not set: a live call to anthropic needs it\n"
    assert target.asked == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["agentrec.toml", "corpus"]


def test_no_key_for_a_header(tmp_path, target):
    """A variable that a target's header is made of is a key like any other."""
    corpus(tmp_path / "corpus", numbered(2))
    (tmp_path / "agentrec.toml").write_text(
        f'[target.m]\nmodel = "m"\nurl = "{target.url}"\ndialect = "openai_chat"\n'
        'headers = { x-tenant = "${TENANT}" }\n'
    )
    ran = agentrec(tmp_path, "migrate", "--target", "m")
    assert (ran.code, target.asked) == (2, [])
    assert "TENANT is not set: the target's header x-tenant needs it" in ran.stderr


def test_no_key_for_what_is_answered(tmp_path, target):
    """Where all was asked before, nobody needs a key."""
    corpus(tmp_path / "corpus", numbered(2))
    (tmp_path / "agentrec.toml").write_text(
        f'[target.m]\nmodel = "m"\nurl = "{target.url}"\ndialect = "openai_chat"\n'
        'headers = { x-tenant = "${TENANT}" }\n'
    )
    assert agentrec(tmp_path, "migrate", "--target", "m", env={"TENANT": "t"}).code == 0
    ran = agentrec(tmp_path, "migrate", "--target", "m")
    assert ran.code == 0 and "(2 cached, 0 live" in ran.stdout


def test_dry_run_asks_nobody_and_keeps_nothing(tmp_path, target):
    """It says what would be asked, in which words."""
    corpus(tmp_path / "corpus", numbered(3))
    ran = migrated(tmp_path, target, "--dry-run", "--json")
    told = json.loads(ran.stdout)
    assert (told["ask"], told["answered"], told["skip"]) == (3, 0, 0)
    assert {question["body"]["model"] for question in told["questions"]} == {"m"}
    assert target.asked == [] and len(list((tmp_path / "corpus").glob("*.json"))) == 3
    assert "would ask 3 questions" in migrated(tmp_path, target, "--dry-run").stderr


def test_json_is_for_programs(tmp_path, target):
    """One document on stdout: counts, rates, gates, files."""
    corpus(tmp_path / "corpus", numbered(3))
    ran = migrated(tmp_path, target, "--json", "--min-pass", "exact=1", "--out", "r", "--format", "json")
    told = json.loads(ran.stdout)
    assert ran.code == 0
    assert told["targets"][0]["compared"] == 3 and told["targets"][0]["pass_rates"]["exact"] == 1.0
    assert told["gates"] == [
        {"target": "m", "gate": "--min-pass exact=1", "passed": True, "why": "100.0 % of 3 passed"}
    ]
    assert told["written"] == ["r.json"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], 0),
        (["--strict"], 1),
        (["--min-pass", "exact=0.5"], 0),
        (["--min-pass", "exact=0.9"], 1),
        (["--min-pass-lower", "exact=0.5"], 1),
        (["--max-latency-ratio", "100"], 0),
        (["--max-latency-ratio", "0"], 1),
        (["--min-pass", "nope=1"], 2),
        (["--min-pass", "exact"], 2),
        (["--compare", "nope"], 2),
        (["--format", "pdf"], 2),
        (["--baseline-report", "missing.json"], 2),
        (["--target-provider", "nobody"], 2),
    ],
    ids=lambda told: " ".join(told) if isinstance(told, list) else str(told),
)
def test_exit_codes(tmp_path, target, words, code):
    """0 well, 1 a gate failed, 2 asked wrongly."""
    corpus(tmp_path / "corpus", ["yes", "no"])
    target.script = lambda ask: answer(ask, "yes")
    ran = migrated(tmp_path, target, "--compare", "exact", *words)
    assert ran.code == code, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_gate_over_nothing_is_asked_wrongly(tmp_path, target):
    """An empty run is loud, no success, and passes no gate."""
    corpus(tmp_path / "corpus", ["hi"])
    plain = migrated(tmp_path, target, "category:nothing")
    assert plain.code == 1 and "NOTHING WAS COMPARED" in plain.stderr
    gated = migrated(tmp_path, target, "category:nothing", "--strict")
    assert gated.code == 2 and "no gate can be judged" in gated.stderr


def test_leaves_nothing_but_answers(tmp_path, target):
    """What a run works with is gone afterwards: git finds recordings, and nothing else."""
    corpus(tmp_path / "corpus", numbered(3))
    before = set((tmp_path / "corpus").iterdir())
    assert migrated(tmp_path, target).code == 0
    new = {path.name for path in set((tmp_path / "corpus").iterdir()) - before}
    assert len(new) == 3 and all(name.startswith("migration__") for name in new)


def test_without_a_key(tmp_path):
    """Nobody could be asked: the missing variable is named, planning and asking, and no report is written."""
    corpus(tmp_path / "corpus", ["hi"])
    words = ("migrate", "--target", "claude-haiku-4-5")
    told = "ANTHROPIC_API_KEY is not set: a live call to anthropic needs it\n"
    planned = agentrec(tmp_path, *words, "--dry-run")
    assert planned.code == 0 and planned.stderr.endswith(f"Nothing was asked\n{told}")
    asked = agentrec(tmp_path, *words)
    assert (asked.code, asked.stdout, asked.stderr) == (2, "", f"agentrec: {told}")


def test_a_corpus_that_is_not_there_is_told(tmp_path, target):
    """With the cure, and without making it."""
    ran = migrated(tmp_path, target, "--corpus", "nowhere")
    assert ran.code == 2 and "agentrec run" in ran.stderr
    assert not (tmp_path / "nowhere").exists()


def test_several_targets_are_compared(tmp_path, target):
    """One report over both."""
    corpus(tmp_path / "corpus", numbered(3))
    ran = migrated(tmp_path, target, "--target", "n", "--json", "--format", "json", "--out", "r")
    assert [one["target"] for one in json.loads(ran.stdout)["targets"]] == ["m", "n"]
    assert ran.code == 0 and len(target.asked) == 6


def test_only_what_got_worse_fails(tmp_path, target):
    """The report of last week is the measure of this week's."""
    corpus(tmp_path / "corpus", ["yes", "no"])
    target.script = lambda ask: answer(ask, "yes")
    words = ["--compare", "exact", "--format", "json", "--out"]
    assert migrated(tmp_path, target, *words, "old").code == 0
    again = migrated(tmp_path, target, *words, "new", "--strict", "--baseline-report", "old.json")
    assert again.code == 0, again.stdout
    for path in (tmp_path / "corpus").glob("migration__*.json"):
        path.unlink()
    target.script = lambda ask: answer(ask, "maybe")
    worse = migrated(tmp_path, target, *words, "new", "--strict", "--baseline-report", "old.json")
    assert worse.code == 1 and "1 got worse" in worse.stdout


def test_online_comparators_are_refused_offline(tmp_path):
    """`report` asks nobody, and says what to do."""
    corpus(tmp_path / "corpus", ["hi"])
    ran = agentrec(tmp_path, "report", "--target", "gpt-5-nano", "--compare", "exact,judge")
    assert ran.code == 2
    assert "judge" in ran.stderr and "agentrec migrate" in ran.stderr


def test_all_is_what_computes_in_a_report(tmp_path):
    """`report --compare all` is exact and fuzzy."""
    corpus(tmp_path / "corpus", ["hi"])
    ran = agentrec(tmp_path, "report", "--target", "gpt-5-nano", "--compare", "all")
    assert ran.code == 1 and "exact" in ran.stdout and "fuzzy" in ran.stdout


def test_max_cost_needs_a_price(tmp_path, target):
    """Without one there is no stopping in time: exit 2 before anything is asked."""
    corpus(tmp_path / "corpus", ["hi"])
    ran = migrated(tmp_path, target, "--max-cost", "1")
    assert ran.code == 2 and "no price for 'm'" in ran.stderr
    assert target.asked == []


@pytest.mark.parametrize("words", [["--max-cost", "1"], ["--dry-run"]], ids=" ".join)
def test_no_price_list(tmp_path, target, monkeypatch, capsys, words):
    """Where no price list is installed, what lacks a price says what brings one."""
    corpus(tmp_path / "corpus", ["hi"])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(PriceLibrary, "__init__", lambda self: setattr(self, "version", None))
    main(["migrate", "--target", "gpt-5-nano", "--target-url", target.url, *words])
    assert "`pip install 'agentrec-auto[migrate]'` brings a price list" in capsys.readouterr().err


def test_hostile_words_do_not_reach_the_terminal(tmp_path, target):
    """What a provider's error says is spelled out."""
    put(tmp_path / "corpus", interaction("hi"))
    target.script = lambda ask: Reply(400, b"\x1b[2J\x1b]0;pwned\x07")
    ran = migrated(tmp_path, target)
    assert ran.code == 1 and "\x1b" not in ran.stdout + ran.stderr
    assert "400" in ran.stdout
