"""What OpenAI's APIs, and those shaped after them, have in common: content parts, tools, sampling, usage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agentrec_auto.providers import media, reading
from agentrec_auto.providers.conversation import (
    FinishReason,
    Media,
    Other,
    Part,
    Reasoning,
    Refusal,
    ResponseFormat,
    Sampling,
    Text,
    Tool,
    ToolChoice,
    Usage,
)


def content(value: Any) -> tuple[Part, ...]:
    """The parts of a message's content: a text, or an array of parts; nothing where it is null."""
    if isinstance(value, str):
        return (Text(value),)
    if not isinstance(value, list):
        return ()
    return tuple(Text(one) if isinstance(one, str) else part(reading.members(one)) for one in value)


def part(value: dict[str, Any]) -> Part:
    """One content part, of Chat Completions or of Responses."""
    match value.get("type"):
        case "text" | "input_text" | "output_text" | "summary_text" | "reasoning_text":
            return Text(reading.text(value.get("text")))
        case "refusal":
            return Refusal(reading.text(value.get("refusal")))
        case "thinking":  # Mistral's: text, or parts of it
            thought = value.get("thinking")
            return Reasoning(thought if isinstance(thought, str) else _joined(thought))
        case "image_url" | "input_image" | "video_url" | "audio_url" | "document_url" as kind:
            return _at_url(value, kind)
        case "input_audio":
            audio = reading.members(value.get("input_audio"))
            form = reading.word(audio.get("format"))
            return media.from_base64("audio", f"audio/{form}" if form else None, audio.get("data"))
        case "file" | "input_file":
            return _file(reading.members(value.get("file")) or value)
        case kind:
            return Other(str(kind), value)


def refused(parts: Sequence[Part], finish: FinishReason | None) -> FinishReason | None:
    """The reason to finish, which these APIs leave at ``stop`` where the model refused."""
    return "refusal" if finish == "stop" and any(isinstance(part, Refusal) for part in parts) else finish


def _joined(value: Any) -> str:
    return "".join(reading.text(one.get("text")) for one in reading.objects(value))


def _at_url(value: dict[str, Any], kind: str) -> Media:
    """``{"image_url": "…"}`` or ``{"image_url": {"url": "…"}}``; Responses also takes a file's id."""
    name = "image_url" if kind == "input_image" else kind
    target = value.get(name)
    url = target.get("url") if isinstance(target, dict) else target
    at = url or reading.word(value.get("file_id"))
    match name:
        case "video_url":
            return media.from_url("video", at)
        case "audio_url":
            return media.from_url("audio", at)
        case "document_url":
            return media.from_url("file", at, reading.word(value.get("document_name")))
        case _:
            detail = target.get("detail") if isinstance(target, dict) else value.get("detail")
            return media.looked_at(media.from_url("image", at), detail)


def _file(value: dict[str, Any]) -> Media:
    name = reading.word(value.get("filename"))
    data = value.get("file_data")
    if isinstance(data, str) and not data.startswith("data:"):
        return media.from_base64("file", None, data, name)
    return media.from_url("file", data or value.get("file_url") or value.get("file_id"), name)


def tools(value: Any) -> tuple[Tool, ...]:
    """Tool definitions: nested as in Chat Completions, flat as in Responses, or bare legacy functions."""
    return tuple(_tool(one) for one in reading.objects(value))


def _tool(value: dict[str, Any]) -> Tool:
    kind = reading.text(value.get("type")) or "function"
    told = reading.members(value.get(kind)) or value
    name = reading.word(told.get("name"))
    if kind == "function":
        strict = told.get("strict")
        return Tool(
            name or "",
            reading.word(told.get("description")),
            told.get("parameters"),
            strict=strict if isinstance(strict, bool) else None,
        )
    settings = {key: member for key, member in told.items() if key not in ("type", "name", "description")}
    return Tool(name or kind, reading.word(told.get("description")), kind=kind, settings=settings)


def tool_choice(value: Any) -> ToolChoice | None:
    """``"auto"``, ``"required"`` (Mistral: ``"any"``), ``"none"``, or one tool by name."""
    match value:
        case "auto":
            return ToolChoice("auto")
        case "none" | "NONE":
            return ToolChoice("none")
        case "required" | "any" | "REQUIRED":
            return ToolChoice("required")
        case {"function": {"name": str(name)}} | {"custom": {"name": str(name)}} | {"name": str(name)}:
            return ToolChoice("named", name)
        case {"type": "allowed_tools", **settings}:
            told = reading.members(settings.get("allowed_tools")) or settings
            names = tuple(
                reading.text(
                    reading.first_of({**one, **reading.members(one.get("function"))}, "name", "type")
                )
                for one in reading.objects(told.get("tools"))
            )
            return ToolChoice("required" if told.get("mode") == "required" else "auto", allowed=names)
        case {"type": str(kind)}:
            return ToolChoice("named", kind)
        case _:
            return None


def response_format(value: Any) -> ResponseFormat | None:
    """``json_object`` or ``json_schema``; None for text."""
    match value:
        case {"type": "json_schema"}:
            schema = reading.members(value.get("json_schema")) or value
            strict = schema.get("strict")
            return ResponseFormat(
                "schema",
                schema.get("schema"),
                reading.word(schema.get("name")),
                reading.word(schema.get("description")),
                strict if isinstance(strict, bool) else None,
            )
        case {"type": "json_object"}:  # Cohere and Together give a schema along
            given = value.get("json_schema") or value.get("schema")
            return ResponseFormat("schema" if given else "json", given)
        case _:
            return None


def sampling(document: dict[str, Any]) -> Sampling:
    """How a request of this family wants its answer drawn."""
    return Sampling(
        temperature=reading.number(document.get("temperature")),
        top_p=reading.number(document.get("top_p")),
        top_k=reading.number(document.get("top_k")),
        max_tokens=reading.integer(
            reading.first_of(document, "max_tokens", "max_completion_tokens", "max_output_tokens")
        ),
        stop=reading.words(document.get("stop")),
        seed=reading.integer(reading.first_of(document, "seed", "random_seed")),
        n=reading.integer(document.get("n")),
        frequency_penalty=reading.number(document.get("frequency_penalty")),
        presence_penalty=reading.number(document.get("presence_penalty")),
        reasoning=reading.word(document.get("reasoning_effort")),
    )


def usage(raw: dict[str, Any] | None) -> Usage | None:
    """The count, under the names of Chat Completions or of Responses.

    Cached tokens are counted within the prompt, and reasoning within the completion; xAI counts reasoning
    beside it, which the total tells.
    """
    if not raw:
        return None
    asked = reading.members(raw.get("prompt_tokens_details") or raw.get("input_tokens_details"))
    told = reading.members(raw.get("completion_tokens_details") or raw.get("output_tokens_details"))
    read = reading.count(
        asked.get("cached_tokens") or raw.get("prompt_cache_hit_tokens") or raw.get("cache_read_input_tokens")
    )
    written = reading.count(
        asked.get("cache_write_tokens")
        or asked.get("cache_creation_tokens")
        or raw.get("cache_creation_input_tokens")
    )
    prompt = reading.count(raw.get("prompt_tokens") or raw.get("input_tokens"))
    completion = reading.count(raw.get("completion_tokens") or raw.get("output_tokens"))
    thought = reading.count(told.get("reasoning_tokens"))
    beside = thought > 0 and prompt + completion + thought == raw.get("total_tokens")
    return Usage(
        input=max(prompt - read - written, 0),
        cache_read=read,
        cache_write=written,
        output=completion if beside else max(completion - thought, 0),
        reasoning=thought,
    )
