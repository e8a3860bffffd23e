"""Every dialect reads the same conversation out of its own bytes."""

import json
from dataclasses import replace

import pytest
from providers.spoken import BEDROCK_CONVERSE, GEMINI, SPOKEN
from providers.spoken.said import ANSWER, ARGUMENTS, IMAGE, SCHEMA, interaction

from agentrec_auto.capture import CapturedChunk
from agentrec_auto.providers.conversation import (
    Answer,
    Media,
    Question,
    Text,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
    Usage,
)
from agentrec_auto.providers.registry import read

IN_EACH = pytest.mark.parametrize("spoken", SPOKEN, ids=lambda spoken: spoken.name)
STREAMED = pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])


def having(part):
    """The dialects that have such a thing."""
    those = [spoken for spoken in SPOKEN if getattr(spoken, part) is not None]
    return pytest.mark.parametrize("spoken", those, ids=lambda spoken: spoken.name)


def asked(*args, **options) -> Question:
    reading = read(interaction(*args, **options))
    assert reading.question is not None, reading.why
    return reading.question


def answered(*args, **options) -> Answer:
    reading = read(interaction(*args, **options))
    assert reading.answer is not None, reading.why
    return reading.answer


@IN_EACH
def test_is_recognised(spoken):
    """A dialect reads its own requests, and says nothing against them."""
    reading = read(interaction(spoken))
    assert (reading.dialect, reading.why) == (spoken.name, "")


@IN_EACH
@STREAMED
def test_question(spoken, streamed):
    """The instruction, the question and the model are found, and whether a stream was asked for."""
    question = asked(spoken, streamed=streamed)
    assert question.system == ("Be brief.",)
    assert question.turns == (Turn("user", (Text("Weather in Nice?"),)),)
    assert question.model == "m"
    assert question.streamed is streamed


@IN_EACH
def test_sampling(spoken):
    """How the answer is to be drawn."""
    sampling = asked(spoken).sampling
    assert (sampling.temperature, sampling.max_tokens) == (0.5, 50)
    assert sampling.stop in ((), ("\n",))


@IN_EACH
@STREAMED
def test_answer(spoken, streamed):
    """The same text, whether it came at once or in pieces."""
    answer = answered(spoken, streamed=streamed)
    assert answer.texts == (ANSWER,)
    assert (answer.finish_reason, answer.is_whole, answer.streamed) == ("stop", True, streamed)
    assert answer.model == spoken.model
    assert answer.error is None


@IN_EACH
@STREAMED
def test_usage(spoken, streamed):
    """Tokens in buckets that don't overlap."""
    assert answered(spoken, streamed=streamed).usage == Usage(*spoken.usage)


@IN_EACH
def test_split_anywhere(spoken):
    """Chunks may end within a character: one byte a chunk reads as well as all at once."""
    whole = interaction(spoken, streamed=True)
    bytewise = replace(whole, chunks=[CapturedChunk(bytes([byte])) for byte in whole.body])
    assert read(bytewise) == read(whole)


@IN_EACH
def test_torn(spoken):
    """A stream that was cut gives what was there, and never passes for whole."""
    whole = interaction(spoken, streamed=True)
    body = whole.body
    for cut in range(0, len(body) - 4, 7):
        answer = read(replace(whole, chunks=[CapturedChunk(body[:cut])])).answer
        if answer is not None:
            assert ANSWER.startswith(answer.text)
            if answer.is_whole:
                # Behind the last event there comes the usage; behind Anthropic's stop reason, an empty event.
                assert spoken is BEDROCK_CONVERSE or answer.first.raw_finish_reason == "end_turn"
                assert answer.text == ANSWER


@having("call")
def test_tool_call(spoken):
    """A tool that the model asks for, with its arguments as JSON."""
    answer = answered(spoken, answer=spoken.call)
    (call,) = answer.tool_calls
    assert (call.name, call.arguments) == ("weather", ARGUMENTS)
    assert answer.finish_reason == "tool_calls"
    assert answer.text == ""


@having("call_stream")
def test_tool_call_streamed(spoken):
    """The same, its arguments put together from pieces."""
    answer = answered(spoken, answer=spoken.call_stream, streamed=True)
    plain = answered(spoken, answer=spoken.call)
    assert answer.first.parts == plain.first.parts
    assert answer.finish_reason == "tool_calls"


