"""Secrets in Amazon's binary event stream, which must stay one: Bedrock's SDKs check each message's sums."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer
from loopback_dialects import Ask, answer

from agentrec_auto.redaction import streams
from agentrec_auto.redaction.bodies import Rules
from agentrec_auto.redaction.finder import Finder

SECRET = "sk-" + "a1b2c3d4" * 4
KIND = "application/vnd.amazon.eventstream"


def said(operation: str, token: int, text: str = f"the key is {SECRET} ok") -> list[bytes]:
    """The events of an answer, each a chunk."""
    asked = {"messages": [{"role": "user", "content": [{"type": "text", "text": "why?"}]}]}
    controls = {"say": text, "token": str(token)}
    ask = Ask(1, "POST", f"/model/m/{operation}", "", {}, json.dumps(asked).encode(), controls)
    return answer(ask).events or []


def documents(chunks: Any) -> list[dict[str, Any]]:
    """What botocore reads in them, checksums and all."""
    buffer = EventStreamBuffer()
    buffer.add_data(b"".join(chunks))
    told = [json.loads(event.payload) for event in buffer]
    return [json.loads(b64decode(one["bytes"])) if "bytes" in one else one for one in told]


def text(chunks: Any) -> str:
    """What the model says in them."""
    return "".join(one["delta"].get("text", "") for one in documents(chunks) if "delta" in one)


@pytest.mark.parametrize("operation", ["converse-stream", "invoke-with-response-stream"])
@pytest.mark.parametrize("token", [99, 4], ids=["in one event", "over many"])
@pytest.mark.parametrize("size", [None, 50], ids=["whole", "torn"])
def test_secret(operation: str, token: int, size: int | None) -> None:
    """It is gone, whatever it was split by, and the stream is whole: as many chunks, and botocore reads them."""
    chunks = said(operation, token)
    if size:
        body = b"".join(chunks)
        chunks = [body[at : at + size] for at in range(0, len(body), size)]
    clean = streams.redacted(chunks, KIND, Rules(Finder()))
    assert SECRET not in text(clean) and "a1b2c3d4" not in text(clean)
    assert text(clean).startswith("the key is ") and text(clean).endswith(" ok")
    assert (len(clean), len(documents(clean))) == (len(chunks), len(documents(chunks)))


def test_no_secret() -> None:
    """What holds none is the same object."""
    chunks = said("converse-stream", 4, "nothing to hide")
    assert streams.redacted(chunks, KIND, Rules(Finder())) is chunks


def test_torn_off() -> None:
    """A secret in a message that was cut off is gone, too."""
    chunks = said("converse-stream", 99)
    at = next(number for number, chunk in enumerate(chunks) if SECRET.encode() in chunk)
    torn = [*chunks[:at], chunks[at][:-10]]
    assert SECRET.encode() not in b"".join(streams.redacted(torn, KIND, Rules(Finder())))


def test_no_such_stream() -> None:
    """What only says that it is one is looked over like any other body."""
    clean = streams.redacted([f'{{"text": "{SECRET}"}}'.encode()], KIND, Rules(Finder()))
    assert SECRET.encode() not in b"".join(clean)
