"""``agentrec scan``: secrets are found wherever they are, and never told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from corpus.conftest import Agentrec, Kept
from corpus.planted import OPENAI, PASSWORD, PLACES, SECRETS

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.corpus.excerpts import Masked, replaced
from agentrec_auto.corpus.generic import Generic, Hit
from agentrec_auto.corpus.scanning import Scan
from agentrec_auto.redaction.redactor import Redactor
from agentrec_auto.settings import RedactSettings

QUICK = ("--only", "redaction", "--only", "generic")
"""Without the rules of others, which take a while to load."""

WHERE = {
    "in_a_message": ("request.content: messages[0].content", "OPENAI-KEY"),
    "in_a_tool_call": (
        "request.content: messages[0].tool_calls[0].function.arguments: env: line",
        "GITHUB-TOKEN",
    ),
    "in_a_field": ("request.content: client.api_key", "api_key field"),
    "in_the_url": ("request.url", "credential"),
    "in_a_header": ("request.headers.x-api-key", "x-api-key field"),
    "in_a_response_header": ("response.headers.set-cookie", "set-cookie field"),
    "in_the_answer": ("response: choices[0].message.content", "OPENAI-KEY"),
    "in_a_stream": ("response: choices[0].delta.content", "OPENAI-KEY"),
    "in_gzip": ("response: choices[0].message.content", "OPENAI-KEY"),
    "in_metadata": ("metadata.tags.note", "OPENAI-KEY"),
}


def test_a_clean_corpus(agentrec: Agentrec, either: Kept) -> None:
    """What the engine recorded holds no secret, though keys were sent."""
    ran = agentrec("scan", *QUICK)
    assert (ran.code, ran.stdout, ran.stderr) == (0, "", "0 secrets in 10 files\n")


@pytest.mark.parametrize("plant", PLACES, ids=lambda plant: plant.__name__)
def test_planted(agentrec: Agentrec, kept: Kept, plant: Callable[[CapturedInteraction], None]) -> None:
    """Each place is found, named by file and path; no part of the secret is printed."""
    name = kept.edit(kept.name("2291"), plant)
    told = agentrec("scan", "--json", "--only", "redaction")
    assert told.code == 1
    (finding,) = json.loads(told.stdout)["findings"]
    assert finding["where"] == f"corpus/{name}.json"
    expected = WHERE.get(plant.__name__, ("elsewhere", "secret"))
    assert (finding["path"], finding["kind"]) == expected
    printed = told.stdout + agentrec("scan", *QUICK).stdout + agentrec("verify").stdout
    for secret in SECRETS:
        assert not any(secret[at : at + 8] in printed for at in range(len(secret) - 7))


def test_sqlite(agentrec: Agentrec, either: Kept) -> None:
    """Recordings in a database are named by their name."""
    name = either.edit(either.name("2291"), PLACES[0])
    assert (
        agentrec("scan", *QUICK)
        .stdout.splitlines()[0]
        .endswith(name if "sqlite" in either.location else f"{name}.json")
    )


def test_torn_file(agentrec: Agentrec, here: Path, kept: Kept) -> None:
    """A file that can't be read may hold a secret all the same: its line is named."""
    name = kept.edit(kept.name("2291"), PLACES[0])
    file = here / "corpus" / f"{name}.json"
    file.write_bytes(file.read_bytes().partition(b'"response_status"')[0])
    lines = [number for number, line in enumerate(file.read_text().splitlines(), 1) if OPENAI in line]
    findings = json.loads(agentrec("scan", "--json", *QUICK).stdout)["findings"]
    assert [(one["path"], one["kind"]) for one in findings] == [
        (f"line {line}", "OPENAI-KEY") for line in lines
    ]


def test_unfinished_merge(agentrec: Agentrec, here: Path, kept: Kept) -> None:
    """Merge markers in what stands first in a file, for people, are no reason to stop looking."""
    file = here / "corpus" / f"{kept.name('2291')}.json"
    begin, comma, rest = file.read_text().partition(",\n")
    mine, yours = f'    "note": "{OPENAI}",\n', '    "note": "",\n'
    merge = f"<<<<<<< HEAD\n{mine}=======\n{yours}>>>>>>> theirs\n"
    file.write_text(f"{begin}{comma}{merge}{rest}")
    (finding,) = json.loads(agentrec("scan", "--json", *QUICK).stdout)["findings"]
    assert (finding["kind"], finding["path"]) == ("OPENAI-KEY", "line 5")
    ran = agentrec("verify")
    assert ran.code == 1 and "is replayed, but its summary is not JSON" in ran.stdout


