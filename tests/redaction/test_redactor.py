"""One exchange: its request, its response, what is known of its credentials, and what is left alone."""

import copy
import gzip
import json
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from redaction.planted import before, prose, secrets, spellings

from agentrec_auto.capture import CapturedChunk, CapturedInteraction, CapturedRequest
from agentrec_auto.errors import ConfigError, UndecodableBodyError
from agentrec_auto.redaction.redactor import Redactor
from agentrec_auto.settings import RedactSettings, Replacement

URL = "https://api.openai.com/v1/chat/completions"
PLAIN = Redactor(RedactSettings(), {})
CREDENTIAL = "tenant7-credential-0123456789"
ENCODERS = {
    b"gzip": gzip.compress,
    b"deflate": zlib.compress,
    b"br": brotli.compress,
    b"zstd": zstandard.ZstdCompressor().compress,
}


def request(content=b"{}", url=URL, headers=()):
    return CapturedRequest("POST", url, [(b"content-type", b"application/json"), *headers], content)


def interaction(chunks=(), headers=(), asked=None, **metadata):
    return CapturedInteraction(
        request=asked or request(),
        response_status=200,
        response_headers=[(b"content-type", b"application/json"), *headers],
        response_extensions={"http_version": b"HTTP/1.1"},
        chunks=[CapturedChunk(chunk, at / 10) for at, chunk in enumerate(chunks)],
        metadata=metadata,
    )


def everything(told):
    """All that is stored of an interaction, as one text."""
    parts = [told.request.url.encode(), told.request.content, told.body]
    parts += [b": ".join(pair) for pair in told.request.headers + told.response_headers]
    return b"\n".join(parts).decode("utf-8", "replace")


@given(
    secret=secrets,
    before=before,
    text=prose,
    spell=spellings,
    place=st.integers(0, 7),
    encoding=st.sampled_from([*ENCODERS, None]),
)
def test_nothing_survives(secret, before, text, spell, place, encoding):
    """Whatever the secret, and wherever it is planted, it isn't in what is stored."""
    held = spell({"a": [f"{text} {before}{secret}", 1]}).encode()
    clean = spell({"a": text}).encode()
    headers = [(b"content-encoding", encoding)] if encoding else []
    encode = ENCODERS.get(encoding, bytes)
    asked = request(
        content=encode(held if place == 0 else clean),
        url=f"{URL}?x={secret}" if place == 1 else f"https://h/{secret}/x" if place == 2 else URL,
        headers=[
            *headers,
            (b"x-note", secret.encode()) if place == 3 else (b"Authorization", secret.encode()),
        ],
    )
    body = encode(held if place == 4 else clean)
    told = PLAIN.response(
        interaction(
            [body[:7], body[7:]],
            [*headers, (b"x-echo" if place == 5 else b"set-cookie", secret.encode())],
            asked,
        )
    )
    assert secret not in everything(told)
    for content in (told.request.content, told.body):
        json.loads(content)


@given(text=prose, spell=spellings)
def test_clean(text, spell):
    """What holds no secret comes back as the same objects."""
    content = spell({"messages": [{"content": text}]}).encode()
    asked = request(content, headers=[(b"user-agent", b"x")])
    given_ = interaction([content[:5], content[5:]], [(b"content-length", b"1")], asked)
    told = PLAIN.response(given_)
    assert told.request.content is content
    assert told.request.headers is asked.headers
    assert told.chunks is given_.chunks
    assert told.response_headers is given_.response_headers
    assert told == given_


def test_given_is_left_alone():
    """Neither the request nor the interaction is changed."""
    secret = b"sk" + b"-0123456789abcdefghij"
    asked = request(b'{"password":"x"}', headers=[(b"authorization", secret)])
    given_ = interaction(
        [gzip.compress(secret)], [(b"content-encoding", b"gzip"), (b"set-cookie", b"a")], asked
    )
    before = copy.deepcopy(given_)
    PLAIN.response(given_)
    assert given_ == before


