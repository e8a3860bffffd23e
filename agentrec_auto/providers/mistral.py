"""Mistral: Chat Completions with a few words of its own, and fill-in-the-middle.

Source: API reference "Chat" and "FIM". ``random_seed``, the tool choice ``any`` and thinking parts are read
in every dialect of this family, for Mistral's models are served by others too.
"""

from __future__ import annotations

from agentrec_auto.providers import reading
from agentrec_auto.providers.conversation import Other, Part, Question, Text, Turn
from agentrec_auto.providers.dialect import Call
from agentrec_auto.providers.openai_chat import OpenAIChat
from agentrec_auto.providers.openai_parts import sampling

_KNOWN = frozenset(
    {"model", "prompt", "suffix", "stream", "temperature", "top_p", "max_tokens", "stop", "random_seed"}
)


class Mistral(OpenAIChat):
    name = "mistral"

    def recognises(self, call: Call) -> bool:
        if "mistral" not in call.host and not call.path.endswith(("/fim/completions", "/agents/completions")):
            return False
        return call.method == "POST" and ("messages" in call.document or "prompt" in call.document)

    def question(self, call: Call) -> Question:
        document = call.document
        if "prompt" not in document:
            return super().question(call)
        parts: tuple[Part, ...] = (Text(reading.text(document["prompt"])),)
        if suffix := reading.word(document.get("suffix")):
            parts += (Other("suffix", suffix),)
        return Question(
            model=call.model,
            turns=(Turn("user", parts),),
            sampling=sampling(document),
            task="completion",
            streamed=call.streamed,
            rest=reading.rest(document, _KNOWN),
        )
