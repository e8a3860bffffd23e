"""``agentrec scrub``: secrets that were recorded are taken out, and the keys stay true."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from corpus.conftest import Agentrec, Kept
from corpus.planted import OPENAI, PLACES, SECRETS, in_a_message, in_a_stream, in_gzip
from corpus.test_rekey import are_true
from corpus.test_scan import QUICK

from agentrec_auto.capture import CapturedInteraction


@pytest.mark.parametrize("plant", PLACES, ids=lambda plant: plant.__name__)
def test_planted(
    agentrec: Agentrec, kept: Kept, here: Path, plant: Callable[[CapturedInteraction], None]
) -> None:
    """Wherever it is, it is gone afterwards; scan finds nothing, and every key is true."""
    kept.edit(kept.name("2291"), plant)
    agentrec("rekey", "--write")
    assert agentrec("scan", *QUICK).code == 1
    ran = agentrec("scrub", "--write")
    assert ran.code == 0 and "scrubbed 1 of 10 recordings" in ran.stderr
    assert agentrec("scan", *QUICK).code == 0
    assert are_true(kept) and len(kept.names) == 10
    everything = b"".join(file.read_bytes() for file in (here / "corpus").iterdir()).decode()
    assert not any(secret in everything for secret in SECRETS)
    assert agentrec("scrub").stderr == "nothing to be scrubbed, of 10 recordings\n"


def test_dry_run(agentrec: Agentrec, either: Kept) -> None:
    """Without --write nothing is changed."""
    name = either.edit(either.name("2291"), in_a_message)
    before = either.load(name)
    ran = agentrec("scrub")
    assert "would be scrubbed: 1 of 10 recordings, 1 under another key. Nothing was written" in ran.stderr
    assert OPENAI not in ran.stdout
    assert either.load(name) == before


def test_takes(agentrec: Agentrec, either: Kept) -> None:
    """Takes that hold the same secret come to the new key together."""
    key = either.name("take2").removesuffix(".take2")
    for name in (key, f"{key}.take2", f"{key}.take3"):
        either.edit(name, in_a_message)
    agentrec("rekey", "--write")
    assert agentrec("scrub", "--write").code == 0
    takes = [name for name in either.names if b"REDACTED-OPENAI" in either.load(name).request.content]
    assert [name.partition(".take")[2] for name in takes] == ["", "2", "3"]
    assert are_true(either)


def test_a_stream_keeps_its_chunks(agentrec: Agentrec, kept: Kept) -> None:
    """As many chunks as before, at their times; only the secret is another."""
    name = kept.edit(kept.name("2291"), in_a_stream)
    before = kept.load(name)
    agentrec("scrub", "--write")
    after = kept.load(name)
    assert [chunk.timestamp_offset for chunk in after.chunks] == [
        chunk.timestamp_offset for chunk in before.chunks
    ]
    assert b"use " in after.body and b" now" in after.body and b"[DONE]" in after.body


def test_compressed(agentrec: Agentrec, kept: Kept) -> None:
    """What was stored compressed is readable afterwards, and says what it was."""
    name = kept.edit(kept.name("2291"), in_gzip)
    agentrec("scrub", "--write")
    after = kept.load(name)
    assert json.loads(after.body)["choices"][0]["message"]["content"] == "use [REDACTED-OPENAI-KEY]."
    assert after.metadata["content_encoding"] == "gzip"
    assert not any(name.lower() == b"content-encoding" for name, _ in after.response_headers)


def test_undecodable(agentrec: Agentrec, kept: Kept) -> None:
    """What can't be looked into is named and left as it is."""

    def plant(interaction: CapturedInteraction) -> None:
        interaction.response_headers.append((b"content-encoding", b"rot13"))

    name = kept.edit(kept.name("2291"), plant)
    ran = agentrec("scrub", "--write")
    assert f"can't be read: {name}: can't decode a body under content-encoding 'rot13'" in ran.stderr
    assert agentrec("scan", *QUICK).code == 1


def test_new_settings(agentrec: Agentrec, kept: Kept, here: Path) -> None:
    """What was recorded before a pattern was configured is redacted by it now."""
    (here / "agentrec.toml").write_text(
        '[redact]\npatterns = [{ pattern = "order \\\\d+", with = "order <number>" }]\n'
    )
    old = kept.name("8812")
    ran = agentrec("scrub", "--write")
    assert "scrubbed 1 of 10 recordings, 1 under another key" in ran.stderr
    assert old not in kept.names and b"8812" not in kept.load(kept.name("<number>")).body
    assert are_true(kept)


def test_filter(agentrec: Agentrec, kept: Kept) -> None:
    """Only what is meant is scrubbed."""
    kept.edit(kept.name("2291"), in_a_message)
    assert "nothing to be scrubbed, of 1 recording\n" in agentrec("scrub", "--write", "gpt-9").stderr
