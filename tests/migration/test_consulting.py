"""Judges and embeddings in a migration: asked once, kept in the corpus, found again offline."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from processes import called

from agentrec_auto.comparators import JudgeComparator
from agentrec_auto.migration.consulting import NotRecordedError, RecordedEmbedder, RecordedJudge
from agentrec_auto.migration.limits import Limits
from agentrec_auto.migration.recordings import recordings_of
from agentrec_auto.migration.targets import target_for

from .recorded import corpus, interaction, numbered, put
from .target import Reply, Target, answer

YES = json.dumps({"reason": "the same", "equivalent": True, "score": 0.9})
NO = json.dumps({"reason": "it refuses", "equivalent": False, "score": 0.2})


@pytest.fixture
def target():
    with Target() as server:
        yield server


@pytest.fixture
def judge(tmp_path, target):
    """A judge on the server; the corpus is in ``tmp_path``."""
    return RecordedJudge(target_for("j", url=target.url), recordings_of(tmp_path), limits=Limits(retries=1))


def offline(tmp_path, target):
    return RecordedJudge(target_for("j", url=target.url), recordings_of(tmp_path), offline=True)


def said(text):
    return lambda ask: answer(ask, text)


def kept(folder: Path, kind: str) -> list[str]:
    return sorted(path.stem for path in folder.glob(f"{kind}__*.json"))


async def test_a_verdict_is_asked_for_once(tmp_path, target, judge):
    """The same texts are judged once; offline the verdict is found again."""
    target.script = said(YES)
    for asker in (judge, judge, offline(tmp_path, target)):
        told = await JudgeComparator(askers=[asker]).compare("q", "a", "b")
        assert (told.passed, told.score, told.detail) == (True, 0.9, "the same")
    assert len(target.asked) == 1
    [name] = kept(tmp_path, "judge")
    assert name.startswith("judge__j__")
    await judge.close()


async def test_other_texts_are_another_verdict(tmp_path, target, judge):
    """Offline nobody is asked, and the cure is said."""
    target.script = said(YES)
    await JudgeComparator(askers=[judge]).compare("q", "a", "b")
    with pytest.raises(
        NotRecordedError, match=r"j has not been asked; run `agentrec migrate` \(online\) first"
    ):
        await JudgeComparator(askers=[offline(tmp_path, target)]).compare("q", "a", "c")
    assert len(target.asked) == 1
    await judge.close()


@pytest.mark.parametrize("text", ["", "I can't judge that.", '{"equivalent": "perhaps"}', f"{YES} {NO}"])
async def test_no_verdict_is_not_kept(tmp_path, target, judge, text):
    """What can't be read as a verdict is an error, and asked for again next time."""
    target.script = said(text)
    with pytest.raises(ValueError, match="judge reply"):
        await JudgeComparator(askers=[judge]).compare("q", "a", "b")
    assert kept(tmp_path, "judge") == []
    target.script = said(NO)
    assert (await JudgeComparator(askers=[judge]).compare("q", "a", "b")).passed is False
    await judge.close()


async def test_a_judge_that_is_busy_is_asked_again(target, judge):
    """A 429 is retried, as for targets."""
    target.script = lambda ask: answer(ask, YES) if ask.nth > 1 else Reply(429, b"", {"retry-after-ms": "1"})
    assert (await JudgeComparator(askers=[judge]).compare("q", "a", "b")).passed
    assert len(target.asked) == 2
    await judge.close()


async def test_what_is_judged_is_stored_redacted(tmp_path, target, judge):
    """A key in an answer reaches neither the question nor the verdict on disk."""
    secret = "sk-proj-" + "0123456789abcdef" * 2
    target.script = said(json.dumps({"equivalent": True, "reason": f"both say {secret}"}))
    await JudgeComparator(askers=[judge]).compare("q", f"use {secret}", f"take {secret}")
    [name] = kept(tmp_path, "judge")
    assert secret not in (tmp_path / f"{name}.json").read_text()
    await judge.close()


def vectors(ask):
    told = [{"index": at, "embedding": [1.0, float(len(text))]} for at, text in enumerate(ask.body["input"])]
    return Reply(200, json.dumps({"object": "list", "data": told[::-1], "model": "e"}).encode(),
                 {"content-type": "application/json"})  # fmt: skip


async def test_vectors_are_asked_for_once(tmp_path, target):
    """Embeddings are kept like verdicts, in the order of their texts."""
    target.script = vectors
    where = target_for("e", url=target.url)
    for is_offline in (False, True):
        embedder = RecordedEmbedder(where, recordings_of(tmp_path), offline=is_offline)
        assert [list(one) for one in await embedder.vectors(["a", "bbb"])] == [[1.0, 1.0], [1.0, 3.0]]
        await embedder.close()
    assert [ask.path for ask in target.asked] == ["/v1/embeddings"]
    assert len(kept(tmp_path, "embedding")) == 1


async def test_too_few_vectors(tmp_path, target):
    """An answer with a vector too few is an error, and not kept."""
    target.script = lambda ask: vectors(type(ask)(1, 1, "", {}, {"input": ["a"]}))
    embedder = RecordedEmbedder(target_for("e", url=target.url), recordings_of(tmp_path))
    with pytest.raises(Exception, match="1 embeddings came back for 2 texts"):
        await embedder.vectors(["a", "b"])
    assert kept(tmp_path, "embedding") == []
    await embedder.close()