@pytest.mark.parametrize("encoding", ENCODERS)
def test_encoded_response(encoding):
    """A compressed response is stored decoded, chunk for chunk, and what was undone is noted."""
    secret = b"sk" + b"-0123456789abcdefghij"
    wire = ENCODERS[encoding](b'{"a":"' + secret + b'"}')
    chunks = [wire[at : at + 10] for at in range(0, len(wire), 10)]
    given_ = interaction(
        chunks, [(b"Content-Encoding", encoding), (b"Content-Length", b"99"), (b"x", b"y")], run="r"
    )
    told = PLAIN.response(given_)
    assert told.body == b'{"a":"[REDACTED-OPENAI-KEY]"}'
    assert [chunk.timestamp_offset for chunk in told.chunks] == [
        chunk.timestamp_offset for chunk in given_.chunks
    ]
    assert told.response_headers == [(b"content-type", b"application/json"), (b"x", b"y")]
    assert told.metadata == {"run": "r", "content_encoding": encoding.decode()}


def test_encoded_request():
    """A compressed request is stored decoded, without the headers that are no longer true."""
    content = gzip.compress(b'{"a":1}')
    told = PLAIN.request(
        request(content, headers=[(b"Content-Encoding", b"gzip"), (b"Content-Length", b"27")])
    )
    assert told.content == b'{"a":1}'
    assert told.headers == [(b"content-type", b"application/json")]


@pytest.mark.parametrize("headers", [[(b"content-encoding", b"gzip")], [(b"content-encoding", b"exi")]])
def test_undecodable(headers):
    """What can't be decoded can't be looked at: an error, so that nothing is stored."""
    with pytest.raises(UndecodableBodyError):
        PLAIN.request(request(b"certainly no gzip", headers=headers))
    with pytest.raises(UndecodableBodyError):
        PLAIN.response(interaction([b"certainly no gzip"], headers))


def test_no_body():
    """An answer without a body, under an encoding, is no error."""
    assert PLAIN.response(interaction([], [(b"content-encoding", b"gzip")])).chunks == []


def test_stale_length():
    """A content-length that redaction made untrue goes; a true one stays."""
    length = (b"content-length", b"16")
    told = PLAIN.response(
        interaction([b'{"password":"x"}'], [length], request(b'{"password":"x"}', headers=[length]))
    )
    assert told.request.header(b"content-length") is None
    assert length not in told.response_headers
    told = PLAIN.response(
        interaction([b'{"passport":"x"}'], [length], request(b'{"passport":"x"}', headers=[length]))
    )
    assert told.request.header(b"content-length") == b"16"
    assert length in told.response_headers


@pytest.mark.parametrize(
    "asked",
    [
        request(headers=[(b"Authorization", b"Bearer " + CREDENTIAL.encode())]),
        request(headers=[(b"x-api-key", CREDENTIAL.encode())]),
        request(url=f"{URL}?key={CREDENTIAL}"),
    ],
)
def test_echoed_credential(asked):
    """The credential of this request, of no known form, is redacted wherever the server repeats it."""
    echo = f'{{"error":"bad key {CREDENTIAL}."}}'.encode()
    redaction = PLAIN.open(asked)
    told = redaction.response(
        interaction([echo[:20], echo[20:]], [(b"x-echo", CREDENTIAL.encode())], redaction.request)
    )
    assert CREDENTIAL not in everything(told)
    assert told.body == b'{"error":"bad key [REDACTED]."}'
    assert PLAIN.response(interaction([echo], asked=asked)).body == told.body
    assert redaction.text(f"no answer for {CREDENTIAL}") == "no answer for [REDACTED]"
    assert PLAIN.open(request()).text(CREDENTIAL) == CREDENTIAL


