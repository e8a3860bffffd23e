"""What each dialect is told, what it isn't, and what is not asked at all."""

import json
from dataclasses import replace

import pytest
from providers.questions import MODELS, PIXEL, SCHEMA, read_back

from agentrec_auto.errors import UnsupportedRequestError
from agentrec_auto.providers import media, writing
from agentrec_auto.providers.conversation import (
    Media,
    Other,
    Question,
    Reasoning,
    Refusal,
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
from agentrec_auto.providers.writers.mistral import MistralWriter
from agentrec_auto.providers.writing import WRITERS, writer_for

IN_EACH = pytest.mark.parametrize("dialect", sorted(WRITERS))
HI = Turn("user", (Text("Hi"),))
WEATHER = Tool("weather", "Tells it", SCHEMA)
IMAGE = media.from_base64("image", "image/png", PIXEL)
PDF = media.from_base64("file", "application/pdf", "JVBERi0xLjQK", "a.pdf")


def asking(*turns, **more):
    return Question(None, turns or (HI,), **more)


def write(question, dialect, model="", **options):
    return writer_for(dialect).write(question, model or MODELS[dialect], stream=False, **options)


def refused(question, dialect, model="", **options):
    with pytest.raises(UnsupportedRequestError) as error:
        write(question, dialect, model, **options)
    return str(error.value)


def recorded(url, body):
    question = question_of(Call.made("POST", url, body))
    assert question is not None and question.source is not None
    return question


def openai(**body):
    whole = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hi"}], **body}
    return recorded("https://api.openai.com/v1/chat/completions", whole)


def claude(**body):
    whole = {"model": "claude-sonnet-4-5", "max_tokens": 50, "messages": [{"role": "user", "content": "Hi"}]}
    return recorded("https://api.anthropic.com/v1/messages", {**whole, **body})


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


# What comes over


CONVERSATION = asking(
    HI,
    Turn("assistant", (Reasoning("hm"), Text("I look."), ToolCall("weather", {"city": "Nice"}))),
    Turn("assistant", (ToolCall("weather", {"city": "Bonn"}),)),
    Turn("tool", (ToolResult(None, (Text("21"),), "weather"), ToolResult(None, (Text("9"),), "weather"))),
    system=("Be brief.", "Be kind."),
    tools=(WEATHER,),
)


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


# What a model refuses


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
        ("gemini-2.5-flash", "low", {"thinkingBudget": 2048}),
        ("gemini-2.5-flash", 0, {"thinkingBudget": 0}),
        ("gemini-3-pro-preview", 16000, {"thinkingLevel": "high"}),
        ("gemini-2.0-flash", "low", None),
    ],
)
def test_thinking_of_gemini(model, asked, told):
    """In tokens before Gemini 3, in a word since."""
    body = write(asking(sampling=Sampling(reasoning=asked)), "gemini", model).body
    assert body.get("generationConfig", {}).get("thinkingConfig") == told


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


# What can't be said


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


# What is left out


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


# In the dialect that it was recorded in


def test_own_dialect():
    """What nobody reads stays: only the model is another."""
    question = openai(x_new_knob={"on": True}, store=True, user="u", web_search_options={})
    written = write(question, "openai_chat", "gpt-4.1", host="api.openai.com")
    assert written.body == {**question.source.document, "model": "gpt-4.1"}
    assert written.notes == ()


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


# Streams


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
