"""The recorder, asked as a seam asks it, without any HTTP library."""

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentrec_auto.capture import CapturedRequest
from agentrec_auto.flow import ledger as ledger_module
from agentrec_auto.flow.ledger import Ledger
from agentrec_auto.flow.plan import Pass, Record, Refuse, Replay
from agentrec_auto.flow.recorder import Recorder
from agentrec_auto.keying.identity import Keyer
from agentrec_auto.redaction.redactor import Redactor
from agentrec_auto.settings import KeyRule, RedactSettings, Replacement, Settings
from agentrec_auto.store.base import split_name
from agentrec_auto.store.file import FolderStore
from agentrec_auto.store.memory import MemoryStore

SECRET = "sk-" + "proj-" + "a1B2" * 8
RULES = (KeyRule(ignore=("metadata.run",), replace=(Replacement(r"\d{4}-\d\d-\d\d", "<date>"),)),)


def recorder(store, mode="auto", *, run="r1", **more):
    wanted = Settings(mode=mode, corpus=store.where, key_rules=RULES, **more)
    return Recorder(wanted, store, Redactor(wanted.redact, {}), Ledger(), run=run)


def asking(text="Hi", *, url="https://api.openai.com/v1/chat/completions", **more):
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": text}], **more}
    head = [(b"authorization", b"Bearer " + SECRET.encode()), (b"content-type", b"application/json")]
    return CapturedRequest("POST", url, head, json.dumps(body).encode())


def answered(plan, text="{}", status=200):
    assert isinstance(plan, Record)
    plan.tap.head(status, [(b"content-type", b"application/json")], {})
    plan.tap.see(text.encode())
    plan.tap.finished()


def events(recorder):
    return [event["kind"] for event in recorder._ledger.events]


def test_auto_records_then_replays():
    """The first run records, a later one replays; asked thrice, there are three answers."""
    store = MemoryStore()
    first = recorder(store)
    for text in "abc":
        answered(first.plan(asking(), "lib"), text)
    later = recorder(store, run="r2")
    plans = [later.plan(asking(), "lib") for _ in range(4)]
    assert all(isinstance(plan, Replay) for plan in plans)
    assert [plan.reel.chunks for plan in plans] == [(b"a",), (b"b",), (b"c",), (b"c",)]


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 304)])
def test_length_without_a_body(method, status):
    """An answer that is a head alone keeps the length that it tells of."""
    store, asked = (
        MemoryStore(),
        CapturedRequest(method, "https://api.openai.com/v1/files/f/content", [], b""),
    )
    told = [(b"content-length", b"1234"), (b"etag", b"x")]
    plan = recorder(store).plan(asked, "lib")
    plan.tap.head(status, told, {})
    plan.tap.finished()
    assert recorder(store, "replay").plan(asked, "lib").reel.headers == told


@pytest.mark.parametrize("match", ["exact", "fuzzy"])
def test_newer_format(match, capsys, monkeypatch):
    """What a newer agentrec has recorded is replayed, and told: once, not once a recording."""
    monkeypatch.setattr(ledger_module, "_warned", set())
    store = MemoryStore()
    first = recorder(store)
    for text in ("one", "two"):
        answered(first.plan(asking(text), "lib"))
    for name in store.names():
        store.load(name).metadata["format_version"] = 99
    replaying = recorder(store, "replay", match=match, threshold=0.5)
    like = "" if match == "exact" else "?"
    plans = [replaying.plan(asking(text + like), "lib") for text in ("one", "two")]
    assert all(isinstance(plan, Replay) for plan in plans)
    told = "memory: holds recordings of file format 99, and this agentrec knows 1"
    assert capsys.readouterr().err.count(told) == 1
    assert events(replaying).count("warned") == 1


@pytest.mark.parametrize("takes", [1, 2])
def test_a_recording_that_cannot_be_read(tmp_path, takes):
    """It is a miss that names the file, and not another take's answer."""
    store = FolderStore(str(tmp_path))
    first = recorder(store)
    for _ in range(takes):
        answered(first.plan(asking(), "lib"))
    name = min(store.names(), key=len)
    (tmp_path / f"{name}.json").write_text("<<<<<<< HEAD")
    replaying = recorder(store, "replay")
    plan = replaying.plan(asking(), "lib")
    assert isinstance(plan, Refuse)
    assert f"is answered by {name} in {tmp_path}, which can't be read" in plan.miss.text
    assert isinstance(recorder(store, "replay", on_miss="live").plan(asking(), "lib"), Pass)
    assert isinstance(recorder(store, run="r2").plan(asking(), "lib"), Record)


def test_replay_refuses():
    """Replay refuses what nobody recorded, and remembers that it did."""
    replaying = recorder(MemoryStore(), "replay")
    plan = replaying.plan(asking(), "lib")
    assert isinstance(plan, Refuse) and "nothing recorded there yet" in plan.miss.text
    assert events(replaying) == ["missed"]


