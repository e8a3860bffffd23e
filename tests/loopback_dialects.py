"""What the loopback server answers: each LLM dialect as bytes, decided without any I/O.

`answer` takes an `Ask` (a request with its number) and gives an `Answer`: one body, or the events of a
stream. A text answer is ``answer 7 to: <last user text>``, where 7 is the request's number, so that no
two calls are answered alike; a question with tools is answered by a call of the first tool; a question
with a JSON schema by an instance of it. The control ``say`` sets the text, and wins over all that.

Shapes after the public API references: Chat Completions, Responses, Embeddings, Files; Anthropic Messages;
Gemini generateContent; Ollama chat.
"""

from __future__ import annotations

import base64
import email.parser
import email.policy
import hashlib
import json
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

Json = dict[str, Any]


@dataclass(frozen=True)
class Ask:
    """One request, as the dialects see it: control words taken off its path."""

    number: int
    method: str
    path: str
    query: str
    headers: dict[str, str]
    """Names in lower case."""

    body: bytes
    controls: dict[str, str] = field(default_factory=dict)

    @property
    def json(self) -> Json:
        try:
            read = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return read if isinstance(read, dict) else {}


@dataclass(frozen=True)
class Answer:
    """What goes back: a body, or the events of a stream."""

    status: int = 200
    content_type: str = "application/json"
    body: bytes = b""
    events: list[bytes] | None = None
    closing: int = 0
    """How many of the last events are the dialect's terminator."""

    headers: tuple[tuple[str, str], ...] = ()


def answer(ask: Ask) -> Answer:
    """The answer that ask's dialect gives; a path nobody speaks gets a 404."""
    for pattern, speak in ROUTES:
        if re.search(pattern, ask.path):
            return speak(ask)
    return failure(ask, 404, f"no such path: {ask.method} {ask.path}")


def failure(ask: Ask, status: int, message: str) -> Answer:
    """An error in the shape of ask's dialect."""
    kind = ERROR_TYPES.get(status, "api_error" if status >= 500 else "invalid_request_error")
    error: Json = {"type": kind, "message": message}
    if re.search(r"/messages(/|$)", ask.path):
        body: Json = {"type": "error", "error": error, "request_id": f"req_{ask.number}"}
    elif ":" in ask.path.rpartition("/")[2]:
        body = {"error": {"code": status, "message": message, "status": kind.upper()}}
    elif ask.path.startswith("/api/"):
        body = {"error": message}
    else:
        body = {"error": {**error, "param": None, "code": kind}}
    # A retry of the SDKs takes their word for how long to wait; without it each would sleep half a second.
    quick = (("retry-after-ms", "1"),) if status in (408, 409, 429) or status >= 500 else ()
    return Answer(status, body=_bytes(body), headers=quick)


ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}


# What is said

@dataclass(frozen=True)
class Call:
    """A tool call: its position, the tool's name and its arguments as JSON text."""

    index: int
    name: str
    arguments: str


def tokens(ask: Ask, text: str) -> list[str]:
    """The text in pieces, as a model would stream it: at most 4 characters (control ``token``) and a space."""
    size = int(ask.controls.get("token") or 4)
    return re.findall(rf"\s?\S{{1,{size}}}|\s", text)


def said(ask: Ask, asked: str, *, choice: int = 0, schema: Json | None = None) -> str:
    """The text of an answer to ``asked``."""
    if "say" in ask.controls:
        return ask.controls["say"]
    if schema:
        return json.dumps(instance(schema, ask.number))
    return f"answer {ask.number}{f'.{choice}' if choice else ''} to: {asked}"


def calls(ask: Ask, tools: list[tuple[str, Json]], *, forced: str | None = None) -> list[Call]:
    """Calls of the forced tool, or of as many of the first tools as the control ``calls`` says (1)."""
    if "say" in ask.controls:
        return []
    if forced:
        tools = [tool for tool in tools if tool[0] == forced]
    wanted = tools[: int(ask.controls.get("calls") or 1)]
    return [
        Call(index, name, json.dumps(instance(schema, ask.number)))
        for index, (name, schema) in enumerate(wanted)
    ]


