"""The documents in a file: JSON, JSON by the line, YAML or TOML, told by content more than by name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from agentrec_auto.errors import ConfigError
from agentrec_auto.importers import yaml_text
from agentrec_auto.importers.record import Document, Unread, UnreadableError


def documents(data: bytes, name: str) -> Iterator[Document | Unread]:
    """The documents in a file's bytes; lines of JSON that are none are told one by one.

    Raises `UnreadableError` where a file is nothing of this kind.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"not text: {error}") from error
    head = text.lstrip()[:1]
    if not head:
        raise UnreadableError("it is empty")
    if name.removesuffix(".gz").lower().endswith((".jsonl", ".ndjson")):
        yield from _of_lines(text, name)
    elif head in "{[" and not _is_toml(text, name):
        yield from _of_json(text, name)
    elif _is_toml(text, name):
        yield Document(_toml(data, name), name)
    else:
        for number, value in enumerate(yaml_text.documents(text, name), 1):
            yield Document(value, name, f"document {number}" if number > 1 else "")


def _of_json(text: str, name: str) -> Iterator[Document | Unread]:
    """One JSON text, or one a line."""
    try:
        yield Document(json.loads(text), name)
        return
    except RecursionError as error:
        raise UnreadableError("it is nested too deeply") from error
    except ValueError as error:
        whole = error
    if not isinstance(_parsed(text.strip().partition("\n")[0]), (dict, list)):
        if text.startswith("{") and ":" in text and name.removesuffix(".gz").endswith((".yaml", ".yml")):
            yield from (Document(value, name) for value in yaml_text.documents(text, name))
            return
        raise UnreadableError(f"not JSON: {whole}") from whole
    yield from _of_lines(text, name)


def _of_lines(text: str, name: str) -> Iterator[Document | Unread]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            value, at = _parsed(line), f"line {number}"
            yield Document(value, name, at) if value is not None else Unread(at, "not JSON, or cut off")


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _is_toml(text: str, name: str) -> bool:
    if name.removesuffix(".gz").lower().endswith(".toml"):
        return True
    return name == "-" and text.startswith(("version = ", "[[interactions]]"))


def _toml(data: bytes, name: str) -> Any:
    from agentrec_auto.config.toml import parse

    try:
        return parse(data, name)
    except ConfigError as error:
        raise UnreadableError(f"not TOML: {error}") from error
