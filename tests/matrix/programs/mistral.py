"""mistralai: chat, streams, fill-in-the-middle, embeddings, a file."""

import os

try:
    from mistralai.client import Mistral
except ImportError:  # before 2.0
    from mistralai import Mistral

ASKED = {"model": "mistral-small-latest", "messages": [{"role": "user", "content": "Where is my parcel?"}]}


client = Mistral(api_key=os.environ.get("MISTRAL_API_KEY"), server_url=os.environ["LLM"])


def chat():
    return client.chat.complete(**ASKED)


def stream():
    return [event.data for event in client.chat.stream(**ASKED)]


def fim():
    return client.fim.complete(model="codestral-latest", prompt="def add(")


def embeddings():
    return client.embeddings.create(model="mistral-embed", inputs=["parcel", "refund"])


def upload():
    done = client.files.upload(file={"file_name": "a.jsonl", "content": b"{}\n"}, purpose="fine-tune")
    return done.id, done.filename


async def async_chat():
    return await client.chat.complete_async(**ASKED, temperature=0)


async def async_stream():
    events = await client.chat.stream_async(**ASKED, temperature=0)
    return [event.data async for event in events]


CELLS = (chat, stream, fim, embeddings, upload, async_chat, async_stream)
