"""A service that asks a model and answers by HTTP: what the recipes are tried with."""

from __future__ import annotations

from openai import OpenAI


def answer() -> str:
    """What the model says."""
    question = {"role": "user", "content": "What is a cassette?"}
    asked = OpenAI().chat.completions.create(model="gpt-5-mini", messages=[question])
    return asked.choices[0].message.content


def app(environ, start_response):
    """The same, as WSGI."""
    start_response("200 OK", [("content-type", "text/plain")])
    return [answer().encode()]


if __name__ == "__main__":
    print(answer())
