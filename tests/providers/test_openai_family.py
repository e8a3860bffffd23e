"""What stands around Chat Completions: embeddings, the legacy API, and Mistral."""

import base64
import struct

import pytest
from providers.reads import answer, question, reading
from providers.spoken.said import sse

from agentrec_auto.providers.conversation import (
    Other,
    Reasoning,
    Text,
    Turn,
    Usage,
)

HOST = "https://api.openai.com/v1"
HI = {"role": "user", "content": "Hi"}


def chat(*messages, **more):
    return {"model": "m", "messages": list(messages) or [HI], **more}


def completed(message):
    return {"model": "m", "choices": [{"message": message, "finish_reason": "stop"}]}


EMBEDDING = {
    "model": "e",
    "data": [{"embedding": [0.5, -1.0]}, {"embedding": [1.0, 2.0]}],
    "usage": {"prompt_tokens": 4, "total_tokens": 4},
}


@pytest.mark.parametrize("coded", [False, True])
def test_embeddings(coded):
    """Vectors, one a text, as numbers or as the base64 that the SDK asks for."""
    body = dict(EMBEDDING)
    if coded:
        body["data"] = [
            {"embedding": base64.b64encode(struct.pack("<2f", *one["embedding"])).decode()}
            for one in EMBEDDING["data"]
        ]
    told = reading(f"{HOST}/embeddings", {"model": "e", "input": ["a", "b"]}, body)
    assert told.question.task == "embedding"
    assert [turn.text for turn in told.question.turns] == ["a", "b"]
    assert told.answer.vectors == ((0.5, -1.0), (1.0, 2.0))
    assert told.answer.usage == Usage(input=4)


def test_token_ids():
    """Input may be token ids: named, for they are no text."""
    assert question(f"{HOST}/embeddings", {"model": "e", "input": [1, 2]}).turns == (
        Turn("user", (Other("tokens", [1, 2]),)),
    )


@pytest.mark.parametrize("streamed", [False, True])
def test_completions(streamed):
    """The legacy API: a prompt is continued."""
    url = f"{HOST}/completions"
    if streamed:
        chunks = [{"model": "m", "choices": [{"index": 0, "text": piece}]} for piece in ("a", "b")]
        chunks.append({"choices": [{"index": 0, "text": "", "finish_reason": "length"}]})
        told = answer(url, {"prompt": "Hi"}, sse(*chunks, done=True), kind="text/event-stream")
    else:
        body = {"model": "m", "choices": [{"text": "ab", "finish_reason": "length"}]}
        told = answer(url, {"prompt": "Hi"}, body)
    assert (told.text, told.finish_reason, told.is_whole, told.model) == ("ab", "length", True, "m")


def test_completion_prompts():
    """Several prompts are several turns, and a suffix is told."""
    told = question(f"{HOST}/completions", {"prompt": ["a", "b"], "suffix": "z"})
    assert told.task == "completion"
    assert [turn.parts[0] for turn in told.turns] == [Text("a"), Text("b"), Other("suffix", "z")]


def test_mistral_thinking():
    """Mistral's content may be parts, thoughts among them, plain and streamed."""
    content = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
        {"type": "text", "text": "x"},
    ]
    url = "https://api.mistral.ai/v1/chat/completions"
    chunks = [{"choices": [{"delta": {"content": [part]}}]} for part in content]
    plain = answer(url, chat(), completed({"content": content}))
    streamed = answer(url, chat(), sse(*chunks, done=True), kind="text/event-stream")
    assert plain.first.parts == streamed.first.parts == (Reasoning("hm"), Text("x"))


def test_mistral_fim():
    """Fill in the middle: what stands before, and what behind."""
    told = question("https://api.mistral.ai/v1/fim/completions", {"prompt": "def f(", "suffix": "return 1"})
    assert told.task == "completion"
    assert told.turns[0].parts == (Text("def f("), Other("suffix", "return 1"))


def test_mistral_seed():
    """Mistral's word for a seed."""
    assert question("https://api.mistral.ai/v1/chat/completions", chat(random_seed=7)).sampling.seed == 7
