"""What a miss says."""

import json

import pytest

from agentrec_auto.capture import CapturedInteraction, CapturedRequest
from agentrec_auto.flow.miss import Miss, incomparable, past_last_take, unrecorded, with_one_cure, words_for
from agentrec_auto.flow.nearest import differences, nearest
from agentrec_auto.keying.identity import Keyer
from agentrec_auto.store.memory import MemoryStore

KEYER = Keyer()


def asking(text, *, path="/v1/chat/completions", **more):
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": text}], **more}
    return CapturedRequest("POST", f"https://api.openai.com{path}", [], json.dumps(body).encode())


def identity(*args, **more):
    return KEYER.identify(asking(*args, **more))


def recorded(*requests):
    store = MemoryStore()
    for request in requests:
        interaction = CapturedInteraction(request, 200, [], {})
        store.add(KEYER.identify(request).key, interaction, take=1, run="r", replace=False)
    return store


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (("See you on Monday",), ("See you on Tuesday",), 'messages[0].content: "…Monday" → "…Tuesday"'),
        (("abc",), ("abd",), 'messages[0].content: "abc" → "abd"'),
        (("Hi",), ("Hi there",), 'messages[0].content: "Hi" → "Hi there"'),
        (("x", {"temperature": 0}), ("x", {"temperature": 1}), "temperature: 0 → 1"),
        (("x",), ("x", {"n": 2}), "n: absent → 2"),
        (("x", {"n": 2}), ("x",), "n: 2 → absent"),
        (("x", {"n": 1}), ("x", {"n": True}), "n: 1 → true"),
        (("x", {"model": "a"}), ("x", {"model": "b"}), 'model: "a" → "b"'),
        (("x",), ("x", {"stream": True}), "stream: false → true"),
        (("x",), ("x", {"path": "/v2/chat"}), 'path: "/v1/chat/completions" → "/v2/chat"'),
        (
            ("x", {"path": "/v1/files?limit=2&after=a%20b"}),
            ("x", {"path": "/v1/files?limit=2"}),
            'query: "after=a b&limit=2" → "limit=2"',
        ),
        (("x", {"tools": [1, 2]}), ("x", {"tools": [1, 3]}), "tools[1]: 2 → 3"),
    ],
)
def test_differences(before, now, told):
    """A difference is told by its path, what was recorded and what was asked."""

    def one(text, more=None):
        return identity(text, **(more or {}))

    assert differences(one(*now), one(*before)) == [told]


def upload(boundary, *parts):
    """A form as SDKs send it: each part a name, what else its head says, and its content."""
    told = b"".join(
        b'--%b\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n' % (boundary, name, head, content)
        for name, head, content in parts
    )
    kind = b"multipart/form-data; boundary=" + boundary
    address = "https://api.openai.com/v1/audio/transcriptions"
    return KEYER.identify(
        CapturedRequest("POST", address, [(b"content-type", kind)], told + b"--" + boundary + b"--\r\n")
    )


FILE = b'; filename="a.wav"\r\nContent-Type: audio/wav'


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ([(b"model", b"", b"a")], [(b"model", b"", b"b")], ['model: "a" → "b"']),
        ([(b"model", b"", b"a")], [(b"model", b"", b"a"), (b"n", b"", b"2")], ['n: absent → "2"']),
        ([(b"file", FILE, b"\xff")], [(b"file", FILE, b"\xfe")], ['file.content: "\udcff" → "\udcfe"']),
        (
            [(b"file", FILE, b"1")],
            [(b"file", FILE.replace(b"a.wav", b"b.wav"), b"1")],
            ['file.filename: "a.wav" → "b.wav"'],
        ),
        ([(b"to[]", b"", b"1"), (b"to[]", b"", b"2")], [(b"to[]", b"", b"1"), (b"to[]", b"", b"3")], ['to[][1]: "2" → "3"']),
        ([(b"a", b"", b"1"), (b"b", b"", b"2")], [(b"b", b"", b"2"), (b"a", b"", b"1")], None),
        ([(b"a", b"", b"1")], [], None),
    ],
)  # fmt: skip
def test_differences_of_uploads(before, now, told):
    """What differs in a form is told by its field; where that doesn't do, as the body."""
    found = differences(upload(b"second", *now), upload(b"first", *before))
    assert found == told if told else [one[:6] for one in found] == ["body: "]