def instance(schema: Json, number: int, name: str = "value") -> Any:
    """A value that a JSON schema allows, different for each number where it can be."""
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return instance(schema["anyOf"][0], number, name)
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        return {key: instance(value, number, key) for key, value in schema.get("properties", {}).items()}
    if kind == "array":
        return [instance(schema.get("items", {}), number, name)]
    values: Json = {"integer": number, "number": number + 0.5, "boolean": True, "null": None}
    return values.get(str(kind).lower(), f"{name} {number}")


def text_of(content: Any) -> str:
    """The text in a message's content, whichever dialect: a string, or parts that hold one."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return " ".join(filter(None, (text_of(part) for part in content)))
    if isinstance(content, dict):
        for key in ("text", "content", "parts", "output", "functionResponse"):
            if key in content:
                value = content[key]
                return text_of(value) if not isinstance(value, dict) else json.dumps(value)
    return ""


def last_text(messages: Any) -> str:
    """The text of the last message, or the string itself."""
    return text_of(messages[-1]) if isinstance(messages, list) and messages else text_of(messages)


def count(value: Any) -> int:
    """Tokens in, more or less: words of the JSON."""
    return len(json.dumps(value).split())


# OpenAI

def chat(ask: Ask) -> Answer:
    """``/chat/completions``: plain and streamed, ``n`` choices, tools, JSON schema, ``include_usage``."""
    body = ask.json
    messages = body.get("messages") or []
    asked = last_text(messages)
    called = [] if _answers_a_tool(messages) else calls(ask, _openai_tools(body))
    schema = ((body.get("response_format") or {}).get("json_schema") or {}).get("schema")
    texts = [said(ask, asked, choice=i, schema=schema) for i in range(body.get("n") or 1)]
    reason = "tool_calls" if called else "stop"
    spent = len(called) or sum(len(tokens(ask, text)) for text in texts)
    usage = {"prompt_tokens": count(messages), "completion_tokens": spent}
    usage["total_tokens"] = sum(usage.values())
    shared: Json = {
        "id": f"chatcmpl-{ask.number}",
        "created": 1_700_000_000 + ask.number,
        "model": body.get("model", "unknown"),
        "system_fingerprint": "fp_loopback",
    }
    if not body.get("stream"):
        choices = [
            {
                "index": index,
                "message": {
                    "role": "assistant",
                    "content": None if called else text,
                    "refusal": None,
                    **({"tool_calls": [_openai_call(ask, call) for call in called]} if called else {}),
                },
                "logprobs": None,
                "finish_reason": reason,
            }
            for index, text in enumerate(texts)
        ]
        return _openai(ask, {**shared, "object": "chat.completion", "choices": choices, "usage": usage})

    asks_usage = bool((body.get("stream_options") or {}).get("include_usage"))

    def chunk(choices: list[Json], usage: Json | None = None) -> bytes:
        counted = {"usage": usage} if asks_usage else {}
        return _data({**shared, "object": "chat.completion.chunk", "choices": choices, **counted})

    def delta(index: int, delta: Json, reason: str | None = None) -> bytes:
        return chunk([{"index": index, "delta": delta, "logprobs": None, "finish_reason": reason}])

    def events() -> Iterator[bytes]:
        for index, text in enumerate(texts):
            yield delta(index, {"role": "assistant", "content": None if called else "", "refusal": None})
            for call in called:
                started = _openai_call(ask, call, arguments="")
                yield delta(index, {"tool_calls": [{"index": call.index, **started}]})
                for piece in tokens(ask, call.arguments):
                    partly = {"index": call.index, "function": {"arguments": piece}}
                    yield delta(index, {"tool_calls": [partly]})
            for piece in [] if called else tokens(ask, text):
                yield delta(index, {"content": piece})
            yield delta(index, {}, reason)
        if asks_usage:
            yield chunk([], usage)
        yield b"data: [DONE]\n\n"

    return _openai_stream(ask, list(events()))


def responses(ask: Ask) -> Answer:
    """``/responses``: plain, and streamed in the real order of events, text or function calls."""
    body = ask.json
    given = body.get("input") or ""
    is_result = isinstance(given, list) and bool(given) and given[-1].get("type") == "function_call_output"
    called = [] if is_result else calls(ask, _openai_tools(body))
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
        return {"id": f"msg_{ask.number}", "type": "message", "status": status, "role": "assistant",
                "content": content}

    def function_call(call: Call, status: str, arguments: str) -> Json:
        return {"id": f"fc_{ask.number}_{call.index}", "type": "function_call", "status": status,
                "call_id": f"call_{ask.number}_{call.index}", "name": call.name, "arguments": arguments}

    def output_text(text: str) -> Json:
        return {"type": "output_text", "annotations": [], "logprobs": [], "text": text}

    output = [function_call(call, "completed", call.arguments) for call in called] or [
        message("completed", [output_text(text)])
    ]
    if not body.get("stream"):
        return _openai(ask, response("completed", output, usage))

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
        yield {"type": "response.function_call_arguments.done", **where, "name": call.name,
               "arguments": call.arguments}
        yield {"type": "response.output_item.done", "output_index": call.index, "item": output[call.index]}

    def events() -> Iterator[Json]:
        yield {"type": "response.created", "response": response("in_progress", [])}
        yield {"type": "response.in_progress", "response": response("in_progress", [])}
        for call in called:
            yield from call_events(call)
        if not called:
            yield from text_events()
        yield {"type": "response.completed", "response": response("completed", output, usage)}

    numbered = [_named({**event, "sequence_number": i}) for i, event in enumerate(events())]
    return _openai_stream(ask, numbered)


def embeddings(ask: Ask) -> Answer:
    """``/embeddings``: eight numbers a text, as floats or base64; the first one tells the request's number."""
    body = ask.json
    given = body.get("input") or ""
    texts = given if isinstance(given, list) and not (given and isinstance(given[0], int)) else [given]

    def vector(text: Any) -> list[float]:
        digest = hashlib.sha256(json.dumps(text).encode()).digest()
        return [ask.number / 1024, *(byte / 256 for byte in digest[:7])]

    def encoded(values: list[float]) -> Any:
        if body.get("encoding_format") != "base64":
            return values
        return base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()

    data = [{"object": "embedding", "index": i, "embedding": encoded(vector(t))} for i, t in enumerate(texts)]
    usage = {"prompt_tokens": count(texts), "total_tokens": count(texts)}
    return _openai(ask, {"object": "list", "data": data, "model": body.get("model"), "usage": usage})


