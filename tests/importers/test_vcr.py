"""Cassettes of vcrpy and its kin, in all the spellings met in other projects."""

from __future__ import annotations

import base64
import gzip
import json
import time
import zlib
from pathlib import Path

import brotli
import pytest
from importers.conftest import Agentrec, stored, the_one

ASKED = '{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]}'
ANSWER = {
    "object": "chat.completion",
    "model": "gpt-4o",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}
ANSWERED = json.dumps(ANSWER).encode()
URL = "https://api.openai.com/v1/chat/completions"


def cassette(
    body: object = ASKED,
    response: object = ANSWERED.decode(),
    *,
    url: str = URL,
    head: str = "{content-type: [application/json]}",
    asked_head: str = "{content-type: [application/json]}",
) -> str:
    """One interaction; bodies are YAML, or text that is quoted."""
    return f"""interactions:
- request:
    method: POST
    uri: {url}
    headers: {asked_head}
    body: {yaml(body)}
  response:
    status: {{code: 200, message: OK}}
    headers: {head}
    body: {yaml(response)}
version: 1
"""


class Yaml(str):
    """YAML as it stands."""


def yaml(value: object) -> str:
    if isinstance(value, bytes):
        return f"!!binary {base64.b64encode(value).decode()}"
    return value if isinstance(value, Yaml) else json.dumps(value)


def take(agentrec: Agentrec, text: str, name: str = "tape.yaml", *words: str) -> str:
    """Import a text; what was said of it."""
    Path(name).write_text(text)
    return agentrec("import", name, *words).stderr


@pytest.mark.parametrize(
    "body",
    [
        ASKED,
        ASKED.encode(),
        {"string": ASKED},
        {"base64_string": base64.b64encode(ASKED.encode()).decode()},
        {"encoding": "UTF-8", "string": ASKED},
        Yaml(f"{{string: !!binary {base64.b64encode(ASKED.encode()).decode()}}}"),
        Yaml(f"!!python/bytes {base64.b64encode(ASKED.encode()).decode()}"),
        Yaml(f"!!python/unicode '{ASKED}'"),
        json.loads(ASKED),
    ],
    ids=["text", "bytes", "string", "base64", "ruby", "string of bytes", "python", "unicode", "parsed"],
)
def test_a_body_however_it_is_kept(agentrec: Agentrec, body: object) -> None:
    """It is the same bytes, so that the same key finds it."""
    take(agentrec, cassette(body, body))
    one = the_one()
    assert one.request.content == one.body == ASKED.encode()


def test_a_request_without_a_body(agentrec: Agentrec) -> None:
    """Null is no body."""
    take(agentrec, cassette(None, url="https://api.openai.com/v1/models").replace("POST", "GET"))
    assert the_one().request.content == b""


def test_parsed_bodies(agentrec: Agentrec) -> None:
    """``parsed_body`` in the place of bytes is written out as JSON, and that is said."""
    text = cassette(json.loads(ASKED), ANSWER).replace("    body:", "    parsed_body:")
    take(agentrec, text)
    one = the_one()
    assert json.loads(one.body) == ANSWER and one.request.content == ASKED.encode()
    assert "bytes" in one.metadata["inferred"]


def test_names_that_are_python_objects(agentrec: Agentrec) -> None:
    """Headers named by ``istr`` objects are read, and no object is made."""
    text = cassette(
        asked_head="""
      ? !!python/object/apply:multidict._multidict.istr
      - Content-Type
      : - application/json"""
    )
    take(agentrec, text)
    assert the_one().request.headers == [(b"Content-Type", b"application/json")]


def test_python_objects_are_never_made(agentrec: Agentrec, here: Path) -> None:
    """A cassette that would run a command is read as the text it is."""
    take(agentrec, cassette(Yaml("!!python/object/apply:os.system ['touch pwned']"), "{}"))
    assert not (here / "pwned").exists()
    assert the_one().request.content == b"touch pwned"