# As commands


@pytest.fixture
def project(tmp_path, target):
    """A corpus of three questions, with a target and two judges on the server."""
    corpus(tmp_path / "corpus", numbered(3))
    told = "".join(
        f'[target.{name}]\nmodel = "{name}"\nurl = "{target.url}"\n' for name in ("new", "one", "other", "e")
    )
    (tmp_path / "agentrec.toml").write_text(
        told + '[[comparator]]\nname = "numbered"\nkind = "regex"\npattern = "[0-9]"\n'
    )

    def script(ask):
        if "input" in ask.body:
            return vectors(ask)
        if ask.body["model"] == "new":
            return answer(ask, f"It is {ask.text}")
        return answer(ask, NO if ask.body["model"] == "other" and "what is 1?" in ask.text else YES)

    target.script = script
    return tmp_path


def agentrec(folder, *words):
    return called(*words, "--target", "new", "--format", "json", "--out", "r", cwd=folder)


def test_two_judges_on_the_command_line(project, target):
    """Both are asked of every pair, their disagreement is told, and the report needs neither again."""
    words = ["--compare", "judge,numbered", "--judge-model", "one", "--judge-model-2", "other"]
    first = agentrec(project, "migrate", *words)
    assert first.code == 0, first.stderr
    assert "judge      2/3 passed (67%)" in first.stdout
    assert "numbered   3/3 passed (100%)" in first.stdout
    asked = len(target.asked)
    assert asked == 3 + 6
    told = (project / "r.json").read_text()
    assert told.count("judges disagree: one: equivalent (0.90), the same; other: not equivalent (0.20)") == 1
    again = agentrec(project, "report", *words)
    assert again.code == 0, again.stderr
    assert "judge      2/3 passed (67%)" in again.stdout
    assert len(target.asked) == asked


def test_verdicts_are_no_questions(project, target):
    """A second run does not take verdicts and vectors for questions to ask."""
    words = ["--compare", "all", "--judge-model", "one", "--embedding-model", "e"]
    for _ in range(2):
        found = agentrec(project, "migrate", *words)
        assert found.code == 0, found.stderr
        assert found.stdout.startswith("Migration report: 3 prompts")
    assert len(target.asked) == 3 + 3 + 3


def test_all_offline_is_what_is_there(project, target):
    """`report --compare all` takes the judge only where he was asked."""
    assert agentrec(project, "migrate", "--compare", "exact").code == 0
    found = agentrec(project, "report", "--compare", "all")
    assert found.code == 0, found.stderr
    assert "fuzzy" in found.stdout and "judge" not in found.stdout
    judged = ["--compare", "judge", "--judge-model", "one"]
    refused = agentrec(project, "report", *judged)
    assert refused.code == 2
    assert "judge would have to ask somebody" in refused.stderr
    assert agentrec(project, "migrate", *judged).code == 0
    found = agentrec(project, "report", "--compare", "all", "--judge-model", "one")
    assert "judge      3/3 passed" in found.stdout
    assert "embedding" not in found.stdout


def test_a_judge_without_a_key(project):
    """Found out before the target is asked, and paid."""
    found = agentrec(project, "migrate", "--compare", "judge", "--judge-model", "claude-opus-4-8")
    assert found.code == 2
    assert "ANTHROPIC_API_KEY is not set" in found.stderr
    assert agentrec(project, "migrate", "--compare", "judge", "--judge-model", "who").code == 2


def test_a_judge_that_fails(project, target):
    """His failure is told in the row; the others go on."""
    plain = target.script
    target.script = lambda ask: Reply(400, b"no") if ask.body["model"] == "one" else plain(ask)
    found = agentrec(project, "migrate", "--compare", "numbered,judge", "--judge-model", "one", "--strict")
    assert found.code == 1
    assert "numbered   3/3 passed" in found.stdout
    assert "target API returned 400" in (project / "r.json").read_text()
    assert "3 failed to compare: " in found.stdout


def test_every_judge_fails(project, target):
    """Where no comparator could compare anything, it is no success, and the first failure is told."""
    plain = target.script
    target.script = lambda ask: Reply(400, b"no") if ask.body["model"] == "one" else plain(ask)
    found = agentrec(project, "migrate", "--compare", "judge", "--judge-model", "one")
    assert found.code == 1 and "NOTHING WAS COMPARED: every comparator failed" in found.stderr
    assert "3 failed to compare: " in found.stdout and "target API returned 400" in found.stdout


def test_answers_that_are_the_same_are_not_judged(tmp_path, target):
    """Nobody is paid to say that two equal answers are equal."""
    (tmp_path / "corpus").mkdir()
    put(tmp_path / "corpus", interaction("hi", "HI"))
    (tmp_path / "agentrec.toml").write_text(
        "".join(f'[target.{name}]\nmodel = "{name}"\nurl = "{target.url}"\n' for name in ("new", "one"))
    )
    found = agentrec(tmp_path, "migrate", "--compare", "judge", "--judge-model", "one")
    assert found.code == 0, found.stderr
    assert "judge      1/1 passed" in found.stdout
    assert [ask.body["model"] for ask in target.asked] == ["new"]
