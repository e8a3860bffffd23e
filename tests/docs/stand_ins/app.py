"""An app that asks a model and prints the answer: what the pages mean by ``app.py``."""

from __future__ import annotations

from openai import OpenAI


def answer() -> str:
    """What the model says."""
    question = {"role": "user", "content": "What is a cassette?"}
    asked = OpenAI().chat.completions.create(model="gpt-5-mini", messages=[question])
    return asked.choices[0].message.content


if __name__ == "__main__":
    print(answer())
