"""What code written for the ``agentrec`` library (0.2) finds here: names, forms and behaviour."""

import dataclasses
import inspect

import pytest
from providers.reads import exchange
from providers.spoken import ANTHROPIC, GEMINI, OPENAI_CHAT, OPENAI_RESPONSES
from providers.spoken.said import interaction

from agentrec_auto import providers
from agentrec_auto.providers import (
    AnthropicAdapter,
    Conversation,
    DecodedResponse,
    DecodeError,
    MissingAPIKeyError,
    OpenAIAdapter,
    ProviderAdapter,
    UnsupportedRequestError,
    adapter_for_host,
    adapter_for_model,
    adapter_for_provider,
    adapters,
    adapting,
    build_summary,
    conversation_of,
    decode_interaction,
    format_conversation,
    register,
    registry,
)

OPENAI, CLAUDE = OpenAIAdapter(), AnthropicAdapter()
EITHER = pytest.mark.parametrize("adapter", [OPENAI, CLAUDE], ids=lambda adapter: adapter.name)


def said(*texts):
    roles = ("user", "assistant")
    return [{"role": roles[at % 2], "content": text} for at, text in enumerate(texts)]


def test_names():
    """Every public name is there, also by ``from … import *``."""
    names = {}
    exec("from agentrec_auto.providers import *", names)
    assert {*providers.__all__} <= names.keys()


def test_conversation():
    """Empty by default, and its list is its own."""
    assert Conversation() == Conversation(system=None, messages=[], temperature=None, max_tokens=None)
    Conversation().messages.append({})
    assert Conversation().messages == []


def test_decoded_response():
    """Frozen, with these defaults."""
    told = DecodedResponse("openai", None, "x")
    assert (told.finish_reason, told.usage, told.streamed) == (None, None, False)
    with pytest.raises(dataclasses.FrozenInstanceError):
        told.text = "y"


@EITHER
def test_extract(adapter):
    """System, turns, temperature and limit."""
    body = {"messages": said("a", "b", "c"), "temperature": 0, "max_tokens": 9}
    assert adapter.extract_conversation(body) == Conversation(None, said("a", "b", "c"), 0, 9)