def test_a_recording_under_another_name():
    """The rules for keys changed, or a file was renamed: the recording that would answer is told, and the cure."""
    store = MemoryStore()
    store.add("mine", CapturedInteraction(asking("Hi"), 200, [], {}), take=1, run="r", replace=False)
    asked = identity("Hi")
    told = unrecorded(asked, "corpus", nearest(asked, store, KEYER))
    assert "; mine is the same request by the rules that hold now, but isn't found by that name: " in told
    assert f"`agentrec rekey --write` mends it, or call it {asked.key}. " in told


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ([1, 2], [0, 1, 2], ["x[0]: absent → 0"]),
        ([0, 1, 2], [1, 2], ["x[0]: 0 → absent"]),
        ([1, 2], [1, 2, 3], ["x[2]: absent → 3"]),
        ([1, 2, 3], [1, 3], ["x[1]: 2 → absent"]),
        ([1, 2, 9], [1, 3, 4, 9], ["x[1]: 2 → 3", "x[2]: absent → 4"]),
        ([5, 5], [5, 5, 5], ["x[2]: absent → 5"]),
        ([1, 2], [True, 1, 2], ["x[0]: absent → true"]),
        ([True, 2], [1, 2, 3], ["x[0]: true → 1", "x[2]: absent → 3"]),
        ([], [1], ["x[0]: absent → 1"]),
        ([1, 2], [2, 1], ["x[0]: 1 → 2", "x[1]: 2 → 1"]),
    ],
)  # fmt: skip
def test_lists_that_grow(before, now, told):
    """What two lists begin and end with is no difference, where one of them has more between."""
    assert differences(identity("q", x=now), identity("q", x=before)) == told


def test_what_is_not_like_it_is_not_named():
    """Another endpoint's recording is no clue to what changed."""
    asked = KEYER.identify(CapturedRequest("GET", "https://api.openai.com/v1/models", [], b""))
    found = nearest(asked, recorded(asking("hello " * 20)), KEYER)
    assert "; nothing recorded there is like it. " in unrecorded(asked, "corpus", found)


def test_long_values_are_cut():
    """A long value is shown around the place where it differs, and cut."""
    [told] = differences(identity("a " * 400 + "Tuesday " + "z" * 400), identity("a " * 400 + "Monday"))
    assert told.startswith('messages[0].content: "…Monday" → "…Tuesday zzz') and len(told) < 150


def test_names_the_nearest():
    """The most similar recording is named, with its likeness, the difference and the cure."""
    store = recorded(asking("Something else altogether"), asking("What is due on Monday?"))
    asked = identity("What is due on Tuesday?")
    text = unrecorded(asked, "/corpus", nearest(asked, store, KEYER))
    near = identity("What is due on Monday?").key
    assert text.startswith(
        "agentrec: no recording in /corpus answers POST /v1/chat/completions (model gpt-4o); "
    )
    assert f"the nearest, {near} (9" in text
    assert 'messages[0].content: "…Monday?" → "…Tuesday?"' in text
    assert "AGENTREC_MODE=auto" in text and "\n" not in text


def test_no_other_request_is_wholly_alike():
    """A request that differs from a recording is less than 100% like it, in however little."""
    asked = identity("x", path="/v1/chat/completions?a=1")
    store = recorded(asking("x"))
    assert "(99% alike), differs (recorded → asked) at query" in unrecorded(
        asked, "corpus", nearest(asked, store, KEYER)
    )


def test_says_which_side_is_which():
    """Whoever reads a difference for the first time is told which side was recorded."""
    asked = identity("x", n=2)
    text = unrecorded(asked, "/c", nearest(asked, recorded(asking("x")), KEYER))
    assert "differs (recorded → asked) at n: absent → 2. Record it" in text


