"""A copy holds all that the original holds, and takes nothing away."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from agentrec_auto.store import document
from agentrec_auto.store.base import Store
from agentrec_auto.store.copying import copy
from agentrec_auto.store.location import open_store
from agentrec_auto.testing.stores import KEY, said

KINDS = ["memory:", "{}/folder", "sqlite:///{}/corpus.db"]


def filled(store: Store) -> Store:
    store.add(KEY, said("b", order=2), take=1, run="r1", replace=False)
    store.add(KEY, said("a", order=1), take=2, run="r1", replace=False)
    store.rewrite("odd name.with-Things", said("é\x00"))
    store.note_secrets(["OPENAI_API_KEY"])
    return store


def content(store: Store) -> dict[str, bytes]:
    return {name: document.dumps(store.load(name)) for name in store.names()}


@pytest.mark.parametrize(("source", "target"), list(itertools.permutations(KINDS, 2)))
def test_lossless(tmp_path: Path, source: str, target: str) -> None:
    """From any store to any other, every byte, name and take is the same, and their order."""
    original = filled(open_store(source.format(tmp_path)))
    copied = open_store(target.format(tmp_path))
    done = copy(original, copied)
    assert content(copied) == content(original) and len(done.copied) == 3
    assert [one.name for one in copied.takes(KEY)] == [one.name for one in original.takes(KEY)]


def test_key_names_go_along(tmp_path: Path) -> None:
    """What dummies a replay needs is copied with the recordings."""
    target = open_store(f"sqlite:///{tmp_path}/x.db")
    copy(filled(open_store(tmp_path / "folder")), target)
    assert list(target.noted_secrets()) == ["OPENAI_API_KEY"]


@pytest.mark.parametrize("replace", [False, True])
def test_what_is_there(tmp_path: Path, replace: bool) -> None:
    """What the target holds already stays unless it is to be replaced, and either is told."""
    source, target = filled(open_store("memory:")), open_store(tmp_path / "folder")
    copy(source, target)
    target.rewrite(KEY, said("mine"))
    done = copy(source, target, replace=replace)
    assert target.load(KEY).body == (b"b" if replace else b"mine")
    assert (done.kept, done.copied) == (([], [KEY]) if replace else ([KEY], []))
    assert len(done.same) == 2


def test_broken(tmp_path: Path) -> None:
    """What can't be read is named, and the rest is copied."""
    source = filled(open_store(tmp_path / "folder"))
    (tmp_path / "folder" / f"{KEY}.json").write_text("{")
    done = copy(source, open_store("memory:"))
    assert len(done.broken) == 1 and KEY in done.broken[0] and len(done.copied) == 2
