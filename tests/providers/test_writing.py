"""What comes over from one dialect to another."""

import json
from dataclasses import replace

import pytest
from providers.asked import CONVERSATION, HI, IMAGE, IN_EACH, PDF, WEATHER, asking, recorded, write
from providers.questions import PIXEL, SCHEMA, read_back

from agentrec_auto.providers import writing
from agentrec_auto.providers.conversation import (
    Media,
    ResponseFormat,
    Text,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
)
from agentrec_auto.providers.writers.mistral import MistralWriter
from agentrec_auto.providers.writing import writer_for


def test_nobody_writes():
    """A dialect that nobody writes is said so, with those that somebody does."""
    with pytest.raises(LookupError, match="nobody writes the dialect 'klingon': expected anthropic, "):
        writer_for("klingon")


def test_installed_writer(monkeypatch):
    """An installed package's writer is found under its dialect's name, before ours."""

    class Entry:
        def load(self):
            return type("Mine", (MistralWriter,), {"title": "Mine"})

    monkeypatch.setattr(writing, "_installed", lambda: {"mine": Entry(), "mistral": Entry()})
    writing._writer.cache_clear()
    try:
        assert writer_for("mine").title == writer_for("mistral").title == "Mine"
    finally:
        writing._writer.cache_clear()


@IN_EACH
def test_tools_come_over(dialect):
    """Calls without ids get some, and each result the one of its call, in order."""
    back = read_back(dialect, write(CONVERSATION, dialect))
    calls = [part for turn in back.turns for part in turn.parts if isinstance(part, ToolCall)]
    results = [part for turn in back.turns for part in turn.parts if isinstance(part, ToolResult)]
    assert [(call.name, call.arguments["city"]) for call in calls] == [
        ("weather", "Nice"),
        ("weather", "Bonn"),
    ]
    assert [result.parts for result in results] == [(Text("21"),), (Text("9"),)]
    assert [result.call_id for result in results] == [call.id for call in calls]
    if dialect != "ollama":  # has no ids
        assert len({call.id for call in calls}) == 2 and None not in {call.id for call in calls}


@IN_EACH
def test_thoughts_are_left_out(dialect):
    """What the other model thought is not sent, and that is noted."""
    written = write(CONVERSATION, dialect)
    assert "hm" not in json.dumps(written.body)
    assert "what the other model thought before is left out: it can't be sent to another" in written.notes


@IN_EACH
def test_system_texts(dialect):
    """All that the model is told beforehand comes over."""
    assert "\n\n".join(read_back(dialect, write(CONVERSATION, dialect)).system) == "Be brief.\n\nBe kind."


def test_results_follow_the_calls():
    """Anthropic wants results in the user's turn right after, in front of what the user says."""
    turns = (*CONVERSATION.turns, Turn("user", (Text("And?"),)))
    messages = write(replace(CONVERSATION, turns=turns), "anthropic").body["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant", "user"]
    kinds = [block["type"] for block in messages[-1]["content"]]
    assert kinds == ["tool_result", "tool_result", "text"]


def test_calls_of_one_turn_are_one_message():
    """Chat Completions wants all calls that are answered together in one message."""
    messages = write(CONVERSATION, "openai_chat").body["messages"]
    assert [message["role"] for message in messages] == ["system", "user", "assistant", "tool", "tool"]
    assert len(messages[2]["tool_calls"]) == 2


@pytest.mark.parametrize(
    ("dialect", "taken"), [("openai_chat", "call_ABC-1"), ("mistral", "call00001"), ("gemini", "call_ABC-1")]
)
def test_ids_that_fit_stay(dialect, taken):
    """An id that the API takes is kept; Mistral's have nine letters and digits."""
    turns = (
        HI,
        Turn("assistant", (ToolCall("f", {}, "call_ABC-1"),)),
        Turn("tool", (ToolResult("call_ABC-1", (Text("1"),)),)),
    )
    assert taken in json.dumps(write(asking(*turns), dialect).body)


