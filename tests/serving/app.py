"""An app on the real SDKs, plain and streamed: what the tests of ``serve`` are recorded from."""

from __future__ import annotations

import os

from anthropic import Anthropic
from openai import OpenAI

URL = os.environ["BASE_URL"]
QUESTION = [{"role": "user", "content": "What is a cassette?"}]

openai = OpenAI(base_url=f"{URL}/v1", api_key="sk-abcdefghijklmnop1234567890")
anthropic = Anthropic(base_url=URL, api_key="sk-ant-abcdefghijklmnop1234567890")

openai.chat.completions.create(model="gpt-5-mini", messages=QUESTION)
for _ in range(3):
    for _chunk in openai.chat.completions.create(model="gpt-5-mini", messages=QUESTION, stream=True):
        pass
anthropic.messages.create(model="claude-haiku-4-5", max_tokens=100, messages=QUESTION)
with anthropic.messages.stream(model="claude-haiku-4-5", max_tokens=100, messages=QUESTION) as stream:
    stream.until_done()
for _chunk in openai.chat.completions.create(model="gpt-5", messages=QUESTION, stream=True):
    break  # leaves the stream
