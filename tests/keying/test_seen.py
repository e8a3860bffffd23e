"""Requests known again: by all that redaction and key depend on, and by nothing else."""

from __future__ import annotations

import pytest

from agentrec_auto.capture import CapturedRequest
from agentrec_auto.keying.identity import Key
from agentrec_auto.keying.seen import _MOST, SeenRequests

URL = "https://api.openai.com/v1/chat/completions"
HEADERS = [(b"Content-Type", b"application/json"), (b"Authorization", b"Bearer sk-1"), (b"X-Tenant", b"a")]


def key_of(
    seen: SeenRequests, headers: list[tuple[bytes, bytes]], *, url: str = URL, body: bytes = b"{}"
) -> Key | None:
    return seen.key_of(seen.stamp(CapturedRequest("POST", url, headers, body)))


@pytest.fixture
def seen() -> SeenRequests:
    seen = SeenRequests([b"x-tenant"])
    seen.remember(seen.stamp(CapturedRequest("POST", URL, HEADERS, b"{}")), Key("k"))
    return seen


def test_known_again(seen: SeenRequests) -> None:
    """The same request is."""
    assert key_of(seen, list(HEADERS)) == "k"


@pytest.mark.parametrize("name", [b"traceparent", b"Idempotency-Key", b"Cookie", b"User-Agent"])
def test_noise(seen: SeenRequests, name: bytes) -> None:
    """Headers on which nothing depends may differ each time."""
    assert key_of(seen, [*HEADERS, (name, b"different each time")]) == "k"


@pytest.mark.parametrize(
    "other",
    [
        (b"content-type", b"multipart/form-data; boundary=x"),
        (b"content-encoding", b"gzip"),
        (b"x-api-key", b"another credential, which the body may hold"),
        (b"x-tenant", b"b"),
        (b"upgrade", b"websocket"),
    ],
)
def test_what_counts(seen: SeenRequests, other: tuple[bytes, bytes]) -> None:
    """What says how to read the body, carries a credential, or counts by a rule makes another request."""
    assert key_of(seen, [*HEADERS, other]) is None


@pytest.mark.parametrize("body", [b"{} ", b"x" * 5000])
def test_bodies(seen: SeenRequests, body: bytes) -> None:
    """Another body, or another address, is another request; a long one is known by its digest."""
    assert key_of(seen, HEADERS, body=body) is None
    assert key_of(seen, HEADERS, url=URL + "?a=b") is None
    seen.remember(seen.stamp(CapturedRequest("POST", URL, HEADERS, body)), Key("other"))
    assert key_of(seen, HEADERS, body=body) == "other"
    assert body not in seen.stamp(CapturedRequest("POST", URL, HEADERS, body)) or len(body) < 4096


def test_bounded() -> None:
    """However many requests pass, memory is not theirs."""
    seen = SeenRequests()
    for number in range(3 * _MOST):
        seen.remember(
            seen.stamp(CapturedRequest("POST", URL, [(b"x-%d" % number, b"")], b"%d" % number)), Key("k")
        )
    assert len(seen._keys) <= _MOST and len(seen._counts) <= _MOST
