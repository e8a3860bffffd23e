"""A support desk on OpenAI's SDK, the way people write them. `python openai_app.py [feature …]`

Runs with openai 1, 2 and 3. Prints what every feature got, as JSON.
"""

import asyncio
import json
import os
import sys

import openai
from openai import AsyncOpenAI, AzureOpenAI, OpenAI

MODEL = "gpt-4o-mini"
SYSTEM = {"role": "system", "content": "You are a terse support agent."}
WEATHER = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
    "additionalProperties": False,
}
TOOLS = [{"type": "function", "function": {"name": "get_weather", "parameters": WEATHER}}]


def ask(text):
    return [SYSTEM, {"role": "user", "content": text}]


def dump(thing):
    return thing.model_dump(mode="json", exclude_none=True)


def chat():
    with OpenAI() as client:
        done = client.chat.completions.create(model=MODEL, messages=ask("Where is my parcel?"), temperature=0)
        return dump(done)


def choices():
    done = OpenAI().chat.completions.create(model=MODEL, messages=ask("Suggest a reply."), n=3)
    return [choice.message.content for choice in done.choices]


def asked_again():
    """The same question three times: three answers."""
    client = OpenAI()
    return [
        client.chat.completions.create(model=MODEL, messages=ask("Say something.")).choices[0].message.content
        for _ in range(3)
    ]


def stream():
    client = OpenAI()
    chunks = client.chat.completions.create(
        model=MODEL, messages=ask("Tell me a story."), stream=True, stream_options={"include_usage": True}
    )
    return [dump(chunk) for chunk in chunks]


def stream_in_with():
    client = OpenAI()
    with client.chat.completions.create(model=MODEL, messages=ask("Rhyme."), stream=True) as chunks:
        return [chunk.choices[0].delta.content for chunk in chunks]


def tools():
    client = OpenAI()
    messages = ask("What is the weather in Rome?")
    first = client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS).choices[0].message
    messages.append(first.model_dump(exclude_none=True))
    calls = first.tool_calls or []
    for call in calls:
        messages.append(
            {"role": "tool", "tool_call_id": call.id, "content": "rain, " + call.function.arguments}
        )
    second = client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS)
    return [call.function.arguments for call in calls], second.choices[0].message.content


def tool_stream():
    client = OpenAI()
    chunks = client.chat.completions.create(model=MODEL, messages=ask("Rome?"), tools=TOOLS, stream=True)
    return [call.function.arguments for chunk in chunks for call in chunk.choices[0].delta.tool_calls or []]


def responses():
    done = OpenAI().responses.create(model=MODEL, input="What are your opening hours?")
    return done.output_text, done.id, done.usage.output_tokens


def responses_stream():
    events = OpenAI().responses.create(model=MODEL, input="What else?", stream=True)
    return [(event.type, getattr(event, "delta", None)) for event in events]


def embeddings():
    done = OpenAI().embeddings.create(model="text-embedding-3-small", input=["parcel", "refund"])
    return [one.embedding for one in done.data]


def models():
    return sorted(model.id for model in OpenAI().models.list())


def upload():
    done = OpenAI().files.create(file=("policy.txt", b"No refunds on Sundays."), purpose="user_data")
    return done.id, done.filename, done.bytes


def speech():
    return OpenAI().audio.speech.create(model="tts-1", voice="alloy", input="Hello.").read().hex()


def transcription():
    done = OpenAI().audio.transcriptions.create(model="whisper-1", file=("a.wav", b"RIFF\0\xff\1\2"))
    return done.text


def images():
    return OpenAI().images.generate(model="gpt-image-1", prompt="A parcel.").data[0].b64_json


def moderation():
    return dump(OpenAI().moderations.create(model="omni-moderation-latest", input="Where is it?").results[0])


def completion():
    """The older endpoint."""
    done = OpenAI().completions.create(model="gpt-3.5-turbo-instruct", prompt="Once upon a")
    return done.choices[0].text


