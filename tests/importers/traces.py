"""What tracing tools export, one call of a model in each of their shapes."""

from __future__ import annotations

import json
from typing import Any

ASKED = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]
WEATHER = {"name": "get_weather", "description": "Weather", "parameters": {"type": "object"}}


def generation(**more: Any) -> dict[str, Any]:
    """An observation of Langfuse, as its API gives it."""
    return {
        "id": "obs-1",
        "traceId": "t",
        "type": "GENERATION",
        "name": "greet",
        "startTime": "2026-11-23T06:00:00.000Z",
        "endTime": "2026-11-23T06:00:01.500Z",
        "completionStartTime": "2026-11-23T06:00:00.250Z",
        "model": "gpt-4o-mini",
        "modelParameters": {"temperature": 0.2, "max_tokens": 50},
        "input": ASKED,
        "output": {"role": "assistant", "content": "Hello"},
        "usageDetails": {"input": 10, "output": 5, "input_cached_tokens": 3, "total": 18},
        "level": "DEFAULT",
        **more,
    }


def llm_run(**more: Any) -> dict[str, Any]:
    """A run of LangSmith, as LangChain's models leave it."""

    def message(kind: str, text: str, **inner: Any) -> dict[str, Any]:
        kwargs = {"content": text, "type": kind.lower().removesuffix("message"), **inner}
        return {
            "lc": 1,
            "type": "constructor",
            "id": ["langchain", "schema", "messages", kind],
            "kwargs": kwargs,
        }

    counted = {
        "input_tokens": 13,
        "output_tokens": 5,
        "total_tokens": 18,
        "input_token_details": {"cache_read": 3},
    }
    answer = message(
        "AIMessage", "Hello", usage_metadata=counted, response_metadata={"finish_reason": "stop"}
    )
    asked = [message("SystemMessage", "Be brief."), message("HumanMessage", "Hi")]
    return {
        "id": "run-1",
        "name": "greet",
        "run_type": "llm",
        "start_time": "2026-11-23T06:00:00",
        "end_time": "2026-11-23T06:00:01.5",
        "inputs": {"messages": [asked]},
        "outputs": {"generations": [[{"text": "Hello", "message": answer}]], "llm_output": None},
        "extra": {
            "invocation_params": {"model": "gpt-4o-mini", "temperature": 0.2, "max_tokens": 50},
            "metadata": {"ls_provider": "openai", "ls_model_name": "gpt-4o-mini"},
        },
        "error": None,
        **more,
    }


def otlp(
    attributes: dict[str, Any], events: list[tuple[str, dict[str, Any]]] = (), **more: Any
) -> dict[str, Any]:
    """A span in OTLP's JSON."""

    def pairs(said: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"key": name, "value": value_of(value)} for name, value in said.items()]

    span = {
        "traceId": "t",
        "spanId": "s1",
        "name": "greet",
        "startTimeUnixNano": "1795413600000000000",
        "endTimeUnixNano": "1795413601500000000",
        "attributes": pairs(attributes),
        "events": [{"name": name, "attributes": pairs(said)} for name, said in events],
        "status": {},
        **more,
    }
    return {"resourceSpans": [{"resource": {}, "scopeSpans": [{"scope": {}, "spans": [span]}]}]}


def value_of(value: Any) -> dict[str, Any]:
    match value:
        case bool():
            return {"boolValue": value}
        case int():
            return {"intValue": str(value)}
        case float():
            return {"doubleValue": value}
        case list():
            return {"arrayValue": {"values": [value_of(one) for one in value]}}
    return {"stringValue": value if isinstance(value, str) else json.dumps(value)}


