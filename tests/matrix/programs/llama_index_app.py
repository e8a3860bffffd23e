"""LlamaIndex: OpenAI's and Anthropic's models, chat, complete, streams, embeddings."""

import os

from llama_index.core.llms import ChatMessage
from llama_index.embeddings.openai import OpenAIEmbedding
from llama_index.llms.anthropic import Anthropic
from llama_index.llms.openai import OpenAI

ASKED = [ChatMessage(role="user", content="Where is my parcel?")]
BASE = os.environ["LLM"] + "/v1"


def openai():
    return OpenAI(model="gpt-4o-mini", api_base=BASE)


def anthropic():
    return Anthropic(model="claude-3-5-haiku-latest", base_url=os.environ["LLM"])


def openai_chat():
    return openai().chat(ASKED).message.content


def openai_complete():
    return openai().complete("Once upon a").text


def openai_stream():
    return [chunk.delta for chunk in openai().stream_chat(ASKED)]


def anthropic_chat():
    return anthropic().chat(ASKED).message.content


def anthropic_stream():
    return [chunk.delta for chunk in anthropic().stream_chat(ASKED)]


def embeddings():
    return OpenAIEmbedding(api_base=BASE).get_text_embedding("parcel")


async def async_openai_chat():
    return (await openai().achat(ASKED, temperature=0)).message.content


async def async_openai_stream():
    return [chunk.delta async for chunk in await openai().astream_chat(ASKED, temperature=0)]


async def async_anthropic_stream():
    return [chunk.delta async for chunk in await anthropic().astream_chat(ASKED, temperature=0)]


CELLS = (
    openai_chat, openai_complete, openai_stream, anthropic_chat, anthropic_stream, embeddings,
    async_openai_chat, async_openai_stream, async_anthropic_stream,
)  # fmt: skip
