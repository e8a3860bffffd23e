"""huggingface_hub's InferenceClient: chat, streams, text generation, embeddings."""

import os

from huggingface_hub import AsyncInferenceClient, InferenceClient

BASE = {"base_url": os.environ["LLM"], "api_key": "hf_0123456789abcdefghijklmnop"}
ASKED = {
    "model": "meta-llama/Llama-3.1-8B-Instruct",
    "messages": [{"role": "user", "content": "Where is it?"}],
}


client = InferenceClient(**BASE)


def chat():
    return client.chat_completion(**ASKED).choices[0].message.content


def stream():
    chunks = client.chat_completion(**ASKED, stream=True)
    return [chunk.choices[0].delta.content for chunk in chunks]


async def async_chat():
    async with AsyncInferenceClient(**BASE) as client:
        return (await client.chat_completion(**ASKED, temperature=0.5)).choices[0].message.content


async def async_stream():
    async with AsyncInferenceClient(**BASE) as client:
        chunks = await client.chat_completion(**ASKED, stream=True, temperature=0.5)
        return [chunk.choices[0].delta.content async for chunk in chunks]


CELLS = (chat, stream, async_chat, async_stream)