def models(ask: Ask) -> Answer:
    """``/models`` and ``/models/ID``."""

    def model(name: str) -> Json:
        return {"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "loopback",
                "type": "model", "display_name": name, "created_at": "2026-01-01T00:00:00Z"}

    name = ask.path.rpartition("/models")[2].strip("/")
    if name:
        return _openai(ask, model(name))
    listed = [model("gpt-loopback"), model("claude-loopback")]
    paged = {"has_more": False, "first_id": listed[0]["id"], "last_id": listed[-1]["id"]}
    return _openai(ask, {"object": "list", "data": listed, **paged})


def files(ask: Ask) -> Answer:
    """``/files``: a multipart upload, answered with the name and size of what came."""
    parts = _multipart(ask)
    name, content = parts.get("file", ("", b""))
    purpose = parts.get("purpose", ("", b"user_data"))[1].decode()
    return _openai(ask, {
        "id": f"file-{ask.number}", "object": "file", "bytes": len(content), "filename": name,
        "created_at": 1_700_000_000 + ask.number, "purpose": purpose, "status": "processed",
    })


def _openai_tools(body: Json) -> list[tuple[str, Json]]:
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


def _answers_a_tool(messages: list[Json]) -> bool:
    return bool(messages) and messages[-1].get("role") == "tool"


def _openai_call(ask: Ask, call: Call, *, arguments: str | None = None) -> Json:
    text = call.arguments if arguments is None else arguments
    return {"id": f"call_{ask.number}_{call.index}", "type": "function",
            "function": {"name": call.name, "arguments": text}}


def _openai(ask: Ask, body: Json) -> Answer:
    return Answer(body=_bytes(body), headers=_openai_headers(ask))


def _openai_stream(ask: Ask, events: list[bytes]) -> Answer:
    kind = "text/event-stream; charset=utf-8"
    return Answer(content_type=kind, events=events, closing=1, headers=_openai_headers(ask))


def _openai_headers(ask: Ask) -> tuple[tuple[str, str], ...]:
    return (("x-request-id", f"req_{ask.number}"), ("openai-processing-ms", "1"))


