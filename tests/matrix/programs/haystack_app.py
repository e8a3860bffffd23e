"""Haystack: OpenAI's chat generator in a pipeline, streamed, async, and an embedder."""

from haystack import Pipeline
from haystack.components.embedders import OpenAITextEmbedder
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.dataclasses import ChatMessage

ASKED = [ChatMessage.from_user("Where is my parcel?")]


def chat():
    made = Pipeline()
    made.add_component("llm", OpenAIChatGenerator(model="gpt-4o-mini"))
    return made.run({"llm": {"messages": ASKED}})["llm"]["replies"][0].text


def stream():
    pieces = []
    generator = OpenAIChatGenerator(
        model="gpt-4o-mini", streaming_callback=lambda one: pieces.append(one.content)
    )
    return generator.run(ASKED)["replies"][0].text, pieces


def embeddings():
    return OpenAITextEmbedder(model="text-embedding-3-small").run("parcel")["embedding"]


async def async_chat():
    generator = OpenAIChatGenerator(model="gpt-4o-mini", generation_kwargs={"temperature": 0})
    return (await generator.run_async(ASKED))["replies"][0].text


CELLS = (chat, stream, embeddings, async_chat)
