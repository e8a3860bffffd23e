"""Whatever lies in a corpus, every command comes through, and nothing of it commands the terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from corpus.conftest import Agentrec, Kept
from processes import clean_environment, run

from agentrec_auto.capture import CapturedInteraction
from agentrec_auto.cli.output import inert

EVIL = "\x1b[2J\x1b]0;owned\x07[bold red]markup[/] \u202egnp.exe \x9b31m \ud800 \x00 end"
DANGEROUS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def evil(interaction: CapturedInteraction) -> None:
    """Escape sequences and markup wherever there is a text."""
    answer = {"message": {"role": "assistant", "content": EVIL}, "finish_reason": EVIL}
    interaction.chunks[0].data = json.dumps({"choices": [answer], "model": EVIL}).encode()
    del interaction.chunks[1:]
    interaction.request.method = f"PO{EVIL}ST"
    interaction.request.url = "http://h/\x1b[2J/v1/chat/completions?\x1b=1"
    interaction.request.headers.append((b"x-\x1bevil", b"\x1b[2J"))
    body = {
        "model": EVIL,
        "tools": [{"function": {"name": EVIL}}],
        "messages": [{"role": "user", "content": EVIL}],
    }
    interaction.request.content = json.dumps(body).encode()
    interaction.metadata.update(
        model=EVIL, provider=EVIL, category=EVIL, tags={EVIL: EVIL, "n": 1}, call_site=EVIL, sdk=EVIL, run=7
    )
    interaction.metadata.update(
        recorded_at="9999-99-99", latency_s="soon", order="x", usage={"input": "many"}
    )


@pytest.fixture
def hostile(kept: Kept, here: Path) -> str:
    """Beside the corpus that is well: a recording full of escapes, files of every kind of brokenness."""
    corpus = here / "corpus"
    name = kept.name("2291")
    whole = (corpus / f"{name}.json").read_bytes()
    kept.edit(name, evil, to="evil")
    kept.edit(name, evil, to="evil\x1b[2J")

    def deep(interaction: CapturedInteraction) -> None:
        interaction.request.content = b'{"a":' * 900 + b"1" + b"}" * 900

    kept.edit(name, deep, to="deep")

    def wild(interaction: CapturedInteraction) -> None:
        interaction.metadata.update(
            semantic_key={}, latency_s=float("inf"), latency_first_chunk_s=10**400, order=[], run={}, tags=[1]
        )
        interaction.metadata.update(recorded_at="0001-01-01T00:00:00+00:00")
        interaction.request.content = b'{"model":"m","messages":[1,{"role":"user","content":[2]}],"tools":3}'

    kept.edit(name, wild, to="wild")
    kept.edit(name, wild, to="no\udcfftext")
    (corpus / "torn.json").write_bytes(whole[: len(whole) // 2])
    (corpus / "empty.json").write_bytes(b"")
    (corpus / "other.json").write_bytes(b'{"hello": "world"}')
    (corpus / "infinite.json").write_bytes(
        whole.replace(b'"response_status": 200', b'"response_status": Infinity')
    )
    (corpus / "url.json").write_bytes(whole.replace(b'"url": "http://', b'"url": "http://['))
    (corpus / "folder.json").mkdir()
    (corpus / "dangling.json").symlink_to("/nowhere/at/all")
    (corpus / "outside.json").symlink_to("/etc/passwd")
    (corpus / f"{name}.take7.json").write_bytes(whole)
    (corpus / "notes.txt").write_text("not ours")
    return "evil"


COMMANDS = [
    ("ls",),
    ("ls", "-q"),
    ("ls", "text:owned"),
    ("ls", "model:*owned*"),
    ("ls", "--json"),
    ("show", "evil"),
    ("show", "evil", "--json"),
    ("show", "evil", "--curl"),
    ("show", "evil", "--chunks"),
    ("show", "deep"),
    ("show", "torn"),
    ("show", "evi\x1b"),
    ("diff", "evil", "deep"),
    ("diff", "evil", "gpt-9"),
    ("explain", "evil"),
    ("explain", "deep"),
    ("explain", "corpus/evil.json"),
    ("stats",),
    ("scan", "--only", "redaction", "--only", "generic"),
    ("scrub",),
    ("rekey",),
    ("prune", "--failed"),
    ("prune", "--older-than", "1d"),
    ("verify",),
    *(
        ("export", "--format", form, "--out", f"corpus/{form}.out")
        for form in ("jsonl", "har", "vcr", "openai-finetune", "openai-evals")
    ),
    ("export", "--to", "sqlite:///corpus/other.db"),
    ("view", "--no-open", "--out", "corpus/view.html"),
    ("migrate", "--target", "gpt-5-mini", "--dry-run"),
    ("report", "--target", "gpt-5-mini", "--out", "corpus/report"),
    ("show", "wild"),
    ("diff", "wild", "evil"),
    ("explain", "wild"),
    ("annotate", "--dry-run"),
    ("scrub", "--write"),
    ("rekey", "--write"),
    ("annotate", "--tag", "a=b"),
    ("prune", "--keep-takes", "1", "--write"),
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command(agentrec: Agentrec, hostile: str, here: Path, words: tuple[str, ...]) -> None:
    """It ends with a code of its own, prints nothing that a terminal obeys, and writes nothing outside."""
    outside = {path: path.stat().st_mtime_ns for path in here.parent.rglob("*") if "corpus" not in path.parts}
    passwd = Path("/etc/passwd").stat().st_mtime_ns
    ran = agentrec(*words)
    assert ran.code in (0, 1, 2)
    assert DANGEROUS.findall(ran.stdout + ran.stderr) == []
    assert "Traceback" not in ran.stderr
    assert {
        path: path.stat().st_mtime_ns for path in here.parent.rglob("*") if "corpus" not in path.parts
    } == outside
    assert Path("/etc/passwd").stat().st_mtime_ns == passwd


def test_broken_files_are_named_and_counted(agentrec: Agentrec, hostile: str) -> None:
    """Each that can't be read is named with the reason; the rest is listed."""
    ran = agentrec("ls")
    named = re.findall(r"^can't be read: (\w+):", ran.stderr, re.MULTILINE)
    assert sorted(named) == ["empty", "folder", "infinite", "other", "outside", "torn", "url"]
    assert "7 recordings passed over: `agentrec verify` says more\n" in ran.stderr
    assert len(ran.stdout.splitlines()) == 12 + 4
    assert "root:" not in ran.stdout + ran.stderr