@pytest.mark.parametrize(("policy", "kind"), [("live", Pass), ("record", Record)])
def test_on_miss(policy, kind):
    """A miss may be let through, or recorded, if somebody says so."""
    replaying = recorder(MemoryStore(), "replay", on_miss=policy)
    assert isinstance(replaying.plan(asking(), "lib"), kind)


def test_record_replaces():
    """Record mode is always live, and its takes replace the earlier run's."""
    store = MemoryStore()
    first = recorder(store)
    for text in "abc":
        answered(first.plan(asking(), "lib"), text)
    again = recorder(store, "record", run="r2")
    answered(again.plan(asking(), "lib"), "new")
    plans = recorder(store, "replay")
    assert [plans.plan(asking(), "lib").reel.chunks for _ in range(2)] == [(b"new",), (b"new",)]


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 529])
def test_transient_failures(status):
    """A failure that passes is not kept, and takes no number; the retry is take 1."""
    store = MemoryStore()
    live = recorder(store)
    answered(live.plan(asking(), "lib"), "later", status)
    answered(live.plan(asking(), "lib"), "now")
    assert len(list(store.names())) == 1 and events(live) == ["dropped", "recorded"]


@pytest.mark.parametrize(("code", "kept"), [(429, 0), (502, 0), (400, 1), ("no_credit", 1), (None, 1)])
def test_failures_under_200(code, kept):
    """OpenRouter tells the failures of the provider behind it under 200; what passes is not kept, either."""
    store = MemoryStore()
    error = json.dumps({"error": {"message": "Provider returned error", "code": code}})
    answered(recorder(store).plan(asking(), "lib"), error)
    assert len(list(store.names())) == kept


@pytest.mark.parametrize(
    "body", ['{"error": 7}', '{"error"', '{"error": {"code": 429}, "choices": []}', " [1]"]
)
def test_no_failures_under_200(body):
    """What only looks like one is an answer."""
    store = MemoryStore()
    answered(recorder(store).plan(asking(), "lib"), body)
    assert len(list(store.names())) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_permanent_failures(status):
    """A failure that stays is an answer like any other."""
    store = MemoryStore()
    answered(recorder(store).plan(asking(), "lib"), "no", status)
    assert recorder(store, "replay").plan(asking(), "lib").reel.status == status


def test_kept_failures_are_retried_at_once():
    """A kept 429 replays with a wait of a millisecond: no back-off in replay."""
    store = MemoryStore()
    answered(recorder(store, failures="keep").plan(asking(), "lib"), "later", 429)
    reel = recorder(store, "replay").plan(asking(), "lib").reel
    assert (reel.status, (b"retry-after-ms", b"1") in reel.headers) == (429, True)


def test_verify():
    """Verify is live, tells drift, and changes nothing."""
    store = MemoryStore()
    answered(recorder(store).plan(asking(), "lib"), '{"text": "Paris"}')
    before = dict(store._kept)
    verifying = recorder(store, "verify", run="r2")
    answered(verifying.plan(asking(), "lib"), '{"text": "Paris"}')
    answered(verifying.plan(asking(), "lib"), '{"text": "Lyon"}')
    answered(verifying.plan(asking("new"), "lib"), "{}")
    assert events(verifying) == ["verified", "drifted", "drifted"]
    assert '"Paris" → "Lyon"' in verifying._ledger.events[1]["text"]
    assert "nothing to compare its answer with" in verifying._ledger.events[2]["text"]
    assert store._kept == before


def test_fuzzy():
    """With fuzzy matching the nearest recording of the same model serves, above the threshold only."""
    store = MemoryStore()
    answered(recorder(store).plan(asking("What is due on Monday?"), "lib"), "a")
    near = recorder(store, "replay", match="fuzzy", threshold=0.9)
    assert near.plan(asking("What is due on Tuesday?"), "lib").reel.chunks == (b"a",)
    assert near._ledger.events[-1]["fuzzy"] is True
    assert isinstance(near.plan(asking("Something else altogether, and long"), "lib"), Refuse)
    assert isinstance(near.plan(asking("What is due on Tuesday?", stream=True), "lib"), Refuse)


def test_own_run_is_not_replayed_by_likeness():
    """Auto never serves by likeness what the same run has just recorded."""
    recording = recorder(MemoryStore(), match="fuzzy")
    answered(recording.plan(asking("What is due on Monday?"), "lib"))
    assert isinstance(recording.plan(asking("What is due on Tuesday?"), "lib"), Record)


def test_tags():
    """Tags come from rules by URL and from the run; a category stands by itself."""
    from agentrec_auto.settings import TagRule

    store = MemoryStore()
    rule = TagRule("*/chat/completions", (("category", "support"), ("team", "a")))
    answered(recorder(store, tags=(rule,), run_tags=(("team", "b"),)).plan(asking(), "lib"))
    [kept] = store._kept.values()
    assert (kept.metadata["category"], kept.metadata["tags"]) == ("support", {"team": "b"})


