"""Google Gemini: ``generateContent`` and ``streamGenerateContent``, v1 and v1beta, and on Vertex AI.

Source: API reference "Generating content" (ai.google.dev), "GenerateContent" (Vertex AI). The proto's names
are read in both spellings, ``inlineData`` and ``inline_data``, as the servers do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from agentrec_auto.errors import DecodeError
from agentrec_auto.providers import media, reading, sse
from agentrec_auto.providers.conversation import (
    Answer,
    Choice,
    FinishReason,
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
from agentrec_auto.providers.dialect import Call, Dialect, Folded, Reply
from agentrec_auto.providers.reading import first_of, members
from agentrec_auto.providers.sse import Event

_KNOWN = frozenset(
    """
    model contents systemInstruction system_instruction tools toolConfig tool_config generationConfig
    generation_config cachedContent cached_content
    """.split()  # noqa: SIM905
)
_KNOWN_THINKING = frozenset("thinkingBudget thinking_budget thinkingLevel thinking_level".split())  # noqa: SIM905
_KNOWN_CONFIG = frozenset(
    """
    temperature topP top_p topK top_k maxOutputTokens max_output_tokens stopSequences stop_sequences seed
    candidateCount candidate_count frequencyPenalty frequency_penalty presencePenalty presence_penalty
    thinkingConfig thinking_config responseMimeType response_mime_type responseSchema response_schema
    responseJsonSchema response_json_schema
    """.split()  # noqa: SIM905
)
_FILTERED = frozenset(
    """
    SAFETY RECITATION LANGUAGE BLOCKLIST PROHIBITED_CONTENT SPII IMAGE_SAFETY IMAGE_PROHIBITED_CONTENT
    IMAGE_RECITATION MODEL_ARMOR
    """.split()  # noqa: SIM905
)
_MALFORMED = frozenset({"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS"})
_ROLES: dict[str, Role] = {"user": "user", "model": "assistant", "function": "tool", "system": "system"}


class Gemini(Dialect):
    name = "gemini"

    def recognises(self, call: Call) -> bool:
        return call.method == "POST" and "contents" in call.document

    def question(self, call: Call) -> Question:
        document = call.document
        contents = document.get("contents")
        if isinstance(contents, dict):
            contents = [contents]
        if not isinstance(contents, list):
            raise DecodeError("the request body has no contents")
        config = members(first_of(document, "generationConfig", "generation_config"))
        beforehand = members(first_of(document, "systemInstruction", "system_instruction"))
        return Question(
            model=call.model,
            turns=tuple(turn for content in reading.objects(contents) for turn in _turns(content)),
            system=tuple(reading.text(part.get("text")) for part in reading.objects(beforehand.get("parts"))),
            tools=tuple(tool for group in reading.objects(document.get("tools")) for tool in _tools(group)),
            tool_choice=_tool_choice(members(first_of(document, "toolConfig", "tool_config"))),
            response_format=_response_format(config),
            sampling=_sampling(config),
            continues=reading.word(first_of(document, "cachedContent", "cached_content")),
            streamed=call.streamed,
            rest={**reading.rest(document, _KNOWN), **_config_rest(config)},
        )

    def events(self, reply: Reply) -> Iterator[Event] | None:
        """Without ``alt=sse`` a stream is a JSON array, written element by element."""
        if reply.body.lstrip()[:1] == b"[":
            return sse.elements(reply.body)
        return reply.events()

    def read(self, document: Any) -> Answer:
        document = members(document)
        raw = members(first_of(document, "usageMetadata", "usage_metadata")) or None
        candidates = [_choice(one) for one in reading.objects(document.get("candidates"))]
        if not candidates:
            feedback = members(document.get("promptFeedback"))
            blocked = reading.word(feedback.get("blockReason"))
            if blocked is None:
                raise DecodeError("the response has no candidates")
            candidates = [Choice((), "filtered", blocked)]
        return Answer(
            choices=tuple(candidates),
            usage=_usage(raw),
            model=reading.word(first_of(document, "modelVersion", "model_version")),
            raw_usage=raw,
        )

    def fold(self, stream: Iterable[Event]) -> Folded:
        document: dict[str, Any] = {}
        candidates: dict[int, dict[str, Any]] = {}
        for event in stream:
            chunk = members(event.document)
            document.update((name, value) for name, value in chunk.items() if name != "candidates")
            for candidate in reading.objects(chunk.get("candidates")):
                whole = candidates.setdefault(
                    reading.count(candidate.get("index")), {"content": {"parts": []}}
                )
                for part in reading.objects(members(candidate.get("content")).get("parts")):
                    _lay(whole["content"]["parts"], part)
                if reason := candidate.get("finishReason"):
                    whole["finishReason"] = reason
        if candidates:
            document["candidates"] = [candidates[index] for index in sorted(candidates)]
        finished = [one.get("finishReason") for one in candidates.values()]
        blocked = bool(members(document.get("promptFeedback")).get("blockReason"))
        return Folded(document, blocked if not finished else all(finished))


def _lay(parts: list[dict[str, Any]], part: dict[str, Any]) -> None:
    """Texts of one kind that follow one another are one text."""
    last = parts[-1] if parts else {}
    if "text" in part and "text" in last and last.get("thought") == part.get("thought"):
        parts[-1] = {**last, **part, "text": last["text"] + part["text"]}
    else:
        parts.append(part)


def _turns(content: dict[str, Any]) -> Iterator[Turn]:
    """One content: the function responses in it are a turn of their own."""
    role = _ROLES.get(reading.text(content.get("role")) or "user")
    if role is None:
        raise DecodeError(f"unsupported role {content.get('role')!r}")
    parts = tuple(_part(part) for part in reading.objects(content.get("parts")))
    results = tuple(part for part in parts if isinstance(part, ToolResult))
    others = tuple(part for part in parts if not isinstance(part, ToolResult))
    if results:
        yield Turn("tool", results)
    if others or not results:
        yield Turn("user" if role == "tool" else role, others)


def _part(part: dict[str, Any]) -> Part:
    if isinstance(said := part.get("text"), str):
        return Reasoning(said) if part.get("thought") is True else Text(said)
    if inline := members(first_of(part, "inlineData", "inline_data")):
        media_type = reading.word(first_of(inline, "mimeType", "mime_type"))
        return media.from_base64(media.kind_of(media_type), media_type, inline.get("data"))
    if lying := members(first_of(part, "fileData", "file_data")):
        media_type = reading.word(first_of(lying, "mimeType", "mime_type"))
        return media.from_url(None, first_of(lying, "fileUri", "file_uri"), media_type=media_type)
    if call := members(first_of(part, "functionCall", "function_call")):
        name, call_id = reading.text(call.get("name")), reading.word(call.get("id"))
        return ToolCall(name, reading.arguments(call.get("args")), call_id)
    if told := members(first_of(part, "functionResponse", "function_response")):
        response = told.get("response")
        if isinstance(response, dict) and len(response) == 1:  # the SDK's way to wrap what is no object
            response = first_of(response, "result", "output", "content", "error") or response
        result = (Text(reading.json_text(response)),)
        return ToolResult(reading.word(told.get("id")), result, reading.word(told.get("name")))
    kind = next((name for name in part if not name.startswith("thought")), "part")
    return Other(kind, part)


def _choice(candidate: dict[str, Any]) -> Choice:
    parts = tuple(_part(part) for part in reading.objects(members(candidate.get("content")).get("parts")))
    raw = reading.word(first_of(candidate, "finishReason", "finish_reason"))
    finish: FinishReason | None = None
    match raw:
        case None | "FINISH_REASON_UNSPECIFIED":
            pass
        case "STOP":
            finish = "tool_calls" if any(isinstance(part, ToolCall) for part in parts) else "stop"
        case "MAX_TOKENS":
            finish = "length"
        case _:
            finish = "filtered" if raw in _FILTERED else "error" if raw in _MALFORMED else "other"
    return Choice(parts, finish, raw)


def _tools(group: dict[str, Any]) -> Iterator[Tool]:
    for name, value in group.items():
        if name in ("functionDeclarations", "function_declarations"):
            for told in reading.objects(value):
                schema = first_of(told, "parametersJsonSchema", "parameters_json_schema", "parameters")
                yield Tool(
                    reading.text(told.get("name")), reading.word(told.get("description")), _schema(schema)
                )
        else:
            yield Tool(name, kind=name, settings=value)


def _schema(value: Any) -> Any:
    """A schema with its types in JSON Schema's small letters; the proto says ``"STRING"``."""
    if isinstance(value, dict):
        return {
            name: member.lower() if name == "type" and isinstance(member, str) else _schema(member)
            for name, member in value.items()
        }
    return [_schema(member) for member in value] if isinstance(value, list) else value


