"""``agentrec show``: which recording is meant, and what is shown of it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from corpus.conftest import Agentrec, Kept

from agentrec_auto.capture import CapturedInteraction, CapturedRequest
from agentrec_auto.corpus.curl import curl


def test_page(agentrec: Agentrec, kept: Kept) -> None:
    """Question, tools, answer, and where it comes from."""
    page = agentrec("show", kept.name("sleet")).stdout
    for said in (
        "user\n  How is the weather in Oslo?",
        'assistant\n  → get_weather {"city": "Oslo"}',
        "tool\n  3 degrees, sleet",
        "answer  stop\n  answer 7 to: 3 degrees, sleet",
        "tools         get_weather",
        "called by     app.py:weather",
    ):
        assert said in page


def test_page_of_a_stream(agentrec: Agentrec, kept: Kept) -> None:
    """A stream is shown as what it says, not as its events."""
    page = agentrec("show", kept.name("8812")).stdout
    assert "system\n  You are the support desk of a shop." in page
    assert "answer  end_turn\n  answer 8 to: Where is my refund for order 8812?" in page
    assert "sampling      max_tokens 300" in page
    assert "tags          category=support, team=desk" in page
    assert "data:" not in page


def test_what_is_not_well(agentrec: Agentrec, kept: Kept) -> None:
    """An error and a stream cut short say so."""
    assert "error\n  404 " in agentrec("show", kept.name("gpt-9")).stdout
    cut = agentrec("show", kept.name("thousand")).stdout
    assert "200, abandoned" in cut
    assert "the stream stops here, before its last event" in cut


def test_names(agentrec: Agentrec, kept: Kept) -> None:
    """The whole name, its beginning, the beginning of its digest, and its file mean the same."""
    name = kept.name("2291")
    digest = name.rpartition("_")[2]
    pages = {agentrec("show", word).stdout for word in (name, name[:-6], digest[:6], f"corpus/{name}.json")}
    assert len(pages) == 1 and name in pages.pop()


def test_takes(agentrec: Agentrec, kept: Kept) -> None:
    """A key means its first take; another is named by its number."""
    key = kept.name("take2").removesuffix(".take2")
    digest = key.rpartition("_")[2]
    assert agentrec("show", digest[:8]).stdout.startswith(f"{key}   take 1 of 3\n")
    assert agentrec("show", f"{digest}.take3").stdout.startswith(f"{key}.take3   take 3 of 3\n")


def test_the_newest(agentrec: Agentrec, kept: Kept) -> None:
    """Without a name, the last that was recorded is shown."""
    assert agentrec("show").stdout.startswith(kept.name("thousand"))


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("nothing", "no recording in corpus is called 'nothing': `agentrec ls` names them"),
        ("openai_gpt-4o-mini", "'openai_gpt-4o-mini' can mean openai_gpt-4o-mini_"),
        ("../corpus", "no recording in corpus is called '../corpus'"),
        ("../../etc/passwd", "no recording in corpus is called '../../etc/passwd'"),
    ],
)
def test_no_such(agentrec: Agentrec, word: str, said: str) -> None:
    """A word that means none or several is refused with exit code 2."""
    ran = agentrec("show", word)
    assert ran.code == 2 and said in ran.stderr


def test_json(asked: object, kept: Kept) -> None:
    """Question and answer as data, bodies whole; chunks where they are asked for."""
    told = asked("show", kept.name("sleet"), "--chunks")
    assert told["standing"] == "true"
    call = told["question"]["turns"][1]["parts"][0]
    assert (call["type"], call["name"], call["arguments"]) == ("tool_call", "get_weather", {"city": "Oslo"})
    assert told["answer"]["choices"][0]["parts"] == [
        {"type": "text", "text": "answer 7 to: 3 degrees, sleet"}
    ]
    assert "".join(chunk["data"] for chunk in told["chunks"]) == told["response_body"]
    assert "chunks" not in asked("show", kept.name("sleet"))


def test_chunks(agentrec: Agentrec, kept: Kept) -> None:
    """Each piece with its time and size, on a line of its own."""
    name = kept.name("8812")
    lines = agentrec("show", name, "--chunks").stdout.splitlines()
    assert lines[0].split() == ["#", "at", "bytes", "data"]
    assert len(lines) == 1 + len(kept.load(name).chunks)
    assert "event: message_start\\n" in lines[1]


def test_raw(here: Path, kept: Kept, run_agentrec: object) -> None:
    """Both messages, byte for byte."""
    interaction = kept.load(kept.name("8812"))
    raw = run_agentrec("show", kept.name("8812"), "--raw", cwd=here).stdout.encode()
    assert raw.startswith(f"POST {interaction.request.url}".encode())
    assert interaction.request.content in raw
    assert interaction.body.replace(b"\r\n", b"\n") in raw.replace(b"\r\n", b"\n")
    assert b"HTTP/1.1 200" in raw


def words_of(command: str, **environ: str) -> list[str]:
    """What a shell gives to curl."""
    script = f"curl() {{ printf '%s\\0' \"$@\"; }}\n{command}"
    ran = subprocess.run(
        ["bash", "-c", script], capture_output=True, env={"PATH": "/usr/bin:/bin", **environ}, check=True
    )
    return ran.stdout.decode("utf-8").split("\0")[:-1]


def test_curl(agentrec: Agentrec, kept: Kept) -> None:
    """The request as it was sent, but for the key, which is a variable."""
    name = kept.name("8812")
    command = agentrec("show", name, "--curl").stdout
    words = words_of(command, ANTHROPIC_API_KEY="the-key")
    request = kept.load(name).request
    assert words[:3] == ["-X", "POST", request.url]
    assert "x-api-key: the-key" in words and "anthropic-version: 2023-06-01" in words
    assert words[-2:] == ["--data-raw", request.content.decode()]
    assert "sk-" not in command and "content-length" not in command


def test_curl_bearer(agentrec: Agentrec, kept: Kept) -> None:
    """OpenAI's key goes behind Bearer; one in the query stays in the query."""
    assert 'authorization: Bearer $OPENAI_API_KEY"' in agentrec("show", kept.name("2291"), "--curl").stdout
    interaction = kept.load(kept.name("2291"))
    interaction.request.url = (
        "https://generativelanguage.googleapis.com/v1/models/g:generateContent?key=[REDACTED]"
    )
    words = words_of(curl(interaction), GEMINI_API_KEY="the-key")
    assert words[2].endswith("?key=the-key")


