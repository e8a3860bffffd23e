"""``agentrec diff``: two recordings, or a request beside the recording most like it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from corpus.conftest import Agentrec, Kept

from agentrec_auto.capture import CapturedInteraction


def answering(text: str):
    """A change of an answer's text."""

    def change(interaction: CapturedInteraction) -> None:
        document = json.loads(interaction.body)
        document["choices"][0]["message"]["content"] = text
        interaction.chunks[0].data = json.dumps(document).encode()
        del interaction.chunks[1:]

    return change


def test_requests(agentrec: Agentrec, kept: Kept) -> None:
    """Where the requests differ, path by path."""
    ran = agentrec("diff", kept.name("2291"), kept.name("Invoice 77"))
    assert ran.code == 1
    assert (
        'request\n  messages[0].content   "…2291 of 14 November 2026: total NOK 12,450.00" → "…77 of'
        in ran.stdout
    )
    assert "  -answer 1 to: Invoice 2291" in ran.stdout
    assert "  +answer 2 to: Invoice 77" in ran.stdout


def test_answers(agentrec: Agentrec, kept: Kept) -> None:
    """A long answer is compared sentence by sentence."""
    text = "The first sentence is the same in both of them. {} The third sentence is the same again, and long enough."
    left, right = kept.name("2291"), "copy"
    kept.edit(left, answering(text.format("The second is old.")))
    kept.edit(left, answering(text.format("The second is new.")), to=right)
    ran = agentrec("diff", left, right)
    assert ran.code == 1 and "request" not in ran.stdout
    lines = [line.strip() for line in ran.stdout.partition("\ntext\n")[2].splitlines()]
    assert lines[1:] == [
        "The first sentence is the same in both of them.",
        "-The second is old.",
        "+The second is new.",
        "The third sentence is the same again, and long enough.",
    ]


def test_long_requests(agentrec: Agentrec, kept: Kept) -> None:
    """Where a few words can't tell how two texts differ, the sentences that differ are told, all of them."""
    text = (
        "The first sentence is the same in both of them. {} The third sentence is long enough to be cut. {}"
    )
    left = kept.name("2291")

    def asking(*words: str):
        def change(interaction: CapturedInteraction) -> None:
            body = json.loads(interaction.request.content)
            body["messages"][0]["content"] = text.format(*words)
            interaction.request = replace(interaction.request, content=json.dumps(body).encode())

        return change

    kept.edit(left, asking("The second is old.", "The last is old."), to="one")
    kept.edit(left, asking("The second is new.", "The last is new."), to="other")
    ran = agentrec("diff", "one", "other")
    assert [line.strip() for line in ran.stdout.partition("\nrequest\n")[2].splitlines()[:4]] == [
        "messages[0].content   -The second is old.",
        "+The second is new.",
        "-The last is old.",
        "+The last is new.",
    ]


def test_same(agentrec: Agentrec, kept: Kept) -> None:
    """Two recordings of one question and one answer are the same, however long they took."""

    def slower(interaction: CapturedInteraction) -> None:
        interaction.metadata["latency_s"] = 99

    name = kept.name("2291")
    kept.edit(name, slower, to="copy")
    same = agentrec("diff", "copy", name)
    assert same.code == 0 and "the same question, and the same answer" in same.stdout


def test_json(asked: object, kept: Kept) -> None:
    """The values on both sides, whole."""
    told = asked("diff", kept.name("sleet"), kept.name("gpt-9"))
    assert told["same"] is False
    assert {"path": "model", "before": "gpt-4o", "after": "gpt-9", "is_in_body": False} in told["request"]
    assert {"path": "status", "before": 200, "after": 404, "is_in_body": False} in told["answer"]


@pytest.fixture
def body(here: Path) -> Path:
    """A request like one that is recorded, but for one thing."""
    file = here / "body.json"
    message = {"role": "user", "content": "Invoice 77 of 3 October 2026: total EUR 99.00"}
    file.write_text(
        json.dumps({"model": "gpt-4o-mini", "temperature": 0, "messages": [message], "user": "u-1"})
    )
    return file


def test_request(agentrec: Agentrec, kept: Kept, body: Path) -> None:
    """The recording most like it is named, with what differs, and where a bare body was taken to go."""
    ran = agentrec("diff", "--request", "body.json")
    assert ran.code == 1
    assert ran.stdout.startswith(f"{kept.name('Invoice 77')} is most like it")
    assert '  user   absent → "u-1"\n' in ran.stdout
    assert "only a body: taken to go where" in ran.stderr


@pytest.mark.parametrize("shape", ["body", "request", "cassette"])
def test_request_that_is_recorded(agentrec: Agentrec, kept: Kept, here: Path, shape: str) -> None:
    """A request that replay answers is no difference, in whatever form it is brought; its host doesn't count."""
    request = kept.load(kept.name("2291")).request
    body = json.loads(request.content)
    told = {
        "body": body,
        "request": {
            "method": "post",
            "url": "https://api.openai.com/v1/chat/completions",
            "headers": {"a": "b"},
            "body": body,
        },
        "cassette": {"request": {"url": request.url, "content": request.content.decode()}, "chunks": []},
    }
    (here / "in.json").write_text(json.dumps(told[shape]))
    ran = agentrec("diff", "--request", "in.json")
    assert (ran.code, ran.stdout) == (0, f"the same as {kept.name('2291')}: replay answers it\n")


def test_request_is_redacted(agentrec: Agentrec, kept: Kept, here: Path) -> None:
    """A secret in a request that is brought is treated as recording treats it, and isn't shown."""
    body = {
        "model": "gpt-4o",
        "messages": [{"role": "user", "content": "my key is sk-proj-0123456789abcdefghij"}],
    }
    (here / "in.json").write_text(json.dumps(body))
    ran = agentrec("diff", "--request", "in.json", "--json")
    assert "sk-proj" not in ran.stdout + ran.stderr
    assert "[REDACTED-OPENAI-KEY]" in ran.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "name two recordings, or a file with --request"),
        (["a"], "name two recordings"),
        (["a", "b", "--request", "x"], "leave the names out"),
        (["--request", "none.json"], "can't read none.json: No such file"),
        (["--request", "app.py"], "in app.py: expected a cassette, {"),
        (["--request", "list.json"], "no JSON object in list.json"),
        (["--request", "bad.json"], "bad URL 'http://[' in bad.json"),
    ],
)
def test_asked_wrongly(agentrec: Agentrec, here: Path, words: list[str], said: str) -> None:
    """What is no comparison is refused, in words, with exit code 2."""
    (here / "list.json").write_text("[1]")
    (here / "bad.json").write_text('{"url": "http://["}')
    ran = agentrec("diff", *words)
    assert ran.code == 2 and said in ran.stderr
