"""What only Bedrock has: Converse's blocks, and each model family's own body under InvokeModel."""

import json

import pytest
from providers.reads import answer, question, reading
from providers.spoken.bedrock import BEDROCK_CONVERSE
from providers.spoken.said import CODED, IMAGE, chunked, frame, frames

from agentrec_auto.providers.conversation import Media, Other, Reasoning, Text, ToolResult, Turn, Usage

HOST = "https://bedrock-runtime.eu-west-1.amazonaws.com/model"
CONVERSE = f"{HOST}/eu.amazon.nova-lite-v1%3A0/converse"
EVENTS = "application/vnd.amazon.eventstream"
HI = {"role": "user", "content": [{"text": "Hi"}]}


def user(*blocks):
    (turn,) = question(CONVERSE, {"messages": [{"role": "user", "content": list(blocks)}]}).turns
    return turn.parts


def test_model_in_path():
    """The model is in the path, percent-encoded."""
    assert question(CONVERSE, {"messages": [HI]}).model == "eu.amazon.nova-lite-v1:0"


def test_media():
    """Documents by name, videos by their place."""
    assert user(
        {"document": {"format": "pdf", "name": "Bill", "source": {"bytes": CODED}}},
        {"video": {"format": "mp4", "source": {"s3Location": {"uri": "s3://b/v"}}}},
    ) == (
        Media("file", "application/pdf", len(IMAGE), None, "Bill", user({"image": {"source": {"bytes": CODED}}})[0].digest),
        Media("video", "video/mp4", url="s3://b/v"),
    )  # fmt: skip


def test_blocks():
    """Guarded texts are texts; cache points are nothing; what isn't known is named."""
    assert user(
        {"guardContent": {"text": {"text": "x"}}}, {"cachePoint": {"type": "default"}}, {"hologram": {"a": 1}}
    ) == (Text("x"), Other("hologram", {"a": 1}))


def test_result_parts():
    """A tool's result may be JSON, and may be a failure."""
    result = {"toolUseId": "1", "content": [{"json": {"a": 1}}], "status": "error"}
    assert question(
        CONVERSE, {"messages": [{"role": "user", "content": [{"toolResult": result}]}]}
    ).turns == (Turn("tool", (ToolResult("1", (Text('{"a": 1}'),), is_error=True),)),)


def test_reasoning():
    """Thoughts, plain and streamed."""
    block = {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "s"}}}
    body = {"output": {"message": {"content": [block, {"text": "x"}]}}, "stopReason": "end_turn"}
    plain = answer(CONVERSE, {"messages": [HI]}, body)
    deltas = [
        (0, {"reasoningContent": {"text": "h"}}),
        (0, {"reasoningContent": {"text": "m"}}),
        (1, {"text": "x"}),
    ]
    streamed = answer(
        f"{CONVERSE}-stream",
        {"messages": [HI]},
        frames(
            *(("contentBlockDelta", {"contentBlockIndex": index, "delta": delta}) for index, delta in deltas),
            ("messageStop", {"stopReason": "end_turn"}),
        ),
        kind=EVENTS,
    )
    assert plain.first.parts == streamed.first.parts == (Reasoning("hm"), Text("x"))


