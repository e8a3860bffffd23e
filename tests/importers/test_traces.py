"""Exports of tracing tools: conversations without bytes, which become recordings that say so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from importers.conftest import Agentrec, stored, the_one
from importers.traces import MODEL, PARTS, SHAPES, WEATHER, generation, llm_run, otlp

from agentrec_auto.providers.conversation import Text, ToolCall, ToolResult
from agentrec_auto.providers.registry import read


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes(agentrec: Agentrec, shape: str) -> None:
    """Question, answer, settings, tokens and time are those of the trace, in whichever shape it came."""
    source, document = SHAPES[shape]
    Path("export.json").write_text(json.dumps(document))
    ran = agentrec("import", "export.json")
    assert ran.code == 0, ran.stderr
    one = the_one()
    told = read(one)
    question, answer = told.question, told.answer
    assert question and answer and answer.usage
    assert (question.system, question.turns[0].text, answer.text) == (("Be brief.",), "Hi", "Hello")
    assert (question.model, question.sampling.temperature, question.sampling.max_tokens) == (
        "gpt-4o-mini",
        0.2,
        50,
    )
    assert (answer.usage.input, answer.usage.cache_read, answer.usage.output) == (10, 3, 5)
    assert (one.metadata["imported_from"], one.metadata["synthesised"]) == (source, True)
    assert (one.metadata["latency_s"], one.metadata["tags"]) == (1.5, {"name": "greet"})
    assert one.metadata["recorded_at"] == "2026-11-23T06:00:01.500000+00:00"
    assert one.request.url == "https://api.openai.com/v1/chat/completions"


@pytest.mark.parametrize("shape", ["langfuse list", "langsmith list", "otel parts"])
def test_lines(agentrec: Agentrec, shape: str) -> None:
    """JSON by the line; a torn line is told, and costs the others nothing."""
    _, document = SHAPES[shape]
    line = json.dumps(document[0] if isinstance(document, list) else document)
    Path("export.jsonl").write_text(f"{line}\n{line.replace('Hello', 'Hello again')}\n{line[:50]}")
    ran = agentrec("import", "export.jsonl")
    assert ran.code == 0 and "export.jsonl line 3: not JSON, or cut off" in ran.stderr
    assert len(stored()) == 2


TOOLS = [
    {"role": "user", "content": "Weather in Rome?"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": "call_1",
                "type": "function",
                "function": {"name": "get_weather", "arguments": '{"city":"Rome"}'},
            }
        ],
    },
    {"role": "tool", "tool_call_id": "call_1", "content": "sunny"},
]
IN_BLOCKS = [
    TOOLS[0],
    {
        "role": "assistant",
        "content": [{"type": "tool_use", "id": "call_1", "name": "get_weather", "input": {"city": "Rome"}}],
    },
    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "call_1", "content": "sunny"}]},
]
IN_PARTS = [
    {"role": "user", "parts": [{"type": "text", "content": "Weather in Rome?"}]},
    {
        "role": "assistant",
        "parts": [
            {"type": "tool_call", "id": "call_1", "name": "get_weather", "arguments": {"city": "Rome"}}
        ],
    },
    {"role": "tool", "parts": [{"type": "tool_call_response", "id": "call_1", "response": "sunny"}]},
]


@pytest.mark.parametrize("model", ["gpt-4o-mini", "claude-haiku-4-5"])
@pytest.mark.parametrize("asked", [TOOLS, IN_BLOCKS, IN_PARTS], ids=["openai", "anthropic", "otel"])
def test_tools(agentrec: Agentrec, asked: list[Any], model: str) -> None:
    """Definitions, calls and results of tools are carried over, whoever's spelling they come in."""
    call = {"id": "call_2", "name": "get_weather", "args": {"city": "Pisa"}, "type": "tool_call"}
    one = generation(
        model=model,
        input={"messages": asked, "tools": [{"type": "function", "function": WEATHER}]},
        output={"type": "ai", "content": "", "tool_calls": [call]},
    )
    Path("export.json").write_text(json.dumps([one]))
    assert agentrec("import", "export.json").code == 0
    told = read(the_one())
    assert told.question and told.answer
    _, called, result = told.question.turns
    assert called.parts == (ToolCall("get_weather", {"city": "Rome"}, "call_1"),)
    assert result.parts == (ToolResult("call_1", (Text("sunny"),)),)
    assert told.answer.tool_calls == (ToolCall("get_weather", {"city": "Pisa"}, "call_2"),)
    assert told.answer.finish_reason == "tool_calls"
    assert [tool.name for tool in told.question.tools] == ["get_weather"]


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ([generation(level="ERROR", statusMessage="overloaded")], "the call failed: overloaded"),
        ([generation(model=None)], "it doesn't say which model was asked"),
        ([generation(output=None)], "its output was not captured"),
        ([generation(input=[{"role": "wizard", "content": "x"}])], "a message of 'wizard'"),
        ([llm_run(error="timeout")], "the call failed: timeout"),
        ([llm_run(inputs={})], "its inputs hold no messages"),
        ([llm_run(outputs=None)], "its outputs were not captured"),
        (otlp(MODEL), "its messages were not captured"),
        (otlp({**MODEL, **PARTS}, status={"code": 2, "message": "boom"}), "the call failed: boom"),
    ],
)
def test_reasons(agentrec: Agentrec, document: Any, why: str) -> None:
    """What can't be imported is skipped, and says why; where that is all, the answer is no."""
    Path("export.json").write_text(json.dumps(document))
    ran = agentrec("import", "export.json")
    assert ran.code == 1 and why in ran.stderr


def test_other_spans(agentrec: Agentrec) -> None:
    """Spans of tools, chains and databases are left out and counted."""
    others = [generation(type="SPAN"), generation()]
    Path("langfuse.json").write_text(json.dumps(others))
    Path("otel.jsonl").write_text(
        "\n".join(
            json.dumps(one)
            for one in (otlp({"db.system": "pg"}), otlp({**MODEL, "gen_ai.operation.name": "execute_tool"}))
        )
    )
    said = agentrec("import", "langfuse.json", "otel.jsonl").stderr
    for what in ("span observations 1", "spans of something else 1", "execute_tool spans 1"):
        assert what in said


def test_they_say_so(agentrec: Agentrec) -> None:
    """Importing says which are synthesised, and so does the page of one."""
    Path("export.json").write_text(json.dumps([generation()]))
    ran = agentrec("import", "export.json")
    assert "synthesised: 1" in ran.stderr
    assert "synthesised" in agentrec("show").stdout


def test_images(agentrec: Agentrec) -> None:
    """An image goes along, with its bytes or by its URL."""
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}}
    asked = [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, image]}]
    Path("export.json").write_text(json.dumps([generation(input=asked, model="claude-haiku-4-5")]))
    agentrec("import", "export.json")
    (block,) = json.loads(the_one().request.content)["messages"][0]["content"][1:]
    assert block["source"] == {"type": "base64", "media_type": "image/png", "data": "aGk="}
