"""Everything that asks a model without httpx by its own name: each HTTP library, and SDKs on them."""

import asyncio
import json
import os
import urllib.request

import aiohttp
import botocore.session
import requests
import urllib3
from aiobotocore.session import get_session
from anthropic import AsyncAnthropic
from anthropic import DefaultAioHttpClient as AnthropicOnAiohttp
from lm15.transports import StdlibAsyncTransport, StdlibTransport, TransportRequest
from openai import AsyncOpenAI
from openai import DefaultAioHttpClient as OpenAIOnAiohttp

GATEWAY = os.environ["GATEWAY_URL"]
URL = GATEWAY + "/llm/v1/chat/completions"
MODEL = "anthropic.claude-haiku-4-5-20251001-v1:0"


def body(who, **more):
    return {"model": "m", "messages": [{"role": "user", "content": f"{who} asks"}], **more}


def content(answer):
    return answer["choices"][0]["message"]["content"]


def by_requests():
    with requests.Session() as session:
        plain = content(session.post(URL, json=body("requests")).json())
        with session.post(URL, json=body("requests", stream=True), stream=True) as answer:
            return [plain, [line.decode() for line in answer.iter_lines() if line]]


def by_urllib3():
    pool = urllib3.PoolManager()
    headers = {"content-type": "application/json"}
    plain = pool.request("POST", URL, body=json.dumps(body("urllib3")), headers=headers)
    asked = json.dumps(body("urllib3", stream=True))
    stream = pool.request("POST", URL, body=asked, headers=headers, preload_content=False)
    return [content(json.loads(plain.data)), [chunk.decode() for chunk in stream.stream(None)]]


def by_urllib():
    def asked(**more):
        data = json.dumps(body("urllib", **more)).encode()
        return urllib.request.urlopen(urllib.request.Request(URL, data, {"content-type": "application/json"}))

    with asked() as plain, asked(stream=True) as stream:
        return [content(json.load(plain)), [line.decode() for line in stream if line.strip()]]


def by_botocore():
    client = botocore.session.get_session().create_client(
        "bedrock-runtime", region_name="us-east-1", endpoint_url=GATEWAY
    )
    asked = {"modelId": MODEL, "messages": [{"role": "user", "content": [{"text": "botocore asks"}]}]}
    return [client.converse(**asked)["output"], list(client.converse_stream(**asked)["stream"])]


def by_lm15():
    asked = TransportRequest("POST", URL, [], json.dumps(body("lm15", stream=True)).encode())
    with StdlibTransport() as transport, transport.stream(asked) as answer:
        return [chunk.decode() for chunk in answer]


async def by_lm15_async():
    asked = TransportRequest("POST", URL, [], json.dumps(body("lm15 async")).encode())
    async with StdlibAsyncTransport() as transport, transport.stream(asked) as answer:
        return content(json.loads(await answer.read()))


async def by_aiohttp():
    async with aiohttp.ClientSession() as session:
        async with session.post(URL, json=body("aiohttp")) as answer:
            plain = content(await answer.json())
        async with session.post(URL, json=body("aiohttp", stream=True)) as answer:
            return [plain, [line.decode() async for line in answer.content if line.strip()]]


async def by_aiobotocore():
    asked = {"modelId": MODEL, "messages": [{"role": "user", "content": [{"text": "aiobotocore asks"}]}]}
    client = get_session().create_client("bedrock-runtime", region_name="us-east-1", endpoint_url=GATEWAY)
    async with client as bedrock:
        plain = (await bedrock.converse(**asked))["output"]
        return [plain, [event async for event in (await bedrock.converse_stream(**asked))["stream"]]]


async def by_openai():
    async with AsyncOpenAI(http_client=OpenAIOnAiohttp(), base_url=GATEWAY + "/v1") as client:
        plain = await client.chat.completions.create(**body("openai"))
        stream = await client.chat.completions.create(**body("openai", stream=True))
        return [plain.choices[0].message.content, [chunk.choices[0].delta.content async for chunk in stream]]


async def by_anthropic():
    async with AsyncAnthropic(http_client=AnthropicOnAiohttp(), base_url=GATEWAY) as client:
        asked = body("anthropic", max_tokens=9)
        plain = await client.messages.create(**asked)
        async with client.messages.stream(**asked) as stream:
            return [plain.content[0].text, [text async for text in stream.text_stream]]


async def main():
    told = [by_requests(), by_urllib3(), by_urllib(), by_botocore(), by_lm15()]
    told += [await ask() for ask in (by_lm15_async, by_aiohttp, by_aiobotocore, by_openai, by_anthropic)]
    print(json.dumps(told))


asyncio.run(main())
