"""How a live answer differs from the recorded one, in what doesn't change by itself from call to call.

Both are brought to ``path → value``. In a stream the events are laid over one another: strings at the
same path are joined (the deltas of a text become the text), of other values the last stays. Ids, times
and fingerprints, new in every answer, don't count.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from agentrec_auto.capture import CapturedInteraction

_VOLATILE = frozenset(
    [
        "id",
        "created",
        "created_at",
        "completed_at",
        "system_fingerprint",
        "request_id",
        "response_id",
        "item_id",
        "call_id",
        "tool_use_id",
        "obfuscation",
        "sequence_number",
        "logprobs",
        "responseId",
        "createTime",
        "total_duration",
        "load_duration",
        "eval_duration",
        "prompt_eval_duration",
        "timings",
        # What a provider has in its cache is its affair, and changes from call to call.
        "cached_tokens",
        "cache_read_input_tokens",
        "cache_creation_input_tokens",
        "cache_creation",
        "cache_write_tokens",
        "cacheReadInputTokens",
        "cacheWriteInputTokens",
        "cachedContentTokenCount",
        "cacheTokensDetails",
        "prompt_cache_hit_tokens",
        "prompt_cache_miss_tokens",
    ]
)
_BESIDE_CACHE = "cache_read_input_tokens"
"""Where it stands, ``input_tokens`` are those that didn't come from the cache (Anthropic)."""

_CONSTANT = frozenset(
    [
        "model",
        "object",
        "type",
        "role",
        "status",
        "finish_reason",
        "stop_reason",
        "service_tier",
        "modelVersion",
        "finishReason",
    ]
)
"""Fields that stream events repeat; they are not pieces of a text."""

_SHOWN = 40


def drift(recorded: CapturedInteraction, live: CapturedInteraction) -> list[str]:
    """Sentences ``path: recorded → live``; empty where the answers agree."""
    if recorded.response_status != live.response_status:
        return [f"status: {recorded.response_status} → {live.response_status}"]
    before, now = _flat(recorded.body), _flat(live.body)
    return [
        f"{path}: {_shown(before.get(path))} → {_shown(now.get(path))}"
        for path in [*before, *(path for path in now if path not in before)]
        if before.get(path) != now.get(path)
    ]


def _flat(body: bytes) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    documents = list(_documents(body))
    if not documents:
        return {"body": body.decode("utf-8", "replace")}
    for document in documents:
        for path, value in _leaves(document, ""):
            earlier = flat.get(path)
            is_piece = isinstance(value, str) and path.rsplit(".", 1)[-1] not in _CONSTANT
            flat[path] = earlier + value if is_piece and isinstance(earlier, str) else value
    return flat


def _documents(body: bytes) -> Iterator[Any]:
    """The JSON of a body: itself, or that of each SSE event or line."""
    try:
        yield json.loads(body)
        return
    except ValueError:
        pass
    for line in body.splitlines():
        data = line[5:] if line.startswith(b"data:") else line
        try:
            yield json.loads(data)
        except ValueError:
            continue


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        kind = value.get("type")
        step = f"{path}<{kind}>" if isinstance(kind, str) else path
        for name, member in value.items():
            if name not in _VOLATILE and not (name == "input_tokens" and _BESIDE_CACHE in value):
                yield from _leaves(member, f"{step}.{name}" if step else name)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _leaves(member, f"{path}[{index}]")
    else:
        yield path, value


def _shown(value: Any) -> str:
    text = "absent" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
