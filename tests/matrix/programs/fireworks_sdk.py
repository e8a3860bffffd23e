"""fireworks-ai: chat and streams."""

import os

from fireworks import AsyncFireworks, Fireworks

BASE = {"base_url": os.environ["LLM"]}
MODEL = "accounts/fireworks/models/llama-v3p1-8b-instruct"
ASKED = {"model": MODEL, "messages": [{"role": "user", "content": "Where is my parcel?"}]}


def chat():
    return Fireworks(**BASE).chat.completions.create(**ASKED)


def stream():
    return list(Fireworks(**BASE).chat.completions.create(**ASKED, stream=True))


async def async_chat():
    async with AsyncFireworks(**BASE) as client:
        return await client.chat.completions.create(**ASKED, temperature=0)


async def async_stream():
    async with AsyncFireworks(**BASE) as client:
        chunks = await client.chat.completions.create(**ASKED, stream=True, temperature=0)
        return [chunk async for chunk in chunks]


CELLS = (chat, stream, async_chat, async_stream)
