"""An app that asks real SDKs, under whatever records it: prints what it was answered, as JSON."""

from __future__ import annotations

import contextlib
import json
import os
import sys

import anthropic
import httpx
import openai

URL = os.environ["BASE_URL"]
QUESTION = [{"role": "user", "content": "What is a cassette?"}]


def recording(tape: str):
    """What records: vcrpy, where a tape is named."""
    if not tape:
        return contextlib.nullcontext()
    import vcr

    is_json = tape.endswith(".json")  # which holds no bytes
    taping = vcr.VCR(
        serializer="json" if is_json else "yaml",
        decode_compressed_response=is_json,
        filter_headers=["authorization", "x-api-key"],
    )
    return taping.use_cassette(tape)


def ask() -> dict[str, object]:
    """Every way of asking: plain, streamed, compressed, three times the same."""
    told: dict[str, object] = {}
    client = openai.OpenAI(base_url=f"{URL}/v1", api_key="sk-abcdefghijklmnop1234567890", max_retries=0)
    packed = client.with_options(base_url=f"{URL}/gzip/v1")
    claude = anthropic.Anthropic(base_url=URL, api_key="sk-ant-abcdefghijklmnop1234567890", max_retries=0)

    def chat(one, **more):
        return one.chat.completions.create(model="gpt-5-mini", messages=QUESTION, **more)

    told["chat"] = [chat(client).choices[0].message.content for _ in range(3)]
    told["gzip"] = chat(packed).choices[0].message.content
    told["stream"] = "".join(
        chunk.choices[0].delta.content or "" for chunk in chat(client, stream=True) if chunk.choices
    )
    told["responses"] = client.responses.create(model="gpt-5-mini", input="Hi").output_text
    told["message"] = (
        claude.messages.create(model="claude-haiku-4-5", max_tokens=99, messages=QUESTION).content[0].text
    )
    with claude.messages.stream(model="claude-haiku-4-5", max_tokens=99, messages=QUESTION) as stream:
        told["message stream"] = stream.get_final_text()
    plain = httpx.post(f"{URL}/v1/chat/completions", json={"model": "gpt-4o", "messages": QUESTION})
    told["httpx"] = plain.json()["choices"][0]["message"]["content"]
    return told


with recording(os.environ.get("TAPE", "")):
    json.dump(ask(), sys.stdout)
