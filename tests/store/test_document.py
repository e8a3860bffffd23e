"""A cassette file gives back what was put in, and can be read by a person."""

import json
from dataclasses import replace
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentrec_auto.capture import CapturedChunk, CapturedInteraction, CapturedRequest
from agentrec_auto.errors import BrokenRecordingError
from agentrec_auto.store import document
from agentrec_auto.store.file import FolderStore

blobs = st.binary(max_size=40) | st.text(max_size=20).map(str.encode)
headers = st.lists(st.tuples(st.binary(max_size=8), st.binary(max_size=8)), max_size=3)
interactions = st.builds(
    CapturedInteraction,
    request=st.builds(
        CapturedRequest, st.sampled_from(["GET", "POST"]), st.text(max_size=20), headers, blobs
    ),
    response_status=st.integers(100, 599),
    response_headers=headers,
    response_extensions=st.dictionaries(
        st.text(max_size=5).filter(lambda name: name not in ("network_stream", "trailers")),
        st.binary(max_size=8)
        | st.text(max_size=8)
        | st.integers(-(2**63), 2**63 - 1)
        | st.none()
        | st.booleans(),
        max_size=3,
    ),
    chunks=st.lists(
        st.builds(CapturedChunk, blobs, st.floats(0, 1e6).map(lambda seconds: round(seconds, 6))), max_size=4
    ),
    metadata=st.dictionaries(
        st.text(max_size=5).filter(lambda name: name != "ending"),
        st.text(max_size=8) | st.integers(-(2**63), 2**63 - 1),
        max_size=4,
    ),
)


@given(interactions)
def test_round_trip(interaction):
    """Every interaction is read as it was written, bytes and header pairs included."""
    assert document.loads(document.dumps(interaction), "x") == interaction


@given(interactions)
def test_is_json(interaction):
    """A cassette is plain JSON, with one chunk a line."""
    text = document.dumps(interaction).decode()
    read = json.loads(text)
    assert list(read) == [
        "metadata", "request", "response_status", "response_headers", "response_extensions", "chunks",
    ]  # fmt: skip
    assert sum(line.lstrip().startswith('{"data":') for line in text.split("\n")) == len(interaction.chunks)


SCHEMA = json.loads(resources.files("agentrec_auto.store").joinpath("cassette.schema.json").read_bytes())
VALIDATOR = jsonschema.validators.validator_for(SCHEMA)(SCHEMA)


@given(interactions)
def test_written_files_fit_the_schema(interaction):
    """What is written fits the JSON Schema that we publish, whatever the interaction."""
    interaction.metadata.clear()
    VALIDATOR.validate(json.loads(document.dumps(interaction)))


def test_recorded_files_fit_the_schema(tmp_path):
    """So do the files of a real recorder, with all that it knows of a call; the page's example, too."""
    from flow.test_recorder import answered, asking, recorder

    store = FolderStore(str(tmp_path))
    answered(recorder(store, run_tags=(("category", "a"), ("team", "b"))).plan(asking(), "httpx 0.28"))
    [file] = tmp_path.glob("*.json")
    VALIDATOR.validate(json.loads(file.read_bytes()))
    page = (Path(__file__).parents[2] / "docs" / "format.md").read_text()
    VALIDATOR.validate(json.loads(page.split("```json")[1].split("```")[0]))
    unknown = set(json.loads(file.read_bytes())["metadata"]) - set(
        SCHEMA["properties"]["metadata"]["properties"]
    )
    assert unknown == set()


def test_agentrec_files_fit_the_schema():
    """And those of agentrec 0.2, which people have."""
    VALIDATOR.validate(json.loads(AGENTREC_02))


AGENTREC_02 = b"""{"summary": {"provider": "openai"}, "request": {"method": "POST", "url": "https://a/b",
"headers": [["Host", "a"]], "content": "{}"}, "response_status": 200, "response_headers": [],
"response_extensions": {"http_version": {"__bytes__": "HTTP/1.1"}},
"chunks": [{"data": {"__b64__": "/w=="}, "timestamp_offset": 0.5}]}"""


