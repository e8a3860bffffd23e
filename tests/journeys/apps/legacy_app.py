"""A script nobody wants to touch: a client made at import, and a company gateway spoken to by hand."""

import json
import os

try:
    import httpx
except ImportError:
    import httpx2 as httpx

GATEWAY = os.environ["GATEWAY_URL"]
client = httpx.Client(base_url=GATEWAY, headers={"x-team": "billing"}, timeout=10)


def summarise(text):
    body = {
        "model": "team-default",
        "messages": [{"role": "system", "content": "Summarise."}, {"role": "user", "content": text}],
    }
    answer = client.post("/prod/llm/v2/chat/completions", json=body)
    answer.raise_for_status()
    return answer.json()["choices"][0]["message"]["content"]


def stream(text):
    body = {"model": "team-default", "messages": [{"role": "user", "content": text}], "stream": True}
    with client.stream("POST", "/prod/llm/v2/chat/completions", json=body) as answer:
        return [line for line in answer.iter_lines() if line]


def health():
    return client.get("/hello").status_code


if __name__ == "__main__":
    print(json.dumps([summarise("The invoice is late."), stream("Remind them."), summarise("It was paid.")]))