@pytest.mark.parametrize(
    "words",
    [("ls",), ("stats",), ("scan",), ("verify",), ("show", "zero"), ("import", "corpus", "--dry-run")],
)
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
def test_files_without_an_end(here: Path, words: tuple[str, ...]) -> None:
    """A pipe, and a link to a device that never ends: nobody waits for them, or reads them into memory."""
    corpus = here / "corpus"
    os.mkfifo(corpus / "pipe.json")
    (corpus / "zero.json").symlink_to("/dev/zero")
    limits = "import resource; resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))"
    told = f"{limits}\nfrom agentrec_auto.cli import main\nimport sys; sys.exit(main())"
    ran = run(sys.executable, "-c", told, *words, cwd=here, timeout=30)
    assert ran.code in (0, 1, 2) and "Traceback" not in ran.stderr, ran.stderr


def test_what_stays_after_writing(agentrec: Agentrec, kept: Kept, hostile: str, here: Path) -> None:
    """Commands that write leave what they can't read as it is."""
    corpus = here / "corpus"
    unread = ["torn", "empty", "other", "infinite", "url"]
    before = {name: (corpus / f"{name}.json").read_bytes() for name in unread}
    for words in (
        ("scrub", "--write"),
        ("rekey", "--write"),
        ("annotate", "--tag", "a=b"),
        ("prune", "--failed", "--write"),
    ):
        agentrec(*words)
    assert {name: (corpus / f"{name}.json").read_bytes() for name in unread} == before
    assert (corpus / "outside.json").is_symlink() and (corpus / "notes.txt").read_text() == "not ours"


def test_miss_is_told_in_spite_of_it(here: Path, hostile: str, run_agentrec: object) -> None:
    """Replay tells a miss in words, though a file in the corpus is made to break it."""
    (here / "ask.py").write_text(
        "import httpx\nr = httpx.post('http://127.0.0.1:9/v1/chat/completions', json={'model': 'new', 'messages': []})\nprint(r.status_code)"
    )
    ran = run_agentrec("run", "--mode", "replay", "--", sys.executable, "ask.py", cwd=here)
    assert (ran.code, ran.stdout) == (3, "418\n"), ran.stderr


@pytest.mark.parametrize(
    ("words", "columns"),
    [
        *((("ls",), columns) for columns in (40, 80, 120)),
        *((("show", "evil"), columns) for columns in (40, 120)),
        *(((word, *more), 80) for word, *more in (("explain", "evil"), ("stats",), ("verify",))),
    ],
)
def test_on_a_terminal(here: Path, hostile: str, words: tuple[str, ...], columns: int) -> None:
    """On a real terminal: colours of ours, nothing of theirs, no line wider than it is."""
    printed = on_a_terminal(here, columns, *words)
    ours = re.sub(r"\x1b\[[0-9;]*m", "", printed).replace("\r\n", "\n")
    assert DANGEROUS.findall(ours) == []
    assert "\\x1b[2J" in ours or words[0] in ("explain", "stats", "verify")
    assert all(
        len(line) <= columns
        for line in ours.splitlines()
        if "can't be read" not in line and "passed over" not in line
    )
    assert "[bold red]markup[/]" in ours or columns < 120 or words[0] in ("explain", "verify", "ls")


def on_a_terminal(here: Path, columns: int, *words: str) -> str:
    """What a command prints to a terminal so wide."""
    leader, follower = pty.openpty()
    environ = clean_environment({"COLUMNS": str(columns), "LINES": "50", "TERM": "xterm-256color"})
    process = subprocess.Popen(
        [sys.executable, "-m", "agentrec_auto", *words],
        cwd=here,
        env=environ,
        stdin=follower,
        stdout=follower,
        stderr=subprocess.DEVNULL,
    )
    os.close(follower)
    printed = b""
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:
            break
        if not piece:
            break
        printed += piece
    os.close(leader)
    assert process.wait(30) in (0, 1)
    return printed.decode("utf-8")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "\\x1b[2J"),
        ("a\r\nb\rc", "a\nb\\x0dc"),
        ("tab\tstays", "tab\tstays"),
        ("\u202e\ud800", "\\u202e\\ud800"),
        ("naïve 日本 👩‍💻", "naïve 日本 👩‍💻"),
    ],
)
def test_inert(text: str, shown: str) -> None:
    """What a terminal would obey is spelled out; what people write stays."""
    assert inert(text) == shown
