"""URLs: user, query, path and fragment; what is no secret stays, character for character."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redaction.planted import secrets

from agentrec_auto.redaction import url
from agentrec_auto.redaction.finder import Finder


def redacted(text, names=frozenset()):
    return url.redacted(text, Finder(), names)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://h/v1beta/models/g:generateContent?key=abc&alt=sse", "…?key=[REDACTED]&alt=sse"),
        ("https://h/?API_KEY=abc", "…?API_KEY=[REDACTED]"),
        ("https://h/?a=1&access_token=abc#frag", "…?a=1&access_token=[REDACTED]#frag"),
        ("https://h/cb#access_token=abc&state=1", "…#access_token=[REDACTED]&state=1"),
        ("https://h/?sig=a%2Bb%3D&se=2026", "…?sig=[REDACTED]&se=2026"),
        ("https://h/?X-Amz-Signature=0a&X-Amz-Date=2026", "…?X-Amz-Signature=[REDACTED]&X-Amz-Date=2026"),
        (
            "https://h/?X-Amz-Credential=a%2Fb&X-Amz-Security-Token=c",
            "…?X-Amz-Credential=[REDACTED]&X-Amz-Security-Token=[REDACTED]",
        ),
        ("https://h/?X-Goog-Signature=0a", "…?X-Goog-Signature=[REDACTED]"),
        ("https://h/?subscription-key=0a", "…?subscription-key=[REDACTED]"),
        ("https://h/?code=0a&client%5Fsecret=b", "…?code=[REDACTED]&client%5Fsecret=[REDACTED]"),
        ("https://h/?key=", None),
        ("https://h/?key", None),
        ("https://h/?key=[REDACTED]", None),
        ("https://h/?monkey=1&q=a%20b+c&&=x;y=1&%zz", None),
        ("https://h/a;b=c/%7Euser/../x?#", None),
        ("http://127.0.0.1:8080/v1/chat/completions", None),
        ("http://[::1]:8080/v1", None),
    ],
)
def test_query(given, expected):
    """Secret names in the query and the fragment lose their value; nothing else changes."""
    told = redacted(given)
    if expected is None:
        assert told is given
    else:
        assert told.partition("/v1beta")[0].endswith("h") or "h/" in told
        assert told.endswith(expected.lstrip("…"))
        assert urlsplit(told).path == urlsplit(given).path


@pytest.mark.parametrize("user", ["user:password", "token", "a:b@c", "%40:x", ":p"])
def test_user(user):
    """User and password go, and the URL can still be split."""
    told = redacted(f"https://{user}@example.com:8443/x?y=1")
    assert told == "https://REDACTED@example.com:8443/x?y=1"
    assert urlsplit(told).hostname == "example.com"
    assert redacted(told) is told


@given(secrets)
def test_anywhere(secret):
    """A secret is found by its form in the path, in a value, in a name and in the fragment."""
    for place in (
        "https://h/x/{}/y",
        "https://h/?q={}&r=1",
        "https://h/?{}=1",
        "https://h/#{}",
        "https://{}.h/",
    ):
        told = redacted(place.format(secret))
        assert secret not in told
        assert told.startswith("https://")


@given(secrets, st.data())
def test_percent_encoded(secret, data):
    """So it is where its characters are percent-encoded."""
    spelled = "".join(f"%{ord(c):02X}" if data.draw(st.booleans()) else c for c in secret)
    told = redacted(f"https://h/?q=%20{spelled}%20caf%C3%A9&r=%41")
    assert told.startswith("https://h/?q=%20[REDACTED-")
    assert told.endswith("%20caf%C3%A9&r=%41")
    assert not any(secret in value for _, value in parse_qsl(urlsplit(told).query))


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60))
def test_twice(text):
    """What was redacted stays as it is."""
    told = redacted("https://h/" + text)
    assert redacted(told) == told


def test_named_by_the_user():
    """Query names that the user adds, in any case."""
    assert redacted("https://h/?Tenant=acme&x=1", frozenset({"tenant"})) == "https://h/?Tenant=[REDACTED]&x=1"


@pytest.mark.parametrize(
    "name", "key api_key apikey API-Key token access_token sig Signature code auth password".split()
)
def test_secret_query_names(name):
    """Names that are left out of keys, too."""
    assert url.is_secret_query_name(name)


@pytest.mark.parametrize(
    "name", "alt page page_token model api-version keyword tokens max_tokens beta q cursor".split()
)
def test_harmless_query_names(name):
    """Names that count."""
    assert not url.is_secret_query_name(name)


def test_a_form_in_a_query():
    """Where spaces are written as pluses, what has spaces in it is found all the same."""
    secret = "a1b2" * 10
    told = url.redacted(f"http://h/p?q=say+Authorization:+Bearer+{secret}+and+go", Finder())
    assert told == "http://h/p?q=say+Authorization:+Bearer+[REDACTED]+and+go"