def _tool_choice(config: dict[str, Any]) -> ToolChoice | None:
    calling = members(first_of(config, "functionCallingConfig", "function_calling_config"))
    allowed = reading.words(first_of(calling, "allowedFunctionNames", "allowed_function_names"))
    match reading.text(calling.get("mode")).upper():
        case "AUTO" | "VALIDATED":
            return ToolChoice("auto")
        case "NONE":
            return ToolChoice("none")
        case "ANY":
            return (
                ToolChoice("named", allowed[0])
                if len(allowed) == 1
                else ToolChoice("required", allowed=allowed)
            )
        case _:
            return None


def _config_rest(config: dict[str, Any]) -> dict[str, Any]:
    """What of the generation config is said nowhere else."""
    thinking = members(first_of(config, "thinkingConfig", "thinking_config"))
    document = {"generationConfig": config, "thinkingConfig": thinking}
    return {
        **reading.inner_rest(document, "generationConfig", _KNOWN_CONFIG),
        **reading.inner_rest(document, "thinkingConfig", _KNOWN_THINKING),
    }


def _response_format(config: dict[str, Any]) -> ResponseFormat | None:
    schema = first_of(
        config, "responseJsonSchema", "responseSchema", "response_json_schema", "response_schema"
    )
    if schema is not None:
        return ResponseFormat("schema", _schema(schema))
    form = first_of(config, "responseMimeType", "response_mime_type")
    return ResponseFormat("json") if form == "application/json" else None


