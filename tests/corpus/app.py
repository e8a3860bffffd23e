"""An app that asks a bit of everything: what the tests of the corpus commands are made from."""

from __future__ import annotations

import os

import httpx

CHAT = "/v1/chat/completions"
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "Weather of a city",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
        },
    }
]
AT_OPENAI = {"authorization": "Bearer sk-abcdefghijklmnop1234567890"}
AT_ANTHROPIC = {"x-api-key": "sk-ant-abcdefghijklmnop1234567890", "anthropic-version": "2023-06-01"}

client = httpx.Client(base_url=os.environ["BASE_URL"], trust_env=False)


def ask(
    text: str,
    *,
    model: str = "gpt-4o-mini",
    path: str = CHAT,
    headers: dict[str, str] | None = None,
    **more: object,
) -> None:
    """Ask, and read the answer whole."""
    body = {"model": model, "messages": [{"role": "user", "content": text}], **more}
    client.post(path, json=body, headers={**AT_OPENAI, **(headers or {})})


def extract_invoice() -> None:
    """Two questions of a kind."""
    ask("Invoice 2291 of 14 November 2026: total NOK 12,450.00", temperature=0)
    ask("Invoice 77 of 3 October 2026: total EUR 99.00", temperature=0)


def joke() -> None:
    """One question, asked thrice."""
    for _ in range(3):
        ask("Tell me a joke about recorders.", model="gpt-4o", stream=True)


def weather() -> None:
    """A tool call and its result."""
    ask("How is the weather in Oslo?", model="gpt-4o", tools=TOOLS)
    call = {
        "id": "call_0123456789abcdef",
        "type": "function",
        "function": {"name": "get_weather", "arguments": '{"city": "Oslo"}'},
    }
    turns = [
        {"role": "user", "content": "How is the weather in Oslo?"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": call["id"], "content": "3 degrees, sleet"},
    ]
    client.post(CHAT, json={"model": "gpt-4o", "messages": turns, "tools": TOOLS}, headers=AT_OPENAI)


def support() -> None:
    """Anthropic, streamed."""
    body = {
        "model": "claude-haiku-4-5",
        "max_tokens": 300,
        "stream": True,
        "system": "You are the support desk of a shop.",
        "messages": [{"role": "user", "content": "Where is my refund for order 8812?"}],
    }
    client.post("/v1/messages", json=body, headers=AT_ANTHROPIC)


def not_well() -> None:
    """A permanent error, and a stream that nobody read to its end."""
    ask("hello?", model="gpt-9", headers={"x-loopback": "status=404"})
    body = {
        "model": "gpt-4o",
        "stream": True,
        "messages": [{"role": "user", "content": "Count to a thousand."}],
    }
    with client.stream("POST", CHAT, json=body, headers=AT_OPENAI) as response:
        next(response.iter_raw())


extract_invoice()
joke()
weather()
support()
not_well()
