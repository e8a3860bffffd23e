"""What takes bytes from outside, each with the errors it may raise: for Hypothesis here, for atheris in nox."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from agentrec_auto import decoding
from agentrec_auto.capture import CapturedRequest
from agentrec_auto.config import toml
from agentrec_auto.config.read import read as read_config
from agentrec_auto.errors import AgentrecError, BrokenRecordingError, ConfigError, UndecodableBodyError
from agentrec_auto.flow.drift import drift
from agentrec_auto.flow.reel import reel_of
from agentrec_auto.importers.documents import documents
from agentrec_auto.importers.record import UnreadableError
from agentrec_auto.keying.identity import Keyer
from agentrec_auto.providers import sse
from agentrec_auto.providers.endings import Terminator
from agentrec_auto.providers.summary import build_summary
from agentrec_auto.redaction import bodies, streams
from agentrec_auto.redaction.bodies import Rules
from agentrec_auto.redaction.redactor import Redactor
from agentrec_auto.seams.chunked import Dechunker
from agentrec_auto.settings import RedactSettings
from agentrec_auto.store import document
from agentrec_auto.store.base import Recording

TYPES = ("application/json", "text/event-stream", "multipart/form-data; boundary=x", "text/plain")
_redactor = Redactor(RedactSettings(), {})


def load(data: bytes) -> None:
    """A recording: keyed, redacted, summed up, played, compared and written again."""
    try:
        one = document.loads(data, "it")
    except BrokenRecordingError as error:
        assert str(error)
        return
    Keyer().identify(one.request)
    build_summary(one)
    reel_of(Recording("it", one))
    drift(one, one)
    try:
        _redactor.response(one)
    except UndecodableBodyError:
        pass
    again = document.loads(document.dumps(one), "it")
    assert [chunk.data for chunk in again.chunks] == [chunk.data for chunk in one.chunks]


def request(data: bytes) -> None:
    """A request's body: redacted and keyed, and the same key from what is stored."""
    for content_type in TYPES:
        headers = [(b"content-type", content_type.encode())]
        sent = CapturedRequest("POST", "http://h/v1/chat/completions", headers, data)
        kept = _redactor.open(sent).request
        assert Keyer().identify(kept).key == Keyer().identify(_redactor.open(kept).request).key


def answer(data: bytes) -> None:
    """A response's body, in one piece and in two."""
    for content_type in TYPES:
        bodies.redacted(data, content_type, Rules())
        halves = [data[: len(data) // 2], data[len(data) // 2 :]]
        assert len(streams.redacted(halves, content_type, Rules())) == 2


def stream(data: bytes) -> None:
    """A stream: events, lines, elements, and its end, the same however it is cut."""
    for read in (sse.events, sse.lines, sse.elements, sse.blocks):
        try:
            for _ in read(data):
                pass
        except AgentrecError as error:
            assert str(error)
    for content_type in (
        b"text/event-stream",
        b"application/x-ndjson",
        b"application/vnd.amazon.eventstream",
    ):
        whole = Terminator(content_type)
        ending = whole.feed(data)
        by_bytes, told = Terminator(content_type), None
        for at in range(len(data)):
            told = told or by_bytes.feed(data[at : at + 1])
        assert told == ending


def packed(data: bytes) -> None:
    """A compressed body."""
    for encoding in (b"gzip", b"deflate", b"br", b"zstd", b"gzip, br", b"nonsense"):
        try:
            decoding.decode(data, encoding)
        except UndecodableBodyError as error:
            assert str(error)


def chunked(data: bytes) -> None:
    """Chunked coding, in one piece and byte by byte."""
    whole, by_bytes = Dechunker(), Dechunker()
    chunks = whole.feed(data)
    assert chunks == [chunk for at in range(len(data)) for chunk in by_bytes.feed(data[at : at + 1])]
    assert (whole.is_over, whole.is_broken) == (by_bytes.is_over, by_bytes.is_broken)


def config(data: bytes) -> None:
    """A configuration file."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "agentrec.toml")
        path.write_bytes(data)
        try:
            toml.parse(data, "agentrec.toml")
            read_config(str(path), name="agentrec.toml")
        except ConfigError as error:
            assert "agentrec.toml" in str(error)


def imported(data: bytes) -> None:
    """A file of another tool's: JSON, lines of it, YAML, TOML."""
    for name in ("it.json", "it.jsonl", "it.yaml", "it.toml", "it.har"):
        try:
            for _ in documents(data, name):
                pass
        except (UnreadableError, ConfigError) as error:
            assert str(error)


_EVENT = b'data: {"choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":null}]}\n\n'
_BODY = (
    b'{"model":"m","stream":true,"messages":[{"role":"user","content":"a \\u00e9 \\ud83d"}],"api_key":"k"}'
)
_FILE = json.dumps(
    {
        "metadata": {"order": 1, "ending": "complete", "run": "r"},
        "request": {
            "method": "POST",
            "url": "http://h/v1/chat/completions",
            "headers": [["a", "b"]],
            "content": _BODY.decode(),
        },
        "response_status": 200,
        "response_headers": [["content-type", "text/event-stream"], ["content-encoding", "gzip"]],
        "response_extensions": {"http_version": {"__bytes__": "HTTP/1.1"}},
        "chunks": [{"data": _EVENT.decode(), "timestamp_offset": 0.1}, {"data": {"__b64__": "H4sI"}}],
    },
    indent=1,
).encode()

TARGETS: dict[str, tuple[Callable[[bytes], None], tuple[bytes, ...]]] = {
    "recordings": (load, (_FILE,)),
    "requests": (request, (_BODY, b"--x\r\ncontent-disposition: form-data; name=api_key\r\n\r\nk\r\n--x--")),
    "answers": (answer, (_BODY, _EVENT * 3)),
    "streams": (
        stream,
        (
            _EVENT * 2 + b"data: [DONE]\n\n",
            b'event: message_stop\r\ndata: {"type":"message_stop"}\r\n\r\n',
            b'[{"candidates":[{"finishReason":"STOP"}]}\n,{"a":1}]',
            b'{"done":false}\n{"done":true}\n',
        ),
    ),
    "packed": (
        packed,
        (bytes.fromhex("1f8b08000000000000034b0400 43beb7e801000000".replace(" ", "")), b"x\x9c"),
    ),
    "chunked": (chunked, (b"3\r\nabc\r\n0;x=1\r\na: b\r\n\r\n",)),
    "config": (
        config,
        (
            b'[agentrec]\nmode = "auto"\n[[key.rule]]\nurl = "*"\nignore = ["a[*].b"]\n[redact]\nenv = ["X"]\n',
        ),
    ),
    "imports": (
        imported,
        (_FILE, b"a: &a [x, !!python/object:os.system y]\nb: *a\n", b'{"log":{"entries":[]}}\n{}'),
    ),
}
