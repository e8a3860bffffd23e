"""Cassettes of cassetter (YAML and TOML).

Bodies are typed: ``{type: json | text | base64 | none, content: …}``, in TOML ``body_type`` and
``body_content``. JSON is kept as YAML's values, so its bytes are written anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agentrec_auto.importers import wire
from agentrec_auto.importers.record import Aside, Document, Found, Record, Source, Unread, UnreadableError

_OF_OTHERS = ("ws_interactions", "grpc_interactions", "websockets", "grpc")


class Cassetter(Source):
    name = "cassetter"

    def recognises(self, document: Document) -> bool:
        match document.value:
            case {"version": _, "interactions": [{"request": {} as asked}, *_]}:
                return "body_type" in asked or (
                    isinstance(kept := asked.get("body"), dict) and isinstance(kept.get("type"), str)
                )
            case {"version": _, **rest}:
                return any(name in rest for name in _OF_OTHERS)
        return False

    def records(self, document: Document) -> Iterator[Found]:
        for name in _OF_OTHERS:
            for number, _ in enumerate(document.value.get(name) or (), 1):
                yield Aside(f"{name} {number}", "websockets and gRPC")
        for number, pair in enumerate(document.value.get("interactions") or (), 1):
            position = f"{document.position} interaction {number}".lstrip()
            try:
                yield _record(position, pair)
            except UnreadableError as error:
                yield Unread(position, str(error))


def _record(position: str, pair: Any) -> Record:
    match pair:
        case {"request": dict(asked), "response": dict(told)}:
            pass
        case _:
            raise UnreadableError("it has no request with a response")
    request, response = _body(asked), _body(told)
    at = pair.get("recorded_at")
    return wire.record(
        position,
        method=asked.get("method"),
        url=asked.get("uri"),
        request_headers=asked.get("headers"),
        request_body=request,
        status=told.get("status"),
        response_headers=told.get("headers"),
        response_body=response,
        metadata={"recorded_at": at if isinstance(at, str) else None},
        inferred=["bytes"] if _is_rewritten(asked) or _is_rewritten(told) else (),
    )


def _typed(message: Mapping[str, Any]) -> tuple[Any, Any]:
    """The type of a body and what there is of it."""
    match message.get("body"):
        case {"type": kind, **rest}:
            return kind, rest.get("content")
    return message.get("body_type", "none"), message.get("body_content")


def _body(message: Mapping[str, Any]) -> Any:
    kind, content = _typed(message)
    match kind:
        case "none" | None:
            return None
        case "json":
            return (
                content if isinstance(content, str) and "body_type" in message else wire.json_bytes(content)
            )
        case "text":
            return content
        case "base64" | "binary" | "bytes":
            return {"base64_string": content}
        case "form":
            return wire.body(content)
    raise UnreadableError(f"a body of the type {kind!r}")


def _is_rewritten(message: Mapping[str, Any]) -> bool:
    return _typed(message)[0] == "json" and "body_type" not in message
