"""What OpenAI's endpoints share, and those that speak like them."""

from __future__ import annotations

from loopback_dialects.base import Answer, Ask, Json, as_json
from loopback_dialects.said import Call


def openai_tools(body: Json) -> list[tuple[str, Json]]:
    if body.get("tool_choice") == "none":
        return []
    choice = body.get("tool_choice")
    forced = None
    if isinstance(choice, dict):
        forced = choice.get("name") or (choice.get("function") or {}).get("name")
    found = []
    for tool in body.get("tools") or []:
        function = tool.get("function") or tool  # chat nests it, Responses doesn't
        if "name" in function and forced in (None, function["name"]):
            found.append((function["name"], function.get("parameters") or {}))
    return found


def answers_a_tool(messages: list[Json]) -> bool:
    return bool(messages) and messages[-1].get("role") == "tool"


def openai_call(ask: Ask, call: Call, *, arguments: str | None = None) -> Json:
    text = call.arguments if arguments is None else arguments
    return {
        "id": f"call_{ask.number}_{call.index}",
        "type": "function",
        "function": {"name": call.name, "arguments": text},
    }


def openai_body(ask: Ask, body: Json) -> Answer:
    return Answer(body=as_json(body), headers=openai_headers(ask))


def openai_stream(ask: Ask, events: list[bytes]) -> Answer:
    kind = "text/event-stream; charset=utf-8"
    return Answer(content_type=kind, events=events, closing=1, headers=openai_headers(ask))


def openai_headers(ask: Ask) -> tuple[tuple[str, str], ...]:
    return (("x-request-id", f"req_{ask.number}"), ("openai-processing-ms", "1"))
