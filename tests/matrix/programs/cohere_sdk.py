"""cohere: chat of both API versions, streams, embeddings, reranking."""

import os

import cohere

BASE = {"api_key": os.environ.get("CO_API_KEY"), "base_url": os.environ["LLM"]}
ASKED = {"model": "command-a-03-2025", "messages": [{"role": "user", "content": "Where is my parcel?"}]}


def chat():
    return cohere.ClientV2(**BASE).chat(**ASKED)


def stream():
    return list(cohere.ClientV2(**BASE).chat_stream(**ASKED))


def chat_v1():
    return cohere.Client(**BASE).chat(model="command-r", message="Where is my parcel?")


def stream_v1():
    return list(cohere.Client(**BASE).chat_stream(model="command-r", message="Where is my parcel?"))


def embeddings():
    done = cohere.ClientV2(**BASE).embed(
        model="embed-v4.0", texts=["parcel", "refund"], input_type="search_query", embedding_types=["float"]
    )
    return done.embeddings


def rerank():
    done = cohere.ClientV2(**BASE).rerank(model="rerank-v3.5", query="parcel", documents=["one", "two"])
    return [(one.index, one.relevance_score) for one in done.results]


async def async_chat():
    async with cohere.AsyncClientV2(**BASE) as client:
        return await client.chat(**ASKED, temperature=0)


async def async_stream():
    async with cohere.AsyncClientV2(**BASE) as client:
        return [event async for event in client.chat_stream(**ASKED, temperature=0)]


CELLS = (chat, stream, chat_v1, stream_v1, embeddings, rerank, async_chat, async_stream)
