"""What makes two requests the same, and what keeps them apart."""

import json
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agentrec_auto.capture import CapturedRequest
from agentrec_auto.keying import canonical
from agentrec_auto.keying.canonical import canonical_json, rename_ids
from agentrec_auto.keying.identity import Keyer
from agentrec_auto.settings import KeyRule, Replacement

CHAT = "https://api.openai.com/v1/chat/completions"
BODY = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}], "temperature": 0}


def request(body=BODY, *, url=CHAT, method="POST", headers=()):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return CapturedRequest(method, url, [(b"content-type", b"application/json"), *headers], content)


def key(asked, *rules):
    return Keyer(rules).identify(asked).key


SAME = {
    "host and port": request(url="http://localhost:8080/v1/chat/completions"),
    "fragment (mistralai 3.7 adds #stream)": request(url=CHAT + "#stream"),
    "order of members": request(dict(reversed(BODY.items()))),
    "white space": request(json.dumps(BODY, indent=2).encode()),
    "escapes": request(json.dumps(BODY).replace("Hi", "\\u0048i").encode()),
    "method in lower case (aiohttp under google-genai)": request(method="post"),
    "headers": request(headers=[(b"x-stainless-retry-count", b"1"), (b"authorization", b"Bearer x")]),
    "secret in the query": request(url=CHAT + "?key=AIzaWhatever"),
    "a run's name in the cache (openai-agents)": request(
        {**BODY, "prompt_cache_key": "agents-sdk:run:20166d92"}
    ),
    "stream said to be false": request({**BODY, "stream": False}),
}
OTHER = {
    "model": request({**BODY, "model": "gpt-4o-mini"}),
    "stream": request({**BODY, "stream": True}),
    "stream options": request({**BODY, "stream": True, "stream_options": {"include_usage": True}}),
    "text": request({**BODY, "messages": [{"role": "user", "content": "Ho"}]}),
    "a name of one's own in the cache": request({**BODY, "prompt_cache_key": "mine"}),
    "sampling": request({**BODY, "temperature": 1}),
    "path": request(url="https://api.openai.com/v2/chat/completions"),
    "query": request(url=CHAT + "?api-version=2"),
    "method": request(method="PUT"),
    "1 and true": request({**BODY, "temperature": False}),
}


@pytest.mark.parametrize("what", SAME)
def test_does_not_count(what):
    """What differs between machines, gateways and SDK versions leaves the key alone."""
    assert key(SAME[what]) == key(request())


@pytest.mark.parametrize("what", OTHER)
def test_counts(what):
    """What a model or a caller would notice makes another key, and no two of these share one."""
    assert key(OTHER[what]) not in {key(request()), *(key(OTHER[other]) for other in OTHER if other != what)}


def test_stream_and_plain_share_the_question_not_the_key():
    """A streamed and a plain asking never collide, but are the same question to migration."""
    plain, stream = Keyer().identify(request()), Keyer().identify(OTHER["stream options"])
    assert plain.key != stream.key
    assert plain.semantic_key == stream.semantic_key


@pytest.mark.parametrize(
    ("url", "model", "stream"),
    [
        ("https://g/v1beta/models/gemini-2.0-flash:generateContent", "gemini-2.0-flash", False),
        ("https://g/v1/models/gemini-2.0-flash:streamGenerateContent?alt=sse", "gemini-2.0-flash", True),
        ("https://a/openai/deployments/gpt%2F4o/chat/completions?api-version=1", "gpt/4o", False),
        ("https://b/model/anthropic.claude-v2:1/converse-stream", "anthropic.claude-v2:1", True),
    ],
)
def test_model_in_path(url, model, stream):
    """Gemini, Azure and Bedrock name the model in the path, and some ask for a stream there."""
    identity = Keyer().identify(request({"contents": []}, url=url))
    assert (identity.model, identity.stream) == (model, stream)


