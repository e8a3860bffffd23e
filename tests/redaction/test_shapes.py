"""Secrets by their form: what is one, what only looks like one, and that placeholders are none."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from redaction.planted import KINDS, ODD_KINDS, after, before, prose

from agentrec_auto.redaction import shapes, signs
from agentrec_auto.redaction.documents import in_text
from agentrec_auto.redaction.edits import applied
from agentrec_auto.redaction.finder import Finder


def redacted(text):
    finder = Finder().narrowed(text)
    return text if finder is None else applied(text, in_text(text, finder))


@pytest.mark.parametrize("name", sorted(KINDS))
@settings(max_examples=6)
@given(data=st.data(), before=before, after=after)
def test_every_kind(name, data, before, after):
    """A secret of every kind is found by its name, whatever stands around it."""
    secret = data.draw(KINDS[name])
    assume(not any(shape.pattern.search(secret, 4) for shape in shapes.SHAPES))  # a second one in its midst
    told = redacted(f"{before}{secret}{after}")
    assert secret not in told
    assert told.startswith(f"{before}[REDACTED-{name}]")


@given(
    kind=st.sampled_from(sorted(ODD_KINDS)).flatmap(lambda name: st.tuples(st.just(name), ODD_KINDS[name]))
)
def test_odd_kinds(kind):
    """Secrets of several words are found whole."""
    name, secret = kind
    assert redacted(f"so: {secret}\nbye") == f"so: [REDACTED-{name}]\nbye"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Authorization: Bearer " + "abc123def456ghi7", "Authorization: Bearer [REDACTED]"),
        ("bearer " + "qwertyuiopasdfghjkl", "bearer [REDACTED]"),
        ("Bearer " + "sk" + "-ant-0123456789abcdef.x/y", "Bearer [REDACTED-ANTHROPIC-KEY]"),
        ("postgres" + "://app:s3cr3t@db:5432/x", "postgres://REDACTED@db:5432/x"),
        ("https" + "://:pw@host/", "https://REDACTED@host/"),
        (
            "AccountName=a;Account" + "Key=" + "Ab+/" * 21 + "==;",
            "AccountName=a;AccountKey=[REDACTED-AZURE-KEY];",
        ),
        (
            "export AWS_SECRET_ACCESS" + "_KEY=" + "Ab+/" * 10,
            "export AWS_SECRET_ACCESS_KEY=[REDACTED-AWS-SECRET]",
        ),
        ("aws_secret_access" + "_key = " + "Ab+/" * 10, "aws_secret_access_key = [REDACTED-AWS-SECRET]"),
        (
            "https://hooks.slack" + ".com/services/T00000000/B00000000/abcdefghijkl",
            "https://hooks.slack.com/services/[REDACTED-SLACK-WEBHOOK]",
        ),
        (
            "https://discord" + ".com/api/webhooks/123456/abcdefghij-klmnopqrst_u",
            "https://discord.com/api/webhooks/[REDACTED-DISCORD-WEBHOOK]",
        ),
        (
            "https://x/y?se=1&sig" + "=" + "Ab%2B" * 9 + "&sp=r",
            "https://x/y?se=1&sig=[REDACTED-AZURE-SIGNATURE]&sp=r",
        ),
        ("https://b.s3/k?X-Amz-Signature" + "=0a1b&x=y", "https://b.s3/k?X-Amz-Signature=[REDACTED]&x=y"),
        (
            "https://mcp.example/x?profile=a&tavilyApiKey" + "=0a1b2c3d-4e5f-6789-0a1b&y=z",
            "https://mcp.example/x?profile=a&tavilyApiKey=[REDACTED]&y=z",
        ),
        ("[a](https://x/b?access_token" + "=ya0a1b2c3d4e5f6789)", "[a](https://x/b?access_token=[REDACTED])"),
        (
            "https://x/o/b.png?alt=media&token" + "=0a1b2c3d-4e5f-6789",
            "https://x/o/b.png?alt=media&token=[REDACTED]",
        ),
        (
            "-----BEGIN PRIVATE " + "KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQ" + "EFAAS",
            "[REDACTED-PRIVATE-KEY]",
        ),
        ("-----BEGIN PRIVATE " + "KEY-----\n" + "MIIEvQIBADANBgkq\n" * 3, "[REDACTED-PRIVATE-KEY]\n"),
    ],
)
def test_in_context(text, expected):
    """Secrets that only their surroundings tell: those stay."""
    assert redacted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a task-oriented-approach-to-redaction and a risk-averse_person-of-some-kind",
        "disk-usage-by-directory-and-file, desk-and-chair-combination",
        "the bearer of this letter; Bearer authentication; bearer $TOKEN; Bearer <token>; Bearer {api_key}",
        "mailto:someone@example.com, http://user@example.com:8080/a:b@c, ssh git@github.com:a/b.git",
        "http://{user}:{password}@host and https://$USER:$PASS@host",
        "hf_hub_download_from_repository, gsk_, npm_config_user_agent, fw_cfg, xai-, r8_",
        "AKIA is a prefix, ASIA is a continent, AIza too",
        "eyJ is how base64 of JSON begins, ya29. is Google's",
        "-----BEGIN PRIVATE KEY----- is its first line",
        "sk-learn, sk-ant-, sk-proj-, gh_token, github_pat_",
        "SG.1 and SG.Nr.12, 12:AAA, dapi, sig=, X-Amz-Date=20260101",
        "max_tokens=4096, password: hunter2, secret=abc",
        "PRIVATE KEY, hooks.slack.com, discord.com",
        "?api_key=YOUR_API_KEY_GOES_HERE, f'{url}?api_key={key0123456789}&x=1', sorted(x, key=lambda item: item[0])",
        "?page_token=CAESBkVhcmx5MDEyMzQ1Njc4, &max_tokens=0123456789012345678, ?token=abc123, api_key=0a1b2c3d4e5f67890",
        "task_0a1b2c3d4e5f67890a1b2c3d4e5f67890a1b2c3d4e5f6789, key-0a1b2c3d, fc-1, a spa-"
        + "hotel-with-a-view-of-the-sea-and-3-Pools-nearby",
        "pa-rt-of-a-very-long-name-of-a-class-without-digits, v2Q~x, pat-na1-x, dp.st.x, NRAK-, key-"
        + "0a1b2c3d4e5f6789" * 4,
        "é" * 50 + "sk" + "-",
    ],
)
def test_lookalikes(text):
    """What only looks like a secret is left alone."""
    assert redacted(text) == text


@given(prose)
def test_prose(text):
    """Text without a secret is left alone."""
    assert redacted(text) is text


@pytest.mark.parametrize("placeholder", sorted({shape.placeholder for shape in shapes.SHAPES}))
@pytest.mark.parametrize(
    "around", ["{}", "Bearer {}", "https://u:{}@h/?key={}", '"api_key": "{}"', "{}{}", "x={}&sig={}"]
)
def test_placeholders(placeholder, around):
    """A placeholder is no secret, wherever it stands."""
    text = around.replace("{}", placeholder)
    if "u:" not in around:
        assert redacted(text) == text
    assert redacted(redacted(text)) == redacted(text)


def test_base64():
    """A picture is left alone, even where it holds the beginning of a key by chance."""
    picture = "iVBORw0KGgo" * 300 + "/" + "AI" + "za" + "Ab0" * 20 + "="
    assert redacted("data:image/png;base64," + picture) == "data:image/png;base64," + picture
    assert redacted(picture) == picture


@pytest.mark.parametrize("separator", [" ", "\n"])
def test_words(separator):
    """Many words are no picture."""
    words = separator.join(["word"] * 800)
    assert redacted(f"{words}{separator}AK" + "IA0123456789ABCDEF") == f"{words}{separator}[REDACTED-AWS-KEY]"


HIDDEN = ("\\u0073k-", "\\u0026", "\\u003C", "\\u00e9", "\\u005f")
ENDS = ('Key"', 'API_TOKEN"', "secret\\", "PassWord\\", 'keys"', "key", 'tokens"')
pieces = st.sampled_from([literal for shape in shapes.SHAPES for literal in shape.gate])
pieces |= (
    pieces.map(str.swapcase) | pieces.map(str.upper) | st.sampled_from([*ENDS, *HIDDEN]) | st.text(max_size=3)
)


@given(st.lists(pieces, max_size=6).map("".join), st.integers(0, 1 << 17))
def test_signs(text, before):
    """One pass tells what a look for each literal tells, as it is spelled, wherever in a text it is."""
    text = " " * before + text
    near = signs.signs(text)
    assert near.hides_letters is shapes.hides_letters(text)
    if near.hides_letters:
        assert near.shapes == shapes.SHAPES and near.has_names
        return
    assert near.shapes == tuple(
        shape
        for shape in shapes.SHAPES
        if any(literal in text for literal in shape.gate) and shape.is_hinted_at(text)
    )
    assert near.has_names is any(end in text.lower() for end in signs.NAME_ENDS)
