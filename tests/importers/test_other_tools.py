"""HAR, cassetter, and corpora of the ``agentrec`` library."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from importers.conftest import Agentrec, stored, the_one
from importers.test_vcr import ANSWERED, ASKED, URL

STREAM = 'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\ndata: [DONE]\n\n'


def entry(**more: Any) -> dict[str, Any]:
    """One request as a browser's developer tools save it, over HTTP/2."""
    return {
        "startedDateTime": "2026-11-23T06:00:00.000Z",
        "time": 1234.5,
        "request": {
            "method": "POST",
            "url": URL,
            "httpVersion": "h2",
            "headers": [
                {"name": ":authority", "value": "api.openai.com"},
                {"name": "content-type", "value": "application/json"},
            ],
            "postData": {"mimeType": "application/json", "text": ASKED},
        },
        "response": {
            "status": 200,
            "statusText": "OK",
            "headers": [{"name": "content-encoding", "value": "br"}],
            "content": {"size": 9, "mimeType": "application/json", "text": ANSWERED.decode()},
        },
        **more,
    }


def har(agentrec: Agentrec, *entries: dict[str, Any]) -> str:
    Path("page.har").write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}))
    return agentrec("import", "page.har").stderr


def test_har(agentrec: Agentrec) -> None:
    """Bodies, types, time and latency are read; HTTP/2's own headers and encodings that are undone aren't."""
    har(agentrec, entry())
    one = the_one()
    assert (one.request.content, one.body) == (ASKED.encode(), ANSWERED)
    assert one.request.headers == [(b"content-type", b"application/json")]
    assert one.response_headers == [(b"content-type", b"application/json")]
    assert (one.metadata["recorded_at"], one.metadata["latency_s"]) == (
        "2026-11-23T06:00:00.000000+00:00",
        1.2345,
    )


def test_har_in_base64(agentrec: Agentrec) -> None:
    """Binary content comes in base64."""
    coded = base64.b64encode(ANSWERED).decode()
    response = {**entry()["response"], "content": {"text": coded, "encoding": "base64"}}
    har(agentrec, entry(response=response))
    assert the_one().body == ANSWERED


@pytest.mark.parametrize(
    ("response", "why"),
    [
        ({"status": 0, "_error": "net::ERR_ABORTED"}, "it was not answered (net::ERR_ABORTED)"),
        ({"status": 200, "content": {"size": 99}}, "the body of its response was not saved"),
    ],
)
def test_har_without_an_answer(agentrec: Agentrec, response: dict[str, Any], why: str) -> None:
    """A request that was blocked, or saved without content, is skipped."""
    assert why in har(agentrec, entry(response=response))


CASSETTER = f"""version: 1
interactions:
- request:
    method: POST
    uri: {URL}
    headers:
      content-type:
      - application/json
    body:
      type: json
      content:
        model: gpt-4o
        messages:
        - role: user
          content: 2024-01-01
  response:
    status: 200
    headers:
      content-type:
      - text/event-stream
    body:
      type: text
      content: {json.dumps(STREAM)}
  recorded_at: 2026-11-23T06:26:54.998761+00:00
"""
CASSETTER_JSON = {
    "version": 1,
    "interactions": [
        {
            "request": {
                "method": "POST",
                "uri": URL,
                "headers": {},
                "body": {"type": "json", "content": json.loads(ASKED)},
            },
            "response": {"status": 200, "headers": {}, "body": {"type": "text", "content": STREAM}},
            "recorded_at": "2026-11-23T06:26:54.998761+00:00",
        }
    ],
}
CASSETTER_TOML = f"""version = 1

[[interactions]]
recorded_at = "2026-11-23T06:26:54.998761+00:00"

[interactions.request]
method = "POST"
uri = "{URL}"
body_type = "json"
body_content = '{{"model":"gpt-4o","messages":[{{"role":"user","content":"2024-01-01"}}]}}'

[interactions.request.headers]
content-type = ["application/json"]

[interactions.response]
status = 200
body_type = "text"
body_content = {json.dumps(STREAM)}

[interactions.response.headers]
content-type = ["text/event-stream"]
"""