def test_summary_of_the_library(agentrec: Agentrec, here: Path, kept: Kept) -> None:
    """What the agentrec library writes beside the interaction is looked at, too."""
    file = here / "corpus" / f"{kept.name('2291')}.json"
    document = {**json.loads(file.read_text()), "summary": {"response": f"use {OPENAI}"}}
    file.write_text(json.dumps(document))
    (finding,) = json.loads(agentrec("scan", "--json", *QUICK).stdout)["findings"]
    assert (finding["path"], finding["excerpt"]) == ("summary.response", "use [REDACTED-OPENAI-KEY]")


def test_settings_count(agentrec: Agentrec, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the user wants redacted is a secret: paths, patterns, values of variables."""
    (here / "agentrec.toml").write_text(
        '[redact]\npaths = ["system"]\npatterns = [{ pattern = "order \\\\d+", with = "order <number>" }]\nenv = ["CITY"]\n'
    )
    monkeypatch.setenv("CITY", "recorders")
    found = json.loads(agentrec("scan", "--json", *QUICK).stdout)["findings"]
    paths = {finding["path"] for finding in found}
    assert {"request.content: system", "request.content: messages[0].content"} <= paths
    assert "support desk" not in json.dumps(found)


@pytest.mark.parametrize(
    ("field", "text", "found"),
    [
        ("", "the db password is hunter2!", "hunter2"),
        ("", "password=Tr0ub4dor", "Tr0ub4dor"),
        ("", 'DB_PASSWORD: "s3cr3t-enough"', "s3cr3t-enough"),
        ("", "export SERVICE_TOKEN=a8f5f167f44f4964e6c998dee827110c", "a8f5f167f44f4964e6c998dee827110c"),
        ("", "authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA=="),
        ("", "the token is a8f5f167f44f4964e6c998dee8271 today", "a8f5f167f44f4964e6c998dee8271"),
        ("pwd", "letmein99", "letmein99"),
        ("db_pass", "letmein99", "letmein99"),
        ("connection_string", "Server=x;User=y", "Server=x;User=y"),
        ("", "what is a password? It is a secret word.", None),
        ("", "the password is required", None),
        ("", "max_tokens: 4096, token=128", None),
        ("", "password=[REDACTED] token=<TOKEN> secret=$SECRET key=${KEY}", None),
        ("", "api_key=os.environ['KEY'] password=your-password-here", None),
        ("", "Basic understanding of tokens", None),
        ("pass", "yes", None),
        ("password", "{{ vault }}", None),
        ("", "the secret of good bread is long fermentation", None),
    ],
)
def test_generic(field: str, text: str, found: str | None) -> None:
    """What looks like a password is found; what only talks of one isn't."""
    hits = [text[hit.start : hit.end] for hit in Generic().hits(field, text)]
    assert hits == ([found] if found else [])


def test_generic_is_told_apart(agentrec: Agentrec, kept: Kept) -> None:
    """What only the generic rules find says so; scrub doesn't promise to take it out."""

    def plant(interaction: CapturedInteraction) -> None:
        body = json.loads(interaction.request.content)
        body["messages"][0]["content"] = f"log in with password {PASSWORD}, password={PASSWORD}"
        interaction.request.content = json.dumps(body).encode()

    kept.edit(kept.name("2291"), plant)
    ran = agentrec("scan", "--only", "generic")
    assert ran.code == 1 and "password in a text (generic)" in ran.stdout
    assert "log in with password […]" not in ran.stdout  # only what a rule has found is hidden
    assert "agentrec scrub --write` takes" not in ran.stderr
    assert agentrec("scan", "--only", "generic", "--allow", "^Tr0ub").code == 0
    assert agentrec("scan", "--only", "redaction").code == 0


def test_in_a_program(agentrec: Agentrec, here: Path) -> None:
    """In a file that is no recording, scrub can do nothing, and isn't recommended."""
    (here / "app.py").write_text(f"KEY = '{OPENAI}'\n")
    ran = agentrec("scan", "app.py", *QUICK)
    assert ran.code == 1 and "take them out by hand" in ran.stderr and "scrub" not in ran.stderr


class Everywhere:
    """Rules that find what comes behind ``x=``."""

    def __init__(self, name: str) -> None:
        self.name = name

    def hits(self, field: str, text: str) -> list[Hit]:
        start = text.find("x=")
        return [Hit(start + 2, len(text), self.name)] if start >= 0 else []


def test_a_secret_is_told_once(kept: Kept) -> None:
    """What several rules find in one place is told by the first."""

    def plant(interaction: CapturedInteraction) -> None:
        interaction.metadata["call_site"] = "x=abc"

    interaction = kept.load(kept.edit(kept.name("2291"), plant))
    scan = Scan(Redactor(RedactSettings(), {}), (Everywhere("one"), Everywhere("two")))
    assert [(finding.rule, finding.excerpt) for finding in scan.recording(interaction, "")] == [
        ("one", "x=[…]")
    ]


def test_kingfisher(agentrec: Agentrec, kept: Kept) -> None:
    """With the extra installed, the rules of others are asked, on what strings say and not how they are spelled."""
    pytest.importorskip("kingfisher_sdk")

    def plant(interaction: CapturedInteraction) -> None:
        body = json.loads(interaction.request.content)
        body["messages"][0]["content"] = 'set\ndatadog_api_key: "0123456789abcdef0123456789abcdef"\n'
        interaction.request.content = json.dumps(body).encode()

    kept.edit(kept.name("2291"), plant)
    ran = agentrec("scan", "--only", "kingfisher", "--json")
    (finding,) = json.loads(ran.stdout)["findings"]
    assert (finding["rule"], finding["path"]) == ("kingfisher", "request.content: messages[0].content")
    assert finding["excerpt"] == 'set datadog_api_key: "[…]"'


def test_files(agentrec: Agentrec, here: Path, kept: Kept) -> None:
    """As a pre-commit hook: the files that are given, and only those; JSON of other kinds is passed over."""
    dirty, clean = (
        f"corpus/{kept.edit(kept.name('2291'), PLACES[0])}.json",
        f"corpus/{kept.name('Invoice 77')}.json",
    )
    (here / "package.json").write_text(json.dumps({"name": OPENAI}))
    assert agentrec("scan", *QUICK, clean, "package.json").code == 0
    ran = agentrec("scan", *QUICK, dirty, clean, "package.json")
    assert ran.code == 1 and ran.stdout.splitlines()[0] == dirty
    assert agentrec("scan", *QUICK, "--corpus", "nowhere", clean).code == 0
    assert agentrec("scan", *QUICK, "corpus").stdout == ran.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["none.json"], "can't read none.json: No such file"),
        (["--only", "magic"], "no way 'magic': expected redaction, kingfisher, generic"),
        (["--allow", "("], "bad pattern"),
    ],
)
def test_asked_wrongly(agentrec: Agentrec, words: list[str], said: str) -> None:
    """Asked wrongly is neither clean nor dirty: exit code 2."""
    ran = agentrec("scan", *words)
    assert ran.code == 2 and said in ran.stderr