def _multipart(ask: Ask) -> dict[str, tuple[str, bytes]]:
    head = f"content-type: {ask.headers.get('content-type', '')}\r\n\r\n".encode()
    parsed = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + ask.body)
    return {
        str(part.get_param("name", header="content-disposition")): (
            part.get_filename() or "",
            part.get_payload(decode=True) or b"",  # type: ignore[dict-item]
        )
        for part in (parsed.iter_parts() if parsed.is_multipart() else ())
    }


# Anthropic

def messages(ask: Ask) -> Answer:
    """``/messages``: plain, and streamed with ping, content blocks and ``input_json_delta``."""
    body = ask.json
    given = body.get("messages") or []
    last = given[-1].get("content") if given else ""
    is_result = isinstance(last, list) and any(part.get("type") == "tool_result" for part in last)
    choice = body.get("tool_choice") or {}
    tools = [(tool["name"], tool["input_schema"]) for tool in body.get("tools") or [] if "input_schema" in tool]
    if is_result or choice.get("type") == "none":
        tools = []
    called = calls(ask, tools, forced=choice.get("name"))
    schema = (((body.get("output_config") or {}).get("format")) or {}).get("schema")
    text = said(ask, last_text(given), schema=schema)
    reason = "tool_use" if called else "end_turn"
    spent = len(called) or len(tokens(ask, text))
    tokens_in = count(given)
    message: Json = {
        "id": f"msg_{ask.number}", "type": "message", "role": "assistant",
        "model": body.get("model", "unknown"), "content": [], "stop_reason": None, "stop_sequence": None,
    }
    headers = (("request-id", f"req_{ask.number}"),)

    def tool_use(call: Call, given: Any) -> Json:
        return {"type": "tool_use", "id": f"toolu_{ask.number}_{call.index}", "name": call.name, "input": given}

    if not body.get("stream"):
        content = [tool_use(call, json.loads(call.arguments)) for call in called]
        usage = {"input_tokens": tokens_in, "output_tokens": spent}
        whole = {**message, "content": content or [{"type": "text", "text": text}], "stop_reason": reason}
        return Answer(body=_bytes({**whole, "usage": usage}), headers=headers)

    def block(index: int, started: Json, deltas: list[Json]) -> Iterator[Json]:
        yield {"type": "content_block_start", "index": index, "content_block": started}
        for delta in deltas:
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}

    def events() -> Iterator[Json]:
        usage = {"input_tokens": tokens_in, "output_tokens": 1}
        yield {"type": "message_start", "message": {**message, "usage": usage}}
        yield {"type": "ping"}
        for call in called:
            pieces = ["", *tokens(ask, call.arguments)]
            deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
            yield from block(call.index, tool_use(call, {}), deltas)
        if not called:
            deltas = [{"type": "text_delta", "text": piece} for piece in tokens(ask, text)]
            yield from block(0, {"type": "text", "text": ""}, deltas)
        stopped = {"stop_reason": reason, "stop_sequence": None}
        yield {"type": "message_delta", "delta": stopped, "usage": {"output_tokens": spent}}
        yield {"type": "message_stop"}

    named = [_named(event) for event in events()]
    kind = "text/event-stream; charset=utf-8"
    return Answer(content_type=kind, events=named, closing=1, headers=headers)


def count_tokens(ask: Ask) -> Answer:
    """``/messages/count_tokens``."""
    return Answer(body=_bytes({"input_tokens": count(ask.json.get("messages"))}))


# Gemini

