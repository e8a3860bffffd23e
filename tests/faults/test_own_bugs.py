"""A bug of ours, at whatever step, is none of the app's: each function that a call passes is made to fail."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from faults.acts import ACTS, Act, played
from faults.conftest import Count
from faults.injecting import Step, broken, failing, watched
from faults.scale import IS_LONG
from seams.twins import TWINS, Twin, named

from agentrec_auto import assemble
from agentrec_auto.flow import active
from agentrec_auto.flow import ledger as events
from agentrec_auto.seams import httpx_family
from agentrec_auto.store.location import open_store

ERRORS = (
    partial(RuntimeError, "a bug"),
    MemoryError,
    partial(RecursionError, "too deep"),
    partial(OSError, 5, "I/O error"),
)
"""Made anew each time: a raised one keeps its traceback, and all that was alive in it."""

NOTHING_IN_THEM = {("flow/tap.py", "guarded"), ("flow/tap.py", "see"), ("flow/tap.py", "enters")}
"""The guards of the tap itself, with nothing outside their ``try``, and the swap of a flag beside them."""

MODES = ("record", "auto", "replay", "verify", "miss")
"""``miss``: replay, with nothing recorded."""

REPLAYS = ("replay", "miss")
STORES = ("corpus", "sqlite:///corpus.db")


class Stage:
    """An app, its server, and a corpus; the recorder is assembled at each first call, from the environment."""

    def __init__(self, twin: Twin, act: Act, store: str, folder: Path) -> None:
        self.twin, self.act, self.store, self.folder = twin, act, store, folder
        self.hits = 0
        self.client = twin.client(transport=twin.transport(self._answer))
        self._runs = 0

    def _answer(self, request: Any) -> Any:
        self.hits += 1
        act = self.act
        return self.twin.H.Response(
            act.status, headers=list(act.headers), stream=self.twin.stream(list(act.chunks))
        )

    async def play(self) -> Any:
        """What the app sees of one call."""
        return await played(self.twin, self.client, self.act)

    def begin(self, mode: str, *, empty: bool) -> None:
        """A process begins, in ``mode``, with a corpus as it is or none."""
        assemble.forget()
        active.ledger.after_fork()
        events._warned.clear()
        if empty:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(exist_ok=True)
        self._runs += 1
        told = "replay" if mode == "miss" else mode
        os.environ.update(AGENTREC_MODE=told, AGENTREC_RUN_ID=f"run-{self._runs}")
        os.environ["AGENTREC_CORPUS"] = self.store.replace("corpus", f"{self.folder}/corpus")
        self.hits = 0

    def kept(self) -> list[bytes]:
        """The whole answers in the corpus."""
        store = open_store(os.environ["AGENTREC_CORPUS"])
        found = [store.load(name) for name in store.names()]
        return [
            b"".join(chunk.data for chunk in one.chunks)
            for one in found
            if one.metadata["ending"] == "complete"
        ]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder without settings of anybody's."""
    for name in ("MODE", "RUN_ID", "CORPUS", "RUN_DIR"):
        monkeypatch.setenv(f"AGENTREC_{name}", "")
        monkeypatch.delenv(f"AGENTREC_{name}")
    # Thousands of recorders are made here: their ends are not waited for, so that none outlives its turn.
    monkeypatch.setattr(assemble, "_at_exit", callable)  # of C: no function of an app's
    monkeypatch.chdir(tmp_path)
    yield tmp_path / "here"
    assemble.forget()
    active.ledger.after_fork()
    active.reached.clear()


def _chosen() -> list[Any]:
    """In the long form each act in each mode with httpx2, and one with the other library and store."""
    one, other = STORES
    every = [
        (twin, name, mode, store)
        for twin, name, mode, store in product(TWINS, ACTS, MODES, STORES)
        if name == "stream" or (twin.H.__name__ == "httpx2" and store == one)
    ]
    if not IS_LONG:
        every = [
            (TWINS[3], "packed", "record", one),
            (TWINS[0], "stream", "auto", one),
            (TWINS[2], "packed", "replay", other),
            (TWINS[2], "secrets", "miss", one),
        ]
    return [pytest.param(*one, id="-".join((named(one[0]), *one[1:3], one[3][:6]))) for one in every]


# What fails in a finaliser is told by the interpreter, and goes no further.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize(("twin", "name", "mode", "store"), _chosen())
async def test_each_step_fails(
    twin: Twin, name: str, mode: str, store: str, here: Path, count: Count, capfd: pytest.CaptureFixture[str]
) -> None:
    """In record and auto the app sees what it would without us, in replay the recording or a refusal.

    What is stored is whole, and the next call is recorded, or replayed, as if nothing had been.
    """
    stage = Stage(twin, ACTS[name], store, here)
    bare = await stage.play()
    httpx_family.patch(twin.H)
    try:
        stage.begin("record", empty=True)
        await stage.play()
        recorded, whole, empty = bare, stage.kept(), mode not in ("replay", "verify")
        for _ in range(2):  # then all is imported that will be
            stage.begin(mode, empty=empty)
            recorded = await stage.play() if mode in REPLAYS else bare
        stage.begin(mode, empty=empty)
        with watched() as passed:
            await stage.play()
        bad, faults = [], 0
        for fault, happens in _faults(passed):
            stage.begin(mode, empty=empty)
            with happens() as happened:
                seen = await stage.play()
            if not happened:
                continue
            faults += 1
            if told := await _wrong(stage, mode, seen, bare, recorded, whole):
                bad.append(f"{fault}: {told}")
    finally:
        httpx_family.unpatch(twin.H)
    capfd.readouterr()
    assert not bad, "\n".join(bad)
    count(f"own bugs, {mode}", steps=len(passed), faults=faults, changed=len(bad))


def _faults(passed: dict[Step, int]) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Each step fails at its first call, at its last, and always; in the short form in one of these ways."""
    at = 0
    for step, times in passed.items():
        if (step.where.partition(":")[0], step.code.co_name) in NOTHING_IN_THEM:
            continue
        for number in sorted({1, times}):
            at += 1
            if not IS_LONG and (number != 1 or at % 8 or step.moment == "return"):
                continue
            error = ERRORS[at // 8 % len(ERRORS)]()
            one = Step(step.code, step.moment, number)
            yield f"{one}, {error!r}", partial(failing, one, error)
        if step.moment == "call" and (IS_LONG or at % 8 == 2):
            yield f"{step}, always", partial(broken, step)


async def _wrong(stage: Stage, mode: str, seen: Any, bare: Any, recorded: Any, whole: list[bytes]) -> str:
    """What is wrong with what the app saw, or with what is left; empty for nothing."""
    if mode in REPLAYS:
        if stage.hits:
            return "it went live"
        # To put the refusal itself into words may fail, too: then the exception is the refusal.
        refused = _is_refused(seen) or (mode == "miss" and isinstance(seen[0], type))
        if not refused and (mode == "miss" or seen != recorded):
            return f"neither replayed nor refused: {seen}"
        again = await stage.play()
        return "" if stage.hits == 0 and again == recorded else "the next call is answered otherwise"
    if seen != bare:
        return f"the app saw {seen}"
    if any(answer not in whole for answer in stage.kept()):
        return "half an answer is stored as a whole one"
    if await stage.play() != bare:
        return "the next call saw something else"
    return "" if stage.kept() else "the next call is not recorded"


def _is_refused(seen: Any) -> bool:
    """418 in our words, or an exception of the library: the app goes no further without noticing."""
    return (isinstance(seen[0], type) and seen[0].__module__.startswith("httpx")) or (
        seen[0] == 418 and b"agentrec: " in b"".join(seen[2])
    )
