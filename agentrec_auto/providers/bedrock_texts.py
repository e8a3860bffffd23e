"""Models on Bedrock that take a prompt and give a text: Titan, Llama, and the first of Mistral and AI21."""

from __future__ import annotations

from typing import Any

from agentrec_auto.errors import DecodeError
from agentrec_auto.providers import reading
from agentrec_auto.providers.conversation import Answer, Choice, FinishReason, Sampling, Text, Usage
from agentrec_auto.providers.reading import first_of, members

PROMPTS = ("prompt", "inputText")
TEXTS = ("outputText", "generation", "text")
"""Where a chunk of a stream has its piece of the text."""

KNOWN = frozenset(
    """
    prompt inputText textGenerationConfig temperature top_p topP p k top_k max_gen_len max_tokens maxTokens
    stop stop_sequences stopSequences
    """.split()  # noqa: SIM905
)
_FINISH: dict[str, FinishReason] = {
    "finish": "stop",
    "finished": "stop",
    "stop": "stop",
    "complete": "stop",
    "endoftext": "stop",
    "length": "length",
    "max_tokens": "length",
    "content_filtered": "filtered",
    "rag_query_when_rag_disabled": "error",
}


def sampling(document: dict[str, Any]) -> Sampling:
    """How any of them is asked to draw its answer; Titan's is a member of its own."""
    told = members(document.get("textGenerationConfig")) or document
    return Sampling(
        temperature=reading.number(told.get("temperature")),
        top_p=reading.number(first_of(told, "top_p", "topP", "p")),
        top_k=reading.number(first_of(told, "top_k", "k")),
        max_tokens=reading.integer(first_of(told, "max_gen_len", "maxTokenCount", "max_tokens", "maxTokens")),
        stop=reading.words(first_of(told, "stop", "stopSequences", "stop_sequences")),
    )


def texts(document: dict[str, Any]) -> Answer:
    """The texts in a response of any of them."""
    choices: tuple[Choice, ...]
    if isinstance(document.get("generation"), str):  # Llama
        choices = (_choice(document["generation"], document.get("stop_reason")),)
    elif isinstance(document.get("outputText"), str):  # Titan, streamed
        choices = (_choice(document["outputText"], document.get("completionReason")),)
    elif results := list(reading.objects(document.get("results"))):  # Titan
        choices = tuple(_choice(one.get("outputText"), one.get("completionReason")) for one in results)
    elif outputs := list(reading.objects(document.get("outputs"))):  # Mistral
        choices = tuple(_choice(one.get("text"), one.get("stop_reason")) for one in outputs)
    elif completions := list(reading.objects(document.get("completions"))):  # AI21 Jurassic
        choices = tuple(
            _choice(members(one.get("data")).get("text"), members(one.get("finishReason")).get("reason"))
            for one in completions
        )
    else:
        raise DecodeError("the response has no text of any model family known here")
    usage, raw = _counted(document)
    return Answer(choices, usage=usage, raw_usage=raw)


def embedding(document: dict[str, Any]) -> Answer:
    """Titan's embedding of one text."""
    usage, raw = _counted(document)
    return Answer(usage=usage, raw_usage=raw, vectors=(reading.vector(document.get("embedding")),))


def _choice(said: Any, reason: Any) -> Choice:
    raw = reading.word(reason)
    return Choice((Text(reading.text(said)),), _FINISH.get(raw.lower(), "other") if raw else None, raw)


def _counted(document: dict[str, Any]) -> tuple[Usage | None, dict[str, Any] | None]:
    """Llama's and Titan's counts; the others' are in the headers only."""
    asked = first_of(document, "prompt_token_count", "inputTextTokenCount")
    if asked is None:
        return None, None
    told = first_of(document, "generation_token_count", "totalOutputTextTokenCount")
    if told is None:
        told = sum(reading.count(one.get("tokenCount")) for one in reading.objects(document.get("results")))
    raw = {"inputTokenCount": asked, "outputTokenCount": told}
    return Usage(input=reading.count(asked), output=reading.count(told)), raw
