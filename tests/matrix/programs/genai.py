"""google-genai: generate, streams, tools, chats, embeddings, token counts."""

import os

from google import genai

MODEL = "gemini-2.5-flash"
ASKED = {"model": MODEL, "contents": "Where is my parcel?"}


client = genai.Client(api_key=os.environ.get("GOOGLE_API_KEY"), http_options={"base_url": os.environ["LLM"]})


def chat():
    done = client.models.generate_content(**ASKED)
    return done.text, done.usage_metadata


def stream():
    return [chunk.text for chunk in client.models.generate_content_stream(**ASKED)]


def conversation():
    chat = client.chats.create(model=MODEL)
    return [chat.send_message(text).text for text in ("First?", "Second?")]


def tools():
    def weather(city: str) -> str:
        """The weather of a city."""
        return f"rain in {city}"

    done = client.models.generate_content(model=MODEL, contents="Rain in Rome?", config={"tools": [weather]})
    return done.text


def embeddings():
    done = client.models.embed_content(model="gemini-embedding-001", contents=["parcel", "refund"])
    return [one.values for one in done.embeddings]


def count_tokens():
    return client.models.count_tokens(**ASKED).total_tokens


async def async_chat():
    done = await client.aio.models.generate_content(**ASKED, config={"temperature": 0})
    return done.text


async def async_stream():
    chunks = await client.aio.models.generate_content_stream(**ASKED, config={"temperature": 0})
    return [chunk.text async for chunk in chunks]


CELLS = (chat, stream, conversation, tools, embeddings, count_tokens, async_chat, async_stream)
