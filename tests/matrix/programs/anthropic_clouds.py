"""Anthropic's SDK on Bedrock and on Vertex AI."""

import os

from anthropic import AnthropicBedrock, AnthropicVertex, AsyncAnthropicBedrock, AsyncAnthropicVertex

MODEL = "claude-haiku-4-5"
ASKED = {"model": MODEL, "max_tokens": 64, "messages": [{"role": "user", "content": "Where is my parcel?"}]}
AWS = {
    "base_url": os.environ["LLM"],
    "aws_region": "us-east-1",
    "aws_access_key": "AKIAMATRIX0123456789",
    "aws_secret_key": "matrix/0123456789abcdefghijklmnopq",
}
GOOGLE = {
    "base_url": os.environ["LLM"] + "/v1",
    "region": "us-east5",
    "project_id": "p",
    "access_token": "ya29.t",
}


def bedrock():
    return AnthropicBedrock(**AWS).messages.create(**ASKED)


def bedrock_stream():
    return list(AnthropicBedrock(**AWS).messages.create(**ASKED, stream=True))


def vertex():
    return AnthropicVertex(**GOOGLE).messages.create(**ASKED)


def vertex_stream():
    return list(AnthropicVertex(**GOOGLE).messages.create(**ASKED, stream=True))


async def async_bedrock():
    async with AsyncAnthropicBedrock(**AWS) as client:
        return await client.messages.create(**ASKED)


async def async_bedrock_stream():
    async with AsyncAnthropicBedrock(**AWS) as client:
        return [event async for event in await client.messages.create(**ASKED, stream=True)]


async def async_vertex():
    async with AsyncAnthropicVertex(**GOOGLE) as client:
        return await client.messages.create(**ASKED)


async def async_vertex_stream():
    async with AsyncAnthropicVertex(**GOOGLE) as client:
        return [event async for event in await client.messages.create(**ASKED, stream=True)]


CELLS = (
    bedrock, bedrock_stream, vertex, vertex_stream,
    async_bedrock, async_bedrock_stream, async_vertex, async_vertex_stream,
)  # fmt: skip
