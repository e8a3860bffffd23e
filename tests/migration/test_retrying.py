"""What is asked again, when, and when no more."""

import asyncio
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from agentrec_auto.migration import Limits, retrying, run_migration
from agentrec_auto.migration.targets import target_for

from .recorded import Same, corpus, kept
from .target import Reply, Target, answer, torn

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)


@pytest.fixture
def target():
    with Target() as server:
        yield server


@pytest.fixture
async def slept(monkeypatch) -> list[float]:
    """What is slept from here on, in a loop whose clock goes on by that much at once."""
    loop, told = asyncio.get_running_loop(), []
    clock = loop.time

    async def sleep(seconds: float) -> None:
        if seconds:
            told.append(seconds)

    monkeypatch.setattr(loop, "time", lambda: clock() + sum(told), raising=False)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    monkeypatch.setattr(retrying, "time", SimpleNamespace(time=NOW.timestamp))
    return told


async def migrated(folder: Path, target: Target, **more):
    return await run_migration(
        str(folder), target_for("m", url=target.url), [Same()], **{"limits": Limits(), "stream": True, **more}
    )


@pytest.mark.parametrize("status", [408, 409, 425, 429, 431, 500, 502, 503, 529])
async def test_what_says_try_again_is_tried_again(tmp_path, target, status):
    """A passing failure is retried, noted, and not kept."""
    failed = Reply(status, b"not now", {"retry-after": "0"})
    target.script = lambda ask: failed if ask.nth < 3 else answer(ask)
    report = await migrated(corpus(tmp_path, ["hi"]), target)
    [row] = report.rows
    assert row.status == "ok" and len(target.asked) == 3
    assert row.notes[:2] == [
        f"retried after HTTP {status} (attempt 1/3)",
        f"retried after HTTP {status} (attempt 2/3)",
    ]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
async def test_what_will_not_pass_is_not_tried_again(tmp_path, target, status):
    """A final failure is an error row in the provider's words, and is asked anew by the next run."""
    target.script = lambda ask: Reply(status, b'{"error": {"message": "no such model"}}')
    report = await migrated(corpus(tmp_path, ["hi"]), target)
    [row] = report.rows
    assert (row.status, len(target.asked)) == ("error", 1)
    assert row.reason == f'target API returned {status}: {{"error": {{"message": "no such model"}}}}'
    assert kept(tmp_path) == []
    target.script = answer
    assert (await migrated(tmp_path, target)).rows[0].status == "ok"


@pytest.mark.parametrize("spelled", ["seconds", "date", "milliseconds", "body"])
async def test_retry_after_is_honoured(tmp_path, target, spelled, slept):
    """The next attempt comes when the server said, and not before."""

    def script(ask):
        if ask.nth > 1:
            return answer(ask)
        told = {
            "seconds": {"retry-after": "50"},
            "date": {"retry-after": format_datetime(NOW + timedelta(seconds=50), usegmt=True)},
            "milliseconds": {"retry-after-ms": "50000"},
        }
        info = b'{"error": {"details": [{"@type": "google.rpc.RetryInfo", "retryDelay": "50s"}]}}'
        return Reply(429, info if spelled == "body" else b"slow down", told.get(spelled, {}))

    target.script = script
    [row] = (await migrated(corpus(tmp_path, ["hi"]), target)).rows
    assert row.status == "ok"
    assert slept == [pytest.approx(50)]


async def test_an_account_without_money_is_not_asked_again(tmp_path, target):
    """Its 429 doesn't pass, whatever the status says."""
    told = b'{"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}'
    target.script = lambda ask: Reply(429, told)
    [row] = (await migrated(corpus(tmp_path, ["hi"]), target)).rows
    assert row.status == "error" and "insufficient_quota" in row.reason
    assert len(target.asked) == 1


async def test_a_wait_beyond_patience_is_told_and_not_waited(tmp_path, target):
    """A server that asks for an hour gets none: the row says when to come back."""
    target.script = lambda ask: Reply(429, b"quota", {"retry-after": "3600"})
    [row] = (await migrated(corpus(tmp_path, ["hi"]), target)).rows
    assert row.status == "error"
    assert row.reason == "target API returned 429: quota (it asks to come back in 3,600 s: run again then)"
    assert len(target.asked) == 1


async def test_retries_come_to_an_end(tmp_path, target):
    """After the last attempt the row has the last failure."""
    target.script = lambda ask: Reply(529, b"overloaded", {"retry-after": "0"})
    [row] = (await migrated(corpus(tmp_path, ["hi"]), target, limits=Limits(retries=2))).rows
    assert (row.status, row.reason) == ("error", "target API returned 529: overloaded")
    assert len(target.asked) == 3
    assert kept(tmp_path) == []


async def test_a_stream_that_breaks_off_is_asked_for_again(tmp_path, target):
    """A dropped connection may go better next time."""
    target.script = lambda ask: torn(ask) if ask.nth == 1 else answer(ask)
    [row] = (await migrated(corpus(tmp_path, ["hi"]), target)).rows
    assert (row.status, row.target_text) == ("ok", "HI")
    assert row.notes and row.notes[0].startswith("retried after ")
