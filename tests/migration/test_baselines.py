"""Which recordings are asked again, and what becomes of the others."""

import json

import pytest

from agentrec_auto.capture import CapturedRequest
from agentrec_auto.errors import ConfigError
from agentrec_auto.migration import chosen, run_migration

from .recorded import Same, corpus, interaction, numbered, put
from .target import Target

URL = "http://127.0.0.1:9/v1"


async def surveyed(folder, **more):
    """The rows of an offline run: what is there, and nobody asked."""
    report = await run_migration(str(folder), "m", [Same()], target_url=URL, offline=True, **more)
    return report.rows


async def test_the_newest_recording_of_a_question_is_the_baseline(tmp_path):
    """Older ones are named in a note."""
    names = put(
        tmp_path,
        interaction("hi", "old", at="2026-11-01T10:00:00+00:00"),
        interaction("hi", "new", at="2026-11-03T10:00:00+00:00"),
        interaction("hi", "middle", at="2026-11-02T10:00:00+00:00"),
    )
    [row] = await surveyed(tmp_path)
    assert (row.baseline_id, row.baseline_text) == (names[1], "new")
    assert row.notes == [f"older recordings of this prompt ignored: {names[2]}, {names[0]}"]


async def test_a_question_is_one_whatever_model_and_sampling(tmp_path):
    """The semantic key groups: another model, temperature or provider asked the same."""
    told = {"messages": [{"role": "user", "content": "hi"}], "temperature": 0.7}
    put(
        tmp_path,
        interaction("hi", at="2026-11-01T10:00:00+00:00"),
        interaction("hi", model="gpt-4o", asked={"model": "gpt-4o", **told}, at="2026-11-02T10:00:00+00:00"),
    )
    [row] = await surveyed(tmp_path)
    assert row.baseline_model == "gpt-4o"


async def test_takes_of_the_same_model_tell_how_far_it_agrees_with_itself(tmp_path):
    """Earlier answers are scored against the newest; those of another model are not."""
    put(
        tmp_path,
        interaction("hi", "Yes", at="2026-11-01T10:00:00+00:00"),
        interaction("hi", "no", at="2026-11-02T10:00:00+00:00"),
        interaction("hi", "yes", at="2026-11-03T10:00:00+00:00"),
        interaction("hi", "yes", model="other", at="2026-11-01T11:00:00+00:00"),
    )
    with Target() as target:
        report = await run_migration(str(tmp_path), "m", [Same()], target_url=target.url)
    assert report.rows[0].agreement == {"same": (1, 2)}


BAD = {
    "an error status": (
        interaction("hi", status=500),
        "baseline undecodable: the response has status 500, not 200",
    ),
    "abandoned": (
        interaction("hi", ending="abandoned"),
        "baseline undecodable: the answer is not whole, the app stopped reading it",
    ),
    "failed": (
        interaction("hi", ending="failed"),
        "baseline undecodable: the answer is not whole, it broke off",
    ),
    "a torn stream": (
        interaction("hi", body=b'data: {"choices": [{"delta": {"content": "h"}}]}\n\n'),
        "baseline undecodable: the answer is not whole, its last event is missing",
    ),
    "HTML": (interaction("hi", body=b"<html>"), "baseline undecodable: the response is not valid JSON"),
    "an error under 200": (
        interaction("hi", body=b'{"error": {"message": "no"}}'),
        "baseline undecodable: no",
    ),
    "embeddings": (
        interaction("hi", url="https://api.openai.com/v1/embeddings", asked={"model": "e", "input": "hi"}),
        "unsupported request: embedding requests have no answer in words",
    ),
    "no LLM call": (
        interaction("hi", url="https://shop.example/cart", asked={"cart": 1}),
        "baseline undecodable",
    ),
}


@pytest.mark.parametrize("kind", BAD)
async def test_what_is_no_baseline_is_a_skipped_row_with_its_reason(tmp_path, kind):
    """Never a silent omission, never a comparison with half an answer."""
    bad, reason = BAD[kind]
    put(tmp_path, bad, interaction("another"))
    rows = await surveyed(tmp_path)
    [row] = [row for row in rows if not row.reason.startswith("no recorded")]
    assert row.status == "skipped" and row.reason.startswith(reason)


async def test_a_torn_file_is_a_skipped_row(tmp_path):
    """It is named, and the rest goes on."""
    put(tmp_path, interaction("hi"))
    (tmp_path / "torn.json").write_text('{"metadata": {')
    rows = await surveyed(tmp_path)
    assert [row.baseline_id for row in rows if row.reason.startswith("baseline undecodable: not JSON")] == [
        "torn"
    ]
    assert len(rows) == 2


