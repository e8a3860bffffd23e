"""A long recording is played from its file, as a short one is from memory."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store.test_document import interactions

from agentrec_auto.capture import CapturedChunk
from agentrec_auto.errors import BrokenRecordingError
from agentrec_auto.flow.reel import reel_of
from agentrec_auto.flow.takes import Takes
from agentrec_auto.store import document, file, long
from agentrec_auto.store.base import Recording
from agentrec_auto.store.file import FolderStore
from agentrec_auto.store.long import FiledChunks
from agentrec_auto.testing.stores import KEY, said


@pytest.fixture
def is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is a long one."""
    monkeypatch.setattr(long, "LONG", 0)
    monkeypatch.setattr(file, "_READ_AT_ONCE", 16)


def stored(folder: Path, texts: list[str]) -> FolderStore:
    store = FolderStore(str(folder))
    interaction = said("a")
    interaction.chunks = [CapturedChunk(text.encode(), at / 8) for at, text in enumerate(texts)]
    store.add(KEY, interaction, take=1, run="r1", replace=False)
    return store


def path_of(store: FolderStore) -> Path:
    return Path(store.where, f"{KEY}.json")


@given(interactions, st.booleans())
def test_as_loaded(tmp_path_factory, interaction, has_summary):
    """What is read of a file piece by piece is what is read of it at once, and so is what is played."""
    path = tmp_path_factory.mktemp("long") / "a.json"
    path.write_bytes(document.dumps(interaction, summary={"prompt": '"chunks": [\n'} if has_summary else {}))
    told = long.interaction_in(str(path))
    if not interaction.chunks:
        assert told is None
        return
    assert told is not None and isinstance(told.chunks, FiledChunks)
    held = document.loads(path.read_bytes(), "x")
    reels = [reel_of(Recording("a", one)) for one in (told, held)]
    assert reels[0].held == 0 and reels[1].held == len(interaction.body)
    for reel in reels:
        assert list(reel.chunks) == [chunk.data for chunk in held.chunks if chunk.data]
        assert len(reel.chunks) == len(reel.waits) == len(list(reel.paced(1)))
        assert list(reel.chunks[-1:]) == ([reel.chunks[-1]] if reel.chunks else [])
    assert reels[0].headers == reels[1].headers and reels[0].waits == reels[1].waits
    assert told.chunks[0] == held.chunks[0] and told.chunks[-1] == held.chunks[-1]
    told.chunks = list(told.chunks)
    assert told == held


def test_played_from_its_file(tmp_path, is_long):
    """It is found as others are, played as often as one likes, by several at once; nothing of it is held."""
    store = stored(tmp_path, ["one", "", "two", "three"])
    takes = Takes(store, policy="last", skip_run=None)
    reel = takes.turn(KEY, replays=True).reel
    assert reel is not None and not isinstance(reel.chunks, tuple) and takes._bytes == 0
    first, second = iter(reel.chunks), iter(reel.chunks)
    assert [next(first), next(second), next(second)] == [b"one", b"one", b"two"]
    assert [*first, *second] == [b"two", b"three", b"three"]
    assert list(takes.turn(KEY, replays=True).reel.chunks) == [b"one", b"two", b"three"]


def test_written_anew(tmp_path, is_long):
    """Of a recording that another process writes anew, the next asking gets what is there now."""
    store = stored(tmp_path / "a", ["one", "two"])
    takes = Takes(store, policy="last", skip_run=None)
    assert list(takes.turn(KEY, replays=True).reel.chunks) == [b"one", b"two"]
    os.replace(path_of(stored(tmp_path / "b", ["three"])), path_of(store))
    assert takes.ready(KEY) is None
    assert list(takes.turn(KEY, replays=True).reel.chunks) == [b"three"]
    path_of(store).unlink()
    assert takes.turn(KEY, replays=True).reel is None


def rearranged(told: bytes, how: str) -> bytes:
    match how:
        case "one line":
            return json.dumps(json.loads(told)).encode()
        case "indented":
            return json.dumps(json.loads(told), indent=4).encode()
        case "order":
            value = json.loads(told)
            return json.dumps({name: value[name] for name in reversed(value)}, indent=2).encode()
        case "blank lines":
            return told.replace(b"\n", b"\n\n")
        case "line ends":
            return told.replace(b"\n", b"\r\n")
        case _:
            return told + b"\n \n"


@pytest.mark.parametrize("how", ["one line", "indented", "order", "blank lines", "line ends", "more"])
def test_laid_out_by_others(tmp_path, is_long, how):
    """A file that somebody laid out in another way is played all the same."""
    store = stored(tmp_path, ["one", "two"])
    path_of(store).write_bytes(rearranged(path_of(store).read_bytes(), how))
    reel = Takes(store, policy="last", skip_run=None).turn(KEY, replays=True).reel
    assert reel is not None and list(reel.chunks) == [b"one", b"two"]


def test_broken(tmp_path, is_long):
    """Wherever it is cut off, or a byte of it is another, it is played as when it is loaded, or not at all."""
    whole = path_of(stored(tmp_path / "whole", ["one", "two\n" * 9])).read_bytes()
    warned: list[str] = []
    store = FolderStore(str(tmp_path / "cut"), warn=warned.append)
    os.mkdir(store.where)
    damaged = [whole[:at] for at in range(len(whole) - 1)]
    damaged += [
        whole[:at] + other + whole[at + 1 :] for at in range(len(whole)) for other in (b'"', b"}", b"\n")
    ]
    for data in damaged:
        path_of(store).write_bytes(data)
        warned.clear()
        reel = Takes(store, policy="last", skip_run=None).turn(KEY, replays=True).reel
        try:
            expected = document.loads(data, "x")
        except BrokenRecordingError:
            assert reel is None and len(warned) == 1 and str(path_of(store)) in warned[0]
        else:
            assert reel is not None and b"".join(reel.chunks) == expected.body


@pytest.mark.parametrize("what", ["replaced", "removed", "shortened"])
def test_changed_meanwhile(tmp_path, what):
    """Of a file that is no longer what it was nothing is played; what is open already is played to its end."""
    store = stored(tmp_path, ["x" * 300_000, "two"])
    told = long.interaction_in(str(path_of(store)))
    assert told is not None
    under_way = iter(told.chunks)
    assert len(next(under_way).data) == 300_000
    if what == "replaced":
        shutil.copy(path_of(store), tmp_path / "other")
        os.replace(tmp_path / "other", path_of(store))
    elif what == "removed":
        path_of(store).unlink()
    else:
        os.truncate(path_of(store), 1000)
    with pytest.raises(BrokenRecordingError, match=str(path_of(store))):
        list(told.chunks)
    if what != "shortened":
        assert [chunk.data for chunk in under_way] == [b"two"]
