"""Bodies that can be read only once reach the server all the same, and gRPC's calls what they called."""

from __future__ import annotations

import io

import pytest

from agentrec_auto.seams import bodies, grpc_channels


class Pipe:
    """What can be read, and not be put back."""

    def __init__(self, content: bytes) -> None:
        self.read = io.BytesIO(content).read


def test_a_file_is_put_back() -> None:
    """A file is sent from where it stood."""
    file = io.BytesIO(b"not this: {}")
    file.seek(10)
    content, instead = bodies.read(file)
    assert (content, instead, instead.read()) == (b"{}", file, b"{}")


@pytest.mark.parametrize("made", [Pipe, lambda content: iter([content[:1], b"", content[1:]])])
def test_what_is_read_is_sent(made) -> None:
    """What can't be put back is sent as what was read of it."""
    content, instead = bodies.read(made(b"{}"))
    assert content == b"{}" == (instead if isinstance(instead, bytes) else b"".join(instead))


@pytest.mark.parametrize("kind", ["unary_unary", "unary_stream", "stream_unary", "stream_stream"])
async def test_grpc_gives_what_it_is_given(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that is told of has its own answer, awaited or not."""
    grpc, told = pytest.importorskip("grpc"), []
    monkeypatch.setattr(grpc_channels, "bypass", lambda *what: told.append(what))

    async def called(details: str, request: str) -> tuple[str, str]:
        return details, request

    for module, call in ((grpc, lambda *asked: asked), (grpc.aio, called)):
        (one,) = [
            intercept
            for made in grpc_channels._told(module, "llm.test")
            if (intercept := getattr(made, f"intercept_{kind}", None)) is not None
        ]
        answer = one(call, "details", "request")
        assert (await answer if module is grpc.aio else answer) == ("details", "request")
    assert told == [("a gRPC call", "llm.test")] * 2
