"""Questions of every kind, for properties of writers, and what is asked of each dialect in tests."""

from __future__ import annotations

from hypothesis import strategies as st

from agentrec_auto.providers import media
from agentrec_auto.providers.conversation import (
    Question,
    Reasoning,
    ResponseFormat,
    Sampling,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
)
from agentrec_auto.providers.dialect import Call
from agentrec_auto.providers.registry import question_of

MODELS = {
    "openai_chat": "gpt-4.1-mini",
    "openai_responses": "gpt-4.1-mini",
    "anthropic": "claude-haiku-4-5",
    "gemini": "gemini-2.0-flash",
    "mistral": "mistral-large-latest",
    "cohere": "command-a-03-2025",
    "ollama": "llama3.2",
    "bedrock_converse": "us.anthropic.claude-haiku-4-5-20251001-v1:0",
}
HOSTS = {"mistral": "api.mistral.ai"}
"""Where a dialect is told by its host, not by its path."""

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
    "additionalProperties": False,
}

words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12
).filter(str.strip)
names = st.sampled_from(["weather", "look_up", "t-3"])
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**50), 2**50) | st.floats(-1e6, 1e6) | words,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words, inner, max_size=2),
    max_leaves=4,
)
arguments = st.dictionaries(words, values, max_size=3)
images = st.sampled_from(
    [media.from_base64("image", "image/png", PIXEL), media.from_url("image", "https://x.example/a.png")]
)
tools = st.builds(Tool, names, st.none() | words, st.just(SCHEMA), strict=st.none() | st.booleans())
words_of_ids = st.text("abcXYZ019_-", min_size=1, max_size=45)


@st.composite
def exchanges(draw, ids):
    """The user says something; the model answers, or calls tools and is given what they say."""
    said = draw(st.lists(words.map(Text) | images, min_size=1, max_size=2))
    turns = [Turn("user", tuple(said))]
    thought = (Reasoning("hm"),) if draw(st.booleans()) else ()
    if not draw(st.booleans()):
        return [*turns, Turn("assistant", (*thought, Text(draw(words))))]
    calls = draw(st.lists(st.builds(ToolCall, names, arguments), min_size=1, max_size=3))
    given = [next(ids, None) for _ in calls]
    calls = [ToolCall(call.name, call.arguments, one) for call, one in zip(calls, given, strict=True)]
    results = [ToolResult(call.id, (Text(draw(words)),), call.name) for call in calls]
    turns += [Turn("assistant", (*thought, Text(draw(words)), *calls)), Turn("tool", tuple(results))]
    return [*turns, Turn("assistant", (Text(draw(words)),))] if draw(st.booleans()) else turns


@st.composite
def questions(draw):
    """A question that could be asked."""
    ids = iter(draw(st.just([]) | st.lists(words_of_ids, min_size=6, max_size=6, unique=True)))
    turns = [turn for exchange in draw(st.lists(exchanges(ids), max_size=2)) for turn in exchange]
    if not turns or turns[-1].role == "assistant" or draw(st.booleans()):
        turns.append(Turn("user", (Text(draw(words)),)))
    offered = tuple(draw(st.lists(tools, max_size=3, unique_by=lambda tool: tool.name)))
    choices = [st.none()]
    if offered:
        choices += [st.sampled_from([ToolChoice("auto"), ToolChoice("none"), ToolChoice("required")])]
        choices += [st.just(ToolChoice("named", offered[0].name))]
    form = st.none() | st.just(ResponseFormat("json")) | st.just(ResponseFormat("schema", SCHEMA, "trip"))
    return Question(
        model=None,
        turns=tuple(turns),
        system=tuple(draw(st.lists(words, max_size=2))),
        tools=offered,
        tool_choice=draw(st.one_of(*choices)),
        response_format=draw(form),
        sampling=draw(samplings),
    )


samplings = st.builds(
    Sampling,
    temperature=st.none() | st.floats(0, 2).map(lambda one: round(one, 2)),
    top_p=st.none() | st.sampled_from([0.1, 0.5, 1]),
    top_k=st.none() | st.integers(1, 100),
    max_tokens=st.none() | st.integers(1, 4096),
    stop=st.lists(words, max_size=6, unique=True).map(tuple),
    seed=st.none() | st.integers(0, 2**31 - 1),
    n=st.none() | st.integers(1, 3),
    frequency_penalty=st.none() | st.sampled_from([0, 0.5]),
    presence_penalty=st.none() | st.sampled_from([0, -0.5]),
    reasoning=st.none() | st.sampled_from(["low", "high", 0, 2048, -1]),
)


def read_back(dialect, written):
    """The question that a written body asks, read by its dialect."""
    host = HOSTS.get(dialect, "x.example")
    question = question_of(Call.made("POST", f"https://{host}{written.path}", written.body))
    assert question is not None and question.source is not None
    assert question.source.dialect == dialect
    return question
