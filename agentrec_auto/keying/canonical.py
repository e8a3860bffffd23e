"""The canonical form of a body: what two requests must share to be the same.

JSON key order and white space don't count, nor do ids that SDKs make up for each run, nor multipart
boundaries. It never depends on which JSON library is installed: the text is what the standard library
makes of the body, and another reads (`is_exact`) and writes it only where both are sure to do the same.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any
from urllib.parse import parse_qsl

from agentrec_auto import compiled

_ID_NAMES = frozenset({"id", "call_id", "tool_call_id", "tool_use_id", "toolUseId", "clientRequestToken"})
"""The last is botocore's: a uuid4 wherever a service asks for an idempotency token (StartAsyncInvoke)."""
_MADE_UP = re.compile(
    r"(?:[A-Za-z]{1,12}[_-]){0,3}"  # call_, toolu_, pyd_ai_, chatcmpl-tool-
    r"(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?=[A-Za-z]*[0-9])[0-9A-Za-z]{8,64})"
)
_SIGNS_OF_IDS = (b'id"', b'Id"', b'Token"', b"\\u", b"\0")
"""One of these is in every body with such a member: the ends of the names; ``\\u``, for they may be spelled
with escapes; and NUL, for the body may be in UTF-16."""

BOUNDARY = b"boundary"
"""What every multipart boundary is called: SDKs make one up for each request."""

_CACHE_KEY = "prompt_cache_key"

_BOUNDARY = re.compile(rb'boundary="?([^";,\s]+)"?', re.IGNORECASE)

_DEEPEST = 200
"""Levels of nesting up to which a body is looked into. Fixed, and not what the stack has room for: the same
body must have the same key however deep in the program it is sent."""

_SHORT = 1 << 16

NO_DOCUMENT = object()
"""What `parsed` gives for a body that is no JSON."""


def parsed(content: bytes, *, exactly: bool = False) -> Any:
    """The body as a JSON value, or `NO_DOCUMENT`.

    Unless ``exactly``, an integer of more than 64 bits may be a float, as orjson reads it.
    """
    head = content[:1]
    if head not in (b"{", b"[") and content.lstrip()[:1] not in (b"{", b"["):
        return NO_DOCUMENT
    try:
        return json.loads(content) if exactly else compiled.loads(content)
    except (ValueError, RecursionError):
        return NO_DOCUMENT


def canonical_json(value: Any) -> str:
    """One text for all spellings of a JSON value."""
    return compiled.sorted_json(value)


def is_exact(value: Any, canonical: str) -> bool:
    """Whether ``value``, as `parsed` gave it, has no integer that was read as a float.

    An integer of more than 64 bits then stands in its canonical text as ``1.8446744073709552e+19``.
    """
    return "+" not in canonical or compiled.is_spelled_alike(value)


def canonical_bytes(content: bytes, content_type: bytes) -> bytes:
    """The canonical form of a body that is no JSON: multipart under a constant boundary, forms sorted."""
    kind = content_type.split(b";")[0].strip().lower()
    if kind.startswith(b"multipart/") and (match := _BOUNDARY.search(content_type)):
        return content.replace(match.group(1), BOUNDARY)
    if kind == b"application/x-www-form-urlencoded":
        pairs = parse_qsl(content.decode("utf-8", "surrogateescape"), keep_blank_values=True)
        return canonical_json(sorted(pairs)).encode("utf-8", "surrogateescape")
    return content


def digest(*parts: str) -> str:
    """SHA-256, in hex, over the parts, each followed by NUL so that ``ab, c`` and ``a, bc`` differ."""
    text = "\0".join([*parts, ""])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def without_cache_key(document: Any) -> Any:
    """The document without the name that openai-agents gives to a run in the provider's cache: it is random,
    and sent to api.openai.com alone. The user's own stays."""
    told = document.get(_CACHE_KEY) if isinstance(document, dict) else None
    if isinstance(told, str) and told.startswith("agents-sdk:"):
        return {name: document[name] for name in document if name != _CACHE_KEY}
    return document


def may_hold_ids(content: bytes) -> bool:
    """False only if `rename_ids` would surely change nothing in a JSON body, nor find it too deep.

    A tenth of the work of `rename_ids`; a long body is mostly a few long texts, and always worth the look.
    """
    if len(content) > _SHORT or content.count(b"{") + content.count(b"[") >= _DEEPEST:
        return True
    return any(map(content.__contains__, _SIGNS_OF_IDS))  # a regex would take longer than `rename_ids`


def rename_ids(document: Any) -> Any:
    """A copy in which generated ids (tool-call ids and the like) are named by first appearance.

    pydantic-ai (``pyd_ai_<hex>``), litellm (``call_<hex>``, uuid4) and others make up tool-call ids for
    each run; what counts is which result belongs to which call, and that is kept. A document without
    such ids is returned as it is. RecursionError for one that is nested deeper than 200 levels.
    """
    return _renamed(document, {}, _DEEPEST) if isinstance(document, (dict, list)) else document


def _renamed(value: Any, names: dict[str, str], levels: int) -> Any:
    """The same, of a list or an object; copied only where something in it changes."""
    changed: Any = None
    is_object = isinstance(value, dict)
    for name, member in value.items() if is_object else enumerate(value):
        if isinstance(member, (dict, list)) and levels > 1:
            replaced: Any = _renamed(member, names, levels - 1)
        elif is_object and name in _ID_NAMES and isinstance(member, str) and _MADE_UP.fullmatch(member):
            replaced = names.setdefault(member, f"id-{len(names) + 1}")
        elif levels > 1:
            continue
        else:
            raise RecursionError(f"nested deeper than {_DEEPEST} levels")
        if replaced is not member:
            changed = value.copy() if changed is None else changed
            changed[name] = replaced
    return value if changed is None else changed
