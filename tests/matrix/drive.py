"""Runs the cells of a program, and prints what each got: ``python drive.py PROGRAM [--missing] [CELL …]``

    {"chat": {"got": …}, "stream": {"raised": "APIStatusError", "module": "openai", "text": …, "took_s": 0.01}}

``--missing`` asks every cell twice: the second time, all that is imported late has been, and the clock tells
what a miss costs. Runs in the program's environment, of which it needs nothing.
"""

import asyncio
import dataclasses
import inspect
import json
import os
import runpy
import sys
import time


def plain(value):
    """What the JSON encoder can't write: models, dataclasses, bytes."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", exclude_none=True, warnings=False)
    if dataclasses.is_dataclass(value):
        return dataclasses.asdict(value)
    if isinstance(value, (bytes, bytearray)):
        return value.decode("latin-1")
    return repr(value)


def ask(cell, loop):
    """What a cell gets, or the error that its caller sees."""
    started = time.perf_counter()
    try:
        value = cell()
        got = loop.run_until_complete(value) if inspect.iscoroutine(value) else value
    except Exception as error:
        root = type(error).__module__.partition(".")[0]
        told = {"raised": type(error).__name__, "module": root, "text": str(error)}
        return {**told, "took_s": round(time.perf_counter() - started, 3)}
    return {"got": got}


def main(path, *words):
    sys.path.insert(0, os.path.dirname(path))
    cells = {cell.__name__: cell for cell in runpy.run_path(path)["CELLS"]}
    missing = "--missing" in words
    loop = asyncio.new_event_loop()  # one for all, as in a program: frameworks share clients
    asyncio.set_event_loop(loop)
    told = {}
    for name in [word for word in words if word != "--missing"] or cells:
        if missing:
            ask(cells[name], loop)
        told[name] = ask(cells[name], loop)
    sys.stdout.flush()
    with open(os.environ["MATRIX_TOLD"], "w", encoding="utf-8") as file:  # what SDKs print is theirs
        json.dump(told, file, default=plain)


if __name__ == "__main__":
    main(*sys.argv[1:])
