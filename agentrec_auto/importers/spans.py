"""OpenTelemetry spans, out of the JSON in which they are exported, and the messages in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agentrec_auto.importers.messages import loaded
from agentrec_auto.providers import reading

_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Span:
    """A span, its attributes plain values."""

    id: str
    name: str
    attributes: dict[str, Any]
    events: tuple[tuple[str, dict[str, Any]], ...]
    started: Any
    ended: Any
    failed: str | None
    """What its status says, if that is an error."""


def spans_of(value: Any) -> Iterator[Span]:
    """The spans in a document: OTLP's, a list of single ones, or one alone."""
    match value:
        case {"resourceSpans": list(resources)} | {"resource_spans": list(resources)}:
            for resource in reading.objects(resources):
                groups = reading.first_of(
                    resource, "scopeSpans", "scope_spans", "instrumentationLibrarySpans"
                )
                for group in reading.objects(groups):
                    yield from (_of_otlp(span) for span in reading.objects(group.get("spans")))
        case {"context": {"span_id": span_id}, "attributes": dict(said)}:
            yield _of_sdk(value, str(span_id), said)
        case {"spanId": str(), "attributes": list()} | {"span_id": str(), "attributes": list()}:
            yield _of_otlp(value)
        case {"spans": list(inner)} | {"traces": list(inner)}:
            yield from spans_of(inner)
        case list():
            for one in value:
                if isinstance(one, dict):
                    yield from spans_of(one)


def messages_of(span: Span) -> tuple[Any, Any]:
    """What was asked and what was answered, in whichever way the span has it; None for what it has not."""
    said = dict(span.attributes)
    for name, more in span.events:
        if name == "gen_ai.client.inference.operation.details":
            said.update(more)
    asked = loaded(said.get("gen_ai.input.messages"))
    told = loaded(said.get("gen_ai.output.messages"))
    if asked is not None or told is not None:
        system = loaded(said.get("gen_ai.system_instructions"))
        first = (
            [{"role": "system", "parts": system if isinstance(system, list) else [system]}] if system else []
        )
        return [*first, *(asked if isinstance(asked, list) else [asked] if asked else [])], told
    asked, told = _in_events((*span.events, *_listed_events(said.get("events"))))
    if asked or told:
        return asked or None, told or None
    for before, after in (
        ("gen_ai.prompt.", "gen_ai.completion."),
        ("llm.input_messages.", "llm.output_messages."),
        ("llm.prompts.", "llm.completions."),
    ):
        asked, told = _messages(unflattened(said, before)), _messages(unflattened(said, after))
        if asked or told:
            return asked or None, told or None
    asked = reading.first_of(said, "gen_ai.prompt", "llm.prompts", "ai.prompt.messages")
    told = reading.first_of(said, "gen_ai.completion")
    return loaded(asked), _of_vercel(said) if told is None else loaded(told)


def _of_vercel(said: Mapping[str, Any]) -> Any:
    """The answer as Vercel's AI SDK spells it; None where it isn't there."""
    text, calls = said.get("ai.response.text"), loaded(said.get("ai.response.toolCalls"))
    found: list[Any] = [{"type": "text", "text": text}] if isinstance(text, str) and text else []
    found += ({**call, "type": "tool-call"} for call in reading.objects(calls))
    return [{"role": "assistant", "content": found}] if found else None


def unflattened(said: Mapping[str, Any], prefix: str) -> list[Any]:
    """The array that attributes like ``<prefix>0.message.role`` spell, in order."""
    root: dict[str, Any] = {}
    for name, value in said.items():
        if name.startswith(prefix):
            path = name[len(prefix) :].split(".")
            if path[0].isdigit() and len(path) <= _DEEPEST:
                _put(root, path, value)
    listed = _listed(root)
    return listed if isinstance(listed, list) else []


def _put(node: dict[str, Any], path: list[str], value: Any) -> None:
    for name in path[:-1]:
        inner = node.setdefault(name, {})
        if not isinstance(inner, dict):  # a value and a path below it
            inner = node[name] = {}
        node = inner
    node[path[-1]] = value


def _listed(node: Any) -> Any:
    """The tree with arrays where all names are numbers."""
    if not isinstance(node, dict):
        return node
    if node and all(name.isdigit() for name in node):
        return [_listed(node[name]) for name in sorted(node, key=int)]
    return {name: _listed(inner) for name, inner in node.items()}


