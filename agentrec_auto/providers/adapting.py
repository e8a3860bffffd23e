"""Which adapter is whose, and what the ``agentrec`` library reads of an interaction."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.errors import DecodeError, UnsupportedRequestError
from agentrec_auto.providers import registry
from agentrec_auto.providers.adapter import AnthropicAdapter, OpenAIAdapter, ProviderAdapter
from agentrec_auto.providers.conversation import Answer, Choice, Question, Sampling, Text, Turn
from agentrec_auto.providers.dialect import Call, Dialect, Reply
from agentrec_auto.providers.plain import Conversation, DecodedResponse, decoded, plain

_adapters: list[ProviderAdapter] = [OpenAIAdapter(), AnthropicAdapter()]


def register(adapter: ProviderAdapter) -> None:
    """Know another provider. Where two claim a host, a model or a name, the first has it.

    All that reads interactions reads those of its hosts through it from now on.
    """
    _adapters.append(adapter)
    registry.add(_Adapted(adapter))


def adapters() -> list[ProviderAdapter]:
    """All adapters, in the order in which they are asked."""
    return list(_adapters)


def adapter_for_provider(name: str) -> ProviderAdapter:
    """The adapter of that name, in any case; LookupError for none."""
    for adapter in _adapters:
        if adapter.name == name.lower():
            return adapter
    raise LookupError(f"no provider adapter named {name!r}: expected {_names()}")


def adapter_for_model(model: str) -> ProviderAdapter:
    """The adapter whose models' names begin so; LookupError for none."""
    for adapter in _adapters:
        if adapter.matches_model(model):
            return adapter
    raise LookupError(f"can't tell the provider of model {model!r}: expected one of {_names()}; name it")


def adapter_for_host(host: str) -> ProviderAdapter | None:
    """The adapter whose host it is, or None."""
    return next((adapter for adapter in _adapters if adapter.matches_host(host)), None)


def decode_interaction(interaction: CapturedInteraction) -> DecodedResponse:
    """The answer in one text; `DecodeError` where there is none.

    Read by the adapter of the interaction's provider or host; without one of the program's own, by any
    dialect that can.
    """
    if interaction.response_status != 200:
        raise DecodeError(f"the response has status {interaction.response_status}, not 200")
    adapter = _adapter_of(interaction)
    why = ""
    if adapter is None or _is_ours(adapter):
        read = registry.read(interaction)
        if read.answer is not None and read.answer.choices:
            return decoded(adapter.name if adapter is not None else _provider(interaction, read), read.answer)
        why = read.why
    if adapter is None:
        raise DecodeError(why or "the response holds no text")
    reply = Reply.of(interaction)
    return adapter.decode_response(reply.body, is_sse="text/event-stream" in reply.content_type)


def conversation_of(interaction: CapturedInteraction) -> Conversation:
    """What was asked, in plain texts; `UnsupportedRequestError` where these don't say it all, and
    `DecodeError` where nobody reads it."""
    adapter = _adapter_of(interaction)
    call = Call.of(interaction.request)
    if adapter is not None and (not _is_ours(adapter) or "messages" in call.document):
        return adapter.extract_conversation(_body(interaction))
    question = registry.question_of(call)
    if question is not None:
        return plain(question)
    if adapter is not None:
        return adapter.extract_conversation(_body(interaction))
    raise DecodeError(f"no dialect reads {call.method} {call.path} of {call.host or 'no host'}")


class _Adapted(Dialect):
    """The dialect that an adapter of the program's own makes."""

    name = "adapter"

    def __init__(self, adapter: ProviderAdapter) -> None:
        self._adapter = adapter

    def recognises(self, call: Call) -> bool:
        return bool(call.host) and adapter_for_host(call.host) is self._adapter

    def question(self, call: Call) -> Question:
        told = self._adapter.extract_conversation(call.document)
        turns = tuple(
            Turn("assistant" if one["role"] == "assistant" else "user", (Text(one["content"]),))
            for one in told.messages
        )
        sampling = Sampling(temperature=told.temperature, max_tokens=told.max_tokens)
        system = (told.system,) if told.system is not None else ()
        return Question(call.model, turns, system, sampling=sampling, streamed=call.streamed)

    def answer(self, reply: Reply) -> Answer:
        if reply.status >= 400:
            return super().answer(reply)
        told = self._adapter.decode_response(reply.body, is_sse="text/event-stream" in reply.content_type)
        choice = Choice((Text(told.text),), raw_finish_reason=told.finish_reason)
        return Answer((choice,), model=told.model, streamed=told.streamed, raw_usage=told.usage)

    def read(self, document: Any) -> Answer:
        raise DecodeError("an adapter reads whole bodies")


def _adapter_of(interaction: CapturedInteraction) -> ProviderAdapter | None:
    try:
        return adapter_for_provider(str(interaction.metadata.get("provider") or ""))
    except LookupError:
        return adapter_for_host(_host(interaction))


def _is_ours(adapter: ProviderAdapter) -> bool:
    return type(adapter) in (OpenAIAdapter, AnthropicAdapter)


def _host(interaction: CapturedInteraction) -> str:
    try:
        return urlsplit(interaction.request.url).hostname or ""
    except ValueError:
        return ""


def _provider(interaction: CapturedInteraction, read: registry.Reading) -> str:
    return str(interaction.metadata.get("provider") or read.dialect)


def _body(interaction: CapturedInteraction) -> dict[str, Any]:
    try:
        body: dict[str, Any] = json.loads(interaction.request.content)
    except (ValueError, RecursionError) as error:
        raise UnsupportedRequestError("the request body is not JSON") from error
    return body


def _names() -> str:
    return ", ".join(adapter.name for adapter in _adapters)
