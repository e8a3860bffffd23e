"""What can't be said and is not asked, and what is left out with a note."""

import json

import pytest
from providers.asked import HI, IN_EACH, WEATHER, asking, claude, openai, refused, write
from providers.questions import SCHEMA, read_back

from agentrec_auto.providers.conversation import (
    Media,
    Other,
    Refusal,
    ResponseFormat,
    Sampling,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    Turn,
)

UNSAID = {
    "kept conversation": (asking(continues="resp_1"), "continues a conversation kept at the provider"),
    "embedding": (asking(task="embedding"), "asks for embeddings, not for a chat"),
    "own tool": (
        asking(tools=(Tool("web_search", kind="web_search_20250305"),)),
        "the provider's own tool web_search_20250305 has no counterpart",
    ),
    "other part": (asking(Turn("user", (Other("search_result", {}),))), "the request holds search_result"),
    "uploaded file": (asking(Turn("user", (Media("file", url="file-1"),))), "an uploaded file (file-1)"),
    "unknown member": (asking(rest={"x_knob": 1}), "the request says 'x_knob'"),
    "web search": (asking(rest={"web_search_options": {}}), "the provider's own web search"),
    "begun answer": (asking(HI, Turn("assistant", (Text("It is"),))), "words put into the model's mouth"),
    "open call": (
        asking(HI, Turn("assistant", (ToolCall("f", {}, "1"),)), Turn("user", (Text("?"),))),
        "a call of the tool f has no result",
    ),
    "lost result": (asking(HI, Turn("tool", (ToolResult("1", (Text("?"),)),))), "answers no call"),
    "no user": (asking(Turn("system", (Text("?"),)), Turn("system", (Text("?"),))), ""),
    "video": (
        asking(Turn("user", (Media("video", "video/x-odd", data=None, url="gs://v"),))),
        "an uploaded video",
    ),
}


@IN_EACH
@pytest.mark.parametrize("kind", sorted(UNSAID))
def test_unsaid(dialect, kind):
    """It is not asked, and why is said."""
    question, why = UNSAID[kind]
    assert why in refused(question, dialect)


@pytest.mark.parametrize("dialect", ["anthropic", "bedrock_converse"])
def test_texts_of_white_space(dialect):
    """What models like to put before a call, and these APIs refuse, is left out with a note."""
    blank = Turn("assistant", (Text("\n\n"), ToolCall("weather", {"city": "Nice"}, "1")))
    result = Turn("tool", (ToolResult("1", (Text("21"),)),))
    written = write(asking(HI, blank, result, tools=(WEATHER,), system=(" ", "Be brief.")), dialect)
    assert len(written.body["messages"][1]["content"]) == 1
    assert written.body["system"] in ("Be brief.", [{"text": "Be brief."}])
    assert any(note.startswith("texts of white space left out: ") for note in written.notes)


def test_calls_of_tools_that_are_not_described():
    """Converse refuses a history with calls where no tools are described."""
    call = Turn("assistant", (ToolCall("weather", {"city": "Nice"}, "1"),))
    told = refused(asking(HI, call, Turn("tool", (ToolResult("1", (Text("21"),)),))), "bedrock_converse")
    assert told == "tools were called that the request doesn't describe, which Bedrock Converse refuses"


@pytest.mark.parametrize("dialect", ["anthropic", "gemini", "bedrock_converse"])
def test_system_amid_the_conversation(dialect):
    """Where there is no such thing, it isn't made something else."""
    told = refused(asking(HI, Turn("system", (Text("Now in French."),)), HI), dialect)
    assert told.startswith("a system message within the conversation has no counterpart in ")


@pytest.mark.parametrize(
    ("model", "more", "why"),
    [
        ("claude-opus-4-8", {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}, "prefill"),
        ("claude-3-5-haiku-latest", {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}}, "a schema"),
        ("claude-mythos-5-1", {"tools": [{"name": "f", "input_schema": {}}], "tool_choice": {"type": "any"}}, "a tool call"),
    ],
)  # fmt: skip
def test_refused_by_the_model(model, more, why):
    """A recorded body that the new model can't follow isn't sent to it."""
    assert why in refused(claude(**more), "anthropic", model)


def test_open_schema_at_anthropic():
    """An object of any members can't be demanded there: closed, it could only be empty."""
    for schema in ({"type": "object"}, {"type": "object", "properties": {}, "additionalProperties": True}):
        told = refused(asking(response_format=ResponseFormat("schema", schema)), "anthropic")
        assert "members of any name" in told


@pytest.mark.parametrize(("dialect", "model"), [("gemini", "gemini-2.5-flash"), ("cohere", "")])
def test_tools_and_schema(dialect, model):
    """Of tools and a form for the answer, these take one only."""
    question = asking(tools=(WEATHER,), response_format=ResponseFormat("schema", SCHEMA))
    assert "tools and a form for the answer" in refused(question, dialect, model)


@IN_EACH
def test_beside_the_point(dialect):
    """What the answer doesn't depend on is left out, in one line."""
    rest = {
        "user": "u",
        "metadata": {"a": 1},
        "store": True,
        "modalities": ["text"],
        "parallel_tool_calls": True,
    }
    assert write(asking(rest=rest), dialect).notes == (
        "left out, as the answer doesn't depend on it: metadata, store, user",
    )


@IN_EACH
def test_sampling_is_never_silent(dialect):
    """Every setting is sent, or a note names it."""
    sampling = Sampling(0.5, 0.5, 7, 9, ("a", "b", "c", "d", "e", "f"), 11, 2, 0.5, -0.5)
    written = write(asking(sampling=sampling), dialect)
    said = json.dumps(written.body) + "".join(written.notes)
    for value in ("0.5", "7", "9", "11", "n", "-0.5"):
        assert value in said
    back = read_back(dialect, written).sampling
    assert back.seed == 11 or any(note.startswith("seed 11 left out") for note in written.notes)
    assert back.stop == sampling.stop or any("stop" in note for note in written.notes)


def test_refusal_is_text():
    """What the model refused before is sent as text."""
    written = write(asking(HI, Turn("assistant", (Refusal("No."),)), HI), "anthropic")
    assert written.body["messages"][1] == {"role": "assistant", "content": "No."}
    assert written.notes == ("an earlier refusal is sent as text",)


def test_deep_within():
    """What is said only deep within a message is noted; a program's own words are none of ours."""
    document = {
        "type": "document",
        "source": {"type": "text", "data": "Nice: 21"},
        "citations": {"enabled": True},
    }
    tool = {"name": "f", "input_schema": {"type": "object", "properties": {"citations": {"type": "string"}}}}
    cited = claude(messages=[{"role": "user", "content": [document, {"type": "text", "text": "?"}]}])
    notes = write(cited, "gemini").notes
    assert notes == ("that documents are to be cited is left out: Gemini can't say it",)
    assert write(claude(tools=[tool]), "gemini").notes == ()


def test_one_call_at_a_time():
    """That tools are called one at a time is said in each API's words."""
    written = write(
        openai(tools=[{"type": "function", "function": {"name": "f"}}], parallel_tool_calls=False),
        "anthropic",
    )
    assert written.body["tool_choice"] == {"type": "auto", "disable_parallel_tool_use": True}
    question = claude(
        tools=[{"name": "f", "input_schema": {"type": "object"}}],
        tool_choice={"type": "any", "disable_parallel_tool_use": True},
    )
    assert write(question, "openai_chat").body["parallel_tool_calls"] is False
