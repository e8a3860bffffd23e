"""Exports of Langfuse: observations, from its API, its pages (JSON) or its blob storage (JSON by the line).

Generations are imported. Names are read in both of its spellings, ``usageDetails`` and ``usage_details``.
Source: API reference "Observations" of Langfuse 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agentrec_auto.importers import messages, tracing
from agentrec_auto.importers.record import Aside, Document, Found, Record, Source, Unread, UnreadableError
from agentrec_auto.importers.synthesis import Told, synthesised
from agentrec_auto.providers import reading
from agentrec_auto.providers.conversation import Part, Question, Text

_TYPES = frozenset(
    "GENERATION EMBEDDING SPAN EVENT AGENT TOOL CHAIN RETRIEVER EVALUATOR GUARDRAIL".split()  # noqa: SIM905
)


class Langfuse(Source):
    name = "langfuse"

    def recognises(self, document: Document) -> bool:
        return any(True for _ in _observations(document.value))

    def records(self, document: Document) -> Iterator[Found]:
        for number, one in enumerate(_observations(document.value), 1):
            named = reading.word(one.get("id"))
            position = f"{document.position} observation {named or number}".lstrip()
            if one.get("type") != "GENERATION":
                yield Aside(position, f"{str(one.get('type')).lower()} observations")
                continue
            try:
                yield _record(position, one)
            except UnreadableError as error:
                yield Unread(position, str(error))


def _observations(value: Any) -> Iterator[dict[str, Any]]:
    """The observations in a page of the API, a trace, a list of either, or one alone."""
    match value:
        case {"type": str(kind)} if kind in _TYPES and ("traceId" in value or "trace_id" in value):
            yield value
        case {"observations": list(inner)} | {"data": list(inner)}:
            yield from _observations(inner)
        case list():
            for one in value:
                if isinstance(one, dict):
                    yield from _observations(one)


def _record(position: str, one: Mapping[str, Any]) -> Record:
    def said(*names: str) -> Any:
        return messages.loaded(reading.first_of(dict(one), *names))

    if one.get("level") == "ERROR":
        raise UnreadableError(
            f"the call failed: {said('statusMessage', 'status_message') or 'no reason given'}"
        )
    model = said("model", "providedModelName", "provided_model_name")
    if not isinstance(model, str) or not model:
        raise UnreadableError("it doesn't say which model was asked")
    asked, given = said("input"), reading.members(said("modelParameters", "model_parameters"))
    metadata = reading.members(said("metadata"))
    system, turns = messages.system_apart(_turns(asked))
    answer, reason = _answer(said("output"))
    counted = reading.first_of(dict(one), "usageDetails", "usage_details", "usage")
    name = reading.word(one.get("name"))
    tools = reading.members(asked).get("tools") or given.get("tools") or metadata.get("tools")
    told = Told(
        Question(
            model,
            turns,
            system,
            tools=messages.tools(tools),
            sampling=tracing.sampling(metadata, given),
        ),
        answer,
        provider=reading.word(metadata.get("ls_provider")),
        finish_reason=reason,
        usage=tracing.usage(messages.loaded(counted), nested=False),
        metadata={
            **tracing.times(
                said("startTime", "start_time"),
                said("endTime", "end_time"),
                said("completionStartTime", "completion_start_time"),
            ),
            "tags": {"name": name} if name else None,
        },
    )
    return synthesised(told, position)


def _turns(asked: Any) -> list[Any]:
    match asked:
        case {"messages": inner, **rest}:
            system = [{"role": "system", "content": rest["system"]}] if rest.get("system") else []
            return [*messages.turns(system), *messages.turns(inner)]
        case {"prompt": inner} | {"input": inner} | {"contents": inner}:
            return messages.turns(inner)
        case None:
            raise UnreadableError("its input was not captured")
    return messages.turns(asked)


def _answer(output: Any) -> tuple[tuple[Part, ...], str | None]:
    """What was answered, and why it ended, of an output that may be the provider's own response."""
    match output:
        case None:
            raise UnreadableError("its output was not captured")
        case {"choices": [{"message": inner, **rest}, *_]}:
            return _answer(inner)[0], reading.word(rest.get("finish_reason"))
        case {"completion": str(text)}:
            return (Text(text),), None
        case {"messages": [*_, last]}:
            return _answer(last)
        case {"generations": [[first, *_], *_]} | {"generations": [{} as first, *_]}:
            return _answer(first.get("message") or first)
    turns = messages.turns(output, "assistant")
    said = tuple(part for turn in turns if turn.role == "assistant" for part in turn.parts)
    reason = reading.first_of(reading.members(output), "stop_reason", "finish_reason")
    return said, reading.word(reason)
