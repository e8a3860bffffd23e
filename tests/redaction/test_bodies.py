"""Bodies: JSON however it is spelled and nested, forms, multipart, NDJSON, text, and bytes that are no text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redaction.planted import ODD_KINDS, after, before, everything_escaped, names, prose, secrets, spellings

from agentrec_auto.redaction import bodies
from agentrec_auto.redaction.bodies import Rules
from agentrec_auto.redaction.finder import Finder, patterns
from agentrec_auto.redaction.paths import Paths
from agentrec_auto.settings import Replacement

JSON = "application/json"
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | prose,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)


def redacted(body, content_type=JSON, rules=None):
    return bodies.redacted(body.encode(), content_type, rules or Rules()).decode()


def strings(value):
    """Every string in a JSON value, names too, and those in JSON that a string holds."""
    if isinstance(value, str):
        yield value
        try:
            inner = json.loads(value)
        except ValueError:
            return
        if isinstance(inner, (dict, list, str)):
            yield from strings(inner)
    elif isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from strings(member)
    elif isinstance(value, list):
        for member in value:
            yield from strings(member)


@given(anything, spellings)
def test_clean(document, spell):
    """JSON without a secret comes back as the same object."""
    body = spell(document).encode()
    assert bodies.redacted(body, JSON, Rules()) is body


@given(secrets | st.one_of(*ODD_KINDS.values()), before, after, prose, anything, spellings, st.integers(0, 4))
def test_strings(secret, before, after, text, document, spell, depth):
    """A secret in a string is found however the JSON is spelled, and as deep as JSON in JSON goes."""
    held = f"{text} {before}{secret}{after}"
    value = {"n": 1, "note": held, held: [text], "document": document}
    for _ in range(depth):
        value = {"arguments": spell(value), "x": [text]}
    told = redacted(spell(value))
    document = json.loads(told)
    assert secret not in told
    assert not any(secret in string for string in strings(document))
    assert redacted(told) == told


@given(secrets, before, prose)
def test_hidden_letters(secret, before, text):
    r"""A secret whose letters are written as \uxxxx is found."""
    body = '{"a":' + everything_escaped(f"{text} {before}{secret}") + ',"b":1}'
    told = json.loads(redacted(body))
    assert secret not in told["a"]
    assert told["a"].startswith(f"{text} {before}[REDACTED-")


@given(secrets, spellings, anything)
def test_only_that_spot(secret, spell, document):
    """All but the secret stays as it was, byte for byte."""
    marker = "MARKER" + "0" * len(secret)
    template = spell({"a": document, "b": [f"\n{marker} é"], "c": document})
    told = redacted(template.replace(marker, secret))
    start, _, end = template.partition(marker)
    assert told.startswith(start + "[REDACTED-")
    assert told.endswith("]" + end)


SECRET_NAMES = """api_key apiKey API-KEY apikey x-api-key openai_api_key password passwd dbPassword secret client_secret
    clientSecret access_token accessToken refresh_token id_token private_key authorization Authorization
    secret_access_key passphrase session_token"""


@given(name=st.sampled_from(SECRET_NAMES.split()), value=prose.filter(bool), spell=spellings)
def test_secret_fields(name, value, spell):
    """A string in a field of such a name is a secret whatever it says, also in JSON in a string."""
    told = json.loads(redacted(spell({"a": 1, name: value, "b": {"c": json.dumps({name: value})}})))
    expected = value if value == "REDACTED" else "[REDACTED]"
    assert told == {"a": 1, name: expected, "b": {"c": json.dumps({name: expected})}}


@pytest.mark.parametrize(
    "document",
    [
        {
            "properties": {"password": {"type": "string"}, "api_key": {"type": "string"}},
            "required": ["password"],
        },
        {"password": "", "secret": None, "api_key": 7, "token": 128, "access_token": ["x"]},
        {
            "logprobs": {
                "content": [
                    {"token": "Hello", "logprob": -1},
                    {"token": "I" + "nternationalization", "logprob": -2},
                ]
            }
        },
        {
            "token": "a piece of text of some length",
            "tokens": ["abcdefghijklmnop123"],
            "max_tokens": "1234567890123456",
        },
        {
            "usage": {"prompt_tokens": 5},
            "next_page_token": "abcdefghijklmnop123",
            "tokenizer": "abcdefghijklmnop123",
        },
        {"password_hint": "my dog's name", "secretary": "Ms Smith", "keys": "abc", "key": "C minor"},
    ],
)
def test_harmless_fields(document):
    """Schemas, log-probabilities, usage and the like are left alone."""
    body = json.dumps(document)
    assert redacted(body) == body


def test_token_field():
    """A field just called token is a secret where its value looks like a credential."""
    assert redacted('{"token": "abcdef0123456789"}') == '{"token": "[REDACTED]"}'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"a": {"api_key": "hunter2', '{"a": {"api_key": "[REDACTED]'),
        ('{"a": "{\\"password\\": \\"hunter2', '{"a": "{\\"password\\": \\"[REDACTED]'),
        (
            '{\n  "a": 1,\n  "password": "hunter2",\n  "b": "x',
            '{\n  "a": 1,\n  "password": "[REDACTED]",\n  "b": "x',
        ),
        ('{"a": "\\n' + "sk" + "-0123456789abcdef", '{"a": "\\n[REDACTED-OPENAI-KEY]'),
        ('{"a": "\\u0073k' + "-0123456789abcdef", '{"a": "[REDACTED-OPENAI-KEY]'),
        ('{\'a\': 1, "password": "x"}', '{\'a\': 1, "password": "[REDACTED]"}'),
        ("[see] " + "sk" + "-0123456789abcdef", "[see] [REDACTED-OPENAI-KEY]"),
        (
            'Use {"api_key": "abc"} or {\\"api_key\\": \\"abc\\"}.',
            'Use {"api_key": "[REDACTED]"} or {\\"api_key\\": \\"[REDACTED]\\"}.',
        ),
        ('{"bad": "\\x", "password": "a"} trailing', '{"bad": "\\x", "password": "[REDACTED]"} trailing'),
    ],
)
def test_broken_json(body, expected):
    """JSON that was cut off, or only looks like it, keeps no secret either."""
    assert redacted(body) == expected
    assert redacted(expected) == expected


@given(secrets, before, prose)
def test_forms(secret, before, text):
    """A secret in a form is found in names' values however they are encoded; secret names hide theirs."""
    from urllib.parse import parse_qsl, urlencode

    body = urlencode({"a": text, "note": f"{before}{secret} x", "client_secret": text or "x", "z": "1"})
    told = redacted(body, "application/x-www-form-urlencoded; charset=utf-8")
    pairs = dict(parse_qsl(told, keep_blank_values=True))
    assert secret not in pairs["note"]
    assert pairs["note"].startswith(before + "[REDACTED-")
    assert pairs["client_secret"] == "[REDACTED]"
    assert (pairs["a"], pairs["z"]) == (text, "1")


