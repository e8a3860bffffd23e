"""What a run asks, what it keeps, and what it makes of a target that fails and lies."""

import json
import threading
import time
from pathlib import Path

import pytest

from agentrec_auto.migration import Limits, run_migration
from agentrec_auto.migration.targets import target_for
from agentrec_auto.store.file import FolderStore

from .recorded import Same, corpus, interaction, kept, numbered, put
from .target import Reply, Target, answer, torn


@pytest.fixture
def target():
    with Target() as server:
        yield server


async def migrated(folder: Path, target: Target, **more):
    return await run_migration(
        str(folder), target_for("m", url=target.url), [Same()], **{"limits": Limits(), "stream": True, **more}
    )


async def test_every_question_is_asked_once_and_streamed(tmp_path, target):
    """Each question goes to the target once, and asks for a stream."""
    report = await migrated(corpus(tmp_path, numbered(20)), target)
    assert sorted(ask.text for ask in target.asked) == sorted(numbered(20))
    assert all(ask.body["stream"] is True and ask.body["model"] == "m" for ask in target.asked)
    assert [row.status for row in report.rows] == ["ok"] * 20
    assert report.live_count == 20


async def test_an_answered_question_is_never_asked_again(tmp_path, target):
    """A second run finds every answer in the corpus, and says the same."""
    first = await migrated(corpus(tmp_path, numbered(5)), target)
    second = await migrated(tmp_path, target)
    assert len(target.asked) == 5
    assert second.cached_count == 5
    assert [row.target_text for row in second.rows] == [row.target_text for row in first.rows]


async def test_an_answer_kept_from_another_place_says_so(tmp_path, target):
    """A target of the user's own whose place has changed since is not judged by its answers in silence."""
    there, elsewhere = (target_for("m", url=url) for url in (target.url, "http://gateway.example/v1"))
    await run_migration(str(corpus(tmp_path, ["hi"])), there, [Same()])

    async def noted(whom) -> list[str]:
        [row] = (await run_migration(str(tmp_path), whom, [Same()])).rows
        return [note for note in row.notes if note.startswith("kept from")]

    assert await noted(there) == []
    [told] = await noted(elsewhere)
    assert told.startswith("kept from when 127.0.0.1 was asked (now gateway.example): delete migration__")
    assert len(target.asked) == 1


async def test_answers_are_recorded_redacted_under_the_baselines_name(tmp_path, target, monkeypatch):
    """The answer's file names the baseline and the target, and has no key in it."""
    [name] = put(tmp_path, interaction("hi", category="greet"))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-proj-0123456789abcdefghijklmnop")
    where = target_for("gpt-5-nano", provider="openai", url=target.url)
    await run_migration(str(tmp_path), where, [Same()])
    assert target.asked[0].headers["authorization"] == "Bearer sk-proj-0123456789abcdefghijklmnop"
    [path] = tmp_path.glob("migration__*.json")
    assert path.stem == f"migration__{name}__to__gpt-5-nano"
    assert "0123456789" not in path.read_text()
    told = FolderStore(str(tmp_path)).load(path.stem).metadata
    assert (told["migrated_from"], told["baseline_model"], told["category"]) == (name, "gpt-4o-mini", "greet")
    assert "call_site" not in told


async def test_a_quoted_key_is_not_shown(tmp_path, target):
    """A server that refuses a key and quotes it doesn't put it into the report."""
    target.script = lambda ask: Reply(401, b"Incorrect API key provided: sk-proj-0123456789abcdefghijklmnop")
    [row] = (await migrated(corpus(tmp_path, ["hi"]), target)).rows
    assert "0123456789" not in row.reason


async def test_a_target_that_is_not_there_is_an_error_row(tmp_path):
    """Nobody listens: every row says so, after its retries."""
    with Target() as gone:
        pass
    [row] = (await migrated(corpus(tmp_path, ["hi"]), gone, limits=Limits(retries=0))).rows
    assert row.status == "error"
    assert row.reason.startswith("target call failed: ")


LIES = {
    "torn": torn,
    "no last event": lambda ask: answer(ask, done=False),
    "an error event": lambda ask: Reply(
        200,
        b'data: {"error": {"message": "boom", "type": "invalid_prompt"}}\n\n',
        {"content-type": "text/event-stream"},
    ),
    "an error document": lambda ask: Reply(
        200, b'{"error": {"message": "no"}}', {"content-type": "application/json"}
    ),
    "HTML": lambda ask: Reply(200, b"<html>welcome to the wifi</html>", {"content-type": "text/html"}),
    "nothing": lambda ask: Reply(200, b""),
    "no choices": lambda ask: Reply(200, b'{"choices": []}', {"content-type": "application/json"}),
    "half a document": lambda ask: Reply(200, b'{"choices": [{"mess', {"content-type": "application/json"}),
    "a redirect": lambda ask: Reply(302, b"", {"location": "/elsewhere"}),
}


@pytest.mark.parametrize("lie", LIES)
async def test_what_is_no_whole_answer_is_never_kept(tmp_path, target, lie):
    """Status 200 proves nothing: an error row, an empty corpus, and the next run asks again."""
    target.script = LIES[lie]
    [row] = (await migrated(corpus(tmp_path, ["hi"]), target, limits=Limits(retries=0))).rows
    assert row.status == "error" and row.reason.startswith("target ")
    assert kept(tmp_path) == []
    target.script = answer
    [row] = (await migrated(tmp_path, target)).rows
    assert (row.status, row.cached) == ("ok", False)


