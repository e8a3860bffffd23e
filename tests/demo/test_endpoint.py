"""The demo's endpoint under the real SDKs."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import anthropic
import httpx
import openai
import pytest

from agentrec_auto.demo.endpoint import Endpoint

ASKED = [{"role": "user", "content": "two words"}]


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with Endpoint(lambda question: f"You said {question}.", first_token_s=0, token_s=0) as started:
        yield started


@pytest.fixture
def ai(endpoint: Endpoint) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=endpoint.openai_url, api_key="any", max_retries=0) as client:
        yield client


@pytest.fixture
def claude(endpoint: Endpoint) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=endpoint.url, api_key="any", max_retries=0) as client:
        yield client


def test_chat(ai: openai.OpenAI) -> None:
    """A chat completion, with usage."""
    done = ai.chat.completions.create(model="gpt-x", messages=ASKED)
    assert (done.model, done.choices[0].message.content) == ("gpt-x", "You said two words.")
    assert (done.usage.prompt_tokens, done.usage.completion_tokens) == (2, 4)


def test_chat_stream(ai: openai.OpenAI) -> None:
    """A streamed one: a chunk a word, first the role, last the reason."""
    got = list(ai.chat.completions.create(model="gpt-x", messages=ASKED, stream=True))
    assert [chunk.choices[0].delta.content for chunk in got] == ["", "You", " said", " two", " words.", None]
    assert got[-1].choices[0].finish_reason == "stop"


def test_chat_stream_usage(ai: openai.OpenAI) -> None:
    """With ``include_usage`` the last chunk counts."""
    options = {"include_usage": True}
    *_, last = ai.chat.completions.create(model="m", messages=ASKED, stream=True, stream_options=options)
    assert last.usage.total_tokens == 6


def test_messages(claude: anthropic.Anthropic) -> None:
    """A message, with usage; content may come in parts."""
    parts = [{"role": "user", "content": [{"type": "text", "text": "two words"}]}]
    done = claude.messages.create(model="claude-x", max_tokens=9, messages=parts)
    assert (done.content[0].text, done.stop_reason) == ("You said two words.", "end_turn")
    assert done.usage.output_tokens == 4


def test_messages_stream(claude: anthropic.Anthropic) -> None:
    """A streamed one: a delta a word, and a final message."""
    with claude.messages.stream(model="claude-x", max_tokens=9, messages=ASKED) as stream:
        assert list(stream.text_stream) == ["You", " said", " two", " words."]
        assert stream.get_final_message().usage.output_tokens == 4


def test_pace() -> None:
    """A stream's first words are there long before its last."""
    with Endpoint(lambda question: "one two three four", first_token_s=0, token_s=0.05) as endpoint:
        client = openai.OpenAI(base_url=endpoint.openai_url, api_key="any")
        stream = client.chat.completions.create(model="m", messages=ASKED, stream=True)
        arrived = [time.monotonic() for _ in stream]
        assert arrived[-1] - arrived[0] >= 0.1  # buffered, they would come at once; the first may be late
        stream.close()
        client.chat.completions.create(model="m", messages=ASKED)  # by the same connection: the first is over
        assert endpoint.busy_s >= 0.2


@pytest.mark.parametrize(
    "body", [b"nonsense", b"[]", b"{}", b'{"messages":[]}', b'{"messages":[{"content":1}]}']
)
def test_bad_question(endpoint: Endpoint, body: bytes) -> None:
    """What isn't a conversation is a 400 in words."""
    response = httpx.post(endpoint.openai_url + "/chat/completions", content=body)
    assert (response.status_code, "not a conversation" in response.text) == (400, True)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_unknown_path(endpoint: Endpoint, method: str) -> None:
    """A path it doesn't speak is a 404 that says so."""
    response = httpx.request(method, endpoint.url + "/v1/nothing")
    assert (response.status_code, "no such path" in response.text) == (404, True)


def test_stop(endpoint: Endpoint) -> None:
    """After stop nothing listens, even where a client's connection is open."""
    with socket.create_connection(("127.0.0.1", endpoint.port)):
        endpoint.stop()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", endpoint.port))