def test_extract_openai():
    """Instructions in front are lifted, joined by a blank line; text parts are joined; either limit counts."""
    body = {
        "messages": [
            {"role": "system", "content": "s"},
            {"role": "developer", "content": [{"type": "text", "text": "d"}]},
            {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
        ],
        "max_completion_tokens": 5,
    }
    assert OPENAI.extract_conversation(body) == Conversation("s\n\nd", said("ab"), None, 5)


def test_extract_anthropic():
    """The system's blocks are joined as they are."""
    body = {"system": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "messages": said("x")}
    assert CLAUDE.extract_conversation(body).system == "ab"


HI = said("Hi")
IMAGE = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://a/b"}}]}


@pytest.mark.parametrize(
    "more",
    [
        {"tools": [{}]},
        {"tool_choice": "auto"},
        {"functions": [{}]},
        {"function_call": "auto"},
        {"response_format": {"type": "text"}},
        {"n": 2},
        {"messages": []},
        {"messages": "x"},
        {"messages": [{"role": "system", "content": "x"}]},
        {"messages": [*HI, {"role": "system", "content": "x"}]},
        {"messages": [{"role": "bot", "content": "x"}]},
        {"messages": [{"role": "tool", "content": "x"}]},
        {"messages": [{"role": "function", "name": "f", "content": "x"}]},
        {"messages": [{"role": "user", "content": None}]},
        {"messages": [{"role": "assistant", "content": None, "tool_calls": [{"function": {}}]}]},
        {"messages": [IMAGE]},
    ],
    ids=str,
)
def test_unsupported(more):
    """What plain texts don't say is refused."""
    with pytest.raises(UnsupportedRequestError):
        OPENAI.extract_conversation({"model": "m", "messages": HI, **more})


@pytest.mark.parametrize(
    "more", [{"n": 1}, {"n": None}, {"tools": []}, {"stop": ["x"]}, {"seed": 1}, {"user": "u"}], ids=str
)
def test_supported(more):
    """What doesn't change the texts isn't."""
    assert OPENAI.extract_conversation({"messages": HI, **more}).messages == HI


@pytest.mark.parametrize(
    "block", [{"type": "tool_use", "name": "f"}, {"type": "tool_result"}, {"type": "image"}, {"type": "x"}]
)
def test_unsupported_anthropic(block):
    """Blocks that are no text."""
    with pytest.raises(UnsupportedRequestError):
        CLAUDE.extract_conversation({"messages": [{"role": "user", "content": [block]}]})


@pytest.mark.parametrize("body", [None, [], "x", {}])
@EITHER
def test_no_body(adapter, body):
    """A body that is none."""
    with pytest.raises(UnsupportedRequestError):
        adapter.extract_conversation(body)


def test_build_openai(monkeypatch):
    """URL, headers, and a body with only what is set."""
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    url, headers, body = OPENAI.build_request(Conversation("s", HI, 0.5, 9), "gpt-4o")
    assert url == "https://api.openai.com/v1/chat/completions"
    assert headers == {"Authorization": "Bearer k", "Content-Type": "application/json"}
    messages = [{"role": "system", "content": "s"}, *HI]
    assert body == {"model": "gpt-4o", "messages": messages, "max_tokens": 9, "temperature": 0.5}
    assert OPENAI.build_request(Conversation(None, HI), "m")[2] == {"model": "m", "messages": HI}


def test_build_anthropic(monkeypatch):
    """The limit is always sent."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    url, headers, body = CLAUDE.build_request(Conversation("s", HI, 0.5), "claude-x", max_tokens_default=7)
    assert url == "https://api.anthropic.com/v1/messages"
    assert headers == {
        "x-api-key": "k",
        "anthropic-version": "2023-06-01",
        "Content-Type": "application/json",
    }
    assert body == {"model": "claude-x", "max_tokens": 7, "messages": HI, "system": "s", "temperature": 0.5}
    assert CLAUDE.build_request(Conversation(None, HI), "m")[2] == {
        "model": "m",
        "max_tokens": 4096,
        "messages": HI,
    }


@EITHER
def test_no_key(adapter, monkeypatch):
    """The missing variable is named."""
    monkeypatch.delenv(adapter.api_key_env, raising=False)
    with pytest.raises(MissingAPIKeyError, match=adapter.api_key_env):
        adapter.build_request(Conversation(None, HI), "m")


def test_signatures():
    """Keyword-only where it was."""
    assert str(inspect.signature(OPENAI.decode_response)).startswith("(payload: 'bytes', *, is_sse: 'bool')")
    assert "*, max_tokens_default: 'int' = 4096" in str(inspect.signature(CLAUDE.build_request))


@pytest.mark.parametrize("spoken", [OPENAI_CHAT, ANTHROPIC], ids=lambda spoken: spoken.name)
@pytest.mark.parametrize("streamed", [False, True])
def test_decode(spoken, streamed):
    """Text, model, the provider's own reason and count."""
    told = decode_interaction(interaction(spoken, streamed=streamed))
    reason = "stop" if spoken is OPENAI_CHAT else "end_turn"
    assert (told.provider, told.model, told.text, told.finish_reason, told.streamed) == (
        spoken.name.removesuffix("_chat"), "m", "Sunny ☀.", reason, streamed,
    )  # fmt: skip
    assert told.usage["completion_tokens" if spoken is OPENAI_CHAT else "output_tokens"] == 4


@pytest.mark.parametrize(
    ("payload", "is_sse"),
    [
        (b"nope", False),
        (b"\xff", False),
        (b"[]", False),
        (b"{}", False),
        (b'{"choices": []}', False),
        (b'{"error": {"message": "x"}}', False),
        (b"", True),
        (b"data: [DONE]\n\n", True),
        (b"data: {bad\n\n", True),
    ],
)
@EITHER
def test_undecodable(adapter, payload, is_sse):
    """No choices, no chunks, a malformed frame: one error, which names the adapter."""
    with pytest.raises(DecodeError, match=adapter.name):
        adapter.decode_response(payload, is_sse=is_sse)


@pytest.mark.parametrize("status", [201, 400, 500])
def test_only_200(status):
    """Only an answer of status 200 is decoded."""
    told = exchange(OPENAI_CHAT.url, OPENAI_CHAT.ask, OPENAI_CHAT.answer, status=status)
    with pytest.raises(DecodeError, match=str(status)):
        decode_interaction(told)


@pytest.mark.parametrize("spoken", [OPENAI_RESPONSES, GEMINI], ids=lambda spoken: spoken.name)
def test_decode_more(spoken):
    """What 0.2 couldn't read is read too."""
    assert decode_interaction(interaction(spoken)).text == "Sunny ☀."
    assert conversation_of(interaction(spoken)).messages == said("Weather in Nice?")


def test_provider_by_metadata():
    """The metadata's provider counts before the host."""
    told = exchange("https://gateway/x", OPENAI_CHAT.ask, OPENAI_CHAT.answer)
    told.metadata["provider"] = "OpenAI"
    assert decode_interaction(told).provider == "openai"


def test_nobody():
    """An interaction that nobody reads."""
    told = exchange("https://x/y", {"a": 1}, {"b": 2})
    for read in (decode_interaction, conversation_of):
        with pytest.raises(DecodeError):
            read(told)
    assert build_summary(told) == {}


def test_request_not_json():
    """A request that is no JSON is unsupported; its answer is decoded all the same."""
    told = exchange(OPENAI_CHAT.url, b"xx", OPENAI_CHAT.answer)
    with pytest.raises(UnsupportedRequestError):
        conversation_of(told)
    assert decode_interaction(told).text == "Sunny ☀."


@pytest.mark.parametrize(
    ("conversation", "told"),
    [
        (Conversation(None, said("a")), "a"),
        (Conversation("s", said("a")), "[system] s\n\n[user] a"),
        (Conversation(None, said("a", "b")), "[user] a\n\n[assistant] b"),
        (Conversation(), ""),
    ],
)
def test_format(conversation, told):
    """A lone message of the user bare, else each under its role."""
    assert format_conversation(conversation) == told


def test_lookups():
    """By name in any case, by the model's beginning, by part of the host."""
    assert [adapter.name for adapter in adapters()[:2]] == ["openai", "anthropic"]
    assert adapter_for_provider("OpenAI").name == "openai"
    assert adapter_for_model("claude-3").name == "anthropic"
    assert {adapter_for_model(model).name for model in ("gpt-4", "chatgpt-4o", "o1", "o3-mini", "o4")} == {
        "openai"
    }
    assert adapter_for_host("x.openai.azure.com").name == "openai"
    assert adapter_for_host("example.org") is None
    with pytest.raises(LookupError, match="openai, anthropic"):
        adapter_for_provider("x")
    with pytest.raises(LookupError):
        adapter_for_model("x")


class ShoutAdapter(ProviderAdapter):
    name = "shout"
    host_patterns = ("shout.example",)
    model_patterns = ("shout-", "gpt-")
    api_key_env = "SHOUT_KEY"

    def extract_conversation(self, body):
        return Conversation(None, [{"role": "user", "content": body["loud"]}])

    def build_request(self, conversation, model, *, max_tokens_default=4096):
        return "", {}, {}

    def decode_response(self, payload, *, is_sse):
        return DecodedResponse("shout", "shout-1", payload.decode().lower())


@pytest.fixture
def shout(monkeypatch):
    monkeypatch.setattr(adapting, "_adapters", [*adapting._adapters])
    monkeypatch.setattr(registry, "_added", [*registry._added])
    adapter = ShoutAdapter()
    register(adapter)
    return adapter


def test_register(shout):
    """An adapter of one's own reads its hosts, for the library and for everything else; the first registered wins."""
    told = exchange("https://shout.example/say", {"loud": "HI"}, b"HO")
    assert adapter_for_model("shout-1") is shout
    assert adapter_for_model("gpt-4").name == "openai"
    assert decode_interaction(told) == DecodedResponse("shout", "shout-1", "ho")
    assert conversation_of(told).messages == said("HI")
    summary = build_summary(told)
    assert (summary["prompt"], summary["response"]) == ("HI", "ho")