def test_call_site():
    """A recording says where in the app the call was made."""
    store = MemoryStore()
    live = recorder(store, root=os.path.dirname(__file__))

    def extract_invoice():
        answered(live.plan(asking(), "lib"))

    extract_invoice()
    [kept] = store._kept.values()
    assert kept.metadata["call_site"].endswith("extract_invoice")
    assert kept.metadata["call_site"].startswith("test_recorder.py:")


def test_failing_dialect(monkeypatch, capsys):
    """A dialect that fails costs the summary and a warning, not the recording."""
    from agentrec_auto.providers import summary

    monkeypatch.setattr(summary, "read_both", lambda call, reply: 1 / 0)
    store = MemoryStore()
    answered(recorder(store).plan(asking(), "lib"))
    assert len(list(store.names())) == 1 and "no summary: ZeroDivisionError" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["prompt", "response"])
def test_secret_joined_in_the_summary(place):
    """Two pieces that are a secret only side by side, as the summary has them, are not told there."""
    store = MemoryStore()
    pieces = [{"type": "text", "text": SECRET[:14]}, {"type": "text", "text": SECRET[14:]}]
    content = {"prompt": "Hi", "response": "Hello", place: pieces}
    answer = {"choices": [{"message": {"role": "assistant", "content": content["response"]}}]}
    answered(recorder(store).plan(asking(content["prompt"]), "lib"), json.dumps(answer))
    (name,) = store.names()
    summary = store.load(name).metadata["summary"]
    assert SECRET not in str(summary) and "[REDACTED" in summary[place]


def test_unwritable_corpus(tmp_path, capsys):
    """A corpus that can't be written costs one warning with cause and cure, never the app's call."""
    (tmp_path / "corpus").write_text("a file, not a folder")
    live = recorder(FolderStore(str(tmp_path / "corpus")), "record")
    for _ in range(2):
        answered(live.plan(asking(), "lib"))
    said = capsys.readouterr().err
    assert said.count("was not recorded") == 1 and "Make the corpus writable" in said


texts = st.text(max_size=30) | st.sampled_from(
    [
        "2026-11-23",
        SECRET,
        f"key={SECRET}&x=1",
        f'{{"password": "{SECRET}"}}',
        "a\nb\\n" + SECRET,
        "\ud800",
        "[REDACTED]",
    ]
)
values = st.recursive(
    texts | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["api_key", "id", "content", "metadata", "run", "x"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(
    body=values | st.binary(max_size=80),
    query=st.sampled_from(["", "?key=" + SECRET, "?a=1&token=x", "?b=%5B&a=1"]),
)
@settings(max_examples=300, deadline=None)
def test_keys_are_true(tmp_path_factory, body, query):
    """The key recomputed from a stored file equals its name, whatever was redacted."""
    store = FolderStore(str(tmp_path_factory.mktemp("corpus")))
    more = {"redact": RedactSettings(patterns=(Replacement(r"\w+@\w+", "<mail>"),), paths=("**.x",))}
    request = asking(
        url="https://api.openai.com/v1/chat/completions" + query,
        extra=body if not isinstance(body, bytes) else 0,
    )
    if isinstance(body, bytes):
        request.content = body
    answered(recorder(store, "record", **more).plan(request, "lib"))
    [name] = store.names()
    stored = store.load(name)
    assert Keyer(RULES).identify(stored.request).key == split_name(name)[0] == stored.metadata["key"]
    assert SECRET.encode() not in open(os.path.join(store.where, name + ".json"), "rb").read()
    assert isinstance(recorder(store, "replay", **more).plan(request, "lib"), Replay)


def test_again():
    """A request replayed before is answered without redaction or key, its takes in order; others are not."""
    store = MemoryStore()
    first = recorder(store)
    for text in "abc":
        answered(first.plan(asking(), "lib"), text)
    later = recorder(store, mode="replay", run="r2", takes="cycle")
    asked = asking()
    assert later.again(asked) is None
    later.plan(asked, "lib")
    later._redactor = later._keyer = None
    assert [later.again(asked).reel.chunks for _ in range(3)] == [(b"b",), (b"c",), (b"a",)]
    later.start_lane()
    assert later.again(asked).reel.chunks == (b"a",)
    assert later.again(asking("Other")) is None
    assert events(later) == ["replayed"] * 5


def test_again_past_the_last_take():
    """What the policy refuses goes the whole way, where it is told; it isn't counted twice."""
    store = MemoryStore()
    answered(recorder(store).plan(asking(), "lib"))
    later = recorder(store, mode="replay", run="r2", takes="error")
    asked = asking()
    assert isinstance(later.plan(asked, "lib"), Replay)
    assert later.again(asked) is None
    refused = later.plan(asked, "lib")
    assert isinstance(refused, Refuse) and "asked for the 2nd time" in refused.miss.text