def test_reads_agentrec():
    """A file of agentrec 0.2: its summary is passed over, its metadata may be missing."""
    interaction = document.loads(AGENTREC_02, "x")
    assert interaction.body == b"\xff"
    assert interaction.response_extensions == {"http_version": b"HTTP/1.1"}


@pytest.mark.parametrize("length", [0, 30, 1 << 16])
def test_reads_past_the_summary(length):
    """A summary of any length, and one that holds what looks like metadata, changes nothing."""
    interaction = CapturedInteraction(CapturedRequest("GET", "https://a/", [], b""), 200, [], {})
    interaction.metadata |= {"ending": "abandoned", "note": '\n  "metadata": {'}
    hidden = {"prompt": "x" * length + '\n  "metadata": {"ending": "failed"}', "deep": {"metadata": {}}}
    told = document.dumps(interaction, summary=hidden)
    assert document.loads(told, "x") == interaction
    for indent in (None, 1, 2, 4):
        laid_out_by_others = json.dumps(json.loads(told), indent=indent).encode()
        assert document.loads(laid_out_by_others, "x") == interaction
        assert document.answer(laid_out_by_others, "x").metadata == interaction.metadata


@given(interactions)
def test_answer(interaction):
    """Read for its answer, an interaction has all that it has; its request comes when it is asked for."""
    told = document.dumps(interaction)
    answer, whole = document.answer(told, "x"), document.loads(told, "x")
    assert "request" not in vars(answer) and not hasattr(answer, "anything_else")
    same = replace(whole, **{name: getattr(answer, name) for name in vars(whole)})
    assert replace(same, chunks=list(answer.chunks)) == whole


@pytest.mark.parametrize("place", range(8))
@pytest.mark.parametrize(
    "name", ["summary", "metadata", "request", "response_headers", "response_extensions"]
)
def test_in_another_order(name, place):
    """A file that a formatter, or somebody by hand, put into another order is replayed with all that it has."""
    interaction = CapturedInteraction(CapturedRequest("GET", "https://a/", [], b"{}"), 200, [], {})
    interaction.response_headers = [(b"content-type", b"text/event-stream")]
    interaction.response_extensions = {"http_version": b"HTTP/1.1"}
    interaction.metadata["ending"] = "complete"
    members = list(json.loads(document.dumps(interaction, summary={"prompt": "x"})).items())
    member = next(member for member in members if member[0] == name)
    members.remove(member)
    members.insert(place, member)
    answer = document.answer(json.dumps(dict(members), indent=2).encode(), "x")
    read = CapturedInteraction(**{name: getattr(answer, name) for name in vars(interaction)})
    assert replace(read, chunks=list(answer.chunks)) == interaction


@pytest.mark.parametrize(
    "chunk",
    [
        '{"data": "no time"}',
        '{"data": "whole seconds", "timestamp_offset": 2}',
        '{"data": "\\ud800 is no text", "timestamp_offset": 0.5}',
        '{"data": {"__b64__": "/w=="}, "timestamp_offset": 0.5}',
        '{"data": "a decimal in words", "timestamp_offset": "0.5"}',
        '{"data": "é", "timestamp_offset": 0.25, "more": 1}',
    ],
)
def test_odd_chunks(chunk):
    """A chunk that others wrote in other words is read the same for a replay, and among plain ones."""
    interaction = CapturedInteraction(CapturedRequest("GET", "https://a/", [], b""), 200, [], {})
    interaction.chunks = [CapturedChunk(b"plain", 0.125)]
    told = document.dumps(interaction, summary={})
    told = told.replace(b'"chunks": [\n', b'"chunks": [\n    ' + chunk.encode() + b",\n")
    answer, whole = document.answer(told, "x"), document.loads(told, "x")
    assert len(whole.chunks) == len(answer.chunks) == 2
    assert list(answer.chunks) == whole.chunks and answer.chunks[1] == CapturedChunk(b"plain", 0.125)