async def test_another_model_than_asked_is_noted(tmp_path, target):
    """A gateway that answers with another model is told of in the row."""
    target.script = lambda ask: answer(ask, model="something-cheaper")
    [row] = (await migrated(corpus(tmp_path, ["hi"]), target)).rows
    assert row.status == "ok"
    assert row.notes == ["answered by 'something-cheaper', not 'm'"]


async def test_a_dated_name_is_the_same_model(tmp_path, target):
    """Providers answer with the model's full name: no note."""
    target.script = lambda ask: answer(ask, model="m-2026-01-01")
    [row] = (await migrated(corpus(tmp_path, ["hi"]), target)).rows
    assert row.notes == []


async def test_a_rate_limit_does_not_cost_answers(tmp_path, target):
    """A server that bears two calls at a time gets all questions answered by eight askers."""

    def script(ask):
        if target._inside > 2:
            return Reply(429, b"slow down", {"retry-after-ms": "50"})
        time.sleep(0.01)
        return answer(ask)

    target.script = script
    report = await migrated(corpus(tmp_path, numbered(60)), target)
    assert {row.status for row in report.rows} == {"ok"}


async def test_concurrency_is_kept_to(tmp_path, target):
    """No more calls at a time than asked for, and as many: three meet, and go on together."""
    together = threading.Barrier(3)

    def script(ask):
        together.wait(60)
        return answer(ask)

    target.script = script
    await migrated(corpus(tmp_path, numbered(12)), target, limits=Limits(concurrency=3))
    assert target.most_at_once == 3


async def test_requests_a_minute_are_spread(tmp_path, target):
    """600 a minute are ten a second, from the first second on."""
    begun = time.monotonic()
    await migrated(corpus(tmp_path, numbered(8)), target, limits=Limits(rpm=600))
    assert time.monotonic() - begun >= 0.7


async def test_rows_stand_in_order_and_progress_hears_of_each_once(tmp_path, target):
    """However answers come in, the report has the baselines' order."""
    told = []
    report = await migrated(corpus(tmp_path, numbered(20)), target, progress=told.append)
    assert [row.baseline_id for row in report.rows] == sorted(row.baseline_id for row in report.rows)
    assert sorted(map(id, told)) == sorted(map(id, report.rows))


async def test_offline_asks_nobody(tmp_path, target):
    """What isn't in the corpus is a skipped row that says how to get it."""
    report = await migrated(corpus(tmp_path, ["hi"]), target, offline=True)
    assert target.asked == []
    [row] = report.rows
    assert row.status == "skipped"
    assert row.reason == "no recorded migration response; run `agentrec migrate` (online) first"


async def test_a_missing_key_is_an_error_row(tmp_path, monkeypatch):
    """The row names the variable; nothing is asked."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    report = await run_migration(str(corpus(tmp_path, ["hi"])), "gpt-5-nano", [Same()])
    assert report.rows[0].status == "error"
    assert "OPENAI_API_KEY" in report.rows[0].reason


async def test_an_unknown_model_is_a_lookup_error(tmp_path):
    """Before anything is read."""
    with pytest.raises(LookupError, match="nobody-knows-it"):
        await run_migration(str(tmp_path), "nobody-knows-it", [Same()])


async def test_a_cached_failure_of_another_tool_is_asked_again(tmp_path, target):
    """agentrec 0.2 may have kept a 429 as the answer: it isn't one."""
    [name] = put(tmp_path, interaction("hi"))
    FolderStore(str(tmp_path)).rewrite(
        f"migration__{name}__to__m", interaction("hi", status=429, body=b"slow down")
    )
    [row] = (await migrated(tmp_path, target)).rows
    assert (row.status, row.cached, len(target.asked)) == ("ok", False, 1)
    assert FolderStore(str(tmp_path)).load(f"migration__{name}__to__m").response_status == 200


async def test_an_undecodable_cached_answer_names_the_cassette_to_delete(tmp_path, target):
    """It isn't overwritten unasked."""
    [name] = put(tmp_path, interaction("hi"))
    FolderStore(str(tmp_path)).rewrite(f"migration__{name}__to__m", interaction("hi", body=b"<html>"))
    [row] = (await migrated(tmp_path, target)).rows
    assert row.status == "error" and target.asked == []
    assert f"delete the cassette migration__{name}__to__m" in row.reason


async def test_an_answer_to_an_older_question_does_not_count(tmp_path, target):
    """A cassette of one id was recorded anew with another question: the old answer isn't its."""
    store = FolderStore(str(tmp_path))
    store.rewrite("mine", interaction("first"))
    await migrated(tmp_path, target)
    store.rewrite("mine", interaction("second"))
    [row] = (await migrated(tmp_path, target)).rows
    assert (row.target_text, row.cached) == ("SECOND", False)
    assert len(list(tmp_path.glob("migration__*.json"))) == 1


async def test_sampling_and_body_reach_the_target(tmp_path, target):
    """What the app asked for is asked for."""
    asked = {
        "model": "gpt-4o-mini",
        "messages": [{"role": "user", "content": "hi"}],
        "temperature": 0.2,
        "max_tokens": 7,
    }
    put(tmp_path, interaction("hi", asked=asked))
    await migrated(tmp_path, target)
    body = target.asked[0].body
    assert (body["temperature"], body["max_tokens"]) == (0.2, 7)
    assert json.dumps(body["messages"]) == json.dumps(asked["messages"])