MODEL = {
    "gen_ai.request.model": "gpt-4o-mini",
    "gen_ai.system": "openai",
    "gen_ai.request.temperature": 0.2,
    "gen_ai.request.max_tokens": 50,
    "gen_ai.usage.input_tokens": 13,
    "gen_ai.usage.output_tokens": 5,
    "gen_ai.usage.cache_read.input_tokens": 3,
    "gen_ai.response.finish_reasons": ["stop"],
}
PARTS = {
    "gen_ai.operation.name": "chat",
    "gen_ai.system_instructions": json.dumps([{"type": "text", "content": "Be brief."}]),
    "gen_ai.input.messages": json.dumps([{"role": "user", "parts": [{"type": "text", "content": "Hi"}]}]),
    "gen_ai.output.messages": json.dumps(
        [{"role": "assistant", "parts": [{"type": "text", "content": "Hello"}], "finish_reason": "stop"}]
    ),
}
FLAT = {
    "gen_ai.prompt.0.role": "system",
    "gen_ai.prompt.0.content": "Be brief.",
    "gen_ai.prompt.1.role": "user",
    "gen_ai.prompt.1.content": "Hi",
    "gen_ai.completion.0.role": "assistant",
    "gen_ai.completion.0.content": "Hello",
}
OPENINFERENCE = {
    "openinference.span.kind": "LLM",
    "llm.model_name": "gpt-4o-mini",
    "llm.provider": "openai",
    "llm.invocation_parameters": json.dumps({"temperature": 0.2, "max_tokens": 50}),
    "llm.input_messages.0.message.role": "system",
    "llm.input_messages.0.message.content": "Be brief.",
    "llm.input_messages.1.message.role": "user",
    "llm.input_messages.1.message.contents.0.message_content.type": "text",
    "llm.input_messages.1.message.contents.0.message_content.text": "Hi",
    "llm.output_messages.0.message.role": "assistant",
    "llm.output_messages.0.message.content": "Hello",
    "llm.token_count.prompt": 13,
    "llm.token_count.completion": 5,
    "llm.token_count.prompt_details.cache_read": 3,
}
IN_EVENTS = [
    ("gen_ai.system.message", {"content": "Be brief."}),
    ("gen_ai.user.message", {"gen_ai.event.content": json.dumps({"content": "Hi"})}),
    ("gen_ai.choice", {"message": json.dumps({"content": "Hello"}), "finish_reason": "stop"}),
]
OF_OLD = [
    ("gen_ai.content.prompt", {"gen_ai.prompt": json.dumps(ASKED)}),
    (
        "gen_ai.content.completion",
        {"gen_ai.completion": json.dumps([{"role": "assistant", "content": "Hello"}])},
    ),
]
PRINTED = {
    "name": "greet",
    "context": {"trace_id": "0xt", "span_id": "0xs"},
    "kind": "SpanKind.CLIENT",
    "start_time": "2026-11-23T06:00:00.000000Z",
    "end_time": "2026-11-23T06:00:01.500000Z",
    "status": {"status_code": "UNSET"},
    "attributes": {**MODEL, **PARTS},
    "events": [],
}
SNAKE = {
    "id": "obs-1",
    "trace_id": "t",
    "type": "GENERATION",
    "name": "greet",
    "start_time": "2026-11-23 06:00:00.000",
    "end_time": "2026-11-23 06:00:01.500",
    "provided_model_name": "gpt-4o-mini",
    "model_parameters": json.dumps({"temperature": "0.2", "max_tokens": "50"}),
    "input": json.dumps(ASKED),
    "output": json.dumps({"choices": [{"message": {"role": "assistant", "content": "Hello"}}]}),
    "usage_details": {"input": 10, "output": 5, "input_cached_tokens": 3},
}
OF_OPENAI = llm_run(
    inputs={"model": "gpt-4o-mini", "messages": ASKED, "temperature": 0.2, "max_tokens": 50},
    outputs={
        "choices": [{"message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}],
        "usage_metadata": {"input_tokens": 13, "output_tokens": 5, "input_token_details": {"cache_read": 3}},
    },
    extra={"metadata": {"ls_provider": "openai"}},
)

OF_VERCEL = {"ai.prompt.messages": json.dumps(ASKED), "ai.response.text": "Hello"}
OF_LOGFIRE = {
    "events": json.dumps(
        [
            {"event.name": "gen_ai.system.message", "content": "Be brief.", "role": "system"},
            {"event.name": "gen_ai.user.message", "content": "Hi", "role": "user"},
            {"event.name": "gen_ai.choice", "index": 0, "message": {"role": "assistant", "content": "Hello"}},
        ]
    )
}

SHAPES = {
    "langfuse page": ("langfuse", {"data": [generation()], "meta": {"page": 1}}),
    "langfuse list": ("langfuse", [generation()]),
    "langfuse trace": ("langfuse", {"id": "t", "name": "x", "observations": [generation()]}),
    "langfuse snake": ("langfuse", SNAKE),
    "langsmith list": ("langsmith", [llm_run()]),
    "langsmith child": ("langsmith", {**llm_run(), "run_type": "chain", "child_runs": [llm_run()]}),
    "langsmith openai": ("langsmith", OF_OPENAI),
    "otel parts": ("otel", otlp({**MODEL, **PARTS})),
    "otel flat": ("otel", otlp({**MODEL, **FLAT})),
    "otel events": ("otel", otlp(MODEL, IN_EVENTS)),
    "otel old events": ("otel", otlp(MODEL, OF_OLD)),
    "otel printed": ("otel", PRINTED),
    "otel vercel": ("otel", otlp({**MODEL, **OF_VERCEL})),
    "otel logfire": ("otel", otlp({**MODEL, **OF_LOGFIRE})),
    "otel openinference": ("otel", otlp(OPENINFERENCE)),
}