def test_what_yaml_would_make_something_of(agentrec: Agentrec) -> None:
    """Dates, times and words that YAML 1.1 takes for other things stay text, as their recorder meant."""
    words = ["2024-01-01", "12:30:45", "yes", "no", "on", "<<", "=", "0x1f", "1_000", "1e3", "0123"]
    body = f"{{model: gpt-4o, input: [{', '.join(words)}], n: 1, x: 1.0, y: true, z: null}}"
    take(agentrec, cassette(Yaml(body), "{}", url="https://api.openai.com/v1/responses"))
    told = json.loads(the_one().request.content)
    assert told == {"model": "gpt-4o", "input": words, "n": 1, "x": 1.0, "y": True, "z": None}


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(ANSWERED)),
        ("br", brotli.compress(ANSWERED)),
        ("deflate", zlib.compress(ANSWERED)),
        ("gzip", ANSWERED),
        ("br", ANSWERED),
        ("gzip", ANSWERED.decode()),
        ("", gzip.compress(ANSWERED)),
    ],
    ids=["gzip", "br", "deflate", "decoded gzip", "decoded br", "decoded text", "header gone"],
)
def test_compressed_bodies(agentrec: Agentrec, encoding: str, packed: bytes | str) -> None:
    """Still compressed or decoded already, whatever the header says: stored decoded."""
    head = f"{{content-type: [application/json], content-encoding: ['{encoding}'], content-length: ['99']}}"
    take(agentrec, cassette(response={"string": packed} if isinstance(packed, str) else packed, head=head))
    one = the_one()
    assert one.body == ANSWERED
    assert not {name for name, _ in one.response_headers} & {b"content-encoding", b"content-length"}


def test_a_body_that_is_lost(agentrec: Agentrec) -> None:
    """A compressed body that was stored as text is skipped, and the reason is given."""
    mangled = gzip.compress(ANSWERED).decode("utf-8", "replace")
    said = take(agentrec, cassette(response=mangled, head="{content-encoding: [gzip]}"))
    assert "tape.yaml interaction 1: the response's body: can't decode" in said


def test_a_question_that_is_lost(agentrec: Agentrec) -> None:
    """Nothing can be found by a request whose body the recorder dropped: skipped."""
    said = take(agentrec, cassette(None))
    assert "the body of its request was not kept" in said and stored() == {}


def test_a_stream_in_events(agentrec: Agentrec) -> None:
    """A stream is cut where its events end; whether its last one is there is known."""
    events = ['data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n', "data: [DONE]\n\n"]
    take(agentrec, cassette(response="".join(events), head="{content-type: [text/event-stream]}"))
    one = the_one()
    assert [chunk.data.decode() for chunk in one.chunks] == events
    assert one.metadata["whole"] is True and one.metadata["inferred"] == ["chunks"]


def test_two_lists_side_by_side_in_gzip(agentrec: Agentrec) -> None:
    """langchain-tests' form: requests and responses apart, URL and headers blotted out, the file compressed.

    Where it went and what it is are inferred from the bodies.
    """
    message = {"type": "message", "role": "assistant", "content": [{"type": "text", "text": "Hello"}]}
    bodies = [ASKED.replace("gpt-4o", "claude-haiku-4-5"), json.dumps(message)]
    text = f"""requests:
- {{method: POST, uri: '**REDACTED**', headers: {{}}, body: !!binary {base64.b64encode(bodies[0].encode()).decode()}}}
responses:
- {{status: {{code: 200, message: OK}}, headers: {{'**REDACTED**': '**REDACTED**'}}, body: {{string: {json.dumps(bodies[1])}}}}}
"""
    Path("tape.yaml.gz").write_bytes(gzip.compress(text.encode()))
    assert agentrec("import", "tape.yaml.gz").code == 0
    one = the_one()
    assert one.request.url == "https://api.anthropic.com/v1/messages"
    assert one.metadata["inferred"] == ["url", "content-type"]


def test_one_exchange_a_document(agentrec: Agentrec) -> None:
    """``{request, response}`` without anything around it."""
    pair = {
        "request": {"method": "POST", "url": URL, "headers": {}, "body": ASKED},
        "response": {"status": {"code": 200}, "headers": {}, "body": ANSWERED.decode()},
    }
    take(agentrec, json.dumps(pair), "one.json")
    assert the_one().body == ANSWERED


def test_answers_of_older_versions(agentrec: Agentrec) -> None:
    """``status_code`` and ``content``, as vcrpy had them with httpx."""
    text = cassette().replace("{code: 200, message: OK}", "200").replace("    status:", "    status_code:")
    take(agentrec, text.replace("  response:\n", "  response:\n    http_version: HTTP/1.1\n"))
    assert the_one().response_extensions["http_version"] == b"HTTP/1.1"


