"""A batch job: the same model asked from tasks, threads and processes. Prints JSON."""

import asyncio
import json
import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from openai import AsyncOpenAI, OpenAI

MODEL = "gpt-4o-mini"


def classify(text):
    with OpenAI() as client:
        done = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": text}])
        return done.choices[0].message.content


def classify_streamed(text):
    with OpenAI() as client:
        chunks = client.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": text}], stream=True
        )
        return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)


async def gathered():
    async with AsyncOpenAI() as client:

        async def one(text):
            done = await client.chat.completions.create(
                model=MODEL, messages=[{"role": "user", "content": text}]
            )
            return done.choices[0].message.content

        return await asyncio.gather(*(one(f"task {number}") for number in range(8)))


def in_threads():
    with ThreadPoolExecutor(4) as pool:
        plain = list(pool.map(classify, [f"thread {number}" for number in range(8)]))
        return plain, list(pool.map(classify_streamed, [f"thread {number}" for number in range(4)]))


def in_processes(method):
    context = multiprocessing.get_context(method)
    with context.Pool(1 if method == "spawn" else 2) as pool:
        return pool.map(classify, [f"{method} {number}" for number in range(3)])


def in_program():
    """Another program, in an environment with just what it needs."""
    needed = {name: os.environ[name] for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL")}
    command = [sys.executable, __file__, "one"]
    return json.loads(subprocess.run(command, env=needed, stdout=subprocess.PIPE, check=True).stdout)


def main():
    got = {
        "gathered": asyncio.run(gathered()),
        "in_threads": in_threads(),
        "in_program": in_program(),
    }
    for method in multiprocessing.get_all_start_methods():
        got[f"in_processes {method}"] = in_processes(method)
    print(json.dumps(got, indent=1))


if __name__ == "__main__":
    if sys.argv[1:] == ["one"]:
        print(json.dumps(classify("from a program")))
    else:
        main()
