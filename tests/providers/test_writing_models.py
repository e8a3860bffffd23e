"""What single models refuse, and what they are asked instead."""

from dataclasses import replace

import pytest
from providers.asked import CONVERSATION, WEATHER, asking, openai, recorded, write

from agentrec_auto.providers.conversation import ResponseFormat, Sampling, ToolChoice


@pytest.mark.parametrize(
    ("model", "sent"),
    [
        ("claude-haiku-4-5", {"temperature": 1}),
        ("claude-opus-4-8", {}),
        ("claude-fable-5-2", {}),
        ("claude-3-5-haiku-latest", {"temperature": 1, "top_p": 0.9}),
    ],
)
def test_temperatures_of_claude(model, sent):
    """Claude's end at 1, most take one sampler, and the newest none; each with a note."""
    written = write(openai(temperature=1.4, top_p=0.9), "anthropic", model)
    assert {name: written.body[name] for name in ("temperature", "top_p") if name in written.body} == sent
    assert any(note.startswith("temperature 1.4 lowered to 1") for note in written.notes)
    assert any("left out" in note for note in written.notes) is (len(sent) < 2)


@pytest.mark.parametrize("model", ["o4-mini", "gpt-5-mini", "openai/gpt-5", "gpt-6-astra"])
def test_models_that_reason(model):
    """They take no temperature and no stop, and call the limit of tokens otherwise."""
    body = write(
        openai(temperature=0, max_tokens=9, stop=["x"], logit_bias={"1": 1}), "openai_chat", model
    ).body
    assert not {"temperature", "max_tokens", "stop", "logit_bias"} & body.keys()
    assert body["max_completion_tokens"] == 9


@pytest.mark.parametrize("model", ["gpt-4.1", "gpt-5.2", "gpt-5-chat-latest", "llama-3", "gpt-oss-120b"])
def test_models_that_do_not(model):
    """Others are asked as they were."""
    assert write(openai(temperature=0, max_tokens=9), "openai_chat", model).body["temperature"] == 0


@pytest.mark.parametrize(
    ("model", "asked", "told"),
    [
        ("claude-haiku-4-5", "high", {"thinking": {"type": "enabled", "budget_tokens": 16384}}),
        ("claude-opus-4-8", "high", {"thinking": {"type": "adaptive"}, "output_config": {"effort": "high"}}),
        ("claude-opus-4-8", 2048, {"thinking": {"type": "adaptive"}, "output_config": {"effort": "low"}}),
        ("claude-3-5-haiku-latest", "high", {}),
        ("claude-haiku-4-5", "none", {}),
    ],
)
def test_thinking_of_claude(model, asked, told):
    """Effort becomes a budget or the other way round; the limit of tokens has room for it."""
    written = write(asking(sampling=Sampling(reasoning=asked, max_tokens=50)), "anthropic", model)
    assert {name: written.body.get(name) for name in told} == told
    assert ("thinking" in written.body) is bool(told)
    budget = written.body.get("thinking", {}).get("budget_tokens", 0)
    assert written.body["max_tokens"] > budget


@pytest.mark.parametrize(
    ("model", "asked", "told"),
    [
        ("o3", "minimal", "low"),
        ("o4-mini", "max", "high"),
        ("gpt-5-mini", "xhigh", "high"),
        ("gpt-5-mini", "none", "minimal"),
        ("gpt-5-codex", "minimal", "low"),
        ("gpt-5-pro", "low", "high"),
        ("gpt-5.1", "minimal", "low"),
        ("gpt-5.1-codex-max", "max", "xhigh"),
        ("gpt-5.2", "max", "xhigh"),
        ("gpt-5.2-chat-latest", "none", "medium"),
        ("gpt-5.6-sol", "max", "max"),
        ("gpt-5.6-sol", "none", "none"),
    ],
)
@pytest.mark.parametrize("dialect", ["openai_chat", "openai_responses"])
def test_efforts_of_openai(model, asked, told, dialect):
    """Each model has words of its own and refuses the others; the nearest is asked for, with a note."""
    written = write(asking(sampling=Sampling(reasoning=asked)), dialect, model)
    said = written.body.get("reasoning_effort") or written.body["reasoning"]["effort"]
    assert said == told
    noted = f"reasoning effort {asked!r} asked for as {told!r}, the nearest there is" in written.notes
    assert noted is (asked != told)


