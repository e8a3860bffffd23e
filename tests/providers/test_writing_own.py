"""A question in the dialect that it was recorded in, and streams."""

import json

import pytest
from providers.asked import asking, claude, openai, recorded, refused, write

from agentrec_auto.providers.writing import writer_for


def test_own_dialect():
    """What nobody reads stays: only the model is another."""
    question = openai(x_new_knob={"on": True}, store=True, user="u", web_search_options={})
    written = write(question, "openai_chat", "gpt-4.1", host="api.openai.com")
    assert written.body == {**question.source.document, "model": "gpt-4.1"}
    assert written.notes == ()


def test_nested_deeply():
    """A body deeper than can be copied is refused, not the end of the run."""
    deep: list = []
    for _ in range(5000):
        deep = [deep]
    question = openai()
    question.source.document["x_deep"] = deep
    assert refused(question, "openai_chat") == "the request is nested too deeply to be written again"


def test_own_dialect_is_not_changed_in_place():
    """The recorded body stays what it was."""
    question = claude(temperature=1, thinking={"type": "enabled", "budget_tokens": 1024}, max_tokens=2000)
    before = json.dumps(question.source.document)
    write(question, "anthropic", "claude-opus-4-8")
    assert json.dumps(question.source.document) == before


def test_another_provider_of_the_dialect():
    """Elsewhere, OpenAI's own words are left out, and the older ones said."""
    messages = [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "Hi"}]
    question = openai(messages=messages, store=True, max_completion_tokens=9)
    written = write(question, "openai_chat", "llama-3.3", host="api.groq.com")
    assert written.body["messages"][0]["role"] == "system"
    assert (written.body["max_tokens"], "store" in written.body) == (9, False)
    assert written.notes == ("left out, as the answer doesn't depend on it: store",)


def test_uploaded_file_stays_with_its_provider():
    """An uploaded file is asked about where it lies, and nowhere else."""
    content = [{"type": "file", "file": {"file_id": "file-1"}}]
    question = openai(messages=[{"role": "user", "content": content}])
    assert "file-1" in json.dumps(write(question, "openai_chat", "gpt-4.1", host="api.openai.com").body)
    told = refused(question, "openai_chat", "gpt-4.1", host="localhost")
    assert told == "the request shows an uploaded file (file-1) that only its provider has"


def test_thoughts_of_another_claude():
    """Thoughts are signed for one model: another isn't sent them, the same is."""
    thought = {"type": "thinking", "thinking": "hm", "signature": "s"}
    messages = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": [thought, {"type": "text", "text": "Ho"}]},
        {"role": "user", "content": "Hi"},
    ]
    question = claude(messages=messages)
    assert write(question, "anthropic", "claude-sonnet-4-5").body["messages"] == messages
    assert "signature" not in json.dumps(write(question, "anthropic").body)


def test_thoughts_of_another_gpt():
    """In Responses, items lose their ids with the thoughts before them, by which they would be looked for."""
    items = [
        {"role": "user", "content": "Hi"},
        {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"},
        {"type": "function_call", "id": "fc_1", "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "1"},
    ]
    question = recorded("https://api.openai.com/v1/responses", {"model": "o4-mini", "input": items})
    body = write(question, "openai_responses", "gpt-5-mini").body
    assert [item.get("type") for item in body["input"]] == [None, "function_call", "function_call_output"]
    assert "id" not in body["input"][1]


@pytest.mark.parametrize("name", ["previous_response_id", "conversation"])
def test_kept_at_openai(name):
    """What goes on from what OpenAI keeps is not asked, not even there: it may be gone, or have gone on."""
    question = recorded("https://api.openai.com/v1/responses", {"model": "m", "input": "Hi", name: "resp_1"})
    told = refused(question, "openai_responses", "gpt-4.1")
    assert told == "the request continues a conversation kept at OpenAI (previous_response_id)"


@pytest.mark.parametrize(
    ("dialect", "plain", "streamed"),
    [
        ("openai_chat", (None, "/chat/completions"), (True, "/chat/completions")),
        ("gemini", (None, "/models/m:generateContent"), (None, "/models/m:streamGenerateContent?alt=sse")),
        ("ollama", (False, "/api/chat"), (True, "/api/chat")),
        ("bedrock_converse", (None, "/model/m/converse"), (None, "/model/m/converse-stream")),
    ],
)
def test_streams(dialect, plain, streamed):
    """A stream is asked for in the body or in the path, and in neither where none is wanted."""
    writer = writer_for(dialect)
    for wanted, told in ((False, plain), (True, streamed)):
        written = writer.write(asking(), "m", stream=wanted)
        assert (written.body.get("stream"), written.path) == told


def test_streams_tell_their_usage():
    """Chat Completions tells the usage of a stream only where it is asked to."""
    written = writer_for("openai_chat").write(openai(), "gpt-4.1", stream=True)
    assert written.body["stream_options"] == {"include_usage": True}
    again = recorded("https://api.openai.com/v1/chat/completions", written.body)
    assert "stream_options" not in write(again, "openai_chat").body
