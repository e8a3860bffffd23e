"""What Anthropic's SDK asks and is answered: question ``n`` carries ``q-n`` as its user, the answer ``a-n``.

OpenAI's SDK speaks what `benchmarks.workload` has.
"""

from __future__ import annotations

import json

from benchmarks.workload import EVENTS, REPLY

PATH = "/v1/messages"


def answer(number: int) -> bytes:
    """A plain message."""
    return _written(_message(number, [{"type": "text", "text": f"a-{number}: {REPLY * 17}"}]))


def events(number: int) -> list[bytes]:
    """A streamed message, in `EVENTS` chunks of an event each."""
    pieces = EVENTS - 5
    start = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    usage = {"output_tokens": pieces}
    return [
        _event({"type": "message_start", "message": _message(number, [])}),
        _event(start),
        *(
            _event(
                {
                    "type": "content_block_delta",
                    "index": 0,
                    "delta": {"type": "text_delta", "text": f"a-{number} word {place} "},
                }
            )
            for place in range(pieces)
        ),
        _event({"type": "content_block_stop", "index": 0}),
        _event({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": usage}),
        _event({"type": "message_stop"}),
    ]


def _message(number: int, content: list[dict[str, str]]) -> dict[str, object]:
    return {
        "id": f"msg_a-{number}",
        "type": "message",
        "role": "assistant",
        "model": "claude-haiku-4-5",
        "content": content,
        "stop_reason": "end_turn" if content else None,
        "stop_sequence": None,
        "usage": {"input_tokens": 150, "output_tokens": 360 if content else 1},
    }


def _event(said: dict[str, object]) -> bytes:
    return f"event: {said['type']}\n".encode() + b"data: " + _written(said) + b"\n\n"


def _written(said: dict[str, object]) -> bytes:
    return json.dumps(said, separators=(",", ":")).encode()
