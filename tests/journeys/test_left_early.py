"""An app that left a stream early, and reads on when it is replayed: the SDK's own error says what is missing."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from loopback import LoopbackServer
from processes import Run

APPS = {
    "openai": """
import openai, sys
client = openai.OpenAI(base_url=sys.argv[1] + "/v1", api_key="k")
streams = (
    client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}], stream=True),
    client.responses.create(model="m", input="hi", stream=True),
)
""",
    "anthropic": """
import anthropic, sys
client = anthropic.Anthropic(base_url=sys.argv[1], api_key="k")
streams = (
    client.messages.create(model="m", max_tokens=9, messages=[{"role": "user", "content": "hi"}], stream=True),
)
""",
}
READS = """
for stream in streams:
    try:
        for number, event in enumerate(stream):
            if number == int(sys.argv[2]): stream.close(); break
        print("left")
    except Exception as error:
        print(type(error).__name__, error)
"""
ENDS = "ends here: when it was made, the app stopped reading after"


@pytest.mark.parametrize(("sdk", "streams"), [("openai", 2), ("anthropic", 1)])
def test_left_early(
    run_agentrec: Run, server: LoopbackServer, tmp_path: Path, sdk: str, streams: int
) -> None:
    """It gets the recording's last words in its SDK's error, at once; the run ends red."""
    (tmp_path / "app.py").write_text(APPS[sdk] + READS)

    def run(mode: str, events: int) -> tuple[str, str, int]:
        words = ("run", "--mode", mode, "--", sys.executable, "app.py", server.url, events)
        ran = run_agentrec(*map(str, words), cwd=tmp_path)
        return ran.stdout, ran.stderr, ran.code

    assert run("record", 1)[::2] == ("left\n" * streams, 0)
    server.stop()
    assert run("replay", 1)[::2] == ("left\n" * streams, 0)
    said, told, code = run("replay", 10_000)
    assert [ENDS in line for line in said.splitlines()] == [True] * streams, (sdk, version(sdk), said)
    assert "Record it again with AGENTREC_MODE=refresh" in told and code == 3
