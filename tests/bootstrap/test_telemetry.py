"""What observability tools send off beside a model's calls goes on, in every mode, and is neither kept nor refused."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from bootstrap.programs import counted, written
from loopback import LoopbackServer
from processes import Run

pytestmark = pytest.mark.slow

CALL = """
import os
from openai import OpenAI

def asked():
    client = OpenAI(base_url=os.environ["LLM"] + "/v1", api_key="sk-telemetry-0123456789abcdef")
    done = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}])
    return done.choices[0].message.content
"""

TOOLS = {
    "langsmith": ("langsmith", """
from langsmith import Client, traceable
client = Client(api_url=os.environ["SINK"], api_key="lsv2_pt_0123456789", auto_batch_tracing=True)
os.environ["LANGSMITH_TRACING"] = "true"
print(traceable(client=client)(asked)())
client.flush()
"""),
    "langfuse": ("langfuse", """
from langfuse import Langfuse
client = Langfuse(public_key="pk-lf-1", secret_key="sk-lf-1", base_url=os.environ["SINK"])
with client.start_as_current_observation(name="asked"):
    print(asked())
client.flush()
"""),
    "opentelemetry": ("opentelemetry.exporter.otlp.proto.http", """
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(os.environ["SINK"] + "/v1/traces", timeout=1)))
with provider.get_tracer("t").start_as_current_span("asked"):
    print(asked())
provider.shutdown()
"""),
    "openai-agents": ("agents", """
from agents.tracing.processors import BackendSpanExporter
from agents import set_trace_processors, trace
from agents.tracing.processors import BatchTraceProcessor
sent = BatchTraceProcessor(BackendSpanExporter(api_key="sk-1", endpoint=os.environ["SINK"] + "/v1/traces/ingest"))
set_trace_processors([sent])
with trace("asked"):
    print(asked())
sent.force_flush()
"""),
}  # fmt: skip
"""What they are called → a module of theirs, and a program that sends a trace to ``$SINK``."""


@pytest.mark.parametrize("tool", TOOLS)
def test_passes(tmp_path: Path, server: LoopbackServer, run_agentrec: Run, tool: str) -> None:
    """Recording and replaying, the tool's own server hears of it; the model's answers are all that is kept."""
    module, program = TOOLS[tool]
    try:
        found = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        found = None
    if not found:
        pytest.skip(f"{tool} is not installed")
    written(tmp_path, "app.py", CALL + program)
    said = []
    for mode, calls in (
        ("record", {"recorded": 1, "replayed": 0}),
        ("replay", {"recorded": 0, "replayed": 1}),
    ):
        if mode == "replay":
            server.stop()
        with LoopbackServer() as sink:
            env = {"LLM": server.url, "SINK": sink.url}
            ran = run_agentrec("run", "--mode", mode, "--", sys.executable, "app.py", env=env)
            assert ran.code == 0, ran.stderr
            assert sink.hits > 0, (mode, ran.stderr)
        assert counted(ran.stderr) == {**calls, "missed": 0}, ran.stderr
        said.append(ran.stdout)
    assert said[0] == said[1]
    assert len(list((tmp_path / "corpus").glob("*.json"))) == 1