def azure():
    client = AzureOpenAI(
        azure_endpoint=os.environ["OPENAI_BASE_URL"].removesuffix("/v1"),
        base_url=None,
        api_key="k",
        api_version="2024-06-01",
    )
    asked = {"model": "our-deployment", "messages": ask("Azure?")}
    plain = client.chat.completions.create(**asked)
    chunks = client.chat.completions.create(**asked, stream=True)
    return dump(plain), [dump(chunk) for chunk in chunks]


def raw_response():
    answer = OpenAI().chat.completions.with_raw_response.create(model=MODEL, messages=ask("Raw?"))
    return (
        answer.status_code,
        answer.headers["content-type"],
        answer.headers.get("x-request-id"),
        answer.http_request.url.path,
        answer.parse().choices[0].message.content,
    )


def streaming_response():
    client = OpenAI()
    with client.chat.completions.with_streaming_response.create(
        model=MODEL, messages=ask("Lines?"), stream=True
    ) as answer:
        lines = list(answer.iter_lines())
    with client.chat.completions.with_streaming_response.create(
        model=MODEL, messages=ask("Bytes?"), stream=True
    ) as answer:
        pieces = [piece.decode() for piece in answer.iter_bytes()]
    return lines, pieces


def module_client():
    openai.max_retries = 0
    return openai.chat.completions.create(model=MODEL, messages=ask("Module?")).choices[0].message.content


def error():
    client = OpenAI(max_retries=0, default_headers={"x-loopback": "status=401"})
    try:
        client.chat.completions.create(model=MODEL, messages=ask("Who am I?"))
    except openai.AuthenticationError as caught:
        return type(caught).__name__, str(caught), caught.status_code, caught.body


def retried():
    """Two failures, which the SDK retries, and then an answer."""
    client = OpenAI(default_headers={"x-loopback": "status=503,times=2"})
    return client.chat.completions.create(model=MODEL, messages=ask("Busy?")).choices[0].message.content


async def async_chat():
    async with AsyncOpenAI() as client:
        done = await client.chat.completions.create(model=MODEL, messages=ask("Async?"))
        return dump(done)


async def async_stream():
    client = AsyncOpenAI()
    chunks = await client.chat.completions.create(model=MODEL, messages=ask("Async story."), stream=True)
    got = [dump(chunk) async for chunk in chunks]
    await client.close()
    return got


async def async_tool_stream():
    async with AsyncOpenAI() as client:
        chunks = await client.chat.completions.create(
            model=MODEL, messages=ask("Oslo?"), tools=TOOLS, stream=True
        )
        return [
            call.function.arguments
            async for chunk in chunks
            for call in chunk.choices[0].delta.tool_calls or []
        ]


async def async_responses():
    async with AsyncOpenAI() as client:
        done = await client.responses.create(model=MODEL, input="Async hours?")
        events = await client.responses.create(model=MODEL, input="Async what else?", stream=True)
        return done.output_text, [event.type async for event in events]


async def async_embeddings():
    async with AsyncOpenAI() as client:
        done = await client.embeddings.create(model="text-embedding-3-small", input="parcel")
        return done.data[0].embedding


async def async_upload():
    async with AsyncOpenAI() as client:
        done = await client.files.create(file=("faq.txt", b"Q: ? A: !"), purpose="user_data")
        return done.id, done.filename, done.bytes


async def async_streaming_response():
    async with AsyncOpenAI() as client:
        async with client.chat.completions.with_streaming_response.create(
            model=MODEL, messages=ask("Async lines?"), stream=True
        ) as answer:
            return [line async for line in answer.iter_lines()]


CELLS = (
    chat, choices, asked_again, stream, stream_in_with, tools, tool_stream, responses, responses_stream,
    embeddings, models, upload, speech, transcription, images, moderation, completion, azure, raw_response, streaming_response, module_client, error, retried,
    async_chat, async_stream, async_tool_stream, async_responses, async_embeddings, async_upload,
    async_streaming_response,
)  # fmt: skip


def main(wanted):
    got = {}
    for feature in CELLS:
        if not wanted or feature.__name__ in wanted:
            value = feature()
            got[feature.__name__] = asyncio.run(value) if asyncio.iscoroutine(value) else value
    print(json.dumps(got, indent=1, default=str))


if __name__ == "__main__":
    main(sys.argv[1:])
