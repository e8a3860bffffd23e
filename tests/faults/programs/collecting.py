"""An app that leaves a stream in a cycle: ``collecting.py SERVER FUNCTION MODULE``.

The collector runs where it likes. Here it is made to run where that module of ours calls that function of `os`,
while a second call is written: ``os.replace`` in ``store.file``, when a take is replaced.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import sys
from types import FrameType

import openai

SERVER, FUNCTION, MODULE = sys.argv[1:]
is_due = False


def collect(frame: FrameType, event: str, function: object) -> None:
    global is_due
    if not (is_due and event == "c_call" and function is getattr(os, FUNCTION, None)):
        return
    if frame.f_globals["__name__"] == f"agentrec_auto.{MODULE}":
        is_due = False
        gc.collect()


def main() -> None:
    global is_due
    faulthandler.dump_traceback_later(20, exit=True)
    gc.disable()
    client = openai.OpenAI(base_url=f"{SERVER}/v1", api_key="k" * 20, max_retries=0)

    def ask(text: str) -> openai.Stream[object]:
        messages = [{"role": "user", "content": text}]
        return client.chat.completions.create(model="m", stream=True, messages=messages)

    for _ in ask("left"):  # the stream's generator holds the stream, and the stream its generator
        break
    is_due = True
    sys.setprofile(collect)
    print(len(list(ask("read"))), is_due)


if __name__ == "__main__":
    main()
