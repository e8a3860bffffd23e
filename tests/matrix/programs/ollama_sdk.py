"""ollama: chat, generate, embeddings, streams, and the client that the module makes at import."""

import os

os.environ["OLLAMA_HOST"] = os.environ["LLM"]

import ollama

ASKED = {"model": "llama3.2", "messages": [{"role": "user", "content": "Where is my parcel?"}]}


def chat():
    return ollama.chat(**ASKED)


def stream():
    return list(ollama.chat(**ASKED, stream=True))


def generate():
    return ollama.generate(model="llama3.2", prompt="Once upon a")


def generate_stream():
    return list(ollama.Client().generate(model="llama3.2", prompt="Once upon a", stream=True))


def embeddings():
    return ollama.embed(model="all-minilm", input=["parcel", "refund"])


async def async_chat():
    return await ollama.AsyncClient().chat(**ASKED, options={"temperature": 0})


async def async_stream():
    chunks = await ollama.AsyncClient().chat(**ASKED, stream=True, options={"temperature": 0})
    return [chunk async for chunk in chunks]


CELLS = (chat, stream, generate, generate_stream, embeddings, async_chat, async_stream)
