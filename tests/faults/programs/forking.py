"""Children forked without end while threads record; each child makes a call, and must come to its end.

    python forking.py SERVER CHILDREN

A child that waits for a lock nobody will ever let go of is killed by its own alarm. Prints, as JSON, what
became of the children and how many calls there were.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import warnings
from collections import Counter

import httpx2

import agentrec_auto

agentrec_auto.install()
warnings.simplefilter(
    "ignore", DeprecationWarning
)  # 3.12: "multi-threaded, use of fork()": that is the point

SERVER, CHILDREN = sys.argv[1], int(sys.argv[2])
THREADS, AT_ONCE, LIMIT_S = 3, 4, 60


class Here(httpx2.BaseTransport):
    """Answers at once and in this process: a child must not share its parent's connections."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        asked = json.loads(request.content)["messages"][0]["content"]
        message = {"role": "assistant", "content": f"you said {asked}"}
        return httpx2.Response(200, json={"model": "m", "choices": [{"message": message}]})


def ask(client: httpx2.Client, word: str) -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": word}]}
    answer = client.post(f"{SERVER}/v1/chat/completions", json=body)
    assert word in answer.text, answer.text


def main() -> None:
    client = httpx2.Client(transport=Here())
    ended, asked, done = threading.Event(), Counter[int](), Counter[str]()

    def record(thread: int) -> None:
        while not ended.is_set():
            ask(client, f"thread {thread} {asked[thread] % 500}")
            asked[thread] += 1

    threads = [threading.Thread(target=record, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    under_way = 0
    for number in range(CHILDREN):
        if under_way == AT_ONCE:
            done[how(os.wait()[1])] += 1
            under_way -= 1
        if not os.fork():
            child(client, number)
        under_way += 1
    for _ in range(under_way):
        done[how(os.wait()[1])] += 1
    ended.set()
    for thread in threads:
        thread.join()
    print(json.dumps({"children": dict(done), "calls": sum(asked.values()) + done["well"]}))


def child(client: httpx2.Client, number: int) -> None:
    signal.alarm(LIMIT_S)
    try:
        ask(client, f"child {number}")
        os._exit(0)
    except BaseException as error:
        sys.stderr.write(f"child {number}: {error!r}\n")
    finally:
        os._exit(1)


def how(status: int) -> str:
    if os.WIFSIGNALED(status):
        return "stuck" if os.WTERMSIG(status) == signal.SIGALRM else f"signal {os.WTERMSIG(status)}"
    return "failed" if os.WEXITSTATUS(status) else "well"


if __name__ == "__main__":
    main()
