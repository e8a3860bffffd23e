"""Training examples for OpenAI's supervised fine-tuning of chat models: a line each.

    {"messages": [… {"role": "assistant", …}], "tools": […], "parallel_tool_calls": …}

Source: API reference, "Training format for chat models using the supervised method".
"""

from __future__ import annotations

import json
from typing import Any

from agentrec_auto.corpus.held import Held
from agentrec_auto.exporters.chats import assistant, chat_of
from agentrec_auto.exporters.format import Lines, UnfitError

_PARTS = ("text", "image_url", "refusal")


class OpenAIFineTune(Lines):
    name = "openai-finetune"

    def line(self, held: Held) -> bytes:
        chat = chat_of(held)
        for message in chat.messages:
            _check(message)
        example: dict[str, Any] = {"messages": [*chat.messages, assistant(chat.answer)]}
        if chat.tools:
            example["tools"] = chat.tools
        return json.dumps(example, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _check(message: dict[str, Any]) -> None:
    """Training takes text and images, and nothing else."""
    content = message.get("content")
    for part in content if isinstance(content, list) else ():
        kind = part.get("type") if isinstance(part, dict) else part
        if kind not in _PARTS:
            raise UnfitError(f"a message holds {kind!r}, which training doesn't take")