def gemini(ask: Ask) -> Answer:
    """``models/M:generateContent`` and ``:streamGenerateContent``, as SSE or as a JSON array in pieces."""
    body = ask.json
    contents = body.get("contents") or []
    parts = contents[-1].get("parts") if contents else []
    is_result = any("functionResponse" in part for part in parts or [])
    declared = [one for tool in body.get("tools") or [] for one in tool.get("functionDeclarations") or []]
    tools = [(one["name"], one.get("parametersJsonSchema") or one.get("parameters") or {}) for one in declared]
    called = [] if is_result else calls(ask, tools)
    config = body.get("generationConfig") or {}
    text = said(ask, last_text(contents), schema=config.get("responseJsonSchema") or config.get("responseSchema"))
    spent = len(called) or len(tokens(ask, text))
    usage = {"promptTokenCount": count(contents), "candidatesTokenCount": spent}
    usage["totalTokenCount"] = sum(usage.values())
    model = ask.path.rpartition("/")[2].partition(":")[0]

    def reply(parts: list[Json], reason: str | None = None) -> Json:
        candidate: Json = {"content": {"parts": parts, "role": "model"}, "index": 0}
        if reason:
            candidate["finishReason"] = reason
        return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": model,
                "responseId": f"gemini-{ask.number}"}

    call_parts = [{"functionCall": {"name": c.name, "args": json.loads(c.arguments)}} for c in called]
    if ask.path.endswith(":generateContent"):
        return Answer(content_type="application/json; charset=UTF-8",
                      body=_bytes(reply(call_parts or [{"text": text}], "STOP")))
    replies = [reply([part]) for part in call_parts or [{"text": piece} for piece in tokens(ask, text)]]
    replies.append(reply([{"text": ""}], "STOP"))
    if parse_qs(ask.query).get("alt") == ["sse"]:
        events = [b"data: " + _bytes(one) + b"\r\n\r\n" for one in replies]
        return Answer(content_type="text/event-stream", events=events, closing=1)
    opened = [(b"[" if i == 0 else b",\r\n") + _bytes(one) for i, one in enumerate(replies)]
    return Answer(content_type="application/json; charset=UTF-8", events=[*opened, b"]"], closing=2)


def gemini_count(ask: Ask) -> Answer:
    """``models/M:countTokens``."""
    return Answer(body=_bytes({"totalTokens": count(ask.json.get("contents"))}))


# Ollama

def ollama(ask: Ask) -> Answer:
    """``/api/chat``: NDJSON unless ``stream`` is false."""
    body = ask.json
    given = body.get("messages") or []
    called = [] if _answers_a_tool(given) else calls(ask, _openai_tools(body))
    schema = body.get("format") if isinstance(body.get("format"), dict) else None
    text = said(ask, last_text(given), schema=schema)
    pieces = tokens(ask, text)

    def reply(content: str, done: bool, tool_calls: list[Json] | None = None) -> Json:
        message: Json = {"role": "assistant", "content": content}
        if tool_calls:
            message["tool_calls"] = tool_calls
        spent = {"done_reason": "stop", "total_duration": 1000, "prompt_eval_count": count(given),
                 "eval_count": len(called) or len(pieces)}
        return {"model": body.get("model", "unknown"), "created_at": "2026-01-01T00:00:00Z",
                "message": message, "done": done, **(spent if done else {})}

    tool_calls = [{"function": {"name": c.name, "arguments": json.loads(c.arguments)}} for c in called]
    if body.get("stream") is False:
        return Answer(body=_bytes(reply("" if called else text, True, tool_calls)))
    replies = [reply("", False, tool_calls)] if called else [reply(piece, False) for piece in pieces]
    events = [_bytes(one) + b"\n" for one in [*replies, reply("", True)]]
    return Answer(content_type="application/x-ndjson", events=events, closing=1)


# Not LLM traffic

def telemetry(ask: Ask) -> Answer:
    """``/v1/traces/ingest``: what openai-agents posts to an LLM host without asking a model anything."""
    return Answer(status=204)


def hello(ask: Ask) -> Answer:
    """``/hello``: a page that has nothing to do with LLMs."""
    text = ask.controls.get("say", f"hello {ask.number}")
    return Answer(content_type="text/plain; charset=utf-8", body=text.encode())


ROUTES: tuple[tuple[str, Callable[[Ask], Answer]], ...] = (
    (r"/chat/completions$", chat),
    (r"/responses$", responses),
    (r"/embeddings$", embeddings),
    (r"/files$", files),
    (r"/messages$", messages),
    (r"/messages/count_tokens$", count_tokens),
    (r":(g|streamG)enerateContent$", gemini),
    (r":countTokens$", gemini_count),
    (r"^/api/chat$", ollama),
    (r"/models(/[^/:]+)?$", models),
    (r"/traces/ingest$", telemetry),
    (r"^/hello", hello),
)


# Bytes

def _bytes(value: Json) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _data(value: Json) -> bytes:
    return b"data: " + _bytes(value) + b"\n\n"


def _named(value: Json) -> bytes:
    return b"event: " + value["type"].encode() + b"\n" + _data(value)
