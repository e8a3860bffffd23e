"""Rounds of eight processes of eight tasks that record, each killed (-9) at a moment of chance.

    python killed.py SERVER FOLDER ROUNDS SEED STORE

Forked from this process, which has made no call. Each leaves, in ``round-N/finished``, a line for every call
whose answer the app has had whole: process, question, and the answer's digest. Written with one append, after
the call and before the next, so that it says no less than what a kill left finished.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import signal
import sys
import time
from pathlib import Path

import httpx2

import agentrec_auto

PROCESSES, TASKS, CALLS = 8, 8, 4


def main() -> None:
    server, folder, rounds, seed, store = sys.argv[1:]
    os.environ["AGENTREC_MODE"] = "record"
    agentrec_auto.install()
    chance = random.Random(f"{seed} {store}")
    lasts = 0.5
    for number in range(int(rounds)):
        here = Path(folder, f"round-{number}")
        here.mkdir(parents=True)
        os.environ["AGENTREC_RUN_DIR"] = str(here / "ledger")
        os.environ["AGENTREC_RUN_ID"] = f"run-{number}"
        os.environ["AGENTREC_CORPUS"] = store.replace("HERE", str(here))
        started = time.monotonic()
        children = [forked(server, here, index) for index in range(PROCESSES)]
        if number:  # the first is left to its end, to see how long that takes
            for wait, child in sorted((chance.uniform(0, lasts), child) for child in children):
                time.sleep(max(0.0, started + wait - time.monotonic()))  # the moment is what is tried
                os.kill(child, signal.SIGKILL)
        for child in children:
            os.waitpid(child, 0)
        if not number:
            lasts = time.monotonic() - started
    os._exit(0)  # a tidy exit would sum up the last run, and take its ledger away


def forked(server: str, here: Path, index: int) -> int:
    child = os.fork()
    if child:
        return child
    try:
        asyncio.run(asked(server, here, index))
        os._exit(0)
    finally:
        os._exit(1)


async def asked(server: str, here: Path, index: int) -> None:
    finished = os.open(here / "finished", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    async with httpx2.AsyncClient(trust_env=False, verify=False, timeout=60) as client:

        async def task(which: int) -> None:
            for call in range(CALLS):
                # Every other task asks what all processes ask, and each the same twice.
                word = f"all-{which}-{call // 2}" if which % 2 else f"{index}-{which}-{call}"
                body = {
                    "model": "m",
                    "stream": call % 2 == 0,
                    "messages": [{"role": "user", "content": word}],
                }
                answer = await client.post(f"{server}/v1/chat/completions", json=body)
                digest = hashlib.sha256(answer.content).hexdigest()
                line = f"{index} {word}/{'s' if call % 2 == 0 else 'j'} {answer.status_code} {digest}\n"
                os.write(finished, line.encode())

        await asyncio.gather(*(task(which) for which in range(TASKS)))


if __name__ == "__main__":
    main()
