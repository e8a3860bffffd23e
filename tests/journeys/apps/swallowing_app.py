"""A program that hides its errors: `python swallowing_app.py QUESTION SDK …` asks in every way and goes on.

Prints, for each SDK and way, what came back or what was swallowed.
"""

import asyncio
import json
import sys


def openai_ways(question):
    from openai import AsyncOpenAI, OpenAI

    asked = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": question}]}

    def plain():
        return OpenAI().chat.completions.create(**asked).choices[0].message.content

    def stream():
        return len(list(OpenAI().chat.completions.create(**asked, stream=True)))

    async def async_plain():
        async with AsyncOpenAI() as client:
            return (await client.chat.completions.create(**asked)).choices[0].message.content

    async def async_stream():
        async with AsyncOpenAI() as client:
            return len([one async for one in await client.chat.completions.create(**asked, stream=True)])

    return plain, stream, async_plain, async_stream


def anthropic_ways(question):
    from anthropic import Anthropic, AsyncAnthropic

    asked = {
        "model": "claude-haiku-4-5",
        "max_tokens": 99,
        "messages": [{"role": "user", "content": question}],
    }

    def plain():
        return Anthropic().messages.create(**asked).content[0].text

    def stream():
        with Anthropic().messages.stream(**asked) as stream:
            return stream.get_final_text()

    async def async_plain():
        async with AsyncAnthropic() as client:
            return (await client.messages.create(**asked)).content[0].text

    async def async_stream():
        async with AsyncAnthropic() as client, client.messages.stream(**asked) as stream:
            return await stream.get_final_text()

    return plain, stream, async_plain, async_stream


def langchain_ways(question):
    from langchain_anthropic import ChatAnthropic
    from langchain_openai import ChatOpenAI

    openai, anthropic = ChatOpenAI(model="gpt-4o-mini"), ChatAnthropic(model="claude-haiku-4-5")

    def plain():
        return openai.invoke(question).content

    def batch():
        return [one.content for one in openai.batch([question])]

    def anthropic_plain():
        return anthropic.invoke(question).content

    async def anthropic_stream():
        return [str(one.content) async for one in anthropic.astream(question)]

    async def async_batch():
        return [one.content for one in await openai.abatch([question])]

    return plain, batch, anthropic_plain, anthropic_stream, async_batch


WAYS = {"openai": openai_ways, "anthropic": anthropic_ways, "langchain": langchain_ways}


def attempt(way):
    try:
        value = way()
        return {"answer": asyncio.run(value) if asyncio.iscoroutine(value) else value}
    except Exception as error:
        return {"error": type(error).__name__, "text": str(error)}


def main(question, *sdks):
    print(json.dumps({sdk: {way.__name__: attempt(way) for way in WAYS[sdk](question)} for sdk in sdks}))


main(*sys.argv[1:])