@pytest.mark.parametrize("dialect", ["openai_chat", "openai_responses", "anthropic", "gemini", "mistral"])
@pytest.mark.parametrize(
    "choice",
    [ToolChoice("none"), ToolChoice("required"), ToolChoice("named", "weather")],
    ids=lambda one: one.mode,
)
def test_tool_choice(dialect, choice):
    """Whether a tool may, must or may not be called comes over."""
    back = read_back(dialect, write(asking(tools=(WEATHER,), tool_choice=choice), dialect))
    assert back.tool_choice == choice


@pytest.mark.parametrize(
    "dialect", ["openai_chat", "openai_responses", "anthropic", "gemini", "mistral", "cohere", "ollama"]
)
def test_schema_of_the_answer(dialect):
    """A schema is asked for by the API's own means."""
    back = read_back(
        dialect, write(asking(response_format=ResponseFormat("schema", SCHEMA, "trip")), dialect)
    )
    assert back.response_format is not None and back.response_format.schema == SCHEMA


@IN_EACH
def test_image(dialect):
    """An image comes over byte for byte."""
    back = read_back(dialect, write(asking(Turn("user", (Text("What?"), IMAGE))), dialect))
    [image] = [part for part in back.turns[0].parts if isinstance(part, Media)]
    assert (image.digest, image.data) == (IMAGE.digest, PIXEL)


@pytest.mark.parametrize(
    "dialect", ["openai_chat", "openai_responses", "anthropic", "gemini", "bedrock_converse"]
)
def test_file(dialect):
    """So does a PDF where both sides take it."""
    back = read_back(dialect, write(asking(Turn("user", (Text("What?"), PDF))), dialect))
    [file] = [part for part in back.turns[0].parts if isinstance(part, Media)]
    assert (file.kind, file.digest) == ("file", PDF.digest)


def test_strictness_is_said():
    """A function without strictness is made strict in Responses, not in Chat Completions: so it is said."""
    assert write(asking(tools=(WEATHER,)), "openai_responses").body["tools"][0]["strict"] is False
    assert "strict" not in write(asking(tools=(WEATHER,)), "openai_chat").body["tools"][0]["function"]


@pytest.mark.parametrize("dialect", ["openai_chat", "openai_responses"])
def test_json_mode_without_the_word(dialect):
    """OpenAI's JSON mode is refused where no message speaks of JSON: any object's schema is asked for."""
    written = write(asking(response_format=ResponseFormat("json")), dialect)
    assert '{"type": "object"}' in json.dumps(written.body)
    assert "JSON mode asked for as any object's schema" in written.notes[0]
    said = asking(Turn("user", (Text("In JSON"),)), response_format=ResponseFormat("json"))
    assert "json_object" in json.dumps(write(said, dialect).body)


@pytest.mark.parametrize("dialect", ["anthropic", "openai_responses", "mistral"])
def test_what_gemini_lets_be_null_may_be_null_elsewhere(dialect):
    """OpenAPI's ``nullable`` becomes a type, and its order of members goes; a member of that name stays."""
    schema = {
        "type": "OBJECT",
        "properties": {
            "city": {"type": "STRING", "nullable": True},
            "nullable": {"anyOf": [{"type": "INTEGER"}, {"type": "STRING"}], "nullable": True},
        },
        "required": ["city", "nullable"],
        "propertyOrdering": ["city", "nullable"],
    }
    body = {
        "contents": [{"role": "user", "parts": [{"text": "Hi"}]}],
        "generationConfig": {"responseMimeType": "application/json", "responseSchema": schema},
    }
    asked = recorded("https://g.example/v1beta/models/gemini-2.5-flash:generateContent", body)
    written = write(asked, dialect)
    told = json.dumps(written.body)
    assert '{"type": ["string", "null"]}' in told
    assert '"nullable": {"anyOf": [{"type": "integer"}, {"type": "string"}, {"type": "null"}]}' in told
    assert "ropertyOrdering" not in told