@pytest.mark.parametrize("tell", [
    lambda asked, site: unrecorded(asked, "/c", None, site=site),
    lambda asked, site: incomparable(asked, "/c", site=site),
    lambda asked, site: past_last_take(asked, "/c", 2, 1, site=site),
])  # fmt: skip
def test_names_the_call_site(tell):
    """Of a call that the app makes in many places, the place is told."""
    assert "/v1/chat/completions (model gpt-4o, from app/extract.py:invoice)" in tell(
        identity("x"), "app/extract.py:invoice"
    )


def test_long_names_of_models_are_cut():
    """A model is whatever the app sent; a miss stays a line that can be read."""
    asked = KEYER.identify(
        CapturedRequest("POST", "https://a/v1/chat/completions", [], b'{"model":"%s"}' % (b"m" * 5000))
    )
    text = unrecorded(asked, "/c", None)
    assert f"(model {'m' * 120}…)" in text and len(text) < 400


def test_streamed_nearest_loses_to_plain():
    """Of two recordings with the same body, the one that is streamed as asked is nearer."""
    store = recorded(asking("x", stream=True), asking("x"))
    asked = identity("x", temperature=1)
    assert nearest(asked, store, KEYER).identity.stream is False


def test_empty_corpus():
    """With nothing recorded it says so."""
    asked = identity("x")
    assert "nothing recorded there yet" in unrecorded(asked, "/c", nearest(asked, MemoryStore(), KEYER))


def test_search_is_bounded():
    """A search in a large corpus ends in time, with what it has seen."""
    store = recorded(*(asking(f"question {number} " * 200) for number in range(300)))
    assert nearest(identity("question"), store, KEYER, search_s=0.0) is not None


def test_many_differences():
    """Three differences are told, the others counted."""
    asked = identity("x", a=1, b=2, c=3, d=4, e=5)
    text = unrecorded(asked, "/c", nearest(asked, recorded(asking("x")), KEYER))
    assert "a: absent → 1, b: absent → 2, c: absent → 3 and 2 more" in text


@pytest.mark.parametrize(("order", "word"), [(2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (21, "21st")])
def test_past_the_last_take(order, word):
    """Asked more often than recorded, under the policy error: how often, how many, and what to do."""
    text = past_last_take(identity("x"), "/c", order, 1)
    assert f"for the {word} time" in text and "holds 1 take of it" in text and "refresh" in text


def test_answer_is_read_by_every_sdk():
    """The text stands wherever some SDK looks for it, and no SDK is to try again."""
    miss = Miss('why "so"\u2026')
    body = json.loads(miss.body)
    assert {body["message"], body["detail"], body["error"]["message"]} == {miss.text}
    assert (b"x-should-retry", b"false") in miss.headers


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/v1/chat/completions", ["error"]),
        ("/v1/responses", ["error"]),
        ("/v1/messages", ["error", "type"]),
        ("/v1beta/models/gemini-3:generateContent", ["error"]),
        ("/v1/embeddings", ["detail", "error", "message", "type"]),
        ("/model/m/converse", ["detail", "error", "message", "type"]),
    ],
)
def test_answer_in_the_shape_of_the_api(path, where):
    """Where the API is known by its path, the text stands once: SDKs show the whole body."""
    miss = Miss("why", words_for(identity("x", path=path)))
    body = json.loads(miss.body)
    assert (sorted(body), body["error"]["message"]) == (where, "why")
    assert miss.body.count(b'"why"') == (1 if "detail" not in where else 3)


def test_one_cure_for_several():
    """Misses with the same cure tell it once, at the end; others keep theirs."""
    texts = ["a is missing. Record it with x", "b is missing. Record it with x"]
    assert with_one_cure(texts) == ["a is missing", "b is missing", "Record it with x"]
    for others in (texts[:1], [*texts, "c. Record it with y"], [*texts, "refused"], []):
        assert with_one_cure(others) == others


def test_reason():
    """What ``raise_for_status()`` tells is one line of ASCII, whatever was asked."""
    reason = Miss('agentrec: no recording; differs at "…é\r\nx-injected: 1\x00" → "b"' + "z" * 9000).reason
    assert reason.startswith(b'agentrec: no recording; differs at "...? x-injected: 1" -> "b"z')
    assert len(reason) < 600
