"""``agentrec profiles``: who can be asked, and whose key is set."""

import json

import pytest
from processes import called

FILE = """
[target.cheap]
model = "gpt-5-nano"

[target.odd]
model = "smollm2"
"""


@pytest.fixture
def profiles(tmp_path):
    """``profiles(*words, **environment)``, in a folder with two targets."""
    (tmp_path / "agentrec.toml").write_text(FILE)

    def command(*words, **environment):
        return called("profiles", *words, cwd=tmp_path, env=environment)

    return command


def listed(ran):
    assert ran.code == 0, ran.stderr
    return {one["name"]: one for one in json.loads(ran.stdout)}


def test_list(profiles):
    """All that can be asked, the user's own first, with the variable whose key is set."""
    ran = profiles("--json", GROQ_API_KEY="gsk-1234")
    found = listed(ran)
    assert [*found][:3] == ["cheap", "odd", "openai"]
    assert (found["groq"]["ready"], found["groq"]["key_set"]) == (True, "GROQ_API_KEY")
    assert (found["xai"]["ready"], found["xai"]["key_set"]) == (False, None)
    assert found["local"]["ready"] is True
    assert "gsk-1234" not in ran.stdout


def test_own_targets(profiles):
    """A target shows what it comes to; one that can't be asked says why."""
    found = listed(profiles("--json"))
    assert (found["cheap"]["kind"], found["cheap"]["model"]) == ("target", "gpt-5-nano")
    assert found["cheap"]["url"] == "https://api.openai.com/v1"
    assert found["odd"]["ready"] is False
    assert "can't tell the provider of model 'smollm2'" in found["odd"]["note"]


def test_table(profiles):
    """People get a line each."""
    lines = profiles(MISTRAL_API_KEY="k").stdout.splitlines()
    assert lines[0].split() == ["name", "key", "models", "where"]
    told = {line.split()[0]: line for line in lines[1:]}
    assert "MISTRAL_API_KEY is set" in told["mistral"]
    assert "ANTHROPIC_API_KEY is not set" in told["anthropic"]
    assert "can't be asked" in told["odd"]


def test_show(profiles):
    """One of them, whole."""
    told = profiles("show", "openai", "--json").stdout
    assert json.loads(told)["dialects"] == ["openai_chat", "openai_responses"]
    assert "https://api.anthropic.com" in profiles("show", "anthropic").stdout


def test_show_nobody(profiles):
    """A name that nobody has is asked wrongly."""
    ran = profiles("show", "nobody")
    assert ran.code == 2
    assert "no target and no provider is called 'nobody': expected anthropic, " in ran.stderr