def test_forms():
    """The order of a form's fields, and how they are escaped, don't count; what they say does, empty ones too."""

    def keyed(body, kind=b"application/x-www-form-urlencoded; charset=utf-8"):
        return key(CapturedRequest("POST", "https://g/v1/audio/speech", [(b"content-type", kind)], body))

    assert keyed(b"voice=alloy&input=a+b") == keyed(b"input=a%20b&voice=alloy")
    others = [b"voice=alloy&input=a+b", b"voice=alloy&input=a", b"voice=alloy&input=a+b&user=", b"", b"user="]
    assert len({keyed(other) for other in others}) == 5
    assert keyed(others[0], b"text/plain") != keyed(b"input=a%20b&voice=alloy", b"text/plain")


def test_multipart_boundary():
    """httpx makes up a boundary for each upload; two uploads of one file are one request."""

    def upload(boundary, text):
        body = f'--{boundary}\r\nContent-Disposition: form-data; name="f"\r\n\r\n{text}\r\n--{boundary}--\r\n'
        kind = (b"content-type", b"multipart/form-data; boundary=" + boundary.encode())
        return CapturedRequest("POST", "https://api.openai.com/v1/files", [kind], body.encode())

    assert key(upload("aaaa1111", "x")) == key(upload("bbbb2222", "x")) != key(upload("aaaa1111", "y"))


def tool_turn(call, result=None):
    return {
        "model": "m",
        "messages": [
            {"role": "assistant", "tool_calls": [{"id": call, "function": {"name": "f"}}]},
            {"role": "tool", "tool_call_id": result or call, "content": "1"},
        ],
    }


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "pyd_ai_0123456789abcdef0123456789abcdef",
            "pyd_ai_ffff456789abcdef0123456789abcdef",
        ),  # pydantic-ai 2.62
        ("call_0123456789abcdef0123456789ab", "call_aaaa456789abcdef0123456789ab"),  # litellm 1.106 + Gemini
        ("5b6a1d8e-7a14-4c0e-9d43-0f8f4f5b6f10", "aaaa1d8e-7a14-4c0e-9d43-0f8f4f5b6f10"),  # litellm + ollama
        ("toolu_01A09q90qw90lq917835lq9", "toolu_01B19q90qw90lq917835lq9"),
    ],
)
def test_made_up_ids(first, second):
    """Tool-call ids that SDKs make up for each run don't count; which result answers which call does."""
    assert key(request(tool_turn(first))) == key(request(tool_turn(second)))
    assert key(request(tool_turn(first))) != key(request(tool_turn(first, second)))


def test_idempotency_token():
    """botocore 1.44 sends a uuid4 with Bedrock's StartAsyncInvoke, another one in each run."""

    def begun(token):
        return request({"modelInput": {"prompt": "p"}, "clientRequestToken": token})

    first, second = ("5b6a1d8e-7a14-4c0e-9d43-0f8f4f5b6f10", "aaaa1d8e-7a14-4c0e-9d43-0f8f4f5b6f10")
    assert key(begun(first)) == key(begun(second))
    assert key(begun(first)) != key(begun("mine"))


@pytest.mark.parametrize("name", ["weather", "user-7", "msg", "gpt-4o-mini"])
def test_plain_ids_stay(name):
    """An id that somebody chose is part of the question."""
    assert rename_ids({"id": name}) == {"id": name}