@having("tools")
def test_tools(spoken):
    """What the model may call, and that it must."""
    question = asked(spoken, {**spoken.ask, **spoken.tools})
    (tool,) = question.tools
    assert (tool.name, tool.description) == ("weather", "Tells it")
    assert tool.parameters == SCHEMA
    if spoken.name not in ("ollama", "cohere_v1"):  # these can't say it
        assert question.tool_choice == ToolChoice("required")


@having("results")
def test_tool_result(spoken):
    """A call and its result are turns of their own, and one can tell which belongs to which."""
    user, assistant, tool = asked(spoken, spoken.results).turns
    assert (user.role, assistant.role, tool.role) == ("user", "assistant", "tool")
    (call,), (result,) = assistant.parts, tool.parts
    assert isinstance(call, ToolCall) and isinstance(result, ToolResult)
    assert (call.name, call.arguments, result.parts) == ("weather", ARGUMENTS, (Text("21"),))
    assert call.id == result.call_id
    assert call.id is not None or result.name == "weather"


@having("image")
def test_image(spoken):
    """An image is named, with its type, size and digest; its bytes are not carried along."""
    (turn,) = asked(spoken, spoken.image).turns
    text, image = turn.parts
    assert text == Text("What is it?")
    assert isinstance(image, Media)
    assert (image.kind, image.size) == ("image", len(IMAGE))
    assert image.media_type in ("image/png", None)


def test_images_are_the_same():
    """One image has one digest in every dialect."""
    digests = {
        asked(spoken, spoken.image).turns[0].parts[1].digest for spoken in SPOKEN if spoken.image is not None
    }
    assert len(digests) == 1 and digests != {None}


@having("cut")
def test_truncated(spoken):
    """An answer that ended at the most tokens says so."""
    answer = answered(spoken, answer=spoken.cut)
    assert (answer.text, answer.finish_reason) == ("Sun", "length")


@having("refusal")
def test_refusal(spoken):
    """An answer that was refused, or kept back, doesn't pass for an empty one."""
    answer = answered(spoken, answer=spoken.refusal)
    assert answer.finish_reason == spoken.refused_as
    assert answer.text == ""
    assert answer.refusal in (None, "I can't.")


@IN_EACH
def test_error_body(spoken):
    """A failure's message is told, and there is no choice that might pass for an answer."""
    answer = answered(spoken, answer=spoken.error, status=404)
    assert answer.choices == ()
    assert answer.error is not None
    assert answer.error.startswith("404 ") and answer.error.endswith("No such model")


@IN_EACH
def test_not_json(spoken):
    """A proxy's page in place of an answer is no answer, and says so."""
    reading = read(interaction(spoken, answer=b"<html>Bad gateway</html>"))
    assert reading.answer is None
    assert "not valid JSON" in reading.why


@IN_EACH
def test_another_document(spoken):
    """A JSON document of another shape is no answer either."""
    reading = read(interaction(spoken, answer={"hello": "world"}))
    assert reading.answer is None
    assert "the response has n" in reading.why


@IN_EACH
def test_unknown_members(spoken):
    """What no neutral field holds is kept by name, not dropped."""
    question = asked(spoken, {**spoken.ask, "x_new_knob": {"on": True}})
    assert question.rest == {"x_new_knob": {"on": True}}


@IN_EACH
@pytest.mark.parametrize("junk", [None, [], "x", 7, {"a": []}, [None, 3, "x", [], {}]], ids=repr)
def test_any_junk(spoken, junk):
    """Wherever a body has what it shouldn't, reading declines: nothing is raised."""
    for name in spoken.ask:
        read(interaction(spoken, {**spoken.ask, name: junk}))
    for name in spoken.answer:
        read(interaction(spoken, answer={**spoken.answer, name: junk}))
    answer = json.dumps(junk).encode()
    assert read(interaction(spoken, answer=answer)).answer is None


def test_gemini_array():
    """Gemini without ``alt=sse`` streams one JSON array; torn, it gives what is there."""
    events = [json.loads(line[5:]) for line in GEMINI.stream.split(b"\n\n") if line]
    body = json.dumps(events, indent=1).encode()
    url = GEMINI.stream_url.partition("?")[0]
    spoken = replace(GEMINI, stream=body, stream_url=url, stream_type="application/json")
    answer = answered(spoken, streamed=True)
    assert (answer.text, answer.streamed, answer.is_whole) == (ANSWER, True, True)
    torn = answered(spoken, answer=body[: len(body) // 2], streamed=True)
    assert ANSWER.startswith(torn.text) and torn.text and not torn.is_whole
