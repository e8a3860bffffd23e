"""``agentrec verify``: what is wrong with a corpus is named, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from corpus.conftest import Agentrec, Kept
from corpus.planted import in_a_message

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.store.base import name_of


def test_all_well(agentrec: Agentrec, either: Kept) -> None:
    """What the engine recorded is well."""
    ran = agentrec("verify")
    assert (ran.code, ran.stdout, ran.stderr) == (
        0,
        "",
        f"10 recordings in {either.store.where.rpartition('/')[2]}: all well\n",
    )


def edited(interaction: CapturedInteraction) -> None:
    interaction.request.content = interaction.request.content.replace(b"2291", b"2292")


def cut(interaction: CapturedInteraction) -> None:
    interaction.chunks = interaction.chunks[:1]
    interaction.chunks[0].data = interaction.chunks[0].data[:20]


FAULTS = [
    (edited, "key", "isn't under its key, openai_gpt-4o-mini_"),
    (in_a_message, "secret", "holds a secret at request.content: messages[0].content: OPENAI-KEY"),
    (cut, "cut-off", "holds 20 bytes of an answer of "),
    (
        lambda one: one.metadata.update(key="openai_x_0000000000000000"),
        "key",
        "says that its key is openai_x_",
    ),
    (
        lambda one: one.metadata.update(key_version=99),
        "version",
        "its key is of version 99, and this agentrec knows",
    ),
    (
        lambda one: one.metadata.update(key_version=0),
        "version",
        "its key is of version 0, and keys are of version",
    ),
    (
        lambda one: one.metadata.update(format_version=99),
        "version",
        "is of file format 99, and this agentrec knows",
    ),
]


@pytest.mark.parametrize(("change", "kind", "text"), FAULTS)
def test_faults(
    agentrec: Agentrec, asked: object, either: Kept, change: Callable[..., object], kind: str, text: str
) -> None:
    """Each is told with the recording's name and a cure, and makes the answer no."""
    name = either.edit(either.name("2291"), change)
    ran = agentrec("verify")
    assert ran.code == 1
    told = asked("verify")["faults"]
    assert [(one["name"], one["kind"]) for one in told if one["kind"] == kind] == [(name, kind)]
    assert any(one["text"].startswith(text) for one in told) and all(one["cure"] for one in told)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"metadata": {}}', b"\xff\xfe"])
def test_unreadable(agentrec: Agentrec, here: Path, content: bytes) -> None:
    """A file that can't be read is a fault, whatever is in it."""
    (here / "corpus" / "x.json").write_bytes(content)
    ran = agentrec("verify")
    assert ran.code == 1 and ran.stdout.startswith("broken   x   can't be read: ")
    assert ran.stderr == "1 fault in 11 recordings\n"


def test_missing_take(agentrec: Agentrec, kept: Kept, here: Path) -> None:
    """A take that is missing hides those behind it."""
    key = kept.name("take2").removesuffix(".take2")
    (here / "corpus" / f"{key}.take2.json").unlink()
    ran = agentrec("verify")
    assert ran.code == 1
    assert f"{name_of(key, 2)}   is not there: replay never comes to the 1 behind it" in ran.stdout


def test_left_over(agentrec: Agentrec, here: Path) -> None:
    """What a killed writer left is a fault; what one is writing just now isn't."""
    (here / "corpus" / ".12-0-abcd.tmp").write_bytes(b"{")
    assert agentrec("verify").code == 0
    os.utime(here / "corpus" / ".12-0-abcd.tmp", (0, 0))
    assert "left-over   .12-0-abcd.tmp" in agentrec("verify").stdout


def test_notes(agentrec: Agentrec, asked: object, kept: Kept) -> None:
    """What is by design is told, and doesn't make the answer no."""
    kept.edit(kept.name("2291"), lambda one: one.metadata.update(ending="failed"))
    kept.edit(kept.name("8812"), lambda one: one.metadata.update(whole=False))
    kept.edit(kept.name("gpt-9"), lambda one: one, to="by-hand")
    assert agentrec("verify").code == 0
    told = asked("verify")
    assert told["faults"] == []
    assert sorted((one["name"], one["kind"]) for one in told["notes"]) == sorted(
        [(kept.name("2291"), "failed"), (kept.name("8812"), "cut-off"), ("by-hand", "key")]
    )
