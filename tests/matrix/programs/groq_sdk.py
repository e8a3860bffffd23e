"""groq: chat, streams, tools, speech."""

import os

from groq import AsyncGroq, Groq

BASE = os.environ["LLM"]
ASKED = {"model": "llama-3.3-70b-versatile", "messages": [{"role": "user", "content": "Where is my parcel?"}]}


def chat():
    return Groq(base_url=BASE).chat.completions.create(**ASKED)


def stream():
    return list(Groq(base_url=BASE).chat.completions.create(**ASKED, stream=True))


def upload():
    heard = Groq(base_url=BASE).audio.transcriptions.create(
        model="whisper-large-v3", file=("a.wav", b"RIFF\0\1")
    )
    return heard.text


async def async_chat():
    async with AsyncGroq(base_url=BASE) as client:
        return await client.chat.completions.create(**ASKED, temperature=0)


async def async_stream():
    async with AsyncGroq(base_url=BASE) as client:
        chunks = await client.chat.completions.create(**ASKED, stream=True, temperature=0)
        return [chunk async for chunk in chunks]


CELLS = (chat, stream, upload, async_chat, async_stream)
