"""Replay needs no secrets: what is made up, and what never is."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from bootstrap.programs import written
from processes import Run

from agentrec_auto.bootstrap import hook
from agentrec_auto.bootstrap.keys import DEFAULT, DUMMY
from agentrec_auto.providers.hosts import BEDROCK_VARIABLES

PY = sys.executable
TELL = "import json, os; print(json.dumps(dict(os.environ)))"


@pytest.fixture
def seen(run_agentrec: Run, tmp_path: Path):  # type: ignore[no-untyped-def]
    """``seen("--mode", "replay", env={…})``: the environment of a Python under ``agentrec run``."""

    def tell(*options: str, env: dict[str, str] | None = None, script: str = TELL) -> dict[str, str]:
        ran = run_agentrec(
            "run", *options, "--", PY, "-c", script, env={"HOME": str(tmp_path), **(env or {})}
        )
        told: dict[str, str] = json.loads(ran.stdout)
        return told

    return tell


def test_default_set(seen) -> None:  # type: ignore[no-untyped-def]
    """Without a word from the corpus, the usual variables have a value, the region one that exists."""
    told = seen("--mode", "replay")
    assert all(told[name] for name in DEFAULT)
    assert (told["OPENAI_API_KEY"], told["AWS_DEFAULT_REGION"]) == (DUMMY, "us-east-1")


@pytest.mark.parametrize("mode", ["auto", "record", "refresh", "verify", "off"])
def test_only_in_replay(seen, mode: str) -> None:  # type: ignore[no-untyped-def]
    """In every other mode a missing key stays missing."""
    assert not set(seen("--mode", mode)) & set(DEFAULT)


def test_never_overwritten(seen) -> None:  # type: ignore[no-untyped-def]
    """A key that is there stays; an empty one, as CI gives a fork, counts as missing."""
    told = seen("--mode", "replay", env={"OPENAI_API_KEY": "mine", "ANTHROPIC_API_KEY": ""})
    assert (told["OPENAI_API_KEY"], told["ANTHROPIC_API_KEY"]) == ("mine", DUMMY)


def test_those_of_the_recording(seen, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Where the corpus says which variables the app had, exactly those are set."""
    (tmp_path / "tapes").mkdir()
    written(tmp_path / "tapes", ".agentrec-keys", "GROQ_API_KEY\nAZURE_OPENAI_ENDPOINT\n")
    told = seen("--mode", "replay", "--corpus", "tapes")
    assert told["GROQ_API_KEY"] == DUMMY
    assert told["AZURE_OPENAI_ENDPOINT"].startswith("https://")
    assert not set(told) & set(DEFAULT) - {"GROQ_API_KEY"}


def test_google_is_not_told_twice(seen) -> None:  # type: ignore[no-untyped-def]
    """With GEMINI_API_KEY there, GOOGLE_API_KEY is left unset: google-genai warns of both."""
    assert "GOOGLE_API_KEY" not in seen("--mode", "replay", env={"GEMINI_API_KEY": "mine"})


def test_real_aws_credentials_are_not_hidden(seen, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Where there may be a profile, a dummy would take its place for S3, too."""
    assert "AWS_ACCESS_KEY_ID" not in seen("--mode", "replay", env={"AWS_PROFILE": "work"})
    (tmp_path / ".aws").mkdir()
    assert "AWS_ACCESS_KEY_ID" not in seen("--mode", "replay")


@pytest.mark.parametrize("where", ["environment", "file"])
def test_switched_off(seen, tmp_path: Path, where: str) -> None:  # type: ignore[no-untyped-def]
    """``dummy_keys = false``, or AGENTREC_DUMMY_KEYS=0."""
    if where == "file":
        written(tmp_path, "agentrec.toml", "[agentrec]\ndummy_keys = false\n")
    env = {"AGENTREC_DUMMY_KEYS": "0"} if where == "environment" else {}
    assert not set(seen("--mode", "replay", env=env)) & set(DEFAULT)


def test_a_cleared_child_has_them(seen) -> None:  # type: ignore[no-untyped-def]
    """A child with an environment of its own gets what it lacks, and keeps what it has."""
    script = f"import subprocess; subprocess.run([{PY!r}, '-c', {TELL!r}], env={{'OPENAI_API_KEY': 'its'}})"
    told = seen("--mode", "replay", script=script)
    assert (told["OPENAI_API_KEY"], told["ANTHROPIC_API_KEY"]) == ("its", DUMMY)


def test_a_recording_inside_a_replay_has_none(seen) -> None:  # type: ignore[no-untyped-def]
    """What replay made up is taken back where another mode begins."""
    script = (
        f"import subprocess; subprocess.run([{PY!r}, '-m', 'agentrec_auto', 'run', '--mode', 'record', '--', "
        f"{PY!r}, '-c', {TELL!r}])"
    )
    assert not set(seen("--mode", "replay", script=script, env={"OPENAI_API_KEY": "mine"})) & set(DEFAULT) - {
        "OPENAI_API_KEY"
    }


def test_without_a_launcher(run_python: Run, tmp_path: Path) -> None:
    """A first process under the bare variables has them before its first line."""
    env = {"AGENTREC_MODE": "replay", "PYTHONPATH": hook.INJECT, "HOME": str(tmp_path)}
    assert json.loads(run_python("-c", TELL, env=env).stdout)["OPENAI_API_KEY"] == DUMMY


@pytest.mark.parametrize("file", ["agentrec.toml", "pyproject.toml"])
def test_without_a_launcher_the_file_says_where(run_python: Run, tmp_path: Path, file: str) -> None:
    """So do those of a corpus that only the config file names."""
    table = "[agentrec]" if file == "agentrec.toml" else "[tool.agentrec]"
    written(tmp_path, file, f"{table}\ncorpus = 'tapes'\n")
    (tmp_path / "tapes").mkdir()
    written(tmp_path / "tapes", ".agentrec-keys", "GROQ_API_KEY\n")
    env = {"AGENTREC_MODE": "replay", "PYTHONPATH": hook.INJECT, "HOME": str(tmp_path)}
    told = json.loads(run_python("-c", TELL, env=env).stdout)
    assert set(told) & set(DEFAULT) == {"GROQ_API_KEY"}
    written(tmp_path, file, f"{table}\ndummy_keys = false\n")
    assert not set(json.loads(run_python("-c", TELL, env=env).stdout)) & set(DEFAULT)


BEDROCK = "".join(f"{name}\n" for name in ("OPENAI_API_KEY", *BEDROCK_VARIABLES))


def test_bedrock(seen, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Where Bedrock was recorded by a profile or a role, which no variable tells, AWS gets dummies, too."""
    (tmp_path / "tapes").mkdir()
    written(tmp_path / "tapes", ".agentrec-keys", BEDROCK)
    told = seen("--mode", "replay", "--corpus", "tapes")
    assert (told["AWS_ACCESS_KEY_ID"], told["AWS_DEFAULT_REGION"]) == (DUMMY, "us-east-1")
    assert not [name for name in told if name.endswith("?")]


def test_bedrock_with_credentials(seen, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """But not where a profile is named: dummies would hide it from the app's other AWS clients."""
    (tmp_path / "tapes").mkdir()
    written(tmp_path / "tapes", ".agentrec-keys", BEDROCK)
    told = seen("--mode", "replay", "--corpus", "tapes", env={"AWS_PROFILE": "work"})
    assert told["OPENAI_API_KEY"] == DUMMY
    assert "AWS_ACCESS_KEY_ID" not in told