def _messages(told: list[Any]) -> list[Any]:
    """Messages as those who flatten them spell them, in OpenAI's spelling."""
    found = []
    for one in told:
        if not isinstance(one, dict):
            continue
        message = dict(one.get("message") or one)
        calls = [call.get("tool_call") or call for call in reading.objects(message.get("tool_calls"))]
        if calls:
            message["tool_calls"] = calls
        if isinstance(contents := message.pop("contents", None), list):
            message["content"] = [_content(one) for one in contents]
        elif isinstance(content := loaded(message.get("content")), list):
            message["content"] = content
        found.append(message)
    return found


def _content(value: Any) -> Any:
    inner = reading.members(reading.members(value).get("message_content"))
    if "image" in inner:
        return {"type": "image_url", "image_url": reading.members(inner["image"]).get("image")}
    return inner or value


def _listed_events(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Events that stand in an attribute, as Logfire had them."""
    for one in reading.objects(loaded(value)):
        yield reading.text(one.get("event.name")), one


def _in_events(events: Iterable[tuple[str, dict[str, Any]]]) -> tuple[list[Any], list[Any]]:
    asked: list[Any] = []
    told: list[Any] = []
    for name, said in events:
        body = {key.removeprefix("gen_ai."): loaded(value) for key, value in said.items()}
        body = reading.members(body.get("event.content")) or body
        match name:
            case "gen_ai.content.prompt":
                asked += _many(body.get("prompt"))
            case "gen_ai.content.completion":
                told += _many(body.get("completion"))
            case "gen_ai.choice":
                message = reading.members(body.get("message")) or {"content": body.get("content")}
                known = {key: body[key] for key in ("tool_calls", "finish_reason") if key in body}
                told.append({"role": "assistant", **known, **message})
            case (
                "gen_ai.system.message"
                | "gen_ai.user.message"
                | "gen_ai.assistant.message"
                | "gen_ai.tool.message"
            ):
                asked.append({"role": name.split(".")[1], **body})
    return asked, told


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _of_otlp(span: dict[str, Any]) -> Span:
    status = reading.members(span.get("status"))
    failed = status.get("code") in (2, "STATUS_CODE_ERROR")
    return Span(
        id=str(reading.first_of(span, "spanId", "span_id") or ""),
        name=reading.text(span.get("name")),
        attributes=_attributes(span.get("attributes")),
        events=tuple(
            (reading.text(one.get("name")), _attributes(one.get("attributes")))
            for one in reading.objects(span.get("events"))
        ),
        started=reading.first_of(span, "startTimeUnixNano", "start_time_unix_nano"),
        ended=reading.first_of(span, "endTimeUnixNano", "end_time_unix_nano"),
        failed=(reading.text(status.get("message")) or "no reason given") if failed else None,
    )


def _of_sdk(span: dict[str, Any], span_id: str, said: dict[str, Any]) -> Span:
    status = reading.members(span.get("status"))
    failed = status.get("status_code") == "ERROR"
    return Span(
        id=span_id,
        name=reading.text(span.get("name")),
        attributes=said,
        events=tuple(
            (reading.text(one.get("name")), reading.members(one.get("attributes")))
            for one in reading.objects(span.get("events"))
        ),
        started=span.get("start_time"),
        ended=span.get("end_time"),
        failed=(reading.text(status.get("description")) or "no reason given") if failed else None,
    )


def _attributes(pairs: Any) -> dict[str, Any]:
    if isinstance(pairs, dict):
        return pairs
    return {reading.text(pair.get("key")): _value(pair.get("value")) for pair in reading.objects(pairs)}


def _value(value: Any) -> Any:
    """OTLP's AnyValue as a plain one."""
    match value:
        case {"stringValue": inner} | {"boolValue": inner} | {"doubleValue": inner} | {"bytesValue": inner}:
            return inner
        case {"intValue": int(inner)}:
            return inner
        case {"intValue": str(inner)} if inner.lstrip("-").isdigit():
            return int(inner)
        case {"arrayValue": {"values": list(inner)}}:
            return [_value(one) for one in inner]
        case {"kvlistValue": {"values": list(inner)}}:
            return _attributes(inner)
        case {"arrayValue": _}:
            return []
    return value if not isinstance(value, dict) else None