names = st.sampled_from(["id", "call_id", "i\\u0064", "toolUseId", "name", 'a "id"'])
ids = st.sampled_from(["call_a1b2c3d4e5f6", "0f8fad5b-d9cb-469f-a165-70867728950e", "weather"])
documents = st.recursive(
    ids | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(names | st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(documents, st.sampled_from(["utf-8", "utf-16-le"]), st.booleans())
@example([{"id": "call_a1b2c3d4e5f6"}], "utf-8", True)
@example([{"id": "call_a1b2c3d4e5f6"}], "utf-16-le", False)
def test_quick_look(document, encoding, is_escaped):
    """Where a body is not looked into for ids, because their names aren't in it, there are none."""
    content = json.dumps({"messages": document}, ensure_ascii=False)
    content = content.replace('"id"', '"\\u0069d"') if is_escaped else content
    asked = request(content.encode(encoding, "surrogatepass"))
    quick = key(asked)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules[Keyer.__module__], "may_hold_ids", lambda content: True)
        assert key(asked) == quick


@pytest.mark.parametrize("name", sorted(canonical._ID_NAMES))
def test_quick_look_knows_all_names(name):
    """Each name under which an id may stand has it looked for."""
    assert canonical.may_hold_ids(json.dumps({name: "x"}).encode())
    assert not canonical.may_hold_ids(b'{"name": "x"}')


@pytest.mark.parametrize("levels", [150, 199, 200, 201, 400])
def test_deep(levels, monkeypatch):
    """How deep is too deep is the same."""
    content = b'{"messages": ' + b"[" * levels + b"]" * levels + b"}"
    quick = key(request(content))
    monkeypatch.setattr(sys.modules[Keyer.__module__], "may_hold_ids", lambda content: True)
    assert key(request(content)) == quick


class TestRules:
    """The user's rules, by URL."""

    def test_ignore(self):
        """An ignored path doesn't count, present or not."""
        rule = KeyRule(url="*/chat/completions", ignore=("metadata.request_id", "messages[*].name"))
        noisy = {
            **BODY,
            "metadata": {"request_id": "r-1"},
            "messages": [{"role": "user", "content": "Hi", "name": "x"}],
        }
        other = {**noisy, "metadata": {"request_id": "r-2"}, "messages": [{"role": "user", "content": "Hi"}]}
        assert key(request(noisy), rule) == key(request(other), rule)
        assert key(request(noisy)) != key(request(other))

    def test_replace(self):
        """A replaced pattern doesn't count, in whatever string it stands."""
        rule = KeyRule(replace=(Replacement(r"\d{4}-\d\d-\d\d", "<date>"),))
        days = [
            {**BODY, "messages": [{"role": "system", "content": f"Today: 2026-11-{d}"}]} for d in (23, 24)
        ]
        assert key(request(days[0]), rule) == key(request(days[1]), rule)
        assert key(request(days[0])) != key(request(days[1]))

    def test_other_urls(self):
        """A rule holds only where its glob matches."""
        rule = KeyRule(url="*/messages", ignore=("temperature",))
        assert key(request(), rule) == key(request()) != key(request({**BODY, "temperature": 1}), rule)

    def test_headers_host_query(self):
        """Headers and host count if a rule says so; query names stop counting."""
        tenants = [request(headers=[(b"X-Tenant", name)]) for name in (b"a", b"b")]
        assert key(tenants[0], KeyRule(headers=("x-tenant",))) != key(
            tenants[1], KeyRule(headers=("x-tenant",))
        )
        assert key(request(), KeyRule(host=True)) != key(SAME["host and port"], KeyRule(host=True))
        assert key(OTHER["query"], KeyRule(ignore_query=("api-version",))) == key(request())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@given(json_values)
def test_canonical_is_stable(value):
    """The canonical text is a fixed point: written, read and written again it is the same."""
    text = canonical_json(value)
    assert canonical_json(json.loads(text)) == text


@given(st.binary(max_size=200), st.sampled_from(["application/json", "multipart/form-data; boundary=x", ""]))
def test_any_bytes_have_a_key(content, kind):
    """Whatever the body, there is a key, safe as a file name."""
    asked = CapturedRequest("POST", CHAT, [(b"content-type", kind.encode())], content)
    name = key(asked)
    assert name.replace("_", "").replace("-", "").replace(".", "").isalnum()


def test_deep_nesting():
    """A body nested deeper than the interpreter's stack is keyed by its bytes."""
    deep = b"[" * 200_000 + b"]" * 200_000
    assert key(request(deep)) == key(request(deep)) != key(request(deep[1:-1]))
