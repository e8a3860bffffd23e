"""portkey-ai: chat and streams through its gateway."""

import os

from portkey_ai import AsyncPortkey, Portkey

BASE = {"api_key": "pk-0123456789abcdefghij", "base_url": os.environ["LLM"] + "/v1", "provider": "openai"}
ASKED = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Where is my parcel?"}]}


def text(answer):
    return answer.choices[0].message.content


def chat():
    return text(Portkey(**BASE).chat.completions.create(**ASKED))


def stream():
    chunks = Portkey(**BASE).chat.completions.create(**ASKED, stream=True)
    return [chunk.choices[0].delta.content for chunk in chunks]


async def async_chat():
    return text(await AsyncPortkey(**BASE).chat.completions.create(**ASKED, temperature=0))


async def async_stream():
    chunks = await AsyncPortkey(**BASE).chat.completions.create(**ASKED, stream=True, temperature=0)
    return [chunk.choices[0].delta.content async for chunk in chunks]


CELLS = (chat, stream, async_chat, async_stream)
