"""Ollama's own API."""

from __future__ import annotations

from typing import Any

from providers.spoken.openai_chat import ASKED, SYSTEM, TOOL
from providers.spoken.said import ANSWER, ARGUMENTS, CODED, PIECES, Spoken, lines


def _ollama(message: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"model": "m", "message": {"role": "assistant", **message}, "done": False, **more}


_OLLAMA_END = {"done": True, "done_reason": "stop", "prompt_eval_count": 9, "eval_count": 4}
_OLLAMA_CALL = {"function": {"name": "weather", "arguments": ARGUMENTS}}

OLLAMA = Spoken(
    "ollama",
    "http://localhost:11434/api/chat",
    ask={
        "model": "m",
        "messages": [SYSTEM, ASKED],
        "stream": False,
        "options": {"temperature": 0.5, "num_predict": 50, "stop": ["\n"]},
    },
    answer=_ollama({"content": ANSWER}, **_OLLAMA_END),
    stream=lines(*(_ollama({"content": piece}) for piece in PIECES), _ollama({"content": ""}, **_OLLAMA_END)),
    stream_type="application/x-ndjson",
    call=_ollama({"content": "", "tool_calls": [_OLLAMA_CALL]}, **_OLLAMA_END),
    call_stream=lines(
        _ollama({"content": "", "tool_calls": [_OLLAMA_CALL]}), _ollama({"content": ""}, **_OLLAMA_END)
    ),
    tools={"tools": [TOOL]},
    results={
        "model": "m",
        "messages": [
            ASKED,
            {"role": "assistant", "content": "", "tool_calls": [_OLLAMA_CALL]},
            {"role": "tool", "tool_name": "weather", "content": "21"},
        ],
    },
    image={"model": "m", "messages": [{"role": "user", "content": "What is it?", "images": [CODED]}]},
    cut=_ollama({"content": "Sun"}, **{**_OLLAMA_END, "done_reason": "length"}),
    error={"error": "No such model"},
)
