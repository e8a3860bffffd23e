"""Amazon Bedrock InvokeModel: each model family's own body, in Amazon's frame.

Most families have a dialect here already, and are read by it. What remains are those that take a prompt and
give a text: Titan, Llama, Mistral's and AI21's first. What a body leaves out, Amazon counts in headers, or
in the last event of a stream.
Source: Bedrock user guide, "Inference request parameters and response fields for foundation models".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

from agentrec_auto.errors import DecodeError
from agentrec_auto.providers import reading
from agentrec_auto.providers.anthropic import Anthropic
from agentrec_auto.providers.anthropic_complete import AnthropicComplete
from agentrec_auto.providers.bedrock_converse import BedrockConverse
from agentrec_auto.providers.bedrock_texts import KNOWN, PROMPTS, TEXTS, embedding, sampling, texts
from agentrec_auto.providers.cohere_embed import CohereEmbed
from agentrec_auto.providers.cohere_v1 import CohereV1
from agentrec_auto.providers.conversation import Answer, Question, Text, Turn, Usage
from agentrec_auto.providers.dialect import Call, Dialect, Folded, Reply
from agentrec_auto.providers.openai_chat import OpenAIChat
from agentrec_auto.providers.openai_completions import OpenAICompletions
from agentrec_auto.providers.reading import members
from agentrec_auto.providers.sse import Event

_METRICS = "amazon-bedrock-invocationMetrics"
_GUARDRAIL = "amazon-bedrock-guardrailAction"


class BedrockInvoke(Dialect):
    name = "bedrock_invoke"

    def recognises(self, call: Call) -> bool:
        return call.method == "POST" and call.path.endswith(("/invoke", "/invoke-with-response-stream"))

    def question(self, call: Call) -> Question:
        document = call.document
        if (dialect := _asked_in(document)) is not None:
            return dialect.question(call)
        prompt = reading.word(reading.first_of(document, *PROMPTS))
        if prompt is None:
            raise DecodeError("the request body has neither messages nor a prompt")
        return Question(
            model=call.model,
            turns=(Turn("user", (Text(prompt),)),),
            sampling=sampling(document),
            task="embedding" if "embed" in (call.model or "") else "completion",
            streamed=call.streamed,
            rest=reading.rest(document, KNOWN),
        )

    def answer(self, reply: Reply) -> Answer:
        answer = super().answer(reply)
        if answer.usage is None and answer.error is None:
            counted = {
                "inputTokenCount": _header_count(reply, b"x-amzn-bedrock-input-token-count"),
                "outputTokenCount": _header_count(reply, b"x-amzn-bedrock-output-token-count"),
                "cacheReadInputTokenCount": _header_count(
                    reply, b"x-amzn-bedrock-cache-read-input-token-count"
                ),
                "cacheWriteInputTokenCount": _header_count(
                    reply, b"x-amzn-bedrock-cache-write-input-token-count"
                ),
            }
            if counted["inputTokenCount"] is not None:
                answer = replace(answer, usage=_usage(counted), raw_usage=counted)
        return answer

    def read(self, document: Any) -> Answer:
        document = members(document)
        metrics = members(document.get(_METRICS))
        answer = self._read(document)
        if metrics and answer.usage is None:
            answer = replace(answer, usage=_usage(metrics), raw_usage=metrics)
        if document.get(_GUARDRAIL) == "INTERVENED":
            filtered = (replace(choice, finish_reason="filtered") for choice in answer.choices)
            answer = replace(answer, choices=tuple(filtered))
        return answer

    def _read(self, document: dict[str, Any]) -> Answer:
        if (dialect := _answered_in(document)) is not None:
            return dialect.read(document)
        return embedding(document) if "embedding" in document else texts(document)

    def fold(self, stream: Iterable[Event]) -> Folded:
        metered = _Metered(stream)
        first = next(metered, None)
        if first is None:
            return Folded({}, False)
        events = chain([first], metered)
        dialect = _streamed_in(first)
        folded = dialect.fold(events) if dialect is not None else _joined(events)
        if metered.metrics and isinstance(folded.document, dict):
            folded.document[_METRICS] = metered.metrics
        return folded


class _Metered(Iterator[Event]):
    """Events that pass, and Amazon's count, which comes along with the last."""

    def __init__(self, stream: Iterable[Event]) -> None:
        self._events = iter(stream)
        self.metrics: dict[str, Any] = {}

    def __next__(self) -> Event:
        event = next(self._events)
        if metrics := members(members(event.document).get(_METRICS)):
            self.metrics = metrics
        return event


