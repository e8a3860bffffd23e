"""A reviewer on Anthropic's SDK, the way people write them. `python anthropic_app.py [feature …]`

Runs with anthropic 0.39 to 2. Prints what every feature got, as JSON.
"""

import asyncio
import json
import sys

import anthropic
from anthropic import Anthropic, AsyncAnthropic

MODEL = "claude-haiku-4-5"
TOOLS = [
    {
        "name": "lookup",
        "description": "Look a word up.",
        "input_schema": {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]},
    }
]


def ask(text):
    return {
        "model": MODEL,
        "max_tokens": 256,
        "system": "You review texts.",
        "messages": [{"role": "user", "content": text}],
    }


def dump(thing):
    return thing.model_dump(mode="json", exclude_none=True, warnings=False)


def messages():
    with Anthropic() as client:
        return dump(client.messages.create(**ask("Review: it was fine.")))


def stream():
    return [dump(event) for event in Anthropic().messages.create(**ask("Review slowly."), stream=True)]


def stream_helper():
    with Anthropic().messages.stream(**ask("Review with care.")) as stream:
        pieces = list(stream.text_stream)
        final = stream.get_final_message()
    return pieces, final.content[0].text, final.usage.output_tokens, final.stop_reason


def stream_left_early():
    with Anthropic().messages.stream(**ask("A long review, please.")) as stream:
        for piece in stream.text_stream:
            return piece


def tools():
    client = Anthropic()
    asked = ask("What does 'fine' mean?")
    first = client.messages.create(**asked, tools=TOOLS)
    uses = [block for block in first.content if block.type == "tool_use"]
    asked["messages"] += [
        {"role": "assistant", "content": [dump(block) for block in first.content]},
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": use.id, "content": "good"} for use in uses],
        },
    ]
    second = client.messages.create(**asked, tools=TOOLS)
    return [use.input for use in uses], second.content[0].text


def tool_stream():
    with Anthropic().messages.stream(**ask("And 'splendid'?"), tools=TOOLS) as stream:
        events = [event.type for event in stream]
        return events, dump(stream.get_final_message())


def count_tokens():
    asked = ask("How long is this?")
    del asked["max_tokens"]
    return Anthropic().messages.count_tokens(**asked).input_tokens


def raw_response():
    answer = Anthropic().messages.with_raw_response.create(**ask("Raw?"))
    return answer.status_code, answer.http_request.url.path, answer.parse().content[0].text


def streaming_response():
    with Anthropic().messages.with_streaming_response.create(**ask("Lines?"), stream=True) as answer:
        return list(answer.iter_lines())


def error():
    client = Anthropic(max_retries=0, default_headers={"x-loopback": "status=400"})
    try:
        client.messages.create(**ask("Wrong?"))
    except anthropic.BadRequestError as caught:
        return type(caught).__name__, str(caught), caught.status_code


def retried():
    """Overloaded twice, which the SDK retries, and then an answer."""
    client = Anthropic(default_headers={"x-loopback": "status=529,times=2"})
    return client.messages.create(**ask("Busy?")).content[0].text


async def async_messages():
    async with AsyncAnthropic() as client:
        return dump(await client.messages.create(**ask("Review, async.")))


async def async_stream():
    async with AsyncAnthropic() as client:
        events = await client.messages.create(**ask("Review slowly, async."), stream=True)
        return [dump(event) async for event in events]


async def async_stream_helper():
    async with AsyncAnthropic() as client, client.messages.stream(**ask("With care, async.")) as stream:
        pieces = [piece async for piece in stream.text_stream]
        return pieces, (await stream.get_final_message()).content[0].text


async def async_tools():
    async with AsyncAnthropic() as client:
        done = await client.messages.create(**ask("Async 'fine'?"), tools=TOOLS)
        return [block.input for block in done.content if block.type == "tool_use"]


CELLS = (
    messages, stream, stream_helper, stream_left_early, tools, tool_stream, count_tokens, raw_response,
    streaming_response, error, retried, async_messages, async_stream, async_stream_helper, async_tools,
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
