"""What every store promises, as tests to be inherited: see `agentrec_auto.store.base` for the promises."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path
from time import sleep

import pytest

from agentrec_auto.capture import CapturedChunk, CapturedInteraction, CapturedRequest
from agentrec_auto.errors import BrokenRecordingError
from agentrec_auto.keying.identity import Key
from agentrec_auto.store import document
from agentrec_auto.store.base import Store
from agentrec_auto.store.copying import copy
from agentrec_auto.store.memory import MemoryStore

KEY = Key("openai_gpt-4o_0123456789abcdef")


def said(text: str, *, run: str = "r1", order: int = 1, chunks: int = 1) -> CapturedInteraction:
    """An interaction that answers ``text``."""
    return CapturedInteraction(
        CapturedRequest("POST", "https://a/b", [(b"X-A", b"1"), (b"x-a", b"\xe9")], b'{"model":"gpt-4o"}'),
        200,
        [(b"content-type", b"text/plain")],
        {"http_version": b"HTTP/1.1"},
        [CapturedChunk(text.encode(), 0.5)] * chunks,
        {"run": run, "order": order},
    )


def texts(store: Store, key: Key = KEY) -> list[str]:
    """What the takes of a key answer, in order."""
    return [recording.interaction.body.decode() for recording in store.takes(key)]


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
class StoreConformance:
    """The promises of a store: takes, names, and that nothing is lost or torn."""

    is_shared = True
    """Whether two stores opened in one folder, by whatever processes, hold the same."""

    def open(self, folder: Path) -> Store:
        """A store in ``folder``, an empty one of the test's own; each call opens it anew."""
        raise NotImplementedError

    def damage(self, folder: Path, name: str) -> bool:
        """Make what is stored under ``name`` unreadable; False where that can't be."""
        return False

    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        """The store under test, empty."""
        return self.open(tmp_path)

    def test_none(self, store: Store) -> None:
        """A key nobody recorded has no takes, and asking for them makes nothing."""
        assert list(store.takes(KEY)) == [] and list(store.names()) == []
        assert KEY not in store
        with pytest.raises(KeyError):
            store.load(KEY)

    def test_names(self, store: Store) -> None:
        """The first take has the key's name, the next say their number."""
        assert store.add(KEY, said("a"), take=1, run="r1", replace=False) == KEY
        assert store.add(KEY, said("b"), take=2, run="r1", replace=False) == f"{KEY}.take2"
        assert texts(store) == ["a", "b"]
        assert [recording.name for recording in store.takes(KEY)] == [KEY, f"{KEY}.take2"]
        assert KEY in store and f"{KEY}.take2" in store and f"{KEY}.take3" not in store

    def test_round_trip(self, store: Store) -> None:
        """What is loaded is what was added: bytes, headers, pace, metadata."""
        added = said("né\n\x00", chunks=3)
        added.chunks.append(CapturedChunk(b"\xff\xfe", 1.25))
        added.metadata["tags"] = {"team": "a"}
        store.add(KEY, added, take=1, run="r1", replace=False)
        assert document.dumps(store.load(KEY)) == document.dumps(added)
        assert store.load(KEY).chunks == added.chunks

    def test_first_writer_wins(self, store: Store) -> None:
        """Of two who record the same take in one run, the first is kept, in record mode too."""
        store.add(KEY, said("a"), take=1, run="r1", replace=False)
        for replace in (False, True):
            assert store.add(KEY, said("b"), take=1, run="r1", replace=replace) is None
        assert texts(store) == ["a"]

    def test_later_run_replaces(self, store: Store) -> None:
        """A later run in record mode replaces all takes of the earlier one."""
        for take, text in enumerate("abc", 1):
            store.add(KEY, said(text), take=take, run="r1", replace=False)
        store.add(KEY, said("x", run="r2"), take=1, run="r2", replace=True)
        store.add(KEY, said("y", run="r2"), take=2, run="r2", replace=True)
        assert texts(store) == ["x", "y"]

    def test_later_run_adds(self, store: Store) -> None:
        """A later run that doesn't replace takes the next number."""
        store.add(KEY, said("a"), take=1, run="r1", replace=False)
        assert store.add(KEY, said("b", run="r2"), take=1, run="r2", replace=False) == f"{KEY}.take2"
        assert texts(store) == ["a", "b"]

    def test_asked_order(self, store: Store) -> None:
        """Takes come in the order they were asked, whichever was answered first."""
        store.add(KEY, said("second", order=2), take=1, run="r1", replace=False)
        store.add(KEY, said("first", order=1), take=2, run="r1", replace=False)
        assert texts(store) == ["first", "second"]

    def test_rewrite(self, store: Store) -> None:
        """What is rewritten stands under the same name, new or not."""
        store.add(KEY, said("a"), take=1, run="r1", replace=False)
        store.rewrite(KEY, said("longer"))
        store.rewrite("other", said("new"))
        assert texts(store) == ["longer"] and sorted(store.names()) == sorted([KEY, "other"])
        assert store.load("other").body == b"new"

    def test_rewritten_take_is_of_its_run(self, store: Store) -> None:
        """A take that is written once more stays of its run, so that the first writer still wins."""
        store.add(KEY, said("a"), take=1, run="r1", replace=False)
        store.rewrite(KEY, said("longer"))
        assert store.add(KEY, said("b"), take=1, run="r1", replace=True) is None

    def test_remove(self, store: Store) -> None:
        """What is removed is gone, and the later takes of its key move up."""
        for take, text in enumerate("abc", 1):
            store.add(KEY, said(text), take=take, run="r1", replace=False)
        store.remove(KEY)
        assert texts(store) == ["b", "c"] and sorted(store.names()) == [KEY, f"{KEY}.take2"]
        store.remove(f"{KEY}.take2")
        store.remove("nobody")
        assert texts(store) == ["b"]

    def test_prefix(self, store: Store) -> None:
        """Names are asked for by how they begin, whatever characters that has."""
        for name in ("a_b", "a_c", "axb", "a%", "b", "a_é"):
            store.add(Key(name), said("x"), take=1, run="r1", replace=False)
        assert sorted(store.names("a_")) == ["a_b", "a_c", "a_é"]
        assert list(store.names("a%")) == ["a%"] and list(store.names("nobody")) == []

    def test_newest_first(self, store: Store) -> None:
        """Names come newest first."""
        for name in ("z", "a", "m"):
            store.add(Key(name), said("x"), take=1, run="r1", replace=False)
            sleep(0.02)  # file systems tell the time in ticks
        assert list(store.names()) == ["m", "a", "z"]

    def test_reopened(self, tmp_path: Path, store: Store) -> None:
        """What was added is there for whoever opens the store next."""
        self._only_if_shared()
        store.add(KEY, said("a"), take=1, run="r1", replace=False)
        assert texts(self.open(tmp_path)) == ["a"]

    def test_noted_secrets(self, tmp_path: Path, store: Store) -> None:
        """Names of key variables are noted once each, over several stores in one place."""
        self._only_if_shared()
        store.note_secrets(["OPENAI_API_KEY"])
        self.open(tmp_path).note_secrets(["OPENAI_API_KEY", "HF_TOKEN"])
        assert sorted(self.open(tmp_path).noted_secrets()) == ["HF_TOKEN", "OPENAI_API_KEY"]

    def test_copied(self, tmp_path: Path, store: Store) -> None:
        """A copy to memory and back holds the same under the same names, takes and all."""
        for take, text in enumerate("ab", 1):
            store.add(KEY, said(text, order=3 - take), take=take, run="r1", replace=False)
        memory = MemoryStore()
        assert len(copy(store, memory).copied) == 2
        for name in list(store.names()):
            store.remove(name)
        back = copy(memory, store)
        assert sorted(back.copied) == [KEY, f"{KEY}.take2"] and not back.kept
        assert texts(store) == ["b", "a"]

    def test_broken(self, tmp_path: Path, store: Store) -> None:
        """A broken recording is named, passed over and not overwritten; its later takes are found."""
        for take, text in enumerate("ab", 1):
            store.add(KEY, said(text), take=take, run="r1", replace=False)
        if not self.damage(tmp_path, KEY):
            pytest.skip("what is stored here can't be damaged")
        with pytest.raises(BrokenRecordingError, match=KEY):
            store.load(KEY)
        assert texts(store) == ["b"] and KEY in store
        store.add(KEY, said("c", run="r2"), take=1, run="r2", replace=False)
        assert texts(store) == ["b", "c"]

    def test_threads(self, store: Store) -> None:
        """Eight threads with one store: every take is there once, whole."""

        def work(worker: int) -> None:
            for number in range(25):
                store.add(Key(f"k-{worker}-{number}"), said("x" * 999), take=1, run="r1", replace=False)
                store.add(KEY, said("same"), take=1, run="r1", replace=False)

        threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(list(store.names())) == 8 * 25 + 1 and texts(store) == ["same"]

    @pytest.mark.parametrize("replace", [False, True])
    def test_eight_processes(self, tmp_path: Path, store: Store, replace: bool) -> None:
        """Eight processes that record the same and different requests lose nothing and tear nothing."""
        self._only_if_shared()
        if replace:
            _record(store, "old", "r0", False)
        before = self.open(tmp_path)
        before.takes(KEY)  # a connection that was open before the fork
        codes = _forked(lambda worker: _record(before, str(worker), "r1", replace), 8)
        assert codes == [0] * 8
        for number in range(_SHARED):
            shared = store.takes(Key(f"shared_{number}"))
            assert [recording.interaction.metadata["run"] for recording in shared] == ["r1", "r1"]
            for worker in range(8):
                assert texts(store, Key(f"own-{worker}_{number}")) == [str(number)]

    @pytest.mark.parametrize("seed", range(3))
    def test_kill_nine(self, tmp_path: Path, store: Store, seed: int) -> None:
        """Killed at any moment: each recording whose `add` returned is there, and all there is is whole."""
        self._only_if_shared()
        reading, writing = os.pipe()
        context = multiprocessing.get_context("fork")
        worker = context.Process(target=_endless, args=(self.open, tmp_path, writing))
        worker.start()
        os.close(writing)
        with os.fdopen(reading) as returned:
            names = [returned.readline().strip() for _ in range(random.Random(seed).randint(1, 60))]
            assert worker.pid is not None
            os.kill(worker.pid, signal.SIGKILL)
            names += returned.read().split("\n")[:-1]  # the last line may be cut off
        worker.join()
        assert names and names[0]
        for name in names:
            assert len(store.load(name).chunks) == 50
        for name in store.names():
            assert len(store.load(name).chunks) == 50
        assert store.add(Key("after"), said("x"), take=1, run="r2", replace=False) == "after"

    def _only_if_shared(self) -> None:
        if not self.is_shared:
            pytest.skip("this store is one process's own")
        if "fork" not in multiprocessing.get_all_start_methods():
            pytest.skip("there is no fork here")


_SHARED = 20


def _record(store: Store, worker: str, run: str, replace: bool) -> None:
    for number in range(_SHARED):
        key = Key(f"shared_{number}")
        for take in (1, 2):
            text = f"{worker}-{number}-{take}"
            store.add(key, said(text, run=run), take=take, run=run, replace=replace)
        store.add(Key(f"own-{worker}_{number}"), said(str(number), run=run), take=1, run=run, replace=replace)


def _endless(open: Callable[[Path], Store], folder: Path, writing: int) -> None:
    store = open(folder)
    for number in count():
        name = store.add(Key(f"k_{number}"), said("x" * 200, chunks=50), take=1, run="r1", replace=False)
        os.write(writing, f"{name}\n".encode())


def _forked(work: Callable[[int], None], number: int) -> list[int | None]:
    """Run a function in so many forked processes; their exit codes."""
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=work, args=(worker,)) for worker in range(number)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return [worker.exitcode for worker in workers]
