"""Fingerprints of requests of all kinds."""

import importlib
import json
import sys

import httpx

agentrec = importlib.import_module(sys.argv[1])
keying = importlib.import_module(f"{sys.argv[1]}.keying")

CHAT = "https://api.openai.com/v1/chat/completions"
HI = [{"role": "user", "content": "hi"}]
REQUESTS = [
    ("POST", CHAT, {"model": "gpt-4o-mini", "messages": HI}),
    ("POST", CHAT, {"messages": HI, "model": "gpt-4o-mini", "stream": True, "stream_options": {"x": 1}}),
    ("POST", CHAT, {"model": "gpt-4o-mini", "messages": HI, "temperature": 0, "user": "é\u2028"}),
    ("POST", CHAT, {"messages": HI}),
    ("POST", CHAT, {"model": "org/gpt 4:free", "messages": HI}),
    ("POST", CHAT + "?api-version=1#x", {"model": "gpt-4o-mini", "messages": HI}),
    ("POST", "https://api.anthropic.com/v1/messages", {"model": "claude-haiku-4-5", "messages": HI}),
    ("POST", "https://x.openai.azure.com:8443/v1/chat/completions", {"model": "gpt-4o", "messages": HI}),
    ("POST", "http://LOCALHOST:11434/api/chat", {"model": "smol", "messages": HI}),
    ("post", CHAT, {"model": "gpt-4o-mini", "messages": HI}),
    ("POST", "https://h/v1/models/a%20b%2Fc:generate", [1, {"b": 2, "a": None}]),
    ("GET", "https://api.openai.com/v1/models", None),
    ("GET", "https://api.openai.com", None),
]
BODIES = [
    b"",
    b"null",
    b"3",
    b'"x"',
    b"not json \xff\xfe",
    b'{"model": null}',
    b'{"a":1,"a":2}',
    b"[]",
    "é".encode("utf-16"),
]


def told(fingerprint):
    return [fingerprint.provider, fingerprint.model, fingerprint.semantic_key, fingerprint.cassette_id]


out = {}
for number, (method, url, body) in enumerate(REQUESTS):
    request = httpx.Request(method, url, json=body) if body is not None else httpx.Request(method, url)
    fingerprint = agentrec.fingerprint(request)
    interaction = agentrec.CapturedInteraction(
        agentrec.CapturedRequest(request.method, str(request.url), [], request.content), 200, [], {}
    )
    out[f"request {number}"] = [
        told(fingerprint),
        told(agentrec.fingerprint_of(interaction)) == told(fingerprint),
        fingerprint.as_metadata(),
        agentrec.default_key(request) == fingerprint.cassette_id == keying.default_key(request),
    ]
for number, body in enumerate(BODIES):
    out[f"body {number}"] = told(keying.fingerprint(httpx.Request("POST", CHAT, content=body)))
try:
    agentrec.fingerprint(httpx.Request("GET", CHAT)).provider = "x"
except AttributeError as error:
    out["frozen"] = [base.__name__ for base in type(error).__mro__ if base.__name__ == "FrozenInstanceError"]
print(json.dumps(out))
