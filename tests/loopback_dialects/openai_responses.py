"""OpenAI Responses."""

from __future__ import annotations

from collections.abc import Iterator

from loopback_dialects.base import Answer, Ask, Json, as_named
from loopback_dialects.openai_shared import openai_body, openai_stream, openai_tools
from loopback_dialects.said import Call, calls, count, last_text, said, tokens


def responses(ask: Ask) -> Answer:
    """``/responses``: plain, and streamed in the real order of events, text or function calls."""
    body = ask.json
    given = body.get("input") or ""
    is_result = isinstance(given, list) and bool(given) and given[-1].get("type") == "function_call_output"
    called = [] if is_result else calls(ask, openai_tools(body))
    schema = ((body.get("text") or {}).get("format") or {}).get("schema")
    text = said(ask, last_text(given), schema=schema)
    spent = len(called) or len(tokens(ask, text))
    usage = {
        "input_tokens": count(given),
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": spent,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": count(given) + spent,
    }

    def response(status: str, output: list[Json], usage: Json | None = None) -> Json:
        return {
            "id": f"resp_{ask.number}",
            "object": "response",
            "created_at": 1_700_000_000 + ask.number,
            "status": status,
            "error": None,
            "incomplete_details": None,
            "instructions": body.get("instructions"),
            "metadata": body.get("metadata") or {},
            "model": body.get("model", "unknown"),
            "output": output,
            "parallel_tool_calls": True,
            "temperature": 1.0,
            "tool_choice": body.get("tool_choice", "auto"),
            "tools": body.get("tools") or [],
            "top_p": 1.0,
            "usage": usage,
        }

    def message(status: str, content: list[Json]) -> Json:
        return {
            "id": f"msg_{ask.number}",
            "type": "message",
            "status": status,
            "role": "assistant",
            "content": content,
        }

    def function_call(call: Call, status: str, arguments: str) -> Json:
        return {
            "id": f"fc_{ask.number}_{call.index}",
            "type": "function_call",
            "status": status,
            "call_id": f"call_{ask.number}_{call.index}",
            "name": call.name,
            "arguments": arguments,
        }

    def output_text(text: str) -> Json:
        return {"type": "output_text", "annotations": [], "logprobs": [], "text": text}

    output = [function_call(call, "completed", call.arguments) for call in called] or [
        message("completed", [output_text(text)])
    ]
    if not body.get("stream"):
        return openai_body(ask, response("completed", output, usage))

    def text_events() -> Iterator[Json]:
        where = {"item_id": f"msg_{ask.number}", "output_index": 0, "content_index": 0}
        begun = {"type": "response.output_item.added", "output_index": 0}
        yield {**begun, "item": message("in_progress", [])}
        yield {"type": "response.content_part.added", **where, "part": output_text("")}
        for piece in tokens(ask, text):
            yield {"type": "response.output_text.delta", **where, "delta": piece, "logprobs": []}
        yield {"type": "response.output_text.done", **where, "text": text, "logprobs": []}
        yield {"type": "response.content_part.done", **where, "part": output_text(text)}
        yield {"type": "response.output_item.done", "output_index": 0, "item": output[0]}

    def call_events(call: Call) -> Iterator[Json]:
        where = {"item_id": f"fc_{ask.number}_{call.index}", "output_index": call.index}
        begun = {"type": "response.output_item.added", "output_index": call.index}
        yield {**begun, "item": function_call(call, "in_progress", "")}
        for piece in tokens(ask, call.arguments):
            yield {"type": "response.function_call_arguments.delta", **where, "delta": piece}
        yield {
            "type": "response.function_call_arguments.done",
            **where,
            "name": call.name,
            "arguments": call.arguments,
        }
        yield {"type": "response.output_item.done", "output_index": call.index, "item": output[call.index]}

    def events() -> Iterator[Json]:
        yield {"type": "response.created", "response": response("in_progress", [])}
        yield {"type": "response.in_progress", "response": response("in_progress", [])}
        for call in called:
            yield from call_events(call)
        if not called:
            yield from text_events()
        yield {"type": "response.completed", "response": response("completed", output, usage)}

    numbered = [as_named({**event, "sequence_number": i}) for i, event in enumerate(events())]
    return openai_stream(ask, numbered)
