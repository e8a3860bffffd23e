"""Headers: whose values are secret, whose are not, and what is found in the others."""

import pytest
from hypothesis import given
from redaction.planted import secrets

from agentrec_auto.redaction import headers
from agentrec_auto.redaction.finder import Finder

NONE = frozenset()


def redacted(pairs, names=NONE, query=NONE):
    return headers.redacted(pairs, Finder(), names=names, query=query)


@pytest.mark.parametrize(
    "name",
    """Authorization Proxy-Authorization X-Forwarded-Authorization cf-aig-authorization Helicone-Auth X-API-Key api-key
    apikey x-goog-api-key xi-api-key ocp-apim-subscription-key x-functions-key x-portkey-api-key x-portkey-virtual-key
    x-litellm-api-key x-key X-RapidAPI-Key X-OpenAI-Key anthropic-key Cookie Set-Cookie X-Amz-Security-Token X-Auth-Token x-access-token X-CSRF-Token
    x-hub-signature-256 Stripe-Signature X-Amz-Credential x-vault-token private-token X-Secret X-Webhook-Secret
    x-password x-client-secret x_api_key""".split(),
)
def test_secret_names(name):
    """The header of this name is redacted in any case, request or response."""
    for spelled in (name, name.lower(), name.upper()):
        pair = spelled.encode()
        assert redacted([(pair, b"some value")]) == [(pair, b"[REDACTED]")]


@pytest.mark.parametrize(
    "name",
    """X-RateLimit-Remaining-Tokens x-ratelimit-limit-tokens anthropic-ratelimit-tokens-reset x-ratelimit-reset-token
    Idempotency-Key ETag X-Request-Id x-stainless-lang openai-organization openai-project User-Agent Accept-Encoding
    WWW-Authenticate Access-Control-Allow-Credentials access-control-allow-headers sec-websocket-key surrogate-key
    x-cache-key cf-ray x-max-tokens Content-Type x-continuation-token anthropic-version x-author keep-alive""".split(),
)
def test_harmless_names(name):
    """The header of this name says nothing secret."""
    pairs = [(name.encode(), b"some value 123")]
    assert redacted(pairs) is pairs


def test_order_case_and_duplicates():
    """Pairs keep their order, their case, and their twins."""
    pairs = [
        (b"B", b"1"),
        (b"aUthorization", b"x"),
        (b"b", b"2"),
        (b"B", b"1"),
        (b"COOKIE", b"y"),
        (b"cookie", b""),
    ]
    assert redacted(pairs) == [
        (b"B", b"1"),
        (b"aUthorization", b"[REDACTED]"),
        (b"b", b"2"),
        (b"B", b"1"),
        (b"COOKIE", b"[REDACTED]"),
        (b"cookie", b""),
    ]
    assert pairs[1] == (b"aUthorization", b"x")


@given(secrets)
def test_other_headers(secret):
    """A secret in any other header is found by its form."""
    pairs = [(b"x-note", b"caf\xe9 " + secret.encode() + b"; ok"), (b"x-plain", b"caf\xe9")]
    (_, note), plain = redacted(pairs)
    assert secret.encode() not in note
    assert note.startswith(b"caf\xe9 [REDACTED-")
    assert plain == (b"x-plain", b"caf\xe9")


def test_url_in_a_header():
    """A secret query name in a URL that a header holds is redacted."""
    pairs = [
        (b"Location", b"https://h/cb?code=abc&state=1"),
        (b"Link", b'<https://h/?page=2&api_key=s>; rel="next"'),
    ]
    assert redacted(pairs) == [
        (b"Location", b"https://h/cb?code=[REDACTED]&state=1"),
        (b"Link", b'<https://h/?page=2&api_key=[REDACTED]>; rel="next"'),
    ]


def test_named_by_the_user():
    """Headers and query names that the user adds are redacted."""
    pairs = [(b"X-Tenant", b"acme"), (b"location", b"/?tenant=acme")]
    assert redacted(pairs, frozenset({b"x-tenant"}), frozenset({"tenant"})) == [
        (b"X-Tenant", b"[REDACTED]"),
        (b"location", b"/?tenant=[REDACTED]"),
    ]


@pytest.mark.parametrize(
    ("pair", "found"),
    [
        ((b"Authorization", b"Bearer abcdefgh12345678"), ["abcdefgh12345678"]),
        ((b"x-api-key", b"abcdefgh12345678"), ["abcdefgh12345678"]),
        ((b"Authorization", b"Bearer short1"), []),
        ((b"Authorization", b"Bearer " + b"onlylettersandnothingelse"), []),
        (
            (
                b"Authorization",
                b"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/x, Signature=0a1b2c3d4e5f6a7b8c9d",
            ),
            [],
        ),
        # bob:letmein-2026-please, and no base64
        (
            (b"Authorization", b"Basic Ym9iOmxldG1laW4tMjAyNi1wbGVhc2U="),
            ["Ym9iOmxldG1laW4tMjAyNi1wbGVhc2U=", "letmein-2026-please"],
        ),
        ((b"Authorization", b"Basic abc\xe9"), []),
        ((b"Cookie", b"theme=dark-mode-2026-edition"), []),
        ((b"x-request-id", b"abcdefgh12345678"), []),
    ],
)
def test_credentials(pair, found):
    """What looks like a credential is taken from the headers that carry one."""
    assert list(headers.credentials([pair])) == found
