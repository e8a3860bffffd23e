"""Samples for OpenAI's evals: the question as ``input``, the recorded answer as ``ideal``, a line each.

Source: openai/evals, "Building an eval": chat-formatted ``input``, ``ideal`` a text.
"""

from __future__ import annotations

import json

from agentrec_auto.corpus.held import Held
from agentrec_auto.exporters.chats import chat_of
from agentrec_auto.exporters.format import Lines, UnfitError


class OpenAIEvals(Lines):
    name = "openai-evals"

    def line(self, held: Held) -> bytes:
        chat = chat_of(held)
        if chat.answer.tool_calls:
            raise UnfitError("it was answered by calling a tool, and an ideal answer is a text")
        if not chat.text:
            raise UnfitError("the answer says nothing")
        sample = {"input": chat.messages, "ideal": chat.text}
        return json.dumps(sample, ensure_ascii=False).encode("utf-8", "surrogatepass")
