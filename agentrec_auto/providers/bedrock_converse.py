"""Amazon Bedrock Converse, plain and streamed.

Source: API reference "Converse" and "ConverseStream". Streams are Amazon's binary events, named in their
headers; the answer doesn't say which model gave it (the path of the request does). Nova's own bodies under
InvokeModel have the same shape, and are read here too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from agentrec_auto.errors import DecodeError
from agentrec_auto.providers import media, reading
from agentrec_auto.providers.conversation import (
    Answer,
    Choice,
    FinishReason,
    Media,
    MediaKind,
    Other,
    Part,
    Question,
    Reasoning,
    ResponseFormat,
    Role,
    Sampling,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
    Usage,
)
from agentrec_auto.providers.dialect import Call, Dialect, Folded
from agentrec_auto.providers.reading import first_of, members
from agentrec_auto.providers.sse import Event

_KNOWN = frozenset({"messages", "system", "inferenceConfig", "toolConfig", "outputConfig", "schemaVersion"})
_KNOWN_CONFIG = frozenset(
    {"temperature", "topP", "top_p", "topK", "top_k", "maxTokens", "max_new_tokens", "stopSequences"}
)
_FINISH: dict[str, FinishReason] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "guardrail_intervened": "filtered",
    "content_filtered": "filtered",
    "malformed_model_output": "error",
    "malformed_tool_use": "error",
}
_MEDIA: dict[str, MediaKind] = {"image": "image", "document": "file", "video": "video", "audio": "audio"}


class BedrockConverse(Dialect):
    name = "bedrock_converse"

    def recognises(self, call: Call) -> bool:
        return call.method == "POST" and isinstance(call.document.get("messages"), list)

    def question(self, call: Call) -> Question:
        document = call.document
        if not isinstance(document.get("messages"), list):
            raise DecodeError("the request body has no messages list")
        config = members(document.get("toolConfig"))
        return Question(
            model=call.model,
            turns=tuple(turn for one in reading.objects(document["messages"]) for turn in _turns(one)),
            system=tuple(
                reading.text(block["text"])
                for block in reading.objects(document.get("system"))
                if "text" in block
            ),
            tools=tuple(_tools(config.get("tools"))),
            tool_choice=_tool_choice(members(config.get("toolChoice"))),
            response_format=_response_format(members(document.get("outputConfig"))),
            sampling=_sampling(members(document.get("inferenceConfig"))),
            streamed=call.streamed,
            rest={
                **reading.rest(document, _KNOWN),
                **reading.inner_rest(document, "inferenceConfig", _KNOWN_CONFIG),
                **reading.inner_rest(document, "outputConfig", frozenset({"textFormat"})),
            },
        )

    def read(self, document: Any) -> Answer:
        document = members(document)
        message = members(document.get("output")).get("message")
        if not isinstance(message, dict):
            raise DecodeError("the response has no output message")
        raw = reading.word(document.get("stopReason"))
        counted = members(document.get("usage")) or None
        parts = tuple(_part(block) for block in reading.objects(message.get("content")))
        return Answer(
            choices=(Choice(parts, _FINISH.get(raw, "other") if raw else None, raw),),
            usage=_usage(counted),
            raw_usage=counted,
        )

    def fold(self, stream: Iterable[Event]) -> Folded:
        document: dict[str, Any] = {}
        blocks: dict[int, dict[str, Any]] = {}
        is_whole = seen = False
        for event in stream:
            name, told = _named(event)
            seen = True
            block = blocks.setdefault(reading.count(told.get("contentBlockIndex")), {})
            if name == "contentBlockStart":
                block.update(members(told.get("start")))
            elif name == "contentBlockDelta":
                _lay(block, members(told.get("delta")))
            elif name == "messageStop":
                document["stopReason"] = told.get("stopReason")
                is_whole = True
            elif name == "metadata":
                document["usage"] = told.get("usage")
        if seen:
            content = [_closed(blocks[index]) for index in sorted(blocks) if blocks[index]]
            document["output"] = {"message": {"role": "assistant", "content": content}}
        return Folded(document, is_whole)


def _named(event: Event) -> tuple[str, dict[str, Any]]:
    """Name and body of an event. Converse names it in the header; Nova under InvokeModel around the body."""
    document = members(event.document)
    if event.name in ("", "chunk"):
        for name, value in document.items():
            if isinstance(value, dict) and not name.startswith("amazon-bedrock"):
                return name, value
    return event.name, document


def _lay(block: dict[str, Any], delta: dict[str, Any]) -> None:
    if "text" in delta:
        block["text"] = reading.text(block.get("text")) + reading.text(delta["text"])
    if use := members(delta.get("toolUse")):
        whole = dict(members(block.get("toolUse")))
        whole["input"] = reading.text(whole.get("input")) + reading.text(use.get("input"))
        block["toolUse"] = whole
    if thought := members(delta.get("reasoningContent")):
        whole = dict(members(block.get("reasoningContent")))
        if "redactedContent" in thought:
            whole["redactedContent"] = thought["redactedContent"]
        said = members(whole.get("reasoningText"))
        whole["reasoningText"] = {"text": reading.text(said.get("text")) + reading.text(thought.get("text"))}
        block["reasoningContent"] = whole


def _closed(block: dict[str, Any]) -> dict[str, Any]:
    if use := members(block.get("toolUse")):
        block["toolUse"] = {**use, "input": reading.arguments(use.get("input"))}
    return block


def _turns(message: dict[str, Any]) -> Iterator[Turn]:
    """One message: the tool results in it are a turn of their own."""
    said = message.get("role")
    if said not in ("user", "assistant"):
        raise DecodeError(f"unsupported role {said!r}")
    role: Role = "user" if said == "user" else "assistant"
    parts = tuple(
        _part(block) for block in reading.objects(message.get("content")) if "cachePoint" not in block
    )
    results = tuple(part for part in parts if isinstance(part, ToolResult))
    others = tuple(part for part in parts if not isinstance(part, ToolResult))
    if results:
        yield Turn("tool", results)
    if others or not results:
        yield Turn(role, others)


def _part(block: dict[str, Any]) -> Part:
    """A block is an object of one member, which says what it is."""
    for name, value in block.items():
        told = members(value)
        match name:
            case "text":
                return Text(reading.text(value))
            case "guardContent" if "text" in told:
                return Text(reading.text(members(told["text"]).get("text")))
            case "json":
                return Text(reading.json_text(value))
            case "toolUse":
                call_id, tool = reading.word(told.get("toolUseId")), reading.text(told.get("name"))
                return ToolCall(tool, reading.arguments(told.get("input")), call_id)
            case "toolResult":
                parts = tuple(_part(one) for one in reading.objects(told.get("content")))
                is_error = told.get("status") == "error"
                return ToolResult(reading.word(told.get("toolUseId")), parts, is_error=is_error)
            case "reasoningContent":
                said = reading.text(members(told.get("reasoningText")).get("text"))
                return Reasoning(said, is_hidden="redactedContent" in told)
            case "citationsContent":
                return Text(
                    "".join(reading.text(one.get("text")) for one in reading.objects(told.get("content")))
                )
            case "image" | "document" | "video" | "audio":
                return _media(_MEDIA[name], told)
            case _:
                return Other(name, value)
    return Other("empty", block)


def _media(kind: MediaKind, told: dict[str, Any]) -> Media:
    form, name = reading.word(told.get("format")), reading.word(told.get("name"))
    media_type = f"{'application' if kind == 'file' else kind}/{form}" if form else None
    source = members(told.get("source"))
    if isinstance(source.get("bytes"), str):
        return media.from_base64(kind, media_type, source["bytes"], name)
    if isinstance(said := source.get("text"), str):
        return media.from_bytes(kind, media_type, said.encode("utf-8", "surrogatepass"), name)
    return media.from_url(kind, members(source.get("s3Location")).get("uri"), name, media_type)


def _tools(value: Any) -> Iterator[Tool]:
    for tool in reading.objects(value):
        if told := members(tool.get("toolSpec")):
            schema = members(told.get("inputSchema")).get("json")
            yield Tool(reading.text(told.get("name")), reading.word(told.get("description")), schema)
        elif "cachePoint" not in tool:
            kind = next(iter(tool), "tool")
            yield Tool(kind, kind=kind, settings=tool.get(kind))


def _tool_choice(choice: dict[str, Any]) -> ToolChoice | None:
    if "auto" in choice:
        return ToolChoice("auto")
    if "any" in choice:
        return ToolChoice("required")
    if tool := members(choice.get("tool")):
        return ToolChoice("named", reading.text(tool.get("name")))
    return None


def _response_format(config: dict[str, Any]) -> ResponseFormat | None:
    """A schema, which stands there as text."""
    structure = members(members(config.get("textFormat")).get("structure"))
    told = members(structure.get("jsonSchema"))
    if not (schema := reading.word(told.get("schema"))):
        return None
    name, description = reading.word(told.get("name")), reading.word(told.get("description"))
    return ResponseFormat("schema", reading.arguments(schema), name, description)


def _sampling(config: dict[str, Any]) -> Sampling:
    return Sampling(
        temperature=reading.number(config.get("temperature")),
        top_p=reading.number(first_of(config, "topP", "top_p")),
        top_k=reading.number(first_of(config, "topK", "top_k")),
        max_tokens=reading.integer(first_of(config, "maxTokens", "max_new_tokens")),
        stop=reading.words(config.get("stopSequences")),
    )


def _usage(raw: dict[str, Any] | None) -> Usage | None:
    """Cached tokens are counted beside ``inputTokens``."""
    if raw is None:
        return None
    return Usage(
        input=reading.count(raw.get("inputTokens")),
        cache_read=reading.count(first_of(raw, "cacheReadInputTokens", "cacheReadInputTokenCount")),
        cache_write=reading.count(first_of(raw, "cacheWriteInputTokens", "cacheWriteInputTokenCount")),
        output=reading.count(raw.get("outputTokens")),
    )