@pytest.mark.parametrize("model", ["claude-haiku-4-5", "claude-opus-4-6"])
def test_no_claude_thinks_where_it_must_call(model):
    """Thinking, by a budget or adaptive, and a demanded call are refused together: the call is the point."""
    forced = asking(tools=(WEATHER,), tool_choice=ToolChoice("required"), sampling=Sampling(reasoning="high"))
    written = write(forced, "anthropic", model)
    assert "thinking" not in written.body and written.body["tool_choice"] == {"type": "any"}
    assert "thinking left out: a Claude that thinks can't be made to call a tool" in written.notes


@pytest.mark.parametrize(
    ("model", "asked", "told"),
    [
        ("gemini-2.5-flash", "low", {"thinkingBudget": 2048}),
        ("gemini-2.5-flash", 0, {"thinkingBudget": 0}),
        ("gemini-3-pro-preview", 16000, {"thinkingLevel": "high"}),
        ("gemini-3-pro-preview", "none", {"thinkingLevel": "low"}),
        ("gemini-3.1-pro-preview", "medium", {"thinkingLevel": "medium"}),
        ("gemini-3-flash-preview", 0, {"thinkingLevel": "minimal"}),
        ("gemini-2.5-pro", "none", {"thinkingBudget": 128}),
        ("gemini-2.5-flash", "max", {"thinkingBudget": 24576}),
        ("gemini-2.5-flash-lite", 100, {"thinkingBudget": 512}),
        ("gemini-2.5-pro", -1, {"thinkingBudget": -1}),
        ("gemini-2.0-flash", "low", None),
    ],
)
def test_thinking_of_gemini(model, asked, told):
    """In tokens before Gemini 3, in a word since, each within what the model takes."""
    written = write(asking(sampling=Sampling(reasoning=asked)), "gemini", model)
    assert written.body.get("generationConfig", {}).get("thinkingConfig") == told
    noted = any(note.startswith("reasoning ") for note in written.notes)
    assert noted is (told is None or asked not in told.values())


def test_thinking_of_gemini_asked_in_its_own_dialect():
    """What a Flash was asked is brought to what a Pro takes: thinking can't be turned off there."""
    document = {
        "contents": [{"role": "user", "parts": [{"text": "Hi"}]}],
        "generationConfig": {"thinkingConfig": {"thinkingBudget": 0, "includeThoughts": False}},
    }
    written = write(
        recorded("https://g.example/v1beta/models/gemini-2.5-flash:generateContent", document),
        "gemini",
        "gemini-2.5-pro",
    )
    told = {"includeThoughts": False, "thinkingBudget": 128}
    assert written.body["generationConfig"]["thinkingConfig"] == told
    assert "reasoning 0 asked for as 128 tokens, the nearest there is" in written.notes


@pytest.mark.parametrize(("model", "signed"), [("gemini-3-pro-preview", True), ("gemini-2.5-pro", False)])
def test_signatures_of_gemini(model, signed):
    """Gemini 3 refuses the call of another without the word for it; one a content is enough."""
    parts = write(CONVERSATION, "gemini", model).body["contents"][1]["parts"]
    assert ["thoughtSignature" in part for part in parts] == [False, signed, False]


def test_thinking_within_a_tool_loop():
    """A Claude that thinks wants its own thoughts before the calls answered: without them it doesn't think."""
    written = write(replace(CONVERSATION, sampling=Sampling(reasoning="high")), "anthropic")
    assert "thinking" not in written.body
    assert "thinking left out: Claude wants its own thoughts before the calls answered here" in written.notes


def test_schema_of_claude():
    """Objects are closed, bounds are told in words: Anthropic's structured outputs take neither otherwise."""
    schema = {
        "type": "object",
        "properties": {"days": {"type": "integer", "minimum": 1}},
        "required": ["days"],
    }
    written = write(asking(response_format=ResponseFormat("schema", schema)), "anthropic")
    told = written.body["output_config"]["format"]["schema"]
    assert told["additionalProperties"] is False
    assert told["properties"]["days"] == {"type": "integer", "description": "{minimum: 1}"}
    assert len(written.notes) == 2
    assert schema["properties"]["days"] == {"type": "integer", "minimum": 1}