def test_hook_definition() -> None:
    """The hook that pre-commit reads is one that runs `agentrec scan` on JSON files."""
    text = (Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text()
    assert "entry: agentrec scan" in text and "id: agentrec-scan" in text and "types: [json]" in text


@pytest.mark.parametrize(
    ("text", "clean", "expected"),
    [
        ("a sk-1 b", "a [REDACTED-X] b", [("X", "sk-1")]),
        ("sk-1sk-2", "[REDACTED-X][REDACTED-Y]", [("X", ""), ("Y", "sk-1sk-2")]),
        ("[REDACTED] sk-1", "[REDACTED] [REDACTED-X]", [("X", "sk-1")]),
        ("//u:p@h", "//REDACTED@h", [("user and password", "u:p")]),
        ("C-12", "<customer>", [("customer", "C-12")]),
        ("abcXYZdef", "abc***def", [("", "XYZ")]),
        ("abcdef", "abc", [("", "def")]),
    ],
)
def test_replaced(text: str, clean: str, expected: list[tuple[str, str]]) -> None:
    """What redaction did is told from a text before and after."""
    assert [(kind, secret) for _, _, kind, secret in replaced(text, clean)] == expected


def test_masked() -> None:
    """What was found is hidden in every excerpt, also where another excerpt begins in it."""
    masked = Masked("x=AAAA y=BBBB z", [(2, 6), (9, 13), (4, 6)])
    assert masked.around(2, 6) == "x=[…] y=[…] z"
    far = Masked("A" * 60 + " secret " + "B" * 60, [(0, 60), (61, 67)])
    assert far.around(61, 67) == "…[…] […] BBBBBBBBBBBBBBBBBBBBBBBBBBB…"