def _asked_in(document: dict[str, Any]) -> Dialect | None:
    """The dialect that a request body is in."""
    if isinstance(document.get("messages"), list):
        if "anthropic_version" in document:
            return Anthropic()
        return BedrockConverse() if _is_converse(document) else OpenAIChat()
    if "max_tokens_to_sample" in document:
        return AnthropicComplete()
    if "message" in document:
        return CohereV1()
    return CohereEmbed() if "texts" in document or "images" in document else None


def _is_converse(document: dict[str, Any]) -> bool:
    """Nova's: blocks without a type."""
    if "schemaVersion" in document or "inferenceConfig" in document:
        return True
    blocks = [
        block
        for message in reading.objects(document["messages"])
        for block in reading.objects(message.get("content"))
    ]
    return bool(blocks) and not any("type" in block for block in blocks)


def _answered_in(document: dict[str, Any]) -> Dialect | None:
    """The dialect that a response body is in."""
    if isinstance(document.get("content"), list):
        return Anthropic()
    if "output" in document:
        return BedrockConverse()
    if choices := list(reading.objects(document.get("choices"))):
        return OpenAICompletions() if "text" in choices[0] else OpenAIChat()
    if "completion" in document:
        return AnthropicComplete()
    if "generations" in document or "text" in document:
        return CohereV1()
    return CohereEmbed() if "embeddings" in document else None


def _streamed_in(first: Event) -> Dialect | None:
    """The dialect that a stream is in, by its first event."""
    document = members(first.document)
    if "type" in document and "completion" not in document:
        return Anthropic()
    if any(name in document for name in ("messageStart", "contentBlockStart", "contentBlockDelta")):
        return BedrockConverse()
    if "completion" in document:
        return AnthropicComplete()
    if "event_type" in document:
        return CohereV1()
    return OpenAIChat() if "choices" in document else None


def _joined(events: Iterable[Event]) -> Folded:
    """Chunks of a text: the texts are joined wherever the family puts them, of the rest the last stays."""
    document: dict[str, Any] = {}
    is_whole = False
    for event in events:
        chunk = members(event.document)
        is_last = (
            _METRICS in chunk or chunk.get(_GUARDRAIL) == "INTERVENED" or chunk.get("is_finished") is True
        )
        is_whole = is_whole or is_last
        for name, value in chunk.items():
            if name in TEXTS and isinstance(value, str):
                document[name] = reading.text(document.get(name)) + value
            elif name == "outputs":  # Mistral's: [{"text": …, "stop_reason": …}]
                said = reading.text(next(reading.objects(document.get(name)), {}).get("text"))
                last = next(reading.objects(value), {})
                document[name] = [{**last, "text": said + reading.text(last.get("text"))}]
            elif value is not None:
                document[name] = value
    return Folded(document, is_whole)


def _header_count(reply: Reply, name: bytes) -> int | None:
    value = reply.header(name)
    return int(value) if value is not None and value.isdigit() else None


def _usage(counted: dict[str, Any]) -> Usage:
    return Usage(
        input=reading.count(counted.get("inputTokenCount")),
        cache_read=reading.count(counted.get("cacheReadInputTokenCount")),
        cache_write=reading.count(counted.get("cacheWriteInputTokenCount")),
        output=reading.count(counted.get("outputTokenCount")),
    )
