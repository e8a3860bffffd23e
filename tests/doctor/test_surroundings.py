"""What the doctor says of settings, the corpus, CI, and whose ``agentrec`` is called."""

from __future__ import annotations

import os
from pathlib import Path

from doctor.asking import Ask


def test_off(ask: Ask) -> None:
    """Switched off, nothing is recorded; who says so is named, and the rest is looked at all the same."""
    answer = ask("python", "app.py", env={"AGENTREC_MODE": "off"})
    assert (answer.code, answer.verdict) == (1, "no: the mode is off, says AGENTREC_MODE")
    assert answer.state("httpx2") == "covered"


def test_ci(ask: Ask, project: Path) -> None:
    """In CI, auto replays: said, with the way to record all the same."""
    (project / "corpus").mkdir()
    (project / "corpus/openai_m_0123456789abcdef.json").write_text("{}")
    answer = ask("python", "app.py", env={"CI": "true"})
    assert answer.verdict.endswith("are replayed")
    assert "CI=true" in answer.text("mode")
    assert "--mode record" in answer.cures


def test_a_config_file(ask: Ask, project: Path) -> None:
    """Settings are told with what said them."""
    (project / "agentrec.toml").write_text('[agentrec]\nmode = "record"\ncorpus = "tapes"\n')
    answer = ask("python", "app.py")
    assert answer.text("mode") == "record, says agentrec.toml [agentrec]"
    assert answer.text("corpus") == f"{project / 'tapes'}, says agentrec.toml [agentrec]"


def test_a_config_file_that_is_wrong(ask: Ask, project: Path) -> None:
    """Its problem is the answer."""
    (project / "agentrec.toml").write_text('[agentrec]\nmode = "replya"\n')
    answer = ask("python", "app.py")
    assert answer.code == 1
    assert answer.verdict.startswith("no: unknown mode 'replya' in agentrec.toml")
    assert answer.state("httpx2") == "covered"


def test_a_corpus_that_is_a_file(ask: Ask, project: Path) -> None:
    """A corpus that can't be written stands in the way of recording."""
    (project / "corpus").write_text("")
    answer = ask("python", "app.py")
    assert (answer.code, answer.state("corpus")) == (1, "in_the_way")
    assert answer.state("httpx2") == "covered"
    assert ask("python", "app.py", flags=("--mode", "replay")).state("corpus") == "in_the_way"


def test_nothing_to_replay(ask: Ask) -> None:
    """In replay, an empty corpus answers nothing; it does where calls that it misses may be recorded."""
    answer = ask("python", "app.py", flags=("--mode", "replay"))
    assert answer.code == 1
    assert answer.verdict.startswith("no: nothing is recorded in ")
    assert ask("python", "app.py", env={"AGENTREC_MODE": "replay", "AGENTREC_ON_MISS": "record"}).code == 0


def test_a_misspelt_variable(ask: Ask) -> None:
    """A variable that nobody reads, and looks like ours, is told."""
    assert "did you mean AGENTREC_CORPUS?" in ask("python", env={"AGENTREC_CORPSE": "x"}).text("environment")


def test_another_agentrec(ask: Ask, project: Path) -> None:
    """Where another distribution owns the command's name, that is said."""
    (project / "bin").mkdir()
    (project / "bin/agentrec").write_text("#!/usr/bin/python3\nimport sys\nfrom agentrec.cli import main\n")
    (project / "bin/agentrec").chmod(0o755)
    answer = ask("python", env={"PATH": f"{project / 'bin'}{os.pathsep}{os.environ['PATH']}"})
    assert "belongs to agentrec, not to agentrec-auto" in answer.text("agentrec")
    assert "`agentrec-auto`" in answer.cures