def test_several_answers_in_order(agentrec: Agentrec) -> None:
    """The same request answered thrice is three takes, in the order of the cassette."""
    lines = cassette(response="one").splitlines(keepends=True)
    three = ["".join(lines[1:-1]).replace('"one"', f'"{word}"') for word in ("one", "two", "three")]
    take(agentrec, "interactions:\n" + "".join(three))
    takes = stored()
    key = min(takes, key=len)
    assert [takes[name].body for name in (key, f"{key}.take2", f"{key}.take3")] == [b"one", b"two", b"three"]
    assert takes[f"{key}.take3"].metadata["order"] == 3


def test_websockets(agentrec: Agentrec) -> None:
    """A realtime session has no requests and responses: skipped, and told apart from what is broken."""
    text = (
        "version: 1\ninteractions:\n- {kind: message, direction: received, data: {type: session.created}}\n"
    )
    said = take(agentrec, text, "test_ws.yaml")
    assert "a websocket (realtime)" in said


def test_hosts_that_are_no_models(agentrec: Agentrec) -> None:
    """Web pages and telemetry in the same cassette are left out, and counted by host."""
    other = cassette("x", "<html>", url="https://example.com/page").splitlines(keepends=True)[1:-1]
    text = cassette().replace("version: 1\n", "".join(other))
    said = take(agentrec, text)
    assert "no calls of a model: 1 (example.com 1)" in said and len(stored()) == 1


def test_where_a_call_is_redirected(agentrec: Agentrec) -> None:
    """A page that a call of a model was sent on to is taken in with it, as it would have been recorded."""
    page = "https://blobs.example.com/b/1"
    sent_on = cassette(response="", head=f"{{location: ['{page}?sig=0']}}").replace("code: 200", "code: 302")
    other = cassette(None, "<html>", url=page).splitlines(keepends=True)[1:-1]
    assert "no calls of a model" not in take(agentrec, sent_on.replace("version: 1\n", "".join(other)))
    assert len(stored()) == 2


def test_failures_that_pass(agentrec: Agentrec) -> None:
    """A 429 is not kept, as it isn't when recording; a 404 is."""
    said = take(agentrec, cassette().replace("code: 200", "code: 429"))
    assert "a failure that passes (429)" in said and stored() == {}
    take(agentrec, cassette().replace("code: 200", "code: 404"))
    assert the_one().response_status == 404


BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi")
)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"interactions: []\n{BOMB}", "its aliases stand for more than a million values"),
        ("interactions: " + "[" * 100_000, "nested more than 200 deep"),
        ("interactions: " + "- " * 100_000, "not YAML"),
        ("interactions: [" + '{"a":' * 5_000, "nested more than 200 deep"),
    ],
    ids=["billion laughs", "brackets", "dashes", "braces"],
)
def test_hostile_yaml(agentrec: Agentrec, text: str, why: str) -> None:
    """What would fill the memory or overflow the stack is refused at once, in words."""
    started = time.process_time()
    said = take(agentrec, text)
    assert why in said and time.process_time() - started < 15


@pytest.mark.parametrize(
    "around", ['{"data":%s}', '{"observations":%s}', "[%s]", '{"runs":%s}', '{"spans":%s}']
)
@pytest.mark.parametrize("times", [900, 100_000])
def test_hostile_json(agentrec: Agentrec, around: str, times: int) -> None:
    """Nesting without end is refused in words."""
    before, after = around.split("%s")
    Path("deep.json").write_text(before * times + "[]" + after * times)
    ran = agentrec("import", "deep.json")
    assert ran.code == 1 and "skipped: deep.json: " in ran.stderr


@pytest.mark.parametrize(
    "text", ["", "\0\1", "interactions:\n- {request", "interactions: 3", "[1, 2", "nothing"]
)
def test_garbage(agentrec: Agentrec, text: str) -> None:
    """A file that is no recording is named, with the reason; the answer is no."""
    Path("tape.yaml").write_text(text)
    ran = agentrec("import", "tape.yaml")
    assert ran.code == 1 and "skipped: tape.yaml: " in ran.stderr


def test_secrets(agentrec: Agentrec) -> None:
    """Credentials and cookies that a cassette still holds don't get into the corpus."""
    key = "sk-proj-" + "a1B2" * 12
    text = cassette(
        ASKED.replace("Hi", f"my key is {key}"),
        asked_head=f"{{authorization: ['Bearer {key}'], cookie: [a=b]}}",
        head="{content-type: [application/json], set-cookie: [__cf_bm=abc]}",
    )
    take(agentrec, text)
    (file,) = Path("corpus").glob("*.json")
    assert key not in file.read_text() and "__cf_bm" not in file.read_text()
    assert agentrec("verify").code == 0
