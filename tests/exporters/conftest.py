"""A corpus to export: questions of several kinds, imported from a cassette, and the command line."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from processes import NOT_INHERITED, NOT_INHERITED_NAMES, Ran

from agentrec_auto.cli import main

Agentrec = Callable[..., Ran]
OPENAI = "https://api.openai.com/v1/chat/completions"
ANTHROPIC = "https://api.anthropic.com/v1/messages"
TOOL = {"name": "get_weather", "description": "Weather", "parameters": {"type": "object", "properties": {}}}
CALL = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "get_weather", "arguments": '{"city":"Rome"}'},
}
SSE = 'data: {"choices":[{"index":0,"delta":{"content":"streamed"},"finish_reason":"stop"}]}\n\n'


def chat(text: str, **more: Any) -> dict[str, Any]:
    """A request of Chat Completions."""
    return {"model": "gpt-4o", "messages": [{"role": "user", "content": text}], **more}


def said(finish: str = "stop", **message: Any) -> dict[str, Any]:
    """A response of Chat Completions."""
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
    return {"object": "chat.completion", "model": "gpt-4o", "choices": [choice]}


CLAUDE = {
    "model": "claude-haiku-4-5",
    "max_tokens": 9,
    "system": "Be brief.",
    "messages": [{"role": "user", "content": "hello, Claude"}],
}
CLAUDE_SAID = {
    "type": "message",
    "role": "assistant",
    "content": [
        {"type": "thinking", "thinking": "hm", "signature": "x"},
        {"type": "text", "text": "from Claude"},
    ],
    "stop_reason": "end_turn",
}
EXCHANGES: dict[str, tuple[str, dict[str, Any], Any]] = {
    "plain": (OPENAI, chat("plain"), said(content="an answer")),
    "tools": (OPENAI, chat("tools", tools=[{"type": "function", "function": TOOL}]), said("tool_calls", content=None, tool_calls=[CALL])),
    "stream": (OPENAI, chat("stream", stream=True), SSE + "data: [DONE]\n\n"),
    "torn": (OPENAI, chat("torn", stream=True), SSE),
    "cut": (OPENAI, chat("cut"), said("length", content="not all of")),
    "refused": (OPENAI, chat("refused"), 404),
    "claude": (ANTHROPIC, CLAUDE, CLAUDE_SAID),
    "vectors": (OPENAI.replace("chat/completions", "embeddings"), {"model": "e", "input": "vectors"}, {"data": []}),
}  # fmt: skip


def pair(url: str, body: dict[str, Any], answer: Any) -> dict[str, Any]:
    """An exchange as a cassette has it."""
    kind = "text/event-stream" if isinstance(answer, str) else "application/json"
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return {
        "request": {
            "method": "POST",
            "uri": url,
            "headers": {"content-type": ["application/json"], "authorization": ["Bearer x"]},
            "body": json.dumps(body),
        },
        "response": {
            "status": {"code": answer if isinstance(answer, int) else 200, "message": "OK"},
            "headers": {"content-type": [kind], "x-trace": ["a", "b"]},
            "body": {"string": text},
        },
    }


@pytest.fixture
def agentrec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: Any) -> Agentrec:
    """The command line, piped, in a folder with a corpus."""
    for name in list(os.environ):
        if name.startswith(NOT_INHERITED) or name in NOT_INHERITED_NAMES:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Ran:
        capfdbinary.readouterr()
        code = main(list(words))
        out, err = capfdbinary.readouterr()
        return Ran(code, out.decode(), err.decode())

    tape = {"version": 1, "interactions": [pair(*one) for one in EXCHANGES.values()]}
    Path("tape.json").write_text(json.dumps(tape))
    assert run("import", "tape.json").code == 0
    return run
