"""JSON Schema as the APIs take it where they make an answer fit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from agentrec_auto.errors import UnsupportedRequestError
from agentrec_auto.providers.conversation import ResponseFormat
from agentrec_auto.providers.writing import Notes

_FORMATS = frozenset("date-time time date duration email hostname uri ipv4 ipv6 uuid".split())  # noqa: SIM905
_BY_NAME = ("properties", "$defs", "definitions")
_ANTHROPIC = frozenset(
    """
    $ref $defs definitions type anyOf allOf enum const description title properties required
    additionalProperties items format default
    """.split()  # noqa: SIM905
)


def without_openapi(schema: Any) -> Any:
    """A schema of Gemini's, who has OpenAPI's words, in JSON Schema's: null is a type, and order none."""
    if isinstance(schema, list):
        return [without_openapi(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {
        name: _each(value) if name in _BY_NAME else without_openapi(value)
        for name, value in schema.items()
        if name not in ("nullable", "propertyOrdering", "property_ordering")
    }
    if schema.get("nullable") is True:
        if isinstance(kind := made.get("type"), str):
            made["type"] = [kind, "null"]
        elif isinstance(made.get("anyOf"), list):
            made["anyOf"] = [*made["anyOf"], {"type": "null"}]
        if isinstance(made.get("enum"), list) and None not in made["enum"]:
            made["enum"] = [*made["enum"], None]
    return made


def _each(members: Any) -> Any:
    """The schemas of an object's members: these have names, and no keywords."""
    if not isinstance(members, dict):
        return members
    return {name: without_openapi(one) for name, one in members.items()}


def no_arguments(schema: Any) -> dict[str, Any]:
    """The schema of a tool's arguments; of one that takes none, an empty object's."""
    return schema if isinstance(schema, dict) and schema else {"type": "object", "properties": {}}


def described(form: ResponseFormat) -> Any:
    """The schema of an answer, with the words about it inside: for APIs that have no other place for them."""
    schema = form.schema
    if form.description and isinstance(schema, dict) and not schema.get("description"):
        return {**schema, "description": form.description}
    return schema


def is_strict(schema: Any) -> bool:
    """Whether OpenAI's strict mode takes a schema: every object closed, every member required."""
    for one in _objects(schema):
        if one.get("type") == "object" or "properties" in one:
            names = set(one.get("properties") or {})
            if one.get("additionalProperties") is not False or set(one.get("required") or ()) != names:
                return False
    return True


def for_anthropic(schema: Any, notes: Notes) -> dict[str, Any]:
    """A schema as Anthropic's structured outputs take it.

    Objects are closed, which they demand; bounds and patterns, which they refuse, go into the description,
    as Anthropic's own SDK does it. Objects with members of any name can't be said.
    """
    if not isinstance(schema, dict):
        raise UnsupportedRequestError("the form of the answer is no JSON Schema object")
    made: dict[str, Any] = _closed(schema, notes)
    if made.get("type") != "object" and not {"$ref", "anyOf", "allOf", "properties"} & made.keys():
        notes.say("the answer's schema is no object's: not every model takes that")
    return made


def _closed(schema: Any, notes: Notes) -> Any:
    if not isinstance(schema, dict):
        return schema
    told: dict[str, Any] = {}
    bounds: dict[str, Any] = {}
    for name, value in schema.items():
        match name:
            case "properties" | "$defs" | "definitions" if isinstance(value, dict):
                told[name] = {key: _closed(one, notes) for key, one in value.items()}
            case "anyOf" | "oneOf" | "allOf" if isinstance(value, list):
                told["anyOf" if name == "oneOf" else name] = [_closed(one, notes) for one in value]
            case "items":
                told[name] = _closed(value, notes)
            case "minItems" if value in (0, 1):
                told[name] = value
            case "format" if value not in _FORMATS:
                bounds[name] = value
            case "$schema" | "$id" | "$comment":
                pass
            case _ if name in _ANTHROPIC:
                told[name] = value
            case _:
                bounds[name] = value
    if told.get("type") == "object" or "properties" in told:
        is_open = "additionalProperties" not in told and not told.get("properties")
        if is_open or told.get("additionalProperties") not in (None, False):
            raise UnsupportedRequestError(
                "the answer's schema has objects with members of any name (additionalProperties), "
                "which Anthropic's structured outputs refuse"
            )
        if "additionalProperties" not in told:
            notes.say("the answer's schema closed (additionalProperties: false), as Anthropic demands")
        told["additionalProperties"] = False
    if bounds:
        notes.say(f"of the answer's schema only described, not enforced: {', '.join(sorted(bounds))}")
        words = ", ".join(f"{name}: {json.dumps(value)}" for name, value in bounds.items())
        said = f"{{{words}}}"
        told["description"] = f"{told['description']}\n\n{said}" if told.get("description") else said
    return told


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object within a schema, its own included; names of members are none."""
    if isinstance(value, list):
        for one in value:
            yield from _objects(one)
    elif isinstance(value, dict):
        yield value
        for name, member in value.items():
            inner = (
                member.values()
                if name in ("properties", "$defs", "definitions") and isinstance(member, dict)
                else None
            )
            if inner is not None:
                for one in inner:
                    yield from _objects(one)
            elif name not in ("enum", "const", "default", "examples", "required"):
                yield from _objects(member)