async def test_a_bad_newer_recording_gives_way_to_a_good_older_one(tmp_path):
    """Yesterday's 500 doesn't take the question away."""
    put(
        tmp_path,
        interaction("hi", "good", at="2026-11-01T10:00:00+00:00"),
        interaction("hi", status=500, at="2026-11-02T10:00:00+00:00"),
    )
    [row] = await surveyed(tmp_path)
    assert row.baseline_text == "good"


async def test_what_a_migration_made_is_no_baseline(tmp_path):
    """Answers of targets and verdicts of judges are in the same corpus."""
    corpus(tmp_path, ["hi"])
    for name in ("migration__x__to__m", "judge__m__0123"):
        (tmp_path / f"{name}.json").write_bytes(next(tmp_path.glob("openai*.json")).read_bytes())
    assert len(await surveyed(tmp_path)) == 1


async def test_filters_are_those_of_ls(tmp_path):
    """Fields of recordings, all of which must hold."""
    put(tmp_path, interaction("a", category="extract"), interaction("b"), interaction("c", model="gpt-5"))
    rows = await surveyed(tmp_path, choice=chosen(["provider:openai", "tag:category=extract"]))
    assert [row.prompt_text for row in rows] == ["a"]
    rows = await surveyed(tmp_path, choice=chosen(part="model:gpt-5"))
    assert [row.prompt_text for row in rows] == ["c"]
    with pytest.raises(ConfigError, match="unknown field"):
        chosen(["provder:openai"])


async def test_filter_substr_is_a_part_of_the_name(tmp_path):
    """As in agentrec 0.2."""
    names = put(tmp_path, *map(interaction, numbered(4)))
    rows = await surveyed(tmp_path, filter_substr=names[2][-16:])
    assert [row.baseline_id for row in rows] == [names[2]]


async def test_limit_and_sample(tmp_path):
    """The first so many, or so many drawn; the same seed draws the same."""
    corpus(tmp_path, numbered(30))
    first = [row.baseline_id for row in await surveyed(tmp_path, choice=chosen(limit=5))]
    assert first == sorted(path.stem for path in tmp_path.glob("*.json"))[:5]
    drawn = [row.baseline_id for row in await surveyed(tmp_path, choice=chosen(sample=5))]
    again = [row.baseline_id for row in await surveyed(tmp_path, choice=chosen(sample=5))]
    other = [row.baseline_id for row in await surveyed(tmp_path, choice=chosen(sample=5, seed=1))]
    assert len(drawn) == 5 and drawn == again and drawn != other


async def test_a_sample_stays_when_the_corpus_grows(tmp_path):
    """Answers that are paid for are mostly in the next sample too."""
    corpus(tmp_path, numbered(30))
    before = {row.baseline_id for row in await surveyed(tmp_path, choice=chosen(sample=10))}
    corpus(tmp_path, [f"new {number}" for number in range(6)])
    after = {row.baseline_id for row in await surveyed(tmp_path, choice=chosen(sample=10))}
    assert len(before & after) >= 6


async def test_a_preview_is_80_characters_on_one_line(tmp_path):
    """White space is flattened, and a cut shown."""
    put(tmp_path, interaction("a\n\n  b " * 100))
    [row] = await surveyed(tmp_path)
    assert (
        len(row.prompt_preview) == 80
        and row.prompt_preview.startswith("a b a b")
        and row.prompt_preview[-1] == "…"
    )


async def test_garbage_in_a_recording_is_not_fatal(tmp_path):
    """Bodies and metadata of any kind: a row each, and no error."""
    for number, metadata in enumerate(
        (
            {"recorded_at": 7},
            {"category": ["x"]},
            {"usage": "many"},
            {"semantic_key": 1},
            {"latency_s": "fast"},
        )
    ):
        put(tmp_path, interaction(f"q{number}", **metadata))
    odd = interaction("odd")
    odd.request = CapturedRequest("POST", odd.request.url, [], json.dumps([1, 2]).encode())
    put(tmp_path, odd)
    rows = await surveyed(tmp_path)
    assert len(rows) == 6


@pytest.mark.parametrize(
    ("choice", "note"),
    [
        ({"finish_reason": "length"}, "baseline answer cut off at its token limit"),
        ({"finish_reason": "content_filter"}, "baseline answer kept back by the provider's filter"),
        ({"finish_reason": "stop", "message": {"refusal": "I can't."}}, "baseline answer is a refusal"),
    ],
)
async def test_a_baseline_that_is_no_good_answer_is_told(tmp_path, choice, note):
    """What the target says in its place is compared, and the row says with what."""
    document = {"model": "gpt-4o-mini", "choices": [{"message": {"content": "Once upon"}, **choice}]}
    put(tmp_path, interaction("hi", body=json.dumps(document).encode()))
    with Target() as target:
        [row] = (await run_migration(str(tmp_path), "m", [Same()], target_url=target.url)).rows
    assert row.status == "ok" and note in row.notes
