"""Questions to write, and what becomes of them."""

from __future__ import annotations

import pytest
from providers.questions import MODELS, PIXEL, SCHEMA

from agentrec_auto.errors import UnsupportedRequestError
from agentrec_auto.providers import media
from agentrec_auto.providers.conversation import Question, Reasoning, Text, Tool, ToolCall, ToolResult, Turn
from agentrec_auto.providers.dialect import Call
from agentrec_auto.providers.registry import question_of
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


CONVERSATION = asking(
    HI,
    Turn("assistant", (Reasoning("hm"), Text("I look."), ToolCall("weather", {"city": "Nice"}))),
    Turn("assistant", (ToolCall("weather", {"city": "Bonn"}),)),
    Turn("tool", (ToolResult(None, (Text("21"),), "weather"), ToolResult(None, (Text("9"),), "weather"))),
    system=("Be brief.", "Be kind."),
    tools=(WEATHER,),
)
