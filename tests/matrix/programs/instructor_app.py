"""instructor: an object out of an answer, by tools and by JSON, plain, in parts and asked again."""

import instructor
from anthropic import Anthropic
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel


class Ticket(BaseModel):
    """A support ticket."""

    title: str
    urgent: bool


ASKED = {
    "model": "gpt-4o-mini",
    "messages": [{"role": "user", "content": "My screen is broken"}],
    "max_retries": 1,
}


def plain():
    return instructor.from_openai(OpenAI()).chat.completions.create(**ASKED, response_model=Ticket)


def by_anthropic():
    asked = {**ASKED, "model": "claude-haiku-4-5", "max_tokens": 64}
    return instructor.from_anthropic(Anthropic()).messages.create(**asked, response_model=Ticket)


def partial_stream():
    client = instructor.from_openai(OpenAI())
    return list(client.chat.completions.create_partial(**ASKED, response_model=Ticket))


async def async_plain():
    client = instructor.from_openai(AsyncOpenAI())
    return await client.chat.completions.create(**ASKED, response_model=Ticket, temperature=0)


async def async_partial_stream():
    client = instructor.from_openai(AsyncOpenAI())
    parts = client.chat.completions.create_partial(**ASKED, response_model=Ticket, temperature=0)
    return [part async for part in parts]


CELLS = (plain, by_anthropic, partial_stream, async_plain, async_partial_stream)
