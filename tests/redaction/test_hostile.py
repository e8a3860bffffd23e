"""Bodies made to hurt: they cost time in proportion to their length, and no stack."""

import time

import pytest

from agentrec_auto.redaction import bodies, streams
from agentrec_auto.redaction.bodies import Rules
from agentrec_auto.redaction.finder import Finder, patterns
from agentrec_auto.redaction.paths import Paths
from agentrec_auto.settings import Replacement

KEY = "sk" + "-0123456789abcdefghij"
PASSWORD = '"password":"x"'
PEM = "-----BEGIN PRIVATE " + "KEY-----"

UNITS = {
    "quotes": '"',
    "backslashes": "\\",
    "escaped quotes": '\\"',
    "quotes escaped": '"\\',
    "bad escapes": '"\\x",',
    "open brackets": "[",
    "open objects": '{"a":',
    "nested arrays": '[{"a":',
    "names": '"api_key":"',
    "escaped names": '\\"api_key\\":\\"',
    "colons": '"key":',
    "commas": ',"',
    "elements": '["a",',
    "spaces": " ",
    "newlines": "\n",
    "data lines": "data: {\n",
    "returns": "\r",
    "user and password": "://a:",
    "percent": "%",
    "percents": "%41",
    "pem": PEM,
    "bearer": "bearer ",
    "dashes": "-",
    "underscores": "_",
    "prefixes": "sk" + "-",
    "jwt": "ey" + "J",
    "hidden": "\\u0073",
    "ampersands": "&key=",
    "boundaries": "\r\n--x\r\n",
    "nul": "\0",
    "invalid": "\udcff",
}
RULES = {
    "built in": Rules(),
    "more": Rules(
        Finder(patterns=patterns([Replacement(r"CUST-\d+", "<c>")])),
        Paths(["**.a", "a[*].a", "data[0].password"]),
    ),
}
TYPES = [
    "application/json",
    "text/event-stream",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
]


def hostile(unit, length):
    """Much of something, around secrets, so that no gate holds anything off."""
    body = "".join(['{"a":"', KEY, '",', PASSWORD, ",", unit * (length // len(unit)), KEY, "\n", PASSWORD])
    return body.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
def test_linear(unit, rules):
    """Any kind of body costs time in proportion to its length: what is quadratic takes minutes here."""
    data = hostile(unit, 40_000)
    chunks = [data[at : at + 1000] for at in range(0, len(data), 1000)]
    started = time.process_time()
    told = streams.redacted(chunks, TYPES[1], rules)
    for content_type in TYPES:
        bodies.redacted(data, content_type, rules)
    assert time.process_time() - started < 20
    assert KEY.encode() not in b"".join(told)[:100]


@pytest.mark.parametrize("unit", ['"', "\\", '\\"', '"\\'])
def test_a_megabyte(unit):
    """A megabyte of quotes and backslashes is done with in seconds; what is quadratic takes an hour."""
    data = hostile(unit, 1_000_000)
    started = time.process_time()
    assert KEY.encode() not in bodies.redacted(data, "application/json", Rules())[:100]
    assert time.process_time() - started < 60


def test_many_edits():
    """Very many secrets cost no more than their number."""
    body = ('{"a":"' + KEY + '","password":"x"}\n').encode() * 10_000
    started = time.process_time()
    told = streams.redacted([body], "application/x-ndjson", Rules())
    assert time.process_time() - started < 40
    assert b"".join(told).count(b"[REDACTED]") == 10_000
    assert KEY.encode() not in b"".join(told)


def test_deeply_nested_json_is_redacted():
    """JSON nested deeper than any parser of it goes keeps no secret."""
    body = b'{"a":[' * 50_000 + b'{"password":"x","n":"' + KEY.encode() + b'"}' + b"]}" * 50_000
    told = bodies.redacted(body, "application/json", Rules())
    assert b'{"password":"[REDACTED]","n":"[REDACTED-OPENAI-KEY]"}' in told