def test_paths_in_forms():
    """A path that is one name leads to a form's field of that name, and to no other."""
    rules = Rules(paths=Paths(["email", "user.note"]))
    told = bodies.redacted(b"email=a%40b.c&note=hi&user=x", "application/x-www-form-urlencoded", rules)
    assert told == b"email=[REDACTED]&note=hi&user=x"


@pytest.mark.parametrize("instead", ["<c>", "<customer number>", "<\u00fc>"])
def test_framed(instead):
    """In bytes that are no text a replacement is as long as what it replaces, whatever it is made of."""
    rules = Rules(Finder(patterns=patterns([Replacement(r"CUST-\d+", instead)])))
    told = bodies.redacted(b"\0\xff\x08CUST-123\0\xfe", "application/octet-stream", rules)
    assert len(told) == 13 and b"CUST" not in told
    assert (told[:3], told[-2:]) == (b"\0\xff\x08", b"\0\xfe")


def test_clean_form():
    """A form without a secret is left alone."""
    body = b"a=1&b=caf%C3%A9+x&c=&d&=&%zz"
    assert bodies.redacted(body, "application/x-www-form-urlencoded", Rules()) is body


MULTIPART = "multipart/form-data; boundary=----x"


def multipart(*parts):
    told = b""
    for head, body in parts:
        told += b"------x\r\n" + head.encode() + b"\r\n\r\n" + body + b"\r\n"
    return told + b"------x--\r\n"


@given(secrets)
def test_multipart(secret):
    """Each part is looked at for what it is: a form field, a file of JSON lines, bytes; boundaries stay."""
    key = secret.encode()
    picture = b"\x89PNG\r\n\x1a\n\x00\x00" + bytes(range(256)) * 3
    parts = [
        ('Content-Disposition: form-data; name="purpose"', b"batch " + key),
        ('Content-Disposition: form-data; name="api_key"', b"whatever"),
        (
            'Content-Disposition: form-data; name="file"; filename="b.jsonl"\r\nContent-Type: application/jsonl',
            b'{"a":"\\n' + key + b'"}\n{"password":"p"}\n',
        ),
        ('Content-Disposition: form-data; name="image"\r\nContent-Type: image/png', picture),
        (
            'Content-Disposition: form-data; name="b"\r\nContent-Type: application/octet-stream',
            b"\0\xff " + key + b"\0",
        ),
    ]
    told = bodies.redacted(multipart(*parts), MULTIPART, Rules())
    assert key not in told
    assert told.count(b"------x") == 6
    assert b'name="api_key"\r\n\r\n[REDACTED]\r\n' in told
    assert b'\r\n\r\n{"a":"\\n[REDACTED-' in told
    assert b'{"password":"[REDACTED]"}\n' in told
    assert picture in told