def test_exception_in_stream():
    """A stream that ends in an exception: what came before is there, and the exception."""
    body = frames(("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "x"}}))
    body += frame("throttlingException", {"message": "Too many"}, kind="exception")
    told = answer(f"{CONVERSE}-stream", {"messages": [HI]}, body, kind=EVENTS)
    assert (told.text, told.is_whole, told.error) == ("x", False, "throttlingException: Too many")


@pytest.mark.parametrize("at", [0, 5, 9, 60])
def test_corrupt_frames(at):
    """A frame whose checksum is wrong ends what can be read."""
    body = bytearray(BEDROCK_CONVERSE.stream)
    body[at] ^= 0xFF
    told = reading(f"{CONVERSE}-stream", {"messages": [HI]}, bytes(body), kind=EVENTS)
    assert told.answer is None or not told.answer.is_whole


FAMILIES = {
    "titan": (
        "amazon.titan-text-express-v1",
        {"inputText": "Hi", "textGenerationConfig": {"maxTokenCount": 9, "temperature": 0.5}},
        {"inputTextTokenCount": 3, "results": [{"tokenCount": 2, "outputText": "x", "completionReason": "LENGTH"}]},
    ),
    "llama": (
        "meta.llama3-70b",
        {"prompt": "Hi", "max_gen_len": 9, "temperature": 0.5},
        {"generation": "x", "prompt_token_count": 3, "generation_token_count": 2, "stop_reason": "length"},
    ),
    "mistral": (
        "mistral.mistral-7b",
        {"prompt": "Hi", "max_tokens": 9, "temperature": 0.5},
        {"outputs": [{"text": "x", "stop_reason": "length"}]},
    ),
    "ai21 jurassic": (
        "ai21.j2-mid",
        {"prompt": "Hi", "maxTokens": 9, "temperature": 0.5},
        {"completions": [{"data": {"text": "x"}, "finishReason": {"reason": "length"}}]},
    ),
    "cohere command": (
        "cohere.command-text",
        {"prompt": "Hi", "max_tokens": 9, "temperature": 0.5},
        {"generations": [{"text": "x", "finish_reason": "MAX_TOKENS"}]},
    ),
    "cohere command r": (
        "cohere.command-r",
        {"message": "Hi", "max_tokens": 9, "temperature": 0.5},
        {"text": "x", "finish_reason": "MAX_TOKENS"},
    ),
    "claude 2": (
        "anthropic.claude-v2",
        {"prompt": "Hi", "max_tokens_to_sample": 9, "temperature": 0.5},
        {"completion": "x", "stop_reason": "max_tokens"},
    ),
    "claude": (
        "anthropic.claude-sonnet",
        {"anthropic_version": "b", "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 9, "temperature": 0.5},
        {"content": [{"type": "text", "text": "x"}], "stop_reason": "max_tokens"},
    ),
    "nova": (
        "amazon.nova-lite",
        {"messages": [HI], "inferenceConfig": {"max_new_tokens": 9, "temperature": 0.5}},
        {"output": {"message": {"content": [{"text": "x"}]}}, "stopReason": "max_tokens"},
    ),
    "imported": (
        "arn%3Aaws%3Abedrock%3Aeu%3A1%3Aimported-model%2Fm",
        {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 9, "temperature": 0.5},
        {"choices": [{"message": {"content": "x"}, "finish_reason": "length"}]},
    ),
    "imported, prompted": (
        "arn%3Aaws%3Abedrock%3Aeu%3A1%3Aimported-model%2Fm",
        {"prompt": "Hi", "max_tokens": 9, "temperature": 0.5},
        {"choices": [{"text": "x", "finish_reason": "length"}]},
    ),
}  # fmt: skip
COUNTED = [(b"X-Amzn-Bedrock-Input-Token-Count", b"3"), (b"X-Amzn-Bedrock-Output-Token-Count", b"2")]


@pytest.mark.parametrize("family", FAMILIES)
def test_families(family):
    """InvokeModel carries each family's own body; what it leaves out, the headers count."""
    model, asked, told = FAMILIES[family]
    found = reading(f"{HOST}/{model}/invoke", asked, told, headers=COUNTED)
    assert found.dialect == "bedrock_invoke"
    assert [turn.text for turn in found.question.turns] == ["Hi"]
    assert (found.question.sampling.max_tokens, found.question.sampling.temperature) == (9, 0.5)
    assert (found.answer.text, found.answer.finish_reason) == ("x", "length")
    assert found.answer.usage == Usage(input=3, output=2)


_METRICS = {"amazon-bedrock-invocationMetrics": {"inputTokenCount": 3, "outputTokenCount": 2}}
STREAMS = {
    "titan": [
        {"outputText": "x", "index": 0},
        {"outputText": "y", "completionReason": "FINISH", "inputTextTokenCount": 3, "totalOutputTextTokenCount": 2, **_METRICS},
    ],
    "llama": [{"generation": "x"}, {"generation": "y", "stop_reason": "stop", **_METRICS}],
    "mistral": [{"outputs": [{"text": "x"}]}, {"outputs": [{"text": "y", "stop_reason": "stop"}], **_METRICS}],
    "nova": [
        {"messageStart": {"role": "assistant"}},
        {"contentBlockDelta": {"delta": {"text": "xy"}, "contentBlockIndex": 0}},
        {"messageStop": {"stopReason": "end_turn"}},
        {"metadata": {"usage": {"inputTokens": 3, "outputTokens": 2}}, **_METRICS},
    ],
    "cohere command r": [
        {"event_type": "text-generation", "text": "xy"},
        {"event_type": "stream-end", "finish_reason": "COMPLETE", "response": {"text": "xy"}, **_METRICS},
    ],
    "claude 2": [{"completion": "x"}, {"completion": "y", "stop_reason": "stop_sequence", **_METRICS}],
    "imported": [
        {"choices": [{"delta": {"content": "xy"}}]},
        {"choices": [{"delta": {}, "finish_reason": "stop"}], **_METRICS},
    ],
}  # fmt: skip


@pytest.mark.parametrize("family", STREAMS)
def test_family_streams(family):
    """The same streamed: Amazon counts in the last event."""
    model, asked, _ = FAMILIES[family]
    url = f"{HOST}/{model}/invoke-with-response-stream"
    told = answer(url, asked, chunked(*STREAMS[family]), kind=EVENTS)
    assert (told.text, told.finish_reason, told.streamed) == ("xy", "stop", True)
    assert told.usage == Usage(input=3, output=2)
    assert told.is_whole or family == "imported"  # OpenAI's last event isn't among Amazon's


def test_guardrail():
    """A guardrail that stepped in says so, streamed too."""
    action = {"amazon-bedrock-guardrailAction": "INTERVENED"}
    asked = {"inputText": "Hi"}
    plain = answer(
        f"{HOST}/m/invoke", asked, {"results": [{"outputText": "No", "completionReason": "FINISH"}], **action}
    )
    streamed = answer(
        f"{HOST}/m/invoke-with-response-stream", asked, chunked({"outputText": "No", **action}), kind=EVENTS
    )
    assert plain.finish_reason == streamed.finish_reason == "filtered"
    assert streamed.is_whole


@pytest.mark.parametrize(
    ("model", "asked", "told"),
    [
        ("amazon.titan-embed-text-v2", {"inputText": "Hi"}, {"embedding": [0.5], "inputTextTokenCount": 1}),
        ("cohere.embed-english", {"texts": ["Hi"]}, {"embeddings": [[0.5]]}),
    ],
)
def test_embeddings(model, asked, told):
    """Embeddings of either family."""
    found = reading(f"{HOST}/{model}/invoke", asked, told, headers=COUNTED[:1])
    assert found.question.task == "embedding"
    assert found.answer.vectors == ((0.5,),)
    assert found.answer.usage is not None


def test_answer_without_question():
    """Where the request wasn't recorded, the answer is read all the same, and the rest is said."""
    told = reading(CONVERSE, b"", json.loads(json.dumps(BEDROCK_CONVERSE.answer)))
    assert told.question is None and told.answer.text == "Sunny ☀."
    assert told.why == "the request body has no messages list"