@pytest.mark.parametrize("value", ["ollama", "sk-test", "dummy", "not-needed-for-this"])
def test_harmless_credential(value):
    """A credential that is a word isn't taken out of everything else."""
    asked = request(
        f'{{"a":"{value} is a word"}}'.encode(), headers=[(b"Authorization", f"Bearer {value}".encode())]
    )
    assert value.encode() in PLAIN.request(asked).content


def test_environment():
    """Values of the variables the user names, and of API-key variables, are replaced by the names."""
    redactor = Redactor(
        RedactSettings(env=("INTERNAL", "SHORT", "UNSET")),
        {
            "INTERNAL": 'plain words ü"\n',
            "SHORT": "dev",
            "WHATEVER_API_KEY": "0123456789abcdef",
            "OPENAI_API_KEY": "ollama",
            "PATH": "/usr/bin/0123456789abcdef0",
        },
    )
    asked = request(json.dumps({"a": 'x plain words ü" dev 0123456789abcdef ollama'}).encode())
    assert json.loads(redactor.request(asked).content) == {"a": "x <INTERNAL> dev <WHATEVER_API_KEY> ollama"}
    told = redactor.request(request(headers=[(b"x-note", 'plain words ü"'.encode()), (b"x-raw", b"\xfc")]))
    assert told.headers[1:] == [(b"x-note", b"<INTERNAL>"), (b"x-raw", b"\xfc")]
    assert redactor.text("/usr/bin/0123456789abcdef0") == "/usr/bin/<WHATEVER_API_KEY>0"


def test_settings():
    """Headers, query names, paths and patterns that the user adds hold for requests and responses."""
    redactor = Redactor(
        RedactSettings(
            headers=("X-Tenant-Token-Id",),
            query=("Tenant",),
            paths=("messages[*].customer_email",),
            patterns=(Replacement(r"CUST-\d+", "<customer>"),),
        ),
        {},
    )
    document = {"messages": [{"customer_email": "a@b", "content": "CUST-12"}]}
    redacted = {"messages": [{"customer_email": "[REDACTED]", "content": "<customer>"}]}
    header = (b"x-tenant-token-id", b"t")
    asked = request(json.dumps(document).encode(), f"{URL}/CUST-7?tenant=t&x=1", [header])
    told = redactor.response(interaction([json.dumps(document).encode()], [header], asked))
    assert json.loads(told.request.content) == json.loads(told.body) == redacted
    assert told.request.url == f"{URL}/<customer>?tenant=[REDACTED]&x=1"
    assert told.request.header(b"x-tenant-token-id") == b"[REDACTED]"
    assert (b"x-tenant-token-id", b"[REDACTED]") in told.response_headers


@pytest.mark.parametrize(
    "settings",
    [
        RedactSettings(paths=("a..b",)),
        RedactSettings(patterns=(Replacement("(", "x"),)),
        RedactSettings(patterns=(Replacement("a", r"\1"),)),
    ],
)
def test_bad_settings(settings):
    """A path or a pattern that can't be read is said when the redactor is made."""
    with pytest.raises(ConfigError, match=r"in \[redact\] p"):
        Redactor(settings, {})


@given(secrets)
def test_text(secret):
    """Messages are redacted like bodies and URLs together."""
    told = PLAIN.text(f'POST https://h/?token=abc&x=1 said {{"password": "x"}} and {secret}\n')
    assert told.startswith(
        'POST https://h/?token=[REDACTED]&x=1 said {"password": "[REDACTED]"} and [REDACTED-'
    )
    assert secret not in told
    assert PLAIN.text(told) == told


@given(secrets, prose, spellings)
def test_twice(secret, text, spell):
    """What is stored stays as it is when it is redacted again."""
    asked = request(
        spell({"a": f"{text} {secret}", "password": text}).encode(),
        f"https://u:p@h/{secret}?key={secret}",
        [(b"authorization", secret.encode()), (b"x", secret.encode())],
    )
    told = PLAIN.response(interaction([asked.content], [(b"cookie", b"x")], asked))
    again = PLAIN.response(told)
    assert again == told
