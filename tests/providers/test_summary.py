"""What people read first: a question and an answer in words."""

import pytest
from providers.reads import exchange
from providers.spoken import ANTHROPIC, OPENAI_CHAT, SPOKEN
from providers.spoken.said import interaction

from agentrec_auto.providers import build_summary, conversation_of, format_conversation
from agentrec_auto.providers.conversation import (
    Answer,
    Choice,
    Media,
    Other,
    Question,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
    ToolResult,
    Turn,
)
from agentrec_auto.providers.summary import MOST_BYTES, MOST_CHARACTERS, understood
from agentrec_auto.providers.wording import answer_text, part_text, question_text


@pytest.mark.parametrize("spoken", SPOKEN, ids=lambda spoken: spoken.name)
def test_every_dialect(spoken):
    """Prompt and response of every dialect."""
    summary = build_summary(interaction(spoken, streamed=True))
    assert summary["prompt"] == "[system] Be brief.\n\n[user] Weather in Nice?"
    assert summary["response"] == "Sunny ☀."
    assert summary["model"] == "m"


def test_order():
    """In this order, as far as it is known."""
    told = interaction(OPENAI_CHAT)
    told.metadata.update(recorded_at="r", semantic_key="s", model="q", provider="p", other="o")
    assert list(build_summary(told).items()) == [
        ("provider", "p"),
        ("model", "q"),
        ("prompt", "[system] Be brief.\n\n[user] Weather in Nice?"),
        ("response", "Sunny ☀."),
        ("semantic_key", "s"),
        ("recorded_at", "r"),
    ]


def test_as_the_library():
    """A prompt in plain texts reads as the library formats it."""
    told = interaction(ANTHROPIC)
    assert build_summary(told)["prompt"] == format_conversation(conversation_of(told))


def test_long():
    """Long texts are clipped, and say by how much: they stand in full further down."""
    text = "x" * (MOST_CHARACTERS + 5)
    body = {"model": "m", "messages": [{"role": "user", "content": text}]}
    assert build_summary(exchange(OPENAI_CHAT.url, body))["prompt"].endswith("x… (5 more characters)")


def test_failure():
    """Of a failed request only the prompt is told."""
    told = interaction(OPENAI_CHAT, answer=OPENAI_CHAT.error, status=400)
    assert "response" not in build_summary(told) and "prompt" in build_summary(told)


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (Media("image", "image/png", 48213), "[image image/png, 48,213 bytes]"),
        (Media("file", url="file-1", name="a.pdf"), "[file a.pdf file-1]"),
        (ToolCall("f", {"city": "Nice"}), '[call: f {"city": "Nice"}]'),
        (ToolResult("1", (Text("21"),), "f"), "f: 21"),
        (Reasoning("hm"), "[thought: hm]"),
        (Reasoning("", is_hidden=True), "[thought, encrypted]"),
        (Refusal("No."), "[refusal: No.]"),
        (Other("web_search_call", {}), "[web_search_call]"),
    ],
)
def test_parts(part, told):
    """What is no text is named."""
    assert part_text(part) == told


def test_lines():
    """Texts run on; what is no text has a line of its own."""
    turn = Turn("user", (Text("a"), Text("b"), Media("image"), Text("c")))
    assert question_text(Question("m", (turn,))) == "ab\n[image]\nc"


def test_answers():
    """Several choices under their number; thoughts left out; vectors counted."""
    assert answer_text(Answer((Choice((Reasoning("hm"), Text("x"))),))) == "x"
    assert answer_text(Answer((Choice((Text("a"),)), Choice((Text("b"),))))) == "[choice 1] a\n\n[choice 2] b"
    assert answer_text(Answer(vectors=((0.5, 1.0),) * 3)) == "[3 vectors of 2 numbers]"
    assert answer_text(Answer()) == ""


def test_understood():
    """At record time: usage and summary in the metadata, the texts cleaned once more."""
    told = understood(interaction(OPENAI_CHAT), lambda text: text.replace("Nice", "<city>"))
    assert told.metadata["usage"] == {
        "input": 9,
        "cache_read": 0,
        "cache_write": 0,
        "output": 4,
        "reasoning": 0,
    }
    assert told.metadata["summary"]["prompt"].endswith("Weather in <city>?")


def test_understood_large():
    """A response of many bytes isn't read in the app's time: the prompt is told, and no usage."""
    told = interaction(OPENAI_CHAT)
    told.chunks *= MOST_BYTES // len(told.body) + 1
    metadata = understood(told, str).metadata
    assert "prompt" in metadata["summary"] and "response" not in metadata["summary"]
    assert "usage" not in metadata


def test_understood_nothing():
    """Of what nobody reads, nothing is said."""
    assert understood(exchange("https://x/y", {}, {}), str).metadata == {"summary": {}}