def test_answer_under_a_broken_request():
    """A request that can't be read hinders no replay, and is told where somebody wants it."""
    told = document.dumps(CapturedInteraction(CapturedRequest("GET", "https://a/", [], b""), 200, [], {}))
    answer = document.answer(told.replace(b'"GET"', b"7"), "corpus/x.json")
    assert answer.response_status == 200
    with pytest.raises(BrokenRecordingError, match=r"corpus/x\.json.*request.method is no text"):
        _ = answer.request


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b'": 200', b'": 7', "no HTTP status"),
        (b'"chunks": [', b'"chunks": [7', "not a cassette"),
        (b"]\n}", b"]\n", "not JSON"),
        (b'"request": {', b'"request": [', "not JSON"),
    ],
)
def test_broken_answer(old, new, why):
    """What a replay needs is looked at when it is read."""
    told = document.dumps(CapturedInteraction(CapturedRequest("GET", "https://a/", [], b""), 200, [], {}))
    with pytest.raises(BrokenRecordingError, match=r"corpus/x\.json") as error:
        document.answer(told.replace(old, new), "corpus/x.json")
    assert why in str(error.value)


def test_a_broken_summary_is_not_looked_at():
    """Nothing is made of a summary: a merge that left it broken costs no recording."""
    interaction = CapturedInteraction(
        CapturedRequest("GET", "https://a/", [], b""), 200, [], {}, metadata={"a": 1}
    )
    told = document.dumps(interaction, summary={"prompt": "x"})
    assert document.loads(told.replace(b'"prompt": "x"', b"<<<<<<< ours"), "x") == interaction


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not JSON"),
        (b'{"request"', "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{\n<<<<<<< HEAD\n  "metadata": {}\n=======\n', "two branches recorded it"),
        (b"[]", "not a cassette"),
        (b'"x"', "not a cassette"),
        (b"{}", "'request' is missing"),
        (AGENTREC_02.replace(b"200", b'"ok"'), "not a cassette"),
        (AGENTREC_02.replace(b"200", b"7"), "no HTTP status"),
        (AGENTREC_02.replace(b"/w==", b"?"), "not a cassette"),
        (AGENTREC_02.replace(b'"POST"', b"7"), "request.method is no text"),
        (AGENTREC_02.replace(b'{"provider": "openai"}', b'{}, "metadata": {"ending": "odd"}'), "'odd'"),
    ],
)
def test_broken(data, why):
    """What is no cassette is refused by one error that names the file and the fault."""
    with pytest.raises(BrokenRecordingError, match=r"corpus/x\.json") as error:
        document.loads(data, "corpus/x.json")
    assert why in str(error.value)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_garbage(data):
    """Garbage is refused by that error and no other."""
    with pytest.raises(BrokenRecordingError):
        document.loads(data, "x")


@pytest.mark.parametrize(
    "pieces", [[], [b"a"], [b"data: ", "é".encode()[:1], "é".encode()[1:], b"\n\n"], [b"\xff", b"", b"b"]]
)
def test_in_one(pieces):
    """Read in one, a body is one chunk at the time of the last, whatever bytes it was split at."""
    chunks = [CapturedChunk(data, 0.5 * place) for place, data in enumerate(pieces)]
    request = CapturedRequest("POST", "https://a.example/", [], b"")
    data = document.dumps(CapturedInteraction(request, 200, [], {}, chunks, {}))
    found = document.loads(data, "f", in_one=True)
    last = [chunks[-1].timestamp_offset] if chunks else []
    assert [chunk.timestamp_offset for chunk in found.chunks] == last
    assert found.body == document.loads(data, "f").body == b"".join(pieces)


@pytest.mark.parametrize("chunk", ["text", 5, {}, {"data": 5}, {"data": "a", "timestamp_offset": "x"}])
def test_in_one_broken(chunk):
    """What is no chunk makes a file broken, read in one or not."""
    request = CapturedRequest("POST", "https://a.example/", [], b"")
    told = json.loads(document.dumps(CapturedInteraction(request, 200, [], {}, [], {})))
    told["chunks"] = [{"data": "a", "timestamp_offset": 0.5}, chunk]
    for in_one in (False, True):
        with pytest.raises(BrokenRecordingError):
            document.loads(json.dumps(told).encode(), "f", in_one=in_one)