def _sampling(config: dict[str, Any]) -> Sampling:
    thinking = members(first_of(config, "thinkingConfig", "thinking_config"))
    effort = first_of(thinking, "thinkingBudget", "thinking_budget", "thinkingLevel", "thinking_level")
    return Sampling(
        temperature=reading.number(config.get("temperature")),
        top_p=reading.number(first_of(config, "topP", "top_p")),
        top_k=reading.number(first_of(config, "topK", "top_k")),
        max_tokens=reading.integer(first_of(config, "maxOutputTokens", "max_output_tokens")),
        stop=reading.words(first_of(config, "stopSequences", "stop_sequences")),
        seed=reading.integer(config.get("seed")),
        n=reading.integer(first_of(config, "candidateCount", "candidate_count")),
        frequency_penalty=reading.number(first_of(config, "frequencyPenalty", "frequency_penalty")),
        presence_penalty=reading.number(first_of(config, "presencePenalty", "presence_penalty")),
        reasoning=effort if isinstance(effort, (str, int)) else None,
    )


def _usage(raw: dict[str, Any] | None) -> Usage | None:
    """What was cached is counted within the prompt; thoughts, and what tools brought, beside it."""
    if raw is None:
        return None
    cached = reading.count(raw.get("cachedContentTokenCount"))
    asked = reading.count(raw.get("promptTokenCount")) + reading.count(raw.get("toolUsePromptTokenCount"))
    return Usage(
        input=max(asked - cached, 0),
        cache_read=cached,
        output=reading.count(raw.get("candidatesTokenCount")),
        reasoning=reading.count(raw.get("thoughtsTokenCount")),
    )
