"""What is asked, what is answered, and whether an answer is the right one.

Question ``n`` is a chat completion that carries the tag ``q-n``; its answer, plain or streamed, has ``a-n``.
Both are made from ``n`` alone, so server, fakes and checks agree without talking to each other.
"""

from __future__ import annotations

import json
import random
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

Library = Literal["httpx", "httpx2"]
Style = Literal["sync", "async"]
Kind = Literal["json", "stream"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A way to call: which library, and whether sync or async."""

    library: Library
    style: Style

    def __str__(self) -> str:
        return f"{self.library} {self.style}"


CELLS = (Cell("httpx", "sync"), Cell("httpx", "async"), Cell("httpx2", "sync"), Cell("httpx2", "async"))

PATH = "/v1/chat/completions"
HEADERS = {"content-type": "application/json", "authorization": "Bearer sk-0123456789abcdefghijklmnop"}

EVENTS = 500
EVENT_BYTES = 200

_PROSE = (
    "Summarise the customer's message in one sentence, name the product it is about, and say whether an "
    "answer is needed today. Do not invent anything that is not in the message. "
)
_TAG = re.compile(rb'"user(?:_id)?": ?"q-(\d+)"')
_NOISE = "".join(random.Random(7).choices(string.ascii_letters + string.digits, k=4096))
REPLY = "The customer asks when the second parcel of the order arrives, and would like to be called back. "

_WORDS = REPLY.split()


@cache
def question(number: int, kind: Kind = "json") -> bytes:
    """The body of a request, some 700 bytes."""
    body = {
        "model": "gpt-4o-mini",
        "messages": [
            {"role": "system", "content": _PROSE},
            {"role": "user", "content": f"Message {number}: {REPLY * 3}"},
        ],
        "temperature": 0.2,
        "user": f"q-{number}",
        "stream": kind == "stream",
    }
    return json.dumps(body, separators=(",", ":")).encode()


def number_in(body: bytes) -> int:
    """Which question a request's body asks; `ValueError` for any other body."""
    if (found := _TAG.search(body)) is None:
        raise ValueError(f"no question of ours: {body[:80]!r}")
    return int(found[1])


def answer(number: int) -> bytes:
    """The body of a plain answer, some 2 KB."""
    body = {
        "id": f"chatcmpl-a-{number}",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": "gpt-4o-mini-2026-07-18",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": f"a-{number}: {REPLY * 17}", "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 150, "completion_tokens": 360, "total_tokens": 510},
    }
    return json.dumps(body, separators=(",", ":")).encode()


def events(number: int) -> list[bytes]:
    """The chunks of a streamed answer: `EVENTS` of `EVENT_BYTES` each, the last with the stream's end."""
    end = b"data: [DONE]\n\n"
    chunks = [_event(number, place, EVENT_BYTES) for place in range(EVENTS - 1)]
    return [*chunks, _event(number, EVENTS - 1, EVENT_BYTES - len(end)) + end]


def _event(number: int, place: int, size: int) -> bytes:
    """A word of the answer, in an event as OpenAI sends them, padded at random."""
    head = f'data: {{"id":"chatcmpl-a-{number}","object":"chat.completion.chunk","model":"gpt-4o-mini",'
    head += f'"choices":[{{"index":0,"delta":{{"content":" {_WORDS[place % len(_WORDS)]}"}},'
    head += '"finish_reason":null}],"obfuscation":"'
    tail = '"}\n\n'
    at = (number + place * 7) % (len(_NOISE) - size)
    return (head + _NOISE[at : at + size - len(head) - len(tail)] + tail).encode()


@dataclass(slots=True)
class Verdict:
    """What the answers of a turn were like."""

    wrong: int = 0
    """Answers that were not those of their questions, or not whole."""

    changed: int = 0
    """Answers that say the same in other bytes: JSON that was written anew."""

    chunks: int = 0
    """Chunks that the caller saw of one answer: the fewest of all answers."""


def judged(kind: Kind, numbers: Sequence[int], answers: Sequence[list[bytes]]) -> Verdict:
    """Whether each answer, as chunks, is its question's."""
    verdict = Verdict(wrong=abs(len(numbers) - len(answers)))
    verdict.chunks = min(map(len, answers), default=0)
    for number, chunks in zip(numbers, answers, strict=False):
        expected = answer(number) if kind == "json" else b"".join(events(number))
        body = b"".join(chunks)
        if body != expected:
            same = kind == "json" and _value(body) == _value(expected)
            verdict.changed += same
            verdict.wrong += not same
    return verdict


def _value(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return body