@pytest.mark.parametrize(("name", "text"), [("a.yaml", CASSETTER), ("a.toml", CASSETTER_TOML)])
def test_cassetter(agentrec: Agentrec, name: str, text: str) -> None:
    """Typed bodies, in YAML and TOML, give the same request; a date that it left unquoted stays text."""
    Path(name).write_text(text)
    agentrec("import", name)
    one = the_one()
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "2024-01-01"}]}
    assert one.request.content == json.dumps(body, separators=(",", ":")).encode()
    assert (one.metadata["imported_from"], len(one.chunks), one.body) == ("cassetter", 2, STREAM.encode())
    assert one.metadata["recorded_at"] == "2026-11-23T06:26:54.998761+00:00"


def library(name: str, body: str, *chunks: str, url: str = URL, **metadata: Any) -> None:
    """A file of a corpus of the agentrec library, 0.2."""
    Path("old").mkdir(exist_ok=True)
    kind = "text/event-stream" if "stream" in body else "application/json"
    cassette = {
        "metadata": {"provider": "openai", "model": "gpt-4o", "semantic_key": "7a7befc7b00684b7", **metadata},
        "request": {"method": "POST", "url": url, "headers": [["Host", "api.openai.com"]], "content": body},
        "response_status": 200,
        "response_headers": [["content-type", kind]],
        "response_extensions": {"http_version": {"__bytes__": "HTTP/1.1"}},
        "chunks": [{"data": chunk, "timestamp_offset": 0.1 * at} for at, chunk in enumerate(chunks)],
    }
    Path(f"old/{name}.json").write_text(json.dumps(cassette, indent=2))


STREAMED = ASKED.replace("{", '{"stream":true,', 1)


def test_library(agentrec: Agentrec) -> None:
    """Its recordings get the keys that patched libraries look for; chunks, times and category are kept."""
    library("openai_gpt-4o_d11197312501d459", STREAMED, STREAM[:20], STREAM[20:], category="greet")
    agentrec("import", "old")
    (name,) = stored()
    one = the_one()
    assert name == one.metadata["key"] and name.startswith("openai_gpt-4o_")
    assert [chunk.timestamp_offset for chunk in one.chunks] == [0.0, 0.1]
    assert (one.metadata["category"], one.metadata["whole"]) == ("greet", True)
    assert one.metadata["imported_id"] == "openai_gpt-4o_d11197312501d459"
    assert agentrec("verify").code == 0


def test_library_stream_that_was_left(agentrec: Agentrec) -> None:
    """It kept a stream that was left early as if it were complete: here it is known for what it is."""
    library("openai_gpt-4o_d11197312501d459", STREAMED, STREAM.partition("\n\n")[0] + "\n\n")
    agentrec("import", "old")
    assert the_one().ending.value == "abandoned"


@pytest.mark.parametrize("name", ["migration__a__to__b", "judge__gpt-4o__0123", "mine"])
def test_library_names(agentrec: Agentrec, name: str) -> None:
    """What was given its name keeps it, and what it says besides, but for secrets."""
    key = "sk-proj-" + "a1B2" * 12
    library(name, ASKED.replace("Hi", "x"), ANSWERED.decode().replace("Hello", key), migrated_from="a")
    agentrec("import", "old")
    one = stored()[name]
    assert one.metadata["migrated_from"] == "a" and key.encode() not in one.body


def test_library_migrations(agentrec: Agentrec) -> None:
    """A migration's answer follows its baseline to the new key, so that it isn't asked for again."""
    library("openai_gpt-4o_d11197312501d459", ASKED, ANSWERED.decode())
    library(
        "migration__openai_gpt-4o_d11197312501d459__to__o3", ASKED, "{}", migrated_from="openai_gpt-4o_d111"
    )
    agentrec("import", "old")
    migrated, baseline = sorted(stored())
    assert migrated == f"migration__{baseline}__to__o3"
    assert stored()[migrated].metadata["migrated_from"] == baseline


def test_library_broken_files(agentrec: Agentrec) -> None:
    """A torn file is named, with the reason; the others are imported."""
    library("openai_gpt-4o_d11197312501d459", ASKED, ANSWERED.decode())
    text = Path("old/openai_gpt-4o_d11197312501d459.json").read_text()
    Path("old/torn.json").write_text(text[:-100] + '"response')
    Path("old/odd.json").write_text(text.replace("200", '"many"'))
    ran = agentrec("import", "old")
    assert ran.code == 0 and len(stored()) == 1
    assert "old/torn.json: not JSON" in ran.stderr and "old/odd.json: not a cassette" in ran.stderr
