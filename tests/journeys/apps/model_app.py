"""Small talk with whatever model answers, on both SDKs, sync and async. Prints every chunk it got, as JSON."""

import asyncio
import json

from anthropic import Anthropic, AsyncAnthropic
from openai import AsyncOpenAI, OpenAI

MODEL = "smollm2"
CITY = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
CHAT_TOOL = {
    "type": "function",
    "function": {"name": "weather", "description": "Weather.", "parameters": CITY},
}
MESSAGES_TOOL = {"name": "weather", "description": "Weather.", "input_schema": CITY}


def ask(text, length=16):
    return {"model": MODEL, "max_tokens": length, "messages": [{"role": "user", "content": text}]}


def dump(thing):
    return thing.model_dump(mode="json", exclude_none=True, warnings=False)


def with_openai(client):
    chat, responses = client.chat.completions, client.responses
    return {
        "chat": dump(chat.create(**ask("Name a fruit."))),
        "stream": [dump(chunk) for chunk in chat.create(**ask("Name a river."), stream=True)],
        "tools": dump(
            chat.create(**ask("What is the weather in Rome?", 60), tools=[CHAT_TOOL], tool_choice="required")
        ),
        "tool_stream": [
            dump(chunk)
            for chunk in chat.create(
                **ask("What is the weather in Oslo?", 60),
                tools=[CHAT_TOOL],
                tool_choice="required",
                stream=True,
            )
        ],
        "responses": dump(responses.create(model=MODEL, input="Name a bird.", max_output_tokens=16)),
        "responses_stream": [
            dump(event)
            for event in responses.create(
                model=MODEL, input="Name a tree.", max_output_tokens=16, stream=True
            )
        ],
        "embeddings": [one.embedding for one in client.embeddings.create(model=MODEL, input=["a", "b"]).data],
    }


def with_anthropic(client):
    with client.messages.stream(**ask("Name a colour.")) as stream:
        pieces = list(stream.text_stream)
    return {
        "messages": dump(client.messages.create(**ask("Name a planet."))),
        "pieces": pieces,
        "tools": dump(
            client.messages.create(
                **ask("What is the weather in Bern?", 60), tools=[MESSAGES_TOOL], tool_choice={"type": "any"}
            )
        ),
        "tool_stream": [
            dump(event)
            for event in client.messages.create(
                **ask("What is the weather in Riga?", 60),
                tools=[MESSAGES_TOOL],
                tool_choice={"type": "any"},
                stream=True,
            )
        ],
        "count": client.messages.count_tokens(
            model=MODEL, messages=[{"role": "user", "content": "How long?"}]
        ).input_tokens,
    }


async def asynchronously():
    async with AsyncOpenAI() as openai, AsyncAnthropic() as anthropic:

        async def streamed(text):
            stream = await openai.chat.completions.create(**ask(text, 12), stream=True)
            return [chunk.choices[0].delta.content async for chunk in stream]

        async def messaged(text):
            async with anthropic.messages.stream(**ask(text, 12)) as stream:
                return [piece async for piece in stream.text_stream]

        return await asyncio.gather(streamed("One?"), streamed("Two?"), messaged("Three?"), messaged("Four?"))


print(
    json.dumps([with_openai(OpenAI()), with_anthropic(Anthropic()), asyncio.run(asynchronously())], indent=1)
)
