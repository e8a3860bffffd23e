"""Bodies under a content-encoding: decoded whole, chunk by chunk, cut off, corrupt, and far too long."""

import gzip
import random
import sys
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from agentrec_auto import decoding
from agentrec_auto.errors import UndecodableBodyError


def raw_deflate(data):
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflater.compress(data) + deflater.flush()


ENCODERS = {
    b"gzip": gzip.compress,
    b"x-gzip": gzip.compress,
    b"deflate": zlib.compress,
    b"Deflate": raw_deflate,
    b"br": brotli.compress,
    b"zstd": zstandard.ZstdCompressor().compress,
}
TEXT = b"the quick brown fox jumps over the lazy dog " * 200 + random.Random(1).randbytes(9000)

each_encoding = pytest.mark.parametrize(
    ("encoding", "encode"), ENCODERS.items(), ids=[name.decode() for name in ENCODERS]
)


@each_encoding
def test_whole(encoding, encode):
    """Every encoding is undone."""
    assert decoding.decode(encode(TEXT), encoding) == TEXT
    assert decoding.decode(encode(b""), encoding) == b""


@given(data=st.data(), encoding=st.sampled_from(list(ENCODERS)), body=st.binary(max_size=300))
def test_chunks(data, encoding, body):
    """However a body is cut into chunks, each gives one piece and the pieces are the body."""
    wire = ENCODERS[encoding](body)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=8)))
    chunks = [wire[a:b] for a, b in zip([0, *cuts], [*cuts, len(wire)])]
    pieces = decoding.decode_chunks(chunks, encoding)
    assert len(pieces) == len(chunks)
    assert b"".join(pieces) == body


@each_encoding
def test_cut_off(encoding, encode):
    """A stream that was cut off gives what can be had of it."""
    wire = encode(TEXT)
    told = decoding.decode(wire[: len(wire) * 9 // 10], encoding)
    assert TEXT.startswith(told)
    assert len(told) > 0 or encoding == b"zstd"


@pytest.mark.parametrize("encoding", [b"gzip", b"br", b"zstd"])
def test_pieces_come_when_the_server_flushes(encoding):
    """What a server flushed with a chunk is in the piece of that chunk."""
    encoder = {
        b"gzip": lambda: zlib.compressobj(wbits=31),
        b"zstd": lambda: zstandard.ZstdCompressor().compressobj(),
        b"br": brotli.Compressor,
    }[encoding]()
    sync = {b"gzip": (zlib.Z_SYNC_FLUSH,), b"zstd": (zstandard.COMPRESSOBJ_FLUSH_BLOCK,), b"br": ()}[encoding]
    compress = encoder.process if encoding == b"br" else encoder.compress
    events = [b"data: %d\n\n" % i for i in range(5)]
    chunks = [compress(event) + encoder.flush(*sync) for event in events]
    assert decoding.decode_chunks(chunks, encoding) == events


@pytest.mark.parametrize("order", [[b"gzip", b"br"], [b"zstd", b"deflate", b"gzip"]])
def test_several(order):
    """Several encodings are undone from the last to the first."""
    wire = TEXT
    for encoding in order:
        wire = ENCODERS[encoding](wire)
    assert decoding.decode(wire, b", ".join(order)) == TEXT


@pytest.mark.parametrize("encoding", [b"gzip", b"zstd"])
@pytest.mark.parametrize("size", [1, 2, 7, 10_000])
def test_members(encoding, size):
    """Members written one after the other are one body, wherever the chunks are cut."""
    wire = ENCODERS[encoding](b"one ") + ENCODERS[encoding](b"two ") + ENCODERS[encoding](b"three")
    chunks = [wire[at : at + size] for at in range(0, len(wire), size)]
    assert b"".join(decoding.decode_chunks(chunks, encoding)) == b"one two three"


@pytest.mark.parametrize("padding", [b"\0" * 10, b"\x1f", b"\x1fgarbage", b"garbage"])
def test_padding(padding):
    """What follows the last gzip member is passed over."""
    assert decoding.decode_chunks([gzip.compress(b"body"), padding, padding], b"gzip") == [b"body", b"", b""]


@pytest.mark.parametrize("encoding", [b"gzip", b"deflate", b"br", b"zstd"])
def test_corrupt(encoding):
    """Data that isn't what the header says is an error that names the encoding."""
    with pytest.raises(UndecodableBodyError, match=encoding.decode()):
        decoding.decode(b"\xff\xfethis is not compressed at all, not in the least", encoding)


def test_unknown():
    """An encoding nobody knows is an error that says which are known."""
    with pytest.raises(UndecodableBodyError, match=r"'exi'.*gzip, deflate, br and zstd"):
        decoding.stream_decoder(b"exi")


@pytest.mark.parametrize(
    ("encoding", "modules"), [(b"br", ["brotli", "brotlicffi"]), (b"zstd", ["zstandard"])]
)
def test_not_installed(monkeypatch, encoding, modules):
    """Without a decoder the error says what to install."""
    for name in [*modules, "compression.zstd", "backports.zstd"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UndecodableBodyError, match=f"install {modules[0]} or "):
        decoding.stream_decoder(encoding)


@pytest.mark.parametrize("header", [b"", b"identity", b" Identity , "])
def test_nothing_to_undo(header):
    """Identity is no encoding."""
    assert not decoding.is_encoded(header)
    assert decoding.decode(b"plain", header) == b"plain"


@each_encoding
def test_bomb(monkeypatch, encoding, encode):
    """A few bytes that stand for very many are refused before the memory is full of them."""
    monkeypatch.setattr(decoding, "MOST_BYTES", 3_000_000)
    with pytest.raises(UndecodableBodyError, match="more than"):
        decoding.decode(encode(b"\0" * 10_000_000), encoding)
