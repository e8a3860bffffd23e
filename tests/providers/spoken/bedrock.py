"""Amazon Bedrock: Converse, and InvokeModel with an Anthropic body."""

from __future__ import annotations

import json
from typing import Any

from providers.spoken.anthropic import ANTHROPIC
from providers.spoken.openai_chat import FUNCTION
from providers.spoken.said import ANSWER, ARGUMENTS, CODED, PIECES, SCHEMA, Spoken, chunked, frames


def _converse(*content: Any, stop: str = "end_turn") -> dict[str, Any]:
    usage = {
        "inputTokens": 9,
        "outputTokens": 4,
        "totalTokens": 21,
        "cacheReadInputTokens": 5,
        "cacheWriteInputTokens": 3,
    }
    return {
        "output": {"message": {"role": "assistant", "content": list(content)}},
        "stopReason": stop,
        "usage": usage,
    }


_BEDROCK = "https://bedrock-runtime.us-east-1.amazonaws.com/model/m"
_USE = {"toolUse": {"toolUseId": "tooluse_1", "name": "weather", "input": ARGUMENTS}}
_BLOCKS = {"role": "user", "content": [{"text": "Weather in Nice?"}]}

BEDROCK_CONVERSE = Spoken(
    "bedrock_converse",
    f"{_BEDROCK}/converse",
    ask={
        "system": [{"text": "Be brief."}],
        "messages": [_BLOCKS],
        "inferenceConfig": {"temperature": 0.5, "maxTokens": 50, "stopSequences": ["\n"]},
    },
    answer=_converse({"text": ANSWER}),
    stream=frames(
        ("messageStart", {"role": "assistant"}),
        *(("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": piece}}) for piece in PIECES),
        ("contentBlockStop", {"contentBlockIndex": 0}),
        ("messageStop", {"stopReason": "end_turn"}),
        ("metadata", {"usage": _converse()["usage"], "metrics": {"latencyMs": 1}}),
    ),
    stream_url=f"{_BEDROCK}/converse-stream",
    stream_type="application/vnd.amazon.eventstream",
    stream_ask={},
    usage=(9, 5, 3, 4, 0),
    model=None,
    call=_converse(_USE, stop="tool_use"),
    call_stream=frames(
        ("messageStart", {"role": "assistant"}),
        (
            "contentBlockStart",
            {
                "contentBlockIndex": 0,
                "start": {"toolUse": {"toolUseId": "tooluse_1", "name": "weather"}},
            },
        ),
        *(
            ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"toolUse": {"input": piece}}})
            for piece in (FUNCTION["arguments"][:6], FUNCTION["arguments"][6:])
        ),
        ("messageStop", {"stopReason": "tool_use"}),
        ("metadata", {"usage": _converse()["usage"]}),
    ),
    tools={
        "toolConfig": {
            "tools": [
                {"toolSpec": {"name": "weather", "description": "Tells it", "inputSchema": {"json": SCHEMA}}}
            ],
            "toolChoice": {"any": {}},
        }
    },
    results={
        "messages": [
            _BLOCKS,
            {"role": "assistant", "content": [_USE]},
            {
                "role": "user",
                "content": [{"toolResult": {"toolUseId": "tooluse_1", "content": [{"text": "21"}]}}],
            },
        ]
    },
    image={
        "messages": [
            {
                "role": "user",
                "content": [
                    {"text": "What is it?"},
                    {"image": {"format": "png", "source": {"bytes": CODED}}},
                ],
            }
        ]
    },
    cut=_converse({"text": "Sun"}, stop="max_tokens"),
    refusal=_converse({"text": ""}, stop="guardrail_intervened"),
    refused_as="filtered",
    error={"__type": "ValidationException", "message": "No such model"},
)

BEDROCK_INVOKE = Spoken(
    "bedrock_invoke",
    f"{_BEDROCK}/invoke",
    ask={
        "anthropic_version": "bedrock-2023-05-31",
        **{k: v for k, v in ANTHROPIC.ask.items() if k != "model"},
    },
    answer=ANTHROPIC.answer,
    stream=chunked(
        *(json.loads(block.partition(b"data: ")[2]) for block in ANTHROPIC.stream.split(b"\n\n") if block)
    ),
    stream_url=f"{_BEDROCK}/invoke-with-response-stream",
    stream_type="application/vnd.amazon.eventstream",
    stream_ask={},
    usage=ANTHROPIC.usage,
    call=ANTHROPIC.call,
    tools=ANTHROPIC.tools,
    results={**ANTHROPIC.results, "anthropic_version": "bedrock-2023-05-31"},
    image={**ANTHROPIC.image, "anthropic_version": "bedrock-2023-05-31"},
    cut=ANTHROPIC.cut,
    refusal=ANTHROPIC.refusal,
    error={"message": "No such model"},
)
