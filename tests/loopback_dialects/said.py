"""What is said: the text, the tokens, the tool calls and the instances of a schema."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from loopback_dialects.base import Ask, Json


@dataclass(frozen=True)
class Call:
    """A tool call: its position, the tool's name and its arguments as JSON text."""

    index: int
    name: str
    arguments: str


def tokens(ask: Ask, text: str) -> list[str]:
    """The text in pieces, as a model streams it: at most 4 characters (control ``token``) and a space."""
    size = int(ask.controls.get("token") or 4)
    return re.findall(rf"\s?\S{{1,{size}}}|\s", text)


def said(ask: Ask, asked: str, *, choice: int = 0, schema: Json | None = None) -> str:
    """The text of an answer to ``asked``."""
    if "say" in ask.controls:
        return ask.controls["say"]
    if "mib" in ask.controls:
        return "so-it-goes," * (int(ask.controls["mib"]) * 2**20 // 11)
    if schema:
        return json.dumps(instance(schema, ask.number))
    return f"answer {ask.number}{f'.{choice}' if choice else ''} to: {asked}"


def calls(ask: Ask, tools: list[tuple[str, Json]], *, forced: str | None = None) -> list[Call]:
    """Calls of the forced tool, or of as many of the first tools as the control ``calls`` says (1)."""
    if "say" in ask.controls:
        return []
    if forced:
        tools = [tool for tool in tools if tool[0] == forced]
    wanted = tools[: int(ask.controls.get("calls") or 1)]
    return [
        Call(index, name, json.dumps(instance(schema, ask.number)))
        for index, (name, schema) in enumerate(wanted)
    ]


def instance(schema: Json, number: int, name: str = "value") -> Any:
    """A value that a JSON schema allows, different for each number where it can be."""
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return instance(schema["anyOf"][0], number, name)
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        return {key: instance(value, number, key) for key, value in schema.get("properties", {}).items()}
    if kind == "array":
        return [instance(schema.get("items", {}), number, name)]
    values: Json = {"integer": number, "number": number + 0.5, "boolean": True, "null": None}
    return values.get(str(kind).lower(), f"{name} {number}")


def text_of(content: Any) -> str:
    """The text in a message's content, whichever dialect: a string, or parts that hold one."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return " ".join(filter(None, (text_of(part) for part in content)))
    if isinstance(content, dict):
        for key in ("text", "content", "parts", "output", "functionResponse"):
            if key in content:
                value = content[key]
                return text_of(value) if not isinstance(value, dict) else json.dumps(value)
    return ""


def last_text(messages: Any) -> str:
    """The text of the last message, or the string itself."""
    return text_of(messages[-1]) if isinstance(messages, list) and messages else text_of(messages)


def count(value: Any) -> int:
    """Tokens in, more or less: words of the JSON."""
    return len(json.dumps(value).split())