def test_clean_multipart():
    """A multipart body without a secret is the same object."""
    body = multipart(
        ('Content-Disposition: form-data; name="a"', b"1"), ("Content-Type: image/png", b"\0\xff\xd8")
    )
    assert bodies.redacted(body, MULTIPART, Rules()) is body


@given(secrets, st.binary(max_size=50), st.binary(max_size=50))
def test_bytes(secret, head, tail):
    """In bytes that are no text a secret is masked at its length, for there may be a framing."""
    body = b"\0\xfe" + head + b"\0" + secret.encode() + b"\0" + tail
    told = bodies.redacted(body, "application/vnd.amazon.eventstream", Rules())
    assert secret.encode() not in told
    assert len(told) == len(body)
    assert told.startswith(body[: len(head) + 3])
    assert told.endswith(b"\0" + tail)


@given(st.binary(max_size=300))
def test_any_bytes(body):
    """Any bytes without a secret come back as they are."""
    for content_type in (
        "",
        JSON,
        MULTIPART,
        "application/x-www-form-urlencoded",
        "text/event-stream",
        "audio/mpeg",
    ):
        assert bodies.redacted(body, content_type, Rules()) == body


def test_invalid_utf8():
    """JSON with a torn character in it is still JSON."""
    body = b'{"password":"x","a":"\xff\xe6'
    assert bodies.redacted(body, JSON, Rules()) == b'{"password":"[REDACTED]","a":"\xff\xe6'


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (
            "messages[*].email",
            '{"messages":[{"email":"[REDACTED]","n":1},{"email":"[REDACTED]"}],"e":{"email":[1,{"a":"}"}]}}',
        ),
        ("messages[1]", '{"messages":[{"email":"a\\"@b","n":1},"[REDACTED]"],"e":{"email":[1,{"a":"}"}]}}'),
        (
            "**.email",
            '{"messages":[{"email":"[REDACTED]","n":1},{"email":"[REDACTED]"}],"e":{"email":"[REDACTED]"}}',
        ),
        ("e.*", '{"messages":[{"email":"a\\"@b","n":1},{"email":"c"}],"e":{"email":"[REDACTED]"}}'),
        (
            "messages[0].n",
            '{"messages":[{"email":"a\\"@b","n":"[REDACTED]"},{"email":"c"}],"e":{"email":[1,{"a":"}"}]}}',
        ),
        ("nothing", None),
    ],
)
def test_paths(path, expected):
    """Values that a path leads to are replaced whole, whatever they are."""
    body = '{"messages":[{"email":"a\\"@b","n":1},{"email":"c"}],"e":{"email":[1,{"a":"}"}]}}'
    rules = Rules(paths=Paths([path]))
    assert redacted(body, rules=rules) == (expected or body)
    assert redacted(expected or body, rules=rules) == (expected or body)


def test_paths_in_a_torn_body():
    """A value that a path leads to is replaced even where the body was cut off in it."""
    rules = Rules(paths=Paths(["user", "m[*].email"]))
    assert redacted('{"a":1,\n"user": {"name": "Eve', rules=rules) == '{"a":1,\n"user": "[REDACTED]"'
    assert redacted('{"m":[{"email":"a@', rules=rules) == '{"m":[{"email":"[REDACTED]"'


def test_paths_in_lines():
    """Each line of NDJSON is a document of its own."""
    rules = Rules(paths=Paths(["email"]))
    body = '{"email":"a"}\n{"x":1}\r\n{"email":"b"}\n'
    assert (
        redacted(body, "application/x-ndjson", rules)
        == '{"email":"[REDACTED]"}\n{"x":1}\r\n{"email":"[REDACTED]"}\n'
    )


def test_paths_escaped():
    """A name is met however it is spelled."""
    rules = Rules(paths=Paths(["email", "größe"]))
    assert redacted('{"\\u0065mail":"a","gr\\u00f6\\u00dfe":1}', rules=rules) == (
        '{"\\u0065mail":"[REDACTED]","gr\\u00f6\\u00dfe":"[REDACTED]"}'
    )


def test_patterns():
    """The user's patterns see decoded strings; groups may be kept, and the result is spelled as JSON."""
    found = patterns([Replacement(r"^CUST-(\d)\d+$", '<customer "\\1">'), Replacement("größe", "süß")])
    rules = Rules(Finder(patterns=found))
    told = redacted('{"a":"CUST-123","b":"CUST-12 ","c":"{\\"d\\":\\"gr\\u00f6\\u00dfe\\"}"}', rules=rules)
    assert json.loads(told) == {"a": '<customer "1">', "b": "CUST-12 ", "c": '{"d":"süß"}'}
