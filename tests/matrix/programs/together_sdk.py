"""together: chat, streams, embeddings."""

import os

from together import AsyncTogether, Together

BASE = {"base_url": os.environ["LLM"] + "/v1"}
MODEL = "meta-llama/Llama-3.3-70B-Instruct-Turbo"
ASKED = {"model": MODEL, "messages": [{"role": "user", "content": "Where is my parcel?"}]}


def chat():
    return Together(**BASE).chat.completions.create(**ASKED)


def stream():
    return list(Together(**BASE).chat.completions.create(**ASKED, stream=True))


def embeddings():
    return Together(**BASE).embeddings.create(model="BAAI/bge-large-en", input="parcel").data[0].embedding


async def async_chat():
    return await AsyncTogether(**BASE).chat.completions.create(**ASKED, temperature=0)


async def async_stream():
    chunks = await AsyncTogether(**BASE).chat.completions.create(**ASKED, stream=True, temperature=0)
    return [chunk async for chunk in chunks]


CELLS = (chat, stream, embeddings, async_chat, async_stream)