@pytest.mark.parametrize("end", ["é", "\x1b[2J"])
def test_curl_runs_nothing_else(kept: Kept, tmp_path: Path, end: str) -> None:
    """Whatever stands in a request, the shell takes it for a word."""
    interaction = kept.load(kept.name("2291"))
    evil = f"$(touch owned) `touch owned` 'q' \"q\" \\ ; touch owned\n# {end}"
    headers = [(b"x-e", evil.encode("latin-1")), (b"x-$(touch owned)", b"[REDACTED]")]
    interaction.request = CapturedRequest("PO ST;touch owned", f"http://h/{evil}", headers, evil.encode())
    command = curl(interaction)
    words = words_of(f"cd {tmp_path}\n{command}")
    assert words[words.index("--data-raw") + 1] == evil
    assert f"x-e: {evil}" in words
    assert list(tmp_path.iterdir()) == [tmp_path / "here"]
    assert "\x1b" not in command


def test_unknown_bodies(agentrec: Agentrec, kept: Kept) -> None:
    """What no dialect reads is shown as it is stored."""

    def change(interaction: CapturedInteraction) -> None:
        interaction.request.url = "https://example.org/other"
        interaction.request.content = b"not JSON"
        interaction.chunks[0].data = b"neither is this"
        del interaction.chunks[1:]

    page = agentrec("show", kept.edit(kept.name("2291"), change, to="other")).stdout
    assert "request\n  not JSON" in page and "response\n  neither is this" in page
    assert "shown as it is stored: no dialect reads POST /other" in page


def test_stale(agentrec: Agentrec, kept: Kept) -> None:
    """A recording that replay won't find says so."""
    name = kept.name("2291")

    def change(interaction: CapturedInteraction) -> None:
        body = json.loads(interaction.request.content)
        interaction.request.content = json.dumps({**body, "temperature": 1}).encode()

    kept.edit(name, change)
    assert "not under its key: replay won't find it (`agentrec rekey`)" in agentrec("show", name).stdout
