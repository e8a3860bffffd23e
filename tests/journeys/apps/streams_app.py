"""An impatient program: it leaves streams early, cancels them, and forgets responses. Prints JSON."""

import asyncio
import gc
import json

from openai import AsyncOpenAI, OpenAI

MODEL = "gpt-4o-mini"


def ask(text):
    return {"model": MODEL, "messages": [{"role": "user", "content": text}], "stream": True}


def left_early(client):
    got = []
    for chunk in client.chat.completions.create(**ask("Tell me everything.")):
        got.append(chunk.choices[0].delta.content)
        if len(got) == 3:
            break
    return got


def closed_early(client):
    with client.chat.completions.create(**ask("Tell me everything, once more.")) as stream:
        return next(iter(stream)).choices[0].delta.role


def forgotten(client):
    """A stream that is asked for and never read."""
    client.chat.completions.create(**ask("Are you there?"))
    gc.collect()
    return "whatever"


def forgotten_response(client):
    response = client.chat.completions.with_raw_response.create(
        model=MODEL, messages=[{"role": "user", "content": "Still there?"}]
    )
    return response.status_code


def until_done(client):
    """Read to the last event, and not a byte further; never closed."""
    got = []
    for chunk in client.chat.completions.create(**ask("Tell me all.")):
        got.append(chunk.choices[0].delta.content)
        if chunk.choices[0].finish_reason:
            break
    return got


async def left_early_async(client):
    got = []
    async for chunk in await client.chat.completions.create(**ask("Tell me everything, async.")):
        got.append(chunk.choices[0].delta.content)
        if len(got) == 2:
            break
    return got


async def cancelled(client):
    """A task that reads a stream and is cancelled after two chunks."""
    got, enough = [], asyncio.Event()

    async def read():
        async for chunk in await client.chat.completions.create(**ask("Count to a million.")):
            got.append(chunk.choices[0].delta.content)
            if len(got) == 2:
                enough.set()
                await asyncio.Event().wait()

    task = asyncio.create_task(read())
    await enough.wait()
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return got, "cancelled"


async def interleaved(client):
    """Two streams read in turns."""
    one = await client.chat.completions.create(**ask("First of two."))
    two = await client.chat.completions.create(**ask("Second of two."))
    got = []
    one, two = one.__aiter__(), two.__aiter__()
    for _ in range(4):
        got.append((await one.__anext__()).choices[0].delta.content)
        got.append((await two.__anext__()).choices[0].delta.content)
    return got


async def asynchronously():
    async with AsyncOpenAI() as client:
        return {
            "left_early_async": await left_early_async(client),
            "cancelled": await cancelled(client),
            "interleaved": await interleaved(client),
        }


def main():
    client = OpenAI()
    features = (left_early, closed_early, forgotten, forgotten_response, until_done)
    got = {feature.__name__: feature(client) for feature in features}
    print(json.dumps({**got, **asyncio.run(asynchronously())}, indent=1))


main()
