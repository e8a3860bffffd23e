"""OpenTelemetry spans of GenAI calls: OTLP JSON (one document, or one a line), and what SDKs print.

    resourceSpans[].scopeSpans[].spans[]     attributes: [{key, value: {stringValue: …}}]
    {context, attributes: {…}, events}       as the Python SDK's console exporter prints it

The conversation is looked for, in this order, in

    gen_ai.input.messages, gen_ai.output.messages, gen_ai.system_instructions    semantic conventions 1.37
    events gen_ai.{system,user,assistant,tool}.message, gen_ai.choice            1.28 to 1.36
    events gen_ai.content.prompt, gen_ai.content.completion                      before
    gen_ai.prompt.0.content, gen_ai.completion.0.content                         OpenLLMetry
    llm.input_messages.0.message.content …                                       OpenInference
    ai.prompt.messages, ai.response.text                                         Vercel's AI SDK
    an attribute that lists events                                               Logfire
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agentrec_auto.importers import messages, spans, tracing
from agentrec_auto.importers.record import Aside, Document, Found, Record, Source, Unread, UnreadableError
from agentrec_auto.importers.spans import Span
from agentrec_auto.importers.synthesis import Told, synthesised
from agentrec_auto.providers import reading
from agentrec_auto.providers.conversation import Part, Question, Turn

_OTHERS = (
    "embeddings",
    "execute_tool",
    "invoke_agent",
    "create_agent",
    "invoke_workflow",
    "retrieval",
    "rerank",
)
_KINDS = ("LLM", "", None)
_NOT_CAPTURED = "its messages were not captured: set OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true"


class OTel(Source):
    name = "otel"

    def recognises(self, document: Document) -> bool:
        return any(True for _ in spans.spans_of(document.value))

    def records(self, document: Document) -> Iterator[Found]:
        for number, span in enumerate(spans.spans_of(document.value), 1):
            position = f"{document.position} span {span.id or number}".lstrip()
            if (what := _no_call(span)) is not None:
                yield Aside(position, what)
                continue
            try:
                yield _record(position, span)
            except UnreadableError as error:
                yield Unread(position, str(error))


def _no_call(span: Span) -> str | None:
    """What a span is that is no call of a model; None for one that is."""
    said = span.attributes
    operation = said.get("gen_ai.operation.name") or said.get("llm.request.type")
    if operation in _OTHERS or operation == "embedding":
        return f"{operation} spans"
    if (kind := said.get("openinference.span.kind")) not in _KINDS:
        return f"{str(kind).lower()} spans"
    if kind is None and not any(name.startswith(("gen_ai.", "llm.")) for name in said):
        return "spans of something else"
    return None


def _record(position: str, span: Span) -> Record:
    said = span.attributes
    if span.failed:
        raise UnreadableError(f"the call failed: {span.failed}")
    model = next(
        (
            said[name]
            for name in ("gen_ai.request.model", "llm.model_name", "gen_ai.response.model")
            if isinstance(said.get(name), str) and said[name]
        ),
        None,
    )
    if model is None:
        raise UnreadableError("it doesn't say which model was asked")
    asked, answered, reason = _conversation(span)
    system, turns = messages.system_apart(asked)
    reasons = said.get("gen_ai.response.finish_reasons")
    given = {name.removeprefix("gen_ai.request."): value for name, value in said.items()
             if name.startswith("gen_ai.request.")}  # fmt: skip
    invoked = reading.members(messages.loaded(said.get("llm.invocation_parameters")))
    told = Told(
        Question(
            model,
            turns,
            system,
            tools=messages.tools(_tools(said)),
            sampling=tracing.sampling(invoked, given),
        ),
        answered,
        provider=_word(said, "gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system"),
        answered_by=_word(said, "gen_ai.response.model"),
        finish_reason=reason
        or reading.word(reasons[0] if isinstance(reasons, list) and reasons else reasons),
        usage=tracing.usage(_counted(said), nested=True),
        metadata={
            **tracing.times(span.started, span.ended),
            "tags": {"name": span.name} if span.name else None,
        },
    )
    return synthesised(told, position)


def _word(said: dict[str, Any], *names: str) -> str | None:
    return reading.word(reading.first_of(said, *names))


def _conversation(span: Span) -> tuple[list[Turn], tuple[Part, ...], str | None]:
    """The turns that were asked, what was answered, and why it ended."""
    asked, told = spans.messages_of(span)
    if asked is None and told is None:
        raise UnreadableError(_NOT_CAPTURED)
    turns = messages.turns(asked) if asked else []
    answers = messages.turns(told, "assistant") if told else []
    first = messages.loaded(told)
    first = first[0] if isinstance(first, list) and first else first
    reason = reading.members(first).get("finish_reason")
    parts = tuple(part for turn in answers[:1] for part in turn.parts)
    return turns, parts, reading.word(reason)


def _counted(said: dict[str, Any]) -> dict[str, Any]:
    """Tokens, by what comes behind the prefix."""
    names = {"llm.token_count.prompt": "input", "llm.token_count.completion": "output",
             "llm.token_count.total": "total", "llm.usage.total_tokens": "total",
             "llm.token_count.prompt_details.cache_read": "cache_read",
             "llm.token_count.prompt_details.cache_write": "cache_creation",
             "llm.token_count.completion_details.reasoning": "reasoning_tokens"}  # fmt: skip
    told = {
        name.removeprefix("gen_ai.usage."): value
        for name, value in said.items()
        if name.startswith("gen_ai.usage.")
    }
    return {**told, **{short: said[name] for name, short in names.items() if name in said}}


def _tools(said: dict[str, Any]) -> Any:
    """Tool definitions: an attribute of JSON, or flattened."""
    if (whole := reading.first_of(said, "gen_ai.tool.definitions", "gen_ai.request.tools")) is not None:
        return whole
    told = spans.unflattened(said, "llm.request.functions.") or spans.unflattened(
        said, "gen_ai.request.tools."
    )
    if told:
        return told
    inner = spans.unflattened(said, "llm.tools.")
    return [messages.loaded(one.get("tool", {}).get("json_schema")) for one in inner if isinstance(one, dict)]
