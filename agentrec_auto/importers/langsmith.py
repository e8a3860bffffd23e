"""Exports of LangSmith: runs, as its SDK and its API give them (JSON, or JSON by the line).

Runs of models (``run_type: llm``) are imported, also those within others.
Source: "Run (span) data format", LangSmith's documentation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agentrec_auto.importers import messages, tracing
from agentrec_auto.importers.record import Aside, Document, Found, Record, Source, Unread, UnreadableError
from agentrec_auto.importers.synthesis import Told, synthesised
from agentrec_auto.providers import reading
from agentrec_auto.providers.conversation import Part, Question, Text


class LangSmith(Source):
    name = "langsmith"

    def recognises(self, document: Document) -> bool:
        return any(True for _ in _runs(document.value))

    def records(self, document: Document) -> Iterator[Found]:
        for number, run in enumerate(_runs(document.value), 1):
            position = f"{document.position} run {run.get('id') or number}".lstrip()
            kind = str(run.get("run_type")).lower()
            if kind != "llm":
                yield Aside(position, f"{kind} runs")
                continue
            try:
                yield _record(position, run)
            except UnreadableError as error:
                yield Unread(position, str(error))


def _runs(value: Any) -> Iterator[dict[str, Any]]:
    """The runs in a list, a page of the API, or one alone, each before those within it."""
    match value:
        case {"run_type": str()}:
            yield value
            yield from _runs(value.get("child_runs"))
        case {"runs": list(inner)}:
            yield from _runs(inner)
        case list():
            for one in value:
                if isinstance(one, dict):
                    yield from _runs(one)


def _record(position: str, run: dict[str, Any]) -> Record:
    if run.get("error"):
        raise UnreadableError(f"the call failed: {str(run['error'])[:200]}")
    inputs = reading.members(messages.loaded(run.get("inputs")))
    outputs = messages.loaded(run.get("outputs"))
    extra = reading.members(messages.loaded(run.get("extra")))
    metadata = reading.members(extra.get("metadata"))
    invoked = reading.members(extra.get("invocation_params"))
    found = _Answer(outputs)
    models = (metadata.get("ls_model_name"), *_models(invoked), *_models(inputs), found.model)
    model = next((name for name in models if isinstance(name, str) and name), None)
    if model is None:
        raise UnreadableError("it doesn't say which model was asked")
    system, turns = messages.system_apart(_turns(inputs))
    named = {key[3:]: value for key, value in metadata.items() if key.startswith("ls_")}
    counted = {name: run.get(name) for name in ("prompt_tokens", "completion_tokens", "total_tokens")}
    name = reading.word(run.get("name"))
    told = Told(
        Question(
            model,
            turns,
            system,
            tools=messages.tools(invoked.get("tools") or inputs.get("tools")),
            sampling=tracing.sampling(named, inputs, invoked),
        ),
        found.parts,
        provider=reading.word(metadata.get("ls_provider")),
        answered_by=found.model,
        finish_reason=found.reason,
        usage=tracing.usage(found.counted, nested=True) or tracing.usage(counted, nested=True),
        metadata={
            **tracing.times(run.get("start_time"), run.get("end_time"), run.get("first_token_time")),
            "tags": {"name": name} if name else None,
        },
    )
    return synthesised(told, position)


def _models(given: dict[str, Any]) -> tuple[Any, ...]:
    return given.get("model"), given.get("model_name"), given.get("model_id")


def _turns(inputs: dict[str, Any]) -> list[Any]:
    match inputs:
        case {"messages": list(inner), **rest}:
            system = [{"role": "system", "content": rest["system"]}] if rest.get("system") else []
            return [*messages.turns(system), *messages.turns(inner)]
        case {"prompts": [str(text), *_]}:
            return messages.turns(text)
        case {"prompt": inner} | {"input": inner} | {"contents": inner}:
            return messages.turns(inner)
    raise UnreadableError("its inputs hold no messages")


class _Answer:
    """What a run's outputs hold: LangChain's generations, a provider's response, a message, a text."""

    def __init__(self, outputs: Any) -> None:
        self.model: str | None = None
        self.reason: str | None = None
        self.counted: Any = None
        self.parts: tuple[Part, ...] = self._read(outputs)

    def _read(self, outputs: Any) -> tuple[Part, ...]:
        match outputs:
            case None | {}:
                if not outputs:
                    raise UnreadableError("its outputs were not captured")
        match outputs:
            case {"generations": [[first, *_], *_]} | {"generations": [{} as first, *_]}:
                said = self._generation(reading.members(first))
                told = reading.members(outputs.get("llm_output"))
                self.counted = self.counted or told.get("token_usage") or told.get("usage")
                self.model = self.model or reading.word(reading.first_of(told, "model_name", "model"))
                return said
            case {"choices": [{"message": inner, **rest}, *_]}:
                self.reason = reading.word(rest.get("finish_reason"))
                return self._whole(outputs, inner)
            case {"message": inner} | {"messages": [*_, inner]} | {"output": inner} | {"content": inner}:
                return self._whole(outputs, outputs if "content" in outputs else inner)
        return self._whole({}, outputs)

    def _whole(self, outputs: dict[str, Any], message: Any) -> tuple[Part, ...]:
        self.model = self.model or reading.word(outputs.get("model"))
        self.counted = reading.first_of(outputs, "usage_metadata", "usage")
        self.reason = self.reason or reading.word(reading.first_of(outputs, "stop_reason", "finish_reason"))
        return self._message(message)

    def _generation(self, first: dict[str, Any]) -> tuple[Part, ...]:
        info = reading.members(first.get("generation_info"))
        self.reason = reading.word(reading.first_of(info, "finish_reason", "stop_reason"))
        if first.get("message") is None:
            return (Text(reading.text(first.get("text"))),)
        return self._message(first["message"])

    def _message(self, message: Any) -> tuple[Part, ...]:
        inner = reading.members(reading.members(message).get("kwargs")) or reading.members(message)
        said = reading.members(inner.get("response_metadata"))
        self.counted = (
            self.counted or inner.get("usage_metadata") or said.get("token_usage") or said.get("usage")
        )
        self.model = self.model or reading.word(reading.first_of(said, "model_name", "model"))
        self.reason = self.reason or reading.word(reading.first_of(said, "finish_reason", "stop_reason"))
        turns = messages.turns(message, "assistant")
        return tuple(part for turn in turns if turn.role == "assistant" for part in turn.parts)
