"""A disk that is full, a folder that is gone: the app's calls go through, and one warning says why and what to do."""

from __future__ import annotations

import gc
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from faults.acts import SSE
from faults.conftest import Count
from faults.rude import DONE, EVENTS
from faults.scale import IS_LONG, many
from loopback import ServerProcess
from processes import clean_environment
from seams.twins import CHAT, TWINS, Corpus, Twin, named, question, settled

from agentrec_auto.capture import Ending
from agentrec_auto.flow import keeping
from agentrec_auto.seams import httpx_family
from agentrec_auto.store.location import open_store

PROGRAM = Path(__file__).parent / "programs" / "asking.py"
CALLS = many(12, 200)

CURES = {
    "full": ("Make room", "Make room"),
    "file size": ("Make room", "writable"),
    "permission": ("writable", ""),
    "unreadable": ("readable", "writable"),
    "a file": ("name another", "name another"),
    "no descriptors": ("ulimit -n", ""),
    "gone": ("", ""),
}
"""What the warning must say, of a folder and of a database: empty where we get over it, as by a database that
was open before."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A folder of our own; for root a small disk, which can be filled."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = os.geteuid() == 0 and _mount(folder)
    yield folder
    if mounted:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _mount(folder: Path) -> bool:
    words = ["mount", "-t", "tmpfs", "-o", "size=16m,mode=0777", "tmpfs", str(folder)]
    return shutil.which("mount") is not None and subprocess.run(words, capture_output=True).returncode == 0


@pytest.mark.parametrize("mode", ["record", "auto"])
@pytest.mark.parametrize("store", ["folder", "sqlite"])
@pytest.mark.parametrize("trouble", CURES)
def test_corpus_in_trouble(
    trouble: str, store: str, mode: str, disk: Path, server_process: ServerProcess, count: Count
) -> None:
    """Each call is answered, what was recorded before is whole, and stderr has one warning and the summary."""
    if not IS_LONG and (mode == "record") is (store == "folder"):
        pytest.skip("in the long form")
    if trouble == "full" and not os.path.ismount(disk):
        pytest.skip("a disk to be filled takes root, and mount")
    folder = disk / "corpus"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    where = str(folder) if store == "folder" else f"sqlite:///{folder}/corpus.db"
    words = (sys.executable, "-m", "agentrec_auto", "run", "--mode", mode, "--", sys.executable, PROGRAM)
    ran = subprocess.run(
        [*map(str, words), server_process.url, str(CALLS), trouble],
        env=clean_environment({"AGENTREC_CORPUS": where, "HOME": str(disk)}),
        cwd=disk,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (ran.returncode, ran.stdout.strip()) == (0, str(CALLS)), ran.stderr
    (summary,) = [line for line in ran.stderr.splitlines() if " · mode " in line]
    # Said when it happens, and once more behind the summary, where there is a ledger to keep it in.
    warned = {line for line in ran.stderr.splitlines() if line != summary}
    if cure := CURES[trouble][store == "sqlite"]:
        (warning,) = warned
        assert str(folder) in warning and re.search("(go|went) through", warning), warning
        assert cure in warning or (mode == "record" and "writable" in warning), warning
        assert f"{CALLS // 2} recorded" in summary
        assert f"{CALLS // 2} unrecorded" in summary or trouble == "file size"
    else:
        assert warned == set() and f"{CALLS} recorded" in summary
    os.chmod(folder, 0o777)
    if trouble != "a file":
        kept = open_store(where)
        assert [kept.load(name).ending for name in kept.names()] == [Ending.COMPLETE] * len([*kept.names()])
        assert store == "sqlite" or not [name for name in os.listdir(folder) if name.endswith(".tmp")]
    count("corpus in trouble", cases=1, calls=CALLS, broken=0, warnings=len(warned))


@pytest.mark.parametrize("twin", TWINS[2:], ids=named)
async def test_clock_steps_back(
    twin: Twin, corpus: Corpus, count: Count, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A wall clock that goes back between calls changes neither takes nor their order, nor any latency."""
    now = datetime.now(timezone.utc)

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            nonlocal now
            now -= timedelta(hours=1)
            return now

    monkeypatch.setattr(keeping, "datetime", Clock)
    number = 0

    def answer(request: Any) -> Any:
        nonlocal number
        number += 1
        return twin.H.Response(200, json={"number": number})

    client = twin.client(transport=twin.transport(answer))
    httpx_family.patch(twin.H)
    try:
        corpus.switch("record")
        live = [(await twin.post(client, "http://llm.test" + CHAT)).json() for _ in range(5)]
        for path in corpus.folder.glob("*.json"):
            os.utime(path, (0, 0) if "take" in path.name else None)
        corpus.switch("replay")
        assert [(await twin.post(client, "http://llm.test" + CHAT)).json() for _ in range(5)] == live
    finally:
        httpx_family.unpatch(twin.H)
        await twin.close(client)
    kept = corpus.recordings
    assert all(one.metadata["latency_s"] >= 0 for one in kept) and number == 5
    count("clock steps back", calls=5, misplaced=0)


@pytest.mark.parametrize("twin", TWINS[2:], ids=named)
async def test_very_many_open(twin: Twin, corpus: Corpus, count: Count) -> None:
    """Thousands of streams open at once, then read, closed, forgotten or still open at the end: each is kept
    for what it was, and nothing of them stays in memory."""
    opened = many(400, 10_000, "OPEN")
    client = twin.client(
        transport=twin.transport(
            lambda request: twin.H.Response(200, headers=list(SSE), stream=twin.stream([*EVENTS, DONE]))
        )
    )
    httpx_family.patch(twin.H)
    try:
        corpus.switch("record")
        responses = [
            await twin.open(client, "http://llm.test" + CHAT, question(str(number), stream=True))
            for number in range(opened)
        ]
        chunks = [twin.raw(response) for response in responses]
        for each in chunks:
            assert await twin.next(each) == EVENTS[0]
        quarter = opened // 4
        for at in range(quarter):
            assert await twin.rest(chunks[at]) == [*EVENTS[1:], DONE]
        for at in range(quarter, 2 * quarter):
            await twin.close(chunks[at])
            await twin.close(responses[at])
        for at in range(2 * quarter, 3 * quarter):
            await twin.close(chunks[at])
            chunks[at] = responses[at] = None
        gc.collect()
        corpus.finish()
    finally:
        httpx_family.unpatch(twin.H)
        await settled(client.aclose() if twin.is_async else client.close())
    kept = [one.ending for one in corpus.recordings]
    assert (kept.count(Ending.COMPLETE), kept.count(Ending.ABANDONED)) == (quarter, opened - quarter)
    count("open at once", calls=opened, lost=0)
