"""`FileStore` and `InMemoryStore`: what programs find in them, beside what 0.2 kept (`test_programs`)."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import httpx
import jsonschema
import pytest
from loopback import LoopbackServer

from agentrec_auto import FileStore, InMemoryStore, SyncRecordingTransport
from agentrec_auto.capture import CapturedChunk, CapturedInteraction, CapturedRequest
from agentrec_auto.store.interaction import file_names


def made(text: str = "x", url: str = "https://a/b", content: bytes = b"{}") -> CapturedInteraction:
    return CapturedInteraction(
        CapturedRequest(
            "POST", url, [(b"x-goog-api-key", b"AIzaSyA-0123456789abcdefghijklmnopqrstu")], content
        ),
        200,
        [],
        {},
        [CapturedChunk(text.encode())],
    )


async def test_ids_apart(files: FileStore) -> None:
    """Ids that would have had one file name in 0.2 have two."""
    for name in ("a/b", "a_b", "a b"):
        await files.save(name, made(name))
    assert [(await files.load(name)).body.decode() for name in ("a/b", "a_b", "a b")] == ["a/b", "a_b", "a b"]
    assert len(files) == 3


async def test_found_under_the_old_name(files: FileStore) -> None:
    """What 0.2 saved under an unsafe id is found, until it is saved anew."""
    await files.save("a_b", made("old"))
    assert (await files.load("a/b")).body == b"old"
    await files.save("a/b", made("new"))
    assert (await files.load("a/b")).body == b"new" and (await files.load("a_b")).body == b"old"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..", ".hidden", "", "a" * 1000, "a\0b", "ä", "C:\\x", "\ud83d"]
)
async def test_names_stay_inside(files: FileStore, tmp_path: Path, name: str) -> None:
    """No id leads out of the folder, hides in it, or is too long for it."""
    await files.save(name, made(name.encode("utf-8", "replace").decode()))
    assert name in files and [path.parent for path in tmp_path.rglob("*.json")] == [files.root]


def test_names_are_safe() -> None:
    """A safe id is its own name, as its recordings are found by it."""
    assert file_names("openai_gpt-4o_d11197312501d459") == ("openai_gpt-4o_d11197312501d459",)
    assert file_names("a/b") == ("a_b-c14cddc0", "a_b")


async def test_saved_by_hand_without_secrets(files: FileStore) -> None:
    """What a program saves itself is redacted as what is recorded: headers, URL, response."""
    secret = "AIzaSyA-0123456789abcdefghijklmnopqrstu"
    await files.save("x", made(f"the key {secret}", f"https://a/b?key={secret}"))
    assert secret not in (files.root / "x.json").read_text()


async def test_patterns_of_the_moment(files: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Patterns that a program adds to the default ones hold from then on."""
    import re

    from agentrec_auto.store import DEFAULT_SECRET_PATTERNS

    monkeypatch.setattr(
        "agentrec_auto.store.scrubbing.DEFAULT_SECRET_PATTERNS",
        [*DEFAULT_SECRET_PATTERNS, (re.compile("CUST-[0-9]+"), "<customer>")],
    )
    await files.save("x", made(content=b"CUST-1 sk-abcdefghijklmnopq"))
    assert (await files.load("x")).request.content == b"<customer> [REDACTED-OPENAI-KEY]"


async def test_the_object_itself(memory: InMemoryStore) -> None:
    """Memory gives back the very object that was saved."""
    kept = made()
    await memory.save("x", kept)
    assert await memory.load("x") is kept


async def test_discards_all_takes(files: FileStore) -> None:
    """What is discarded is gone with its later takes."""
    for name in ("x", "x.take2", "x.take3", "y"):
        await files.save(name, made())
    await files.discard("x")
    assert files.ids() == ["y"]


async def test_readable(files: FileStore) -> None:
    """A file is JSON, for programs that read it themselves."""
    await files.save("x", made("é"))
    assert json.loads((files.root / "x.json").read_text())["chunks"] == [
        {"data": "é", "timestamp_offset": 0.0}
    ]


def test_written_as_the_schema_says(server: LoopbackServer, files: FileStore) -> None:
    """What explicit transports write is a cassette by its schema, whatever named it."""
    schema = resources.files("agentrec_auto.store").joinpath("cassette.schema.json").read_bytes()
    validator = jsonschema.Draft202012Validator(json.loads(schema))
    for key in (None, "a/b"):
        with httpx.Client(transport=SyncRecordingTransport(httpx.HTTPTransport(), files, key)) as client:
            client.post(
                server.url + "/v1/chat/completions", json={"model": "m", "messages": [], "stream": True}
            )
            client.get(server.url + "/v1/models")
    written = [json.loads(path.read_text()) for path in files.root.iterdir()]
    assert len(written) >= 3
    for document in written:
        validator.validate(document)
